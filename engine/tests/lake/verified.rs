//! Reads of segments whose objects, or whose store, are not as they should be.

use aloftly_engine::lake::objects::counters::Operation;
use aloftly_engine::lake::{FaultKind, SegmentFault};
use object_store::{ObjectStoreExt as _, PutPayload};
use tokio::sync::Semaphore;

use super::awkward::{Awkward, AwkwardLake, Fault, expected, fault, totals};

const ORDERS: std::ops::Range<u32> = 0..20_000;

async fn filled() -> AwkwardLake {
    let lake = AwkwardLake::new(|_| {});
    lake.add(ORDERS).await.unwrap();
    lake
}

async fn segment(lake: &AwkwardLake) -> (object_store::path::Path, SegmentFault) {
    let reader = lake.lake.reader(None).await.unwrap();
    let segment = &reader.snapshot().segments[0];
    let missing = segment.fault(lake.lake.store(), FaultKind::Missing);
    (segment.path(lake.lake.store()), missing)
}

#[tokio::test]
async fn what_is_read_wrongly_once_or_twice_is_read_again() {
    for faults in [
        &[Fault::Flipped][..],
        &[Fault::Torn, Fault::Longer],
        &[Fault::Longer],
        &[Fault::Nothing, Fault::Flipped, Fault::Flipped],
    ] {
        let lake = filled().await;
        lake.store.will_read(faults);
        assert_eq!(totals(&lake.lake).await.unwrap(), expected(ORDERS), "{faults:?}");
        assert!(lake.store.reads.lock().unwrap().is_empty(), "{faults:?}");
    }
}

#[tokio::test]
async fn what_stays_wrong_is_told_with_its_segment_and_read_again_by_the_next_query() {
    for wrong in [Fault::Flipped, Fault::Torn, Fault::Longer] {
        // The footer, and then bytes behind it.
        for first in [0, 1] {
            let lake = filled().await;
            let (_, missing) = segment(&lake).await;
            let mut faults = vec![Fault::Nothing; first];
            faults.extend([wrong; 3]);
            lake.store.will_read(&faults);
            let fault = fault(&lake.lake).await;
            assert_eq!((fault.segment, &fault.dataset), (missing.segment, &missing.dataset));
            assert!(matches!(fault.kind, FaultKind::Damaged(_)), "{fault:?}");
            lake.store.reads.lock().unwrap().clear();
            assert_eq!(totals(&lake.lake).await.unwrap(), expected(ORDERS));
        }
    }
}

#[tokio::test]
async fn a_missing_object_is_told_with_its_segment() {
    let lake = filled().await;
    let (object, missing) = segment(&lake).await;
    lake.store.objects.delete(&object).await.unwrap();
    assert_eq!(fault(&lake.lake).await, missing);
}

#[tokio::test]
async fn an_object_of_another_size_is_told_with_its_segment() {
    let lake = filled().await;
    let (object, missing) = segment(&lake).await;
    let whole = lake.store.objects.get(&object).await.unwrap().bytes().await.unwrap();
    let longer = [&whole[..], b"PAR1"].concat();
    for (other, size) in
        [(whole.slice(..whole.len() - 1), whole.len() - 1), (longer.into(), whole.len() + 4), (bytes::Bytes::new(), 0)]
    {
        lake.store.objects.put(&object, PutPayload::from(other)).await.unwrap();
        let detail = format!("it has {size} bytes, not {}", whole.len());
        assert_eq!(fault(&lake.lake).await, SegmentFault { kind: FaultKind::Damaged(detail), ..missing.clone() });
    }
    lake.store.objects.put(&object, PutPayload::from(whole)).await.unwrap();
    assert_eq!(totals(&lake.lake).await.unwrap(), expected(ORDERS));
}

#[tokio::test]
async fn a_store_that_fails_is_no_fault_of_a_segment() {
    for fails in [Fault::Fails, Fault::Cut] {
        let lake = filled().await;
        lake.store.will_read(&[fails]);
        let error = totals(&lake.lake).await.unwrap_err();
        assert_eq!(SegmentFault::find(&error), None, "{error:?}");
        assert!(error.to_string().contains("it does not feel like it"), "{error}");
        assert_eq!(totals(&lake.lake).await.unwrap(), expected(ORDERS));
    }
}

#[tokio::test]
async fn a_commit_that_reads_a_damaged_segment_fails_and_names_it() {
    let lake = filled().await;
    let (_, missing) = segment(&lake).await;
    lake.store.will_read(&[Fault::Flipped; 12]);
    let error = lake.add(5..10).await.unwrap_err();
    assert_eq!(SegmentFault::find(&error).map(|fault| fault.segment), Some(missing.segment), "{error:?}");
    // It is in quarantine, which a look at the whole of it ends.
    lake.store.reads.lock().unwrap().clear();
    assert_eq!(lake.lake.verify(&|_| {}).await.unwrap().released.len(), 1);
    lake.add(20_000..20_010).await.unwrap();
    assert_eq!(totals(&lake.lake).await.unwrap(), expected(0..20_010));
}

#[tokio::test]
async fn those_who_want_the_same_blocks_wait_for_one_request() {
    let store = Awkward { gate: Some(Semaphore::new(0)), ..Awkward::new() };
    let lake = AwkwardLake::over(store, |options| options.block_memory = 64 << 20);
    lake.add(ORDERS).await.unwrap();
    let gate = lake.store.gate.as_ref().unwrap();
    let queries = futures::future::join_all((0..6).map(|_| totals(&lake.lake)));
    let open = async {
        // As many as want to pass have come, however slow the machine is.
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(10_000);
    };
    let (answers, ()) = tokio::join!(queries, open);
    for answer in answers {
        assert_eq!(answer.unwrap(), expected(ORDERS));
    }
    let together = lake.whole.counters().store.all(Operation::Get);

    let alone = AwkwardLake::new(|options| options.block_memory = 64 << 20);
    alone.add(ORDERS).await.unwrap();
    totals(&alone.lake).await.unwrap();
    assert_eq!(together, alone.whole.counters().store.all(Operation::Get));
}

#[tokio::test]
async fn a_reader_that_stops_waiting_does_not_take_the_bytes_from_others() {
    let store = Awkward { gate: Some(Semaphore::new(0)), ..Awkward::new() };
    let lake = AwkwardLake::over(store, |_| {});
    lake.add(ORDERS).await.unwrap();
    let mut first = Box::pin(totals(&lake.lake));
    let mut second = Box::pin(totals(&lake.lake));
    for _ in 0..50 {
        assert!(futures::poll!(&mut first).is_pending());
        assert!(futures::poll!(&mut second).is_pending());
        tokio::task::yield_now().await;
    }
    drop(first);
    lake.store.gate.as_ref().unwrap().add_permits(10_000);
    assert_eq!(second.await.unwrap(), expected(ORDERS));
}

#[tokio::test]
async fn uploads_are_tried_again_and_an_object_of_another_size_is_noticed() {
    let lake = AwkwardLake::new(|_| {});
    lake.store.will_write(&[Fault::Fails, Fault::Short]);
    lake.add(0..100).await.unwrap();
    assert_eq!(totals(&lake.lake).await.unwrap(), expected(0..100));

    lake.store.will_write(&[Fault::Short; 3]);
    let error = lake.add(100..200).await.unwrap_err();
    assert!(format!("{error:?}").contains("OtherSize"), "{error:?}");
    assert_eq!(totals(&lake.lake).await.unwrap(), expected(0..100));
}
