"""What was answered, as words: the summary before sending, and what becomes of it when sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bihuan.cases import queries
from bihuan.core import personal
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.portal import forms
from bihuan.portal.drafts import Started
from bihuan.portal.visitor import signed_in
from bihuan.web import words
from bihuan.web.door import moment

if TYPE_CHECKING:
    from bihuan.cases.models import Case


TITLE = 40
#: The form itself may be sent again so long; its address stays in the browser for longer.
SECOND_PRESS = timedelta(minutes=10)


class Answer(NamedTuple):
    """One line of the summary, with the step where it can be changed."""

    label: str
    value: str
    step: str


def order_words(data: Mapping[str, Any]) -> str:
    """The order this is about."""
    if data.get("order_title"):
        return str(data["order_title"])
    if data.get("order") == forms.OTHER_ORDER:
        return _("订单号 {number}").format(number=data.get("order_no", ""))
    return _("与订单无关")


def wish_words(data: Mapping[str, Any]) -> str:
    """What the person wants, in one line and in the reader's language."""
    parts = [str(forms.WISHES[data["wish"]][0])] if data.get("wish") in forms.WISHES else []
    if isinstance(data.get("amount"), int):
        parts.append(_("希望退回 {yuan} 元").format(yuan=words.money(data["amount"])))
    elif data.get("amount"):
        parts.append(_("希望退回 {yuan} 元").format(yuan=data["amount"]))
    if data.get("more"):
        parts.append(str(data["more"]))
    return _("；").join(parts)


def kept_wish(data: Mapping[str, Any]) -> str:
    """The same as it is kept with the case: in Chinese, whatever the page is read in."""
    with translation.override("zh-hans"):
        return wish_words(data)


def summary(data: Mapping[str, Any], book: Handbook) -> list[Answer]:
    """Everything that was answered, in the order it was asked."""
    issue = book.issues.get(data.get("issue", ""))
    return [
        Answer(_("订单"), order_words(data), "pick"),
        Answer(_("问题类型"), forms.named(issue) if issue else "", "type"),
        Answer(_("事情经过"), str(data.get("text", "")), "details"),
        Answer(_("希望怎么解决"), wish_words(data), "remedy"),
    ]


def title_of(text: str) -> str:
    """The first line, with personal numbers masked: a subject is shown in every list."""
    line = personal.mask(text).split("\n", 1)[0].strip().rstrip("。，；、.,; ")
    return line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"


def admit(request: HttpRequest, case: Case) -> str:
    """Where to go after filing. A guest is let in to this one case; staff go to their desk."""
    who: Actor | None = getattr(request, "who", None)
    if who is not None and who.is_staff:
        return case.desk_url
    if signed_in(request) is None:
        request.session.flush()  # a new key, and nothing of another guest's case
        request.session["person_id"] = case.person_id
        request.session["guest_case"] = case.id
    return reverse("portal:done", args=[case.number])


def again(request: HttpRequest, draft: Started) -> str:
    """Where a guest goes who sent a form twice; "" for everybody else.

    The second time nobody knows them yet: the answer that lets them in goes to the first press.
    """
    if request.method != "POST" or not draft.row or draft.row.person_id or signed_in(request):
        return ""
    case = queries.made(draft.case_id)
    return admit(request, case) if moment(request) < case.registered_at + SECOND_PRESS else ""
