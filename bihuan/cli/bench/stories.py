"""What people write when they complain: bodies of POST /cases, the same for the same seed."""

from __future__ import annotations

import json
import random
from typing import Any

_SUBJECTS = (
    "破壁机底座开裂", "收到的颜色与页面不一致", "退款十天没有到账", "快递一直停在中转站",
    "客服两次都没有回复", "优惠券在结算时用不了", "登录后看不到自己的订单", "少发了一件",
)  # fmt: skip
_WHAT = (
    "{when}收到的商品打开后发现底座开裂，加水后漏水，联系商家被拒绝退货。",
    "{when}下单的外套与页面图片颜色差得很多，商家说是光线问题，不肯换货。",
    "{when}申请的退款平台显示已同意，到今天银行卡里还没有收到。",
    "{when}发的货，物流信息已经四天没有更新，快递公司说让我找平台。",
    "{when}联系在线客服，两次都说会回电，一直没有人打过来。",
    "{when}领的满减券在结算页面显示不可用，换了手机也一样。",
    "{when}更新应用以后，我的订单页面一直是空白，重新安装也没有用。",
    "{when}收到的包裹里少了一件，外箱没有破损，应该是发货时就漏了。",
)
_WISHES = ("希望尽快退款。", "请给我换一件。", "请说明原因并补偿。", "希望有人主动联系我。")
_WHEN = ("上周五", "昨天下午", "这个月三号", "前天晚上", "国庆前", "今天早上")
_SURNAMES, _NAMES = "王李张刘陈杨赵黄周吴徐孙", ("小明", "丽", "建国", "雨桐", "志强", "思远")
_CATEGORIES = ("service_quality", "service_quality", "service_quality", "platform_rule", "")
_CHANNELS = ("web", "app", "chat", "phone", "email", "wechat")


def phone(mind: random.Random) -> str:
    """A number of a person who most likely has not filed before."""
    return f"1{mind.choice('3578')}{mind.randrange(10**9):09d}"


def name(mind: random.Random) -> str:
    """What somebody is called."""
    return mind.choice(_SURNAMES) + mind.choice(_NAMES)


def told(mind: random.Random) -> dict[str, Any]:
    """One complaint by one person: the fields of a filing, and of the contact in it."""
    text = mind.choice(_WHAT).format(when=mind.choice(_WHEN)) + mind.choice(_WISHES)
    return {
        "kind": "complaint",
        "channel": mind.choice(_CHANNELS),
        "subject": mind.choice(_SUBJECTS),
        "text": text,
        "category": mind.choice(_CATEGORIES),
        "contact": {
            "name": name(mind),
            "phone": phone(mind),
        },
    }


def body(mind: random.Random) -> bytes:
    """The same as JSON."""
    return json.dumps(told(mind), ensure_ascii=False).encode()
