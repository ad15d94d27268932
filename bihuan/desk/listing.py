"""Which list of cases was asked for, what it is called, and how to ask for it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.models import ENDED, SavedView
from bihuan.cases.queries.figures import Behind
from bihuan.core import inputs
from bihuan.core.actors import Role
from bihuan.core.refusals import Invalid
from bihuan.desk import filters as narrow
from bihuan.desk import shown
from bihuan.policy import queries as policy
from bihuan.web import words
from bihuan.web.door import Who

INBOX = "/desk/inbox/"
MONDAY = date(2026, 11, 23)  # any Monday: only its name is asked for
#: The cases behind a figure of the overview: which, and its days, step, weekday and hours.
BEHIND = ("figure", "from", "to", "milestone", "weekday", "slot")
SAME = "same"  # the other cases of one person, named by a case of theirs
ORDER = "order"  # the cases about one order, named by one of them
SAVED = "saved"  # a list kept under a name
NOBODY = "nobody"  # somebody was looked for by a contact, and there is no case of theirs
NARROWING = (*queries.FIELDS, *BEHIND, SAME, ORDER, NOBODY)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list was asked for, and how to ask for it again."""

    view: str
    filters: queries.Filters
    cursor: str
    query: dict[str, str]
    fields: dict[str, str]  # those of the filters that are set
    saved: SavedView | None = None

    @property
    def nobody(self) -> bool:
        """Was somebody looked for who has no case here?"""
        return NOBODY in self.query

    @property
    def narrowed(self) -> int:
        """How many filters of the form are set."""
        return len(self.fields)

    @property
    def special(self) -> bool:
        """Is this a list to look something up in, rather than a view to work from?"""
        filters = self.filters
        narrow = self.narrowed or filters.figure or filters.person or filters.order
        return bool(self.nobody or narrow)

    def url(self, **more: str) -> str:
        """The same list, with something beside."""
        return f"{INBOX}?{urlencode({**self.query, **more})}"


def asked(given: Mapping[str, Any], who: Who) -> Asked:
    """Read the address; Invalid names what cannot be read."""
    saved = _saved(given, who)
    if saved is not None:
        return _opened(saved, given, who)
    fields = narrow.read(given)
    names = (*BEHIND, SAME, ORDER, NOBODY)
    read = {n: inputs.words(given.get(n), field=n, most=40) for n in names}
    kept = {n: value for n, value in read.items() if value}
    own = "all" if Role.SUPERVISOR in who["by"].roles else "mine"  # where somebody's work begins
    view = str(given.get("view") or own)
    filters = replace(
        queries.narrowed(fields, who["by"], who["at"]),
        person=queries.get(kept[SAME], who["by"]).person_id if SAME in kept else 0,
        order=queries.get(kept[ORDER], who["by"]).order_id if ORDER in kept else 0,
        figure=_behind(kept) if "figure" in kept else None,
    )
    view = _among(view, fields)
    query = {"view": view, **fields, **kept}
    return Asked(view, filters, str(given.get("cursor", "")), query, fields)


def _among(view: str, fields: Mapping[str, str]) -> str:
    """Ended cases are in no view of the open ones."""
    ended = fields.get("state") in ENDED and view not in queries.NEWEST
    return "every" if ended else view


def _saved(given: Mapping[str, Any], who: Who) -> SavedView | None:
    """The view that was asked for by its id, else the one this desk begins with."""
    if given.get(SAVED):
        return queries.saved_view(inputs.whole(given[SAVED], field=SAVED), who["by"])
    beginning = not any(given.get(name) for name in ("view", *NARROWING))
    return queries.start_view(who["by"]) if beginning else None


def _opened(saved: SavedView, given: Mapping[str, Any], who: Who) -> Asked:
    """A saved view as it stands; Invalid when its fields cannot be read any more."""
    fields = {name: value for name, value in saved.query.items() if name != "view"}
    filters = queries.narrowed(fields, who["by"], who["at"])
    view = _among(saved.query["view"], fields)
    cursor = str(given.get("cursor", ""))
    return Asked(view, filters, cursor, {SAVED: str(saved.id)}, fields, saved)


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


def page(wanted: Asked, who: Who) -> queries.Page:
    """The rows."""
    if wanted.nobody:
        return queries.Page([])
    narrow: dict[str, Any] = {"filters": wanted.filters, "at": who["at"]}
    return queries.inbox(who["by"], view=wanted.view, cursor=wanted.cursor, **narrow)


def further(wanted: Asked, found: queries.Page) -> dict[str, str]:
    """Where the next page is; "" where nothing follows."""
    return {"next": wanted.url(cursor=found.cursor) if found.cursor else ""}


def context(
    wanted: Asked, found: queries.Page, counts: Mapping[str, int], who: Who
) -> dict[str, Any]:
    """What stands above the rows: name and size of the list, views, filters, ways out."""
    again = {"cursor": wanted.cursor} if wanted.cursor else {}
    around = {n: wanted.query[n] for n in (*BEHIND, SAME, ORDER) if n in wanted.query}
    around = {"view": wanted.view, **around}
    to = narrow.known([wanted.fields], who["at"])
    missing = queries.gone([wanted.fields], who["at"])[0] if wanted.saved else []
    return {
        "title": title(wanted, who),
        "total": _total(wanted, found, counts, who),
        "tabs": shown.tabs(counts, "" if wanted.saved else wanted.view),
        "saved_views": saved_tabs(queries.saved_views(who["by"]), wanted.saved),
        "asleep_count": counts.get("asleep", 0) if wanted.view == "mine" else 0,
        "view": wanted.view,
        "list": urlencode(wanted.query),
        "narrowed": wanted.narrowed,
        "special": about(wanted, who) if wanted.special else "",
        "gone": narrow.gone(wanted.fields, missing, to),
        "filters": narrow.fields(wanted.fields, who["at"]),
        "chips": narrow.chips(wanted.fields, around, to),
        "save_url": f"/desk/views/new/?{urlencode({'view': wanted.view, **wanted.fields})}",
        "kept": {n: wanted.query[n] for n in (*BEHIND, SAME, ORDER) if n in wanted.query},
        "clear_url": f"{INBOX}?view={'all' if wanted.view == 'every' else wanted.view}",
        "sort_label": _("最新在前") if wanted.view in queries.NEWEST else _("最紧急在前"),
        "rows_url": wanted.url(**again, part="rows"),
        "empty": _empty(wanted),
    } | further(wanted, found)


def saved_tabs(views: Sequence[SavedView], opened: SavedView | None) -> list[dict[str, Any]]:
    """The views that were saved, as tabs; how many each holds is counted once the page is there."""
    return [
        {
            "label": view.name,
            "url": f"{INBOX}?{SAVED}={view.id}",
            "current": opened is not None and view.id == opened.id,
            "shared": bool(view.shared),
            "id": view.id,
        }
        for view in views
    ]


def _empty(wanted: Asked) -> str:
    if wanted.nobody:
        return _("请核对手机号、邮箱或订单号；身份证号和银行卡号不能用来搜索。")
    if wanted.special:
        return _("没有符合条件的投诉，请放宽条件。")
    return _("换一个视图，或等新的投诉进来。")


def _total(wanted: Asked, found: queries.Page, counts: Mapping[str, int], who: Who) -> int:
    if wanted.view in counts and not wanted.special:
        return counts[wanted.view]
    if not found.cursor and not wanted.cursor:
        return len(found.cases)
    narrow: dict[str, Any] = {"filters": wanted.filters, "at": who["at"]}
    return queries.how_many(who["by"], view=wanted.view, **narrow)


def title(wanted: Asked, who: Who) -> str:
    """What the list is called: a view, a search, or the figure whose cases it holds."""
    if wanted.saved:
        return wanted.saved.name
    if wanted.nobody:
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
    if wanted.filters.order:
        return _("同一订单的投诉")
    return _(dict(shown.VIEWS).get(wanted.view, "全部"))


def about(wanted: Asked, who: Who) -> str:
    """What the list is narrowed to, under its name."""
    if wanted.nobody:
        return _("没有找到这个手机号、邮箱或订单号的投诉")
    figure = wanted.filters.figure
    if not figure:
        return _whose(wanted.filters.person, who)
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
