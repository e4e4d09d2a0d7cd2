//! Which master keys a server must have.

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{CatalogError, MasterKeyUse, SystemPurpose, VaultError};

use super::{connection, execute, id_of, made, put, revealed, server, tenant, token, try_server};

#[tokio::test]
async fn a_master_key_that_is_needed_and_not_given_is_named() {
    let database = TestDatabase::new().await;
    let (_, acme) = database.organization("acme").await;
    let (one, other) = (made(), made());
    let first = server(&database, &[&one]).await;
    put(&tenant(&first, acme.organization), connection(1), &[("token", "text")]).await;
    first.close().await;
    let refused = try_server(&database, &[&other]).await.unwrap_err();
    let said = format!("{refused} {refused:?}");
    assert!(said.contains(&id_of(&one)), "{said}");
    for key in [&one, &other] {
        assert!(!said.contains(key.split_once(':').unwrap().1), "{said}");
    }
    let both = server(&database, &[&other, &one]).await;
    assert_eq!(token(&tenant(&both, acme.organization), connection(1)).await, "text");
    // What is made from now on is under the other.
    both.system_key(SystemPurpose::Tokens).await.unwrap();
    both.close().await;
    for (given, lacks) in [(&one, &other), (&other, &one)] {
        let refused = try_server(&database, &[given]).await.unwrap_err();
        let CatalogError::Vault(VaultError::MissingMasterKeys { ids }) = refused else { panic!("{refused:?}") };
        assert_eq!(ids, [id_of(lacks)]);
    }
    database.close().await;
}

#[tokio::test]
async fn another_key_of_the_same_name_is_refused() {
    let database = TestDatabase::new().await;
    let (_, acme) = database.organization("acme").await;
    let (one, other) = (made(), made());
    let first = server(&database, &[&one]).await;
    put(&tenant(&first, acme.organization), connection(1), &[("token", "text")]).await;
    first.close().await;
    let renamed = format!("{}:{}", id_of(&one), other.split_once(':').unwrap().1);
    let refused = try_server(&database, &[&renamed]).await.unwrap_err();
    let said = format!("{refused} {refused:?}");
    assert!(matches!(&refused, CatalogError::Vault(VaultError::WrongMasterKey { id }) if *id == id_of(&one)), "{said}");
    assert!(!said.contains(renamed.split_once(':').unwrap().1), "{said}");
    database.close().await;
}

#[tokio::test]
async fn one_damaged_key_keeps_nobody_else_from_theirs() {
    let database = TestDatabase::new().await;
    let (_, acme) = database.organization("acme").await;
    let (_, rival) = database.organization("rival").await;
    let key = made();
    let first = server(&database, &[&key]).await;
    for organization in [rival.organization, acme.organization] {
        put(&tenant(&first, organization), connection(1), &[("token", "text")]).await;
    }
    first.close().await;
    // The newest, which is tried first.
    execute(
        &database,
        "UPDATE tenant_keys SET wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, 20)) WHERE id = (SELECT max(id::text)::uuid FROM tenant_keys)",
    )
    .await;
    let second = server(&database, &[&key]).await;
    let refused = revealed(&tenant(&second, acme.organization), connection(1)).await.unwrap_err();
    assert!(matches!(refused, CatalogError::Vault(VaultError::Damaged(_))), "{refused:?}");
    assert_eq!(token(&tenant(&second, rival.organization), connection(1)).await, "text");
    second.close().await;
    database.close().await;
}

#[tokio::test]
async fn it_is_told_which_keys_are_in_use() {
    let database = TestDatabase::new().await;
    let (_, acme) = database.organization("acme").await;
    let (one, other) = (made(), made());
    let both = server(&database, &[&one, &other]).await;
    let unused = both.key_usage().await.unwrap();
    let used = |key: &str, is_current, tenant_keys, system_keys| MasterKeyUse {
        id: id_of(key),
        is_current,
        tenant_keys,
        retired_keys: 0,
        system_keys,
    };
    assert_eq!((unused.master_keys, unused.rotating_since), (vec![used(&one, true, 0, 0)], None));
    put(&tenant(&both, acme.organization), connection(1), &[("token", "text")]).await;
    both.close().await;
    let both = server(&database, &[&other, &one]).await;
    both.system_key(SystemPurpose::Tokens).await.unwrap();
    let mut expected = vec![used(&one, false, 1, 0), used(&other, true, 0, 1)];
    expected.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(both.key_usage().await.unwrap().master_keys, expected);
    both.close().await;
    database.close().await;
}
