"""One request to a supplier: until it is sent nobody answered, after that the reply is lost."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult

from bihuan.notify.providers import NoAnswer, ReplyLost

TIMEOUT = 10.0  # seconds for each answer of a supplier
ANSWER_MOST = 65_536


def asked(
    url: SplitResult,
    method: str,
    path: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    timeout: float,
    most: int = ANSWER_MOST,
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers by their lower names, and so many bytes of the answer.

    `url` is plain http only on this machine. Raises NoAnswer, ReplyLost.
    """
    line = _line(url, timeout)
    try:
        line.connect()
    except OSError as fault:
        line.close()
        raise NoAnswer(f"{type(fault).__name__}: {fault}"[:200]) from fault
    try:
        line.request(method, path, body, dict(headers))
        reply = line.getresponse()
        named = {name.lower(): value for name, value in reply.getheaders()}
        return reply.status, named, reply.read(most)
    except (OSError, HTTPException) as lost:
        raise ReplyLost(type(lost).__name__) from lost  # its words may name the address asked
    finally:
        line.close()


def _line(url: SplitResult, timeout: float) -> HTTPConnection:
    if url.scheme == "http":
        return HTTPConnection(url.netloc, timeout=timeout)
    return HTTPSConnection(url.netloc, timeout=timeout, context=ssl.create_default_context())
