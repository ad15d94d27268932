"""What was said and done on a case, day by day, as far as its person may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.cases import queries
from bihuan.cases.queries import unsealed
from bihuan.core import personal
from bihuan.core.actors import Actor
from bihuan.core.quoting import Stretch
from bihuan.events.catalog import KIND_OF
from bihuan.portal import mailed
from bihuan.portal.uploads import Tile, tile
from bihuan.web import words
from bihuan.web.words import english

if TYPE_CHECKING:
    from bihuan.cases.models import Case, File
    from bihuan.cases.queries import Item

#: What somebody did, in words for that person; who reads this is the customer.
BY_READER = {
    "case.filed": later("您提交了请求"),
    "case.confirmed": later("您已确认结果"),
    "case.result_accepted": later("您已确认结果，待办结"),
    "case.disputed": later("您提出异议"),
    "case.reopened": later("您申请重新处理"),
    "case.withdrawn": later("您已撤回"),
    "case.message_added": later("您的留言"),
    "case.material_added": later("您补充的材料"),
    "case.complained": later("您提出投诉"),
    "case.rated": later("您的评价"),
}
#: The same where another did it or had it done: nobody is told of himself as a third person.
TO_READER = {
    "case.confirmed": later("您已确认结果"),
    "case.result_accepted": later("您已确认结果，待办结"),
    "case.disputed": later("已记下您的异议"),
    "case.message_added": later("已记下您的留言"),
    "case.complained": later("已按您的意思转为投诉"),
    "case.rated": later("您的评价"),
    "case.identity_asked": later("请您验证身份"),
    "case.reminded": later("已提醒您确认"),
}
PRESSED_TWICE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Said:
    """One item of the record."""

    type: str
    voice: str
    author: str
    at: str
    text: str
    icon: str
    lines: int = 0
    stretches: tuple[Stretch, ...] = ()
    files: list[Tile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Day:
    """The items of one day."""

    day_label: str
    items: list[Said]


def record(case: Case, by: Actor, at: datetime) -> list[Day]:
    """Everything said and done, by day, as far as the customer may see it."""
    files = queries.files(case, by)
    by_hash = {file.sha256: file for file in files}
    strange = mailed.from_elsewhere(case)
    spoken: list[tuple[datetime, Said]] = []
    for item in queries.timeline(case, by):
        mine = _files_of(item, by_hash, files)
        spoken.append((item.at, _said(item, mine, strange=item.entry in strange)))
    days = groupby(spoken, key=lambda pair: words.local(pair[0]).date())
    today = words.local(at).date()
    return [
        Day(words.date_words(day, today), _gathered([said for _at, said in pairs]))
        for day, pairs in days
    ]


def _gathered(said: list[Said]) -> list[Said]:
    """The same thing several times in a row is told once, with how often."""
    found: list[Said] = []
    for _what, run in groupby(said, key=lambda one: (one.type, one.type == "event" and one.text)):
        same = list(run)
        if same[0].type == "event" and len(same) > 1:
            last = same[-1]
            text = _("{what}（{n} 次）").format(what=last.text, n=len(same))
            same = [Said("event", last.voice, last.author, last.at, text, last.icon)]
        found += same
    return found


def _files_of(item: Item, by_hash: dict[str, File], files: Iterable[File]) -> list[Tile]:
    if item.kind == "case.filed":
        return [tile(file) for file in files if file.draft_id]
    hashes = item.data.get("files", ())
    listed = hashes if isinstance(hashes, list | tuple) else ()
    return [tile(by_hash[sha]) for sha in listed if sha in by_hash]


def label(item: Item) -> str:
    """What happened, in the reader's language."""
    if addressed := TO_READER.get(item.kind):
        return str(addressed)
    return item.label_en if english() else item.label


def own(item: Item) -> str:
    """What the reader did, told to the reader; "" where there are no such words for it."""
    return str(BY_READER.get(item.kind, "")) if item.voice == "user" else ""


def _said(item: Item, files: list[Tile], *, strange: bool) -> Said:
    author = {"user": _("您"), "merchant": _("商家"), "system": _("平台")}.get(
        item.voice, item.author
    )
    at = f"{words.local(item.at):%H:%M}"
    done = own(item)
    if not item.text and not files:
        return Said("event", item.voice, "" if done else author, at, done or label(item), item.icon)
    head = done or f"{author or _('平台')} · {label(item)}"
    if strange:  # whoever wrote this had the letter to the person, not the address it went to
        head = _("从另一个邮箱回复，未核实是您本人")
    return Said(
        "message", item.voice, head, at, unsealed(item.text), item.icon, item.lines,
        item.stretches, files,
    )  # fmt: skip


def latest(items: Iterable[Item], *kinds: str) -> Item | None:
    """The last of these that has words."""
    found = [item for item in items if item.kind in kinds and item.text]
    return found[-1] if found else None


def just_done(case: Case, action: str, text: str = "", *, by: Actor, at: datetime) -> bool:
    """Whether this person took this step with these words a moment ago: it was pressed twice."""
    own = [item for item in queries.timeline(case, by) if item.voice == by.voice]
    done = [item for item in own if item.kind == KIND_OF[action]]
    return (
        bool(done)
        and at - done[-1].at < PRESSED_TWICE
        and unsealed(done[-1].text) == personal.mask(text)
    )
