"""2.2.4: whoever asks at the same moment waits, and one report is signed once."""

from __future__ import annotations

from typing import Any

from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY
from bihuan.complaints import commands, tasks
from bihuan.complaints.models import SpecialReport
from bihuan.complaints.tests.reports import lifted, said, submitted
from bihuan.core.refusals import Stale


def test_2_19_several_that_ask_and_sign_at_once_make_one_report_with_one_signature(
    fresh_db: Any, at_once: Any
) -> None:
    house = people.house()
    lifted(house)
    refused: list[Stale] = []

    at_once(*[lambda: tasks.tend_reports(FRIDAY)] * 4)
    row = submitted(house, SpecialReport.objects.get())

    def sign() -> None:
        try:
            commands.sign_report(id=row.id, expected_version=row.version, by=house.chen, at=FRIDAY)
        except Stale as fault:
            refused.append(fault)

    at_once(*[sign] * 4)

    assert len(refused) == 3
    assert said(row) == ["report.asked", "report.submitted", "report.signed"]
