"""A photo is shown drawn anew; as it came it is given to staff for a reason (N33)."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from bihuan.accounts.models import Reveal
from bihuan.cases import commands
from bihuan.cases.models import File
from bihuan.cases.tests.people import FRIDAY, file
from bihuan.store import blobs

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db
PLACE = "at home, 31.2N 121.4E"


def photo() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = PLACE
    Image.new("RGB", (64, 48), (90, 90, 60)).save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def kept(walk: Walk, settings: Any, tmp_path: Any) -> File:
    """Evidence of 爱丽's case."""
    settings.HOME = tmp_path
    case = file(walk.home)
    return commands.add_evidence(
        number=case.number, stream=io.BytesIO(photo()), name="屏幕.jpg", by=walk.home.ai_li,
        at=FRIDAY,
    )  # fmt: skip


def test_n33_what_is_shown_has_no_place_and_the_original_has(kept: File):
    shown = blobs.path_of(kept.blob).read_bytes()
    original = blobs.path_of(kept.original).read_bytes()

    assert PLACE.encode() not in shown
    assert original == photo()
    assert kept.original_sha256 == hashlib.sha256(original).hexdigest()


def test_n33_the_original_is_given_for_a_reason_that_is_logged(walk: Walk, kept: File):
    page, client = f"/desk/files/{kept.token}/original/", walk.client(walk.home.bo_bo)
    assert "原图" in walk.see(walk.home.bo_bo, page)
    assert client.post(page, {"reason": ""}).status_code == 422
    assert not Reveal.objects.exists()

    answer = client.post(page, {"reason": "核对拍摄时间"})

    assert b"".join(answer) == photo()
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    look = Reveal.objects.get()
    assert (look.field, look.reason, look.case_id) == ("photo", "核对拍摄时间", kept.case_id)


def test_n09_nobody_else_is_given_it(walk: Walk, kept: File):
    page = f"/desk/files/{kept.token}/original/"

    for who in (walk.home.ai_li, walk.home.ding):
        assert walk.client(who).post(page, {"reason": "让我看看原图"}).status_code == 404
    guessed = f"/desk/files/{kept.token[:-1]}_/original/"
    assert walk.client(walk.home.bo_bo).get(guessed).status_code == 404


def test_a_file_that_was_kept_as_it_came_has_no_other_original(walk: Walk, kept: File):
    File.objects.filter(id=kept.id).update(original="")

    page = f"/desk/files/{kept.token}/original/"
    assert walk.client(walk.home.bo_bo).get(page).status_code == 404


def test_a_photo_taken_out_of_a_draft_leaves_no_original(
    settings: Any, tmp_path: Any, walk: Walk, django_capture_on_commit_callbacks: Any
):
    settings.HOME = tmp_path
    by = walk.home.ai_li
    draft = commands.save_draft(token="", form="complaint", data={}, step="", by=by, at=FRIDAY)
    row = commands.add_file(stream=io.BytesIO(photo()), name="a.jpg", draft=draft, by=by, at=FRIDAY)
    place = blobs.path_of(row.original)
    assert place.exists()

    with django_capture_on_commit_callbacks(execute=True):
        commands.remove_file(token=row.token, draft=draft, by=by, at=FRIDAY)

    assert not place.exists()
