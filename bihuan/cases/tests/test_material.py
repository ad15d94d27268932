"""Drafts, evidence files and added material: kept with their event, thrown away for good."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Case, Draft, Entry, File
from bihuan.cases.tests.people import FRIDAY, file, filing, house
from bihuan.cases.tests.pictures import begun, bytes_kept, photo
from bihuan.cases.tests.stories import HOUR, closed, on, said
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound, NotPossible, TooMany

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blobs")]


def test_e_08_a_draft_is_kept_sealed_and_goes_on_where_it_stopped():
    home = house()
    first = begun(home.ai_li, text="底座开裂")

    second = begun(home.ai_li, first.token, "details", text="底座开裂", wish="退款")

    assert second.id == first.id
    row, data = queries.draft(first.token, home.ai_li)
    assert (row.step, data) == ("details", {"text": "底座开裂", "wish": "退款"})
    assert "底座开裂".encode() not in bytes(Draft.objects.get(id=first.id).sealed)
    assert queries.drafts_of(home.ai_li) == [first]


def test_a_draft_is_nobody_elses_and_an_unknown_token_begins_a_new_one():
    home = house()
    mine = begun(home.ai_li)

    other = begun(home.ding, mine.token)

    assert other.id != mine.id
    assert queries.draft(mine.token, home.ding) is None


def test_a_guest_who_signs_in_half_way_takes_the_draft_along():
    home = house()
    nobody = Actor(0, frozenset())
    draft = begun(nobody, text="底座开裂")

    begun(home.ai_li, draft.token, text="底座开裂")

    assert Draft.objects.get(id=draft.id).person_id == home.ai_li.id
    assert queries.draft(draft.token, home.ding) is None


def test_a_draft_begun_at_the_desk_belongs_to_no_person():
    home = house()

    assert begun(home.bo_bo).person_id == 0


def test_a_draft_has_an_end():
    home = house()

    with pytest.raises(Invalid) as refused:
        begun(home.ai_li, text="长" * 60_001)

    assert refused.value.fields == {"draft": "too_long"}


def test_e_19_a_photo_of_a_draft_becomes_evidence_of_the_case():
    home = house()
    draft = begun(home.ai_li)
    kept = commands.add_file(stream=photo(), name="底座.jpg", draft=draft, by=home.ai_li, at=FRIDAY)
    assert queries.visible_files(draft.id) == [kept]

    case = commands.file(filing=filing(draft_id=draft.id), by=home.ai_li, at=FRIDAY).case

    [evidence] = queries.files(case, home.ai_li)
    assert (evidence.id, evidence.person_id, evidence.content_type) == (
        kept.id, case.person_id, "image/jpeg",
    )  # fmt: skip
    assert Draft.objects.get(id=draft.id).case_id == case.id
    assert queries.drafts_of(home.ai_li) == []


def test_the_same_photo_twice_in_a_draft_is_one(blobs: Path):
    home = house()
    draft = begun(home.ai_li)
    given = {"draft": draft, "by": home.ai_li, "at": FRIDAY}

    first = commands.add_file(stream=photo(), name="a.jpg", **given)
    again = commands.add_file(stream=photo(), name="b.jpg", **given)

    assert again.id == first.id
    assert bytes_kept(blobs) == 3  # the picture, its small one, and as it came


def test_the_same_paper_twice_in_a_draft_is_one(blobs: Path):
    home = house()
    draft = begun(home.ai_li)
    paper = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

    for name in ("a.pdf", "b.pdf"):
        commands.add_file(
            stream=io.BytesIO(paper), name=name, draft=draft, by=home.ai_li, at=FRIDAY
        )

    assert bytes_kept(blobs) == 1


def test_a_draft_holds_nine_files():
    home = house()
    draft = begun(home.ai_li)
    for shade in range(9):
        commands.add_file(
            stream=photo(shade * 20), name=f"{shade}.jpg", draft=draft, by=home.ai_li, at=FRIDAY
        )

    with pytest.raises(TooMany) as refused:
        commands.add_file(stream=photo(255), name="9.jpg", draft=draft, by=home.ai_li, at=FRIDAY)

    assert refused.value.facts["limit"] == 9


def test_a_removed_file_and_a_dropped_draft_leave_no_bytes(
    blobs: Path, django_capture_on_commit_callbacks: Any
):
    home = house()
    draft = begun(home.ai_li)
    given = {"draft": draft, "by": home.ai_li, "at": FRIDAY}
    one = commands.add_file(stream=photo(10), name="a.jpg", **given)
    commands.add_file(stream=photo(200), name="b.jpg", **given)

    with django_capture_on_commit_callbacks(execute=True):
        commands.remove_file(token=one.token, **given)
    after_removal = bytes_kept(blobs)
    with django_capture_on_commit_callbacks(execute=True):
        commands.drop_draft(token=draft.token, by=home.ai_li, at=FRIDAY)

    assert (after_removal, bytes_kept(blobs)) == (3, 0)
    assert not Draft.objects.filter(id=draft.id).exists()
    assert not File.objects.exists()


def test_a_draft_that_became_a_case_and_somebody_elses_are_not_dropped():
    home = house()
    draft, filed = begun(home.ai_li), begun(home.ai_li)
    commands.file(filing=filing(draft_id=filed.id), by=home.ai_li, at=FRIDAY)

    commands.drop_draft(token=draft.token, by=home.ding, at=FRIDAY)
    commands.drop_draft(token=filed.token, by=home.ai_li, at=FRIDAY)

    assert Draft.objects.count() == 2


def test_what_was_sent_after_a_session_had_ended_joins_the_form_it_belongs_to():
    home = house()
    nobody = Actor(0, frozenset())
    mine, aside = begun(home.ai_li, text="底座开裂"), begun(nobody, step="details", wish="退款")
    kept = commands.add_file(stream=photo(), name="a.jpg", draft=aside, by=nobody, at=FRIDAY)
    join = {"token": mine.token, "aside": aside.token, "by": home.ai_li, "at": FRIDAY}

    commands.join_draft(**join)
    commands.join_draft(**join)

    row, data = queries.draft(mine.token, home.ai_li)
    assert (row.step, data) == ("details", {"text": "底座开裂", "wish": "退款"})
    assert [file.id for file in queries.visible_files(mine.id)] == [kept.id]
    assert not Draft.objects.filter(id=aside.id).exists()


def test_only_open_forms_of_one_kind_are_joined():
    home = house()
    mine, filed = begun(home.ai_li), begun(home.ai_li)
    service = commands.save_draft(
        token="", form="service", data={}, step="", by=home.ai_li, at=FRIDAY
    )
    commands.file(filing=filing(draft_id=filed.id), by=home.ai_li, at=FRIDAY)

    for aside in (mine, filed, service, begun(home.ding)):
        commands.join_draft(token=mine.token, aside=aside.token, by=home.ai_li, at=FRIDAY)

    assert Draft.objects.count() == 4


def test_3_3_a_form_nobody_came_back_to_is_forgotten_with_its_bytes(
    blobs: Path, django_capture_on_commit_callbacks: Any
):
    home = house()
    draft = begun(home.ai_li)
    commands.add_file(stream=photo(), name="a.jpg", draft=draft, by=home.ai_li, at=FRIDAY)

    with django_capture_on_commit_callbacks(execute=True):
        early = commands.forget_drafts(before=FRIDAY)
        late = commands.forget_drafts(before=FRIDAY + HOUR)

    assert (early, late) == (0, 1)
    assert not Draft.objects.exists()
    assert bytes_kept(blobs) == 0


@pytest.mark.parametrize("who", ["ai_li", "bo_bo"])
def test_2_2_1_evidence_of_a_case_stands_in_the_log_with_its_hash(who):
    home = house()
    case = file(home)
    by = getattr(home, who)

    kept = commands.add_evidence(**on(case, by), stream=photo(), name="底座.jpg")

    [told] = said(case, "case.material_added")
    assert told.data["files"] == [kept.sha256]
    assert queries.files(case, home.ai_li) == [kept]
    assert (kept.person_id, kept.author_id) == (home.ai_li.id, by.id)


def test_a_case_that_takes_no_more_keeps_neither_file_nor_bytes(blobs: Path):
    home = house()
    case = file(home)
    closed(home, case)

    with pytest.raises(NotPossible):
        commands.add_evidence(
            **on(case, home.ai_li, FRIDAY + 9 * HOUR), stream=photo(), name="a.jpg"
        )

    assert not File.objects.exists()
    assert bytes_kept(blobs) == 0


def test_a_stranger_adds_nothing_to_somebody_elses_case():
    home = house()
    case = file(home)

    with pytest.raises(NotFound):
        commands.add_evidence(**on(case, home.ding), stream=photo(), name="a.jpg")

    assert not File.objects.exists()


def test_2_2_1_material_is_words_or_files_of_this_person_and_this_case():
    home = house()
    case, other = file(home), file(home)
    kept = commands.add_evidence(**on(other, home.ai_li), stream=photo(), name="a.jpg")

    with pytest.raises(Invalid) as refused:
        commands.add_material(**on(case, home.ai_li))
    assert refused.value.fields == {"text": "missing"}
    for by in (home.ai_li, home.bo_bo):
        with pytest.raises(Invalid) as refused:
            commands.add_material(**on(case, by), file_ids=(kept.id,))
        assert refused.value.fields == {"file_ids": "not_known"}
    commands.add_material(**on(case, home.ai_li), text="检测报告见附件。")

    assert Entry.objects.filter(case_id=case.id, kind="material").get().text == "检测报告见附件。"
    assert Case.objects.get(id=case.id).version == 2


def test_a_file_is_shown_to_whoever_may_see_its_case():
    home = house()
    case = file(home)
    kept = commands.add_evidence(**on(case, home.ai_li), stream=photo(), name="a.jpg")

    assert queries.file_by_token(kept.token, home.bo_bo) == kept
    for token, by in ((kept.token, home.ding), (kept.token, None), ("x" * 32, home.bo_bo)):
        with pytest.raises(NotFound):
            queries.file_by_token(token, by)
    File.objects.filter(id=kept.id).update(internal=True)
    with pytest.raises(NotFound):
        queries.file_by_token(kept.token, home.ai_li)
    assert queries.files(case, home.ai_li) == []
