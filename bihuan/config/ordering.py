"""Where the platform's order system is asked, and by which keys each side proves itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bihuan.config import environment as env
from bihuan.core import signed


@dataclass(frozen=True, slots=True)
class OrderSystem:
    """No `url`: no order system. `keys` sign requests and prove answers, two while they change."""

    url: str = ""
    keys: tuple[bytes, ...] = field(default=(), repr=False)


def _named() -> OrderSystem:
    url = env.text("BIHUAN_ORDERS_URL", "", "where the order system is asked; none: no orders")
    given = env.words("BIHUAN_ORDERS_KEYS", "", "whsec_ secret shared with it, two in a rotation")
    try:
        keys = tuple(signed.key_of(one) for one in given)
    except ValueError:
        keys = ()
    if (given or url) and not keys:
        raise env.SettingFault("BIHUAN_ORDERS_KEYS", None, "whsec_ and 24 to 64 bytes in base64")
    parts = urlsplit(url)
    here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    good = (here or parts.scheme == "https") and parts.hostname and not parts.username
    if (url and not good) or (given and not url):
        raise env.SettingFault("BIHUAN_ORDERS_URL", url, "https://host/path, http on this machine")
    return OrderSystem(url, keys)


ORDERS = _named()
