"""Words held by two pages of one writer at the same moment: neither's are lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bihuan.cases import commands, fields, tasks
from bihuan.cases.models import Entry
from bihuan.cases.tests.people import FRIDAY, House, filing, house


@pytest.fixture
def home(fresh_db: Any) -> House:
    return house()


def test_two_pages_of_one_writer_lose_none_of_two_replies(
    home: House, at_once: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    case = commands.file(filing=filing(), by=home.ai_li, at=FRIDAY).case
    replies = ["正在核实。", "请补充照片。"]
    both, clean = threading.Barrier(2), fields.clean

    def together(*given: Any) -> Any:
        """Where the second has looked for the first, if the two are let get so far at once."""
        with suppress(threading.BrokenBarrierError):
            both.wait(1)
        return clean(*given)

    monkeypatch.setattr(fields, "clean", together)

    def reply(text: str) -> None:
        commands.hold(
            action="answer", number=case.number, raw={"text": text}, seconds=8,
            take=commands.take, by=home.bo_bo, at=FRIDAY,
        )  # fmt: skip

    at_once(*(partial(reply, text) for text in replies))
    tasks.release(FRIDAY + timedelta(seconds=8))

    said = Entry.objects.filter(case_id=case.id, kind="answer").values_list("text", flat=True)
    assert sorted(said) == sorted(replies)
