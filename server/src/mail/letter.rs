//! One mail: a few words and a link, as text and as HTML.

use std::fmt::Write as _;

/// A mail to one person.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) to: String,
    pub(super) subject: String,
    /// What is said before the link.
    pub(super) paragraphs: Vec<String>,
    /// What the link is called, and where it leads.
    pub(super) link: (&'static str, String),
    /// What is said after it.
    pub(super) closing: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Whoever has the link can do what it is for.
        write!(f, "Letter({:?}, link hidden)", self.subject)
    }
}

impl Letter {
    /// For programs that show text.
    pub(super) fn text(&self) -> String {
        let (_, address) = &self.link;
        format!("{}\n\n{address}\n\n{}\n", self.paragraphs.join("\n\n"), self.closing)
    }

    /// For programs that show HTML.
    pub(super) fn html(&self) -> String {
        let escaped = |text: &str| html_escape::encode_text(text).into_owned();
        let mut paragraphs = String::new();
        for paragraph in &self.paragraphs {
            _ = write!(paragraphs, "<p style=\"margin:0 0 16px\">{}</p>", escaped(paragraph));
        }
        let (name, address) = &self.link;
        let address = html_escape::encode_double_quoted_attribute(address);
        let closing = escaped(&self.closing);
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"color-scheme\" content=\"light dark\"></head>\
             <body style=\"margin:0;padding:32px 16px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,sans-serif\">\
             <div style=\"max-width:480px;margin:0 auto\"><p style=\"margin:0 0 24px;font-weight:600\">Aloftly</p>{paragraphs}\
             <p style=\"margin:24px 0\"><a href=\"{address}\" style=\"display:inline-block;padding:12px 20px;border-radius:8px;\
             background:#3451d1;color:#ffffff;text-decoration:none;font-weight:600\">{name}</a></p>\
             <p style=\"margin:0;font-size:14px;opacity:.7\">{closing}</p></div></body></html>"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_are_called_is_text_and_never_html() {
        let letter = Letter {
            to: "ann@example.com".to_owned(),
            subject: "Hello".to_owned(),
            paragraphs: vec!["<script>alert(1)</script> & co".to_owned()],
            link: ("Go on", "https://a.test/x#token=\"y".to_owned()),
            closing: "<b>".to_owned(),
        };
        let html = letter.html();
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; co"), "{html}");
        assert!(html.contains("https://a.test/x#token=&quot;y") && html.contains("&lt;b&gt;"), "{html}");
        assert!(letter.text().contains("<script>alert(1)</script> & co"));
        assert!(!format!("{letter:?}").contains("token="));
    }
}
