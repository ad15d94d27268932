"""告知方式: in which order somebody is told, of what beyond the app, and when not (2.4.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.events import log
from bihuan.notify import queries, wires
from bihuan.notify.commands.telling import tell
from bihuan.notify.models import Wish
from bihuan.notify.queries import Told
from bihuan.notify.rules import INBOX
from bihuan.notify.wishes import QUIET_MOST, Quiet
from bihuan.notify.wordings import wish_words
from bihuan.store.blocks import new_id

CLAUSE = "2.4.1"


@dataclass(frozen=True, slots=True)
class Wished:
    """What somebody asks for: the way first taken, the ones after it, what stays in the app.

    `then` None: whichever other way there is.
    """

    first: str
    then: tuple[str, ...] | None = None
    app_only: tuple[str, ...] = ()
    quiet: Quiet | None = None


@transaction.atomic
def set_wishes(
    *, person_id: int, wished: Wished, case_id: int = 0, by: Actor, at: datetime
) -> Told:
    """更改告知方式：by the person, or by a colleague they ask, for a case that he sees.

    Who had it changed for them is told so in the app and by the way used until now, and it can be
    set back (`unset_wishes`). Raises Invalid with the field, NotFound.
    """
    old = _begin(person_id, case_id, by)
    _check(wished, old, at)
    row = _row(at, person_id=person_id)
    before = _kept(row, people.shown([person_id], SYSTEM)[person_id].tell_by)
    _write(row, wished, by, at, before if by.is_staff else None)
    return _changed(person_id, wished, old, case_id, by, at)


@transaction.atomic
def unset_wishes(*, person_id: int, case_id: int, by: Actor, at: datetime) -> Told:
    """恢复更改前的告知方式：what it was before a colleague changed it; NotPossible if none did."""
    old = _begin(person_id, case_id, by)
    row = _row(at, person_id=person_id)
    if not row.before:
        raise NotPossible(CLAUSE, state="not_changed", action="unset_wishes", possible=[])
    wished = _wished(row.before)
    _write(row, wished, by, at, None)
    return _changed(person_id, wished, old, case_id, by, at)


@transaction.atomic
def keep_to_app(*, person_id: int, topic: str, at: datetime) -> bool:
    """退订：what the link in a letter asks for; False when nothing had to change.

    Whoever holds the link may do no more with it than this, and the person can take it back.
    """
    if topic not in {one.id for one in queries.topics("customer", at)}:
        raise NotFound()
    if not people.is_person(person_id):
        raise NotFound()
    row = _row(at, person_id=person_id)
    if topic in row.app_only:
        return False
    row.app_only, row.changed_at = [*row.app_only, topic], at
    row.save()
    _say(
        person_id, person_id, row, people.shown([person_id], SYSTEM)[person_id].tell_by, SYSTEM, at
    )
    return True


@transaction.atomic
def set_staff_wishes(*, app_only: Sequence[str], off_duty: bool, by: Actor, at: datetime) -> Wish:
    """本人的邮件提醒：which topics stay in the app, and whether letters wait for the next shift.

    Nobody's business but one's own, so no event; breaches come by mail whatever is chosen (2.3.3).
    """
    if not by.is_staff or not by.id:
        raise NotFound()
    _known_topics(app_only, "staff", at)
    row = _row(at, staff_id=by.id)
    row.app_only, row.off_duty, row.changed_at = list(dict.fromkeys(app_only)), off_duty, at
    row.save()
    return row


def _begin(person_id: int, case_id: int, by: Actor) -> Told:
    if by.is_staff and case_id not in wires.case_links({case_id}, by):
        raise NotFound()
    return queries.told_how(person_id, by)


def _check(wished: Wished, old: Told, at: datetime) -> None:
    inputs.one_of(wished.first, [INBOX, *old.ways], field="first")
    for way in wished.then or ():
        inputs.one_of(way, list(old.ways), field="then")
    _known_topics(wished.app_only, "customer", at)
    if wished.quiet and not 0 < wished.quiet.length.total_seconds() <= QUIET_MOST.total_seconds():
        hours = QUIET_MOST.total_seconds() / 3600
        raise Invalid({"quiet": "quiet_too_long"}, CLAUSE, most=int(hours))


def _known_topics(given: Sequence[str], audience: str, at: datetime) -> None:
    known = [one.id for one in queries.topics(audience, at)]
    for topic in given:
        inputs.one_of(topic, known, field="app_only")


def _row(at: datetime, **whose: int) -> Wish:
    """Theirs, held until the transaction ends; written by whoever asks first."""
    row, _new = Wish.objects.select_for_update().get_or_create(
        **whose, defaults={"id": new_id(at), "changed_at": at}
    )
    return row


def _write(
    row: Wish, wished: Wished, by: Actor, at: datetime, before: dict[str, Any] | None
) -> None:
    row.then = None if wished.then is None else list(dict.fromkeys(wished.then))
    row.app_only = list(dict.fromkeys(wished.app_only))
    row.quiet_from = wished.quiet.begins if wished.quiet else None
    row.quiet_until = wished.quiet.ends if wished.quiet else None
    row.before, row.changed_at = before, at
    row.changed_by = by.id if by.is_staff else 0
    row.save()
    accounts.set_preferences(person_id=row.person_id, tell_by=wished.first, by=by, at=at)


def _kept(row: Wish, first: str) -> dict[str, Any]:
    """As it is now, so that it can be set back."""
    return {
        "first": first, "then": row.then, "app_only": row.app_only,
        "quiet": None if row.quiet_from is None else [row.quiet_from, row.quiet_until],
    }  # fmt: skip


def _wished(kept: Mapping[str, Any]) -> Wished:
    return Wished(
        first=kept["first"],
        then=None if kept["then"] is None else tuple(kept["then"]),
        app_only=tuple(kept["app_only"]),
        quiet=Quiet(*kept["quiet"]) if kept["quiet"] else None,
    )


def _changed(
    person_id: int, wished: Wished, old: Told, case_id: int, by: Actor, at: datetime
) -> Told:
    """Say so in the log, and to the person when it was not they who changed it."""
    row = Wish.objects.get(person_id=person_id)
    event = _say(case_id or person_id, person_id, row, wished.first, by, at)
    now = queries.told_how(person_id, by)
    if by.is_staff:
        english = people.shown([person_id], SYSTEM)[person_id].locale
        tell(
            "preferences_changed",
            key=f"{event}:preferences_changed:p{person_id}",
            facts={"ways": wish_words(now, english, at), "link": f"{settings.BASE_URL}/settings/"},
            at=at, person_id=person_id, case_id=case_id, channels=(old.first,), locale=english,
        )  # fmt: skip
    return now


def _say(stream: int, person_id: int, row: Wish, first: str, by: Actor, at: datetime) -> str:
    quiet = "" if row.quiet_from is None else f"{row.quiet_from}-{row.quiet_until}"
    event = log.append(
        "person.wishes_set", stream=stream, by=by, at=at, clause=CLAUSE, person=person_id,
        ways=[first, *(row.then or ())], quiet=quiet, topics=row.app_only,
    )  # fmt: skip
    return f"{event.stream}.{event.seq}"
