//! The world of a simulation: one clock, one manifest, the objects, and turns.
//!
//! Every call of an actor to the manifest or the object store waits for its turn. One scheduler, which draws from the seed, gives
//! the turns one by one and says what becomes of each call. So between two turns only one actor runs, and a seed is one history.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::lake::manifest::{Commit, ManifestError, Published};
use aloftly_engine::lake::{Manifest, MemoryManifest};
use aloftly_engine::{SegmentId, StoreId};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::FutureExt as _;
use object_store::path::Path;
use tokio::sync::oneshot;

use super::history::History;
use super::oracle::Wish;

tokio::task_local! {
    /// Who calls the object store, where that is known.
    pub(crate) static ACTOR: usize;
}

/// What is asked of the manifest or the object store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Reads of the manifest.
    Ask,
    /// Changes of the manifest other than a commit.
    Tell,
    Publish,
    Get,
    Put,
    Delete,
    List,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Happens,
    /// It does not happen, and says so.
    Fails,
    /// It does not happen, and nobody knows.
    Lost,
    /// It happens, and is said to have failed.
    Slandered,
    /// It is said to have failed, and happens later.
    Late,
    /// It happens twice.
    Twice,
    /// It happens, and never answers: its actor is killed.
    Hangs,
    /// A part of it happens, and it fails: a prefix is written, an answer breaks off.
    Torn,
    /// A part of it happens, and it never answers: its actor is killed.
    TornHangs,
    /// A prefix is read, and nothing is said of that.
    Short,
    /// What it lists is not what is there.
    Stale,
}

/// A call that waits for its turn.
pub(crate) struct Waiter {
    pub(crate) actor: Option<usize>,
    pub(crate) call: Call,
    pub(crate) detail: String,
    pub(crate) turn: oneshot::Sender<Fate>,
}

#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) bytes: Bytes,
    pub(crate) modified: DateTime<Utc>,
}

pub(crate) type Effect = Box<dyn FnOnce(&World) + Send>;

/// What happened, as text where that is wanted, and as a number always.
#[derive(Debug, Default)]
struct Trace {
    hash: DefaultHasher,
    lines: u64,
    shows: bool,
    last: Vec<String>,
}

pub(crate) struct World {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) memory: MemoryManifest,
    pub(crate) store: StoreId,
    pub(crate) inner: Mutex<Inner>,
}

pub(crate) struct Inner {
    pub(crate) waiters: Vec<Waiter>,
    /// Whether calls wait for turns; they just happen when nobody gives any more.
    pub(crate) has_turns: bool,
    /// Who had the last turn.
    pub(crate) turn: Option<usize>,
    pub(crate) objects: BTreeMap<Path, Object>,
    /// Objects that are gone, for listings that show them still.
    pub(crate) gone: BTreeMap<Path, Object>,
    /// Objects that were deleted, and came back when what had been written long ago arrived.
    pub(crate) returned: BTreeSet<Path>,
    pub(crate) late: Vec<Effect>,
    /// Segments whose bytes are other than they were written.
    pub(crate) damaged: BTreeSet<SegmentId>,
    /// Those, and segments that were read short without a word: they may be in quarantine.
    pub(crate) suspects: BTreeSet<SegmentId>,
    pub(crate) history: History,
    /// Rises with everything that may excuse an error.
    pub(crate) faults: u64,
    /// Rises with everything that any actor does.
    pub(crate) activity: u64,
    /// Things that actors have yet to do.
    pub(crate) to_do: u32,
    pub(crate) uncertain: Vec<Arc<Wish>>,
    pub(crate) at_work: BTreeMap<usize, Arc<Wish>>,
    trace: Trace,
}

impl World {
    pub(crate) fn new(start: DateTime<Utc>, to_do: u32, shows: bool) -> Self {
        let clock = Arc::new(FixedClock::at(start));
        let memory = MemoryManifest::with_clock(Arc::<FixedClock>::clone(&clock));
        let store = StoreId(uuid::Uuid::from_u128(1));
        memory.create_store(store);
        let inner = Inner {
            waiters: Vec::new(),
            has_turns: true,
            turn: None,
            objects: BTreeMap::new(),
            gone: BTreeMap::new(),
            returned: BTreeSet::new(),
            late: Vec::new(),
            damaged: BTreeSet::new(),
            suspects: BTreeSet::new(),
            history: History::default(),
            faults: 0,
            activity: 0,
            to_do,
            uncertain: Vec::new(),
            at_work: BTreeMap::new(),
            trace: Trace { shows, ..Trace::default() },
        };
        Self { clock, memory, store, inner: Mutex::new(inner) }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        // Whoever asserts something may hold it; what it asserted is told all the same.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn, and says what becomes of the call.
    pub(crate) async fn turn(&self, actor: Option<usize>, call: Call, detail: String) -> Fate {
        let waiting = {
            let mut inner = self.lock();
            if !inner.has_turns {
                return Fate::Happens;
            }
            inner.activity += 1;
            let actor = actor.or_else(|| ACTOR.try_with(|actor| *actor).ok()).or(inner.turn);
            let (turn, waiting) = oneshot::channel();
            inner.waiters.push(Waiter { actor, call, detail, turn });
            waiting
        };
        // Whoever waits when the turns end goes on.
        waiting.await.unwrap_or(Fate::Happens)
    }

    pub(crate) fn note(&self, line: impl FnOnce() -> String) {
        self.lock().note(line);
    }

    /// A number that tells what happened from anything else that could have.
    pub(crate) fn fingerprint(&self) -> u64 {
        let inner = self.lock();
        inner.trace.hash.finish()
    }

    /// How many calls and other events there were.
    pub(crate) fn events(&self) -> u64 {
        self.lock().trace.lines
    }

    /// The last things that happened.
    pub(crate) fn last_events(&self) -> String {
        self.lock().trace.last.iter().fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "  {line}");
            text
        })
    }

    /// Something that happens later, of itself.
    pub(crate) fn later(&self, effect: Effect) {
        self.lock().late.push(effect);
    }

    /// The manifest's commit, and what the oracle says to it.
    pub(crate) fn publish(&self, commit: &Commit) -> Result<Published, ManifestError> {
        let answer = now(self.memory.publish(commit.clone()));
        let mut inner = self.lock();
        inner.note(|| match &answer {
            Ok(published) => format!("  version {} by {:?} {}", published.version, commit.kind, commit.id),
            Err(error) => format!("  refused: {error}"),
        });
        if let Ok(published) = &answer {
            inner.history.published(commit, *published, self.store, self.clock.now());
        }
        answer
    }

    /// Whether a version can still be read.
    pub(crate) fn is_readable(&self, version: i64) -> bool {
        now(self.memory.snapshot(self.store, Some(version))).is_ok()
    }

    pub(crate) fn put(&self, path: &Path, bytes: Bytes) {
        let modified = self.clock.now();
        self.lock().objects.insert(path.clone(), Object { bytes, modified });
    }

    /// What was said to have failed is written after all, even if it was written again since, and deleted.
    pub(crate) fn put_late(&self, path: &Path, bytes: Bytes) {
        self.put(path, bytes);
        let mut inner = self.lock();
        if inner.gone.contains_key(path) {
            inner.returned.insert(path.clone());
        }
    }

    /// False when there is no such object.
    pub(crate) fn delete(&self, path: &Path) -> bool {
        let mut inner = self.lock();
        let Some(object) = inner.objects.remove(path) else { return false };
        inner.gone.insert(path.clone(), object);
        true
    }
}

impl Inner {
    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        let line = line();
        self.activity += 1;
        let trace = &mut self.trace;
        trace.lines += 1;
        line.hash(&mut trace.hash);
        if trace.shows {
            println!("{:6} {line}", trace.lines);
        }
        if trace.last.len() == 400 {
            trace.last.drain(..200);
        }
        trace.last.push(format!("{:6} {line}", trace.lines));
    }
}

/// The answer of something that does not wait.
pub(crate) fn now<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("the manifest in memory answers at once")
}

/// The segment that an object is named after.
pub(crate) fn segment_of(path: &Path) -> Option<SegmentId> {
    let id = path.filename()?.strip_suffix(".parquet")?.parse().ok()?;
    Some(SegmentId(id))
}
