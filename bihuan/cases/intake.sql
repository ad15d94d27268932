-- Case, clocks, first entry, event, outbox and idempotency row of each row of `given`, in one
-- statement (HOUSE §5). intake_rows.py puts `given`, and newcomers with their keys, before this.
filed AS (
    INSERT INTO cases_case (
        id, number, kind, channel, state, round, version, subject, wish, category, issue,
        severity, proposed_severity, proposed_by, tier, priority, rank, reasons, missing,
        person_id, merchant_id, order_id, department, owner_id, policy_id, received_at,
        complained_at, registered_at, round_at, next_due_at, next_milestone, waits_until,
        reminded_round, outcome, told_at, ended_at, archived_at, merged_into, retention,
        restricted, external_id
    )
    SELECT id, number, kind, channel, 'filed', 1, 1, subject, wish, category, issue,
        severity, '', 0, tier, priority, rank, reasons, missing,
        person_id, merchant_id, order_id, department, owner_id, policy_id, received_at,
        NULL, at, received_at, next_due_at, next_milestone, NULL,
        0, '', NULL, NULL, NULL, 0, '',
        false, external_id
    FROM given
), owed AS (
    INSERT INTO cases_clock (
        case_id, round, milestone, due_at, effective_due_at, started_at, hard, status, promises,
        done_at, void_at, void_reason, warned_at, late_at
    )
    SELECT given.id, 1, c.milestone, c.due_at, c.effective, given.received_at, c.hard, c.status,
           string_to_array(c.promises, ','), NULL, NULL, '', NULL, NULL
    FROM given, unnest(
        given.milestones, given.dues, given.effectives, given.hards, given.statuses,
        given.promises
    ) AS c (milestone, due_at, effective, hard, status, promises)
), said AS (
    INSERT INTO cases_entry (
        id, case_id, kind, voice, internal, author_id, author_name, text, salt, channel, at
    )
    SELECT entry_id, id, 'filing', voice, false, person_id, '', text, salt, channel, received_at
    FROM given
), logged AS (
    INSERT INTO events_event (
        stream, seq, kind, at, actor_id, actor_role, clause, data, previous, hash
    )
    SELECT id, 1, event_kind, at, actor_id, actor_role, clause, data, previous, hash FROM given
), handed_on AS (
    INSERT INTO events_pending (stream, seq) SELECT id, 1 FROM given
)
INSERT INTO cases_idempotencykey (actor_id, key, digest, case_id, answer, at)
SELECT actor_id, key, digest, id, answer, at FROM given, unnest(keys) AS key
