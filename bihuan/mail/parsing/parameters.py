"""What stands behind the first word of Content-Type and Content-Disposition."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from bihuan.mail.parsing.charsets import decoded
from bihuan.mail.parsing.words import plain

_LONGEST = 20_000  # octets of one field: beyond it there is no file name
_MOST = 100
_PIECE = re.compile(
    r'([^\s=;"]{1,80})\s{0,20}=\s{0,20}(?:"((?:[^"\\]|\\.)*)(?:"|\Z)|([^;]*))', re.S
)
_WORD = re.compile(r"[^;]*?(?=[\s;]|\Z)")
_ESCAPED = re.compile(r'\\(["\\])')
#: RFC 2231: a number when the value is in pieces, an asterisk when it is in percent signs
_NAMED = re.compile(r"(?P<name>[^*]+)(?:\*(?P<number>\d{1,3}))?(?P<coded>\*)?")


def parameters(value: bytes, hint: str) -> tuple[str, dict[str, str]]:
    """The first word in lower case, and the parameters with their names in lower case.

    Values are decoded: RFC 2231 with its continuations, RFC 2047 where it has no place, raw octets.
    """
    text = decoded(value[:_LONGEST], hint=hint)[0]
    word = _WORD.match(text)[0]  # type: ignore[index]  # it matches nothing, too
    rest = text[len(word) :]
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, found in enumerate(_PIECE.finditer(rest)):
        named = _NAMED.fullmatch(found[1].lower())
        if named is None or count > _MOST:
            continue
        said = found[3].strip(' "\t') if found[2] is None else _ESCAPED.sub(r"\1", found[2])
        numbered = pieces.setdefault(named["name"], {})
        number, coded = int(named["number"] or -1), bool(named["coded"])
        if coded or number not in numbered:  # `name` stands beside `name*` for older programs
            numbered[number] = (said.strip(), coded)
    given = {name: _joined(numbered, hint) for name, numbered in pieces.items()}
    return word.strip().strip('"').lower(), given


def _joined(numbered: dict[int, tuple[str, bool]], hint: str) -> str:
    """A value of many pieces, or the whole one."""
    pieces = [numbered[number] for number in sorted(numbered) if number >= 0]
    if not pieces or (-1 in numbered and numbered[-1][1]):
        pieces = [numbered[-1]]
    if not any(coded for _, coded in pieces):
        return plain("".join(said for said, _ in pieces), hint).strip()
    charset, first = "", pieces[0][0]
    if pieces[0][1] and first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
    octets = b"".join(
        unquote_to_bytes(said) if coded else said.encode("utf-8", "replace")
        for said, coded in [(first, pieces[0][1]), *pieces[1:]]
    )
    text = decoded(octets, charset, hint)[0].strip()
    # some write both: percent signs, and an encoded word within
    return plain(text, hint).strip()
