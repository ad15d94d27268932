"""An appeal as its person lodges and follows it: the form, who must act, what else they can do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms as fields
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.accounts import queries as people
from bihuan.appeals import commands, queries
from bihuan.policy import queries as policy
from bihuan.portal import clocks
from bihuan.portal.clocks import Because
from bihuan.portal.fields import OneOf, Uploads, Words
from bihuan.portal.forms import Plain, named
from bihuan.portal.story import Way
from bihuan.web import words
from bihuan.web.words import english

if TYPE_CHECKING:
    from bihuan.appeals.models import Appeal
    from bihuan.cases.models import Case


class AppealForm(Plain):
    """Why the result is not accepted, on one page: ground, words, evidence, what is wanted."""

    text = Words(
        label=later("为什么不同意"),
        least=commands.LEAST,
        most=commands.MOST,
        asked=later("请写下为什么不同意，至少 10 个字"),
        help_text=later("写明哪里不对、有什么新的证据。请勿填写身份证号、银行卡号。"),
        widget=fields.Textarea(attrs={"rows": 6}),
    )
    wish = Words(
        label=later("希望的结果"), most=commands.WISH_MOST, lines=False,
        help_text=later("例如全额退款、换一件新的"),
    )  # fmt: skip

    def __init__(self, *args: Any, open_: queries.Open, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["ground"] = OneOf(
            asked=_("请选择一个最接近的理由"),
            label=_("申诉的理由"),
            choices=[(one.id, named(one)) for one in open_.grounds],
        )
        self.fields["files"] = Uploads()
        self.order_fields(["ground", "text", "files", "wish"])


class MoreForm(Plain):
    """More words or evidence, or the answer to a question."""

    text = Words(
        label=later("补充陈述"), most=commands.MOST,
        widget=fields.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["files"] = Uploads()


class ReasonForm(Plain):
    """Why another reviewer is asked for."""

    reason = Words(
        label=later("为什么申请回避"), least=2, most=1000,
        asked=later("请写下原因，至少 2 个字"), widget=fields.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


def choices(form: AppealForm, open_: queries.Open) -> list[dict[str, Any]]:
    """The grounds as cards."""
    chosen = form["ground"].value()
    return [
        {
            "value": one.id,
            "label": named(one),
            "hint": (one.help_en if english() else one.help),
            "checked": one.id == chosen,
        }
        for one in open_.grounds
    ]


def waits_for(row: Appeal, at: datetime) -> dict[str, str]:
    """Who must act, and by when: the first thing on the page (UI rule 5)."""
    if not row.is_open:
        return {}
    reviewer = people.staff_names([row.reviewer_id]).get(row.reviewer_id, "")
    head = queries.headline(queries.clocks(row))
    if row.asked_at:
        who = _("等您回答复核人的问题")
    elif not row.reviewer_id:
        who = _("正在抽取没有经办过此事的复核人")
    elif row.state == "filed":
        who = _("等复核人 {name} 受理").format(name=reviewer)
    else:
        who = _("等复核人 {name} 作出决定").format(name=reviewer)
    due = words.due_words(head.due_at, at) if head else ""
    return {"who": who, "due": due, "late": "late" if head and head.due_at < at else ""}


def because(row: Appeal, at: datetime) -> Because | None:
    """Where the time on top comes from."""
    head = queries.headline(queries.clocks(row))
    if head is None:
        return None
    whys = queries.explain(row, head)
    return clocks.because_of(whys, at) if whys else None


def independence(row: Appeal, at: datetime) -> list[str]:
    """What was checked of the reviewer, in words: kept true at every step by the house (3.2)."""
    if not row.reviewer_id:
        return []
    days = policy.default("independence", at)
    return [
        _("没有经办过这件，也没有经办过并入或拆出的任何一件"),
        _("不在经办过这件的任何部门"),
        _("近 {days} 天没有负责或决定过同一商家的其他案件").format(days=days),
        _("没有申报过与这家商家的利害关系"),
    ]


def one_line(row: Appeal, at: datetime) -> dict[str, Any]:
    """An appeal on the page of its case."""
    waits = waits_for(row, at)
    return {
        "number": row.number,
        "url": reverse("portal:appealed", args=[queries.case_number(row), row.number]),
        "open": row.is_open,
        "waits": waits,
        "asked": bool(row.asked_at and row.is_open),
        "state": row.state,
    }


def of_case(case: Case, at: datetime) -> list[dict[str, Any]]:
    """The appeals of a case, the newest first."""
    return [one_line(row, at) for row in queries.of_case(case.id)]


def way(case: Case, at: datetime) -> list[Way]:
    """The way to lodge one, while it would not be refused."""
    if queries.may_appeal(case, at).refused:
        return []
    url = reverse("portal:appeal", args=[case.number])
    return [Way(_("申诉"), url, "gavel", _("由没有经办过的人复核"))]
