-- The segments that began after version $3 and are live at version $4.
SELECT
    id, dataset, partition_date, temperature, row_count, update_count, removed_count, byte_count, footer_bytes, codec,
    schema_version, time_min, time_max, entity_min, entity_max, column_bounds::text AS "column_bounds!", origin_bounds::text AS "origin_bounds!", checksum,
    block_checksums, begin_version
FROM lake_segments
WHERE org_id = $1 AND store_id = $2 AND begin_version > $3 AND begin_version <= $4
    AND (end_version IS NULL OR end_version > $4)
