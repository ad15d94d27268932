"""The lists that the people of the demo keep under a name."""

from __future__ import annotations

from datetime import datetime

from bihuan.cases import commands
from bihuan.demo.cast import Cast

#: Who keeps it, its name, with whom it is shared, what it holds.
VIEWS = (
    ("chenzhuguan", "重大投诉", "everybody", {"view": "all", "severity": "major"}),
    ("chenzhuguan", "今天到期", "department", {"view": "all", "due": "24"}),
    ("chenzhuguan", "未分派", "", {"view": "all", "owner": "nobody"}),
    ("linyue", "我的退货退款", "", {"view": "all", "owner": "me", "issue": "return_or_refund"}),
)


def save(cast: Cast, at: datetime) -> None:
    """As each of them would from the inbox."""
    for login, name, shared, query in VIEWS:
        by = cast.by_login[login]
        commands.save_view(name=name, query=query, shared=shared, by=by, at=at)
