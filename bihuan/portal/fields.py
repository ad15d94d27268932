"""The portal's form fields: what was typed is cleaned by core.inputs and refused in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bihuan.core import inputs
from bihuan.core.refusals import Invalid

MOST_YUAN = 10_000_000
LOST = "\ufffd"  # stands where bytes were no UTF-8: what was written there is gone
Text = str | Promise  # a string, or one that is translated when it is shown


class Words(forms.CharField):
    """Text of `least` to `most` characters; `asked` says what to write when it is missing."""

    def __init__(
        self, *, most: int, least: int = 0, asked: Text = "", lines: bool = True, **rest: Any
    ) -> None:
        self.least, self.most, self.asked, self.lines = least, most, asked, lines
        rest.setdefault("widget", forms.Textarea if lines else forms.TextInput)
        super().__init__(required=least > 0, strip=False, **rest)
        # what was pasted is never cut without a word: the counter and the answer say it is too long
        self.widget.attrs.setdefault("data-most" if lines else "maxlength", most)

    def clean(self, value: object) -> str:
        """The cleaned text; ValidationError says what to do."""
        if isinstance(value, str) and LOST in value:
            raise forms.ValidationError(_("有的字没有传对，请重新输入这一项"))
        try:
            return inputs.words(
                value, field="text", most=self.most, least=self.least, lines=self.lines
            )
        except Invalid as fault:
            raise forms.ValidationError(self._said(fault)) from None

    def _said(self, fault: Invalid) -> str:
        code = fault.fields["text"]
        if code in ("missing", "too_short") and self.asked:
            return str(self.asked)
        length = fault.facts.get("length", 0)
        words = {
            "missing": _("请填写这一项"),
            "too_short": _("请写得再具体一些，至少 {least} 个字"),
            "too_long": _("请缩短到 {most} 个字以内，现在有 {length} 个字"),
            "control_characters": _("请删去其中看不见的控制字符，只保留文字"),
            "one_line": _("请写成一行，不要换行"),
        }.get(code, _("请重新填写这一项"))
        return words.format(least=self.least, most=self.most, length=length)


class Yuan(Words):
    """An amount in yuan, kept in whole fen; None when nothing was typed."""

    def __init__(self, **rest: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "input-short"})
        super().__init__(most=20, lines=False, widget=widget, **rest)

    def clean(self, value: object) -> int | None:  # type: ignore[override]  # fen, not text
        """Whole fen; ValidationError for anything but an amount with at most two decimals."""
        text = super().clean(value).replace(",", "").replace("，", "").removesuffix("元").strip()
        if not text:
            return None
        try:
            fen = Decimal(text) * 100
        except InvalidOperation:
            raise forms.ValidationError(_("请只填数字，例如 329.00")) from None
        if not fen.is_finite() or fen != fen.to_integral_value():
            raise forms.ValidationError(_("请填写到分为止的金额，例如 329.00"))
        if not 0 <= fen <= MOST_YUAN * 100:
            raise forms.ValidationError(
                _("请填写 0 到 {most} 元之间的金额").format(most=f"{MOST_YUAN:,}")
            )
        return int(fen)


class OneOf(forms.ChoiceField):
    """One of a few answers as radio buttons; `asked` says what to do when none is chosen."""

    def __init__(self, *, asked: Text, choices: Mapping[str, Any] | Any, **rest: Any) -> None:
        pairs = list(choices.items()) if isinstance(choices, Mapping) else choices
        super().__init__(
            choices=pairs,
            widget=forms.RadioSelect,
            error_messages=dict.fromkeys(("required", "invalid_choice"), cast(str, asked)),
            **rest,
        )


class Uploads(forms.Field):
    """The place of uploaded files among the fields; portal.uploads keeps or refuses each file."""

    def __init__(self) -> None:
        super().__init__(required=False, label=_("照片、视频或文件"))
