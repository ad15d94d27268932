"""What is asked about an endpoint; what may stand in it is judged by the commands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.core.refusals import Invalid
from bihuan.events.catalog import CATALOG
from bihuan.integrations import rules
from bihuan.web import messages


def kind_words(kind: str) -> str:
    """What a kind of event is called, in the reader's language."""
    if kind not in CATALOG:
        return _("测试推送")
    english = (get_language() or "").startswith("en")
    return CATALOG[kind].label_en if english else CATALOG[kind].label


class WebhookForm(forms.Form):
    """Name, address, and the kinds of events."""

    use_required_attribute = False

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        asked = {"required": _("请填写这一项"), "invalid_choice": _("请从给出的选项中选择")}
        self.fields["name"] = forms.CharField(
            label=_("名称"), strip=False, error_messages=asked,
            help_text=_("同事看得懂的名字，例如：订单系统"),
        )  # fmt: skip
        self.fields["url"] = forms.CharField(
            label=_("推送到"), strip=False, error_messages=asked,
            widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            help_text=_("以 https:// 开头的网址，端口 443 或 8443，不能在内部网络里"),
        )  # fmt: skip
        offered = [(kind, f"{kind_words(kind)} {kind}") for kind in rules.OFFERED]
        self.fields["kinds"] = forms.MultipleChoiceField(
            label=_("推送哪些事件"), error_messages=asked | {"required": _("请至少勾选一种事件")},
            widget=forms.CheckboxSelectMultiple,
            choices=[(rules.EVERY, _("全部事件，以后新增的也推送")), *offered],
        )  # fmt: skip

    def refuse(self, fault: Invalid) -> None:
        """Each fault at the field that caused it."""
        words = messages.faults(fault)
        for field in fault.fields:
            self.add_error(field if field in self.fields else None, words[field])
