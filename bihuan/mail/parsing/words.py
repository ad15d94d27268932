"""Encoded words (RFC 2047) of a header field, also where and how they should not stand."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bihuan.mail.parsing.charsets import decoded
from bihuan.mail.parsing.transfer import unbase64

_START = re.compile(r"=\?([^?\s]{0,60})\?([bBqQ])\?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FOLD = re.compile(r"[\r\n]+[ \t]*")


@dataclass(frozen=True, slots=True)
class _Word:
    charset: str
    said: str
    base64: bool


def text(value: bytes, hint: str = "") -> str:
    """A field as people read it, in one line. `hint`: the charset of the mail, for raw octets."""
    return one_line(plain(decoded(value, hint=hint)[0], hint))


def one_line(given: str) -> str:
    """Without line breaks and control characters: nothing can break out of a header with it."""
    return _CONTROL.sub("", _FOLD.sub(" ", given).replace("\n", " ")).strip()


def plain(given: str, hint: str = "") -> str:
    """The text with its encoded words decoded.

    The octets of neighbours in one charset are joined before they become characters: many
    programs cut in the middle of one.
    """
    if "=?" not in given:
        return given
    out: list[str] = []
    run: list[_Word] = []
    for piece in _pieces(given):
        if isinstance(piece, _Word):
            if run and run[-1].charset != piece.charset:
                out.append(_spelled(run, hint))
                run = []
            run.append(piece)
        elif not (run and piece.isspace()):  # blanks between words are no part of the text
            out += [_spelled(run, hint), piece]
            run = []
    return "".join([*out, _spelled(run, hint)])


def _spelled(run: list[_Word], hint: str) -> str:
    octets, waiting = [], ""
    for word in run:
        if not word.base64:
            octets.append(_quoted(word.said))
            continue
        waiting += word.said
        if len(waiting) % 4 == 0 or waiting.endswith("="):  # else cut within four signs
            octets.append(unbase64(waiting.encode("utf-8", "replace")))
            waiting = ""
    octets.append(unbase64(waiting.encode("utf-8", "replace")))
    return decoded(b"".join(octets), run[0].charset, hint)[0] if run else ""


def _pieces(given: str) -> Iterator[str | _Word]:
    at = 0
    while start := _START.search(given, at):
        end = given.find("?=", start.end())
        if end < 0:
            break
        if given[at : start.start()]:
            yield given[at : start.start()]
        charset = start[1].partition("*")[0].lower()  # RFC 2231: a language behind an asterisk
        yield _Word(charset, given[start.end() : end], start[2] in "bB")
        at = end + 2
    if given[at:]:
        yield given[at:]


def _quoted(said: str) -> bytes:
    raw = said.encode("utf-8", "replace")
    return binascii.a2b_qp(raw.replace(b"\n", b"").replace(b"\r", b""), header=True)
