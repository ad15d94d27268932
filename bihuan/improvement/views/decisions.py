"""A decision: put to the vote on its item, read, published, carried out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.accounts.queries import staff_choices, units
from bihuan.improvement import commands, queries
from bihuan.improvement.commands import Proposal
from bihuan.improvement.forms import DecisionForm, RecusalForm
from bihuan.improvement.rules import committee as rules
from bihuan.improvement.views import shown
from bihuan.improvement.views.committee import writer
from bihuan.web.asking import sent
from bihuan.web.door import Who, enter


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, id: int) -> HttpResponse:
    """One item is put to the vote; during the meeting once more corrects it."""
    who = writer(request, "decide")
    meeting, item, table = queries.item_page(id, **who)
    seats = {seat.id: shown.seat_name(seat) for seat in meeting.seats}
    form = DecisionForm(
        sent(request),
        voters=[(str(seat), seats[seat]) for seat in table.voters],
        votes=[(vote, str(label)) for vote, label in shown.VOTES.items()],
        staff=staff_choices(),
        replaceable=_replaceable(who, item),
        initial=_before(item, who),
    )
    context = {
        "item": item,
        "table": table,
        "recused": [(shown.seat_name(seat), why) for seat, why in item.recused],
        "back": reverse("improvement:meeting", args=[meeting.row.id]),
        "total": rules.seats_in_all([seat.function for seat in meeting.seats]),
        "vote_fields": [form[f"vote_{seat}"] for seat in table.voters],
        "writable": meeting.writable and meeting.begun,
    }
    return shown.asked(
        request, form, lambda: _decided(form, id, who), context, to=str(context["back"]),
        said=_("已记下表决"), template="improvement/decide.html",
    )  # fmt: skip


def _decided(form: DecisionForm, id: int, who: Who) -> object:
    given = form.cleaned_data
    proposal = Proposal(
        text=given["text"],
        clauses=given["clauses"],
        owner_id=int(given["owner_id"] or 0),
        due_on=given["due_on"],
        replaces=given["replaces"],
    )
    return commands.decide(item_id=id, proposal=proposal, votes=form.votes(), **who)


def _replaceable(who: Who, item: queries.AgendaItem) -> list[tuple[str, str]]:
    """The adopted decisions of meetings that have ended and that nothing replaces yet."""
    own = item.decision.replaces if item.decision else ""
    found = queries.decisions(who["by"], who["at"], limit=200).found
    return [
        (one.row.number, f"{one.row.number} {one.row.text[:30]}")
        for one in found
        if one.row.adopted and one.ended and (not one.replaced_by or one.row.number == own)
    ]


def _before(item: queries.AgendaItem, who: Who) -> dict[str, Any]:
    """What was written down already, or the clause of the item."""
    if item.decision is None:
        return {"clauses": item.row.clause}
    row = item.decision.row
    votes = queries.decision(row.id, **who)[1]
    return {
        "text": row.text,
        "clauses": _("、").join(row.clauses),
        "owner_id": str(row.owner_id or ""),
        "due_on": row.due_on,
        "replaces": item.decision.replaces,
        **{f"vote_{seat.id}": vote for seat, vote in votes},
    }


@require_http_methods(["GET", "POST"])
def recuse(request: HttpRequest, id: int) -> HttpResponse:
    """A member with an interest has no vote on an item."""
    who = writer(request, "recuse")
    meeting, item, table = queries.item_page(id, **who)
    names = {seat.id: shown.seat_name(seat) for seat in meeting.seats}
    form = RecusalForm(sent(request), seats=[(str(seat), names[seat]) for seat in table.voters])

    def act() -> object:
        given = form.cleaned_data | {"seat_id": int(form.cleaned_data["seat_id"])}
        return commands.recuse(item_id=id, **given, **who)

    back = reverse("improvement:decide", args=[id])
    page = {
        "heading": _("回避：{item}").format(item=item.row.title),
        "lead": _("与议题有利害关系的委员不参加这一项的表决，也不计入到会人数。"),
        "submit": _("记下回避"),
        "back": back,
    }
    return shown.asked(request, form, act, page, to=back, said=_("已记下回避"))


@require_GET
def decision(request: HttpRequest, id: int) -> HttpResponse:
    """One decision with its clauses, its votes and what follows."""
    who = enter(request)
    found, votes = queries.decision(id, **who)
    writes, row = rules.may_write(who["by"]), found.row
    undone = found.state in ("open", "late") and found.ended
    context = {
        **shown.decision(found, units(), who["at"]),
        "votes": [(shown.seat_name(seat), shown.VOTES[vote], vote) for seat, vote in votes],
        "reads": rules.reads_all(who["by"]),
        "may_publish": writes and row.adopted and found.ended and not row.published_at,
        "may_finish": undone and (writes or who["by"].id == row.owner_id),
    }
    return render(request, "improvement/decision.html", context)


@require_POST
def publish(request: HttpRequest, id: int) -> HttpResponse:
    """It stands on the public page from now on."""
    who, to = enter(request), reverse("improvement:decision", args=[id])
    return shown.acted(request, lambda: commands.publish(id=id, **who), to=to, said=_("决议已公开"))


@require_POST
def finish(request: HttpRequest, id: int) -> HttpResponse:
    """What followed is done."""
    who, to = enter(request), reverse("improvement:decision", args=[id])
    return shown.acted(request, lambda: commands.finish(id=id, **who), to=to, said=_("已记下落实"))
