"""Which characters some bytes mean, whatever charset they say they are in."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from bihuan.mail.parsing.likelihood import likeliest

#: What mail calls a charset -> the codecs to try, widest first where one holds another.
_CODECS = {
    "gb18030": ("gb18030",),
    "hz": ("hz", "gb18030"),
    "big5": ("cp950", "big5hkscs"),
    "shift_jis": ("cp932", "shift_jisx0213"),
    "euc_jp": ("euc_jp", "euc_jisx0213"),
    "iso2022_jp": ("iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_3"),
    "euc_kr": ("cp949", "johab"),
    "iso8859-1": ("cp1252", "iso8859-1"),
}
_SAME = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "iso-gb2312": "gb18030", "gb-2312-80": "gb18030", "euc-cn": "gb18030", "ms936": "gb18030",
    "csgb2312": "gb18030", "chinese": "gb18030", "x-euc-cn": "gb18030", "gb-2312": "gb18030",
    "windows-936": "gb18030", "gb2312-80": "gb18030", "gb": "gb18030", "gb-18030": "gb18030",
    "gb18030-0": "gb18030", "gb18030-2022": "gb18030", "zh-cn": "gb18030", "gb2312-1980": "gb18030",
    "hz-gb-2312": "hz", "big-5": "big5", "big5-hkscs": "big5", "big5hkscs": "big5",
    "cn-big5": "big5", "x-x-big5": "big5", "x-big5": "big5", "cp950": "big5",
    "windows-950": "big5", "big5-eten": "big5",
    "sjis": "shift_jis", "shift-jis": "shift_jis", "x-sjis": "shift_jis", "cp932": "shift_jis",
    "ms932": "shift_jis", "windows-31j": "shift_jis", "ms-kanji": "shift_jis",
    "csshiftjis": "shift_jis", "cswindows31j": "shift_jis",
    "x-euc-jp": "euc_jp", "euc-jp": "euc_jp", "eucjp": "euc_jp", "cp51932": "euc_jp",
    "iso-2022-jp": "iso2022_jp", "csiso2022jp": "iso2022_jp", "iso-2022-jp-1": "iso2022_jp",
    "iso-2022-jp-2": "iso2022_jp", "iso-2022-jp-3": "iso2022_jp", "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp", "iso-2022-jp-ms": "iso2022_jp",
    "ks-c-5601-1987": "euc_kr", "ks-c-5601": "euc_kr", "ksc5601": "euc_kr", "euc-kr": "euc_kr",
    "euckr": "euc_kr", "cp949": "euc_kr", "uhc": "euc_kr", "ksc-5601": "euc_kr",
    "iso-8859-1": "iso8859-1", "latin1": "iso8859-1", "latin-1": "iso8859-1", "l1": "iso8859-1",
    "iso8859-1": "iso8859-1", "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6", "iso-8859-11": "cp874", "windows-874": "cp874",
    "tis-620": "cp874", "macintosh": "mac_roman", "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic", "koi8": "koi8-r", "utf8mb4": "utf-8", "unicode": "utf-16",
    "utf-8n": "utf-8", "ansi": "iso8859-1", "windows1252": "iso8859-1",
    "windows-1252": "iso8859-1", "cp1252": "iso8859-1", "cp65001": "utf-8",
}  # fmt: skip
#: The codecs of Python that a mail may ask for: one byte is never worth more than its place in
#: the text (`punycode` is quadratic, `unicode_escape` runs a language, `utf-7` hides markup).
_ALLOWED = re.compile(
    r"utf-8|utf-16(-[bl]e)?|utf-32(-[bl]e)?|iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+|iso2022_kr|"
    r"johab|ptcp154|kz1048|hp-roman8|tis-620"
)
_PLAIN = frozenset({"", "ascii"})  # says nothing: everybody's default
_WESTERN = frozenset({"iso8859-1", "iso8859-15"})
_THREE_BYTES = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]+")
_ESCAPED = re.compile(rb"\x1b\$[@BA()]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@lru_cache(maxsize=1000)
def known(charset: str) -> str:
    """The name that this module uses for a charset; "" when there is no such or it is refused."""
    plain = charset.lower().strip(" \t\"'").removeprefix("3d").strip("\"'_")
    plain = plain.replace("_", "-").replace(" ", "-")[:40]
    if plain in {"us-ascii", "ascii", "ansi-x3.4-1968", "iso-ir-6", "646", "iso646-us"}:
        return "ascii"
    if plain in _SAME:
        return _SAME[plain]
    try:
        name = codecs.lookup(re.sub(r"^(windows|cp|ibm|dos)-?(?=\d)", "cp", plain)).name
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return ""
    if name in _CODECS:
        return name
    return name if _ALLOWED.fullmatch(name) else ""


def decoded(data: bytes, charset: str = "", hint: str = "") -> tuple[str, bool]:
    """The text, and whether `charset` was right about it.

    `hint`: another charset named in the same mail, for bytes that name none.
    """
    if data.isascii() and not _ESCAPED.search(data) and "16" not in charset and "32" not in charset:
        name = known(charset)
        if name == "hz":
            return _tried(data, name) or data.decode("ascii"), True
        return data.decode("ascii"), bool(name) or not charset
    name = known(charset)
    if (
        name not in _PLAIN
        and not _better_as_utf8(data, name)
        and not _better_as_chinese(data, name)
    ):
        text = _tried(data, name)
        if text is not None:
            return text, True
    text = _guessed(data, name, known(hint))
    return text, not charset


def _better_as_utf8(data: bytes, name: str) -> bool:
    """Nobody writes three-byte sequences of UTF-8 by chance: such mail is wrongly labelled."""
    return not name.startswith("utf") and bool(_THREE_BYTES.search(data)) and _is_utf8(data)


def _better_as_chinese(data: bytes, name: str) -> bool:
    """Chinese programs call GBK `iso-8859-1`; western words have few letters beyond ASCII."""
    if name not in _WESTERN:
        return False
    high = sum(len(run) for run in _HIGH.findall(data[:20_000]))
    return high > 8 and high * 3 > len(data[:20_000]) and likeliest(data) == "gb18030"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _tried(data: bytes, name: str) -> str | None:
    for codec in _CODECS.get(name, (name,)):
        try:
            return data.decode(codec).removeprefix("\ufeff")
        except (UnicodeError, LookupError):
            continue
    return _from_jis(data) if name == "iso2022_jp" else None


def _guessed(data: bytes, named: str, hint: str) -> str:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace").removeprefix("\ufeff")
    if _is_utf8(data) and not _ESCAPED.search(data):
        return data.decode("utf-8")
    if _THREE_BYTES.search(data) and _mostly(data, "utf-8"):
        return data.decode("utf-8", "replace")
    if _ESCAPED.search(data):
        text = _tried(data, "iso2022_jp")
        if text is not None:
            return text
    if hint and hint not in _PLAIN | _WESTERN and (text := _tried(data, hint)) is not None:
        return text
    if named not in _PLAIN | _WESTERN and _mostly(data, _CODECS.get(named, (named,))[0]):
        return data.decode(_CODECS.get(named, (named,))[0], "replace")
    name = likeliest(data)
    return data.decode(_CODECS.get(name, (name,))[0], "replace")


def _mostly(data: bytes, codec: str) -> bool:
    """Cut or damaged at places, not another charset."""
    sample = data[:20_000]
    high = sum(len(run) for run in _HIGH.findall(sample))
    return sample.decode(codec, "replace").count("\ufffd") * 8 <= high


_SHIFT = re.compile(rb"(\x1b(?:\$[@B]|\([BJI]))")


def _from_jis(data: bytes) -> str | None:
    """ISO-2022-JP with the signs that Windows added (①, ㈱), which its codec does not know."""
    if not data.isascii():
        return None
    out, state = [], b"(B"
    for piece in _SHIFT.split(data):
        if piece.startswith(b"\x1b"):
            state = piece[1:]
        elif state.startswith(b"$"):
            out.append(_shifted(piece).decode("cp932", "replace"))
        elif state == b"(I":
            out.append(bytes(byte | 0x80 for byte in piece).decode("cp932", "replace"))
        else:
            out.append(piece.decode("ascii"))
    return "".join(out)


def _shifted(pairs: bytes) -> bytes:
    """JIS X 0208 in two times seven bits, as Shift_JIS."""
    out = bytearray()
    for row, cell in zip(pairs[::2], pairs[1::2], strict=False):
        if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
            out += bytes([row, cell]) if row < 0x80 and cell < 0x80 else b""
            continue
        lead = (row - 0x21) // 2 + (0x81 if row < 0x5F else 0xC1)
        out.append(lead)
        if row % 2:
            out.append(cell + (0x1F if cell < 0x60 else 0x20))
        else:
            out.append(cell + 0x7E)
    return bytes(out)
