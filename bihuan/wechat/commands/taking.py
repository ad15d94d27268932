"""Take what came by WeChat: it becomes a case, joins the one it is about, or is a command."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.cases.commands import Contact, Filing
from bihuan.cases.queries import Case
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import NotFound, NotPermitted, NotPossible
from bihuan.notify import queries as notices
from bihuan.store import secrets
from bihuan.wechat import queries
from bihuan.wechat.commands import binding
from bihuan.wechat.commands.keeping import keep
from bihuan.wechat.commands.replying import words_for
from bihuan.wechat.models import Follower, Received
from bihuan.wechat.rules import said as rules
from bihuan.wechat.rules.said import Said

CHANNEL = "wechat"
#: Who wrote, before it is known who that is.
SOMEBODY = Actor(0, frozenset({Role.CUSTOMER}))
_AWAY = (OperationalError, InterfaceError)  # the database, not the message, is at fault
_log = logging.getLogger(__name__)

#: What stands for a message that has no words of its own.
_WORDLESS = {
    "image": "（发来一张图片）",
    "voice": "（发来一段语音，没有识别出文字，请与用户联系）",
    "video": "（发来一段视频）",
    "shortvideo": "（发来一段视频）",
}
_OTHER = "（发来一条在这里读不出的内容，请与用户联系）"


def receive(*, said: Said, raw: bytes, at: datetime) -> str:
    """受理微信消息：what is answered at once, "" for nothing. The same message is the same case.

    What fails for a reason of ours is kept and taken again; the database's faults are the caller's.
    """
    row = keep(said, raw, at)
    try:
        return settle(row_id=row.id, said=said, at=at)
    except _AWAY:
        raise
    except Exception as fault:  # not what it says: it may hold what is personal
        _log.error("a message by WeChat, %d: %s", row.id, type(fault).__name__)
        return ""


@transaction.atomic
def settle(*, row_id: int, said: Said, at: datetime) -> str:
    """Do what a kept message asks for, once; what is answered."""
    row = Received.objects.select_for_update().get(id=row_id)
    if row.state == "waiting":
        raw = queries.raw_of(row)
        follower = _follower(said.openid)
        _act(row, follower, said, at)
        follower.spoke_at = at
        follower.save()
        row.raw = None
        if row.media == "waiting":
            row.raw = secrets.seal_bytes(row.person_id, queries.TABLE, "raw", row.id, raw)
            row.next_try_at = at
        row.save()
    return words_for(row, said.openid, at)


def _follower(openid: str) -> Follower:
    """Their row, held: two messages of one person are taken one after the other."""
    index = queries.index_of(openid)
    Follower.objects.bulk_create([Follower(index=index)], ignore_conflicts=True)
    return Follower.objects.select_for_update().get(index=index)


def _act(row: Received, follower: Follower, said: Said, at: datetime) -> None:
    command = said.command
    if command in ("left", "came"):
        for id in filter(None, (people.by_openid(said.openid), follower.before_id)):
            accounts.wechat_left(person_id=id, gone=command == "left", by=SYSTEM, at=at)
    if said.code:
        row.state, row.about = "command", binding.bind(follower, said, at)
    elif command:
        row.state, row.about = "command", command
        row.person_id = people.by_openid(said.openid)
        follower.wants_new = command == "new"
    elif said.kind == "event":
        row.state = "nothing"
    else:
        _speak(row, follower, said, at)


def _speak(row: Received, follower: Follower, said: Said, at: datetime) -> None:
    """Its words on the case it is about, or on a new one; a file is fetched after that."""
    person = accounts.person_on_wechat(openid=said.openid, at=at)
    accounts.wechat_left(person_id=person, gone=False, by=SYSTEM, at=at)
    if said.media_id and said.kind != "voice":
        row.media = "waiting"
    case = _joined(row, follower, said, person, at)
    if case is None:
        case = _opened(row, said, person, at)
        row.state = "opened"
    else:
        row.state = "joined"
        spoke = follower.spoke_at
        row.quiet = spoke is not None and at - spoke < rules.QUIET
    row.case_id, row.person_id = case.id, case.person_id
    follower.case_id, follower.wants_new = case.id, False


def _joined(
    row: Received, follower: Follower, said: Said, person: int, at: datetime
) -> Case | None:
    """The open case it was said on; None where there is none, or a new one was asked for.

    A file alone is its own entry, made when it is there.
    """
    if follower.wants_new:
        return None
    case = _about(follower, said, [person, follower.before_id])
    if case is None or row.media == "waiting":
        return case
    try:
        with transaction.atomic():
            by = Actor(case.person_id, frozenset({Role.CUSTOMER}))
            cases.message(number=case.number, text=_words(said), channel=CHANNEL, by=by, at=at)
    except (NotPossible, NotFound, NotPermitted):
        return None
    return case


def _about(follower: Follower, said: Said, persons: list[int]) -> Case | None:
    """The one it names; else what was spoken of last, by them or to them; else the newest."""
    found = queries.open_cases(persons)
    named = [case for case in found if case.number == said.number]
    told = notices.last_told([id for id in persons if id], CHANNEL)
    last = follower.case_id
    if told and (follower.spoke_at is None or told[1] > follower.spoke_at):
        last = told[0]
    spoken = [case for case in found if case.id == last]
    return next(iter([*named, *spoken, *found]), None)


def _opened(row: Received, said: Said, person: int, at: datetime) -> Case:
    """A case of its own, on its clocks since WeChat took the message (1.3)."""
    text = _words(said)
    filing = Filing(
        kind=case_queries.kind_of(said.text, at),
        channel=CHANNEL,
        text=text,
        contact=Contact(),
        received_at=rules.received_at(said, at),
        person_id=person,
    )
    key = bytes(row.key)
    return cases.file(filing=filing, key=f"wechat:{key.hex()}", digest=key, by=SOMEBODY, at=at).case


def _words(said: Said) -> str:
    if said.kind == "voice" and said.text.strip():
        return f"（语音）{said.text}"
    return said.text if said.text.strip() else _WORDLESS.get(said.kind, _OTHER)
