"""The disk is bounded for whoever sends: what does not count leaves it, some of it is spared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.tests.people import FRIDAY, House, house
from bihuan.cases.tests.pictures import begun, photo
from bihuan.cases.tests.test_arriving import GUEST, PHOTO, begin, send
from bihuan.core.refusals import Damaged, Invalid, TooMany

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blobs")]


@pytest.fixture
def home() -> House:
    return house()


def test_n38_bytes_that_do_not_count_do_not_lie_on_the_disk(home: House, blobs: Path):
    draft = begun(GUEST)
    rows = [begin(draft, GUEST) for _ in range(9)]
    for shade in range(9):
        commands.add_file(stream=photo(20 * shade), name="a.jpg", draft=draft, by=GUEST, at=FRIDAY)

    with pytest.raises(Damaged):
        send(rows[0], 0, PHOTO, GUEST, checksum=("sha1", b"another"))
    with pytest.raises(TooMany):
        send(rows[1], 0, PHOTO, GUEST)

    assert sum(part.stat().st_size for part in (blobs / ".coming").iterdir()) == 0


def test_n38_while_the_disk_has_no_room_nothing_is_taken_and_nothing_lost(
    home: House, blobs: Path, settings: Any
):
    draft = begun(home.ai_li)
    row = begin(draft, home.ai_li)
    send(row, 0, PHOTO[:300], home.ai_li)
    settings.DISK_SPARE = 10**15

    with pytest.raises(Invalid) as part:
        send(row, 300, PHOTO[300:], home.ai_li)
    [(_name, whole)] = commands.add_files(
        [(photo(), "a.jpg")], draft=draft, by=home.ai_li, at=FRIDAY
    )[1]
    settings.DISK_SPARE = 0
    send(row, 300, PHOTO[300:], home.ai_li)

    assert part.value.fields == getattr(whole, "fields", {}) == {"files": "no_room"}
    assert part.value.facts["retry_after"] == 60
    assert queries.visible_files(draft.id)
