//! How mail goes out: through an SMTP server, into the log of a demo, or not at all.

use std::time::Duration;

use anyhow::Context as _;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::{self, AsyncSmtpTransport, PoolConfig};
use lettre::{AsyncTransport as _, Message, Tokio1Executor};
use secrecy::ExposeSecret as _;
use tokio::time::error::Elapsed;

use super::letter::Letter;
use crate::config::Config;

/// How long it may take to reach an SMTP server.
const REACHED_WITHIN: Duration = Duration::from_secs(10);
/// How long an SMTP server may take with one mail, from first to last. The client by itself waits for ever once it is
/// connected.
const SENT_WITHIN: Duration = Duration::from_secs(30);

/// How mail goes out.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Through an SMTP server.
    Smtp {
        /// The server.
        server: Box<AsyncSmtpTransport<Tokio1Executor>>,
        /// Who the mail is from.
        from: Mailbox,
    },
    /// The link is written into the log: for a demo, in which nobody's address is real.
    Log,
    /// There is none.
    None,
}

impl Transport {
    /// As the configuration says.
    ///
    /// # Errors
    /// The SMTP server's URL or the sender's address cannot be understood.
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        let (Some(url), Some(from)) = (&config.smtp_url, &config.mail_from) else { return Ok(Self::None) };
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .context("ALOFTLY_SMTP_URL cannot be understood (its value is not shown)")?;
        // A conversation that was given up in the middle must not be gone on with for another mail, so none is kept.
        let server = server.timeout(Some(REACHED_WITHIN)).pool_config(PoolConfig::new().max_size(0));
        Ok(Self::Smtp { server: Box::new(server.build()), from: from.clone() })
    }

    /// The same, but into the log where there is no SMTP server.
    #[must_use]
    pub fn or_log(self) -> Self {
        match self {
            Self::None => Self::Log,
            other => other,
        }
    }

    /// Whether mail can be sent.
    #[must_use]
    pub fn works(&self) -> bool {
        !matches!(self, Self::None)
    }

    pub(super) async fn send(&self, letter: &Letter) -> anyhow::Result<()> {
        match self {
            Self::Smtp { server, from } => {
                let message = Message::builder()
                    .from(from.clone())
                    .to(Mailbox::new(None, letter.to.parse().context("the address cannot be written to")?))
                    .subject(&letter.subject)
                    .message_id(None)
                    .multipart(MultiPart::alternative_plain_html(letter.text(), letter.html()))?;
                let sent = tokio::time::timeout(SENT_WITHIN, server.send(message)).await;
                sent.context("the SMTP server took too long")??;
            }
            Self::Log => {
                let (_, link) = &letter.link;
                tracing::warn!(to = letter.to, subject = letter.subject, %link, "no SMTP server is set: this is the mail");
            }
            Self::None => anyhow::bail!("no SMTP server is set"),
        }
        Ok(())
    }
}

/// Whether a mail that could not be sent for that reason would not be another time either: the server says so, or it
/// cannot even be offered to it.
pub(super) fn is_permanent(error: &anyhow::Error) -> bool {
    if error.is::<Elapsed>() {
        return false;
    }
    // What is no answer of the server's and no trouble with the connection comes of the mail: an address that is none, or
    // that this server knows no way to write to.
    error.downcast_ref::<smtp::Error>().is_none_or(|error| error.is_permanent() || error.is_client())
}

#[cfg(test)]
mod tests {
    use aloftly_tests::smtp::SmtpSink;
    use tokio::net::TcpListener;

    use super::*;
    use crate::config::Layers;

    /// Whether a mail to that address is not to be tried again, which the server at that URL does not take.
    async fn is_given_up(url: &str, address: &str) -> bool {
        let config = Config::load(&Layers::of(&[("smtp_url", url), ("mail_from", "stats@aloftly.test")])).unwrap();
        let letter = Letter {
            to: address.to_owned(),
            subject: "Hello".to_owned(),
            paragraphs: Vec::new(),
            link: ("Go on", "https://a.test".to_owned()),
            closing: String::new(),
        };
        is_permanent(&Transport::of(&config).unwrap().send(&letter).await.unwrap_err())
    }

    #[tokio::test]
    async fn what_a_server_may_take_later_is_tried_again() {
        let sink = SmtpSink::start().await;
        sink.refuse("later@x.test", "451 come back later");
        assert!(!is_given_up(&sink.url(), "later@x.test").await);

        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let hangs_up = async { drop(listener.accept().await.unwrap()) };
        let (given_up, ()) = tokio::join!(is_given_up(&url, "ann@x.test"), hangs_up);
        assert!(!given_up, "the server hung up");
        drop(listener);
        assert!(!is_given_up(&url, "ann@x.test").await, "the server is away");
    }

    #[tokio::test]
    async fn what_no_server_will_ever_take_is_not_tried_again() {
        let sink = SmtpSink::start().await;
        sink.refuse("nobody@x.test", "550 there is nobody of that name");
        assert!(is_given_up(&sink.url(), "nobody@x.test").await);
        for wrong in ["two..dots@x.test", "ann@-x.test", "nobody"] {
            assert!(is_given_up(&sink.url(), wrong).await, "{wrong}");
        }
        assert_eq!(sink.offered(), ["nobody@x.test"], "what is no address is not offered");
    }
}
