"""Files that come in parts: bounded, checked when whole, and nothing half is ever kept as one."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Coming, Draft, File
from bihuan.cases.tests.people import FRIDAY, House, file, filing, house
from bihuan.cases.tests.pictures import begun, bytes_kept, photo
from bihuan.cases.tests.stories import HOUR, said
from bihuan.core.actors import Actor
from bihuan.core.refusals import (
    Damaged,
    Gone,
    Invalid,
    NotFound,
    NotPossible,
    OutOfPlace,
    TooMany,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blobs")]
PHOTO = photo().getvalue()
GUEST = Actor(0, frozenset())
DAY = timedelta(hours=24)


@pytest.fixture
def home() -> House:
    return house()


def begin(draft: Draft, by: Actor, length: int = len(PHOTO), at: datetime = FRIDAY) -> Coming:
    return commands.begin_file(length=length, name="裂纹.jpg", draft=draft, by=by, at=at)


def send(
    row: Coming, offset: int, part: bytes, by: Actor, at: datetime = FRIDAY, **more: Any
) -> Coming:
    return commands.append_part(
        token=row.token, offset=offset, stream=io.BytesIO(part), by=by, at=at, **more
    )


def test_e_19_a_photo_half_sent_goes_on_and_is_evidence_only_when_it_is_whole(
    home: House, blobs: Path, django_capture_on_commit_callbacks: Any
):
    draft = begun(home.ai_li)
    row = begin(draft, home.ai_li)

    half = send(row, 0, PHOTO[:300], home.ai_li)
    before = (half.received, queries.visible_files(draft.id), File.objects.count())
    with django_capture_on_commit_callbacks(execute=True):
        whole = send(row, 300, PHOTO[300:], home.ai_li, FRIDAY + HOUR)

    assert before == (300, [], 0)
    [kept] = queries.visible_files(draft.id)
    assert (whole.file, kept.name, kept.content_type) == (kept.token, "裂纹.jpg", "image/jpeg")
    assert kept.original_sha256 == hashlib.sha256(PHOTO).hexdigest()
    assert queries.coming_of(draft.id, FRIDAY + HOUR) == []
    assert not list((blobs / ".coming").iterdir())
    assert send(row, len(PHOTO), b"", home.ai_li).file == kept.token  # its answer had been lost


def test_2_2_1_a_file_for_a_case_stands_in_its_log_when_it_is_whole(home: House):
    case = file(home)
    row = commands.begin_file(
        length=len(PHOTO), name="a.jpg", number=case.number, by=home.bo_bo, at=FRIDAY
    )

    send(row, 0, PHOTO[:99], home.bo_bo)
    early = said(case, "case.material_added")
    send(row, 99, PHOTO[99:], home.bo_bo)

    [told] = said(case, "case.material_added")
    assert (early, told.data["files"]) == ([], [File.objects.get(case_id=case.id).sha256])


def test_a_part_that_does_not_go_on_where_the_last_ended_says_where_that_is(home: House):
    row = begin(begun(home.ai_li), home.ai_li)
    send(row, 0, PHOTO[:300], home.ai_li)

    with pytest.raises(OutOfPlace) as refused:
        send(row, 0, PHOTO[:300], home.ai_li)

    assert refused.value.facts["offset"] == 300


def test_a_damaged_part_counts_for_nothing_and_is_written_over(home: House):
    draft = begun(home.ai_li)
    row = begin(draft, home.ai_li)
    send(row, 0, PHOTO[:300], home.ai_li)
    right = ("sha1", hashlib.sha1(PHOTO[300:], usedforsecurity=False).digest())

    with pytest.raises(Damaged):
        send(row, 300, b"x" * 200, home.ai_li, checksum=right)
    send(row, 300, PHOTO[300:], home.ai_li, checksum=right)

    assert queries.visible_files(draft.id)


@pytest.mark.parametrize(("length", "code"), [(0, "empty"), (20_000_001, "too_large")])
def test_what_is_too_big_or_empty_is_told_before_a_byte_is_sent(home: House, length, code):
    with pytest.raises(Invalid) as refused:
        begin(begun(home.ai_li), home.ai_li, length)

    assert refused.value.fields == {"files": code}


def test_more_bytes_than_were_declared_end_it(home: House, blobs: Path):
    row = begin(begun(home.ai_li), home.ai_li, 100)

    with pytest.raises(Invalid) as refused:
        send(row, 0, PHOTO[:101], home.ai_li)

    assert refused.value.fields == {"files": "too_large"}
    assert not Coming.objects.exists()


@pytest.mark.parametrize("before", [0, 5])
def test_n32_a_file_of_no_kind_that_is_taken_is_told_by_its_first_bytes(
    home: House, blobs: Path, django_capture_on_commit_callbacks: Any, before: int
):
    page = b"<!doctype html><script>alert(1)</script>" * 999
    row = begin(begun(home.ai_li), home.ai_li, len(page))

    send(row, 0, page[:before], home.ai_li)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Invalid) as refused:
        send(row, before, page[before:40], home.ai_li)

    assert refused.value.fields == {"files": "kind_not_allowed"}
    assert (Coming.objects.count(), bytes_kept(blobs)) == (0, 0)


def test_while_the_scanner_is_away_the_last_part_can_be_sent_once_more(home: House, settings: Any):
    settings.CLAMD = "/nowhere/clamd.ctl"
    draft = begun(home.ai_li)
    row = begin(draft, home.ai_li)
    send(row, 0, PHOTO[:300], home.ai_li)

    with pytest.raises(Invalid) as refused:
        send(row, 300, PHOTO[300:], home.ai_li)
    settings.CLAMD = ""
    send(row, 300, PHOTO[300:], home.ai_li)

    assert refused.value.fields == {"files": "not_scanned"}
    assert queries.visible_files(draft.id)


def test_n38_unfinished_files_count_among_the_nine_and_among_those_of_their_author(home: House):
    draft, second, third = begun(home.ai_li), begun(home.ai_li), begun(home.ai_li)
    for _ in range(9):
        begin(draft, home.ai_li)

    with pytest.raises(TooMany) as tenth:
        begin(draft, home.ai_li)
    for _ in range(9):
        begin(second, home.ai_li)
    with pytest.raises(TooMany) as nineteenth:
        begin(third, home.ai_li)

    assert (tenth.value.facts["limit"], nineteenth.value.facts["limit"]) == (9, 18)


def test_n38_a_flood_of_guests_leaves_half_of_the_room_to_others(home: House, settings: Any):
    settings.UPLOADS_MAX = 2 * len(PHOTO)
    flood = begin(begun(GUEST), GUEST)
    send(flood, 0, PHOTO[:-1], GUEST)
    late = begin(begun(GUEST), GUEST, 20)

    with pytest.raises(TooMany) as refused:
        send(late, 0, PHOTO[:20], GUEST)
    mine = begin(begun(home.ai_li), home.ai_li)
    whole = send(mine, 0, PHOTO, home.ai_li)

    assert refused.value.facts["retry_after"] == 60
    assert whole.file


def test_nobody_waits_for_a_file_longer_than_a_day_after_its_last_part(
    home: House, blobs: Path, django_capture_on_commit_callbacks: Any
):
    row = begin(begun(home.ai_li), home.ai_li)
    send(row, 0, PHOTO[:300], home.ai_li, FRIDAY + HOUR)
    over = FRIDAY + HOUR + DAY

    early = commands.forget_coming(at=over - HOUR)
    with pytest.raises(Gone):
        send(row, 300, PHOTO[300:], home.ai_li, over)
    with django_capture_on_commit_callbacks(execute=True):
        late = commands.forget_coming(at=over)
    commands.forget_coming(at=over + DAY)

    assert (early, late, bytes_kept(blobs)) == (0, 1, 0)
    with pytest.raises(NotFound):
        queries.coming(row.token, home.ai_li, over + DAY)


def test_bytes_that_a_crash_left_behind_are_swept(home: House, blobs: Path):
    begin(begun(home.ai_li), home.ai_li)
    stray = blobs / ".coming" / ("0" * 32)
    stray.write_bytes(b"half")

    commands.forget_coming(at=datetime.now(FRIDAY.tzinfo) + 2 * DAY)

    assert not stray.exists()


def test_what_somebody_began_is_nobody_elses(home: House):
    row = begin(begun(home.ai_li), home.ai_li)

    for by in (home.ding, home.bo_bo, GUEST, None):
        with pytest.raises(NotFound):
            queries.coming(row.token, by, FRIDAY)


def test_a_form_that_was_sent_takes_no_late_file(home: House):
    draft = begun(home.ai_li)
    row = begin(draft, home.ai_li)
    commands.file(filing=filing(draft_id=draft.id), by=home.ai_li, at=FRIDAY)

    with pytest.raises(NotPossible):
        send(row, 0, PHOTO, home.ai_li)
    with pytest.raises(NotPossible):
        begin(draft, home.ai_li)

    assert not File.objects.exists()


def test_a_form_that_is_thrown_away_takes_its_half_files_along(
    home: House, blobs: Path, django_capture_on_commit_callbacks: Any
):
    draft, other = begun(home.ai_li), begun(home.ai_li)
    send(begin(draft, home.ai_li), 0, PHOTO[:300], home.ai_li)
    one = begin(other, home.ai_li)

    with django_capture_on_commit_callbacks(execute=True):
        commands.drop_draft(token=draft.token, by=home.ai_li, at=FRIDAY)
        commands.remove_file(token=one.token, draft=other, by=home.ai_li, at=FRIDAY)

    assert (Coming.objects.count(), bytes_kept(blobs)) == (0, 0)


def test_what_is_gathered_for_a_case_becomes_its_evidence_when_it_is_sent(home: House):
    case = file(home)
    gather = {"number": case.number, "by": home.ai_li, "at": FRIDAY}
    draft = commands.material_draft(**gather)
    send(begin(draft, home.ai_li), 0, PHOTO, home.ai_li)
    half = begin(draft, home.ai_li)
    before = queries.files(case, home.ai_li)

    same = commands.material_draft(**gather)
    kept, faults = commands.bring(text="", uploads=[], gathered=draft, **gather)

    [one] = queries.files(case, home.ai_li)
    [told] = said(case, "case.material_added")
    assert (same.token, before, faults) == (draft.token, [], [])
    assert ([one], one.draft_id, told.data["files"]) == (kept, 0, [one.sha256])
    assert queries.material_draft(case, home.ai_li) is None
    with pytest.raises(NotFound):
        queries.coming(half.token, home.ai_li, FRIDAY)
