//! Segments as rows and back.

use std::collections::BTreeMap;

use aloftly_engine::dataset::Partition;
use aloftly_engine::lake::ManifestError;
use aloftly_engine::lake::blocks::Blocks;
use aloftly_engine::lake::manifest::{Codec, Segment, Temperature, Version};
use chrono::NaiveDate;
use sqlx::PgTransaction;
use uuid::Uuid;

use super::unavailable;
use crate::CatalogError;

/// A row of `lake_segments`.
pub(super) struct SegmentRow {
    pub(super) id: Uuid,
    pub(super) dataset: String,
    pub(super) partition_date: NaiveDate,
    pub(super) temperature: String,
    pub(super) row_count: i64,
    pub(super) update_count: i64,
    pub(super) removed_count: i64,
    pub(super) byte_count: i64,
    pub(super) footer_bytes: Option<i64>,
    pub(super) codec: Option<String>,
    pub(super) schema_version: i32,
    pub(super) time_min: i64,
    pub(super) time_max: i64,
    pub(super) entity_min: Vec<u8>,
    pub(super) entity_max: Vec<u8>,
    pub(super) column_bounds: String,
    pub(super) origin_bounds: String,
    pub(super) checksum: String,
    pub(super) block_checksums: Option<Vec<u8>>,
    pub(super) begin_version: Version,
}

impl SegmentRow {
    pub(super) fn segment(self) -> Result<Segment, ManifestError> {
        let id = self.id;
        self.parse().map_err(|detail| unavailable(CatalogError::corrupt("a segment", format!("{id}: {detail}"))))
    }

    fn parse(self) -> Result<Segment, Box<dyn std::error::Error + Send + Sync>> {
        let column_bounds: BTreeMap<String, (String, String)> = serde_json::from_str(&self.column_bounds)?;
        let origin_bounds: BTreeMap<String, (i64, i64)> = serde_json::from_str(&self.origin_bounds)?;
        Ok(Segment {
            id: self.id.into(),
            dataset: self.dataset,
            partition: Partition::starting(self.partition_date),
            temperature: match self.temperature.as_str() {
                "hot" => Temperature::Hot,
                "cold" => Temperature::Cold,
                other => return Err(format!("temperature {other:?}").into()),
            },
            rows: self.row_count.try_into()?,
            updates: self.update_count.try_into()?,
            removed: self.removed_count.try_into()?,
            bytes: self.byte_count.try_into()?,
            footer_bytes: self.footer_bytes.map(u64::try_from).transpose()?,
            codec: match self.codec.as_deref() {
                None => None,
                Some("lz4") => Some(Codec::Lz4),
                Some("zstd") => Some(Codec::Zstd),
                Some(other) => return Err(format!("codec {other:?}").into()),
            },
            schema_version: self.schema_version.try_into()?,
            time_bounds: (self.time_min, self.time_max),
            origin_bounds,
            entity_bounds: (String::from_utf8(self.entity_min)?, String::from_utf8(self.entity_max)?),
            column_bounds,
            checksum: self.checksum,
            blocks: match self.block_checksums {
                None => Blocks::default(),
                Some(bytes) => Blocks::from_bytes(&bytes).ok_or("its blocks' checksums are cut off")?,
            },
            begin_version: self.begin_version,
        })
    }
}

/// Many segments, column by column, as one statement takes them.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    datasets: Vec<String>,
    partitions: Vec<NaiveDate>,
    temperatures: Vec<String>,
    rows: Vec<i64>,
    updates: Vec<i64>,
    removed: Vec<i64>,
    bytes: Vec<i64>,
    footers: Vec<Option<i64>>,
    codecs: Vec<Option<String>>,
    schema_versions: Vec<i32>,
    time_min: Vec<i64>,
    time_max: Vec<i64>,
    entity_min: Vec<Vec<u8>>,
    entity_max: Vec<Vec<u8>>,
    column_bounds: Vec<String>,
    origin_bounds: Vec<String>,
    checksums: Vec<String>,
    block_checksums: Vec<Option<Vec<u8>>>,
}

impl Columns {
    fn push(&mut self, segment: &Segment) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.ids.push(segment.id.0);
        self.datasets.push(segment.dataset.clone());
        self.partitions.push(segment.partition.first_day());
        let temperature = match segment.temperature {
            Temperature::Hot => "hot",
            Temperature::Cold => "cold",
        };
        self.temperatures.push(temperature.to_owned());
        self.rows.push(segment.rows.try_into()?);
        self.updates.push(segment.updates.try_into()?);
        self.removed.push(segment.removed.try_into()?);
        self.bytes.push(segment.bytes.try_into()?);
        self.footers.push(segment.footer_bytes.map(i64::try_from).transpose()?);
        let codec = segment.codec.map(|codec| match codec {
            Codec::Lz4 => "lz4",
            Codec::Zstd => "zstd",
        });
        self.codecs.push(codec.map(str::to_owned));
        self.schema_versions.push(segment.schema_version.try_into()?);
        self.time_min.push(segment.time_bounds.0);
        self.time_max.push(segment.time_bounds.1);
        self.entity_min.push(segment.entity_bounds.0.clone().into_bytes());
        self.entity_max.push(segment.entity_bounds.1.clone().into_bytes());
        self.column_bounds.push(serde_json::to_string(&segment.column_bounds)?);
        self.origin_bounds.push(serde_json::to_string(&segment.origin_bounds)?);
        self.checksums.push(segment.checksum.clone());
        self.block_checksums.push((!segment.blocks.is_empty()).then(|| segment.blocks.to_bytes()));
        Ok(())
    }
}

/// Adds segments that begin at `version`. Returns how many rows were inserted.
pub(super) async fn insert<'a>(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    store: Uuid,
    version: Version,
    segments: impl Iterator<Item = &'a Segment>,
) -> Result<u64, ManifestError> {
    let mut columns = Columns::default();
    for segment in segments {
        columns.push(segment).map_err(unavailable)?;
    }
    let inserted = sqlx::query_file!(
        "src/sql/insert_segments.sql",
        organization,
        store,
        version,
        &columns.ids,
        &columns.datasets,
        &columns.partitions,
        &columns.temperatures,
        &columns.rows,
        &columns.updates,
        &columns.removed,
        &columns.bytes,
        &columns.footers as &[Option<i64>],
        &columns.codecs as &[Option<String>],
        &columns.schema_versions,
        &columns.time_min,
        &columns.time_max,
        &columns.entity_min,
        &columns.entity_max,
        &columns.column_bounds,
        &columns.origin_bounds,
        &columns.checksums,
        &columns.block_checksums as &[Option<Vec<u8>>],
    )
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(inserted.rows_affected())
}
