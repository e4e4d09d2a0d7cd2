//! Cold segments: sorted Parquet, laid out as dashboards read it.
//!
//! 128k-row groups, pages of 20k rows, page index, statistics and dictionaries; lz4 for the months that dashboards read and
//! zstd for older ones. A segment is written to the spool folder first, so that all is known of it before it is staged
//! and uploaded.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use chrono::{DateTime, Months, NaiveTime, Utc};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use sha2::{Digest, Sha256};

use super::LakeError;
use super::blocks::{BlockHasher, Blocks};
use super::bounds::{MOST_ORIGINS, column_bounds_of_file, entity_bounds, few, origin_bounds, time_bounds};
use super::segment::{Codec, Segment, Temperature};
use crate::SegmentId;
use crate::clock::Clock;
use crate::dataset::{Dataset, Partition, Span};

const ROW_GROUP_ROWS: usize = 128 * 1024;
const PAGE_ROWS: usize = 20_000;
/// A segment that has grown to this size, in bytes, is closed and another begun.
pub(super) const SEGMENT_BYTES: u64 = 128 << 20;
const MONTHS_READ_OFTEN: Months = Months::new(24);

/// A segment that is written to a local file and not yet staged.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) segment: Segment,
    pub(super) file: PathBuf,
}

/// Writes rows of a partition, which come in the dataset's sort order, into as many segments as their size asks for.
pub(super) struct SegmentsWriter {
    dataset: Arc<Dataset>,
    partition: Partition,
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    codec: Codec,
    /// The name of the next segment.
    next: SegmentId,
    open: Option<SegmentWriter>,
    written: Vec<Written>,
}

impl SegmentsWriter {
    pub(super) fn new(dataset: &Arc<Dataset>, partition: Partition, folder: &Path, clock: &Arc<dyn Clock>) -> Self {
        Self {
            dataset: Arc::clone(dataset),
            partition,
            folder: folder.to_owned(),
            codec: codec(dataset, partition, clock.now()),
            next: SegmentId(clock.new_id()),
            clock: Arc::clone(clock),
            open: None,
            written: Vec::new(),
        }
    }

    pub(super) fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let mut writer = match self.open.take() {
            Some(writer) => writer,
            None => SegmentWriter::create(&self.dataset, self.next, &self.folder, &properties(self.codec))?,
        };
        writer.write(&self.dataset, batch)?;
        if writer.bytes() >= SEGMENT_BYTES {
            self.written.push(writer.finish(&self.dataset, self.partition, self.codec)?);
            self.next = SegmentId(self.clock.new_id());
        } else {
            self.open = Some(writer);
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Vec<Written>, LakeError> {
        if let Some(writer) = self.open {
            self.written.push(writer.finish(&self.dataset, self.partition, self.codec)?);
        }
        Ok(self.written)
    }
}

/// How a partition's segments are compressed at that time.
pub(super) fn codec(dataset: &Dataset, partition: Partition, now: DateTime<Utc>) -> Codec {
    match seldom_read_from(dataset, partition) {
        Some(from) if from <= now => Codec::Zstd,
        _ => Codec::Lz4,
    }
}

/// From when on a partition is one of the old ones; never for those that hold a present state.
pub(super) fn seldom_read_from(dataset: &Dataset, partition: Partition) -> Option<DateTime<Utc>> {
    let old = partition.first_day().checked_add_months(MONTHS_READ_OFTEN)?;
    (dataset.span == Span::Month).then(|| old.and_time(NaiveTime::MIN).and_utc())
}

fn properties(codec: Codec) -> WriterProperties {
    let compression = match codec {
        Codec::Zstd => Compression::ZSTD(ZstdLevel::default()),
        Codec::Lz4 => Compression::LZ4_RAW,
    };
    WriterProperties::builder()
        .set_compression(compression)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_dictionary_enabled(true)
        .build()
}

struct SegmentWriter {
    id: SegmentId,
    file: PathBuf,
    writer: ArrowWriter<Hashing<BufWriter<File>>>,
    rows: u64,
    time: (i64, i64),
    origins: BTreeMap<String, (i64, i64)>,
    entity: Option<(String, String)>,
}

impl SegmentWriter {
    fn create(
        dataset: &Dataset,
        id: SegmentId,
        folder: &Path,
        properties: &WriterProperties,
    ) -> Result<Self, LakeError> {
        let file = folder.join(format!("{id}.parquet"));
        let sink = Hashing::new(BufWriter::new(File::create(&file)?));
        let writer = ArrowWriter::try_new(sink, Arc::clone(&dataset.schema), Some(properties.clone()))?;
        Ok(Self { id, file, writer, rows: 0, time: (i64::MAX, i64::MIN), origins: BTreeMap::new(), entity: None })
    }

    fn write(&mut self, dataset: &Dataset, batch: &RecordBatch) -> Result<(), LakeError> {
        let time = time_bounds(dataset, batch);
        let entity = entity_bounds(batch[dataset.entity].as_string_view());
        self.entity = match (self.entity.take(), entity) {
            (Some(before), Some(now)) => Some((before.0.min(now.0), before.1.max(now.1))),
            (before, now) => before.or(now),
        };
        self.time = (self.time.0.min(time.0), self.time.1.max(time.1));
        if self.origins.len() <= MOST_ORIGINS {
            for (origin, bounds) in origin_bounds(dataset, batch) {
                let known = self.origins.entry(origin).or_insert(bounds);
                *known = (known.0.min(bounds.0), known.1.max(bounds.1));
            }
        }
        self.rows += batch.num_rows() as u64;
        Ok(self.writer.write(batch)?)
    }

    fn bytes(&self) -> u64 {
        (self.writer.bytes_written() + self.writer.in_progress_size()) as u64
    }

    fn finish(mut self, dataset: &Dataset, partition: Partition, codec: Codec) -> Result<Written, LakeError> {
        let metadata = self.writer.finish()?;
        let Hashed { checksum, blocks, bytes, footer_bytes } = self.writer.inner_mut().finish()?;
        let segment = Segment {
            id: self.id,
            dataset: dataset.name.to_owned(),
            partition,
            temperature: Temperature::Cold,
            rows: self.rows,
            updates: 0,
            removed: 0,
            bytes,
            footer_bytes: Some(footer_bytes),
            codec: Some(codec),
            schema_version: dataset.schema_version,
            time_bounds: self.time,
            origin_bounds: few(self.origins),
            entity_bounds: self.entity.unwrap_or_default(),
            column_bounds: column_bounds_of_file(dataset, &metadata),
            checksum,
            blocks,
            begin_version: 0,
        };
        Ok(Written { segment, file: self.file })
    }
}

/// Hashes and counts what passes through, and remembers its end, which says how long a Parquet footer is.
struct Hashing<W> {
    inner: W,
    hash: Sha256,
    blocks: BlockHasher,
    bytes: u64,
    tail: [u8; 8],
}

/// What [`Hashing`] found out.
struct Hashed {
    /// SHA-256, lowercase hex.
    checksum: String,
    blocks: Blocks,
    bytes: u64,
    footer_bytes: u64,
}

impl<W: Write> Hashing<W> {
    fn new(inner: W) -> Self {
        Self { inner, hash: Sha256::new(), blocks: BlockHasher::default(), bytes: 0, tail: [0; 8] }
    }

    fn finish(&mut self) -> Result<Hashed, LakeError> {
        self.inner.flush()?;
        let [a, b, c, d, ..] = self.tail;
        Ok(Hashed {
            checksum: super::hex(&self.hash.finalize_reset()),
            blocks: self.blocks.finish(),
            bytes: self.bytes,
            footer_bytes: u64::from(u32::from_le_bytes([a, b, c, d])) + 8,
        })
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(data)?;
        let data = &data[..written];
        self.hash.update(data);
        self.blocks.update(data);
        self.bytes += written as u64;
        if data.len() >= 8 {
            self.tail.copy_from_slice(&data[data.len() - 8..]);
        } else {
            self.tail.rotate_left(data.len());
            self.tail[8 - data.len()..].copy_from_slice(data);
        }
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
