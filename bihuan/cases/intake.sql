-- Case, clocks, first entry, event, outbox and idempotency row in one statement (HOUSE §5).
WITH filed AS (
    INSERT INTO cases_case (
        id, number, kind, channel, state, round, version, subject, wish, category, issue,
        severity, proposed_severity, proposed_by, tier, priority, rank, reasons, missing,
        person_id, merchant_id, order_id, department, owner_id, policy_id, received_at,
        complained_at, registered_at, round_at, next_due_at, next_milestone, waits_until,
        reminded_round, outcome, told_at, ended_at, archived_at, merged_into, retention, restricted, external_id
    ) VALUES (
        %(id)s, %(number)s, %(kind)s, %(channel)s, 'filed', 1, 1, %(subject)s, %(wish)s,
        %(category)s, %(issue)s, %(severity)s, '', 0, %(tier)s, %(priority)s, %(rank)s,
        %(reasons)s::jsonb, %(missing)s::text[], %(person_id)s, %(merchant_id)s, %(order_id)s, %(department)s,
        %(owner_id)s, %(policy_id)s, %(received_at)s, NULL, %(at)s, %(received_at)s,
        %(next_due_at)s, %(next_milestone)s, NULL, 0, '', NULL, NULL, NULL, 0, '', false,
        %(external_id)s
    )
), owed AS (
    INSERT INTO cases_clock (
        case_id, round, milestone, due_at, effective_due_at, started_at, hard, status, promises,
        done_at, void_at, void_reason, warned_at, late_at
    )
    SELECT %(id)s, 1, milestone, due_at, effective, started, hard, status,
           string_to_array(promises, ','), NULL, NULL, '', NULL, NULL
    FROM unnest(
        %(milestones)s::text[], %(dues)s::timestamptz[], %(effectives)s::timestamptz[],
        %(starts)s::timestamptz[], %(hards)s::bool[], %(statuses)s::text[], %(promises)s::text[]
    ) AS rows (milestone, due_at, effective, started, hard, status, promises)
), said AS (
    INSERT INTO cases_entry (
        id, case_id, kind, voice, internal, author_id, author_name, text, salt, channel, at
    ) VALUES (
        %(entry_id)s, %(id)s, 'filing', %(voice)s, false, %(author_id)s, %(author_name)s,
        %(text)s, %(salt)s, %(channel)s, %(received_at)s
    )
), logged AS (
    INSERT INTO events_event (
        stream, seq, kind, at, actor_id, actor_role, clause, data, previous, hash
    ) VALUES (
        %(id)s, %(seq)s, %(event_kind)s, %(at)s, %(actor_id)s, %(actor_role)s, %(clause)s,
        %(data)s::jsonb, %(previous)s, %(hash)s
    )
), handed_on AS (
    INSERT INTO events_pending (stream, seq) VALUES (%(id)s, %(seq)s)
)
INSERT INTO cases_idempotencykey (actor_id, key, digest, case_id, answer, at)
SELECT %(actor_id)s, %(key)s::text, %(digest)s, %(id)s, %(answer)s, %(at)s
WHERE %(key)s::text <> ''
