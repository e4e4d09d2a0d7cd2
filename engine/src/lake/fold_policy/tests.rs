use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::SegmentId;
use crate::lake::blocks::Blocks;
use crate::lake::manifest::Temperature;

const KB: u64 = 1 << 10;
const MB: u64 = 1 << 20;

fn at(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

fn orders() -> &'static Dataset {
    crate::dataset::find("orders").unwrap()
}

fn products() -> &'static Dataset {
    crate::dataset::find("products").unwrap()
}

fn month(first_day: &str) -> Partition {
    Partition::starting(first_day.parse().unwrap())
}

fn options() -> LakeOptions {
    let hour = Duration::from_secs(3_600);
    LakeOptions { fold_segments: 64, fold_bytes: 4 * MB, fold_age: hour, ..LakeOptions::new("unused") }
}

/// A segment of so many bytes, made then; its number tells it from others.
fn segment(number: u64, bytes: u64, rows: u64, made: DateTime<Utc>, codec: Option<Codec>) -> Arc<Segment> {
    let millis = u64::try_from(made.timestamp_millis()).unwrap();
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    Arc::new(Segment {
        id: SegmentId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()),
        dataset: "orders".to_owned(),
        partition: month("2026-03-01"),
        temperature: if codec.is_some() { Temperature::Cold } else { Temperature::Hot },
        rows,
        updates: 0,
        removed: 0,
        bytes,
        footer_bytes: None,
        codec,
        schema_version: 1,
        time_bounds: (0, 0),
        origin_bounds: BTreeMap::new(),
        entity_bounds: (String::new(), String::new()),
        column_bounds: BTreeMap::new(),
        checksum: String::new(),
        blocks: Blocks::default(),
        begin_version: i64::try_from(number).unwrap(),
    })
}

fn hot(number: u64, bytes: u64, made: &str) -> Arc<Segment> {
    segment(number, bytes, bytes / KB, at(made), None)
}

/// Cold segments take a tenth of the bytes that their rows take hot.
fn cold(number: u64, bytes: u64, made: &str) -> Arc<Segment> {
    segment(number, bytes, bytes * 10 / KB, at(made), Some(Codec::Lz4))
}

fn decided(segments: &[Arc<Segment>], now: &str) -> Decision {
    decide(orders(), month("2026-03-01"), segments, &Quarantine::new(), at(now), &options())
}

fn fold(segments: &[&Arc<Segment>]) -> Decision {
    Decision::Fold(segments.iter().map(|segment| Arc::clone(segment)).collect())
}

#[test]
fn nothing_is_done_about_nothing_and_about_one_cold_segment_of_a_month_that_is_over() {
    assert_eq!(decided(&[], "2026-03-10T00:00:00Z"), Decision::Nothing);
    let only = cold(1, MB, "2026-03-09T00:00:00Z");
    // But it is packed when the month is two years ago.
    assert_eq!(decided(&[only], "2026-06-01T00:00:00Z"), Decision::Later(at("2028-03-01T00:00:00Z")));
    let packed = segment(1, MB, 1_000, at("2028-03-01T00:00:00Z"), Some(Codec::Zstd));
    assert_eq!(decided(&[packed], "2028-06-01T00:00:00Z"), Decision::Nothing);
}

#[test]
fn few_young_hot_segments_wait_until_the_oldest_is_old() {
    let segments = [hot(1, KB, "2026-03-09T12:00:00Z"), hot(2, KB, "2026-03-09T12:30:00Z")];
    assert_eq!(decided(&segments, "2026-03-09T12:59:59Z"), Decision::Later(at("2026-03-09T13:00:00Z")));
    assert_eq!(decided(&segments, "2026-03-09T13:00:00Z"), fold(&[&segments[0], &segments[1]]));
}

#[test]
fn many_hot_segments_are_folded_at_once_and_so_are_large_ones() {
    let now = "2026-03-09T12:00:01Z";
    let many: Vec<_> = (1..=64).map(|number| hot(number, KB, "2026-03-09T12:00:00Z")).collect();
    assert!(matches!(decided(&many[..63], now), Decision::Later(_)));
    assert_eq!(decided(&many, now), Decision::Fold(many.clone()));
    let large = [hot(1, 4 * MB - 1, now), hot(2, 1, now)];
    assert!(matches!(decided(&large[..1], now), Decision::Later(_)));
    assert_eq!(decided(&large, now), fold(&[&large[0], &large[1]]));
}

#[test]
fn cold_segments_of_up_to_three_times_the_rows_go_along_and_larger_ones_stay() {
    // 1,000 rows are hot. Cold are 3,000 (goes along: 4,000), 12,000 (goes along: 16,000) and 48,010 rows (stays).
    let made = "2026-03-01T00:00:00Z";
    let rows = |number, rows| segment(number, rows * 100, rows, at(made), Some(Codec::Lz4));
    let (small, middle, large) = (rows(1, 3_000), rows(2, 12_000), rows(3, 48_010));
    let hot = segment(4, 4 * MB, 1_000, at("2026-03-09T12:00:00Z"), None);
    let segments = [Arc::clone(&large), Arc::clone(&small), Arc::clone(&middle), Arc::clone(&hot)];
    assert_eq!(decided(&segments, "2026-03-09T12:00:01Z"), fold(&[&hot, &small, &middle]));
}

#[test]
fn large_segments_stay_as_they_are() {
    let made = "2026-03-01T00:00:00Z";
    let full = segment(1, 64 * MB, 10, at(made), Some(Codec::Lz4));
    let young = hot(2, 4 * MB, "2026-03-09T12:00:00Z");
    let segments = [Arc::clone(&full), Arc::clone(&young)];
    assert_eq!(decided(&segments, "2026-03-09T12:00:01Z"), fold(&[&young]));
    let other = segment(3, 64 * MB, 10, at(made), Some(Codec::Lz4));
    assert_eq!(decided(&[full, other], "2026-04-09T00:00:00Z"), Decision::Later(at("2028-03-01T00:00:00Z")));
}

#[test]
fn a_month_becomes_one_segment_a_day_after_its_last_change() {
    let segments = [
        cold(1, 30 * MB, "2026-03-20T00:00:00Z"),
        cold(2, MB, "2026-03-31T00:00:00Z"),
        hot(3, KB, "2026-04-02T07:00:00Z"),
    ];
    // Until then the hot segment is folded when it is old.
    assert_eq!(decided(&segments, "2026-04-02T07:30:00Z"), Decision::Later(at("2026-04-02T08:00:00Z")));
    assert_eq!(decided(&segments[..2], "2026-03-31T12:00:00Z"), Decision::Later(at("2026-04-01T00:00:00Z")));
    assert_eq!(decided(&segments[..2], "2026-04-01T00:00:00Z"), fold(&[&segments[0], &segments[1]]));
    let late = decided(&segments, "2026-04-03T07:00:00Z");
    assert_eq!(late, fold(&[&segments[0], &segments[1], &segments[2]]));
    // What describes a present state is never over.
    let now = at("2026-04-03T07:00:00Z");
    let state = decide(products(), Partition::ALL_TIME, &segments[..2], &Quarantine::new(), now, &options());
    assert_eq!(state, Decision::Nothing);
}

#[test]
fn a_month_of_two_years_ago_is_packed_as_a_whole() {
    let segments = [
        segment(1, 100 * MB, 1_000_000, at("2026-04-03T00:00:00Z"), Some(Codec::Lz4)),
        segment(2, MB, 10_000, at("2026-04-03T00:00:00Z"), Some(Codec::Zstd)),
        hot(3, KB, "2028-02-29T23:59:00Z"),
    ];
    assert!(!matches!(decided(&segments[..1], "2028-02-29T23:59:59Z"), Decision::Fold(_)));
    let packed = decided(&segments, "2028-03-01T00:00:00Z");
    assert_eq!(packed, fold(&[&segments[0], &segments[1], &segments[2]]));
}

#[test]
fn no_hot_segment_is_folded_while_one_of_them_is_in_quarantine() {
    let segments = [hot(1, 4 * MB, "2026-03-09T12:00:00Z"), hot(2, 4 * MB, "2026-03-09T12:00:00Z")];
    let quarantine = Quarantine::from([(segments[0].id, "damaged".to_owned())]);
    let now = at("2026-03-09T14:00:00Z");
    let decision = decide(orders(), month("2026-03-01"), &segments, &quarantine, now, &options());
    assert_eq!(decision, Decision::Later(at("2026-03-10T14:00:00Z")));
    let cold = cold(3, KB, "2026-03-09T12:00:00Z");
    let quarantine = Quarantine::from([(cold.id, "damaged".to_owned())]);
    let with_cold = [Arc::clone(&segments[0]), cold];
    let decision = decide(orders(), month("2026-03-01"), &with_cold, &quarantine, now, &options());
    assert_eq!(decision, fold(&[&segments[0]]), "a cold segment in quarantine is left alone");
}

#[test]
fn a_partition_with_a_segment_in_quarantine_is_looked_at_again_the_next_day() {
    let segments = [cold(1, MB, "2026-03-09T00:00:00Z"), cold(2, MB, "2026-03-09T00:00:00Z")];
    let quarantine = Quarantine::from([(segments[0].id, "damaged".to_owned())]);
    for held in [&segments[..], &segments[..1]] {
        let decision = decide(orders(), month("2026-03-01"), held, &quarantine, at("2026-06-01T00:00:00Z"), &options());
        assert_eq!(decision, Decision::Later(at("2026-06-02T00:00:00Z")));
    }
    assert_eq!(decided(&segments, "2026-06-02T00:00:00Z"), fold(&[&segments[0], &segments[1]]));
}

#[test]
fn a_lake_without_limits_does_not_fold_nothing() {
    let options = LakeOptions { fold_segments: 0, fold_bytes: 0, fold_age: Duration::MAX, ..options() };
    let cold = cold(1, KB, "2026-03-09T12:00:00Z");
    let now = at("2026-03-09T12:00:01Z");
    let decide = |segments: &[_]| decide(products(), Partition::ALL_TIME, segments, &Quarantine::new(), now, &options);
    assert_eq!(decide(&[cold]), Decision::Nothing);
    assert!(matches!(decide(&[hot(2, KB, "2026-03-09T12:00:00Z")]), Decision::Fold(_)));
}

/// A partition under a policy: what is committed to it, and what is folded of it.
struct Grown {
    partition: Partition,
    dataset: &'static Dataset,
    segments: Vec<Arc<Segment>>,
    now: DateTime<Utc>,
    made: u64,
    rows_committed: u64,
    rows_folded: u64,
}

impl Grown {
    fn new(dataset: &'static Dataset, partition: Partition, now: DateTime<Utc>) -> Self {
        Self { partition, dataset, segments: Vec::new(), now, made: 0, rows_committed: 0, rows_folded: 0 }
    }

    fn commit(&mut self, rows: u64) {
        self.made += 1;
        self.rows_committed += rows;
        self.segments.push(segment(self.made, rows * KB, rows, self.now, None));
    }

    /// Folds until nothing is to be done now; answers when there is.
    fn tend(&mut self) -> Option<DateTime<Utc>> {
        for _ in 0..4 {
            let quarantine = Quarantine::new();
            match decide(self.dataset, self.partition, &self.segments, &quarantine, self.now, &options()) {
                Decision::Nothing => return None,
                Decision::Later(at) => {
                    assert!(at > self.now, "later is now");
                    return Some(at);
                }
                Decision::Fold(inputs) => self.fold(&inputs),
            }
        }
        panic!("folding what is to be folded leaves something to be folded: {:?}", self.segments);
    }

    fn fold(&mut self, inputs: &[Arc<Segment>]) {
        assert!(!inputs.is_empty());
        let hot = self.segments.iter().filter(|segment| segment.is_hot());
        assert!(hot.clone().all(|hot| inputs.iter().any(|input| input.id == hot.id)), "a hot segment is left out");
        self.segments.retain(|segment| !inputs.iter().any(|input| input.id == segment.id));
        let mut rows: u64 = inputs.iter().map(|segment| segment.rows).sum();
        self.rows_folded += rows;
        // A tenth of the bytes, in segments that are closed when they have reached their size.
        let full = SEGMENT_BYTES * 10 / KB;
        while rows > 0 {
            let now = rows.min(full);
            rows -= now;
            self.made += 1;
            let codec = codec(self.dataset, self.partition, self.now);
            self.segments.push(segment(self.made, now * KB / 10, now, self.now, Some(codec)));
        }
    }

    fn cold(&self) -> Vec<u64> {
        let mut rows: Vec<_> =
            self.segments.iter().filter(|segment| !segment.is_hot()).map(|segment| segment.rows).collect();
        rows.sort_unstable();
        rows
    }
}

/// How often a number can be divided until nothing is left.
fn logarithm(base: f64, number: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a bound")]
    let number = number.max(1) as f64;
    number.ln() / base.ln()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn segments_stay_few_and_rows_are_seldom_written_anew_however_a_partition_grows(
        commits in prop::collection::vec((1u64..3_000, 0i64..400), 1..1_500),
    ) {
        let mut grown = Grown::new(products(), Partition::ALL_TIME, at("2026-03-01T00:00:00Z"));
        for (rows, seconds) in commits {
            grown.now += TimeDelta::seconds(seconds);
            grown.commit(rows);
            grown.tend();
            let cold = grown.cold();
            // Each holds three times as many rows as all smaller ones together; only the last fold's output may hold less.
            #[allow(clippy::cast_precision_loss, reason = "a bound")]
            let count = cold.len() as f64;
            prop_assert!(count <= 2.0 + logarithm(4.0, grown.rows_committed), "{cold:?}");
        }
        // Whenever a row is written anew, it comes into a segment that is at least four thirds as large.
        let most = 1.0 + logarithm(4.0 / 3.0, grown.rows_committed);
        #[allow(clippy::cast_precision_loss, reason = "a bound")]
        let times = grown.rows_folded as f64 / grown.rows_committed as f64;
        prop_assert!(times <= most, "rows were written {times} times");
    }
}

#[test]
fn five_years_end_as_one_packed_segment_for_each_old_month_and_one_for_each_other() {
    let mut months = Vec::new();
    let mut first = at("2021-01-01T00:00:00Z");
    for number in 0..60u64 {
        let partition = Partition::month_of(first.timestamp_micros());
        let mut grown = Grown::new(orders(), partition, first);
        // A commit every two hours, now a few rows and then many.
        for commit in 0..330 {
            grown.now = first + TimeDelta::hours(2 * commit);
            let rows =
                if commit % 100 == 99 { 20_000 } else { 1 + (number * 37 + u64::try_from(commit).unwrap()) % 50 };
            grown.commit(rows);
            grown.tend();
            assert!(grown.cold().len() <= 10, "{:?}", grown.cold());
        }
        // And some late ones.
        for days in [33, 40, 100] {
            grown.now = first + TimeDelta::days(days);
            grown.commit(3);
            grown.tend();
        }
        months.push(grown);
        first = first.checked_add_months(Months::new(1)).unwrap();
    }
    let end = at("2026-07-01T00:00:00Z");
    for mut grown in months {
        let mut looks = 0;
        while let Some(at) = grown.tend().filter(|at| *at <= end) {
            grown.now = at;
            looks += 1;
            assert!(looks < 10, "it is looked at again and again");
        }
        grown.now = end;
        grown.tend();
        assert_eq!(grown.segments.len(), 1, "{} has {:?}", grown.partition, grown.segments);
        let is_old = grown.partition <= month("2024-07-01");
        assert_eq!(grown.segments[0].codec, Some(if is_old { Codec::Zstd } else { Codec::Lz4 }), "{}", grown.partition);
        assert_eq!(grown.segments[0].rows, grown.rows_committed);
    }
}
