"""实名核验：what waits to be checked, and one declaration with its decision (1.2 ①)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.accounts import commands
from bihuan.accounts import queries as people
from bihuan.core import inputs
from bihuan.core.refusals import Conflict, Invalid, NotPossible, NotReady
from bihuan.desk.forms import Shown
from bihuan.desk.shown import say
from bihuan.policy import queries as policy
from bihuan.web import identities, messages, words
from bihuan.web.door import Who, staff, status

ACTS = ["see", "verify", "refuse"]


class SeeForm(Shown):
    """Why somebody looks."""

    reason = forms.CharField(
        label=later("查看理由"), max_length=200, help_text=later("例如：核对证件照片。")
    )


class VerifyForm(Shown):
    """By what it was checked."""

    way = forms.ChoiceField(
        label=later("核验方式"), choices=[("", later("请选择")), *identities.WAYS.items()]
    )


class RefuseForm(Shown):
    """Why it was not."""

    reason = forms.ChoiceField(
        label=later("不通过的原因"),
        choices=[
            ("", later("请选择")),
            *((id, said) for id, (said, _told) in identities.REASONS.items()),
        ],
        help_text=later("用户会看到原因和下一步"),
    )  # fmt: skip


FORMS: dict[str, type[Shown]] = {"see": SeeForm, "verify": VerifyForm, "refuse": RefuseForm}


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The declarations that wait, the oldest first, masked."""
    who = staff(request)
    rows = [_row(one, who) for one in people.identities_waiting(who["by"])]
    return render(request, "desk/identities.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One declaration: looked at with a reason, then verified or refused."""
    who = staff(request)
    check = people.identity_check(id, who["by"])
    made = {act: form(None, auto_id=f"{act}_%s") for act, form in FORMS.items()}
    context: dict[str, Any] = {}
    code = 200
    if request.method == "POST":
        act = inputs.one_of(request.POST.get("act"), ACTS, field="act")
        try:
            if act == "see":
                reason = request.POST.get("reason", "")
                context["values"] = commands.open_identity(id=id, reason=reason, **who)
            else:
                _decide(act, id, request, who)
                return redirect("desk:identities")
        except Invalid as fault:
            made[act] = FORMS[act](request.POST, auto_id=f"{act}_%s")
            for name, said in messages.faults(fault).items():
                made[act].add_error(name, said)
            code = 422
        except (NotReady, Conflict, NotPossible) as refusal:
            context["refusal"], code = _said(refusal), status(refusal)
            check = people.identity_check(id, who["by"])  # as it stands now
    context |= {
        "row": _row(check, who),
        "forms": made,
        "waits": check.state == "waiting",
        "seen": people.identity_seen(id, who["by"]),
        "faulty": code == 422,
    }
    return render(request, "desk/identity.html", context, status=code)


def _decide(act: str, id: int, request: HttpRequest, who: Who) -> None:
    if act == "verify":
        commands.verify_identity(id=id, way=request.POST.get("way", ""), **who)
        notes.success(request, _("已核验通过，证件号码已销毁"))
    else:
        commands.refuse_identity(id=id, reason=request.POST.get("reason", ""), **who)
        notes.success(request, _("已记为不通过，所填内容已销毁"))


def _said(refusal: NotReady | Conflict | NotPossible) -> str:
    if isinstance(refusal, NotReady):
        return _("请先写明理由、查看申报的姓名和证件，再作结论。")
    if isinstance(refusal, NotPossible):
        return _("这份申报已有结论或已撤回。")
    return messages.detail(refusal.code(), refusal.facts)


def _row(check: people.Waiting, who: Who) -> dict[str, Any]:
    demand = policy.current(who["at"]).demands.get(check.purpose)
    return {
        "id": check.id,
        "url": f"/desk/identities/{check.id}/",
        "name": check.name,
        "number": check.number,
        "document": identities.DOCUMENTS[check.document],
        "person": " · ".join(
            filter(None, (check.person.name, check.person.phone or check.person.email))
        ),
        "purpose": say(demand) if demand else _("用户自愿申报"),
        "basis": _BASES[check.basis],
        "waits": words.ago_words(check.declared_at, who["at"]),
        "declared": words.moment_words(check.declared_at, who["at"]),
        "doubles": check.doubles,
    }


_BASES = {
    "consent": later("单独同意"),
    "contract": later("履行合同所必需＋单独同意"),
    "legal_duty": later("法定义务＋单独同意"),
}
