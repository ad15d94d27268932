"""A switchboard for these tests: codes are kept, and one case is known."""

from __future__ import annotations

from datetime import datetime

from bihuan.core.refusals import Unreachable

SENT: list[tuple[int, str, str]] = []
CASES: dict[str, tuple[int, int]] = {}


def send(person_id: int, contact: str, code: str, at: datetime) -> None:
    """Keep what would have been sent; 139-0000-0000 cannot be reached."""
    if contact == "13900000000":
        raise Unreachable("2.4.1")
    SENT.append((person_id, contact, code))


def whose(number: str) -> tuple[int, int] | None:
    """The person and the id of a case that a test has put here."""
    return CASES.get(number)


SEND_CODE = "bihuan.accounts.tests.wiring.send"
CASE_PERSON = "bihuan.accounts.tests.wiring.whose"
