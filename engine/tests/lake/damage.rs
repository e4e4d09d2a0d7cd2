//! Random damage to the files of a lake. Whatever is done to them, a query is right, or tells which segment is damaged.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aloftly_engine::SegmentId;
use aloftly_engine::clock::FixedClock;
use aloftly_engine::lake::{
    FaultKind, Lake, LakeOptions, Manifest, MemoryManifest, RowSink as _, SegmentFault, StoreLake,
};
use object_store::local::LocalFileSystem;

use super::awkward::totals;
use super::support::{batch, items, order};
use crate::rng::Rng;

/// So many times, unless `ALOFTLY_DAMAGE_TRIALS` says how often (`make test-damage`: ten thousand times).
const TRIALS: usize = 600;
const SEED: u64 = 20_261_121;

struct Victim {
    segment: SegmentId,
    file: PathBuf,
    bytes: Vec<u8>,
}

#[derive(Debug, PartialEq)]
enum Damage {
    Flipped(Vec<usize>),
    Cut(usize),
    Extended(usize),
    Deleted,
}

impl Damage {
    fn any(dice: &mut Rng, bytes: usize) -> Self {
        match dice.index(10) {
            0 => Self::Cut(dice.index(bytes)),
            1 => Self::Extended(1 + dice.index(200_000)),
            2 => Self::Deleted,
            // Footers decide how everything else is read, and are small: they get more than their share.
            3 => Self::Flipped(
                (0..=dice.index(8)).map(|_| 8 * (bytes - 1 - dice.index(bytes.min(4_096))) + dice.index(8)).collect(),
            ),
            _ => Self::Flipped((0..=dice.index(8)).map(|_| dice.index(8 * bytes)).collect()),
        }
    }

    fn apply(&self, victim: &Victim, dice: &mut Rng) {
        let mut bytes = victim.bytes.clone();
        match self {
            Self::Flipped(bits) => bits.iter().for_each(|bit| bytes[bit / 8] ^= 1 << (bit % 8)),
            Self::Cut(length) => bytes.truncate(*length),
            Self::Extended(by) => bytes.extend((0..*by).map(|_| u8::try_from(dice.below(256)).unwrap())),
            Self::Deleted => return fs::remove_file(&victim.file).unwrap(),
        }
        fs::write(&victim.file, bytes).unwrap();
    }
}

/// Three months of very different size, as two lakes see them: one that keeps footers in memory, and one that reads them anew
/// each time.
async fn lakes(folder: &std::path::Path) -> ([StoreLake; 2], Vec<Victim>) {
    let root = folder.join("objects");
    fs::create_dir(&root).unwrap();
    let store = aloftly_engine::StoreId(uuid::Uuid::from_u128(1));
    let manifest = Arc::new(MemoryManifest::new());
    manifest.create_store(store);
    let lakes = [256 << 20, 0].map(|metadata_memory| {
        let options = LakeOptions {
            hot_rows: 0,
            parallelism: 2,
            metadata_memory,
            local_root: Some(root.clone()),
            retry_delay: Duration::from_micros(1),
            ..LakeOptions::new(folder.join("spool"))
        };
        let objects = LocalFileSystem::new_with_prefix(&root).unwrap();
        let clock = Arc::new(FixedClock::at("2026-11-21T12:00:00Z".parse().unwrap()));
        let lake = Lake::new(Arc::new(objects), options, clock).unwrap();
        lake.open(Arc::clone(&manifest) as Arc<dyn Manifest>, store)
    });
    let mut dice = Rng::new(1);
    let mut spool = lakes[0].spool().unwrap();
    for (first_day, first, orders) in [(0, 0, 10), (31, 100, 1_500), (59, 10_000, 13_000)] {
        let state = |id: u32| order(id, 1, first_day + id % 28, &[0, 1, 2].map(|_| dice.between(0, 999_999)));
        let states: Vec<_> = (first..first + orders).map(state).collect();
        spool.push(items(), &batch(&states)).unwrap();
    }
    lakes[0].upsert(spool, None).await.unwrap();
    let reader = lakes[0].reader(None).await.unwrap();
    let segments = reader.snapshot().segments.iter();
    let victims = segments.map(|segment| {
        let file = root.join(segment.path(store).to_string());
        Victim { segment: segment.id, bytes: fs::read(&file).unwrap(), file }
    });
    (lakes, victims.collect())
}

#[tokio::test]
async fn damaged_files_never_change_a_total() {
    let trials = std::env::var("ALOFTLY_DAMAGE_TRIALS").map_or(TRIALS, |trials| trials.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (lakes, victims) = lakes(folder.path()).await;
    assert_eq!(victims.len(), 3);
    assert!(victims.iter().any(|victim| victim.bytes.len() > 300_000), "one of them has several blocks");
    let whole = totals(&lakes[0]).await.unwrap();
    assert_eq!(whole.0, 3 * (10 + 1_500 + 13_000));
    let mut dice = Rng::new(SEED);
    let mut told = 0;
    for trial in 0..trials {
        let victim = &victims[dice.index(victims.len())];
        let lake = &lakes[dice.index(2)];
        let damage = Damage::any(&mut dice, victim.bytes.len());
        damage.apply(victim, &mut dice);
        let answer = tokio::time::timeout(Duration::from_secs(60), totals(lake)).await;
        let answer = answer.unwrap_or_else(|_| panic!("trial {trial} hangs: {damage:?} of {}", victim.segment));
        match answer {
            // Bits may be flipped that the query does not read, or twice.
            Ok(answer) => {
                assert_eq!(answer, whole, "trial {trial}: {damage:?} of {}", victim.segment);
                assert!(matches!(damage, Damage::Flipped(_)), "trial {trial}: {damage:?} was not noticed");
            }
            Err(error) => {
                let fault =
                    SegmentFault::find(&error).unwrap_or_else(|| panic!("trial {trial}, {damage:?}: {error:?}"));
                assert_eq!(fault.segment, victim.segment, "trial {trial}: {damage:?}");
                assert_eq!(fault.kind == FaultKind::Missing, damage == Damage::Deleted, "trial {trial}: {fault}");
                told += 1;
            }
        }
        fs::write(&victim.file, &victim.bytes).unwrap();
    }
    assert!(told > trials / 2, "only {told} of {trials} were noticed: the query reads too little for this test");
    for lake in &lakes {
        assert_eq!(totals(lake).await.unwrap(), whole);
    }
}
