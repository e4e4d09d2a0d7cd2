//! Looking again and again whether those who watch a store may still see it: once for all sockets of one credential, however many
//! windows somebody has open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use aloftly_catalog::CatalogError;
use aloftly_engine::StoreId;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::super::App;
use crate::http::problem::Problem;
use crate::http::session::{Principal, Shown};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(5);

/// What was shown, by its digest, and the store.
type Key = ([u8; 32], StoreId);

/// Everything that is looked at.
#[derive(Debug, Default)]
pub(in crate::api) struct Looks(Mutex<HashMap<Key, Weak<Look>>>);

/// Looks whether a store may still be seen with a credential, until nobody holds it any more.
#[derive(Debug)]
pub(super) struct Look {
    gone: CancellationToken,
    _over: DropGuard,
}

impl Looks {
    /// Looks from now on whether whoever showed that may see the store, beside those who watch with the same.
    pub(super) fn begin(&self, app: &App, shown: Shown, store: StoreId) -> Arc<Look> {
        let key = (shown.digest(), store);
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.retain(|_, look| look.strong_count() > 0);
        // One that has found out that they may not is not for somebody who was let in since.
        let present = looks.get(&key).and_then(Weak::upgrade).filter(|look| !look.gone.is_cancelled());
        if let Some(look) = present {
            return look;
        }
        let (gone, over) = (CancellationToken::new(), CancellationToken::new());
        let looking = look(app.clone(), shown, store, gone.clone());
        let nobody = over.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = nobody.cancelled() => {}
                () = looking => {}
            }
        });
        let look = Arc::new(Look { gone, _over: over.drop_guard() });
        looks.insert(key, Arc::downgrade(&look));
        look
    }
}

impl Look {
    /// Waits until they may not see the store any more.
    pub(super) async fn gone(&self) {
        self.gone.cancelled().await;
    }
}

async fn look(app: App, shown: Shown, store: StoreId, gone: CancellationToken) {
    loop {
        tokio::time::sleep(EVERY).await;
        if !may_see(&app, &shown, store).await {
            gone.cancel();
            return;
        }
    }
}

async fn may_see(app: &App, shown: &Shown, store: StoreId) -> bool {
    let asked = async {
        let principal = Principal::again(app, shown).await?;
        principal.tenant.store_version(store).await?;
        // Stores that nobody asks about are not followed.
        app.backend.followed.add(store, principal.tenant.context().organization());
        Ok::<_, CatalogError>(())
    };
    match asked.await {
        Ok(()) => true,
        // A database that is away is no reason to send people away.
        Err(error) => Problem::from(error).status().is_server_error(),
    }
}
