//! What is to be done by mail, and who takes it.

use aloftly_catalog::{Invitation, Link, NewAccount, OneTimeToken};
use tokio::sync::mpsc::{self, PermitIterator};

use crate::http::problem::Problem;

/// What somebody asked for.
pub enum Errand {
    /// An account.
    SignUp(Box<NewAccount>),
    /// A link to sign in with.
    SignIn {
        /// At which address.
        email: String,
    },
    /// A link to choose another password with.
    PasswordReset {
        /// At which address.
        email: String,
    },
    /// A link to prove that an address is theirs.
    Verification(Link),
    /// To ask somebody to join.
    Invitation {
        /// What.
        organization: String,
        /// Whom.
        invitation: Box<Invitation>,
        /// What the link carries.
        token: OneTimeToken,
    },
}

/// Takes errands. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Postbox {
    errands: Option<mpsc::Sender<Errand>>,
}

impl Postbox {
    /// One that hands errands on; without anybody to hand them to, no mail can be sent.
    pub(super) fn new(errands: Option<mpsc::Sender<Errand>>) -> Self {
        Self { errands }
    }

    /// Whether mail can be sent.
    #[must_use]
    pub fn works(&self) -> bool {
        self.errands.is_some()
    }

    /// Has something done soon.
    ///
    /// # Errors
    /// No mail can be sent, or too much waits to be.
    pub fn take(&self, errand: Errand) -> Result<(), Problem> {
        self.reserve(1)?.take(errand)
    }

    /// Room for so many errands, for who has to know that they are taken before there is anything to take.
    ///
    /// # Errors
    /// No mail can be sent, or too much waits to be.
    pub fn reserve(&self, count: usize) -> Result<Reserved<'_>, Problem> {
        let errands = self.errands.as_ref().ok_or_else(Problem::no_mail)?;
        let room = errands.try_reserve_many(count).map_err(|error| {
            tracing::warn!(%error, count, "mail cannot be taken");
            Problem::busy()
        })?;
        Ok(Reserved { room })
    }
}

/// Room for some errands, whatever else comes, and when the server is told to stop, too. What is not used is there for
/// others afterwards.
#[derive(Debug)]
pub struct Reserved<'p> {
    room: PermitIterator<'p, Errand>,
}

impl Reserved<'_> {
    /// Has something done soon.
    ///
    /// # Errors
    /// It is one more than was reserved.
    pub fn take(&mut self, errand: Errand) -> Result<(), Problem> {
        self.room.next().ok_or_else(Problem::busy)?.send(errand);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    fn errand() -> Errand {
        Errand::SignIn { email: "ann@example.com".to_owned() }
    }

    fn is_busy<T>(taken: Result<T, Problem>) -> bool {
        taken.is_err_and(|problem| problem.status() == StatusCode::SERVICE_UNAVAILABLE)
    }

    #[test]
    fn room_is_reserved_for_all_or_for_none_and_is_nobody_elses() {
        let (sender, _errands) = mpsc::channel(3);
        let postbox = Postbox::new(Some(sender));
        assert!(is_busy(postbox.reserve(4)));
        let mut room = postbox.reserve(2).unwrap();
        postbox.take(errand()).unwrap();
        assert!(is_busy(postbox.take(errand())), "the rest is reserved");
        assert!(is_busy(postbox.reserve(1)), "the rest is reserved");
        room.take(errand()).unwrap();
        drop(room);
        postbox.take(errand()).unwrap();
        assert!(is_busy(postbox.take(errand())));
    }

    #[test]
    fn no_more_is_taken_than_was_reserved() {
        let (sender, _errands) = mpsc::channel(3);
        let postbox = Postbox::new(Some(sender));
        let mut room = postbox.reserve(1).unwrap();
        room.take(errand()).unwrap();
        assert!(is_busy(room.take(errand())));
    }

    #[test]
    fn what_was_reserved_is_taken_when_nothing_else_is_any_more() {
        let (sender, mut errands) = mpsc::channel(3);
        let postbox = Postbox::new(Some(sender));
        let mut room = postbox.reserve(1).unwrap();
        errands.close();
        assert!(is_busy(postbox.take(errand())));
        room.take(errand()).unwrap();
        assert!(matches!(errands.try_recv(), Ok(Errand::SignIn { .. })));
    }
}
