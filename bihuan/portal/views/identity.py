"""实名：how surely somebody is known, why it is asked, declaring and taking back (1.2 ①)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms as fields
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_http_methods

from bihuan.accounts import commands
from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.core import identity as core
from bihuan.core.refusals import Invalid, NotFound, NotPossible, Refusal, TooMany
from bihuan.portal import forms
from bihuan.portal.visitor import proven
from bihuan.web import identities, messages, words
from bihuan.web.door import Who, status
from bihuan.web.words import english

if TYPE_CHECKING:
    from bihuan.cases.models import Case


class IdentityForm(forms.Plain):
    """Who somebody says they are; the room checks it and names every fault at once."""

    document = fields.ChoiceField(
        label=later("证件"), choices=identities.DOCUMENTS.items(), widget=fields.RadioSelect
    )
    name = fields.CharField(
        label=later("姓名"),
        help_text=later("与证件上的一致"),
        widget=fields.TextInput(attrs={"autocomplete": "name", "maxlength": core.NAME_MOST}),
    )
    number = fields.CharField(
        label=later("证件号码"),
        help_text=later("只用于这次核验：加密保存，有结论后即销毁"),
        widget=fields.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "maxlength": core.NUMBER_MOST}
        ),
    )
    consent = fields.BooleanField(
        label=later("我单独同意为核验身份处理我的证件号码（敏感个人信息），可以随时撤回")
    )

    def full_clean(self) -> None:
        """Nothing is checked twice, so no field is told two different things."""
        self._errors = ErrorDict()
        self.cleaned_data = {}


@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: HttpRequest) -> HttpResponse:
    """The level, what it is asked for, and the form; POST declares or takes back."""
    who = proven(request)
    case = _case(request.POST.get("case") or request.GET.get("case") or "", who)
    form = IdentityForm(initial={"document": "id_card"})
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            _act(request, case, who)
        except Invalid as fault:
            form, refused = IdentityForm(request.POST), fault
            form.refuse(fault)
        except (NotPossible, TooMany) as refusal:
            refused = refusal
        else:
            kept = {"case": case.number} if case else {}
            done = "gone" if request.POST.get("act") == "withdraw" else "sent"
            return redirect(f"{reverse('portal:identity')}?{urlencode({**kept, 'done': done})}")
    context = _shown(case, who) | {
        "form": form,
        "refusal": "" if refused is None or form.errors else _said(refused),
        "done": request.GET.get("done", "") if request.method != "POST" else "",
        "topbar": _("实名"),
        "back": case.url if case else reverse("portal:settings"),
    }
    return render(
        request, "portal/identity.html", context, status=status(refused) if refused else 200
    )


def _case(number: str, who: Who) -> Case | None:
    """The case this is for; somebody else's is none, and nothing is told of it."""
    try:
        return queries.get(number, who["by"]) if number else None
    except NotFound:
        return None


def _act(request: HttpRequest, case: Case | None, who: Who) -> None:
    given = request.POST
    if given.get("act") == "withdraw":
        commands.withdraw_identity(person_id=who["by"].id, **who)
        return
    demand = queries.identity_demand(case) if case else None
    commands.declare_identity(
        document=given.get("document", ""),
        name=given.get("name", ""),
        number=given.get("number", ""),
        consent=given.get("consent") in ("on", "true", "1"),
        purpose=demand.id if demand else "",
        **who,
    )


def _said(refusal: Refusal) -> str:
    if isinstance(refusal, TooMany):
        return _("一天内申报的次数太多，请明天再试。这不影响您的投诉和时限。")
    if isinstance(refusal, NotPossible):
        return _("现在不能这样操作：请看下面最新的状态。")
    return messages.detail(refusal.code(), refusal.facts)


def _shown(case: Case | None, who: Who) -> dict[str, Any]:
    standing = people.standing(who["by"].id)
    demand = queries.identity_demand(case) if case else None
    at = who["at"]
    return {
        "case": case,
        "level": identities.LEVELS[standing.level],
        "tone": identities.TONES[standing.level],
        "standing": standing,
        "document": identities.DOCUMENTS.get(standing.document, ""),
        "reason": identities.REASONS[standing.reason][1] if standing.reason else "",
        "declared": words.moment_words(standing.declared_at, at) if standing.declared_at else "",
        "until": words.date_words(standing.valid_until) if standing.valid_until else "",
        "kept": standing.state in ("waiting", "verified"),
        "demand": _demand(case, demand) if case and demand else None,
    }


def _demand(case: Case, demand: core.IdentityDemand) -> dict[str, Any]:
    """What this case demands, why, on what basis, and whether it is there."""
    missing = queries.identity_missing(case) if case.state == "filed" else None
    return {
        "what": identities.DEMANDED[demand.level],
        "why": demand.why_en if english() else demand.why,
        "basis": identities.BASES[demand.basis],
        "clause": demand.clause,
        "missing": missing is not None,
    }


def todo(case: Case) -> dict[str, Any] | None:
    """What the person of a filed case must still do before it is accepted, for its page."""
    demand = queries.identity_missing(case) if case.state == "filed" else None
    return _demand(case, demand) if demand else None
