"""What is asked when a party outside the house is asked, has answered or is given up (6.1)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.core.handbook import Handbook
from bihuan.desk.forms import Shown
from bihuan.desk.shown import say

MANNERS = {"query": "查询", "complaint": "投诉"}
WAYS = {
    "phone": "电话", "web": "对方网页或接口", "email": "电子邮件", "letter": "书面函件",
}  # fmt: skip
#: The fields of each act.
ASKS = {"answer": ("answer", "reference"), "drop": ("reason",)}
AREA = forms.Textarea(attrs={"rows": 4})


class AskForm(Shown):
    """Whom, what, by which way, and under which number of theirs."""

    party = forms.ChoiceField(label=later("向谁查询"))
    name = forms.CharField(
        label=later("名单以外的名称"),
        required=False,
        max_length=60,
        help_text=later("选“名单以外”时填写"),
    )
    manner = forms.ChoiceField(
        label=later("方式"),
        help_text=later("向快递企业投诉的，法律规定7日内答复；查询没有法定期限"),
    )
    way = forms.ChoiceField(label=later("途径"))
    what = forms.CharField(
        label=later("查询内容"),
        widget=AREA,
        help_text=later("写清要对方查明或处理的事项，不写用户的个人信息"),
    )
    reference = forms.CharField(
        label=later("外部编号"), required=False, max_length=60, help_text=later("对方给的受理编号")
    )
    asked_at = forms.CharField(
        label=later("实际提出时间"),
        required=False,
        help_text=later("不填即现在；期限从这时起算"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, data: Any, *, book: Handbook, trades: tuple[str, ...]) -> None:
        super().__init__(data, label_suffix="")
        fields: dict[str, Any] = self.fields
        fields["party"].choices = [("", _("请选择"))] + [
            (say(book.party_kinds[trade]), _of(trade, book)) for trade in trades
        ]
        fields["manner"].choices = [(id, _(label)) for id, label in MANNERS.items()]
        fields["way"].choices = [(id, _(label)) for id, label in WAYS.items()]


def _of(trade: str, book: Handbook) -> list[tuple[str, str]]:
    """The directory of a trade, and one that is not in it."""
    known = [(f"{trade}:{p.id}", say(p)) for p in book.parties.values() if p.kind == trade]
    return [*known, (f"{trade}:", _("名单以外"))]


class ActForm(Shown):
    """What is said when an answer is there, or nobody waits for it any more."""

    answer = forms.CharField(label=later("对方的答复"), widget=AREA)
    reference = forms.CharField(label=later("外部编号"), required=False, max_length=60)
    reason = forms.CharField(label=later("撤销理由"))

    def __init__(self, data: Any, *, action: str) -> None:
        super().__init__(data, label_suffix="", auto_id=f"{action}_%s")
        for name in self.fields.keys() - set(ASKS[action]):
            del self.fields[name]


class SkipForm(Shown):
    """Why a step is left out."""

    reason = forms.CharField(label=later("不适用的理由"), max_length=300)

    def __init__(self, data: Any, *, step: str) -> None:
        super().__init__(data, label_suffix="", auto_id=f"{step}_%s")
