"""Messages as their reader, the desk and the proof of the closed loop see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.crypto import salted_hmac

from bihuan.accounts import queries as accounts
from bihuan.core import reply_token as reply_tokens
from bihuan.core.actors import Actor, Role
from bihuan.notify import rules, wires
from bihuan.notify.models import FAILED, Message
from bihuan.web.counted import MOST, counted

NO_WAY_IN = "no_way_in"
ARRIVED = ("sent", "delivered")
SHOWN = 100  # messages on one page


@dataclass(frozen=True, slots=True)
class Note:
    """A message in somebody's inbox; `link` is "" when there is no case to open."""

    id: int
    subject: str
    body: str
    at: datetime
    unread: bool
    link: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one message of a case; `state` also says `retrying` and `held`."""

    id: int
    template: str
    channel: str
    subject: str
    to_staff: bool
    state: str
    tries: int
    error: str
    created_at: datetime
    sent_at: datetime | None
    next_try_at: datetime | None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replied:
    """The message of ours that a mail answers; its reader's case, 0 where it is about none."""

    message_id: int
    case_id: int
    person_id: int


def mine(by: Actor, case_id: int = 0) -> QuerySet[Message]:
    """The in-app messages addressed to this actor, of one case when a guest may see only that.

    Nobody's for anybody without an id; nor what was told of a case that is closed to him now.
    """
    if not by.id:
        return Message.objects.none()
    inbox = Message.objects.filter(channel=rules.INBOX)
    if case_id:
        inbox = inbox.filter(case_id=case_id)
    if by.is_staff:
        closed = wires.hidden_cases(by)
        inbox = inbox.filter(staff_id=by.id)
        return inbox if closed is None else inbox.exclude(case_id__in=closed)
    return inbox.filter(person_id=by.id) if Role.CUSTOMER in by.roles else inbox.none()


def for_person(by: Actor, *, case_id: int = 0, most: int = SHOWN) -> list[Note]:
    """A customer's messages, newest first; those of one case when a guest may see only that."""
    return _notes(mine(by, case_id), by, most)


def for_staff(by: Actor, *, most: int = SHOWN) -> list[Note]:
    """What the house told this member of staff, newest first."""
    return _notes(mine(by), by, most)


def unread(by: Actor, *, case_id: int = 0, most: int = MOST) -> int:
    """How many messages wait to be read; as far as a page says it."""
    return counted(mine(by, case_id).filter(read_at__isnull=True), most)


def told_by_channel(since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    """By channel, how many people were to be told something by it, and how many were reached."""
    rows = Message.objects.filter(created_at__gte=since, created_at__lt=until, person_id__gt=0)
    people = Count("person_id", distinct=True)
    reached = Count("person_id", filter=Q(state__in=ARRIVED), distinct=True)
    counted = rows.order_by().values_list("channel").annotate(people=people, reached=reached)
    return {channel: (told, came) for channel, told, came in counted}


def waiting() -> dict[str, int]:
    """How many wait to be sent, and how many to people did not arrive; for programs that watch."""
    return {
        "queued": Message.objects.filter(state="queued").count(),
        "failed": Message.objects.filter(state__in=FAILED, person_id__gt=0).count(),
    }


def for_case(case_id: int) -> list[Fate]:
    """Each message of a case and what became of it, oldest first; whoever may see the case."""
    return [fate(row) for row in Message.objects.filter(case_id=case_id).order_by("id")]


def has_trail(case_ids: Iterable[int]) -> set[int]:
    """Those of the cases of which at least one notice reached the person (2.4.1).

    Who left neither account nor contact can be told no other way than at the counter or the phone:
    that this is known and shown is the trail, for as long as it is so.
    """
    mine = Message.objects.filter(person_id__gt=0, case_id__in=list(case_ids))
    told = set(mine.filter(state__in=ARRIVED).values_list("case_id", flat=True))
    shut = dict(mine.filter(error=NO_WAY_IN).values_list("case_id", "person_id"))
    nobody = accounts.unreachable(shut.values())
    return told | {case for case, person in shut.items() if person in nobody}


def ways_out() -> frozenset[str]:
    """The channels by which anything can be told."""
    return wires.channels()


def contact(person_id: int, staff_id: int, channel: str) -> str | None:
    """Where the reader gets a message of this channel, in clear: for sending only, kept nowhere."""
    if person_id:
        return accounts.contact(person_id, channel)
    return accounts.staff_contact(staff_id) if channel == "email" else None


def last_told(person_ids: Iterable[int], channel: str) -> tuple[int, datetime] | None:
    """The case of the newest message that went to these by this way, and when; None for none."""
    rows = Message.objects.filter(
        person_id__in=set(person_ids), channel=channel, sent_at__isnull=False, case_id__gt=0
    )
    found = rows.order_by("-sent_at", "-id").values_list("case_id", "sent_at").first()
    return (found[0], found[1]) if found and found[1] else None


def said_in_app(keys: Iterable[str]) -> dict[str, rules.Words]:
    """By the key of a message, the words of the same notice as it stands in the app."""
    asked = {f"{rules.occasion(key)}:{rules.INBOX}": key for key in keys}
    rows = Message.objects.filter(key__in=asked)
    return {asked[row.key]: rules.Words(row.subject, row.body) for row in rows}


def gone_by(keys: Iterable[str]) -> dict[str, set[str]]:
    """By occasion, the ways that the same notice went already, or is to go, to the same reader."""
    occasions = {rules.occasion(key) for key in keys}
    asked = [f"{one}:{way}" for one in occasions for way in wires.ways()]
    found: dict[str, set[str]] = {one: set() for one in occasions}
    for key in Message.objects.filter(key__in=asked).values_list("key", flat=True):
        found[rules.occasion(key)].add(key.rpartition(":")[2])
    return found


def letters_since(
    person_ids: Iterable[int], templates: Iterable[str], since: datetime
) -> dict[int, list[datetime]]:
    """When each of them was sent such letters since then, or is to be."""
    lately = Q(created_at__gt=since) | Q(sent_at__gt=since) | Q(next_try_at__gt=since)
    rows = Message.objects.filter(
        lately, person_id__in=set(person_ids), channel=rules.EMAIL, template__in=set(templates)
    )
    found: dict[int, list[datetime]] = {}
    for person, sent, due, made in rows.values_list(
        "person_id", "sent_at", "next_try_at", "created_at"
    ):
        found.setdefault(person, []).append(sent or due or made)
    return found


def unreachable(messages: Iterable[Message]) -> set[int]:
    """The persons among the readers who left neither account nor contact: no inbox opens."""
    return accounts.unreachable({one.person_id for one in messages} - {0})


def reached(ways: Iterable[tuple[int, int, str]]) -> set[tuple[int, int, str]]:
    """Those of these (person, staff, channel) at which the reader has a contact."""
    asked = set(ways)
    persons = {
        channel: accounts.contacts(
            {person for person, _, c in asked if c == channel and person}, channel
        )
        for channel in {channel for _, _, channel in asked}
    }
    staff = accounts.staff_contacts({s for person, s, c in asked if c == "email" and not person})
    return {
        way
        for way in asked
        if (way[0] in persons[way[2]] if way[0] else way[2] == "email" and way[1] in staff)
    }


def reply_token(message_id: int) -> str:
    """What a letter carries so that an answer to it is known: nobody else can make one."""
    return reply_tokens.make(_reply_secret(), message_id)


def replied_to(texts: Iterable[str]) -> Replied | None:
    """Which letter of ours these addresses and Message-IDs name; the first of several that is a
    person's about a case, else the first. None without a token of ours.
    """
    ids = reply_tokens.read(_reply_secret(), texts)
    rows = Message.objects.filter(id__in=ids, channel=rules.EMAIL) if ids else ()
    known = {row.id: Replied(row.id, row.case_id, row.person_id) for row in rows}
    found = [known[id] for id in ids if id in known]
    return next(
        (one for one in found if one.case_id and one.person_id), found[0] if found else None
    )


def named(token: str, channel: str) -> int | None:
    """The message of this channel that went out with this token; None for another's."""
    ids = reply_tokens.read(_reply_secret(), [token])
    rows = Message.objects.filter(id__in=ids, channel=channel)
    return rows.values_list("id", flat=True).first()


def _reply_secret() -> bytes:
    return salted_hmac("bihuan.notify.reply", "", algorithm="sha256").digest()


def fate(row: Message) -> Fate:
    """How far a message has come."""
    return Fate(
        id=row.id,
        template=row.template,
        channel=row.channel,
        subject=row.subject,
        to_staff=row.staff_id > 0,
        state=_state(row),
        tries=row.tries,
        error=row.error,
        created_at=row.created_at,
        sent_at=row.sent_at,
        next_try_at=row.next_try_at,
        read_at=row.read_at,
    )


def _state(row: Message) -> str:
    if row.state == "queued":
        return "retrying" if row.tries else "held" if row.held else "queued"
    return row.state


def _notes(rows: QuerySet[Message], by: Actor, most: int) -> list[Note]:
    found = list(rows.order_by("-created_at", "-id")[:most])
    links = wires.case_links({row.case_id for row in found if row.case_id}, by)
    return [
        Note(
            id=row.id,
            subject=row.subject,
            body=row.body,
            at=row.created_at,
            unread=row.read_at is None,
            link=links.get(row.case_id, ""),
        )
        for row in found
    ]


def link_of(message_id: int, by: Actor, *, case_id: int = 0) -> str:
    """Where to look at the case of one of the reader's own messages; "" when there is none."""
    row = mine(by, case_id).filter(id=message_id).first()
    if row is None or not row.case_id:
        return ""
    return wires.case_links({row.case_id}, by).get(row.case_id, "")
