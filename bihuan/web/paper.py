"""Papers to be kept and handed on: a Typst template and data in, PDF out, in Chinese type."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

#: Faces with simplified Chinese, the best first; one of them must be there (web/checks.py).
FACES = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei",
    "HarmonyOS Sans SC", "Noto Serif CJK SC", "Source Han Serif SC", "WenQuanYi Zen Hei", "SimSun",
)  # fmt: skip
PACKAGED = "manimgx_fonts_cjk"
#: For archives (ISO 19005-2): every face is in the file, nothing is fetched when it is read.
STANDARD: typst.PDFStandard = "a-2b"
_ASCII = 0x7F
_ONE_SIGN = b"""#let data = json(bytes(sys.inputs.data))
#set text(font: data.faces)
#data.sign
"""
_TURN = threading.Lock()  # a compiler has one set of inputs at a time


class NoFont(RuntimeError):
    """No face with Chinese was found: a paper of empty boxes is never printed."""


def folders() -> list[str]:
    """Where faces are looked for: those the setting names, else the packaged one, else none."""
    if settings.PDF_FONT_DIRS:
        return list(settings.PDF_FONT_DIRS)
    spec = find_spec(PACKAGED)
    return list(spec.submodule_search_locations or []) if spec else []


def faces() -> list[str]:
    """The Chinese faces there are, the best first."""
    return _with_faces(tuple(folders()))[1]


def pdf(template: Path, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """This template with this data, as PDF/A-2b. The same data at the same moment: the same bytes.

    `data` is handed over as JSON and is never part of the source, so no word of it is markup.
    """
    made = _compiled(template, data, at, "pdf")
    assert isinstance(made, bytes)
    return made


def pictures(template: Path, data: Mapping[str, Any], *, at: datetime, ppi: float) -> list[bytes]:
    """The same, each page a PNG; for documents that show what a paper looks like."""
    made = _compiled(template, data, at, "png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def _compiled(
    template: Path, data: Mapping[str, Any], at: datetime, kind: typst.OutputFormat, **more: Any
) -> Any:
    where, found = tuple(folders()), faces()
    if not found:
        raise NoFont
    text = json.dumps({**data, "faces": found}, ensure_ascii=False)
    try:
        return _set(template, where, text, at, kind, **more)
    except typst.TypstError:
        named = _named(text, where)
        if named == text:
            raise
        return _set(template, where, named, at, kind, **more)


def _set(
    template: Path, where: tuple[str, ...], text: str, at: datetime, kind: Any, **more: Any
) -> Any:
    with _TURN:
        return _compiler(str(template), where).compile(
            format=kind,
            sys_inputs={"data": text},
            pdf_standards=[STANDARD] if kind == "pdf" else [],
            timestamp=at.astimezone(UTC).replace(microsecond=0),
            **more,
        )


def _named(text: str, where: tuple[str, ...]) -> str:
    """Signs no face has, an emoji or a letter from afar, by their names: never as empty boxes."""
    strange = {sign for sign in set(text) if ord(sign) > _ASCII and not _is_drawn(sign, where)}
    return "".join(f"〔U+{ord(sign):04X}〕" if sign in strange else sign for sign in text)


@lru_cache(maxsize=4096)
def _is_drawn(sign: str, where: tuple[str, ...]) -> bool:
    """PDF/A refuses a sign without a shape: the one way to know that asks no font library."""
    fonts, found = _with_faces(where)
    given = {"data": json.dumps({"sign": sign, "faces": found}, ensure_ascii=False)}
    try:
        typst.compile(_ONE_SIGN, font_paths=fonts, sys_inputs=given, pdf_standards=[STANDARD])
    except typst.TypstError:
        return False
    return True


@lru_cache(maxsize=4)
def _with_faces(where: tuple[str, ...]) -> tuple[typst.Fonts, list[str]]:
    """What is found there; in the system where nothing is (0.1 s, 0.3 s)."""
    fonts = typst.Fonts(include_system_fonts=not where, font_paths=list(where))
    families = set(fonts.families())
    return fonts, [face for face in FACES if face in families]


@lru_cache(maxsize=4)
def _compiler(template: str, where: tuple[str, ...]) -> typst.Compiler:
    """Kept warm: the first paper takes 120 ms, each further one 8."""
    return typst.Compiler(
        input=template, root=str(Path(template).parent), font_paths=_with_faces(where)[0]
    )


def parts_of(text: str) -> Iterator[str]:
    """The paragraphs of a text, for a template to set one by one."""
    return (line for line in (part.strip() for part in text.split("\n")) if line)
