-- Times in which sources of the stores $2 were not read, for longer than their provider ($3) may go unread, in seconds ($4): those that reach
-- behind $5 and begin before $6, of stores that the person $8 or a program for the workspace $9 may see. A reading tells what happened until
-- it began; one that is the last goes on until now ($10), unless nobody reads any more. Identities are in the order of creation, $7 is
-- what those are no less than that came after $5, and $11 the same of $6: of all that came later the first says when it was read again.
WITH asked AS (
    SELECT connection.id, connection.store_id, connection.provider, connection.status, patience.seconds
    FROM connections AS connection
    JOIN unnest($3::text [], $4::bigint []) AS patience (provider, seconds) ON patience.provider = connection.provider
    JOIN stores AS store ON store.org_id = connection.org_id AND store.id = connection.store_id
    WHERE connection.org_id = $1
        AND connection.store_id = ANY ($2::uuid [])
        AND ($8::uuid IS NULL OR EXISTS (
            SELECT FROM workspace_members AS member
            WHERE member.org_id = store.org_id AND member.workspace_id = store.workspace_id AND member.user_id = $8
        ))
        AND ($9::uuid IS NULL OR store.workspace_id = $9)
),
readings AS (
    SELECT asked.id, job.started_at, job.finished_at
    FROM asked
    CROSS JOIN LATERAL (
        SELECT later.started_at, later.finished_at
        FROM sync_jobs AS later
        WHERE later.org_id = $1 AND later.connection_id = asked.id AND later.id >= $7 AND later.id < $11
            AND later.status = 'done' AND later.kind IN ('full', 'incremental')
        UNION ALL
        (
            SELECT next.started_at, next.finished_at
            FROM sync_jobs AS next
            WHERE next.org_id = $1 AND next.connection_id = asked.id AND next.id >= greatest($7, $11)
                AND next.status = 'done' AND next.kind IN ('full', 'incremental')
            ORDER BY next.id
            LIMIT 1
        )
        UNION ALL
        (
            SELECT earlier.started_at, earlier.finished_at
            FROM sync_jobs AS earlier
            WHERE earlier.org_id = $1 AND earlier.connection_id = asked.id AND earlier.id < $7
                AND earlier.status = 'done' AND earlier.kind IN ('full', 'incremental')
            ORDER BY earlier.id DESC
            LIMIT 1
        )
    ) AS job
),
followed AS (
    SELECT
        reading.id,
        reading.started_at,
        reading.finished_at,
        lead(reading.started_at) OVER (PARTITION BY reading.id ORDER BY reading.started_at) AS next_at
    FROM readings AS reading
),
unread AS (
    SELECT
        followed.id,
        followed.started_at,
        followed.finished_at,
        followed.next_at,
        coalesce(followed.next_at, CASE WHEN asked.status <> 'disconnected' THEN $10::timestamptz END) AS until
    FROM followed
    JOIN asked ON asked.id = followed.id
)
SELECT
    asked.store_id AS "store_id!",
    asked.provider AS "provider!",
    unread.started_at AS "began_at!",
    unread.next_at AS "ended_at?"
FROM unread
JOIN asked ON asked.id = unread.id
WHERE unread.started_at < $6
    AND unread.until > $5
    AND unread.until - unread.finished_at > asked.seconds * interval '1 second'
ORDER BY unread.started_at, asked.id
