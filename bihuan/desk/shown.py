"""What the desk's templates show: prepared values, no rule of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.commands.words import shown as unsealed
from bihuan.cases.models import Case, Clock
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.orders import queries as orders
from bihuan.policy import queries as policy
from bihuan.web import words

ICONS = {
    "web": "globe", "app": "smartphone", "chat": "message-circle", "phone": "phone",
    "email": "mail", "counter": "store", "wechat": "message-square", "after_sales": "package",
}  # fmt: skip
SEVERITY_TONE = {"general": "", "major": "hot", "extra_major": "hot"}
VIEWS = (
    ("mine", "我的"),
    ("all", "全部"),
    ("overdue", "已超期"),
    ("soon", "临近"),
    ("waiting", "待用户确认"),
    ("unrouted", "待分类"),
)


def english() -> bool:
    """Is the reader's language English?"""
    return (get_language() or "").startswith("en")


def say(term: Any) -> str:
    """A term of the handbook in the reader's language; its id when the text does not know it."""
    if term is None:
        return ""
    return str(term.en if english() else term.zh)


def rows(
    cases: Sequence[Case], by: Actor, at: datetime, *, selected: str = "", view: str = ""
) -> list[dict[str, Any]]:
    """List rows in four queries, however many there are."""
    persons = people.shown({c.person_id for c in cases}, by)
    owners = people.colleagues({c.owner_id for c in cases})
    shops = people.merchant_names({c.merchant_id for c in cases if c.merchant_id})
    said = queries.last_words([c.id for c in cases])
    book = policy.current(at)
    return [_row(c, persons, owners, shops, said, book, at, selected, view) for c in cases]


def _row(
    case: Case,
    persons: Mapping[int, Any],
    owners: Mapping[int, Any],
    shops: Mapping[int, str],
    said: Mapping[int, Any],
    book: Handbook,
    at: datetime,
    selected: str,
    view: str,
) -> dict[str, Any]:
    person, owner, last = (
        persons.get(case.person_id),
        owners.get(case.owner_id),
        said.get(case.id),
    )
    return {
        "number": case.number,
        "url": f"/desk/inbox/{case.number}/?view={view}" if view else case.desk_url,
        "channel_icon": ICONS[case.channel],
        "who": (person.name if person else "") or _("匿名用户"),
        "shop": shops.get(case.merchant_id, ""),
        "subject": unsealed(case.subject),
        "snippet": unsealed(last.text)[:80] if last else "",
        "when": words.moment_words(last.at if last else case.received_at, at),
        "unread": 1 if last and last.voice == "user" and case.is_open else 0,
        "sla": case_sla(case, at),
        "severity": case.severity,
        "severity_label": say(book.severities.get(case.severity)),
        "priority": case.priority,
        "priority_label": say(book.priorities.get(case.priority)),
        "issue_label": say(book.issues.get(case.issue)),
        "state_label": say(book.states.get(case.state)),
        "owner_initial": owner.name[:1] if owner else "",
        "owner_name": owner.name if owner else _("未分派"),
        "selected": case.number == selected,
    }


def case_sla(case: Case, at: datetime) -> words.Sla:
    """The chip of a case: its nearest due, its window for an answer, or that it has ended."""
    if case.next_due_at:
        return words.sla(case.next_due_at, at, case.round_at)
    if case.is_open and case.waits_until:
        return words.Sla("paused", "", _("待用户确认"))
    return words.Sla("met", "", say(policy.current(at).states.get(case.state)))


def tabs(counts: Mapping[str, int], view: str) -> list[dict[str, Any]]:
    """The views with their counts."""
    return [
        {
            "label": _(label),
            "count": counts.get(id, 0),
            "url": f"/desk/inbox/?view={id}",
            "current": id == view,
            "bad": id == "overdue" and counts.get(id, 0) > 0,
        }
        for id, label in VIEWS
    ]


def header(case: Case, by: Actor, at: datetime) -> dict[str, Any]:
    """The case itself."""
    book = queries.handbook(case)
    persons = people.shown([case.person_id], by)
    person = persons.get(case.person_id)
    owner = people.colleagues([case.owner_id]).get(case.owner_id)
    others = queries.count_of_person(case, at - timedelta(days=365))
    return {
        "number": case.number,
        "subject": unsealed(case.subject),
        "state": case.state,
        "state_label": say(book.states.get(case.state)),
        "kind_label": say(book.kinds.get(case.kind)),
        "severity_label": say(book.severities.get(case.severity)),
        "severity_tone": SEVERITY_TONE[case.severity],
        "priority_label": say(book.priorities.get(case.priority)),
        "tier": case.tier,
        "category_label": say(book.categories.get(case.category)),
        "issue_label": say(book.issues.get(case.issue)),
        "version": case.version,
        "url": case.desk_url,
        "restricted": case.restricted,
        "person": {
            "name": (person.name if person else "") or _("匿名用户"),
            "phone": person.phone if person else "",
            "contact_pref": _tell_by(person.tell_by) if person else "",
            "prior_count": others,
            "reveal_url": f"{case.desk_url}reveal/",
        },
        "order": _order(case, at),
        "owner": {
            "name": owner.name,
            "initial": owner.name[:1],
            "department": say(book.departments.get(owner.department)),
        }
        if owner
        else None,
        "received_at": words.moment_words(case.received_at, at),
        "wish": case.wish,
    }


def _tell_by(way: str) -> str:
    return {"inbox": _("站内消息"), "email": _("电子邮件"), "sms": _("短信")}.get(way, way)


def _order(case: Case, at: datetime) -> dict[str, Any] | None:
    order = orders.shown([case.order_id]).get(case.order_id)
    if order is None:
        return None
    signed = order.order.received_at
    return {
        "number_masked": order.number,
        "title": f"{order.title} × {order.quantity}",
        "paid": f"¥{words.money(order.paid_fen)}",
        "signed_at": words.moment_words(signed, at) if signed else "",
        "page_url": f"{case.desk_url}order/",
    }


@dataclass(frozen=True, slots=True)
class ShownClock:
    """One clock of the strip, with its why."""

    id: str
    label: str
    limit_label: str
    sla: words.Sla
    due_text: str
    fraction: int
    hard: bool
    amber: bool
    why: dict[str, Any]


def clocks(case: Case, rows: Sequence[Clock], at: datetime) -> list[ShownClock]:
    """Running rows first, the most pressing in front; then those that were met."""
    running = [r for r in rows if r.done_at is None]
    met = [r for r in rows if r.done_at is not None]
    running.sort(key=lambda r: (not r.hard, r.effective_due_at))
    return [_clock(case, row, n, at) for n, row in enumerate([*running, *met])]


def _clock(case: Case, row: Clock, n: int, at: datetime) -> ShownClock:
    book = queries.handbook(case)
    milestone = book.milestones[row.milestone]
    whys = queries.explain(case, row)
    first = next((w for w in whys if w.promise.hard), whys[0])
    ends = row.done_at or at
    due = row.due_at if row.done_at else row.effective_due_at
    total = max((due - row.started_at).total_seconds(), 1)
    used = int(100 * (ends - row.started_at).total_seconds() / total)
    return ShownClock(
        id=f"{case.number}-{n}",
        label=say(milestone),
        limit_label=words.limit_words(first.promise.limit),
        sla=words.sla(due, at, row.started_at, done=row.done_at, soft=not row.hard),
        due_text=words.moment_words(row.done_at, at)
        if row.done_at
        else words.due_words(row.effective_due_at, at),
        fraction=max(0, min(100, used)),
        hard=row.hard,
        amber=not row.hard and row.done_at is None and at > row.due_at,
        why=why(row, whys, first, at),
    )


def why(
    row: Clock, whys: Sequence[queries.Why], first: queries.Why, at: datetime
) -> dict[str, Any]:
    """Why this deadline: clause, steps, days, and the other promises that meet here."""
    steps = words.why_steps(first.promise.limit, row.started_at, row.due_at, at)
    if row.effective_due_at < row.due_at:
        steps.append(
            _("后面的步骤 {due} 就到期，所以这一步也要在那之前完成。").format(
                due=words.due_moment(row.effective_due_at, at)
            )
        )
    return {
        "title": _("为什么是{due}？").format(due=words.due_moment(row.effective_due_at, at)),
        "steps": steps,
        "days": words.day_strip(first.counted),
        "clause": first.promise.clause,
        "quote": first.promise.en if english() else first.promise.says,
        "policy_version": first.policy_version,
        "provisional": row.status == "provisional",
        "other": [
            {
                "clause": w.promise.clause,
                "quote": w.promise.en if english() else w.promise.says,
                "due": words.due_moment(w.due_at, at),
            }
            for w in whys
            if w is not first
        ],
    }


def timeline(case: Case, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """The story by day."""
    items = queries.timeline(case, by)
    files = queries.files(case, by)
    person = people.shown([case.person_id], by).get(case.person_id)
    name = (person.name if person else "") or _("匿名用户")
    days = []
    for day, group in groupby(items, key=lambda i: words.local(i.at).date()):
        shown_items = [one for item in group for one in _items(item, name, files, at)]
        days.append(
            {"day_label": words.day_words(day, words.local(at).date()), "items": shown_items}
        )
    return days


def _items(
    item: queries.Item, person: str, files: Sequence[Any], at: datetime
) -> list[dict[str, Any]]:
    label = item.label_en if english() else item.label
    clock = f"{words.local(item.at):%H:%M}"
    event = {
        "type": "event",
        "icon": item.icon,
        "author": item.author,
        "text": label + (f"（{item.clause}）" if item.clause else ""),
        "at": clock,
    }
    if not item.text:
        return [event]
    author = item.author or (person if item.voice == "user" else _("系统"))
    message = {
        "type": "note" if item.internal else "message",
        "voice": item.voice,
        "author": author,
        "initial": author[:1],
        "text": unsealed(item.text),
        "at": clock,
        "internal": item.internal,
        "files": _files(item, files),
    }
    plain = item.kind in {"case.answered", "case.noted", "case.message_added"}
    return [message] if plain else [event, message]


def _files(item: queries.Item, files: Sequence[Any]) -> list[dict[str, Any]]:
    """The files that came in with these words."""
    hashes = item.data.get("files", [])
    mine = [
        f
        for f in files
        if f.sha256 in hashes or (item.kind == "case.filed" and f.draft_id)  # type: ignore[operator]
    ]
    return [
        {
            "name": f.name,
            "url": f"/f/{f.token}",
            "icon": "image" if f.content_type.startswith("image/") else "file",
            "thumb": f"/f/{f.token}?thumb=1" if f.thumb else "",
        }
        for f in mine
    ]


def cited(case: Case) -> list[dict[str, str]]:
    """The clauses whose promises this case has a right to."""
    book = queries.handbook(case)
    found: dict[str, str] = {}
    for row in queries.clocks(case):
        for id in row.promises:
            promise = book.promise(id)
            found.setdefault(promise.clause, promise.en if english() else promise.says)
    return [{"no": no, "text": text} for no, text in sorted(found.items())][:6]


def reasons(case: Case) -> list[str]:
    """Why the case was sorted as it was, in words."""
    book = queries.handbook(case)
    said = []
    for reason in case.reasons:
        cues = "、".join(reason.get("cues", []))
        value = reason["value"]
        known = {
            "category": book.categories, "issue": book.issues, "severity": book.severities,
            "priority": book.priorities, "department": book.departments,
        }.get(reason["field"], {})  # fmt: skip
        name = say(known.get(value)) or str(value)
        said.append(f"{name}：{cues or reason['because']}（{reason['clause']}）")
    return said
