//! Rotations: cut off anywhere, beside those who read and write, and over what is damaged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{AuditFilter, Catalog, KeyRotation, OrganizationId, Rotated, SystemPurpose};

use super::{connection, execute, fresh, id_of, made, put, scalar, server, tenant, token, try_server};

async fn rotate(catalog: &Catalog, rotation: KeyRotation) -> Rotated {
    catalog.rotate_keys(rotation, &mut |_| {}).await.unwrap()
}

const MASTERS: KeyRotation = KeyRotation { data: false, batch: 200, steps: u64::MAX };
const DATA: KeyRotation = KeyRotation { data: true, ..MASTERS };

#[tokio::test]
async fn after_a_rotation_the_old_master_key_can_be_taken_away() {
    let database = TestDatabase::new().await;
    let (_, acme) = database.organization("acme").await;
    let (_, rival) = database.organization("rival").await;
    let (old, new) = (made(), made());
    let before = server(&database, &[&old]).await;
    for organization in [acme.organization, rival.organization] {
        put(&tenant(&before, organization), connection(1), &[("token", &organization.to_string())]).await;
    }
    let sealed = before.system_key(SystemPurpose::People).await.unwrap().seal(&[b"a"], b"text").unwrap();
    before.close().await;

    let rotating = server(&database, &[&new, &old]).await;
    let done = rotate(&rotating, MASTERS).await;
    let expected = Rotated { rewrapped: 3, is_finished: true, ..Rotated::default() };
    assert_eq!(done, expected);
    assert_eq!(rotate(&rotating, MASTERS).await, Rotated { rewrapped: 0, ..expected }, "there is nothing left to do");
    rotating.close().await;

    let after = server(&database, &[&new]).await;
    for organization in [acme.organization, rival.organization] {
        assert_eq!(token(&tenant(&after, organization), connection(1)).await, organization.to_string());
    }
    let key = after.system_key_of(SystemPurpose::People, sealed.key_id).await.unwrap();
    assert_eq!(*key.open("it", &[b"a"], &sealed).unwrap(), b"text");
    let said = try_server(&database, &[&old]).await.unwrap_err().to_string();
    assert!(said.contains(&id_of(&new)), "{said}");
    let log = tenant(&after, acme.organization).audit_events(&AuditFilter::default(), None, 500).await.unwrap().events;
    let told: Vec<_> = log.iter().filter(|event| event.action == "keys.rotated").collect();
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0].detail["from"], &told[0].detail["to"]), (&id_of(&old).into(), &id_of(&new).into()));
    after.close().await;
    database.close().await;
}

#[tokio::test]
async fn a_rotation_that_is_cut_off_after_every_step_comes_to_its_end() {
    let database = TestDatabase::new().await;
    let (old, new) = (made(), made());
    let before = server(&database, &[&old]).await;
    let mut organizations = Vec::new();
    for name in ["a", "b", "c"] {
        let (_, made) = database.organization(name).await;
        for number in 1..=5 {
            let text = format!("{name}{number}");
            put(&tenant(&before, made.organization), connection(number), &[("token", &text)]).await;
        }
        organizations.push((name, made.organization));
    }
    before.system_key(SystemPurpose::Tokens).await.unwrap();
    before.close().await;
    let check = async |catalog: &Catalog| {
        for (name, organization) in &organizations {
            for number in 1..=5 {
                assert_eq!(token(&tenant(catalog, *organization), connection(number)).await, format!("{name}{number}"));
            }
        }
    };
    let keys = "SELECT count(DISTINCT id) FROM tenant_keys WHERE rotation_id IS NULL";
    assert_eq!(scalar(&database, keys).await, 3);

    let (mut all, mut runs) = (Rotated::default(), 0);
    loop {
        // A process of its own each time, which knows nothing of those before.
        let rotating = server(&database, &[&new, &old]).await;
        let done = rotate(&rotating, KeyRotation { batch: 2, steps: 1, ..DATA }).await;
        check(&rotating).await;
        rotating.close().await;
        all.rewrapped += done.rewrapped;
        all.replaced += done.replaced;
        all.resealed += done.resealed;
        all.removed += done.removed;
        runs += 1;
        if done.is_finished {
            break;
        }
        assert!(runs < 100, "it comes to no end: {all:?}");
    }
    let expected = Rotated { rewrapped: 4, replaced: 3, resealed: 15, removed: 3, ..Rotated::default() };
    assert_eq!(all, expected, "nothing is done twice");
    // Four wrapped anew; for each of three: replaced, three batches of two, the old key deleted; and the run that finds nothing to do.
    assert_eq!(runs, 4 + 3 * 5 + 1);
    assert_eq!(scalar(&database, keys).await, 0);
    assert_eq!(scalar(&database, "SELECT count(*) FROM tenant_keys").await, 3);
    assert_eq!(scalar(&database, "SELECT count(*) FROM key_rotations WHERE finished_at IS NOT NULL").await, 1);
    let after = server(&database, &[&new]).await;
    check(&after).await;
    assert_eq!(after.key_usage().await.unwrap().rotating_since, None);
    // The next is another one.
    assert_eq!(rotate(&after, DATA).await.replaced, 3);
    check(&after).await;
    after.close().await;
    database.close().await;
}

#[tokio::test]
async fn a_rotation_that_is_not_finished_is_told_of_and_does_not_touch_when_credentials_were_given() {
    let database = TestDatabase::new().await;
    let (acme, _) = database.organization("acme").await;
    put(&acme, connection(1), &[("token", "text")]).await;
    let given = acme.credential_fields(connection(1)).await.unwrap();
    let begun = rotate(database.catalog(), KeyRotation { steps: 1, ..DATA }).await;
    assert_eq!((begun.replaced, begun.is_finished), (1, false));
    let usage = database.catalog().key_usage().await.unwrap();
    assert!(usage.rotating_since.is_some());
    assert_eq!((usage.master_keys[0].tenant_keys, usage.master_keys[0].retired_keys), (1, 1));
    assert!(rotate(database.catalog(), DATA).await.is_finished);
    assert_eq!(acme.credential_fields(connection(1)).await.unwrap(), given);
    assert_eq!(token(&acme, connection(1)).await, "text");
    database.close().await;
}

/// Gives a connection one text after the other until it is told to stop, and reads what it gave before.
async fn use_it(catalog: Catalog, organization: OrganizationId, number: u128, stop: Arc<AtomicBool>) -> u64 {
    let tenant = tenant(&catalog, organization);
    let mut count = 0;
    while !stop.load(Ordering::SeqCst) || count < 5 {
        count += 1;
        put(&tenant, connection(number), &[("token", &count.to_string())]).await;
        assert_eq!(token(&tenant, connection(number)).await, count.to_string());
    }
    count
}

#[tokio::test]
async fn who_reads_and_writes_beside_rotations_loses_nothing() {
    let database = TestDatabase::new().await;
    let (acme, made) = database.organization("acme").await;
    for number in 100..130 {
        put(&acme, connection(number), &[("token", &number.to_string())]).await;
    }
    let other = fresh(&database).await;
    let stop = Arc::new(AtomicBool::new(false));
    let users: Vec<_> = (0..4)
        .map(|number| {
            let catalog = if number % 2 == 0 { database.catalog().clone() } else { other.clone() };
            tokio::spawn(use_it(catalog, made.organization, number, Arc::clone(&stop)))
        })
        .collect();
    // Two rotations at a time, each of small steps.
    let rotation = KeyRotation { batch: 3, ..DATA };
    for _ in 0..4 {
        let third = fresh(&database).await;
        let (one, two) = tokio::join!(rotate(&other, rotation), rotate(&third, rotation));
        assert_eq!((one.unreadable, two.unreadable), (0, 0));
        third.close().await;
    }
    stop.store(true, Ordering::SeqCst);
    for (number, user) in (0..).zip(users) {
        let last = user.await.unwrap();
        assert_eq!(token(&acme, connection(number)).await, last.to_string());
    }
    assert!(rotate(&other, DATA).await.is_finished);
    for number in 100..130 {
        assert_eq!(token(&acme, connection(number)).await, number.to_string());
    }
    assert_eq!(scalar(&database, "SELECT count(*) FROM tenant_keys").await, 1);
    assert_eq!(scalar(&database, "SELECT count(*) FROM key_rotations WHERE finished_at IS NULL").await, 0);
    other.close().await;
    database.close().await;
}

#[tokio::test]
async fn what_is_damaged_is_passed_over_and_keeps_its_key() {
    let database = TestDatabase::new().await;
    let (acme, _) = database.organization("acme").await;
    let (rival, _) = database.organization("rival").await;
    for number in 1..=5 {
        put(&acme, connection(number), &[("token", "text")]).await;
        put(&rival, connection(number), &[("token", "text")]).await;
    }
    execute(
        &database,
        "UPDATE credentials SET ciphertext = set_byte(ciphertext, 3, 255 - get_byte(ciphertext, 3))
        WHERE connection_id = '00000000-0000-0000-0000-000000000003' AND org_id = (SELECT id FROM organizations WHERE name = 'acme')",
    )
    .await;
    let rotation = KeyRotation { batch: 2, ..DATA };
    // The key of what is damaged stays; those of the rotation before do not.
    for (replaced, resealed, removed) in [(2, 9, 1), (2, 9, 2)] {
        let done = rotate(database.catalog(), rotation).await;
        let expected = Rotated { replaced, resealed, removed, unreadable: 1, is_finished: true, rewrapped: 0 };
        assert_eq!(done, expected);
        assert_eq!(database.catalog().key_usage().await.unwrap().rotating_since, None);
    }
    for number in [1, 2, 4, 5] {
        assert_eq!(token(&acme, connection(number)).await, "text");
    }
    put(&acme, connection(3), &[("token", "given again")]).await;
    let done = rotate(database.catalog(), rotation).await;
    assert_eq!(done, Rotated { replaced: 2, resealed: 10, removed: 3, is_finished: true, ..Rotated::default() });
    assert_eq!(token(&acme, connection(3)).await, "given again");
    assert_eq!(token(&rival, connection(3)).await, "text");
    assert_eq!(database.catalog().key_usage().await.unwrap().rotating_since, None);
    database.close().await;
}
