//! One simulation: the scheduler that gives turns, kills, lets time pass and damages, until everything is done.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use aloftly_engine::clock::FixedClock;
use aloftly_engine::lake::{Lake, LakeOptions, Manifest, StoreLake};
use futures::FutureExt as _;
use object_store::ObjectStore;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::actor::Actor;
use super::manifest::DistantManifest;
use super::objects::DistantObjects;
use super::plan::Plan;
use super::world::{ACTOR, Call, Fate, World, now};
use crate::rng::Rng;

/// Yields in which everything that can go on does.
const YIELDS: usize = 24;
/// Rounds in which nothing happens before whoever does not wait for a turn is taken to wait for another actor.
const QUIET_ROUNDS: u32 = 4;

/// How a simulation went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Went {
    /// A number that is another if anything else happened.
    pub(crate) fingerprint: u64,
    pub(crate) events: u64,
    pub(crate) versions: i64,
}

/// Runs one seed; the error says what went wrong, and what happened before.
pub(crate) fn seed(seed: u64, shows: bool) -> Result<Went, String> {
    let mut rng = Rng::new(seed);
    let plan = Arc::new(Plan::of(&mut rng));
    let world = Arc::new(World::new(plan.start, plan.deeds, shows));
    // One thread for files, so that what it is given to do is done when the next thing that it is given is.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    let simulation = Simulation::new(Arc::clone(&world), Arc::clone(&plan), rng);
    let went = std::panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(simulation.run())));
    went.map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
        format!("seed {seed}: {text}\n{plan:?}\nthe last that happened:\n{}", world.last_events())
    })?;
    let versions = world.newest();
    Ok(Went { fingerprint: world.fingerprint(), events: world.events(), versions })
}

pub(crate) struct Simulation {
    pub(crate) world: Arc<World>,
    pub(crate) plan: Arc<Plan>,
    rng: Rng,
    pub(crate) folder: TempDir,
    servers: Vec<Lake>,
    actors: BTreeMap<usize, JoinHandle<()>>,
    last: Option<usize>,
}

impl Simulation {
    fn new(world: Arc<World>, plan: Arc<Plan>, rng: Rng) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut simulation =
            Self { world, plan, rng, folder, servers: Vec::new(), actors: BTreeMap::new(), last: None };
        simulation.servers = (0..simulation.plan.servers).map(|_| simulation.server()).collect();
        simulation
    }

    async fn run(mut self) {
        for actor in 0..self.plan.actors {
            self.begin(actor);
        }
        while !self.actors.is_empty() {
            self.settle().await;
            self.bury().await;
            self.something_happens().await;
            if !self.give_turn().await && !self.actors.is_empty() {
                self.settle().await;
                self.bury().await;
                let is_stuck = !self.actors.is_empty() && self.world.lock().waiters.is_empty();
                assert!(!is_stuck, "actors {:?} wait for each other", self.actors.keys());
            }
        }
        self.end().await;
    }

    /// A server's lake, with empty caches.
    pub(crate) fn server(&self) -> Lake {
        let Plan { hot_rows, fold_segments, fold_bytes, fold_age, parallelism, misses_deleted, .. } = *self.plan;
        let options = LakeOptions {
            hot_rows,
            fold_segments,
            fold_bytes,
            fold_age,
            parallelism,
            block_memory: 64 << 20,
            // Time is the world's.
            retry_delay: Duration::ZERO,
            ..LakeOptions::new(self.folder.path())
        };
        let objects: Arc<dyn ObjectStore> = Arc::new(DistantObjects { world: Arc::clone(&self.world), misses_deleted });
        Lake::new(objects, options, Arc::<FixedClock>::clone(&self.world.clock)).unwrap()
    }

    pub(crate) fn open(&self, lake: &Lake, actor: usize) -> StoreLake {
        let manifest: Arc<dyn Manifest> = Arc::new(DistantManifest { world: Arc::clone(&self.world), actor });
        lake.open(manifest, self.world.store)
    }

    fn begin(&mut self, number: usize) {
        let actor = Actor {
            world: Arc::clone(&self.world),
            plan: Arc::clone(&self.plan),
            lake: self.open(&self.servers[number % self.servers.len()], number),
            number,
            rng: self.rng.fork(),
            pinned: Vec::new(),
        };
        let life = Busy { world: Arc::clone(&self.world), life: Box::pin(actor.live()) };
        self.actors.insert(number, tokio::spawn(ACTOR.scope(number, life)));
    }

    /// Lets everything go on that can, until every actor waits for its turn, or for another actor. An actor that does several
    /// things at once may wait for one of them while another goes on: that must have come to rest too.
    async fn settle(&mut self) {
        let mut quiet = 0;
        while quiet < QUIET_ROUNDS {
            let before = self.world.lock().activity;
            for _ in 0..YIELDS {
                tokio::task::yield_now().await;
            }
            // What is read from files is there, and what waits for no time goes on.
            tokio::task::spawn_blocking(|| ()).await.unwrap();
            let all_wait = self.all_wait();
            if !all_wait {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            for _ in 0..YIELDS {
                tokio::task::yield_now().await;
            }
            let is_quiet = self.world.lock().activity == before;
            if is_quiet && all_wait {
                return;
            }
            quiet = if is_quiet { quiet + 1 } else { 0 };
        }
    }

    fn all_wait(&self) -> bool {
        let mut inner = self.world.lock();
        inner.waiters.retain(|waiter| !waiter.turn.is_closed());
        let waits = |actor: &usize| inner.waiters.iter().any(|waiter| waiter.actor == Some(*actor));
        self.actors.iter().all(|(actor, task)| task.is_finished() || waits(actor))
    }

    /// Those whose life is over: what they asserted is heard.
    async fn bury(&mut self) {
        let over: Vec<usize> =
            self.actors.iter().filter(|(_, task)| task.is_finished()).map(|(actor, _)| *actor).collect();
        for actor in over {
            if let Some(task) = self.actors.remove(&actor)
                && let Err(error) = task.await
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }

    /// An actor's process ends at once, wherever it is. Another takes its place.
    async fn kill(&mut self, actor: usize) {
        let Some(task) = self.actors.remove(&actor) else { return };
        self.world.note(|| format!("actor {actor} is killed"));
        task.abort();
        if let Err(error) = task.await
            && error.is_panic()
        {
            std::panic::resume_unwind(error.into_panic());
        }
        let mut inner = self.world.lock();
        inner.faults += 1;
        inner.waiters.retain(|waiter| !waiter.turn.is_closed());
        if let Some(wish) = inner.at_work.remove(&actor) {
            inner.uncertain.push(wish);
        }
        drop(inner);
        self.begin(actor);
    }

    async fn something_happens(&mut self) {
        if self.rng.per_mille(self.plan.time) {
            const SECOND: u64 = 1_000_000;
            const MINUTE: u64 = 60 * SECOND;
            const HOUR: u64 = 60 * MINUTE;
            let micros = self.rng.pick(&[1_000, SECOND, MINUTE, MINUTE, 20 * MINUTE, 20 * MINUTE, 3 * HOUR, 25 * HOUR]);
            self.world.note(|| format!("{} s pass", micros / SECOND));
            self.world.clock.advance(Duration::from_micros(micros));
        }
        if self.rng.per_mille(100) {
            self.something_late_happens();
        }
        if self.rng.per_mille(self.plan.damage) {
            self.damage();
        }
        if self.rng.per_mille(self.plan.restarts) {
            let server = self.rng.index(self.servers.len());
            self.world.note(|| format!("server {server} is killed"));
            self.servers[server] = self.server();
            for actor in (server..self.plan.actors).step_by(self.servers.len()) {
                self.kill(actor).await;
            }
        }
    }

    /// False when there was nothing late.
    pub(crate) fn something_late_happens(&mut self) -> bool {
        let count = self.world.lock().late.len();
        if count == 0 {
            return false;
        }
        let effect = self.world.lock().late.swap_remove(self.rng.index(count));
        self.world.note(|| "something late happens".to_owned());
        effect(&self.world);
        true
    }

    /// A segment is damaged, or all are whole again.
    fn damage(&mut self) {
        let segments = now(self.world.memory.snapshot(self.world.store, None)).unwrap().segments;
        let mut inner = self.world.lock();
        inner.faults += 1;
        if self.rng.per_mille(400) || segments.is_empty() {
            inner.damaged.clear();
            inner.note(|| "every segment is whole".to_owned());
        } else {
            let segment = segments[self.rng.index(segments.len())].id;
            inner.damaged.insert(segment);
            inner.suspects.insert(segment);
            inner.note(|| format!("segment {segment} is damaged"));
        }
    }

    /// Somebody's call happens, or what becomes of it. False when nobody waits.
    async fn give_turn(&mut self) -> bool {
        let waiter = {
            let mut inner = self.world.lock();
            inner.waiters.retain(|waiter| !waiter.turn.is_closed());
            if inner.waiters.is_empty() {
                return false;
            }
            // Which of an actor's calls came first is up to threads, where it does several things at once.
            inner.waiters.sort_by(|a, b| (a.actor, &a.detail).cmp(&(b.actor, &b.detail)));
            let again = inner.waiters.iter().position(|waiter| waiter.actor == self.last);
            let index = match again {
                Some(index) if self.rng.per_mille(self.plan.stickiness) => index,
                _ => self.rng.index(inner.waiters.len()),
            };
            inner.waiters.remove(index)
        };
        self.last = waiter.actor;
        let killed = waiter.actor.filter(|_| self.rng.per_mille(self.plan.kills));
        let fate = match killed {
            Some(_) => self.last_fate(waiter.call),
            None => Some(self.fate(waiter.call)),
        };
        {
            let mut inner = self.world.lock();
            inner.turn = waiter.actor;
            inner.faults += u64::from(fate != Some(Fate::Happens));
            let name = waiter.actor.map_or_else(|| "?".to_owned(), |actor| actor.to_string());
            inner.note(|| format!("{name} {:?} {}", fate, waiter.detail));
        }
        if let Some(fate) = fate {
            let _ = waiter.turn.send(fate);
            self.settle().await;
        }
        if let Some(actor) = killed {
            self.kill(actor).await;
        }
        true
    }

    fn fate(&mut self, call: Call) -> Fate {
        if !self.rng.per_mille(self.plan.faults) {
            return Fate::Happens;
        }
        let fates: &[Fate] = match call {
            Call::Ask => &[Fate::Fails],
            Call::Tell | Call::Delete => &[Fate::Fails, Fate::Slandered, Fate::Late, Fate::Twice],
            Call::Publish => &[Fate::Fails, Fate::Lost, Fate::Slandered, Fate::Late, Fate::Twice],
            Call::Get if self.plan.short_reads => &[Fate::Fails, Fate::Torn, Fate::Short],
            Call::Get => &[Fate::Fails, Fate::Torn],
            Call::Put => &[Fate::Fails, Fate::Slandered, Fate::Torn, Fate::Late],
            Call::List => &[Fate::Fails, Fate::Torn, Fate::Stale, Fate::Stale],
        };
        self.rng.pick(fates)
    }

    /// The last call of an actor that is killed: `None` when it does not happen.
    fn last_fate(&mut self, call: Call) -> Option<Fate> {
        let fates: &[Option<Fate>] = match call {
            Call::Ask | Call::Get | Call::List => &[None],
            Call::Tell | Call::Publish | Call::Delete => &[None, Some(Fate::Hangs)],
            Call::Put => &[None, Some(Fate::Hangs), Some(Fate::TornHangs)],
        };
        self.rng.pick(fates)
    }
}

/// A life that says whenever it goes on.
struct Busy {
    world: Arc<World>,
    life: futures::future::BoxFuture<'static, ()>,
}

impl Future for Busy {
    type Output = ();

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        self.world.lock().activity += 1;
        self.life.poll_unpin(context)
    }
}
