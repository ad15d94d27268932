"""Photos of a chat: whose evidence they are, in which order, and how long they are kept."""

from __future__ import annotations

from io import BytesIO

import pytest

from bihuan.cases import commands as cases
from bihuan.cases.models import File
from bihuan.cases.tests import people, pictures
from bihuan.cases.tests.people import House
from bihuan.chat import commands
from bihuan.chat.tests.talks import asked, at, attends, now, says
from bihuan.chat.tests.test_casing import transcripts
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import NotPossible
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return people.house()


def test_a_photo_shown_after_the_case_was_made_is_its_evidence_when_the_chat_ends(home: House):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1)
    case = commands.open_case(id=row.id, by=home.bo_bo, at=at(2))
    photo = [(pictures.photo(), "裂缝.jpg")]
    commands.speak(id=row.id, text="", uploads=photo, by=home.ai_li, at=at(3))
    says(row, home.bo_bo, "收到", 4)

    commands.end(id=row.id, by=home.bo_bo, at=at(5))

    file = File.objects.get()
    assert file.case_id == case.id
    kept = Event.objects.filter(stream=case.id, kind="case.transcript_kept").order_by("seq").last()
    assert kept is not None
    assert kept.data["files"] == [file.sha256]


def test_a_photo_that_came_slowly_stands_after_what_was_said_meanwhile_and_stops_nothing(
    home: House,
):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1)
    says(row, home.ai_li, "先到的话", 3)
    says(row, home.ai_li, "照片传了一分钟", 2)

    case = commands.open_case(id=row.id, by=home.bo_bo, at=at(5))

    (kept,) = transcripts(case.id)
    assert kept.index("先到的话") < kept.index("照片传了一分钟")


def test_a_photo_that_comes_when_the_chat_has_ended_is_not_kept_for_nobody(home: House):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1)

    class Slow(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if now(row).is_going:
                commands.finish(id=row.id, by=home.ai_li, at=at(2))
            return super().read(size)

    photo = [(Slow(pictures.photo().getvalue()), "裂缝.jpg")]
    with pytest.raises(NotPossible):
        commands.speak(id=row.id, text="看", uploads=photo, by=home.ai_li, at=at(2))

    assert not File.objects.exists()


def test_3_3_a_photo_of_a_chat_is_kept_as_long_as_its_words_and_no_longer(home: House):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1)
    photo = [(pictures.photo(), "裂缝.jpg")]
    commands.speak(id=row.id, text="", uploads=photo, by=home.ai_li, at=at(2))
    says(row, home.bo_bo, "收到", 3)
    commands.end(id=row.id, by=home.bo_bo, at=at(4))

    cases.forget_drafts(before=at(100 * 1440))
    commands.forget_chats(by=SYSTEM, at=at(181 * 1440))
    assert File.objects.exists()
    commands.forget_chats(by=SYSTEM, at=at(188 * 1440))

    assert not File.objects.exists()
