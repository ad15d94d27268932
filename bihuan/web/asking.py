"""How a form of the staff's pages is asked and answered, and a button pressed: one way for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages as notes
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bihuan.core.refusals import Invalid, NotPossible, NotReady, Refusal
from bihuan.web import messages

ASKED = {"required": _("请填写这一项"), "invalid_choice": _("请从给出的选项中选择")}


class Refusable(forms.Form):
    """A form whose faults a command names."""

    use_required_attribute = False

    def refuse(self, fault: Invalid) -> None:
        """Each fault at the field that caused it; one without a field stands on top."""
        for field, said in self.said(fault).items():
            self.add_error(field if field in self.fields else None, said)

    def said(self, fault: Invalid) -> dict[str, str]:
        """The words at each field; a room that says one in words of its own gives those."""
        return messages.faults(fault)


class Told(Refusable):
    """A form that only shows: commands check what was filled in and name the faults."""

    name = "form"

    def __init__(self, data: Any = None, **rest: Any) -> None:
        super().__init__(data, **rest)
        self.auto_id = f"{self.name}_%s"

    def full_clean(self) -> None:
        """Nothing is checked twice, so no field is told two different things."""
        self._errors = ErrorDict()
        self.cleaned_data = {}


def sent(request: HttpRequest) -> Any:
    """What was filled in, also where that is nothing at all; None for a first look."""
    return request.POST if request.method == "POST" else None


def why_not(no: Refusal) -> str:
    """Why a step is not possible now; a room that says it in words of its own gives those."""
    return messages.detail(no.code(), no.facts)


def taken(
    form: Refusable, act: Callable[[], object], *, why: Callable[[Refusal], str] = why_not
) -> bool:
    """Whether it was done; else the form says what is wrong, and nothing filled in is lost."""
    try:
        act()
    except Invalid as fault:
        form.refuse(fault)
    except (NotReady, NotPossible) as no:
        form.add_error(None, why(no))
    return not form.errors


def pressed(
    request: HttpRequest,
    act: Callable[[], object],
    *,
    said: str = "",
    why: Callable[[Refusal], str] = why_not,
) -> bool:
    """A button without a form: whether it was done; the next page says so, or why not."""
    try:
        act()
    except (NotPossible, Invalid) as no:
        notes.warning(request, " ".join(messages.faults(no).values() or [why(no)]))
        return False
    if said:
        notes.success(request, said)
    return True
