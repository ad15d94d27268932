"""Cases that are likely the same matter, why, and what was said on those merged (2.20, 2.2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.cases.queries import Alike, unsealed
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid
from bihuan.desk import shown as labels
from bihuan.desk import steps
from bihuan.desk.called import called, phone_of
from bihuan.web import words
from bihuan.web.door import Who, staff

#: What of the form is compared, and how much of it is read.
READ = (
    ("account", 60), ("phone", 30), ("email", 120), ("order_no", 60), ("external_id", 190),
    ("issue", 40), ("text", 8000),
)  # fmt: skip


def shown(case: Case, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Each with its reasons; and the form that merges the later into the earlier, if possible."""
    able = "merge" in steps.offered(case, by)
    return [
        line | (_merging(case, one.case) if able and _mergeable(case, one.case) else {})
        for one, line in _lines(queries.likely_same(case, by), at)
    ]


def _mergeable(case: Case, other: Case) -> bool:
    return other.is_open and queries.shared(case, other)


def _merging(case: Case, other: Case) -> dict[str, Any]:
    here = other.received_at > case.received_at
    gone, kept = (other, case) if here else (case, other)
    return {
        "merge_url": f"{gone.desk_url}do/merge/", "version": gone.version, "into": kept.number,
        "here": here,
    }  # fmt: skip


def listed(found: Sequence[Alike], at: datetime) -> list[dict[str, Any]]:
    """The same for something that is only being written down."""
    return [line for _one, line in _lines(found, at)]


@require_POST
def while_writing(request: HttpRequest) -> HttpResponse:
    """What is being taken down, compared as far as it is written; nothing of it is kept."""
    who = staff(request)
    told = phone_of(request.POST, called(request.POST, who))
    return render(request, "desk/_alike_card.html", {"similar": about(told, who)})


def about(post: Mapping[str, Any], who: Who) -> list[dict[str, Any]]:
    """Cases that are likely the same as what this form says; none for what cannot be read."""
    try:
        read = {name: inputs.words(post.get(name), field=name, most=most) for name, most in READ}
    except Invalid:
        return []
    known = (people.known_by(read[name]) for name in ("account", "phone", "email") if read[name])
    found = queries.likely_new(
        person_id=next(filter(None, known), 0), order_no=read["order_no"], text=read["text"],
        external_id=read["external_id"], issue=read["issue"], **who,
    )  # fmt: skip
    return listed(found, who["at"])


def _lines(found: Sequence[Alike], at: datetime) -> list[tuple[Alike, dict[str, Any]]]:
    return [
        (
            one,
            {
                "number": one.case.number,
                "url": one.case.desk_url,
                "subject": unsealed(one.case.subject)[:40],
                "state": labels.say(queries.handbook(one.case).states.get(one.case.state)),
                "received": words.moment_words(one.case.received_at, at),
                "reasons": _("、").join(_reason(*part) for part in one.likeness.shared),
            },
        )
        for one in found
    ]


def _reason(what: str, points: int, per_cent: int) -> str:
    said = {
        "same_talk": _("同一会话"),
        "same_order": _("同一订单"),
        "same_person": _("同一用户"),
        "same_merchant": _("同一商家"),
        "same_issue": _("同一类问题"),
        "same_text": _("内容相近 {n}%"),
    }[what]
    return said.format(n=per_cent)


def merged(case: Case, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """What was said on the cases that were merged into this one: it stays theirs (2.2.3)."""
    cases = queries.merged_into(case, by)
    if not cases:
        return []
    said = queries.said_of(one.id for one in cases)
    return [
        {
            "number": one.number,
            "url": one.desk_url,
            "subject": unsealed(one.subject),
            "entries": [
                {
                    "voice": labels.voice(entry),
                    "at": words.moment_words(entry.at, at),
                    "text": unsealed(entry.text),
                }
                for entry in said[one.id]
            ],
        }
        for one in cases
    ]


def unlike(number: str, by: Actor) -> str:
    """What to look at again after a merge of two that are about different things; "" for nothing.

    A merge is by a number that somebody wrote; its persons are told that the two are one matter.
    """
    case = queries.get(number, by)
    other = queries.visible(by).filter(id=case.merged_into).first() if case.merged_into else None
    if other is None:
        return ""
    orders = 0 != case.order_id != other.order_id != 0
    merchants = 0 != case.merchant_id != other.merchant_id != 0
    if not (orders or merchants):
        return ""
    return _("已并入“{subject}”，但两件的订单或商家不同。如果并错了，主管可以撤销并案。").format(
        subject=other.subject
    )
