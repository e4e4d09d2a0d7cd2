//! How mail goes out: through an SMTP server, into the log of a demo, or not at all.

use std::time::Duration;

use anyhow::Context as _;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport as _, Message, Tokio1Executor};
use secrecy::ExposeSecret as _;

use super::letter::Letter;
use crate::config::Config;

/// How long an SMTP server may take for each of its answers.
const PATIENCE: Duration = Duration::from_secs(20);

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
        let server = Box::new(server.timeout(Some(PATIENCE)).build());
        Ok(Self::Smtp { server, from: from.clone() })
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
                server.send(message).await?;
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
