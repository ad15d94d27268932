"""Fetch a picture or film that was sent, and put it on its case; or say there that it is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

from django.conf import settings
from django.db import transaction

from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.cases.queries import Case
from bihuan.core.actors import Actor, Role
from bihuan.core.ports import Undeliverable
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible, TooMany
from bihuan.store import blobs, statements
from bihuan.wechat.models import Received
from bihuan.wechat.rules.said import FILES, Said
from bihuan.wechat.wires import Line

CHANNEL = "wechat"
KEPT_BY_WECHAT = timedelta(days=3)  # then an id names nothing any more
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=1)
_NAMES = {"image": "图片", "video": "视频", "shortvideo": "视频"}
#: In the words of the case, whose readers are its person and staff.
_WHY = {
    "gone": "微信不再提供这个文件",
    "too_large": "文件太大",
    "kind_not_allowed": "不是可以保存的文件类型",
    "has_script": "文件里含有脚本或压缩包",
    "unreadable_image": "图片无法打开",
    "infected": "文件含有病毒",
    "empty": "文件是空的",
    "too_many_files": "文件已满",
}


def fetch(row: Received, said: Said, line: Line, at: datetime) -> bool:
    """Whether it is done: on its case now, or known to be lost. What may still come waits."""
    statements.let_go()
    try:
        found = line.media(said.media_id, settings.FILE_MAX)
    except Undeliverable:
        return _lost(row, said, "gone", at)
    except ValueError:
        return _lost(row, said, "too_large", at)
    except OSError:
        return _again(row, said, at)
    name = found.name if "." in found.name else f"{_NAMES[said.kind]}.{FILES[said.kind]}"
    return _brought(row, said, found.data, name, at)


def _again(row: Received, said: Said, at: datetime) -> bool:
    if at - row.at >= KEPT_BY_WECHAT:
        return _lost(row, said, "gone", at)
    wait = min(FIRST_WAIT * 2 ** min(row.tries, 12), LONGEST_WAIT)
    Received.objects.filter(id=row.id, media="waiting").update(next_try_at=at + wait)
    return False


def _brought(row: Received, said: Said, data: bytes, name: str, at: datetime) -> bool:
    """Among the evidence of its case, where the path of every file judges it."""
    case, by = _case(row)
    text = "" if row.state == "opened" else f"（发来{_NAMES[said.kind]}）"
    with transaction.atomic():
        if not _held(row):
            return True  # somebody else did it meanwhile
        try:
            with transaction.atomic():
                files, faults = cases.bring(
                    number=case.number, text=text, uploads=[(BytesIO(data), name)],
                    channel=CHANNEL, by=by, at=at,
                )  # fmt: skip
        except (NotPossible, NotFound, NotPermitted, TooMany):
            files, faults = [], []
        if files:
            _done(row, "kept", "")
            return True
    fault = faults[0][1] if faults else None
    why = fault.fields["files"] if isinstance(fault, Invalid) else "too_many_files"
    if why in blobs.LATER:
        return _again(row, said, at)
    return _lost(row, said, why if faults else "case_over", at)


@transaction.atomic
def _lost(row: Received, said: Said, why: str, at: datetime) -> bool:
    """The case says that something was sent and could not be kept."""
    if not _held(row):
        return True
    case, by = _case(row)
    reason = _WHY.get(why, why)
    text = f"（发来{_NAMES[said.kind]}，没有取得：{reason}。请与用户联系）"
    try:
        with transaction.atomic():
            cases.message(number=case.number, text=text, channel=CHANNEL, by=by, at=at)
    except (NotPossible, NotFound, NotPermitted):
        why = "case_over"
    _done(row, "lost", why)
    return True


def _case(row: Received) -> tuple[Case, Actor]:
    case = case_queries.made(row.case_id)
    case = case_queries.merged_with(case) or case
    return case, Actor(case.person_id, frozenset({Role.CUSTOMER}))


def _held(row: Received) -> bool:
    return Received.objects.select_for_update().filter(id=row.id, media="waiting").exists()


def _done(row: Received, media: str, why: str) -> None:
    Received.objects.filter(id=row.id).update(media=media, why=why[:40], raw=None, next_try_at=None)
