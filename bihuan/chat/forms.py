"""What is asked of the person in a chat; the commands judge what was filled in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bihuan.accounts.commands import Contact
from bihuan.core.refusals import Invalid
from bihuan.web import messages
from bihuan.web.asking import Refusable


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

    def refuse(self, fault: Invalid) -> None:
        if "contact" in fault.fields:
            self.add_error("phone", _("请留下手机号码或电子邮箱，我们才能告诉您结果"))
            return
        for field, said in messages.faults(fault).items():
            self.add_error(field if field in self.fields else None, said)
