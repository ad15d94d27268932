"""Keep copies of orders, look up typed numbers, and ask money back until it is known how it ended.

What asks the order system runs outside any transaction; what it said is then written in one.
"""

from __future__ import annotations

from bihuan.orders.commands.copying import Bought, copy_order, keep_copy
from bihuan.orders.commands.fetching import fetch, freshen
from bihuan.orders.commands.looking import look_up, want_order
from bihuan.orders.commands.refunding import ask_refund, carry_refunds, hear_refund

__all__ = [
    "Bought",
    "ask_refund",
    "carry_refunds",
    "copy_order",
    "fetch",
    "freshen",
    "hear_refund",
    "keep_copy",
    "look_up",
    "want_order",
]
