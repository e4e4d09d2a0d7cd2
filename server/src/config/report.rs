//! `aloftly config check`: the effective configuration, with secrets hidden.

use std::fmt;

use url::Url;

use super::options::{OPTIONS, Visibility};
use super::sources::{Layers, Origin};

/// The effective configuration as a table: option, value, where it was given.
#[derive(Debug)]
pub struct Report {
    rows: Vec<[String; 3]>,
}

impl Report {
    /// What the layers come to.
    #[must_use]
    pub fn of(layers: &Layers) -> Self {
        let row = |key| {
            let (spec, given) = layers.get(key)?;
            let origin = match &given.origin {
                Origin::Flag => format!("flag {}", spec.flag()),
                Origin::Environment => format!("environment {}", spec.env),
                Origin::File(path) => format!("file {}", path.display()),
                Origin::Default => "default".to_owned(),
            };
            Some([spec.key.to_owned(), shown(spec.visibility, given.text.trim()), origin])
        };
        Self { rows: OPTIONS.iter().filter_map(|spec| row(spec.key)).collect() }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (keys, values) = (width(0), width(1));
        for [key, value, origin] in &self.rows {
            writeln!(f, "{key:keys$}  {value:values$}  {origin}")?;
        }
        Ok(())
    }
}

/// A value as it may be shown. Of a URL only what names the place is left: users, passwords and queries may all be secret.
fn shown(visibility: Visibility, text: &str) -> String {
    match visibility {
        _ if text.is_empty() => "-".to_owned(),
        Visibility::Plain => text.to_owned(),
        Visibility::Secret => "(hidden)".to_owned(),
        Visibility::Url => Url::parse(text).map_or_else(|_| "(hidden)".to_owned(), |url| place(&url)),
    }
}

fn place(url: &Url) -> String {
    let user = if url.username().is_empty() && url.password().is_none() { "" } else { "(hidden)@" };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = if url.query().is_some() { "?(hidden)" } else { "" };
    format!("{}://{user}{}{port}{}{query}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}
