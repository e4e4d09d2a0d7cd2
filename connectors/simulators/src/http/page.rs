//! The pages that a merchant sees.

use html_escape::{encode_double_quoted_attribute, encode_text};

use crate::page;

const OF: &str = "Shopify";

/// Asks whether an app may be installed: its name, the shop and the scopes, and what is sent back with the answer.
pub(super) fn consent(app: &str, shop: &str, scopes: &[String], action: &str, fields: &[(&str, &str)]) -> String {
    let scopes: String = scopes.iter().map(|scope| format!("<li><code>{}</code></li>", encode_text(scope))).collect();
    let fields: String = fields
        .iter()
        .map(|(name, value)| {
            let (name, value) = (encode_double_quoted_attribute(name), encode_double_quoted_attribute(value));
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
        })
        .collect();
    let body = format!(
        "<h1>Install {app} on {shop}?</h1><p>The app asks for:</p><ul>{scopes}</ul>\
         <form method=\"post\" action=\"{action}\">{fields}\
         <p class=\"choice\"><button class=\"first\" type=\"submit\" name=\"decision\" value=\"install\">Install app</button>\
         <button type=\"submit\" name=\"decision\" value=\"cancel\">Cancel</button></p></form>",
        app = encode_text(app),
        shop = encode_text(shop),
        action = encode_double_quoted_attribute(action),
    );
    page::page(OF, &format!("Install {app}"), &body)
}

/// Says that something is not so.
pub(super) fn message(title: &str, text: &str) -> String {
    page::page(OF, title, &format!("<h1>{}</h1><p>{}</p>", encode_text(title), encode_text(text)))
}
