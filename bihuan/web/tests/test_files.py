"""Files come whole by both doors, and no door has to warn of it (warnings are errors here)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.test import AsyncClient, Client

from bihuan.web.files import FileAnswer, Statics

LONG = bytes(range(256)) * 1000  # several blocks


# An answer that is closed asks the thread's connections whether they are still good, and a worker
# of the suite may have one open from the test before.
ASKS_CONNECTIONS = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "evidence.jpg"
    place.write_bytes(LONG)
    return place


@ASKS_CONNECTIONS
def test_a_file_is_read_block_by_block_where_pages_are_asynchronous(file: Path) -> None:
    answer = FileAnswer(file.open("rb"))

    async def read() -> list[bytes]:
        return [block async for block in answer]

    blocks = asyncio.run(read())
    answer.close()

    assert b"".join(blocks) == LONG
    assert len(blocks) > 1
    assert max(map(len, blocks)) <= FileAnswer.block_size


@ASKS_CONNECTIONS
def test_and_where_they_are_not(file: Path) -> None:
    answer = FileAnswer(file.open("rb"))

    read = b"".join(answer)
    answer.close()

    assert read == LONG


def test_styles_and_scripts_come_by_both_doors(
    settings: Any, tmp_path: Path, in_a_loop: Any
) -> None:
    tmp_path.joinpath("long.css").write_bytes(LONG)
    settings.STATIC_ROOT, settings.STATIC_URL = str(tmp_path), "/static/"
    settings.MIDDLEWARE = ["bihuan.web.files.Statics"]

    async def ask() -> tuple[int, str, bytes]:
        answer = await AsyncClient().get("/static/long.css")
        return answer.status_code, answer["Content-Type"], b"".join([b async for b in answer])

    answer = Client().get("/static/long.css")

    assert in_a_loop(ask()) == (200, answer["Content-Type"], LONG)
    assert answer.getvalue() == LONG
    assert "Content-Disposition" not in answer
    head = Client().head("/static/long.css")
    assert (head.status_code, head["Content-Length"]) == (200, str(len(LONG)))


def test_the_house_is_served_by_it(settings: Any) -> None:
    assert f"{Statics.__module__}.{Statics.__qualname__}" in settings.MIDDLEWARE
