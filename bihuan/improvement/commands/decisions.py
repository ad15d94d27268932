"""A decision of the committee: taken by votes, published, carried out; never edited (1.1)."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPossible, NotReady
from bihuan.events import log
from bihuan.improvement import queries
from bihuan.improvement.commands.papers import known_staff, sitting, words, writers_only
from bihuan.improvement.models import Decision, Item, Vote
from bihuan.improvement.rules import committee as rules
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id

NUMBERS = 2  # what is held while a decision gets its number; no row has so low an id
MOST_CLAUSES = 12


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is put to the vote: its words, its clauses as `1.1、2.3.1`, and what follows by whom.

    `replaces` is the number of the decision it stands for, "" for none.
    """

    text: str
    clauses: str
    owner_id: int = 0
    due_on: date | None = None
    replaces: str = ""


@transaction.atomic
def decide(
    *, item_id: int, proposal: Proposal, votes: Mapping[int, str], by: Actor, at: datetime
) -> Decision:
    """表决：every seat that is present and not recused votes; more than half is adopted.

    As long as the meeting lasts, deciding on the same item again corrects what was written down.
    NotReady `quorum` when too few may vote; then nothing is decided.
    """
    item = queries.item(item_id, by)
    sitting(item.meeting_id, "decide", by, at)
    log.hold({NUMBERS})  # one number each, and one decision alone replaces another
    row = queries.decision_on(item.id)
    found = _checked(item, proposal, votes, row, at)
    made = _written(row, item, found, by, at)
    Vote.objects.filter(decision_id=made.id).delete()
    Vote.objects.bulk_create(
        Vote(decision_id=made.id, seat_id=seat, vote=vote) for seat, vote in sorted(votes.items())
    )
    log.append(
        "decision.corrected" if row else "decision.taken",
        stream=made.id, by=by, at=at, clause=rules.CLAUSE, **_said(made),
    )  # fmt: skip
    return made


def _checked(
    item: Item, proposal: Proposal, votes: Mapping[int, str], row: Decision | None, at: datetime
) -> Decision:
    """A row that is not kept yet, with everything that was given; or what is wrong with it."""
    table = queries.table(item, at)
    if not table.quorate:
        raise NotReady(
            rules.CLAUSE, missing=["quorum"], present=len(table.voters), needed=table.needed
        )
    if set(votes) != set(table.voters) or not set(votes.values()) <= set(rules.VOTES):
        raise Invalid({"votes": "every_seat_votes"}, rules.CLAUSE)
    counted = Counter(votes.values())
    tally = {vote: counted[vote] for vote in rules.VOTES}
    adopted = rules.adopted(votes=tally, percent=table.majority)
    owner, due_on = _follows(proposal, adopted, at)
    return Decision(
        text=words(proposal.text, "text"), clauses=_clauses(proposal.clauses, at),
        adopted=adopted, votes_for=tally["for"], votes_against=tally["against"],
        votes_abstain=tally["abstain"], owner_id=owner, due_on=due_on,
        replaces=_replaced(proposal.replaces, row),
    )  # fmt: skip


def _follows(proposal: Proposal, adopted: bool, at: datetime) -> tuple[int, date | None]:
    """Who does what follows, by when: both or neither; nothing follows from what was rejected."""
    if not proposal.owner_id and proposal.due_on is None:
        return 0, None
    if proposal.due_on is None:
        raise Invalid({"due_on": "missing"}, rules.CLAUSE)
    known_staff(proposal.owner_id, "owner_id")
    if proposal.due_on < rules.today(at):
        raise Invalid({"due_on": "in_the_past"}, rules.CLAUSE)
    return (proposal.owner_id, proposal.due_on) if adopted else (0, None)


def _clauses(given: str, at: datetime) -> list[str]:
    """At least one clause, each of which the handbook has."""
    found = list(dict.fromkeys(word for word in re.split(r"[\s,，、;；]+", given) if word))
    if not found:
        raise Invalid({"clauses": "missing"}, rules.CLAUSE)
    known = policy.current(at).clauses
    if len(found) > MOST_CLAUSES or not all(clause in known for clause in found):
        raise Invalid({"clauses": "no_such_clause"}, rules.CLAUSE)
    return found


def _replaced(number: str, row: Decision | None) -> int:
    """The id of an adopted decision of a meeting that has ended, not replaced by another yet."""
    if not number.strip():
        return 0
    earlier = queries.replaceable(number.strip(), but=row.id if row else 0)
    if earlier is None:
        raise Invalid({"replaces": "not_to_be_replaced"}, rules.CLAUSE)
    return earlier.id


def _written(
    row: Decision | None, item: Item, found: Decision, by: Actor, at: datetime
) -> Decision:
    found.salt = secrets.token_bytes(16)
    found.item_id, found.meeting_id, found.decided_at = item.id, item.meeting_id, at
    if row is None:
        found.id, found.number = new_id(at), queries.next_number(at)
        found.save(force_insert=True)
    else:
        found.id, found.number, found.version = row.id, row.number, row.version + 1
        found.save(force_update=True)
    return found


def _said(made: Decision) -> dict[str, object]:
    return {
        "decision": made.id, "number": made.number, "version": made.version,
        "meeting": made.meeting_id, "item": made.item_id,
        "clauses": list(made.clauses), "adopted": made.adopted,
        "votes": [made.votes_for, made.votes_against, made.votes_abstain],
        "owner": made.owner_id, "due_on": made.due_on.isoformat() if made.due_on else "",
        "replaces": made.replaces, "words": log.words(made.text, bytes(made.salt)),
    }  # fmt: skip


@transaction.atomic
def publish(*, id: int, by: Actor, at: datetime) -> Decision:
    """公开：an adopted decision of a meeting that has ended stands on the public page."""
    writers_only(by, "publish")
    row = queries.locked_decision(id)
    if not row.adopted or row.published_at or not queries.has_ended(row.meeting_id):
        state = "published" if row.published_at else "adopted" if row.adopted else "rejected"
        raise NotPossible(rules.CLAUSE, state=state, action="publish", possible=[])
    row.published_at, row.published_by = at, by.id
    row.save(update_fields=["published_at", "published_by"])
    log.append(
        "decision.published", stream=row.id, by=by, at=at, clause=rules.CLAUSE,
        decision=row.id, number=row.number,
    )  # fmt: skip
    return row


@transaction.atomic
def finish(*, id: int, by: Actor, at: datetime) -> Decision:
    """落实：what followed from a decision is done; said by who does it, or by the committee."""
    row = queries.locked_decision(id)
    if not (rules.may_write(by) or (row.owner_id and by.is_staff and by.id == row.owner_id)):
        writers_only(by, "finish")
    open_ = row.owner_id and not row.done_at and queries.has_ended(row.meeting_id)
    if not open_ or queries.is_replaced(row.id):
        raise NotPossible(rules.CLAUSE, state="settled", action="finish", possible=[])
    row.done_at, row.done_by = at, by.id
    row.save(update_fields=["done_at", "done_by"])
    log.append(
        "decision.finished", stream=row.id, by=by, at=at, clause=rules.CLAUSE,
        decision=row.id, number=row.number, owner=row.owner_id,
        due_on=row.due_on.isoformat() if row.due_on else "",
    )  # fmt: skip
    return row
