"""Where the platform's order system is asked, and by which keys each side proves itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from bihuan.config import environment as env


@dataclass(frozen=True, slots=True)
class OrderSystem:
    """No `url`: no order system. `keys` sign requests and prove answers, two while they change."""

    url: str = ""
    keys: tuple[bytes, ...] = field(default=(), repr=False)


ORDERS = OrderSystem(
    *env.signed_for(
        "BIHUAN_ORDERS_URL", "where the order system is asked; none: no orders",
        "BIHUAN_ORDERS_KEYS", "whsec_ secret shared with it, two in a rotation", both=True,
    )
)  # fmt: skip
