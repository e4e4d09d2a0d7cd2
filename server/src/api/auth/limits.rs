//! How often a password may be tried.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aloftly_engine::clock::Clock;
use sha2::{Digest as _, Sha256};

use crate::http::problem::Problem;
use crate::http::rate_limit::{Quota, RateLimit};

/// How often somebody may try a password. Attempts that worked do not count.
///
/// An account can be tried a few times from one network, so that a stranger elsewhere does not lock its owner out, and more
/// often from all together, so that many networks do not guess faster without end.
#[derive(Debug)]
pub(in crate::api) struct Limits {
    account_here: RateLimit<(Account, IpAddr)>,
    account: RateLimit<Account>,
    address: RateLimit<IpAddr>,
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
        Self {
            account_here: RateLimit::new(account_here, Arc::clone(clock)),
            account: RateLimit::new(account, Arc::clone(clock)),
            address: RateLimit::new(address, Arc::clone(clock)),
        }
    }

    /// An attempt at the account of that e-mail address, from there.
    ///
    /// # Errors
    /// There were too many.
    pub(in crate::api) fn attempt(&self, email: &str, address: IpAddr) -> Result<Attempt<'_>, Problem> {
        let (account, network) = (Sha256::digest(email.trim().to_lowercase()).into(), network(address));
        self.address.take(network).map_err(Problem::too_many_requests)?;
        self.account_here.take((account, network)).map_err(Problem::too_many_requests)?;
        self.account.take(account).map_err(Problem::too_many_requests)?;
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

/// One network is one caller: who has an IPv6 address has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}
