"""A person asks, is let in by what only they hold, calls for people again, and judges (6.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from bihuan.chat import loader, queries
from bihuan.chat.commands.giving import give_now
from bihuan.chat.commands.saying import CLIENT_MARK, Said, goes_on, put, words_of
from bihuan.chat.commands.sealing import seal_anew
from bihuan.chat.commands.steps import begin, happened, say, tell
from bihuan.chat.models import Conversation
from bihuan.chat.rules import CLAUSE, GOING, WAITING
from bihuan.core import inputs
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotSignedIn, TooMany
from bihuan.store import secrets
from bihuan.store.blocks import new_id

#: Chats an hour of one customer, and of all the guests of one network: a telephone company has a
#: single address for thousands of people.
OWN_MOST, NETWORK_MOST, ASKED_WITHIN = 12, 60, timedelta(hours=1)
URGE_AGAIN = timedelta(seconds=60)


@transaction.atomic
def ask(
    *, text: str, mark: str = "", token: str = "", network: str = "", locale: str = "zh-hans",
    by: Actor, at: datetime,
) -> Said:  # fmt: skip
    """咨询：the first words of a chat, which stands in the queue of people at once.

    Whoever is in a chat goes on with it; sent again with the same `mark` it is the same message.
    `token` is what the browser holds of 256 bits (`queries.mark_of`); NotSignedIn without either.
    TooMany past OWN_MOST chats an hour, NETWORK_MOST of guests; Invalid for the words.
    """
    own_mark = queries.mark_of(token)
    signed_in = Role.CUSTOMER in by.roles and bool(by.id)
    if own_mark is None and not signed_in:
        raise NotSignedIn(CLAUSE)
    said = words_of(text)
    inputs.words(mark, field="mark", most=CLIENT_MARK, lines=False)
    known = queries.going(by, token)
    row = queries.locked(known.id, by, token) if known else None
    if row is not None and row.is_going:  # it may have ended while it was waited for
        return goes_on(row, said, mark, by, at)
    network_mark = secrets.blind("chat_conversation", "network", network) if network else b""
    _not_too_often(network_mark, by, signed_in, at)
    try:
        with transaction.atomic():
            row = _begun(own_mark, signed_in, network_mark, locale, by, at)
    except IntegrityError:  # the other press was first: one_chat_at_a_time
        row = queries.locked(_going(by, token).id, by, token)
        return goes_on(row, said, mark, by, at)
    made = put(row, said, mark=mark, by=by, at=at)
    give_now(row.line, at)
    row.refresh_from_db()
    return Said(row, made.turn)


def _going(by: Actor, token: str) -> Conversation:
    found = queries.going(by, token)
    if found is None:
        raise NotFound()
    return found


def _begun(
    own_mark: bytes | None, signed_in: bool, network: bytes, locale: str, by: Actor, at: datetime
) -> Conversation:
    row = Conversation.objects.create(
        id=new_id(at), mark=None if signed_in else own_mark,
        person_id=by.id if signed_in else 0, proven=signed_in, asked_from=network,
        locale=locale if locale in ("zh-hans", "en") else "zh-hans", line=loader.first_line(),
        asked_at=at, queued_at=at, said_at=at, here_at=at, unanswered_at=at,
    )  # fmt: skip
    say("chat.asked", row, by, at, proven=signed_in)
    tell(row, "asked")
    return row


def _not_too_often(network: bytes, by: Actor, signed_in: bool, at: datetime) -> None:
    rows = Conversation.objects.filter(asked_at__gt=at - ASKED_WITHIN)
    rows = rows.filter(person_id=by.id) if signed_in else rows.filter(asked_from=network)
    if not (signed_in or network):
        return
    most = OWN_MOST if signed_in else NETWORK_MOST
    newest = list(rows.order_by("-asked_at").values_list("asked_at", flat=True)[:most])
    if len(newest) == most:
        wait = int((newest[-1] + ASKED_WITHIN - at).total_seconds()) + 1
        raise TooMany(CLAUSE, limit=most, retry_after=wait, why="chats")


@transaction.atomic
def call_person(*, id: int, token: str = "", by: Actor, at: datetime) -> Conversation:
    """转人工：the person asks for people once more; the desk hears of it, at most once a minute.

    There is no machine to be freed from: whoever waits keeps the place, whoever is answered
    makes the agent look.
    """
    row = begin(id, "call_person", by, token)
    row.here_at = at
    if row.urged_at is None or at - row.urged_at >= URGE_AGAIN:
        row.urged_at = at
        happened(row, "called", at)
        say("chat.person_called", row, by, at, seconds=int((at - row.asked_at).total_seconds()))
        tell(row, "called")
    row.save()
    if row.state == WAITING:
        give_now(row.line, at)
        row.refresh_from_db()
    return row


@transaction.atomic
def prove(*, id: int, token: str, by: Actor, at: datetime) -> Conversation:
    """登录后认领：whoever began it as a guest has signed in: from now on it is theirs.

    The browser alone opens it no more: others may use it after a sign-out. Nothing changes where
    they are in another chat already, or the chat is somebody's.
    """
    row = queries.locked(id, by, token)
    other = Conversation.objects.filter(person_id=by.id, proven=True, state__in=GOING)
    if by.is_staff or not by.id or row.person_id or other.exists():
        return row
    seal_anew(row, person_id=by.id)
    row.proven, row.mark = True, None
    row.save()
    say("chat.proven", row, by, at, proven=True)
    tell(row, "proven")
    return row


@transaction.atomic
def rate(
    *, id: int, score: object, text: str = "", token: str = "", by: Actor, at: datetime
) -> Conversation:
    """评价：one to five stars for an ended chat, once (6.2, 4.4); the remark is for the desk."""
    row = begin(id, "rate", by, token)
    if by.is_staff:
        raise NotFound()
    try:
        stars = inputs.whole(score, field="score", least=1, most=5)
    except Invalid as fault:
        raise Invalid({"score": "missing" if not score else fault.fields["score"]}, CLAUSE,
                      least=1, most=5) from None  # fmt: skip
    remark = inputs.words(text, field="text", most=500)
    if row.score is not None:
        return row
    row.score, row.rated_at = stars, at
    happened(row, "rated", at, score=stars)
    more = {}
    if remark:
        said = put(row, remark, internal=True, by=by, at=at)
        more = {"turn": said.turn.id}
    row.save()
    say("chat.rated", row, by, at, score=stars, **more)
    tell(row, "rated")
    return row
