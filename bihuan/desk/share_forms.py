"""What is asked when a share is given, finished, handed over or dropped (2.2.3)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.accounts.queries import staff_choices
from bihuan.desk.forms import Shown, working_units

#: The fields of each act.
ASKS = {
    "finish": ("result",),
    "hand_over": ("department", "owner_id", "reason"),
    "drop": ("reason",),
}
AREA = forms.Textarea(attrs={"rows": 4})


class GiveForm(Shown):
    """What a department is asked to do, and by when."""

    what = forms.CharField(
        label=later("要做什么"), help_text=later("写清要核实或处理的事项，不写用户的个人信息")
    )
    department = forms.ChoiceField(label=later("协办部门"))
    owner_id = forms.ChoiceField(label=later("协办人"), required=False)
    due_at = forms.CharField(
        label=later("完成时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, data: Any, *, initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        self.fields["department"].choices = working_units()  # type: ignore[attr-defined]
        self.fields["owner_id"].choices = [  # type: ignore[attr-defined]
            ("", _("由系统按负荷指派")), *staff_choices(),
        ]  # fmt: skip


class ActForm(Shown):
    """What is said when a share is finished, handed over or dropped."""

    result = forms.CharField(label=later("完成情况与结论"), widget=AREA)
    department = forms.ChoiceField(label=later("改派部门"))
    owner_id = forms.ChoiceField(label=later("协办人"), required=False)
    reason = forms.CharField(label=later("理由"))

    def __init__(self, data: Any, *, action: str) -> None:
        super().__init__(data, label_suffix="", auto_id=f"{action}_%s")
        for name in self.fields.keys() - set(ASKS[action]):
            del self.fields[name]
        if action == "hand_over":
            self.fields["department"].choices = working_units()  # type: ignore[attr-defined]
            self.fields["owner_id"].choices = [  # type: ignore[attr-defined]
                ("", _("由系统按负荷指派")), *staff_choices(),
            ]  # fmt: skip
