"""The worked examples of the calendar through the whole system, not only its core (2.3.1)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.program import BODY

if TYPE_CHECKING:
    from tests.journeys.program import Api

pytestmark = pytest.mark.django_db
#: received in Shanghai -> end of the 2nd, 3rd and 5th working day; then 7th and 10th
SPRING = {
    "2026-02-12T09:00": ("02-14", "02-24", "02-26", "02-28", "03-04"),
    "2026-02-13T16:00": ("02-24", "02-25", "02-27", "03-02", "03-05"),
    "2026-02-14T10:00": ("02-25", "02-26", "02-28", "03-03", "03-06"),
    "2026-02-18T12:00": ("02-25", "02-26", "02-28", "03-03", "03-06"),
    "2026-02-23T23:59": ("02-25", "02-26", "02-28", "03-03", "03-06"),
    "2026-02-27T00:00": ("03-02", "03-03", "03-05", "03-09", "03-12"),
}
NATIONAL = {
    "2025-09-26T18:30": ("09-29", "09-30", "10-10", "10-13", "10-16"),
    "2025-09-28T10:00": ("09-30", "10-09", "10-11", "10-14", "10-17"),
    "2025-09-30T23:59": ("10-10", "10-11", "10-14", "10-16", "10-21"),
    "2025-10-04T08:00": ("10-10", "10-11", "10-14", "10-16", "10-21"),
    "2025-10-08T20:00": ("10-10", "10-11", "10-14", "10-16", "10-21"),
}
BY_SEVERITY = {
    "general": ("C-2.3.1-1", "C-2.3.1-2", 1, 2),
    "major": ("C-2.3.1-3", "C-2.3.1-4", 2, 3),
    "extra_major": ("C-2.3.1-5", "C-2.3.1-6", 3, 4),
}
GRAVE = {"general": "", "major": "，还冒烟起火有安全隐患", "extra_major": "，孩子烫伤住院"}


@pytest.mark.parametrize("received", [*SPRING, *NATIONAL])
@pytest.mark.parametrize("severity", BY_SEVERITY)
def test_2_05_2_06_2_07_2_3_1_a_case_filed_over_http_is_owed_what_the_calendar_says(
    api: Api, received: str, severity: str
) -> None:
    days = (SPRING | NATIONAL)[received]
    first, last, here, there = BY_SEVERITY[severity]

    case = filed(api, received, severity)

    dues = {p["promise"]: clock["due_at"] for clock in case["clocks"] for p in clock["promises"]}
    assert case["severity"] == severity
    assert ends(dues["C-3.2-1"]) == days[0]
    assert ends(dues[first]) == days[here]
    assert ends(dues[last]) == days[there]


def filed(api: Api, received: str, severity: str) -> dict[str, Any]:
    """By mail on that day; the words say how grave it is."""
    words = f"收到的破壁机底座开裂，加水后漏水{GRAVE[severity]}，商家拒绝退货。"
    moment = f"{received}{'' if received.count(':') > 1 else ':00'}+08:00"
    body = BODY | {"channel": "email", "text": words, "received_at": moment}
    answer = api.post("/cases", body)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def ends(due: str) -> str:
    """The day whose 24:00 it is: midnight of the next, said in Shanghai."""
    moment = datetime.fromisoformat(due)
    assert re.fullmatch(r".*T00:00:00\+08:00", due), due
    return f"{datetime.fromordinal(moment.toordinal() - 1):%m-%d}"
