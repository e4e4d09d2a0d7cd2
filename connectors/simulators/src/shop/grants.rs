//! What the merchant granted the app: authorization codes, access tokens and refresh tokens.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::options::Settings;

/// A code that is good once.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Code {
    scopes: Vec<String>,
    until: DateTime<Utc>,
    online: bool,
}

/// An access token.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Access {
    scopes: Vec<String>,
    /// Until when it is good; `None` for one that does not expire.
    until: Option<DateTime<Utc>>,
    /// Which refresh token came with it.
    refresh: Option<String>,
}

/// A refresh token.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Refresh {
    scopes: Vec<String>,
    until: DateTime<Utc>,
    /// The one that it replaced.
    before: Option<String>,
}

/// Why the token endpoint refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) error: &'static str,
    pub(crate) description: &'static str,
}

fn refusal(error: &'static str, description: &'static str) -> Refusal {
    Refusal { error, description }
}

/// What was granted.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Grants {
    domain: String,
    made: u64,
    installed: Option<Vec<String>>,
    codes: BTreeMap<String, Code>,
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, Refresh>,
}

impl Grants {
    pub(crate) fn new(domain: &str) -> Self {
        Self {
            domain: domain.to_owned(),
            made: 0,
            installed: None,
            codes: BTreeMap::new(),
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
        }
    }

    /// A secret that nobody guesses by chance, the same in every run.
    fn secret(&mut self, what: &str) -> String {
        self.made += 1;
        hex::encode(&Sha256::digest(format!("{what} {} of {}", self.made, self.domain))[..16])
    }

    pub(crate) fn is_installed(&self) -> bool {
        self.installed.is_some()
    }

    /// The scopes that the app has, as the merchant granted them.
    pub(crate) fn installed(&self) -> Option<&[String]> {
        self.installed.as_deref()
    }

    /// The merchant agrees. A code that is good once.
    pub(crate) fn agree(
        &mut self,
        scopes: Vec<String>,
        online: bool,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> String {
        let code = self.secret("code");
        let until = now + seconds(settings.code_life);
        self.codes.insert(code.clone(), Code { scopes: scopes.clone(), until, online });
        self.installed = Some(scopes);
        code
    }

    /// A token for a code.
    pub(crate) fn redeem(
        &mut self,
        code: &str,
        expiring: bool,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Result<Value, Refusal> {
        let gone = refusal("invalid_request", "The authorization code was not found or was already used");
        let known = self.codes.remove(code).filter(|code| now < code.until).ok_or(gone)?;
        if known.online {
            return Ok(self.online(known.scopes, now));
        }
        if !expiring && settings.must_expire {
            return Err(refusal("invalid_request", "This app must request expiring offline access tokens"));
        }
        // A new grant replaces what the app had in this shop.
        self.access.retain(|_, access| access.refresh.is_none() && access.until.is_some());
        self.refresh.clear();
        Ok(self.offline(known.scopes, expiring, None, settings, now))
    }

    fn online(&mut self, scopes: Vec<String>, now: DateTime<Utc>) -> Value {
        let token = format!("shpua_{}", self.secret("online token"));
        let scope = scopes.join(",");
        let life = TimeDelta::hours(24);
        self.access.insert(token.clone(), Access { scopes, until: Some(now + life), refresh: None });
        json!({
            "access_token": token,
            "scope": scope,
            "expires_in": life.num_seconds(),
            "associated_user_scope": scope,
            "associated_user": {
                "id": 902_541_635,
                "first_name": "Robin",
                "last_name": "Fern",
                "email": "robin@fern.example",
                "email_verified": true,
                "account_owner": true,
                "locale": "en",
                "collaborator": false,
            },
        })
    }

    fn offline(
        &mut self,
        scopes: Vec<String>,
        expiring: bool,
        before: Option<String>,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Value {
        let token = format!("shpat_{}", self.secret("token"));
        let scope = scopes.join(",");
        if !expiring {
            self.access.insert(token.clone(), Access { scopes, until: None, refresh: None });
            return json!({ "access_token": token, "scope": scope });
        }
        let refresh = format!("shprt_{}", self.secret("refresh token"));
        let (until, refresh_until) = (now + seconds(settings.access_life), now + seconds(settings.refresh_life));
        let access = Access { scopes: scopes.clone(), until: Some(until), refresh: Some(refresh.clone()) };
        self.access.insert(token.clone(), access);
        self.refresh.insert(refresh.clone(), Refresh { scopes, until: refresh_until, before });
        json!({
            "access_token": token,
            "scope": scope,
            "expires_in": settings.access_life.as_secs(),
            "refresh_token": refresh,
            "refresh_token_expires_in": settings.refresh_life.as_secs(),
        })
    }

    /// New tokens for a refresh token. The old one stays good until its replacement is used.
    pub(crate) fn renew(&mut self, token: &str, settings: &Settings, now: DateTime<Utc>) -> Result<Value, Refusal> {
        let gone = refusal("invalid_grant", "The refresh token is invalid, was replaced or has expired");
        let known = self.refresh.get(token).filter(|known| now < known.until).cloned().ok_or(gone)?;
        // Using it retires the one before it.
        self.retire(known.before.as_deref());
        // A replacement that was lost before it was used is no longer good.
        let lost: Vec<String> = self
            .refresh
            .iter()
            .filter(|(_, one)| one.before.as_deref() == Some(token))
            .map(|(lost, _)| lost.clone())
            .collect();
        for lost in lost {
            self.retire(Some(&lost));
        }
        Ok(self.offline(known.scopes, true, Some(token.to_owned()), settings, now))
    }

    fn retire(&mut self, refresh: Option<&str>) {
        if let Some(refresh) = refresh {
            self.refresh.remove(refresh);
        }
    }

    /// Expiring tokens for one that does not expire, which is no longer good.
    pub(crate) fn migrate(&mut self, token: &str, settings: &Settings, now: DateTime<Utc>) -> Result<Value, Refusal> {
        let is_old = |access: &&Access| access.until.is_none();
        let wrong = refusal("invalid_subject_token", "The subject token is no offline token that does not expire");
        let known = self.access.get(token).filter(is_old).cloned().ok_or(wrong)?;
        self.access.remove(token);
        Ok(self.offline(known.scopes, true, None, settings, now))
    }

    /// A token for whoever the admin says is there, when the app is installed.
    pub(crate) fn exchange(
        &mut self,
        online: bool,
        expiring: bool,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Result<Value, Refusal> {
        let missing = refusal("invalid_subject_token", "The app is not installed in this shop");
        let scopes = self.installed.clone().ok_or(missing)?;
        if online {
            return Ok(self.online(scopes, now));
        }
        if !expiring && settings.must_expire {
            return Err(refusal("invalid_request", "This app must request expiring offline access tokens"));
        }
        Ok(self.offline(scopes, expiring, None, settings, now))
    }

    /// The scopes of an access token; `None` when it is not good. Using it retires the refresh token that its own replaced.
    pub(crate) fn scopes(&mut self, token: &str, now: DateTime<Utc>) -> Option<Vec<String>> {
        let known = self.access.get(token)?;
        // Since 2027 tokens that do not expire are not accepted.
        let until = known.until.unwrap_or_else(last_day_of_the_old);
        if now >= until {
            return None;
        }
        let scopes = known.scopes.clone();
        let before = known.refresh.as_ref().and_then(|refresh| self.refresh.get(refresh)?.before.clone());
        self.retire(before.as_deref());
        Some(scopes)
    }

    /// What all access tokens are, for a test.
    pub(crate) fn expire(&mut self, now: DateTime<Utc>) {
        for access in self.access.values_mut() {
            access.until = Some(now);
        }
    }

    /// Ends everything.
    pub(crate) fn revoke(&mut self) {
        self.installed = None;
        self.codes.clear();
        self.access.clear();
        self.refresh.clear();
    }

    /// Takes scopes off every token.
    pub(crate) fn take_scopes(&mut self, taken: &[&str]) {
        let keep = |scopes: &mut Vec<String>| scopes.retain(|scope| !taken.contains(&scope.as_str()));
        self.access.values_mut().for_each(|access| keep(&mut access.scopes));
        self.refresh.values_mut().for_each(|refresh| keep(&mut refresh.scopes));
        self.installed.iter_mut().for_each(keep);
    }

    /// Installs the app without anybody at a browser: a token that expires, with its refresh token.
    pub(crate) fn install(&mut self, scopes: Vec<String>, settings: &Settings, now: DateTime<Utc>) -> Value {
        self.installed = Some(scopes.clone());
        self.offline(scopes, true, None, settings, now)
    }
}

/// When tokens that do not expire are refused: 2027-01-01.
fn last_day_of_the_old() -> DateTime<Utc> {
    DateTime::from_timestamp(1_798_761_600, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn seconds(duration: std::time::Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

/// The scopes of a token with those that they imply: who may write may read.
pub(crate) fn implied(scopes: &[String]) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = scopes.iter().cloned().collect();
    all.extend(scopes.iter().filter_map(|scope| scope.strip_prefix("write_").map(|what| format!("read_{what}"))));
    all
}
