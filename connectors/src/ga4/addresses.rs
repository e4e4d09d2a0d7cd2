//! Where Google is.

use url::Url;

use crate::contract::{App, Failure};
use crate::http::{Hosts, Refusal};

/// The hosts that are asked. The one where people agree is only sent to.
const HOSTS: [&str; 3] = ["oauth2.googleapis.com", "analyticsadmin.googleapis.com", "analyticsdata.googleapis.com"];

/// A part of Google.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Where people agree.
    Accounts,
    /// Where codes and tokens are exchanged.
    Tokens,
    /// What properties there are.
    Admin,
    /// What they report.
    Data,
}

impl Part {
    const fn own(self) -> &'static str {
        match self {
            Self::Accounts => "https://accounts.google.com/",
            Self::Tokens => "https://oauth2.googleapis.com/",
            Self::Admin => "https://analyticsadmin.googleapis.com/",
            Self::Data => "https://analyticsdata.googleapis.com/",
        }
    }

    /// Under which path it is where all of Google is at one address.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Tokens => "oauth2",
            Self::Admin => "analyticsadmin",
            Self::Data => "analyticsdata",
        }
    }

    /// The address of something in it, by a path without a slash in front.
    ///
    /// # Errors
    /// [`Failure::Refused`] when no address can be made of it.
    pub(super) fn at(self, app: Option<&App>, path: &str) -> Result<Url, Failure> {
        let refused = |_| Failure::Refused { detail: format!("{path:?} is no path of an address") };
        let Some(base) = app.and_then(|app| app.base.as_ref()) else {
            return Url::parse(&format!("{}{path}", self.own())).map_err(refused);
        };
        let mut url = base.clone();
        url.set_path(&format!("{}/{}/{path}", base.path().trim_end_matches('/'), self.prefix()));
        Ok(url)
    }
}

/// The hosts that may be asked: Google's, or this machine where a base says that all of Google is there.
pub(super) fn hosts(app: Option<&App>) -> Result<Hosts, Refusal> {
    match app.and_then(|app| app.base.as_ref()) {
        Some(_) => Ok(Hosts::loopback()),
        None => Hosts::exact(&HOSTS),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn app(base: &str) -> App {
        App {
            client_id: "id".to_owned(),
            client_secret: SecretString::from("secret"),
            old_secret: None,
            base: Some(Url::parse(base).unwrap()),
            webhooks: None,
        }
    }

    #[test]
    fn every_part_has_an_address_of_its_own_or_a_path_under_the_base() {
        let run = "v1beta/properties/123:batchRunReports";
        let at = |app: Option<&App>| Part::Data.at(app, run).unwrap().to_string();
        assert_eq!(at(None), "https://analyticsdata.googleapis.com/v1beta/properties/123:batchRunReports");
        for base in ["http://127.0.0.1:4000", "http://127.0.0.1:4000/"] {
            let app = app(base);
            assert_eq!(at(Some(&app)), "http://127.0.0.1:4000/analyticsdata/v1beta/properties/123:batchRunReports");
        }
        let below = app("http://127.0.0.1:4000/google");
        assert_eq!(Part::Tokens.at(Some(&below), "token").unwrap().path(), "/google/oauth2/token");
    }

    #[test]
    fn what_is_asked_may_be_asked() {
        let hosts = hosts(None).unwrap();
        for part in [Part::Tokens, Part::Admin, Part::Data] {
            assert_eq!(hosts.check(&part.at(None, "x").unwrap()), Ok(()), "{part:?}");
        }
        assert!(hosts.check(&Part::Accounts.at(None, "x").unwrap()).is_err());
        assert!(super::hosts(Some(&app("http://127.0.0.1:1"))).is_ok_and(|hosts| hosts == Hosts::loopback()));
    }
}
