"""Where a webhook may go: https on a known port, to addresses of the open internet alone.

Whoever may name an address could else make this house ask its own network, or what lends
credentials to the machine it runs on (server-side request forgery).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

PORTS = frozenset({443, 8443})
LONGEST = 500  # characters of an address
# one way to read it: nothing before the host, no fragment, no sign that needs an escape
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>\[[^\]/?#@]*\]|[^\[\]:/?#@\\]*)"
    r"(?::(?P<port>\d{1,5}))?(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?"
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?!(?:\d+|0x[0-9a-f]*)\Z){_LABEL}")
_QUAD = re.compile(r"(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})")

#: The registries of special purpose addresses (RFC 6890, as IANA keeps them), multicast, what is
#: reserved, and where Azure lends credentials on an address of the open internet.
_CLOSED_4 = [
    ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",
    )
]  # fmt: skip
#: Of IPv6 only global unicast is given out. In it: protocols such as Teredo, and 6to4, which leads
#: to an IPv4 address that is not looked at. Mapped and NAT64 addresses lie outside.
_OPEN_6 = IPv6Network("2000::/3")
_CLOSED_6 = [IPv6Network("2001::/23"), IPv6Network("2002::/16"), IPv6Network("3fff::/20")]

Resolve = Callable[[str, int], Sequence[str]]


class Unfit(Exception):
    """No webhook goes there; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Place:
    """An address that can be meant in one way only; an address by number has it in `literal`."""

    host: str
    port: int
    path: str
    literal: str = ""

    @property
    def authority(self) -> str:
        """Host and port as the Host header says them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 443 else f"{host}:{self.port}"


def read(url: str) -> Place:
    """What this address means. Unfit: not_a_web_address, not_https, not_a_host, port_not_allowed,
    private_address."""
    found = _URL.fullmatch(url) if len(url) <= LONGEST and url.isascii() else None
    if found is None:
        raise Unfit("not_a_web_address")
    if found["scheme"].lower() != "https":
        raise Unfit("not_https")
    host, literal = _host(found["host"])
    port = int(found["port"] or 443)
    if port not in PORTS:
        raise Unfit("port_not_allowed")
    if literal and not is_open(literal):
        raise Unfit("private_address")
    return Place(host, port, found["path"] or "/", literal)


def _host(given: str) -> tuple[str, str]:
    """The host, and the same as a number where it is one: plain, or not at all.

    127.1, 0177.0.0.1, 0x7f000001 and 2130706433 are the same address to some readers and none to
    others; so is a name that ends like a number (the WHATWG's "ends in a number").
    """
    if given.startswith("["):
        try:
            plain = str(IPv6Address(given[1:-1]))
        except ValueError:
            raise Unfit("not_a_host") from None
        if "%" in plain:
            raise Unfit("not_a_host")
        return plain, plain
    name = given.lower()
    if _QUAD.fullmatch(name):
        try:
            return name, str(IPv4Address(name))
        except ValueError:
            raise Unfit("not_a_host") from None
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise Unfit("not_a_host")
    return name, ""


def is_open(address: str) -> bool:
    """Whether this address is one of the open internet; what is no address is not."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in net for net in _CLOSED_4 if isinstance(net, IPv4Network))
    return found in _OPEN_6 and not any(found in net for net in _CLOSED_6)


def addresses(place: Place, resolve: Resolve) -> list[str]:
    """Every address this place has, to connect to these and no other: asked once, all judged.

    Unfit: no_such_host, private_address when one of them is.
    """
    if place.literal:
        return [place.literal]
    try:
        found = list(dict.fromkeys(resolve(place.host, place.port)))
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise Unfit("no_such_host")
    if not all(is_open(one) for one in found):
        raise Unfit("private_address")
    return found
