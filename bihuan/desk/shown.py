"""What the desk's templates show: prepared values, no rule of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.models import Case, Entry
from bihuan.cases.queries import unsealed
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.orders import queries as orders
from bihuan.policy import queries as policy
from bihuan.web import words
from bihuan.web.words import english

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
    ("unrouted", "待分类"),
    ("waiting", "待确认"),
    ("closed", "已办结"),
)


#: Field groups of 2.2.1 that were not given when the case was filed.
MISSING = {"identity": "账号或订单号", "contact": "联系方式"}


def say(term: Any) -> str:
    """A term of the handbook in the reader's language; its id when the text does not know it."""
    if term is None:
        return ""
    return str(term.en if english() else term.zh)


def rows(
    cases: Sequence[Case], by: Actor, at: datetime, *, selected: str = "", query: str = ""
) -> list[dict[str, Any]]:
    """List rows in six queries, however many there are."""
    persons = people.shown({c.person_id for c in cases}, by)
    owners = people.colleagues({c.owner_id for c in cases})
    shops = people.merchant_names({c.merchant_id for c in cases if c.merchant_id})
    said = queries.last_words([c.id for c in cases])
    book = policy.current(at)
    tags = queries.tags([c.id for c in cases])
    return [
        _row(c, persons, owners, shops, said, book, at, selected, query)
        | {"tag": tags[c.id][0].name if c.id in tags else ""}
        for c in cases
    ]


def _row(
    case: Case,
    persons: Mapping[int, Any],
    owners: Mapping[int, Any],
    shops: Mapping[int, str],
    said: Mapping[int, Any],
    book: Handbook,
    at: datetime,
    selected: str,
    query: str,
) -> dict[str, Any]:
    person, owner, last = (
        persons.get(case.person_id),
        owners.get(case.owner_id),
        said.get(case.id),
    )
    return {
        "number": case.number,
        "version": case.version,
        "url": f"/desk/inbox/{case.number}/?{query}" if query else case.desk_url,
        "channel_icon": ICONS[case.channel],
        "who": (person.name if person else "") or _("匿名用户"),
        "shop": shops.get(case.merchant_id, ""),
        "subject": unsealed(case.subject),
        "snippet": _snippet(last) if last else "",
        "when": lately(last.at if last else case.received_at, at),
        "unread": 1 if last and last.voice == "user" and case.is_open else 0,
        "sla": case_sla(case, at),
        "severity": case.severity,
        "severity_label": say(book.severities.get(case.severity)),
        "priority": case.priority,
        "priority_label": say(book.priorities.get(case.priority)),
        "issue_label": say(book.issues.get(case.issue)),
        "state_label": say(book.states.get(case.state)),
        "is_open": case.is_open,
        "owner_initial": owner.name[:1] if owner else "",
        "owner_name": owner.name if owner else _("未分派"),
        "selected": case.number == selected,
    }


def _snippet(last: Any) -> str:
    """The last words, and who said them."""
    who = {"user": _("用户"), "agent": _("客服"), "merchant": _("商家")}.get(last.voice, _("系统"))
    return _("{who}：{words}").format(who=who, words=unsealed(last.text)[:80])


def voice(entry: Entry) -> str:
    """Who said something, or that it was a note to colleagues."""
    if entry.internal:
        return _("内部备注")
    said = {"user": _("用户"), "agent": _("客服"), "merchant": _("商家")}
    return said.get(entry.voice, _("系统"))


def lately(moment: datetime, at: datetime) -> str:
    """As short as a list needs it: the hour today, 昨天, else the day."""
    there, today = words.local(moment), words.local(at).date()
    return f"{there:%H:%M}" if there.date() == today else words.day_words(there.date(), today)


def case_sla(case: Case, at: datetime) -> words.Sla:
    """The chip of a case: its nearest due, its window for an answer, or that it has ended.

    What was planned is owed by the house until its promised day, and overdue after it.
    """
    if case.next_due_at:
        return words.sla(case.next_due_at, at, case.round_at)
    if case.state == "notified" and case.waits_until:
        return words.Sla("paused", "", _("待确认"))
    if case.is_open and case.waits_until:
        return words.sla(case.waits_until, at, case.round_at)
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
    owner = people.colleagues([case.owner_id]).get(case.owner_id)
    return {
        "number": case.number,
        "subject": unsealed(case.subject),
        "state": case.state,
        "state_label": say(book.states.get(case.state)),
        "kind_label": say(book.kinds.get(case.kind)),
        "severity_label": say(book.severities.get(case.severity)),
        "severity_tone": SEVERITY_TONE[case.severity],
        "priority_label": say(book.priorities.get(case.priority)),
        "tier": _("{n} 级响应").format(n=case.tier),
        "proposed_label": say(book.severities.get(case.proposed_severity)),
        "missing": [_(MISSING[name]) for name in case.missing if name in MISSING],
        "category_label": say(book.categories.get(case.category)),
        "issue_label": say(book.issues.get(case.issue)),
        "tags": _tags(case),
        "version": case.version,
        "url": case.desk_url,
        "restricted": case.restricted,
        "person": _person(case, by, at),
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
        "began_in": _began_in(case),
    }


def _began_in(case: Case) -> dict[str, str] | None:
    """What its channel calls it, and where that is shown; None for a case of our own pages."""
    if not case.external_id:
        return None
    talk = case.channel in {"chat", "phone"}
    where = settings.CONVERSATION_URL if talk else ""
    return {
        "label": _("会话编号") if talk else _("来源编号"),
        "id": case.external_id,
        "url": where.replace("{id}", quote(case.external_id, safe="")),
    }


def _tags(case: Case) -> list[dict[str, str]]:
    """Each with the list of the cases that have it."""
    return [
        {"name": tag.name, "url": f"/desk/inbox/?{urlencode({'view': 'every', 'tag': tag.name})}"}
        for tag in queries.tags([case.id]).get(case.id, [])
    ]


def _person(case: Case, by: Actor, at: datetime) -> dict[str, Any]:
    person = people.shown([case.person_id], by)[case.person_id]
    others = queries.count_of_person(case, by, at - timedelta(days=365))
    return {
        "name": person.name or _("匿名用户"), "phone": person.phone,
        "contact_pref": _tell_by(person.tell_by), "mail_fails": person.mail_fails,
        "prior_count": others,
        "prior_url": f"/desk/inbox/?view=every&same={case.number}" if others else "",
        "reveal_url": f"{case.desk_url}reveal/",
    }  # fmt: skip


def _tell_by(way: str) -> str:
    return {
        "inbox": _("站内消息"), "email": _("电子邮件"), "sms": _("短信"), "wechat": _("微信"),
        "push": _("APP 推送"),
    }.get(way, way)  # fmt: skip


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
    return [_reason(reason, queries.handbook(case)) for reason in case.reasons]


def _reason(reason: Mapping[str, Any], book: Handbook) -> str:
    named = {
        "category": book.categories, "issue": book.issues, "severity": book.severities,
        "priority": book.priorities, "department": book.departments,
    }  # fmt: skip
    known: dict[str, Any] = {id: term for terms in named.values() for id, term in terms.items()}
    value = str(reason["value"])
    what = {
        "category": _("类别"), "issue": _("问题"), "severity": _("严重程度"),
        "tier": _("响应级别"), "priority": _("优先级"), "department": _("部门"),
    }.get(reason["field"], _("特别规定"))  # fmt: skip
    name = say(dict(named.get(reason["field"], {})).get(value)) or value
    cues = _("、").join(say(known.get(cue)) or cue for cue in reason.get("cues", []))
    because = _BECAUSE.get(reason["because"], "")
    why = _(because).format(cues=cues) if because else cues
    return _("{what}：{name}，{why}（{clause}）").format(
        what=what, name=name, why=why, clause=reason["clause"]
    )


_BECAUSE = {
    "chosen": "登记时选定",
    "cues": "文中提到“{cues}”",
    "by_issue": "由问题类型决定",
    "by_severity": "由严重程度决定",
    "by_category": "由类别决定",
    "people": "涉及 {cues} 人",
    "amount": "涉及金额较大",
    "override": "按特别规定",
    "nothing_graver": "没有更严重的情形",
    "nothing_fits": "没有相符的类型",
    "rule": "按分派规则“{cues}”",
    "fallback": "“{cues}”无人当值，转后备部门",
}
