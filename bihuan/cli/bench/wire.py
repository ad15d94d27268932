"""The least of HTTP that a bench needs: a request of its own connection, and its answer."""

from __future__ import annotations

import asyncio

CSRF = "b" * 32  # what the form and the cookie must agree in


def head(method: str, path: str, cookie: str, *, body: str = "", accept: str = "*/*") -> bytes:
    """A request; one for anything but a stream closes its connection."""
    lines = [
        f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}", f"Accept: {accept}",
        "X-Chat: 1", f"X-CSRFToken: {CSRF}",
    ]  # fmt: skip
    if accept == "*/*":
        lines.append("Connection: close")
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def ask(port: int, request: bytes) -> bytes:
    """The whole answer, of a connection of its own."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        try:
            return await reader.read()
        finally:
            writer.close()
    except OSError:
        return b""
