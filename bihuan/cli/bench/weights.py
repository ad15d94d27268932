"""What a page weighs on its way: itself compressed, and the styles and scripts it names."""

from __future__ import annotations

import gzip
import re
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urljoin

_NAMED = re.compile(
    r"<(?:link\b(?=[^>]*\brel=\"(?:stylesheet|modulepreload)\")[^>]*\bhref|script\b[^>]*\bsrc)"
    r"=\"([^\"]+)\""
)
_IMPORTED = re.compile(r"""\bimport\s*(?:[\w${},*\s]+\sfrom\s*)?["'](\.[^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes of the page, compressed as a proxy would, and of what it needs, as it is served."""

    page: int
    needed: dict[str, int] = field(default_factory=dict)

    @property
    def kb(self) -> float:
        return round((self.page + sum(self.needed.values())) / 1024, 1)


def weigh(address: str, cookie: str = "") -> Weight:
    """Fetch the page and everything it names, as a first visit does."""
    sent, body = _fetch(address, cookie)
    compressed = min(len(sent), len(gzip.compress(body, 6)))
    found: dict[str, int] = {}
    waiting = [urljoin(address, name) for name in _NAMED.findall(body.decode())]
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        sent, text = _fetch(one)
        found[one] = len(sent)
        if one.endswith(".js"):
            waiting += [urljoin(one, name) for name in _IMPORTED.findall(text.decode())]
    return Weight(compressed, found)


def _fetch(address: str, cookie: str = "") -> tuple[bytes, bytes]:
    """As it came over the wire, and unpacked. RuntimeError when it leads somewhere else."""
    head = {"Accept-Encoding": "gzip", **({"Cookie": cookie} if cookie else {})}
    asked = urllib.request.Request(address, headers=head)  # noqa: S310 - our own server
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - our own server
        if answer.url != address:
            raise RuntimeError(f"{address} leads to {answer.url}")
        sent: bytes = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return sent, gzip.decompress(sent) if packed else sent
