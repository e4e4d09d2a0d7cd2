INSERT INTO lake_segments (
    org_id, store_id, begin_version, id, dataset, partition_date, temperature, row_count, update_count, removed_count,
    byte_count, footer_bytes, codec, schema_version, time_min, time_max, entity_min, entity_max, column_bounds, origin_bounds, checksum,
    block_checksums
)
SELECT $1, $2, $3, id, dataset, partition_date, temperature, row_count, update_count, removed_count,
    byte_count, footer_bytes, codec, schema_version, time_min, time_max, entity_min, entity_max, column_bounds::json, origin_bounds::json, checksum,
    block_checksums
FROM unnest(
    $4::uuid[], $5::text[], $6::date[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
    $12::bigint[], $13::text[], $14::integer[], $15::bigint[], $16::bigint[], $17::bytea[], $18::bytea[], $19::text[],
    $20::text[], $21::text[], $22::bytea[]
) AS new (
    id, dataset, partition_date, temperature, row_count, update_count, removed_count, byte_count,
    footer_bytes, codec, schema_version, time_min, time_max, entity_min, entity_max, column_bounds, origin_bounds, checksum,
    block_checksums
)
