"""Facts said in bulk are the rows that would have been written one by one."""

from __future__ import annotations

import pytest
from django.db import transaction

from bihuan.core import seal
from bihuan.events import log
from bihuan.events.log import Fact
from bihuan.events.models import Event, Pending
from bihuan.events.tests.test_log import AT, BOBO, CASE, whole

FACTS = [
    Fact("case.noted", CASE, {"number": "TS1\n“引号”\\", "round": 1}, "2.2.4"),
    Fact("case.noted", CASE + 1, {}),
    Fact("clock.missed", CASE, {"promises": ["C-1.4-1", "C-1.2-2"], "round": 1}, "2.3.3"),
]
COLUMNS = [
    "stream", "seq", "kind", "at", "actor_id", "actor_role", "clause", "data", "previous", "hash",
]  # fmt: skip


def written() -> list[dict[str, object]]:
    return [
        {k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items()}
        for row in Event.objects.order_by("stream", "seq").values(*COLUMNS)
    ]


@pytest.mark.django_db
def test_the_rows_are_those_of_one_by_one() -> None:
    with transaction.atomic():
        for fact in FACTS:
            log.append_all([fact], by=BOBO, at=AT)
        one_by_one = written()
        transaction.set_rollback(True)

    with transaction.atomic():
        said = log.append_all(FACTS, by=BOBO, at=AT)

    assert len(said) == 3
    assert written() == one_by_one
    assert Pending.objects.count() == 3


@pytest.mark.django_db
def test_each_stream_goes_on_from_its_head() -> None:
    for _ in range(2):
        with transaction.atomic():
            log.append_all(FACTS, by=BOBO, at=AT)

    assert [(e.stream, e.seq) for e in Event.objects.order_by("stream", "seq")] == [
        (CASE, 1), (CASE, 2), (CASE, 3), (CASE, 4), (CASE + 1, 1), (CASE + 1, 2),
    ]  # fmt: skip
    assert whole(CASE) is whole(CASE + 1) is None
    assert bytes(Event.objects.get(stream=CASE, seq=1).previous) == seal.START
