"""What is asked about a missed deadline."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bihuan.complaints.commands import WORDS_MOST

ASKED = {"required": _("请填写这一项")}


class Explanation(forms.Form):
    """Lengths and characters are judged by the command; the form carries the words."""

    cause = forms.CharField(
        label=_("超时原因"),
        help_text=_("写明事实与责任环节，不写用户的个人信息"),
        strip=False,
        error_messages=ASKED,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": WORDS_MOST}),
    )
    measure = forms.CharField(
        label=_("整改措施"),
        help_text=_("写明由谁、在何时之前、做什么，避免再次发生"),
        strip=False,
        error_messages=ASKED,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": WORDS_MOST}),
    )

    use_required_attribute = False
