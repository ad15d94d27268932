"""What a case is: kind, category, issue; nobody alone takes a promise away with it (2.1.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from bihuan.cases import deadlines, queries
from bihuan.cases.commands.sorting import may_turn_down, not_now, recounted
from bihuan.cases.commands.steps import begin, handbook, say
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import Case, Entry, KindChange
from bihuan.cases.rules import PRIORITIES, UNSURE
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.core.lifecycle import Step
from bihuan.core.refusals import Invalid, NotPermitted
from bihuan.store.blocks import new_id


@transaction.atomic
def classify(
    *,
    number: str,
    reason: str,
    kind: str = "",
    category: str = "",
    issue: str = "",
    complained_at: datetime | None = None,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """改类：the old value, who and why stay in the log (2.1.2).

    What turns into a complaint counts the complaint's promises from the message that complains:
    as told, where it came by phone, else the person's last words. Older promises stay. A kind
    that owes less waits for a second person, as a higher severity does (X-07): the clocks run on.
    """
    case, step = begin(number, "classify", by, expected_version)
    book = handbook(case)
    if not category and issue in book.issues:
        category = book.issues[issue].category
    wanted = {"kind": kind, "category": category, "issue": issue}
    _check(case, wanted, complained_at, book)
    if kind:
        KindChange.objects.filter(case_id=case.id, ended_at=None).update(ended_at=at)
    if kind and _takes_away(case, kind):
        return _asked(case, step, wanted, reason, by, at)
    if kind == "complaint" != case.kind:
        case.complained_at = _arrival(case, complained_at, at)
    return _become(case, step, wanted, reason, by, at)


def _check(
    case: Case, wanted: dict[str, str], complained_at: datetime | None, book: Handbook
) -> None:
    """Invalid, beside its field: what is unknown, does not belong together, or changes nothing."""
    kind, category, issue = wanted.values()
    if issue and issue not in book.issues:
        raise Invalid({"issue": "not_known"}, clause="2.1.2")
    now = issue or case.issue
    if category and now not in ("", UNSURE) and book.issues[now].category != category:
        raise Invalid({"issue": "issue_of_another_category"}, clause="2.1.2")
    if complained_at and not kind == "complaint" != case.kind:
        raise Invalid({"complained_at": "no_new_complaint"}, clause="2.1.2")
    waits = queries.kind_change(case) is not None  # naming the kind it has drops what was proposed
    if not waits and all(value in ("", getattr(case, name)) for name, value in wanted.items()):
        raise Invalid({"kind": "no_change"}, clause="2.1.2")


@transaction.atomic
def approve_kind(
    *, number: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """复核改类：by a second person; what is no longer owed ends now, not when it was asked for."""
    case, step = begin(number, "approve_kind", by, expected_version)
    asked = queries.kind_change(case)
    if asked is None:
        raise not_now(case, step, by)
    if asked.asked_by == by.id:
        raise NotPermitted(step.clause, action="approve_kind", why="second_person")
    asked.approved_by, asked.ended_at = by.id, at
    asked.save(update_fields=["approved_by", "ended_at"])
    wanted = {"kind": asked.kind, "category": asked.category, "issue": asked.issue}
    return _become(case, step, wanted, "", by, at)


@transaction.atomic
def keep_kind(
    *, number: str, reason: str, expected_version: int | None = None, by: Actor, at: datetime
) -> Case:
    """维持原性质：whoever asked takes it back, or a second person turns it down; nothing moves."""
    case, step = begin(number, "keep_kind", by, expected_version)
    asked = queries.kind_change(case)
    if asked is None:
        raise not_now(case, step, by)
    may_turn_down(step, by, asked.asked_by)
    asked.ended_at = at
    asked.save(update_fields=["ended_at"])
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    return say(case, step, by, at, asked=_named(asked), told=[asked.asked_by], **said)


def _named(asked: KindChange) -> dict[str, str]:
    wanted = {"kind": asked.kind, "category": asked.category, "issue": asked.issue}
    return {name: value for name, value in wanted.items() if value}


def _takes_away(case: Case, kind: str) -> bool:
    """Whether a hard promise of this case is none of that kind; a complaint keeps the older."""
    if kind in (case.kind, "complaint"):
        return False
    book = handbook(case)
    kept = deadlines.promised(case, book, kind=kind)
    return any(p.hard and p not in kept for p in deadlines.promised(case, book))


def _asked(
    case: Case, step: Step, wanted: dict[str, str], reason: str, by: Actor, at: datetime
) -> Case:
    """Nothing of the case changes yet: it is said, and waits."""
    row = KindChange(id=new_id(at), case_id=case.id, asked_by=by.id, asked_at=at, **wanted)
    row.save(force_insert=True)
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    return say(case, step, by, at, kind="case.kind_proposed", asked=_named(row), **said)


def _become(
    case: Case, step: Step, wanted: dict[str, str], reason: str, by: Actor, at: datetime
) -> Case:
    """What was named is so from now on; what was not ("") stays as it is by now.

    An issue that the handbook itself calls urgent makes the case so, and never less (X-30).
    """
    before: dict[str, Any] = {name: getattr(case, name) for name in wanted}
    for name, value in wanted.items():
        setattr(case, name, value or before[name])
    urgent = {o.priority for o in handbook(case).overrides.values() if case.issue in o.issues}
    first = min({case.priority, *urgent}, key=PRIORITIES.index)
    if first != case.priority:
        before["priority"], case.priority = case.priority, first
    return recounted(case, step, reason, by, at, before=before)


def _arrival(case: Case, told: datetime | None, at: datetime) -> datetime:
    """When the message that complains arrived, never when somebody sorted it (X-09)."""
    words = Entry.objects.filter(case_id=case.id, voice="user").aggregate(last=Max("at"))
    arrived: datetime = told or words["last"] or case.received_at
    if not case.received_at <= arrived <= at:
        raise Invalid({"complained_at": "not_valid"}, clause="2.1.2")
    return arrived
