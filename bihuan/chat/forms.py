"""What is asked of the person in a chat; the commands judge what was filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bihuan.accounts.commands import Contact
from bihuan.core.refusals import Invalid
from bihuan.web.asking import Refusable, Told


class LeaveForm(Refusable):
    """How a guest who waits no longer is told of the answer (2.4.1)."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["name"] = forms.CharField(
            label=_("怎么称呼您"), required=False, max_length=60, strip=False,
            widget=forms.TextInput(attrs={"autocomplete": "name", "data-private": True}),
        )  # fmt: skip
        self.fields["phone"] = forms.CharField(
            label=_("手机号码"), required=False, max_length=40, strip=False,
            help_text=_("手机和邮箱填一项就可以，只用来告知这件事的进展"),
            widget=forms.TextInput(
                attrs={"autocomplete": "tel", "inputmode": "tel", "data-private": True}
            ),
        )  # fmt: skip
        self.fields["email"] = forms.CharField(
            label=_("电子邮箱"), required=False, max_length=254, strip=False,
            widget=forms.TextInput(
                attrs={"autocomplete": "email", "inputmode": "email", "data-private": True}
            ),
        )  # fmt: skip

    def contact(self) -> Contact:
        """As the command takes it."""
        given = self.data
        return Contact(
            name=str(given.get("name", "")), phone=str(given.get("phone", "")),
            email=str(given.get("email", "")),
        )  # fmt: skip

    def said(self, fault: Invalid) -> dict[str, str]:
        if "contact" in fault.fields:
            return {"phone": _("请留下手机号码或电子邮箱，我们才能告诉您结果")}
        return super().said(fault)


Choices = Sequence[tuple[str, str]]


def _words(label: str, *, rows: int = 3, required: bool = False, help_text: str = "") -> Any:
    widget = forms.Textarea(attrs={"rows": rows, "data-private": ""})
    return forms.CharField(label=label, required=required, widget=widget, help_text=help_text)


def _one_of(label: str, choices: Choices) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


class HandForm(Told):
    """To which colleague, with a note that the person does not see."""

    name = "hand"

    def __init__(self, data: Any = None, *, colleagues: Choices) -> None:
        super().__init__(data)
        self.fields["staff_id"] = _one_of(_("转给谁"), colleagues)
        self.fields["text"] = _words(_("给同事的话"), help_text=_("用户看不到"))


class LineForm(Told):
    """To which line of the team."""

    name = "line"

    def __init__(self, data: Any = None, *, lines: Choices) -> None:
        super().__init__(data)
        self.fields["line"] = _one_of(_("转到哪条线"), lines)
        self.fields["text"] = _words(_("给同事的话"), help_text=_("用户看不到"))


class TieForm(Told):
    """Which case a chat is about."""

    name = "tie"

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["number"] = forms.CharField(
            label=_("案件编号"), max_length=40, widget=forms.TextInput(attrs={"class": "mono"})
        )


class CaseForm(Told):
    """What a case of a chat says beside what was said; nothing of it must be filled in."""

    name = "case"

    def __init__(self, data: Any = None, *, kinds: Choices, known: bool) -> None:
        super().__init__(data)
        self.fields["kind"] = _one_of(_("类型"), [("", _("按内容判断")), *kinds])
        self.fields["kind"].required = False
        self.fields["subject"] = forms.CharField(label=_("标题"), required=False, max_length=120)
        self.fields["text"] = _words(
            _("内容"), rows=5, help_text=_("不写就用用户在第一次回复前说的话；整段对话都会附上")
        )
        if not known:
            for name, label in (
                ("name", _("姓名")),
                ("phone", _("手机号码")),
                ("email", _("电子邮箱")),
            ):
                self.fields[name] = forms.CharField(
                    label=label, required=False, max_length=254,
                    widget=forms.TextInput(attrs={"data-private": "", "autocomplete": "off"}),
                )  # fmt: skip

    def filled(self) -> dict[str, Any]:
        """As the command takes it."""
        given = {name: str(self.data.get(name, "")) for name in ("kind", "subject", "text")}
        contact = [str(self.data.get(name, "")) for name in ("name", "phone", "email")]
        if "phone" in self.fields and any(contact):
            name, phone, email = contact
            return {**given, "contact": Contact(name=name, phone=phone, email=email)}
        return dict(given)


class ReasonForm(Told):
    """Why somebody looks at what is masked (3.3)."""

    name = "reason"

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["reason"] = forms.CharField(
            label=_("查看理由"), max_length=200, help_text=_("例如：按用户要求核对手机号码。")
        )
