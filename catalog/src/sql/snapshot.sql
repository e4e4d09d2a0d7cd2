-- The segments that are live at version $3: begun by then, and not ended by then. In two parts, each with an index of its own,
-- because those that ended since are few.
SELECT
    id AS "id!", dataset AS "dataset!", partition_date AS "partition_date!", temperature AS "temperature!",
    row_count AS "row_count!", update_count AS "update_count!", removed_count AS "removed_count!",
    byte_count AS "byte_count!", footer_bytes, codec, schema_version AS "schema_version!", time_min AS "time_min!",
    time_max AS "time_max!", entity_min AS "entity_min!", entity_max AS "entity_max!",
    column_bounds::text AS "column_bounds!", origin_bounds::text AS "origin_bounds!", checksum AS "checksum!", block_checksums, begin_version AS "begin_version!"
FROM (
    SELECT * FROM lake_segments
    WHERE org_id = $1 AND store_id = $2 AND end_version IS NULL AND begin_version <= $3
    UNION ALL
    SELECT * FROM lake_segments
    WHERE org_id = $1 AND store_id = $2 AND end_version > $3 AND begin_version <= $3
) AS live
ORDER BY dataset, partition_date, begin_version, id
