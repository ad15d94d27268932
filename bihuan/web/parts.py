"""The gallery of components at /house/parts/: each one once, with believable words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound

WHY: dict[str, Any] = {
    "steps": [
        _("严重程度“一般投诉”：收到后 3 个工作日内完成初步处理。"),
        _("周五 16:40 收到，当日不计；周六、周日不计。"),
        _("第 3 个工作日 24:00 到期。"),
    ],
    "days": [
        {"label": "20", "sub": _("收到"), "kind": "received"},
        {"label": "21", "sub": _("周六"), "kind": "weekend"},
        {"label": "22", "sub": _("周日"), "kind": "weekend"},
        {"label": "23", "sub": _("第1日"), "kind": "counted"},
        {"label": "24", "sub": _("第2日"), "kind": "make_up"},
        {"label": "25", "sub": _("第3日"), "kind": "last"},
    ],
    "clause": "2.3.1",
    "quote": _("一般投诉：在收到投诉后3个工作日内完成初步处理"),
    "policy_version": "2025",
    "provisional": True,
    "other": [
        {"clause": "1.4", "quote": _("72小时内反馈处理结果"), "due": _("11月23日 16:40")},
    ],
}
CLOCKS = [
    {"state": "ok", "text": _("剩 2天2时")},
    {"state": "soon", "text": _("剩 2时22分")},
    {"state": "urgent", "text": _("剩 42分钟")},
    {"state": "over", "text": _("超 1时12分")},
    {"state": "paused", "text": _("已停表 · 待用户补充")},
    {"state": "met", "text": _("按时办结")},
    {"state": "late_met", "text": _("超期办结")},
]
PATH = [
    {"title": _("已提交"), "time": _("11月20日 16:40"), "note": _("3 张照片"), "state": "done"},
    {"title": _("平台作出处理"), "note": _("11月25日 24:00 前"), "state": "now"},
    {"title": _("结果通知"), "note": _("不同意结果可以申诉"), "state": "later"},
]
RECORD = [
    {
        "day_label": _("11月20日 周五"),
        "items": [
            {
                "type": "message",
                "voice": "user",
                "author": _("我"),
                "at": "16:40",
                "text": _("开箱就发现底座有一道约 4 厘米的裂纹，加水后漏水。"),
                "files": [{"name": _("底座裂纹.jpg"), "url": "#main", "icon": "image"}],
            },
            {"type": "event", "icon": "circle-check", "text": _("平台已受理"), "at": "17:34"},
        ],
    },
]
TILES = [
    {"icon": "message-square-warning", "label": _("提交投诉"), "note": _("48 小时内受理")},
    {"icon": "search", "label": _("查进度"), "note": ""},
    {"icon": "scale", "label": _("申诉"), "note": _("出结果后可用")},
    {"icon": "phone", "label": _("电话"), "note": ""},
]


class Example(forms.Form):
    """One field of each kind, so that label, help, error and focus can be seen."""

    text = forms.CharField(
        label=_("事情经过"),
        min_length=10,
        max_length=500,
        help_text=_("什么时候、发现什么问题、和商家怎么沟通的。请勿填写身份证号、银行卡号。"),
        error_messages={"required": _("请写下发生了什么，至少 10 个字")},
        widget=forms.Textarea,
    )
    want = forms.ChoiceField(
        label=_("您希望怎么解决"),
        choices=[("refund", _("退货退款")), ("part", _("只退款")), ("repair", _("换货或维修"))],
        error_messages={"required": _("请选一项")},
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(label=_("希望退回的金额"), required=False, min_value=0)
    channel = forms.ChoiceField(
        label=_("通知方式"), choices=[("sms", _("短信")), ("email", _("邮件"))]
    )
    agree = forms.BooleanField(label=_("我同意把材料转给商家核实"))


def shown(form: forms.Form) -> dict[str, Any]:
    """What the gallery shows besides the form."""
    return {
        "form": form,
        "number": "TS20261120-0007313",
        "promise": {"when": _("11月25日 24:00 前"), "note": _("正式结果不晚于 11月27日 24:00")},
        "why": WHY,
        "slas": CLOCKS,
        "tones": ["", "info", "merchant", "ok", "hot", "warn", "bad"],
        "voices": ["agent", "user", "merchant", "system"],
        "banners": ["info", "ok", "warn", "bad"],
        "order": {
            "title": _("静音破壁机 L18（米白色）"),
            "line": _("悦居家电旗舰店 · 11月16日签收"),
        },
        "path": PATH,
        "record": RECORD,
        "tiles": TILES,
    }


def gallery(request: HttpRequest) -> HttpResponse:
    """All components, for staff; with `?text=` the form is answered, so that its errors show."""
    who: Actor | None = getattr(request, "who", None)
    if who is None or not who.is_staff:
        raise NotFound()
    form = Example(request.GET) if "text" in request.GET else Example()
    return render(request, "web/parts.html", shown(form))
