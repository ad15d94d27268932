"""What the desk asks for about an appeal; the commands judge what was filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bihuan.appeals.words import DECLINES, INTERESTS, OUTCOMES
from bihuan.web.asking import ASKED, Told


def _area(label: str, rows: int = 4, help: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, strip=False, help_text=help,
        widget=forms.Textarea(attrs={"rows": rows}), error_messages=ASKED,
    )  # fmt: skip


class Said(Told):
    """A step that asks for words alone."""

    field = "text"

    def __init__(self, data: Any = None, *, label: str = "", help: str = "") -> None:
        super().__init__(data)
        self.fields[self.field] = _area(label, help=help)

    def given(self) -> dict[str, Any]:
        """What was filled in, as its command takes it."""
        return {name: str(self.data.get(name, "")) for name in self.fields}


class Accept(Said):
    name = "accept"


class Ask(Said):
    name = "ask"


class Reply(Said):
    name = "reply"


class Recuse(Said):
    name = "recuse"
    field = "reason"


class Decline(Said):
    """Not looked at, and why."""

    name = "decline"

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label=_("理由和其他途径"))
        self.fields["reason_code"] = _choice(_("事由"), DECLINES)
        self.order_fields(["reason_code", "text"])


class Decide(Told):
    """The decision in its parts; `next` may be left out only where the result stands."""

    name = "decide"

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["outcome"] = _choice(_("裁决"), OUTCOMES)
        self.fields["facts"] = _area(_("查明的事实"))
        self.fields["reasons"] = _area(_("理由"), help=_("回应申诉人的每一点理由"))
        self.fields["basis"] = _area(_("依据"), 2, _("条款或法律，先写网络消费方面的规定（5.2）"))
        self.fields["next"] = _area(_("接下来"), 2, _("由谁、在什么时候做什么；维持原结果的可不填"))

    def given(self) -> dict[str, Any]:
        return {name: str(self.data.get(name, "")) for name in self.fields}


class Appoint(Told):
    """Another reviewer: only who is independent is offered."""

    name = "appoint"

    def __init__(self, data: Any = None, *, choices: Mapping[str, str]) -> None:
        super().__init__(data)
        self.fields["staff_id"] = _choice(_("复核人"), choices)

    def given(self) -> dict[str, Any]:
        return {"staff_id": str(self.data.get("staff_id", ""))}


class Declare(Told):
    """A tie to a merchant."""

    name = "declare"

    def __init__(
        self, data: Any = None, *, staff: Mapping[str, str], shops: Mapping[str, str]
    ) -> None:
        super().__init__(data)
        self.fields["staff_id"] = _choice(_("人员"), staff)
        self.fields["merchant_id"] = _choice(_("商家"), shops)
        self.fields["tie"] = _choice(_("关系"), INTERESTS)

    def given(self) -> dict[str, Any]:
        return {name: str(self.data.get(name, "")) for name in self.fields}


def _choice(label: str, choices: Mapping[str, Any]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[("", _("请选择")), *choices.items()], required=False,
        error_messages=ASKED,
    )  # fmt: skip
