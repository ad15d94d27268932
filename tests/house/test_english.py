"""English is complete: every Chinese word of a page has its English, placeholders and all."""

from __future__ import annotations

import ast
import gettext
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.utils.translation.template import templatize

from tests.house.source import PACKAGE, Module, modules, strings

FOLDER = PACKAGE / "locale" / "en" / "LC_MESSAGES"
HAN = re.compile(r"[\u3400-\u9fff]")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")  # its marks too
QUOTED = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(n?gettext|_)\({QUOTED}(?:, {QUOTED})?")
ATTRIBUTE = re.compile(r"""_\('([^']*)'\)""")  # of a component: <c-empty :title="_('没有通知')">
HELD = re.compile(r"%\([^)]+\)s|\{\w*\}|</?\w+[^>]*>")
TAG = re.compile(
    r"{% (comment|blocktranslate)\b.*?{% end\1 %}|{[%{#].*?[#%}]}|_\('[^']*'\)", re.DOTALL
)
LINE = re.compile(r'(?:(msgid|msgid_plural|msgstr)(?:\[\d\])? )?(".*")$')

# Rooms whose words reach people on a page; the rest speaks by code.
PAGES = (
    "accounts", "appeals", "channels", "chat", "complaints", "counter", "desk", "improvement",
    "integrations", "notify", "orders", "phone", "portal", "web",
)  # fmt: skip
FIELDS = "cases/fields.py"  # its words are translated by the desk, which shows them
BARE = {
    "简体中文",  # a language calls itself by its own name
    "<!doctype html><title>500</title><p>系统出错了 / Something went wrong.</p>",  # in both
}
BOTH_LANGUAGES = (
    "web/templates/500.html"  # is shown when nothing works, so it asks nothing of gettext
)
SIGNS = str.maketrans("", "", "闭林")  # the logo, and the initial of somebody's name

Pair = tuple[str, str]  # singular, and plural or nothing


def _calls(module: Module) -> Iterator[list[ast.expr]]:
    """What a module hands to gettext, under whatever name it is imported."""
    names = {
        name.asname or name.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if "gettext" in name.name
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node.args[:2]


def _spoken(module: Module) -> Iterator[Pair]:
    """The words in its calls; where it translates a variable, every Chinese text it holds."""
    for given in _calls(module):
        texts = [str(one.value) for one in given if isinstance(one, ast.Constant)]
        if texts:
            yield texts[0], "".join(texts[1:])
        elif module.place.split("/")[0] in PAGES:
            yield from ((text, "") for text in _literals(module))


def _literals(module: Module) -> set[str]:
    """Every Chinese text of a module that is no docstring."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = {str(text.value) for text in strings(module.tree) if id(text) not in docs}
    return {text for text in texts if HAN.search(text)} - BARE


def _written(template: Path) -> Iterator[Pair]:
    """The words of a template as Django reads it, and those of its components' attributes."""
    source = template.read_text("utf-8")
    for call, one, many in CALL.findall(templatize(source)):
        yield ast.literal_eval(one), ast.literal_eval(many) if call == "ngettext" else ""
    for text in ATTRIBUTE.findall(source):
        yield text, ""


def _holidays() -> dict[str, str]:
    """The names of the calendars in both languages: the strip of days shows them."""
    calendars = [tomllib.loads(p.read_text("utf-8")) for p in PACKAGE.rglob("calendar.toml")]
    years = [year for found in calendars for kind in ("year", "expected") for year in found[kind]]
    return {day["name"]: day["name_en"] for year in years for day in year["holiday"]}


@cache
def pages() -> tuple[Path, ...]:
    """Every template that is shipped."""
    return tuple(p for p in sorted(PACKAGE.rglob("*.html")) if "templates" in p.parts)


@cache
def words() -> dict[str, str]:
    """Every text that is to be translated, with its plural when it has one."""
    found: dict[str, str] = {}
    pairs = [pair for module in modules() for pair in _spoken(module)]
    pairs += [(text, "") for m in modules() if m.place == FIELDS for text in _literals(m)]
    pairs += [pair for page in pages() for pair in _written(page)]
    pairs += [(name, "") for name in _holidays()]
    for one, many in pairs:
        found[one] = found.get(one) or many
    return found


@cache
def catalogue() -> dict[Pair, tuple[str, ...]]:
    """The catalogue as people edit it: singular and plural to their English."""
    found: dict[Pair, tuple[str, ...]] = {}
    text = (FOLDER / "django.po").read_text("utf-8")
    for block in text.split("\n\n"):
        parts: list[list[str]] = []
        for line in filter(None, map(LINE.match, block.splitlines())):
            if line[1]:
                parts.append([line[1], ""])
            parts[-1][1] += ast.literal_eval(line[2])
        ids = {name: value for name, value in parts if name != "msgstr"}
        key = ids["msgid"], ids.get("msgid_plural", "")
        found[key] = tuple(value for name, value in parts if name == "msgstr")
    return found


def _held(text: str) -> list[str]:
    """Its placeholders and tags; a month may stand by its number or its name."""
    return sorted(HELD.findall(text.replace("{mon}", "{month}")))


def test_every_text_of_pages_and_tables_has_its_english() -> None:
    known = {one for one, _many in catalogue()}
    assert len(words()) > 700, "the words are not found any more"
    assert sorted(set(words()) - known) == []
    assert [key for key, english in catalogue().items() if not all(english)] == []


def test_the_catalogue_keeps_no_text_that_nothing_says() -> None:
    assert sorted({one for one, _many in catalogue()} - {"", *words()}) == []


def test_a_text_that_counts_has_a_singular_and_a_plural() -> None:
    counted = {(one, many) for one, many in words().items() if many}
    found = {key for key, english in catalogue().items() if key[1] and len(english) == 2}
    assert counted
    assert found == counted


def test_the_english_holds_what_the_chinese_holds_and_no_chinese() -> None:
    for (one, many), english in catalogue().items():
        if one:
            assert [_held(e) for e in english] == [_held(c) for c in (one, many) if c], one
        assert not [text for text in english if CHINESE.search(text)], one


def test_the_compiled_catalogue_says_what_the_edited_one_says() -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for (one, many), english in catalogue().items():
        if many:
            assert (compiled.ngettext(one, many, 1), compiled.ngettext(one, many, 2)) == english
        elif one:
            assert compiled.gettext(one) == english[0], one


def test_holidays_are_named_as_the_calendar_names_them() -> None:
    assert _holidays()
    assert {name: catalogue()[name, ""][0] for name in _holidays()} == _holidays()


def test_no_module_of_the_pages_speaks_chinese_beside_the_catalogue() -> None:
    rooms = [m for m in modules() if m.place.split("/")[0] in PAGES]
    assert {m.place: said for m in rooms if (said := _literals(m) - set(words()))} == {}


def test_no_template_speaks_chinese_beside_the_catalogue() -> None:
    read = {str(p.relative_to(PACKAGE)): TAG.sub("", p.read_text("utf-8")) for p in pages()}
    del read[BOTH_LANGUAGES]
    found = {name: HAN.findall(text.translate(SIGNS)) for name, text in read.items()}
    assert {name: signs for name, signs in found.items() if signs} == {}


def test_a_reader_of_english_is_told_in_english() -> None:
    with override("en"):
        assert _("返回服务首页") == "Back to service home"
        assert ngettext("%(total)s 件", "%(total)s 件", 1) % {"total": 1} == "1 case"
        assert ngettext("%(total)s 件", "%(total)s 件", 3) % {"total": 3} == "3 cases"
    with override("zh-hans"):
        assert _("返回服务首页") == "返回服务首页"
