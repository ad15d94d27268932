"""Material for a case: files and words of one message, and of two that cross each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.cases import commands, queries
from bihuan.cases.commands import material
from bihuan.cases.models import Draft, File
from bihuan.cases.tests.people import FRIDAY, file, filing, house
from bihuan.cases.tests.pictures import begun, bytes_kept, photo
from bihuan.cases.tests.stories import on, said
from bihuan.core.refusals import Stale, TooMany

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blobs")]


def test_2_2_1_one_message_brings_nine_files_at_most_and_its_words_go_with_them(blobs: Path):
    home = house()
    case = file(home)
    uploads = [(photo(shade * 20), f"{shade}.jpg") for shade in range(10)]

    kept, faults = commands.bring(**on(case, home.ai_li), text="各个角度", uploads=uploads)

    assert len(kept) == 9
    assert [(name, type(fault)) for name, fault in faults] == [("9.jpg", TooMany)]
    assert bytes_kept(blobs) == 27
    assert len(said(case, "case.material_added")[0].data["files"]) == 9


def test_nobody_waits_for_a_photo_to_be_drawn_anew(monkeypatch: pytest.MonkeyPatch):
    home = house()
    case = file(home)
    locks: list[int] = []
    keep = material.blobs.keep

    with CaptureQueriesContext(connection) as asked:

        def counted(*args: Any, **given: Any) -> Any:
            locks.append(sum("FOR UPDATE" in query["sql"] for query in asked))
            return keep(*args, **given)

        monkeypatch.setattr(material.blobs, "keep", counted)
        commands.bring(**on(case, home.ai_li), text="", uploads=[(photo(), "a.jpg")])

    assert locks == [0]
    assert any("FOR UPDATE" in query["sql"] for query in asked)


def test_files_of_a_step_that_came_too_late_leave_no_bytes(blobs: Path):
    home = house()
    case = file(home)

    with pytest.raises(Stale):
        commands.bring(
            **on(case, home.ai_li), text="", uploads=[(photo(), "a.jpg")], expected_version=7
        )

    assert not File.objects.exists()
    assert bytes_kept(blobs) == 0


def test_what_is_kept_late_does_not_undo_that_the_form_was_sent():
    home = house()
    draft = begun(home.ai_li, text="底座开裂")
    case = commands.file(filing=filing(draft_id=draft.id), by=home.ai_li, at=FRIDAY).case

    late = begun(home.ai_li, draft.token, text="底座")

    assert late.case_id == Draft.objects.get(id=draft.id).case_id == case.id
    assert queries.draft(draft.token, home.ai_li)[1] == {"text": "底座开裂"}
