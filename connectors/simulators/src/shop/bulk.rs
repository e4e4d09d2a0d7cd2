//! Bulk operations: queries that run by themselves and leave a file.

use chrono::{DateTime, TimeDelta, Utc};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::graphql::context::{gid, time};
use crate::graphql::execute::Line;
use crate::options::Settings;

/// Where an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Created,
    Running,
    Completed,
    Canceled,
    Failed,
}

/// An operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) id: u64,
    pub(crate) query: String,
    pub(crate) version: String,
    grouped: bool,
    pub(crate) scopes: Vec<String>,
    created_at: DateTime<Utc>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    status: Status,
    error: Option<&'static str>,
    lines: u64,
    roots: u64,
    /// The file, once the query has run.
    pub(crate) file: String,
    /// After how many lines it fails.
    fails_after: Option<usize>,
}

/// What is to be run.
pub(crate) struct Submission<'a> {
    pub(crate) query: &'a str,
    /// Whether children follow their parents.
    pub(crate) grouped: bool,
    pub(crate) version: &'a str,
    /// Of the token that asks.
    pub(crate) scopes: Vec<String>,
    /// After how many lines it fails.
    pub(crate) fails_after: Option<usize>,
}

/// The operations of an app in a shop, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Operations {
    all: Vec<Operation>,
    made: u64,
}

impl Operations {
    /// Those that are not done.
    fn open(&self) -> impl Iterator<Item = &Operation> {
        self.all.iter().filter(|one| matches!(one.status, Status::Created | Status::Running))
    }

    /// Queues a query whose rules were checked. Which one it is, or why it is refused.
    pub(crate) fn submit(
        &mut self,
        asked: Submission<'_>,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Result<u64, (&'static str, String)> {
        let open: Vec<String> = self.open().map(|one| gid("BulkOperation", one.id)).collect();
        if open.len() >= settings.bulk_limit {
            let message =
                format!("A bulk query operation for this app and shop is already in progress: {}.", open.join(", "));
            return Err(("LIMIT_REACHED", message));
        }
        self.made += 1;
        let id = 4_100_000_000_000 + self.made;
        let starts_at = now + TimeDelta::from_std(settings.bulk_delay).unwrap_or(TimeDelta::zero());
        self.all.push(Operation {
            id,
            query: asked.query.to_owned(),
            version: asked.version.to_owned(),
            grouped: asked.grouped,
            scopes: asked.scopes,
            created_at: now,
            starts_at,
            ends_at: DateTime::<Utc>::MAX_UTC,
            completed_at: None,
            status: Status::Created,
            error: None,
            lines: 0,
            roots: 0,
            file: String::new(),
            fails_after: asked.fails_after,
        });
        Ok(id)
    }

    /// The next operation that is due to run its query.
    pub(crate) fn due(&self, now: DateTime<Utc>) -> Option<Operation> {
        self.all.iter().find(|one| one.status == Status::Created && one.starts_at <= now).cloned()
    }

    /// The query of an operation ran: what it found, or that it was refused.
    pub(crate) fn ran(&mut self, id: u64, found: Result<Vec<Line>, ()>, settings: &Settings) {
        let Some(one) = self.all.iter_mut().find(|one| one.id == id) else { return };
        one.status = Status::Running;
        one.ends_at = one.starts_at;
        let Ok(mut lines) = found else {
            one.error = Some("ACCESS_DENIED");
            return;
        };
        if let Some(most) = one.fails_after {
            lines.truncate(most);
            one.error = Some("INTERNAL_SERVER_ERROR");
        }
        one.lines = lines.len() as u64;
        one.roots = lines.iter().filter(|line| line.parent.is_none()).count() as u64;
        one.file = written(&lines, one.grouped, id);
        let count = f64::from(u32::try_from(lines.len()).unwrap_or(u32::MAX));
        // Keeping children with their parents takes longer.
        let rate = if one.grouped { settings.bulk_rate / 2.0 } else { settings.bulk_rate };
        #[allow(clippy::cast_possible_truncation, reason = "an operation takes less than years")]
        let takes = TimeDelta::milliseconds((count / rate.max(0.001) * 1_000.0).ceil() as i64);
        one.ends_at = one.starts_at + takes;
    }

    /// Ends what is due to end, and says which.
    pub(crate) fn end(&mut self, now: DateTime<Utc>) -> Vec<Value> {
        let mut ended = Vec::new();
        for one in self.all.iter_mut().filter(|one| one.status == Status::Running && one.ends_at <= now) {
            one.status = if one.error.is_some() { Status::Failed } else { Status::Completed };
            one.completed_at = Some(one.ends_at);
            ended.push(one.finished());
        }
        ended
    }

    /// `bulkOperationCancel`: the operation as it is then, unless there is none or it is done.
    pub(crate) fn cancel(&mut self, id: u64, now: DateTime<Utc>) -> Option<Value> {
        let one = self.all.iter_mut().find(|one| one.id == id)?;
        if !matches!(one.status, Status::Created | Status::Running) {
            return None;
        }
        one.status = Status::Canceled;
        one.completed_at = Some(now);
        Some(one.finished())
    }

    /// When something is due next.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        let due = self.open().map(|one| if one.status == Status::Created { one.starts_at } else { one.ends_at });
        due.min()
    }

    /// All of them as the API tells them; `address` makes an address of an operation's file.
    pub(crate) fn told(&self, now: DateTime<Utc>, address: impl Fn(&Operation) -> String) -> Vec<Value> {
        self.all.iter().map(|one| one.told(now, &address)).collect()
    }

    /// The operation of that number.
    pub(crate) fn get(&self, id: u64) -> Option<&Operation> {
        self.all.iter().find(|one| one.id == id)
    }

    pub(crate) fn clear(&mut self) {
        self.all.clear();
    }

    /// How many there were. Operations do not outlive the process, but no other one ever gets the number of one that is gone.
    pub(crate) fn made(&self) -> u64 {
        self.made
    }

    /// None, after so many.
    pub(crate) fn after(made: u64) -> Self {
        Self { all: Vec::new(), made }
    }
}

impl Operation {
    /// When the address of its file was made.
    pub(crate) fn completed_at(&self) -> Option<DateTime<Utc>> {
        self.completed_at
    }

    fn status(&self) -> &'static str {
        match self.status {
            Status::Created => "CREATED",
            Status::Running => "RUNNING",
            Status::Completed => "COMPLETED",
            Status::Canceled => "CANCELED",
            Status::Failed => "FAILED",
        }
    }

    /// The body of `bulk_operations/finish`.
    fn finished(&self) -> Value {
        json!({
            "admin_graphql_api_id": gid("BulkOperation", self.id),
            "completed_at": self.completed_at.map(time),
            "created_at": time(self.created_at),
            "error_code": self.error.map(str::to_lowercase),
            "status": self.status().to_lowercase(),
            "type": "query",
        })
    }

    fn told(&self, now: DateTime<Utc>, address: impl Fn(&Self) -> String) -> Value {
        let part = |whole: u64| match self.status {
            Status::Created => 0,
            Status::Running => {
                let (done, all) =
                    ((now - self.starts_at).num_milliseconds(), (self.ends_at - self.starts_at).num_milliseconds());
                whole * u64::try_from(done.clamp(0, all)).unwrap_or(0) / u64::try_from(all).unwrap_or(1).max(1)
            }
            Status::Completed | Status::Canceled | Status::Failed => whole,
        };
        let url = (!self.file.is_empty()).then(|| address(self));
        let is_whole = self.status == Status::Completed;
        json!({
            "__typename": "BulkOperation",
            "id": gid("BulkOperation", self.id),
            "status": self.status(),
            "errorCode": self.error.filter(|_| self.status == Status::Failed),
            "createdAt": time(self.created_at),
            "completedAt": self.completed_at.map(time),
            "objectCount": part(self.lines).to_string(),
            "rootObjectCount": part(self.roots).to_string(),
            "fileSize": is_whole.then(|| self.file.len().to_string()),
            "url": url.clone().filter(|_| is_whole),
            "partialDataUrl": url.filter(|_| self.status == Status::Failed),
            "type": "QUERY",
            "query": self.query,
        })
    }
}

/// The file: a line for every object. Unless they are grouped, lines are in no order that means anything.
fn written(lines: &[Line], grouped: bool, seed: u64) -> String {
    let mut texts: Vec<String> = Vec::with_capacity(lines.len());
    for line in lines {
        let mut value = line.value.clone();
        if let Some(parent) = line.parent.and_then(|parent| lines.get(parent)) {
            value.insert("__parentId".to_owned(), parent.value.get("id").cloned().unwrap_or(Value::Null));
        }
        texts.push(Value::Object(value).to_string().replace('/', "\\/"));
    }
    if !grouped {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        for at in (1..texts.len()).rev() {
            let other = usize::try_from(random.next_u64() % (at as u64 + 1)).unwrap_or(0);
            texts.swap(at, other);
        }
    }
    let mut file = texts.join("\n");
    if !file.is_empty() {
        file.push('\n');
    }
    file
}
