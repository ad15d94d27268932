"""Papers are set in Chinese type, from data that is never source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typst
from django.conf import settings

from bihuan.web import checks, paper

AT = datetime(2026, 2, 13, 8, 0, 0, 123456, tzinfo=UTC)
SOURCE = """#let data = json(bytes(sys.inputs.data))
#set text(font: data.faces)
#data.said
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    place = tmp_path / "word.typ"
    place.write_text(SOURCE, encoding="utf-8")
    return place


def test_a_paper_is_pdf_a_and_the_same_data_gives_the_same_bytes(template: Path):
    made = paper.pdf(template, {"said": "重大投诉"}, at=AT)

    assert made.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in made
    assert paper.pdf(template, {"said": "重大投诉"}, at=AT) == made
    assert paper.pdf(template, {"said": "一般投诉"}, at=AT) != made


def test_words_are_never_markup_whatever_is_written(template: Path):
    """Source would read the file or fail; as data it is only drawn, as long as it is written."""
    hostile = '#read("/etc/passwd") #panic() $x$ *粗* @x <y> \\ " ⟦mask|1⟧'

    drawn = paper.pictures(template, {"said": hostile}, at=AT, ppi=40)

    assert len(drawn) == 1
    assert drawn[0] != paper.pictures(template, {"said": ""}, at=AT, ppi=40)[0]


def test_every_sign_of_chinese_has_a_shape_which_pdf_a_itself_demands(template: Path):
    said = "重大投诉专项分析报告：骨关直角每令“引号”《书名》—…￥１２３㎡々〇𠮷"

    assert paper.pdf(template, {"said": said}, at=AT) != paper.pdf(template, {"said": ""}, at=AT)
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typst.compile(
            "#set text(font: 'DejaVu Sans Mono')\n好".replace("'", '"').encode(),
            font_paths=typst.Fonts(include_system_fonts=False),
            pdf_standards=[paper.STANDARD],
        )


def test_what_no_face_can_draw_is_named_and_stops_no_paper(template: Path):
    strange = paper.pdf(template, {"said": "插头冒烟😀ก，已报警👨‍👩‍👧"}, at=AT)
    named = "插头冒烟〔U+1F600〕〔U+0E01〕，已报警〔U+1F468〕‍〔U+1F469〕‍〔U+1F467〕"

    assert strange == paper.pdf(template, {"said": named}, at=AT)


def test_the_packaged_face_is_found_and_is_the_one_for_simplified_chinese():
    assert paper.faces()[0] == "Noto Sans CJK SC"
    assert checks.chinese_faces(None) == []


def test_no_start_and_no_paper_where_no_face_has_chinese(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
):
    empty = tmp_path / "no fonts"
    empty.mkdir()
    monkeypatch.setattr(settings, "PDF_FONT_DIRS", [str(empty)])

    (fault,) = checks.chinese_faces(None)
    assert "manimgx-fonts-cjk" in fault.hint
    with pytest.raises(paper.NoFont):
        paper.pdf(template, {"said": "重大投诉"}, at=AT + timedelta(hours=1))


def test_folders_that_are_named_come_before_the_packaged_face(monkeypatch: pytest.MonkeyPatch):
    packaged = paper.folders()
    monkeypatch.setattr(settings, "PDF_FONT_DIRS", packaged)

    assert paper.faces()[0] == "Noto Sans CJK SC"
