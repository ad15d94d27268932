"""Twice the rows cost no query more, on every list."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bihuan.accounts import commands as accounts
from bihuan.accounts.commands import Contact
from bihuan.accounts.queries import everybody as people_of_the_house
from bihuan.cases import commands
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.complaints import queries
from bihuan.complaints import tasks as complaints
from bihuan.complaints.commands import add_to_incident, open_incident, set_measure
from bihuan.complaints.tests.incidents import facts
from bihuan.core.actors import SYSTEM, Role
from bihuan.events.models import Event
from bihuan.integrations import commands as integrations
from bihuan.notify import tasks as notify
from bihuan.notify.models import Message
from tests.house import addresses, calling, counters, sittings

LISTS = [
    ("customer", "/complaints/"),
    ("customer", "/notifications/"),
    ("customer", "/"),
    ("agent", "/desk/inbox/?view=all"),
    ("agent", "/desk/search/?q=开裂"),
    ("agent", "/desk/notices/"),
    ("agent", "/desk/inbox/?view=all&part=rows"),
    ("supervisor", "/desk/inbox/?view=all"),
    ("supervisor", "/desk/dashboard/"),
    ("supervisor", "/desk/accountability/"),
    ("supervisor", "/desk/accountability/measures/"),
    ("supervisor", "/desk/reports/on-time/cases/?from=2026-02-01&to=2026-12-31"),
    ("supervisor", "/desk/reports/on-time/?from=2026-02-01&to=2026-12-31"),
    ("supervisor", "/desk/messages/"),
    ("agent", "/desk/feedback/"),
    ("administrator", "/desk/committee/"),
    ("nobody", "/committee/"),
    ("administrator", "/desk/webhooks/"),
    ("agent", "/desk/incidents/"),
    ("agent", "/desk/calls/?list=all"),
    ("agent", "/desk/calls/?list=callbacks"),
    ("supervisor", "/desk/routing/"),
    ("supervisor", "/desk/team/"),
    ("agent", "/desk/counter/"),
    ("agent", "/desk/counter/told/"),
    ("supervisor", "/desk/counter/points/"),
    ("customer", "/counter/"),
    ("agent", "/api/v1/cases?limit=200"),
]
#: Pages that count rows, or show the newest few.
SHORT = {
    "/", "/desk/dashboard/", "/desk/routing/", "/desk/team/",
    "/desk/reports/on-time/?from=2026-02-01&to=2026-12-31",
}  # fmt: skip
#: A month later: everything is overdue and answered for.
LATER = FRIDAY + timedelta(days=30)
DUE = date(2026, 12, 1)


def _add_rows(house: House, many: int) -> None:
    """Cases with clocks, breaches, records and notices: everything that a list could show."""
    ai_li, mail = house.ai_li, Contact(email="ai.li@example.com")
    accounts.update_contact(person_id=ai_li.id, contact=mail, proved=True, by=ai_li, at=FRIDAY)
    accounts.set_preferences(person_id=ai_li.id, tell_by="email", by=ai_li, at=FRIDAY)
    last = Event.objects.order_by("-at").values_list("at", flat=True).first()
    for n in range(many):
        case = people.file(house, at=FRIDAY + timedelta(hours=n), external_id=f"{last}-{n}")
        commands.assign(
            number=case.number, owner_id=house.bo_bo.id, reason="轮到", by=house.chen, at=FRIDAY
        )
    commands.judge(within=timedelta(0), by=SYSTEM, at=LATER)
    filed = Event.objects.filter(kind="case.filed")
    commands.index_words(case_ids=list(filed.values_list("stream", flat=True)))
    for event in Event.objects.filter(kind__in=("case.filed", "clock.missed")).order_by("at"):
        notify.told(event)
        if event.kind == "clock.missed":
            complaints.hold_to_account([event])
    sittings.add(house, many)
    _tell_programs(many)
    calling.add(house, many)
    counters.add(house, many)
    _gather(house, many)
    complaints.mark(list(Event.objects.filter(kind="clock.missed")))
    complaints.reckon(LATER)
    for row in queries.visible(house.chen):
        set_measure(
            record_ids=[row.id], what="核对交接清单", owner_id=house.bo_bo.id, due_on=DUE,
            by=house.chen, at=LATER,
        )  # fmt: skip
    Message.objects.filter(channel="email").update(state="dead", error="no_such_mailbox")


def _tell_programs(many: int) -> None:
    """So many endpoints, at an address that leads nowhere (RFC 3849)."""
    keeper = next(one.actor for one in people_of_the_house() if Role.ADMINISTRATOR in one.roles)
    for n in range(many):
        integrations.add(
            name=f"系统 {n}", url="https://[2001:db8::1]/", kinds=["*"], by=keeper, at=LATER
        )


def _gather(house: House, many: int) -> None:
    """So many incidents, each with a case of its own."""
    for n in range(many):
        case = people.file(house, at=FRIDAY, order_no=f"incident {n}")
        row = open_incident(
            raw=facts(house), mark=case.number, by=house.bo_bo, at=FRIDAY + timedelta(days=1)
        )
        add_to_incident(id=row.id, number=case.number, by=house.bo_bo, at=LATER)


def _cost(client: Client, address: str) -> int:
    """The least of three: what is remembered for seconds may be read again at one of them."""

    def once() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    assert client.get(address).status_code == 200  # caches are filled
    return min(once() for _ in range(3))


def test_twice_the_rows_cost_no_query_more(house: House) -> None:
    clients = addresses.callers(house)
    _add_rows(house, 3)
    few = {(who, at): len(clients[who].get(at).content) for who, at in LISTS}
    cost = {(who, at): _cost(clients[who], at) for who, at in LISTS}

    _add_rows(house, 3)

    short = [
        (who, at) for (who, at), size in few.items()
        if at not in SHORT and len(clients[who].get(at).content) <= size + 500
    ]  # fmt: skip
    dearer = [(who, at) for who, at in LISTS if _cost(clients[who], at) > cost[who, at]]
    assert (short, dearer) == ([], [])
