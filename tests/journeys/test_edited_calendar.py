"""A calendar that was edited behind the log's back is found, with its year (2.3.1)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from bihuan.cli import verify
from bihuan.core.actors import SYSTEM
from bihuan.policy import commands as policy
from bihuan.policy.tests.test_calendar_import import TEXT

if TYPE_CHECKING:
    from bihuan.store.postgres import Urls

AT = datetime(2026, 11, 4, 2, tzinfo=UTC)
#: what somebody with the owner's password does to the row of an approved year
EDITED = {
    "a day that was worked rests": "text = replace(text, '2026-05-09', '2026-05-10')",
    "and its digest fits": (
        "text = replace(text, '2026-05-09', '2026-05-10'), "
        "sha256 = encode(sha256(replace(text, '2026-05-09', '2026-05-10')::bytea), 'hex')"
    ),
    "its digest alone": "sha256 = repeat('0', 64)",
    "it is another year's": "year = 2027",
    "another source": "source = '网友整理'",
    "published on another day": "published = published - 1",
    "approved by somebody else": "approved_by = 7",
    "approved earlier": "approved_at = approved_at - interval '1 day'",
    "never approved": "approved_at = NULL",
}


@pytest.fixture
def year(fresh_db: Urls, settings: Any, tmp_path: Any) -> int:
    """2026 as it was approved, in a house of its own; the id of its row."""
    settings.HOME = tmp_path
    row = policy.propose_year(text=TEXT, by=SYSTEM, at=AT)
    policy.approve_year(id=row.id, by=SYSTEM, at=AT)
    return row.id


def tamper(urls: Urls, statement: str) -> None:
    with psycopg.connect(urls.owner) as owner:
        assert owner.execute(statement).rowcount == 1  # type: ignore[call-overload]


def verified(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any], str]:
    code = verify.run(["--all", "--json"])
    told = capsys.readouterr()
    return code, json.loads(told.out), told.err


def test_an_approved_year_as_it_was_approved_is_whole(
    year: int, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report, _ = verified(capsys)

    assert (code, report["whole"], report["rows"]) == (0, True, 1)


@pytest.mark.parametrize("how", EDITED)
def test_a_year_that_was_edited_in_the_database_is_named(
    how: str, year: int, fresh_db: Urls, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(fresh_db, f"UPDATE policy_calendaryear SET {EDITED[how]}")

    code, report, said = verified(capsys)

    [fault] = report["faults"]
    assert code == 1
    assert (fault["stream"], fault["why"], fault["row"]) == (year, "row", "calendar 2026")
    assert "calendar 2026" in said


def test_a_year_that_was_taken_away_is_named_by_what_the_log_says(
    year: int, fresh_db: Urls, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(fresh_db, "DELETE FROM policy_calendaryear")

    assert verify.run(["--all"]) == 1

    told = capsys.readouterr()
    assert f"calendar 2026, stream {year} seq 1" in told.out
    assert "与批准时的记录不一致" in told.out


def test_a_year_that_nobody_approved_is_named(
    year: int, fresh_db: Urls, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(
        fresh_db,
        "INSERT INTO policy_calendaryear (id, year, text, sha256, source, published, proposed_at,"
        " proposed_by, approved_at, approved_by, recounted_to, cases_moved)"
        " SELECT id + 1, 2027, text, sha256, source, published, proposed_at, 7, approved_at, 8, 0,"
        " 0 FROM policy_calendaryear",
    )

    _, report, _ = verified(capsys)

    [fault] = report["faults"]
    assert (fault["stream"], fault["seq"], fault["row"]) == (year + 1, 0, "calendar 2027")


def test_a_year_that_only_waits_for_its_second_person_is_no_fault(
    year: int, capsys: pytest.CaptureFixture[str]
) -> None:
    policy.propose_year(text=TEXT + "\n# 更正", by=SYSTEM, at=AT)

    code, report, _ = verified(capsys)

    assert (code, report["rows"]) == (0, 1)
