"""What is asked about a call; the commands judge it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bihuan.web.asking import Told

Choices = Sequence[tuple[str, str]]


def _words(label: str, *, rows: int, required: bool = True, **rest: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "data-private": ""})
    return forms.CharField(label=label, required=required, widget=widget, **rest)


def _moment(label: str, *, required: bool = True, **rest: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget, **rest)


class NoteForm(Told):
    """What is said on the telephone."""

    name = "note"

    def __init__(self, *args: Any, on_case: bool, **rest: Any) -> None:
        super().__init__(*args, **rest)
        said = _("同时存为案件的内部备注") if on_case else _("关联案件后会带到案件的内部备注里")
        self.fields["text"] = _words(_("内容"), rows=5, help_text=said)


class LinkForm(Told):
    """Which case a call is about."""

    name = "link"

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["number"] = forms.CharField(
            label=_("案件编号"), max_length=40, widget=forms.TextInput(attrs={"class": "mono"})
        )


class PromiseForm(Told):
    """Until when somebody is called back, and by whom."""

    name = "promise"

    def __init__(self, *args: Any, staff: Choices, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["due_at"] = _moment(_("最迟回拨时间"))
        self.fields["owner_id"] = forms.ChoiceField(label=_("由谁回拨"), choices=list(staff))
        self.fields["text"] = _words(_("回拨要说的事"), rows=3, required=False)


class AttemptForm(Told):
    """What became of a try, what was said, and when it is tried again."""

    name = "attempt"

    def __init__(self, *args: Any, outcomes: Choices, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["outcome"] = forms.ChoiceField(
            label=_("回拨结果"), choices=list(outcomes), widget=forms.RadioSelect
        )
        self.fields["text"] = _words(
            _("说了什么"), rows=4, required=False,
            help_text=_("记入通话和案件的内部备注；对用户的答复请在案件里进行。"),
        )  # fmt: skip
        self.fields["due_at"] = _moment(
            _("下次回拨不晚于"), required=False, help_text=_("没有接通时填写；不填即不变")
        )


class DropForm(Told):
    """Why nobody calls back."""

    name = "drop"

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["text"] = _words(_("不再回拨的原因"), rows=2)


class HandForm(Told):
    """Who calls back instead."""

    name = "hand"

    def __init__(self, *args: Any, staff: Choices, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["owner_id"] = forms.ChoiceField(label=_("转给"), choices=list(staff))


class ExtensionForm(Told):
    """Whose telephone it is."""

    name = "extension"

    def __init__(self, *args: Any, staff: Choices, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["extension"] = forms.CharField(
            label=_("分机号"), max_length=40, help_text=_("例如 1001，也可以写 PJSIP/1001")
        )
        self.fields["staff_id"] = forms.ChoiceField(label=_("使用人"), choices=[("", "—"), *staff])
