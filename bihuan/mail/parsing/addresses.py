"""Whom a header field names: addresses with their names, also where it breaks the rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bihuan.mail.parsing.words import one_line, plain

MOST = 100  # of one field
_LONGEST = 100_000  # characters of a field that are looked at
_LONGEST_ADDRESS = 320  # 64 + "@" + 255 (RFC 5321, 4.5.3.1)
_DOMAIN = r'@[^\s\x00-\x1f\x7f<>()",;:\\@]{1,255}'
_ADDRESS = re.compile(r'[^\s\x00-\x1f\x7f<>()\[\]",;:\\@]{1,250}' + _DOMAIN)
_QUOTED = re.compile(r'"[^"\\\s\x00-\x1f\x7f@]{1,64}"' + _DOMAIN)
#: Quoted text, a comment, an address in brackets, or one of the signs that part addresses.
_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.){0,1000})"|\((?P<comment>(?:[^()\\]|\\.){0,1000})\)'
    r"|<(?P<angle>[^<>]{0,1000})>|(?P<part>[,;])|(?P<word>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,1000}\?=)",
    re.S,
)
_ESCAPED = re.compile(r"\\(.)", re.S)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """`address` as it was written; `name` is "" when there is none."""

    address: str
    name: str = ""


@dataclass(slots=True)
class _Making:
    words: list[str]
    comments: list[str]
    angle: str | None = None


def mailboxes(field: str, hint: str = "") -> tuple[list[Mailbox], bool]:
    """Those that `field` names, at most MOST, and whether that is all of them.

    `field` is text with its encoded words as they stand; what has no address is left out.
    """
    found = _read(field[:_LONGEST], hint)
    if not found and "=?" in field:
        found = _read(plain(field[:_LONGEST], hint), hint)  # all of it in one encoded word
    return found[:MOST], len(found) <= MOST and len(field) <= _LONGEST


def _read(field: str, hint: str) -> list[Mailbox]:
    found: list[Mailbox] = []
    making, at = _Making([], []), 0
    for token in _TOKEN.finditer(field):
        _text(making, field[at : token.start()])
        at = token.end()
        if token["part"]:
            if (box := _made(making, hint)) is not None:
                found.append(box)
            elif token["part"] == ",":
                making.words.append(",")  # within a name: 王, 小明 <a@example.com>
                continue
            if len(found) > MOST:
                return found
            making = _Making([], [])
        elif token["angle"] is not None:
            if making.angle is None:
                making.angle = token["angle"]
        elif token["comment"] is not None:
            making.comments.append(_ESCAPED.sub(r"\1", token["comment"]))
        elif token["quoted"] is not None:
            _quoted(making, field, token)
        else:
            making.words.append(token[0])
    _text(making, field[at:])
    box = _made(making, hint)
    return [*found, box] if box is not None else found


def _quoted(making: _Making, field: str, token: re.Match[str]) -> None:
    if field[token.end() : token.end() + 1] == "@":
        making.words.append(token[0])
    else:
        making.words.append(_ESCAPED.sub(r"\1", token["quoted"]))


def _text(making: _Making, text: str) -> None:
    """What stands between the tokens; an open `<` begins an address that nothing closes."""
    before, bracket, after = text.partition("<")
    if bracket and making.angle is None and "@" in after:
        making.angle = after
        text = before
    if ":" in text and "@" not in text:
        text = text.rpartition(":")[2]  # the name of a group
    if text:
        making.words.append(text)


def _made(making: _Making, hint: str) -> Mailbox | None:
    words = [word for word in making.words if word.strip(" \t\r\n,")]
    if making.angle is not None:
        address = _address(making.angle) or _address("".join(making.angle.split()))
        if address:
            name = _phrase(making.words, hint) or _phrase(making.comments, hint)
            return Mailbox(address, name)
    for spelled in ("".join(words), *making.comments):
        address = _address(spelled)
        if address:
            inside = spelled in making.comments  # 小明 (a@example.com)
            rest = "" if inside else spelled.replace(address, "", 1).rpartition(":")[2]
            named = _phrase([rest.strip(" <>'\"")], hint)
            return Mailbox(address, named or _phrase(words if inside else making.comments, hint))
    return None


def _address(text: str) -> str:
    text = text.strip().removeprefix("mailto:")
    if "@" not in text:
        return ""
    match = _QUOTED.search(text) or _ADDRESS.search(text)
    if match is None or len(match[0]) > _LONGEST_ADDRESS:
        return ""
    return match[0].strip("'`") if match[0].startswith("'") else match[0]


def _phrase(words: list[str], hint: str) -> str:
    """A name: decoded, in one line, without quotes around it."""
    name = one_line(plain("".join(words), hint))
    name = re.sub(r"\s+([,;])", r"\1", name).strip(" \t,;")
    for quote in ('"', "'"):
        if len(name) > 1 and name[0] == name[-1] == quote:
            name = name[1:-1].strip()
    return name


def unreadable(field: str, hint: str = "") -> Mailbox:
    """A sender that is no address, kept as it stands: it is still the best there is to show."""
    before, _, rest = field[:_LONGEST_ADDRESS].partition("<")
    inside = rest.partition(">")[0].strip()
    if inside:
        return Mailbox(one_line(inside), _phrase([before], hint))
    shown = one_line(plain(before, hint))
    return Mailbox(shown, shown.replace('"', "").strip())
