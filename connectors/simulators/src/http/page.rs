//! The pages that a merchant sees.

use html_escape::{encode_double_quoted_attribute, encode_text};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:4rem auto;max-width:36rem;padding:0 1rem}\
     button{font:inherit;padding:.5rem 1.5rem;margin-right:1rem}";

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        encode_text(title)
    )
}

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
        "<h1>Install {app} on {shop}?</h1><p>This is a simulated shop. The app asks for:</p><ul>{scopes}</ul>\
         <form method=\"post\" action=\"{action}\">{fields}\
         <button type=\"submit\" name=\"decision\" value=\"install\">Install app</button>\
         <button type=\"submit\" name=\"decision\" value=\"cancel\">Cancel</button></form>",
        app = encode_text(app),
        shop = encode_text(shop),
        action = encode_double_quoted_attribute(action),
    );
    page(&format!("Install {app}"), &body)
}

/// Says that something is not so.
pub(super) fn message(title: &str, text: &str) -> String {
    page(title, &format!("<h1>{}</h1><p>{}</p>", encode_text(title), encode_text(text)))
}
