"""What no subscriber could take waits in sight, and is tried again by hand and at each start."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from bihuan.cli import unheard
from bihuan.core.actors import SYSTEM
from bihuan.events import delivery, log, relay
from bihuan.events.models import DeadLetter
from bihuan.events.tests import switchboard
from bihuan.events.tests.switchboard import POISON
from bihuan.events.tests.test_worker import eventually, working
from bihuan.store.postgres import Urls

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
ECHOES = f"{switchboard.__name__}.echo"


@pytest.fixture(autouse=True)
def given_up(settings: Any, tmp_path: Path, fresh_db: Urls) -> Iterator[None]:
    """Stream 7, at whose first event a subscriber failed as often as is tried."""
    settings.BIHUAN_WIRING = switchboard.__name__
    settings.HOME = tmp_path
    POISON.add((7, 1))
    for _ in range(3):
        with transaction.atomic():
            log.append("case.message_added", stream=7, by=SYSTEM, at=AT)
    relay.drain(AT)
    for day in range(1, 10):
        delivery.retry_due(AT + timedelta(days=day))
    yield
    POISON.clear()


def test_it_is_named_with_who_failed_since_when_and_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert unheard.run(["--json"]) == 1

    said = capsys.readouterr()
    [one] = json.loads(said.out)["unheard"]
    assert (one["subscriber"], one["stream"], one["seq"]) == (ECHOES, 7, 1)
    assert (one["since"], one["tries"], one["behind"]) == (AT.isoformat(), 5, 2)
    assert one["error"].startswith("ValueError in echo")
    assert "1 streams wait" in said.err


def test_it_is_tried_again_by_hand_until_it_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert unheard.run(["--retry"]) == 1
    POISON.clear()
    capsys.readouterr()

    assert unheard.run(["--retry", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {"passed": 3, "unheard": []}
    assert unheard.run([]) == 0
    assert "全部已送达" in capsys.readouterr().out


def test_a_worker_that_starts_tries_it_once_more() -> None:
    POISON.clear()

    with working():
        assert eventually(lambda: not DeadLetter.objects.exists())


def test_a_worker_that_runs_does_not_try_it_without_end() -> None:
    duties = {name: act for name, act, _ in _worker_duties()}

    duties["dead letters"](AT + timedelta(days=20))
    duties["dead letters"](AT + timedelta(days=30))

    assert DeadLetter.objects.get(seq=1).tries == 6


def _worker_duties() -> Any:
    from bihuan.events.worker import Worker

    return Worker()._duties()
