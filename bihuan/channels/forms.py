"""What an administrator says of the channels; the commands judge what was filled in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bihuan.channels import queries, rules, words
from bihuan.channels.commands import ContactGiven
from bihuan.channels.models import Published
from bihuan.core.opening import WEEK, write_spans
from bihuan.web.asking import ASKED, Refusable

MOMENT = "%Y-%m-%dT%H:%M"


def line(label: str, *, most: int, help_text: str = "", required: bool = False) -> forms.CharField:
    """A line whose content the command judges."""
    return forms.CharField(
        label=label, required=required, max_length=most, strip=False, help_text=help_text,
        error_messages=ASKED,
    )  # fmt: skip


class ContactForm(Refusable):
    """Where a channel is reached; what is left empty is not configured, and is not shown (X-26)."""

    def __init__(self, data: Any = None, *, channel: str, row: Published | None = None) -> None:
        super().__init__(data, initial=_initial(row) if row else {})
        unset = _("不填为未配置，用户看不到这个方式")
        labels = {"phone": _("客服电话"), "wechat": _("公众号名称"), "app": _("APP 里的入口")}
        self.fields["address"] = line(labels[channel], most=100, help_text=unset)
        if channel == "wechat":
            self.fields["link"] = line(
                _("公众号二维码里的网址"), most=300,
                help_text=_("例如 https://weixin.qq.com/r/…；页面和海报上的二维码由它生成"),
            )  # fmt: skip
        if channel in rules.WITH_HOURS:
            for n in WEEK:
                example = _("例如 09:00-12:00，13:30-17:30") * (n == 1)
                self.fields[f"hours_{n}"] = line(words.weekday(n), most=120, help_text=example)

    def given(self) -> ContactGiven:
        """What was filled in, as its command takes it."""
        values = dict(self.cleaned_data)
        hours = {n: values.pop(f"hours_{n}", "") for n in WEEK}
        return ContactGiven(**values, hours=hours)


def _initial(row: Published) -> dict[str, Any]:
    hours = {f"hours_{n}": write_spans(spans) for n, spans in row.week.items()}
    return {"address": row.address, "link": row.link} | hours


class OutageForm(Refusable):
    """A channel that will not work for a time."""

    def __init__(self, data: Any = None, *, at: datetime) -> None:
        super().__init__(data)
        listed = [(id, queries.name(id, at)) for id in queries.channels_shown()]
        self.fields["channel"] = forms.ChoiceField(
            label=_("渠道"), choices=listed, error_messages=ASKED
        )
        for name, label in (("starts_at", _("从")), ("ends_at", _("到"))):
            self.fields[name] = forms.DateTimeField(
                label=label, error_messages=ASKED, input_formats=[MOMENT],
                widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
            )  # fmt: skip
        self.fields["words"] = line(
            _("对用户的说明"), most=200, required=True,
            help_text=_("用户看得到，例如：系统升级，请用电话或在网上提交"),
        )  # fmt: skip
