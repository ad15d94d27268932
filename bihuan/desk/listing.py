"""Which list of cases was asked for, what it is called, and how to ask for it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.cases.queries.figures import Behind
from bihuan.core import ids, inputs
from bihuan.core.actors import Role
from bihuan.core.refusals import Invalid
from bihuan.desk import shown
from bihuan.desk.forms import FILTERS, FilterForm
from bihuan.policy import queries as policy
from bihuan.web import words
from bihuan.web.counted import said
from bihuan.web.door import Who

INBOX = "/desk/inbox/"
MONDAY = date(2026, 11, 23)  # any Monday: only its name is asked for
#: The cases behind a figure of the overview: which, and its days, step, weekday and hours.
BEHIND = ("figure", "from", "to", "milestone", "weekday", "slot")
SAME = "same"  # the other cases of one person, named by a case of theirs
NOBODY = "nobody"  # somebody was looked for by a contact, and there is no case of theirs
ENDED_HITS = 20  # how many ended cases stand behind the open ones of a search


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list was asked for, and how to ask for it again."""

    view: str
    q: str
    filters: queries.Filters
    cursor: str
    query: dict[str, str]

    @property
    def nobody(self) -> bool:
        """Was somebody looked for who has no case here?"""
        return NOBODY in self.query

    @property
    def narrowed(self) -> int:
        """How many filters of the form are set."""
        return sum(name in self.query for name in FILTERS)

    @property
    def special(self) -> bool:
        """Is this a list to look something up in, rather than a view to work from?"""
        narrow = self.narrowed or self.filters.figure or self.filters.person
        return bool(self.q or self.nobody or narrow)

    def url(self, **more: str) -> str:
        """The same list, with something beside."""
        return f"{INBOX}?{urlencode({**self.query, **more})}"


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of it; `ended`: there may be ended cases that a search does not show here."""

    cases: Sequence[Case]
    cursor: str = ""
    ended: bool = False


def sought(given: object) -> str:
    """The words to search for; the number of a case in its plain form."""
    q = inputs.words(given, field="q", most=100)
    return ids.read_case_number(q) or q


def asked(given: Mapping[str, Any], who: Who) -> Asked:
    """Read the address; Invalid names what cannot be read."""
    q = sought(given.get("q", ""))
    names = (*FILTERS, *BEHIND, SAME, NOBODY)
    read = {n: inputs.words(given.get(n), field=n, most=40) for n in names}
    kept = {n: value for n, value in read.items() if value}
    own = "all" if Role.SUPERVISOR in who["by"].roles else "mine"  # where somebody's work begins
    view = str(given.get("view") or own)
    if q and view != "closed":
        view = "all"
    filters = queries.Filters(
        kind=kept.get("kind", ""),
        severity=kept.get("severity", ""),
        category=kept.get("category", ""),
        department=kept.get("department", ""),
        owner=_whole(kept, "owner"),
        person=queries.get(kept[SAME], who["by"]).person_id if SAME in kept else 0,
        tag=kept.get("tag", ""),
        figure=_behind(kept) if "figure" in kept else None,
        q=q,
    )
    query = {"view": view, **kept} | ({"q": q} if q else {})
    return Asked(view, q, filters, str(given.get("cursor", "")), query)


def _whole(kept: Mapping[str, str], name: str, otherwise: int = 0, **limits: int) -> int:
    return inputs.whole(kept[name], field=name, **limits) if name in kept else otherwise


def _behind(kept: Mapping[str, str]) -> Behind:
    first = inputs.day(kept.get("from"), field="from")
    last = inputs.day(kept.get("to"), field="to")
    if not timedelta() <= last - first <= timedelta(days=366):
        raise Invalid({"to": "not_valid"})
    return Behind(
        what=kept["figure"],
        first=first,
        last=last,
        milestone=kept.get("milestone", ""),
        weekday=_whole(kept, "weekday", least=1, most=7),
        slot=_whole(kept, "slot", -1, least=0, most=11),
    )


def page(wanted: Asked, who: Who) -> Rows:
    """The rows; a search looks among ended cases too, behind the last of the open ones."""
    if wanted.nobody:
        return Rows([])
    narrow: dict[str, Any] = {"filters": wanted.filters, "at": who["at"]}
    found = queries.inbox(who["by"], view=wanted.view, cursor=wanted.cursor, **narrow)
    if not wanted.q or wanted.view == "closed":
        return Rows(found.cases, found.cursor)
    if found.cursor:
        return Rows(found.cases, found.cursor, ended=True)
    over = queries.inbox(who["by"], view="closed", limit=ENDED_HITS, **narrow)
    return Rows([*found.cases, *over.cases], ended=bool(over.cursor))


def further(wanted: Asked, found: Rows) -> dict[str, str]:
    """Where the next page is, and the ended cases of a search; "" where nothing follows."""
    return {
        "next": wanted.url(cursor=found.cursor) if found.cursor else "",
        "ended": wanted.url(view="closed") if found.ended else "",
    }


def context(wanted: Asked, found: Rows, counts: Mapping[str, int], who: Who) -> dict[str, Any]:
    """What stands above the rows: name and size of the list, views, filters, ways out."""
    again = {"cursor": wanted.cursor} if wanted.cursor else {}
    return {
        "title": title(wanted, who),
        "total": _total(wanted, found, counts, who),
        "tabs": shown.tabs(counts, "" if wanted.q else wanted.view),
        "query": wanted.q,
        "asleep_count": counts.get("asleep", 0) if wanted.view == "mine" else 0,
        "view": wanted.view,
        "narrowed": wanted.narrowed,
        "special": about(wanted, who) if wanted.special else "",
        "filter_form": FilterForm(wanted.query),
        "kept": {n: wanted.query[n] for n in (*BEHIND, SAME) if n in wanted.query},
        "clear_url": f"{INBOX}?view={'all' if wanted.view == 'every' else wanted.view}",
        "sort_label": _("最新在前") if wanted.view in queries.NEWEST else _("最紧急在前"),
        "rows_url": wanted.url(**again, part="rows"),
        "empty": _empty(wanted),
    } | further(wanted, found)


def _empty(wanted: Asked) -> str:
    if wanted.nobody:
        return _("请核对手机号或邮箱；身份证号和银行卡号不能用来搜索。")
    if wanted.special:
        return _("没有符合条件的投诉，请放宽条件。")
    return _("换一个视图，或等新的投诉进来。")


def _total(wanted: Asked, found: Rows, counts: Mapping[str, int], who: Who) -> int:
    if wanted.view in counts and not wanted.special:
        return counts[wanted.view]
    if not found.cursor and not wanted.cursor and not found.ended:
        return len(found.cases)
    narrow: dict[str, Any] = {"filters": wanted.filters, "at": who["at"]}
    total = queries.how_many(who["by"], view=wanted.view, **narrow)
    if not wanted.q or wanted.view == "closed":
        return total
    return said(int(total) + int(queries.how_many(who["by"], view="closed", **narrow)))


def title(wanted: Asked, who: Who) -> str:
    """What the list is called: a view, a search, or the figure whose cases it holds."""
    if wanted.q or wanted.nobody:
        return _("搜索结果")
    figure = wanted.filters.figure
    if figure:
        book = policy.current(who["at"])
        step = shown.say(book.milestones.get(figure.milestone)) or _("各步骤")
        return {
            "filed": _("新增"),
            "told": _("告知结果"),
            "due": _("到期：{step}"),
            "late": _("未按时：{step}"),
        }[figure.what].format(step=step)
    if wanted.view == "asleep":
        return _("已推后")
    if wanted.filters.person:
        return _("同一用户的投诉")
    return _(dict(shown.VIEWS).get(wanted.view, "全部"))


def about(wanted: Asked, who: Who) -> str:
    """What the list is narrowed to, under its name."""
    if wanted.nobody:
        return _("没有找到这个手机号或邮箱的投诉")
    if wanted.q:
        told = [_("搜索“{words}”").format(words=wanted.q)]
        told += [_("已办结")] if wanted.view == "closed" else []
        far = _("标题里的词只在未结和近 {n} 天收到的案件里查找").format(n=queries.LATELY.days)
        return " · ".join([*told, far])
    figure = wanted.filters.figure
    if not figure:
        return _whose(wanted.filters.person, who) or _("只显示符合条件的投诉")
    today = words.local(who["at"]).date()
    told = [words.date_words(figure.first, today)]
    if figure.last != figure.first:
        told = [f"{told[0]}—{words.date_words(figure.last, today)}"]
    if figure.weekday:
        told.append(words.weekday_words(MONDAY + timedelta(days=figure.weekday - 1)))
    if figure.slot >= 0:
        told.append(f"{2 * figure.slot:02}:00–{2 * figure.slot + 2:02}:00")
    return " · ".join(told)


def _whose(person: int, who: Who) -> str:
    """Name and contact as others may see them; "" for a list that is nobody's in particular."""
    if not person:
        return ""
    seen = people.shown([person], who["by"])[person]
    return " · ".join(filter(None, [seen.name or _("匿名用户"), seen.phone or seen.email]))
