"""Meetings and decisions as pages show them: to those who may read all, to staff, to everybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.core import keyset
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.events import log
from bihuan.events.seals import Said
from bihuan.improvement.models import Decision, Item, Meeting, Vote
from bihuan.improvement.queries import rows
from bihuan.improvement.queries.rows import Seated, Table
from bihuan.improvement.rules import committee as rules

PAGE = 20


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with the names behind its ids; `department` is its owner's."""

    row: Decision
    state: str
    owner: str
    department: str
    meeting_at: datetime
    ended: bool
    replaced_by: str
    replaces: str
    replaced_by_id: int


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting in the list, with how many points it has and how many were decided."""

    row: Meeting
    items: int
    decisions: int


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """A point of the agenda; `cases` are numbers with their page, "" where out of sight."""

    row: Item
    put_by: str
    cases: list[tuple[str, str]]
    recused: list[tuple[Seated, str]]
    decision: Decided | None


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """A meeting with everything on it."""

    row: Meeting
    items: list[AgendaItem]
    seats: list[Seated]
    present: set[int]
    begun: bool
    writable: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One keyset page of decisions; `cursor` opens the next, empty at the end."""

    found: list[Decided]
    cursor: str = ""


def visible(by: Actor, at: datetime) -> QuerySet[Decision]:
    """All for the committee and those who answer for the handling; else published, or one's own."""
    if rules.reads_all(by) or rows.sits(by, at):
        return Decision.objects.all()
    if by.is_staff:
        return Decision.objects.filter(Q(published_at__isnull=False) | Q(owner_id=by.id))
    return Decision.objects.none()


def decisions(
    by: Actor, at: datetime, *, view: str = "", cursor: str = "", limit: int = PAGE
) -> Page:
    """Newest first; `view` is "", open (still to be done) or mine. NotFound for outsiders."""
    if not rules.works_here(by):
        raise NotFound()
    found = visible(by, at)
    if view in ("open", "mine"):
        found = found.filter(owner_id__gt=0, done_at__isnull=True, adopted=True)
        found = found.exclude(Exists(_replacing()))
    if view == "mine":
        found = found.filter(owner_id=by.id)
    return _paged(found, "decided_at", at, cursor, limit)


def published(at: datetime, *, cursor: str = "", limit: int = PAGE) -> Page:
    """What everybody may read, the newest first."""
    found = Decision.objects.filter(published_at__isnull=False, published_at__lte=at)
    return _paged(found, "published_at", at, cursor, limit)


def decision(id: int, by: Actor, at: datetime) -> tuple[Decided, list[tuple[Seated, str]]]:
    """That decision, and how each seat voted; NotFound when there is none for this actor."""
    found = shown(visible(by, at).filter(id=id), at)
    if not found:
        raise NotFound()
    if not (rules.reads_all(by) or rows.sits(by, at)):
        return found[0], []  # who voted how is not for everybody
    votes = dict(Vote.objects.filter(decision_id=id).values_list("seat_id", "vote"))
    seats = rows.seated(votes)
    return found[0], [(seats[seat], vote) for seat, vote in votes.items() if seat in seats]


def _replacing() -> QuerySet[Decision]:
    return Decision.objects.filter(replaces=OuterRef("id"), adopted=True)


def _paged(found: QuerySet[Decision], key: str, at: datetime, cursor: str, limit: int) -> Page:
    if cursor:
        before, id = keyset.read(cursor, datetime, int)
        found = found.filter(Q(**{f"{key}__lt": before}) | Q(**{key: before, "id__lt": id}))
    page, after = keyset.cut(
        found.order_by(f"-{key}", "-id")[: limit + 1],
        limit,
        lambda row: (getattr(row, key), row.id),
    )
    return Page(shown(page, at), after)


def shown(given: Iterable[Decision], at: datetime) -> list[Decided]:
    """These with the names behind their ids; the same number of queries for any number."""
    found = list(given)
    ids = {row.id for row in found}
    later = {row.replaces: row for row in Decision.objects.filter(replaces__in=ids, adopted=True)}
    earlier = Decision.objects.in_bulk({row.replaces for row in found if row.replaces})
    meetings = Meeting.objects.in_bulk({row.meeting_id for row in found})
    staff = people.colleagues(row.owner_id for row in found if row.owner_id)
    return [
        Decided(
            row=row,
            state=rules.standing(
                adopted=row.adopted, replaced=row.id in later, due_on=row.due_on,
                done_at=row.done_at, at=at,
            ),
            owner=staff[row.owner_id].name if row.owner_id in staff else "",
            department=staff[row.owner_id].department if row.owner_id in staff else "",
            meeting_at=meetings[row.meeting_id].starts_at,
            ended=meetings[row.meeting_id].state != "planned",
            replaced_by=later[row.id].number if row.id in later else "",
            replaced_by_id=later[row.id].id if row.id in later else 0,
            replaces=earlier[row.replaces].number if row.replaces in earlier else "",
        )
        for row in found
    ]  # fmt: skip


def meetings(by: Actor, at: datetime, *, limit: int = PAGE) -> list[Sitting]:
    """The newest meetings, for those who may read all."""
    if not (rules.reads_all(by) or rows.sits(by, at)):
        return []
    found = list(Meeting.objects.order_by("-starts_at", "-id")[:limit])
    ids = [row.id for row in found]
    points = list(Item.objects.filter(meeting_id__in=ids).values_list("meeting_id", flat=True))
    taken = list(Decision.objects.filter(meeting_id__in=ids).values_list("meeting_id", flat=True))
    return [Sitting(row, points.count(row.id), taken.count(row.id)) for row in found]


def meeting(id: int, by: Actor, at: datetime) -> MeetingPage:
    """That meeting with its agenda; NotFound for whoever may not read all."""
    found = Meeting.objects.filter(id=id).first()
    if found is None or not (rules.reads_all(by) or rows.sits(by, at)):
        raise NotFound()
    seats = [seat.id for seat in rows.seats_on(rules.today(found.starts_at))]
    return MeetingPage(
        row=found,
        items=_agenda(list(Item.objects.filter(meeting_id=id).order_by("place")), by, at),
        seats=sorted(rows.seated(seats).values(), key=lambda seat: seats.index(seat.id)),
        present=rows.present(id),
        begun=found.starts_at <= at,
        writable=found.state == "planned" and rules.may_write(by),
    )


def item_page(id: int, by: Actor, at: datetime) -> tuple[MeetingPage, AgendaItem, Table]:
    """One point with its meeting and who may vote on it."""
    row = rows.item(id, by)
    page = meeting(row.meeting_id, by, at)
    return page, next(one for one in page.items if one.row.id == id), rows.table(row, at)


def _agenda(items: Sequence[Item], by: Actor, at: datetime) -> list[AgendaItem]:
    names = people.staff_names(item.put_by for item in items)
    numbers = {number for item in items for number in item.cases}
    seen = {case.number: case.desk_url for case in cases.visible(by).filter(number__in=numbers)}
    taken = Decision.objects.filter(item_id__in=[item.id for item in items])
    decided = {one.row.item_id: one for one in shown(taken, at)}
    away = rows.recused_from([item.id for item in items])
    seats = rows.seated(seat for found in away.values() for seat in found)
    return [
        AgendaItem(
            row=item,
            put_by=names.get(item.put_by, ""),
            cases=[(number, seen.get(number, "")) for number in item.cases],
            recused=[
                (seats[seat], why) for seat, why in away.get(item.id, {}).items() if seat in seats
            ],
            decision=decided.get(item.id),
        )
        for item in items
    ]


def changed_words(said: Sequence[Said]) -> Iterator[Said]:
    """Decisions whose words still stand but are not the words that were said (HOUSE §7).

    A correction during the meeting counts the version up: only what was said last is compared.
    """
    speaking = [one for one in said if "decision" in one.data and "words" in one.data]
    kept = Decision.objects.in_bulk({one.data["decision"] for one in speaking})
    for one in speaking:
        row = kept.get(one.data["decision"])
        if row is None or row.version != one.data["version"]:
            continue
        if log.words(row.text, bytes(row.salt)) != one.data["words"]:
            yield one
