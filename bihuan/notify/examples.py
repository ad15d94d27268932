"""A value for each variable a notice may have, in both languages: for a preview without a case."""

from __future__ import annotations

from django.conf import settings

_NUMBER = "TS2026021300000018"
EXAMPLES: dict[str, tuple[str, str]] = {
    "number": (_NUMBER, _NUMBER),
    "other": ("TS2026021300000026", "TS2026021300000026"),
    "kind": ("投诉", "complaint"),
    "clause": ("1.4", "1.4"),
    "due": ("2月14日 16:00", "14 Feb 16:00"),
    "result_due": ("2月16日 16:00 前", "by 16 Feb 16:00 at the latest"),
    "reopen_until": ("2月27日 24:00 前", "until 27 Feb 24:00"),
    "waits_until": ("2月23日 24:00", "23 Feb 24:00"),
    "department": ("客服部", "Customer service"),
    "severity": ("一般", "General"),
    "outcome": ("支持", "Upheld"),
    "words": ("商家同意换货并承担来回运费", "the shop exchanges the goods and pays for both ways"),
    "progress": ("已核对订单和照片，商家已确认", "order and photos compared with the shop"),
    "follow_up": ("跟踪新件签收", "See that the new one is delivered"),
    "follow_ups": (
        "跟踪新件签收（波波，2026-02-20）", "See that the new one is delivered (Bobo, 2026-02-20)",
    ),
    "moves": ("作出处理：2月24日改为2月25日", "Decision: 25 Feb instead of 24 Feb"),
    "standing": ("正在核实商家的说明。", "What the shop says is being checked."),
    "owner_name": ("波波", "Bobo"),
    "milestone": ("首次答复", "First answer"),
    "channel": ("邮件", "E-mail"),
    "rung": ("2", "2"),
    "month": ("2026年1月", "January 2026"),
    "kept": ("118", "118"),
    "missed": ("2", "2"),
    "rate": ("98.3%", "98.3%"),
    "host": ("hooks.example.com", "hooks.example.com"),
    "why": ("涉及退款到您的账户", "Money goes back to your account"),
    "when": ("2月14日 10:00", "14 Feb 10:00"),
    "point": ("朝阳服务点", "Chaoyang service point"),
    "where": ("朝阳路 1 号", "1 Chaoyang Road"),
    "bring": ("订单号", "your order number"),
    "ways": ("短信优先，其次邮件", "text message first, then e-mail"),
}  # fmt: skip


def examples(locale: str) -> dict[str, str]:
    """Each of them in this language, and a link."""
    place = 1 if locale.startswith("en") else 0
    values = {name: both[place] for name, both in EXAMPLES.items()}
    return values | {"link": f"{settings.BASE_URL}/complaints/{_NUMBER}/"}
