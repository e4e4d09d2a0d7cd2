//! How often a password or a code may be tried, how many mails somebody may have sent, and how often a link may be looked at.

use std::collections::HashSet;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{OrganizationId, ShareId, UserId};
use aloftly_engine::clock::Clock;
use sha2::{Digest as _, Sha256};

use crate::http::client::network;
use crate::http::problem::Problem;
use crate::http::rate_limit::{Quota, RateLimit};
use crate::http::standing::Standing;

/// How often somebody may try a password. Attempts that worked do not count.
///
/// An account can be tried a few times from one network, so that a stranger elsewhere does not lock its owner out, and more
/// often from all together, so that many networks do not guess faster without end.
#[derive(Debug)]
pub(in crate::api) struct Limits {
    account_here: RateLimit<(Account, IpAddr)>,
    account: RateLimit<Account>,
    address: RateLimit<IpAddr>,
    code: RateLimit<UserId>,
    mail_to: RateLimit<Account>,
    mail_from: RateLimit<IpAddr>,
    invitations: RateLimit<OrganizationId>,
    departures: RateLimit<IpAddr>,
    share_here: RateLimit<(ShareId, IpAddr)>,
    share: RateLimit<ShareId>,
    shared: RateLimit<(ShareId, IpAddr)>,
}

/// The SHA-256 of an account's address.
type Account = [u8; 32];

/// An attempt that may be made.
#[derive(Debug)]
pub(in crate::api) struct Attempt<'l> {
    limits: &'l Limits,
    account: Account,
    network: IpAddr,
}

impl Limits {
    pub(in crate::api) fn new(clock: &Arc<dyn Clock>) -> Self {
        let account_here = Quota { burst: 10, every: Duration::from_secs(60) };
        let account = Quota { burst: 100, every: Duration::from_secs(20) };
        let address = Quota { burst: 30, every: Duration::from_secs(10) };
        let code = Quota { burst: 10, every: Duration::from_secs(120) };
        let mail_to = Quota { burst: 5, every: Duration::from_secs(300) };
        let invitations = Quota { burst: 200, every: Duration::from_secs(60) };
        let departures = Quota { burst: 60, every: Duration::from_secs(2) };
        let shared = Quota { burst: 120, every: Duration::from_millis(250) };
        let mail_from = Quota { burst: 20, every: Duration::from_secs(30) };
        Self {
            account_here: RateLimit::new(account_here, Arc::clone(clock)),
            account: RateLimit::new(account, Arc::clone(clock)),
            address: RateLimit::new(address, Arc::clone(clock)),
            code: RateLimit::new(code, Arc::clone(clock)),
            mail_to: RateLimit::new(mail_to, Arc::clone(clock)),
            mail_from: RateLimit::new(mail_from, Arc::clone(clock)),
            invitations: RateLimit::new(invitations, Arc::clone(clock)),
            departures: RateLimit::new(departures, Arc::clone(clock)),
            share_here: RateLimit::new(account_here, Arc::clone(clock)),
            share: RateLimit::new(account, Arc::clone(clock)),
            shared: RateLimit::new(shared, Arc::clone(clock)),
        }
    }

    /// An attempt at that person's second factor. Those who make it know the password.
    ///
    /// # Errors
    /// There were too many.
    pub(in crate::api) fn code_attempt(&self, user: UserId) -> Result<CodeAttempt<'_>, Problem> {
        take("second-factor", &self.code, user)?;
        Ok(CodeAttempt { limits: self, user })
    }

    /// An attempt at the password of a share, from there: as of an account, and as often from one address. One that is refused takes nothing from
    /// the others.
    ///
    /// # Errors
    /// There were too many.
    pub(in crate::api) fn share_attempt(&self, share: ShareId, address: IpAddr) -> Result<ShareAttempt<'_>, Problem> {
        let network = network(address);
        take("share", &self.share, share)?;
        take("share", &self.share_here, (share, network)).inspect_err(|_| self.share.give_back(share))?;
        take("share", &self.address, network).inspect_err(|_| {
            self.share.give_back(share);
            self.share_here.give_back((share, network));
        })?;
        Ok(ShareAttempt { limits: self, share, network })
    }

    /// Leave to ask for the figures that a share shows, from there: its maker's organisation answers them.
    ///
    /// # Errors
    /// There were too many.
    pub(in crate::api) fn shared_figures(&self, share: ShareId, from: IpAddr) -> Result<(), Problem> {
        take("shared", &self.shared, (share, network(from)))
    }

    /// Leave to have a mail sent to an address, whoever's it is.
    ///
    /// # Errors
    /// There were too many to it, or from there.
    pub(in crate::api) fn mail(&self, email: &str, from: IpAddr) -> Result<(), Problem> {
        take("mail", &self.mail_from, network(from))?;
        take("mail", &self.mail_to, account(email))
    }

    /// Leave to go to an identity provider, for which something has to be kept.
    ///
    /// # Errors
    /// There were too many from there.
    pub(in crate::api) fn departure(&self, from: IpAddr) -> Result<(), Problem> {
        take("departures", &self.departures, network(from))
    }

    /// An attempt at the account of that e-mail address, from there.
    ///
    /// # Errors
    /// There were too many.
    pub(in crate::api) fn attempt(&self, email: &str, address: IpAddr) -> Result<Attempt<'_>, Problem> {
        let (account, network) = (account(email), network(address));
        take("sign-in", &self.account, account)?;
        take("sign-in", &self.account_here, (account, network)).inspect_err(|_| self.account.give_back(account))?;
        take("sign-in", &self.address, network).inspect_err(|_| {
            self.account.give_back(account);
            self.account_here.give_back((account, network));
        })?;
        Ok(Attempt { limits: self, account, network })
    }
}

impl Attempt<'_> {
    /// It worked, and does not count.
    pub(in crate::api) fn succeeded(self) {
        let Self { limits, account, network } = self;
        limits.address.give_back(network);
        limits.account_here.give_back((account, network));
        limits.account.give_back(account);
    }
}

impl Limits {
    /// Leave to have people with those addresses asked to join an organisation, each by a mail.
    ///
    /// # Errors
    /// The organisation asked too many, or there were too many mails to one of them. Then nothing counts.
    pub(in crate::api) fn invitations(
        &self,
        organization: OrganizationId,
        emails: &[String],
    ) -> Result<Invitations<'_>, Problem> {
        let mut invitations = Invitations { limits: self, unsent: HashSet::new() };
        for email in emails {
            let account = account(email);
            if !invitations.unsent.contains(&account) {
                take("mail", &self.mail_to, account)?;
                invitations.unsent.insert(account);
            }
        }
        for asked in 0..emails.len() {
            if let Err(problem) = take("invitations", &self.invitations, organization) {
                for _ in 0..asked {
                    self.invitations.give_back(organization);
                }
                return Err(problem);
            }
        }
        Ok(invitations)
    }
}

/// Leave to send invitations to some addresses. A mail that is not sent does not count.
#[derive(Debug)]
pub(in crate::api) struct Invitations<'l> {
    limits: &'l Limits,
    unsent: HashSet<Account>,
}

impl Invitations<'_> {
    /// One is sent to that address.
    pub(in crate::api) fn sent(&mut self, email: &str) {
        self.unsent.remove(&account(email));
    }
}

impl Drop for Invitations<'_> {
    fn drop(&mut self) {
        for account in self.unsent.drain() {
            self.limits.mail_to.give_back(account);
        }
    }
}

/// An attempt at a second factor that may be made.
#[derive(Debug)]
pub(in crate::api) struct CodeAttempt<'l> {
    limits: &'l Limits,
    user: UserId,
}

impl CodeAttempt<'_> {
    /// It worked, and does not count.
    pub(in crate::api) fn succeeded(self) {
        self.limits.code.give_back(self.user);
    }
}

/// An attempt at the password of a share that may be made.
#[derive(Debug)]
pub(in crate::api) struct ShareAttempt<'l> {
    limits: &'l Limits,
    share: ShareId,
    network: IpAddr,
}

impl ShareAttempt<'_> {
    /// It worked, and does not count.
    pub(in crate::api) fn succeeded(self) {
        let Self { limits, share, network } = self;
        limits.address.give_back(network);
        limits.share_here.give_back((share, network));
        limits.share.give_back(share);
    }
}

fn account(email: &str) -> Account {
    Sha256::digest(email.trim().to_lowercase()).into()
}

/// Takes an attempt; where there is none left, says so with the limit.
fn take<K: Hash + Eq + Send + Sync>(name: &'static str, limit: &RateLimit<K>, key: K) -> Result<(), Problem> {
    let Quota { burst, every } = limit.quota();
    limit.take(key).map_err(|wait| {
        let window = every * burst;
        let standing = Standing { name, requests: burst, window, remaining: 0, full_in: wait };
        Problem::too_many_requests(wait).with_limit(standing)
    })
}
