"""What is asked for at the doors of this room; commands decide whether it is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.core.refusals import Refusal
from bihuan.web import messages


class Asked(forms.Form):
    """A form without the browser's own checks: the server says what to do, in its own words."""

    use_required_attribute = False

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **rest})

    def full_clean(self) -> None:
        """Finds no fault of its own: `put` brings those of the commands."""
        self._errors, self.cleaned_data = ErrorDict(renderer=self.renderer), {}

    def put(self, refusal: Refusal) -> None:
        """The faults a command found, each at its field; what has no field stands on top."""
        faults: Mapping[str, str] = getattr(refusal, "fields", {})
        for name, code in faults.items():
            words = self._missing(name, code) or _says(code) or messages.fault(code, refusal.facts)
            self.add_error(name if name in self.fields else None, words)
        if not faults:
            self.add_error(None, messages.detail(refusal.code(), refusal.facts))

    def _missing(self, name: str, code: str) -> str:
        if code != "missing" or name not in self.fields:
            return ""
        return _("请填写{field}").format(field=self.fields[name].label)


def _says(code: str) -> str:
    return {
        "not_a_phone": _("请填写 11 位手机号，或完整的邮箱地址"),
        "not_an_email": _("请填写完整的邮箱地址，例如 name@example.com"),
        "not_a_number_of_a_case": _("请填写 TS 开头的 18 位案件编号"),
        "wrong_code": _("验证码不对或已过期，请核对后重填，或重新获取"),
        "code_spent": _("填错的次数太多，这个验证码已作废，请重新获取一个"),
        "password_too_short": _("密码至少要有 10 个字符"),
        "password_too_common": _("这个密码太常见，请换一个"),
        "password_too_similar": _("密码和用户名太像，请换一个"),
        "not_the_same": _("两次填写的密码不一样，请重新填写"),
    }.get(code, "")


class ContactForm(Asked):
    """Where the code goes."""

    contact = forms.CharField(
        label=later("手机号或邮箱"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class NumberForm(Asked):
    """Which case a guest asks for."""

    number = forms.CharField(
        label=later("案件编号"),
        help_text=later("在提交后的页面和每一条通知里都能找到，例如 TS2026021300000125。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class CodeForm(Asked):
    """The code that was sent; the phone may fill it in, and it may be pasted."""

    code = forms.CharField(
        label=later("验证码"),
        help_text=later("6 位数字，10 分钟内有效。"),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "maxlength": "40",
                "class": "input-short",
            }
        ),
    )


class PasswordForm(Asked):
    """A first password, twice."""

    password = forms.CharField(
        label=later("设置密码"),
        strip=False,
        max_length=200,
        help_text=later("至少 10 个字符，不要用常见的密码。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=later("再填一次"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
