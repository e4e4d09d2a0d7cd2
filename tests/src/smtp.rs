//! An SMTP server on a port of this machine that takes every mail and shows what it took. It keeps to the order of
//! RFC 5321, knows no address of its own, and can be told to refuse, and to keep whoever has mail waiting.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// A mail, as it was taken.
#[derive(Clone, Debug)]
pub struct Mail {
    /// From whom, as the envelope says.
    pub from: String,
    /// To whom, as the envelope says.
    pub to: Vec<String>,
    /// Everything between DATA and the end, with dots taken back.
    pub source: String,
}

impl Mail {
    /// A header's value; folded lines are one.
    ///
    /// # Panics
    /// When there is none of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let (head, _) = self.source.split_once("\r\n\r\n").expect("a mail has a head");
        let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let prefix = format!("{}:", name.to_lowercase());
        let line = head.lines().find(|line| line.to_lowercase().starts_with(&prefix)).expect("the header is there");
        line[prefix.len()..].trim().to_owned()
    }

    /// The whole text with quoted-printable taken back: what its reader sees, in every form that it is in.
    #[must_use]
    pub fn text(&self) -> String {
        let joined = self.source.replace("=\r\n", "");
        let mut bytes = Vec::new();
        let mut rest = joined.as_bytes();
        while let Some((&first, after)) = rest.split_first() {
            let code = (first == b'=').then(|| after.get(..2)).flatten();
            let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
            (bytes, rest) = match code {
                Some(code) => ([bytes, vec![code]].concat(), &after[2..]),
                None => ([bytes, vec![first]].concat(), after),
            };
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The token that its link carries.
    ///
    /// # Panics
    /// When it has no such link.
    #[must_use]
    pub fn token(&self) -> String {
        let text = self.text();
        let (_, after) = text.split_once("#token=").expect("the mail has a link with a token");
        after.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
    }
}

#[derive(Debug, Default)]
struct Kept {
    mails: Vec<Mail>,
    /// What is answered to the next senders in place of taking their mail.
    refusals: Vec<String>,
    /// What is answered to whoever has mail for these addresses.
    refused: BTreeMap<String, String>,
    /// For whom there was mail, taken or not, once for each time.
    offered: Vec<String>,
    /// Whether senders wait until they are let pass.
    is_shut: bool,
    /// How many wait.
    waiting: usize,
    /// How many waited when they were most.
    most_waiting: usize,
}

impl Kept {
    /// There is mail for that address. Says whether its sender has to wait.
    fn offer(&mut self, address: &str) -> bool {
        self.offered.push(address.to_owned());
        if self.is_shut {
            self.waiting += 1;
            self.most_waiting = self.most_waiting.max(self.waiting);
        }
        self.is_shut
    }

    /// What is answered to who has mail for that address, unless it is taken.
    fn refusal(&mut self, address: &str) -> Option<String> {
        self.refusals.pop().or_else(|| self.refused.get(address).cloned())
    }
}

/// The server. It goes when it is dropped.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    /// One for each sender that may pass while the others wait.
    passes: Arc<Semaphore>,
    task: JoinHandle<()>,
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SmtpSink {
    /// Starts one.
    ///
    /// # Panics
    /// When this machine has no port for it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a port");
        let address = listener.local_addr().expect("it has an address");
        let kept = Arc::new(Mutex::new(Kept::default()));
        let passes = Arc::new(Semaphore::new(0));
        let task = tokio::spawn(accept(listener, Arc::clone(&kept), Arc::clone(&passes)));
        Self { address, kept, passes, task }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Has it answer that, such as `451 busy`, to the next sender.
    ///
    /// # Panics
    /// When a connection of it panicked.
    pub fn refuse_next(&self, answer: &str) {
        self.kept.lock().unwrap().refusals.push(answer.to_owned());
    }

    /// Has it answer that, such as `451 busy`, to whoever has mail for that address, from now on.
    ///
    /// # Panics
    /// When a connection of it panicked.
    pub fn refuse(&self, address: &str, answer: &str) {
        self.kept.lock().unwrap().refused.insert(address.to_owned(), answer.to_owned());
    }

    /// Has it take mail for every address again.
    ///
    /// # Panics
    /// When a connection of it panicked.
    pub fn refuse_nobody(&self) {
        self.kept.lock().unwrap().refused.clear();
    }

    /// Has it keep whoever has mail waiting until they are [let pass](Self::let_pass).
    ///
    /// # Panics
    /// When a connection of it panicked.
    pub fn shut(&self) {
        self.kept.lock().unwrap().is_shut = true;
    }

    /// Lets so many of those pass who wait, or will.
    pub fn let_pass(&self, count: usize) {
        self.passes.add_permits(count);
    }

    /// How many waited at once when they were most.
    ///
    /// # Panics
    /// When a connection of it panicked.
    #[must_use]
    pub fn most_waiting(&self) -> usize {
        self.kept.lock().unwrap().most_waiting
    }

    /// For whom there was mail so far, taken or not, once for each time.
    ///
    /// # Panics
    /// When a connection of it panicked.
    #[must_use]
    pub fn offered(&self) -> Vec<String> {
        self.kept.lock().unwrap().offered.clone()
    }

    /// What it took so far.
    ///
    /// # Panics
    /// When a connection of it panicked.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.kept.lock().unwrap().mails.clone()
    }

    /// The newest mail to that address, once there are `count` to it.
    ///
    /// # Panics
    /// When there are not within half a minute.
    pub async fn mail_to(&self, address: &str, count: usize) -> Mail {
        for _ in 0..1_500 {
            let mut to = self.mails();
            to.retain(|mail| mail.to == [address]);
            if to.len() >= count {
                return to.pop().expect("there is one");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no mail number {count} came to {address}: {:?}", self.mails());
    }
}

async fn accept(listener: TcpListener, kept: Arc<Mutex<Kept>>, passes: Arc<Semaphore>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (kept, passes) = (Arc::clone(&kept), Arc::clone(&passes));
        tokio::spawn(async move {
            // A client that goes in the middle is its own affair.
            let _ = converse(stream, &kept, &passes).await;
        });
    }
}

async fn converse(stream: TcpStream, kept: &Mutex<Kept>, passes: &Semaphore) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink.test ESMTP\r\n").await?;
    let (mut from, mut to, mut greeted) = (None::<String>, Vec::new(), false);
    while let Some(line) = lines.next_line().await? {
        let upper = line.to_uppercase();
        let answer = if upper.starts_with("EHLO ") || upper.starts_with("HELO ") {
            greeted = true;
            "250-sink.test\r\n250-8BITMIME\r\n250 SMTPUTF8".to_owned()
        } else if upper == "QUIT" {
            write.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else if upper == "NOOP" {
            "250 ok".to_owned()
        } else if upper == "RSET" {
            (from, to) = (None, Vec::new());
            "250 ok".to_owned()
        } else if upper.starts_with("MAIL FROM:<") && greeted && from.is_none() {
            from = Some(bracketed(&line));
            "250 ok".to_owned()
        } else if upper.starts_with("RCPT TO:<") && from.is_some() {
            let address = bracketed(&line);
            let waits = kept.lock().unwrap().offer(&address);
            if waits {
                passes.acquire().await.expect("it is never closed").forget();
                kept.lock().unwrap().waiting -= 1;
            }
            let refusal = kept.lock().unwrap().refusal(&address);
            if refusal.is_none() {
                to.push(address);
            }
            refusal.unwrap_or_else(|| "250 ok".to_owned())
        } else if upper == "DATA" && !to.is_empty() {
            write.write_all(b"354 go on\r\n").await?;
            let mut source = String::new();
            while let Some(line) = lines.next_line().await? {
                if line == "." {
                    break;
                }
                source.push_str(line.strip_prefix('.').unwrap_or(&line));
                source.push_str("\r\n");
            }
            let from = from.take().unwrap_or_default();
            kept.lock().unwrap().mails.push(Mail { from, to: std::mem::take(&mut to), source });
            "250 taken".to_owned()
        } else {
            "503 not now".to_owned()
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

fn bracketed(line: &str) -> String {
    let (_, after) = line.split_once('<').unwrap_or_default();
    after.split('>').next().unwrap_or_default().to_owned()
}
