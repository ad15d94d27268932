"""What is asked about an endpoint; what may stand in it is judged by the commands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.events.catalog import CATALOG
from bihuan.integrations import rules
from bihuan.web.asking import ASKED, Refusable
from bihuan.web.words import english

#: What the events of a kind are about, by the part of the kind before the dot.
ROOMS = {
    "case": later("案件"),
    "clock": later("时限"),
    "follow_up": later("后续措施"),
    "sub_task": later("协办"),
    "inquiry": later("向第三方查询"),
    "handling": later("办理步骤"),
    "feedback": later("反馈分级"),
}


def kind_words(kind: str) -> str:
    """What a kind of event is called, in the reader's language."""
    if kind not in CATALOG:
        return _("测试推送")
    return CATALOG[kind].label_en if english() else CATALOG[kind].label


class WebhookForm(Refusable):
    """Name, address, and the kinds of events."""

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["name"] = forms.CharField(
            label=_("名称"), strip=False, error_messages=ASKED,
            help_text=_("同事看得懂的名字，例如：订单系统"),
        )  # fmt: skip
        self.fields["url"] = forms.CharField(
            label=_("推送到"), strip=False, error_messages=ASKED,
            widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            help_text=_("以 https:// 开头的网址，端口 443 或 8443，不能在内部网络里"),
        )  # fmt: skip
        offered = [(kind, kind_words(kind)) for kind in rules.OFFERED]
        self.fields["kinds"] = forms.MultipleChoiceField(
            label=_("推送哪些事件"), error_messages=ASKED | {"required": _("请至少勾选一种事件")},
            widget=forms.CheckboxSelectMultiple,
            choices=[(rules.EVERY, _("全部事件，以后新增的也推送")), *offered],
        )  # fmt: skip

    @property
    def every(self) -> Any:
        """The box that stands for all kinds."""
        return self["kinds"][0]

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The other boxes by what the events are about; open where one of them is ticked."""
        boxes = list(self["kinds"])[1:]
        found = []
        for room, label in ROOMS.items():
            mine = [box for box in boxes if box.data["value"].partition(".")[0] == room]
            said = _("{group}（{total} 种）").format(group=label, total=len(mine))
            ticked = any(box.data["selected"] for box in mine)
            found.append({"label": said, "options": mine, "open": ticked})
        return found
