//! How the pages of an organisation look: its own name, colour and pictures in place of the program's, in the app and on what links show.
//!
//! Pictures are kept as data URLs, so that a page that shows them asks nobody else for anything. They are shown as images and as the icon
//! of a tab alone, where browsers run nothing of what an SVG may hold and load nothing that it names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::audit::{AuditAction, Done};
use crate::{CatalogError, Permission, Tenant};

/// The longest name, in characters: it stands in tabs and in the bar of each page.
const LONGEST_NAME: usize = 60;
/// The longest picture, in bytes of its data URL.
const LONGEST_PICTURE: usize = 48 * 1024;

/// How the pages of an organisation look. What is missing looks as the program's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Branding {
    /// What stands in place of the program's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The colour of what can be pressed: `#0f766e`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// The logo on light pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_light: Option<String>,
    /// The logo on dark pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_dark: Option<String>,
    /// What browsers show in tabs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub favicon: Option<String>,
}

impl Branding {
    /// From what a row says. What a newer version of this program knows besides is left out.
    pub(crate) fn of_row(config: Value) -> Result<Self, CatalogError> {
        serde_json::from_value(config).map_err(|error| CatalogError::corrupt("an organisation's branding", error))
    }

    /// The same without blanks around the name, when all of it can be shown.
    fn checked(&self) -> Result<Self, CatalogError> {
        let wrong = |field, reason: &str| Err(CatalogError::Invalid { field, reason: reason.to_owned() });
        let name = self.name.as_deref().map(str::trim);
        if name.is_some_and(|name| {
            name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control)
        }) {
            return wrong("name", "1 to 60 characters on one line");
        }
        if self.accent.as_deref().is_some_and(|accent| !is_colour(accent)) {
            return wrong("accent", "a colour such as #0f766e");
        }
        for (field, picture) in
            [("logo_light", &self.logo_light), ("logo_dark", &self.logo_dark), ("favicon", &self.favicon)]
        {
            if picture.as_deref().is_some_and(|picture| !is_picture(picture)) {
                return wrong(field, "a PNG, WebP, SVG or ICO image as a data URL in base64, of no more than 48 KiB");
            }
        }
        Ok(Self { name: name.map(str::to_owned), ..self.clone() })
    }
}

impl Tenant {
    /// How the organisation's pages look. Everybody in it sees it.
    ///
    /// # Errors
    /// When the organisation is gone or the database is unavailable.
    pub async fn branding(&self) -> Result<Branding, CatalogError> {
        let mut transaction = self.begin().await?;
        let config = sqlx::query_scalar!(
            "SELECT white_label_config FROM organizations WHERE id = $1",
            self.context().organization().0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(CatalogError::NotFound("organization"))?;
        transaction.commit().await?;
        Branding::of_row(config)
    }

    /// Says how the organisation's pages look; for admins. To look as the program's own every plan allows.
    ///
    /// # Errors
    /// When the actor may not, a value is wrong, the plan does not include it, the organisation is gone, or the database is unavailable.
    pub async fn set_branding(&self, to: &Branding) -> Result<Branding, CatalogError> {
        self.require(Permission::ManageBranding)?;
        let branding = to.checked()?;
        let config = serde_json::to_value(&branding)
            .map_err(|error| CatalogError::corrupt("an organisation's branding", error))?;
        let organization = self.context().organization().0;
        let mut transaction = self.begin().await?;
        if branding == Branding::default() {
            self.lock_organization(&mut transaction).await?;
        } else {
            self.check_brands(&mut transaction).await?;
        }
        self.check_actor(&mut transaction).await?;
        let name = sqlx::query_scalar!(
            "UPDATE organizations SET white_label_config = $2 WHERE id = $1 RETURNING name",
            organization,
            config,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(CatalogError::NotFound("organization"))?;
        self.record(&mut transaction, Done::new(AuditAction::BrandingChanged).to(organization, name)).await?;
        transaction.commit().await?;
        Ok(branding)
    }
}

/// `#` and six hexadecimal digits.
fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether it is a data URL whose bytes are what it says that they are.
fn is_picture(url: &str) -> bool {
    if url.len() > LONGEST_PICTURE {
        return false;
    }
    let Some((kind, encoded)) = url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) else {
        return false;
    };
    let Ok(bytes) = STANDARD.decode(encoded) else { return false };
    match kind {
        "image/png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "image/webp" => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        "image/x-icon" | "image/vnd.microsoft.icon" => bytes.starts_with(&[0, 0, 1, 0]),
        "image/svg+xml" => is_svg(&bytes),
        _ => false,
    }
}

/// Whether it begins as an SVG does, behind what XML may have before it.
fn is_svg(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = if rest.starts_with("<?xml") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<!DOCTYPE svg") {
            ">"
        } else {
            return rest.starts_with("<svg");
        };
        let Some((_, behind)) = rest.split_once(end) else { return false };
        rest = behind.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(kind: &str, bytes: &[u8]) -> String {
        format!("data:{kind};base64,{}", STANDARD.encode(bytes))
    }

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        let svg = "<?xml version=\"1.0\"?>\n<!-- a logo -->\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        let good = [
            url("image/png", b"\x89PNG\r\n\x1a\nand so on"),
            url("image/webp", b"RIFF\x10\0\0\0WEBPVP8 "),
            url("image/x-icon", &[0, 0, 1, 0, 1, 0]),
            url("image/vnd.microsoft.icon", &[0, 0, 1, 0, 1, 0]),
            url("image/svg+xml", svg.as_bytes()),
            url("image/svg+xml", b"\xef\xbb\xbf<svg/>"),
        ];
        for good in &good {
            assert!(is_picture(good), "{good}");
        }
        let png = b"\x89PNG\r\n\x1a\nand so on";
        let wrong = [
            String::new(),
            "https://example.com/logo.png".to_owned(),
            "data:image/png,no base64".to_owned(),
            "data:image/png;base64,*".to_owned(),
            url("image/png", b"<svg/>"),
            url("image/svg+xml", png),
            url("image/svg+xml", b"<html><svg/></html>"),
            url("image/svg+xml", b"<!-- without an end"),
            url("image/webp", b"RIFF"),
            url("image/webp", b"RIFF\x10\0\0\0WAVEfmt "),
            url("image/gif", b"GIF89a"),
            url("text/html", b"<script>alert(1)</script>"),
            url("image/png", &[&png[..], &[0_u8; LONGEST_PICTURE][..]].concat()),
        ];
        for wrong in &wrong {
            assert!(!is_picture(wrong), "{wrong:.80}");
        }
    }

    #[test]
    fn what_cannot_be_shown_is_told_with_its_place() {
        let wrong_field = |branding: Branding| match branding.checked() {
            Err(CatalogError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        let some = |text: &str| Some(text.to_owned());
        for name in ["", "  ", "two\nlines", &"x".repeat(61)] {
            assert_eq!(wrong_field(Branding { name: some(name), ..Branding::default() }), "name", "{name:?}");
        }
        for accent in ["", "red", "#fff", "#12345g", "0f766e", "#0f766e; --x: y"] {
            assert_eq!(wrong_field(Branding { accent: some(accent), ..Branding::default() }), "accent", "{accent:?}");
        }
        assert_eq!(wrong_field(Branding { logo_dark: some("logo.png"), ..Branding::default() }), "logo_dark");
        assert_eq!(wrong_field(Branding { favicon: some("logo.png"), ..Branding::default() }), "favicon");
        let named = Branding { name: some("  Northwind "), accent: some("#0F766e"), ..Branding::default() };
        assert_eq!(named.checked().unwrap().name.as_deref(), Some("Northwind"));
    }
}
