"""Components are labelled, carry no style of their own, and their colours can be read."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string

from bihuan.web import parts

UI = Path(parts.__file__).parent / "static" / "ui"
TOKEN = re.compile(r"(--[a-z0-9-]+):\s*([^;]+);")
READ_ON = [
    *(("text", "bg"), ("text-2", "bg"), ("text-3", "bg"), ("text-3", "panel"), ("link", "panel")),
    *(("on-brand", "brand"), ("on-over", "over"), ("b700", "b50"), ("b700", "selected")),
    *(("ok", "ok-bg"), ("warn", "warn-bg"), ("hot", "hot-bg"), ("bad", "bad-bg")),
    *(("merchant", "merchant-bg"), ("text-2", "note-bg"), ("n700", "n100"), ("b800", "b100")),
]


@pytest.fixture(autouse=True)
def plain_file_names(settings: Any) -> None:
    """The names of files before they are collected and hashed for a release."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


class Page(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def every(self, *tags: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in tags]


def test_no_component_computes_a_default_that_most_callers_replace() -> None:
    """`:name="{}"` is rendered and evaluated at each use: 100 of the 240 µs of a clock's chip."""
    found = sorted((UI.parents[1] / "templates" / "cotton").glob("*.html"))

    computed = [
        part.name for part in found if re.search(r"<c-vars[^>]* :", part.read_text("utf-8"))
    ]

    assert found
    assert computed == []


def gallery(**answers: str) -> Page:
    form = parts.Example(answers) if answers else parts.Example()
    return Page(render_to_string("web/parts.html", parts.shown(form)))


def tokens(*sheets: str) -> dict[str, str]:
    return {
        name.removeprefix("--"): value.strip()
        for sheet in sheets
        for name, value in TOKEN.findall((UI / sheet).read_text("utf-8"))
    }


def light_of(name: str, known: dict[str, str]) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    value = known[name]
    while value.startswith("var("):
        value = known[value[6:-1]]
    digits = value.removeprefix("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts_of = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for c in parts_of
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, known: dict[str, str]) -> float:
    dark, light = sorted((light_of(one, known), light_of(other, known)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("sheets", [("ui.css",), ("ui.css", "dark.css")])
@pytest.mark.parametrize(("ink", "paper"), READ_ON)
def test_words_can_be_read_on_their_ground_by_day_and_night(
    ink: str, paper: str, sheets: tuple[str, ...]
) -> None:
    assert contrast(ink, paper, tokens(*sheets)) >= 4.5


@pytest.mark.parametrize("sheets", [("ui.css",), ("ui.css", "dark.css")])
def test_the_border_of_a_field_can_be_seen(sheets: tuple[str, ...]) -> None:
    assert contrast("input-line", "panel", tokens(*sheets)) >= 3


def test_the_dark_set_only_changes_tokens_that_exist() -> None:
    assert set(tokens("dark.css")) <= set(tokens("ui.css"))


@pytest.mark.parametrize("sheet", [path.name for path in UI.glob("*.css")])
def test_every_colour_comes_from_a_token_that_exists(sheet: str) -> None:
    known = tokens("ui.css", sheet)

    used = set(re.findall(r"var\(--([a-z0-9-]+)", (UI / sheet).read_text("utf-8")))

    assert used <= set(known)


def test_every_field_of_the_gallery_has_a_label() -> None:
    page = gallery()
    labelled = {attrs.get("for") for attrs in page.every("label")}

    fields = [f for f in page.every("input", "select", "textarea") if f.get("type") != "hidden"]

    assert fields
    assert [f for f in fields if f.get("id") not in labelled] == []


def test_an_error_is_named_on_top_and_beside_its_field() -> None:
    page = gallery(text="")
    ids = {attrs.get("id") for _, attrs in page.tags}
    links = [a["href"] for a in page.every("a") if (a.get("href") or "").startswith("#id_")]

    assert "#id_text" in links
    assert all((link or "").removeprefix("#") in ids for link in links)
    text = next(attrs for attrs in page.every("textarea") if attrs["id"] == "id_text")
    assert text["aria-invalid"] == "true"
    assert text["aria-describedby"] == "id_text_helptext id_text_error"
    assert {"id_text_helptext", "id_text_error"} <= ids


def test_a_form_without_errors_has_no_summary() -> None:
    assert not [attrs for _, attrs in gallery().tags if "data-error-summary" in attrs]


def test_no_component_carries_a_style_or_a_script_of_its_own() -> None:
    page = gallery(text="")

    assert not [attrs for _, attrs in page.tags if "style" in attrs]
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert all(attrs.get("src") for attrs in page.every("script"))


def test_every_clock_says_its_time_in_words() -> None:
    page = render_to_string("web/parts.html", parts.shown(parts.Example()))

    assert len(re.findall(r"<sla-chip[^>]*data-state", page)) == len(parts.CLOCKS)
    assert all(f"<time>{clock['text']}</time>" in page for clock in parts.CLOCKS)


def test_old_web_views_can_read_what_the_portal_sends() -> None:
    sent = (UI / "ui.css").read_text("utf-8") + (UI / "portal.css").read_text("utf-8")

    sent = re.sub(r"/\*.*?\*/", "", sent, flags=re.S)
    assert not re.search(r"@layer|light-dark\(|:has\(|aspect-ratio|[^-]inset:|color-mix", sent)
