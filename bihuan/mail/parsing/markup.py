"""HTML as the lines of text that it shows.

Its words stay as they are: no target is written behind a link, nothing stands for a picture. What
is quoted begins on a line of its own, so that whoever folds quotes by lines finds it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

MOST_TAGS = 200_000
_LONGEST = 1_000_000  # characters between two tags
_BEYOND = 500  # characters behind the first ">", in which a quoted attribute may end
_LONG_TAG = 5_000  # beyond it nobody minds a ">" in an attribute: it is a picture written out
_PARAGRAPHS = re.compile(r"p|h[1-6]|blockquote|ul|ol|dl|pre|table|fieldset|hr|title")
_LINES = re.compile(
    r"div|li|tr|dt|dd|address|article|aside|center|details|figcaption|figure|footer|form|header|"
    r"legend|main|nav|option|section|summary|caption|thead|tbody|tfoot|body|html"
)
_UNSHOWN = re.compile(r"script|style|noframes|template", re.I)
_NAME = re.compile(r"</?([a-zA-Z][^\s/>]{0,40})")
_PIECE = re.compile(r"""=\s{0,20}"[^"]*"|=\s{0,20}'[^']*'|>""")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_TOO_BIG = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")  # int() refuses 4,300 digits
_TRAILING = re.compile(r"(?<![ \t])[ \t]+(?=\n|\Z)")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([\w.:-]{1,40})", re.I)


def charset_of(octets: bytes) -> str:
    """The charset that a page says it is in; "" when it says none."""
    found = _META.search(octets[:8_000])
    return found[1].decode("ascii") if found else ""


def lines_of(markup: str, most: int) -> tuple[str, bool]:
    """The text, of at most `most` characters, and whether that is all of it.

    A comment that never ends is as long as its own tag.
    """
    page = _Page(most)
    for count, (text, tag) in enumerate(_tokens(markup)):
        if text:
            page.write(text)
        if tag:
            page.turn(tag)
        if count >= MOST_TAGS or page.full:
            return page.text(), False
    return page.text(), True


def _tokens(markup: str) -> Iterator[tuple[str, str]]:
    """Text with the tag after it: its name in lower case, `/` before it when it closes."""
    at, close, last = 0, -1, markup.rfind("-->")
    while (start := markup.find("<", at)) >= 0:
        if close < start:
            close = markup.find(">", start)
            if close < 0:
                break
        if markup.startswith("<!--", start):
            yield markup[at:start], ""
            at = markup.find("-->", start + 2) + 3 if start < last else close + 1
            continue
        if markup.startswith(("<!", "<?"), start):
            yield markup[at:start], ""
            at = close + 1
            continue
        named = _NAME.match(markup, start)
        if named is None:  # a bare "<", as in 3 < 4
            yield markup[at : start + 1], ""
            at = start + 1
            continue
        yield markup[at:start], ("/" if markup[start + 1] == "/" else "") + named[1].lower()
        at = _tag_end(markup, start, close)
        if _UNSHOWN.fullmatch(named[1]) and markup[start + 1] != "/" and markup[at - 2] != "/":
            ended = re.compile(f"</{named[1]}", re.I).search(markup, at)
            at = ended.start() if ended else len(markup)
    yield markup[at:], ""


def _tag_end(markup: str, start: int, close: int) -> int:
    """Behind the tag: its first ">" that is in no quoted attribute."""
    if close - start > _LONG_TAG:
        return close + 1
    at = start
    while piece := _PIECE.search(markup, at, close + _BEYOND):
        if piece[0] == ">":
            return piece.end()
        at = piece.end()
    return close + 1


class _Page:
    """Text in lines, as a browser would break it."""

    def __init__(self, most: int) -> None:
        self._out: list[str] = []
        self._owed = 0  # line breaks before the next word
        self._blank = True  # nothing, or a blank, was last written
        self._kept = 0  # deep in how many <pre>
        self._most = most
        self._size = 0
        self._short = False

    @property
    def full(self) -> bool:
        return self._short or self._size >= self._most

    def write(self, text: str) -> None:
        self._short = self._short or len(text) > _LONGEST
        text = text[:_LONGEST]
        if "&" in text:
            text = text.replace("&lang;", "〈").replace("&rang;", "〉")  # as in HTML 4.01, 24.3.2
            text = html.unescape(_TOO_BIG.sub("\ufffd", text))
        if self._kept:
            text = text.replace("\r\n", "\n")
        else:
            text = _BLANKS.sub(" ", text)
            if self._blank or self._owed:
                text = text.removeprefix(" ")
        if not text:
            return
        if self._owed and self._out:
            self._out.append("\n" * min(self._owed, 3))
        self._owed = 0
        self._blank = text[-1] in " \n"
        self._out.append(text)
        self._size += len(text) + 1

    def turn(self, tag: str) -> None:
        name = tag.removeprefix("/")
        if name == "br":
            self._owed += 1
        elif _PARAGRAPHS.fullmatch(name):
            self._owed = max(self._owed, 2)
        elif _LINES.fullmatch(name):
            self._owed = max(self._owed, 1)
        elif name in {"td", "th"} and not self._blank and not self._owed:
            self._out.append(" ")
            self._blank = True
        if name == "pre":
            self._kept = max(0, self._kept + (-1 if tag[0] == "/" else 1))

    def text(self) -> str:
        text = "".join(self._out)[: self._most].replace("\xa0", " ")
        return _TRAILING.sub("", text).strip("\n")
