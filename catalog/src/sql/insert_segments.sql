INSERT INTO lake_segments (
    org_id, store_id, begin_version, id, dataset, partition_date, temperature, row_count, update_count, byte_count,
    footer_bytes, schema_version, time_min, time_max, entity_min, entity_max, column_bounds, checksum
)
SELECT $1, $2, $3, id, dataset, partition_date, temperature, row_count, update_count, byte_count,
    footer_bytes, schema_version, time_min, time_max, entity_min, entity_max, column_bounds::json, checksum
FROM unnest(
    $4::uuid[], $5::text[], $6::date[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[],
    $11::bigint[], $12::integer[], $13::bigint[], $14::bigint[], $15::bytea[], $16::bytea[], $17::text[], $18::text[]
) AS new (
    id, dataset, partition_date, temperature, row_count, update_count, byte_count,
    footer_bytes, schema_version, time_min, time_max, entity_min, entity_max, column_bounds, checksum
)
