"""Each way out says whether what waits is sent, and a letter ends with how to reach the house."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bihuan.cases.tests.people import FRIDAY
from bihuan.notify import ways
from bihuan.notify.models import Message
from bihuan.store.blocks import new_id

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def queued(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "id": new_id(FRIDAY), "key": str(new_id(FRIDAY)), "channel": "email", "person_id": 7,
        "created_at": FRIDAY, "next_try_at": FRIDAY, "subject": "已受理", "body": "",
    }  # fmt: skip
    return Message.objects.create(**values | changes)


def failing(minutes: float) -> tuple[Any, str]:
    said = ways.email(FRIDAY + minutes * MINUTE)
    assert said is not None
    return said.failing_since, said.reason


def test_a_queue_that_nobody_looks_at_fails_since_its_first_was_due():
    queued()

    assert failing(4) == (None, "")
    assert failing(6) == (FRIDAY, "not_sent")


def test_a_server_that_takes_nothing_fails_and_one_refused_letter_among_sent_ones_does_not():
    later = FRIDAY + 30 * MINUTE
    queued(tries=3, error="no_answer", next_try_at=later)
    assert failing(5) == (FRIDAY, "refused")

    queued(state="sent", next_try_at=None, sent_at=FRIDAY + 2 * MINUTE)
    assert failing(5) == (None, "")
    said = ways.email(FRIDAY + 5 * MINUTE)
    assert said is not None
    assert (said.alive_at, said.waiting) == (FRIDAY + 2 * MINUTE, 1)
