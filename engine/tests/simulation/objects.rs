//! The object store as one server sees it: behind a network, and with turns.

use std::fmt;
use std::sync::Arc;

use aloftly_engine::clock::Clock as _;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::TimeDelta;
use futures::future::pending;
use futures::stream::{self, BoxStream, StreamExt as _};
use object_store::path::Path;
use object_store::{
    Attributes, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use super::manifest::flipped;
use super::world::{Call, Fate, Object, World, segment_of};

/// Objects younger than that, and objects that went since then, are what a listing may be wrong about.
const LISTED_AFTER: TimeDelta = TimeDelta::minutes(10);

pub(crate) struct DistantObjects {
    pub(crate) world: Arc<World>,
    /// Whether it says of an object that is not there that it cannot be deleted, as folders do and buckets do not.
    pub(crate) misses_deleted: bool,
}

impl fmt::Debug for DistantObjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("distant objects")
    }
}

impl fmt::Display for DistantObjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("distant objects")
    }
}

/// What the store says when it does not do what is asked of it, and not for another reason.
pub(crate) const BUSY: &str = "503 slow down";

fn busy() -> Error {
    Error::Generic { store: "bucket", source: BUSY.into() }
}

fn unsupported() -> Error {
    Error::NotSupported { source: "the simulation does not do that".into() }
}

impl World {
    /// An object as it is read: damaged, where it is.
    fn object(&self, path: &Path) -> Result<Object> {
        let inner = self.lock();
        let missing = || Error::NotFound { path: path.to_string(), source: "no such object".into() };
        let object = inner.objects.get(path).cloned().ok_or_else(missing)?;
        let is_damaged = segment_of(path).is_some_and(|id| inner.damaged.contains(&id));
        Ok(if is_damaged { Object { bytes: flipped(&object.bytes), ..object } } else { object })
    }

    async fn deleted(self: Arc<Self>, path: Path, misses_deleted: bool) -> Result<Path> {
        match self.turn(None, Call::Delete, format!("delete {path}")).await {
            Fate::Happens => {
                if !self.delete(&path) && misses_deleted {
                    return Err(Error::NotFound { path: path.to_string(), source: "no such object".into() });
                }
                Ok(path)
            }
            Fate::Twice => {
                self.delete(&path);
                Ok(path)
            }
            Fate::Slandered => {
                self.delete(&path);
                Err(busy())
            }
            Fate::Late => {
                self.later(Box::new(move |world| {
                    world.delete(&path);
                }));
                Err(busy())
            }
            Fate::Hangs => {
                self.delete(&path);
                pending().await
            }
            _ => Err(busy()),
        }
    }

    /// What a listing shows: the truth, or what was it some minutes ago.
    fn listed(&self, prefix: Option<&Path>, is_stale: bool) -> Vec<ObjectMeta> {
        let inner = self.lock();
        let recent = self.clock.now() - LISTED_AFTER;
        let there = inner.objects.iter().filter(|(_, object)| !is_stale || object.modified < recent);
        let gone = inner.gone.iter().filter(|_| is_stale);
        let mut listed: Vec<_> = there
            .chain(gone)
            .filter(|(path, _)| prefix.is_none_or(|prefix| path.prefix_matches(prefix)))
            .map(|(path, object)| meta(path, object))
            .collect();
        listed.sort_by(|a, b| a.location.cmp(&b.location));
        listed.dedup_by(|a, b| a.location == b.location);
        listed
    }
}

fn meta(path: &Path, object: &Object) -> ObjectMeta {
    ObjectMeta {
        location: path.clone(),
        last_modified: object.modified,
        size: object.bytes.len() as u64,
        e_tag: None,
        version: None,
    }
}

#[async_trait]
impl ObjectStore for DistantObjects {
    async fn put_opts(&self, path: &Path, payload: PutPayload, _: PutOptions) -> Result<PutResult> {
        let bytes = Bytes::from(payload);
        let half = bytes.slice(..bytes.len() / 2);
        let path = path.clone();
        match self.world.turn(None, Call::Put, format!("put {path}, {} bytes", bytes.len())).await {
            Fate::Happens | Fate::Twice => {
                self.world.put(&path, bytes);
                Ok(PutResult { e_tag: None, version: None })
            }
            Fate::Slandered => {
                self.world.put(&path, bytes);
                Err(busy())
            }
            Fate::Torn => {
                self.world.put(&path, half);
                Err(busy())
            }
            Fate::Late => {
                self.world.later(Box::new(move |world| world.put_late(&path, bytes)));
                Err(busy())
            }
            Fate::Hangs => {
                self.world.put(&path, bytes);
                pending().await
            }
            Fate::TornHangs => {
                self.world.put(&path, half);
                pending().await
            }
            _ => Err(busy()),
        }
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Err(unsupported())
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        let detail = format!("get {path} {:?}", options.range);
        let fate = self.world.turn(None, Call::Get, detail).await;
        if fate == Fate::Fails {
            return Err(busy());
        }
        let object = self.world.object(path)?;
        let meta = meta(path, &object);
        let range = match &options.range {
            None => 0..meta.size,
            Some(range) => {
                range.as_range(meta.size).map_err(|error| Error::Generic { store: "bucket", source: error.into() })?
            }
        };
        let at = |place: u64| usize::try_from(place).unwrap();
        let bytes = object.bytes.slice(at(range.start)..at(range.end));
        let half = bytes.slice(..bytes.len() / 2);
        let pieces = match fate {
            _ if options.head => Vec::new(),
            Fate::Torn => vec![Ok(half), Err(busy())],
            Fate::Short => {
                self.world.lock().suspects.extend(segment_of(path));
                vec![Ok(half)]
            }
            _ => vec![Ok(half.clone()), Ok(bytes.slice(half.len()..))],
        };
        let payload = GetResultPayload::Stream(stream::iter(pieces).boxed());
        Ok(GetResult { payload, meta, range, attributes: Attributes::default() })
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let (world, misses_deleted) = (Arc::clone(&self.world), self.misses_deleted);
        let deleted = paths.then(move |path| {
            let world = Arc::clone(&world);
            async move { world.deleted(path?, misses_deleted).await }
        });
        deleted.boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (world, prefix) = (Arc::clone(&self.world), prefix.cloned());
        let listed = async move {
            let fate = world.turn(None, Call::List, format!("list {prefix:?}")).await;
            let mut listed: Vec<Result<ObjectMeta>> =
                world.listed(prefix.as_ref(), fate == Fate::Stale).into_iter().map(Ok).collect();
            match fate {
                Fate::Happens | Fate::Twice | Fate::Stale => {}
                Fate::Torn => {
                    listed.truncate(listed.len() / 2);
                    listed.push(Err(busy()));
                }
                _ => listed = vec![Err(busy())],
            }
            stream::iter(listed)
        };
        stream::once(listed).flatten().boxed()
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        Err(unsupported())
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(unsupported())
    }
}
