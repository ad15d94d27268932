"""Ask a virus scanner about a file, over clamd's own protocol (clamd(8), INSTREAM)."""

from __future__ import annotations

import socket
import struct
from contextlib import closing
from pathlib import Path

_TIMEOUT = 30.0  # seconds for each answer
_PING = 5.0
_PART = 256 * 1024
_SIZE = struct.Struct(">I")
_ANSWER_MOST = 4096


class Away(Exception):
    """The scanner cannot be asked, or says that it could not look: nobody knows."""


def is_clean(path: Path, *, where: str, timeout: float = _TIMEOUT) -> bool:
    """Whether the scanner finds nothing. `where` is `host:port`, or the path of its socket.

    Raises Away when it does not answer, or answers that it could not scan this file.
    """
    try:
        with closing(_connected(where, timeout)) as line, path.open("rb") as file:
            line.sendall(b"zINSTREAM\0")
            while part := file.read(_PART):
                line.sendall(_SIZE.pack(len(part)) + part)
            line.sendall(_SIZE.pack(0))
            said = _answer(line)
    except OSError as fault:
        raise Away(type(fault).__name__) from None
    if said.endswith("FOUND"):
        return False
    if said.endswith(" OK"):
        return True
    raise Away("no verdict")


def is_there(*, where: str, timeout: float = _PING) -> bool:
    """Whether the scanner can be asked at all."""
    try:
        with closing(_connected(where, timeout)) as line:
            line.sendall(b"zPING\0")
            return _answer(line) == "PONG"
    except OSError:
        return False


def _connected(where: str, timeout: float) -> socket.socket:
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(timeout)
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = where.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout)


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < _ANSWER_MOST:
        more = line.recv(_ANSWER_MOST)
        if not more:
            break
        said += more
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()
