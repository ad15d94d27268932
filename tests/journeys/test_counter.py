"""1.3, 2.4.1 and 6.4 over HTTP: somebody comes in person, from the appointment to the slip."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from bihuan.cases.models import Case, Clock
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.counter import tasks
from bihuan.counter.models import Appointment, Point, Visit
from bihuan.counter.views import booking
from bihuan.notify.models import Message
from tests.house.addresses import customer
from tests.house.addresses import staff as desk
from tests.journeys.moments import Moments

pytestmark = pytest.mark.django_db
#: Monday 2 March 2026, 09:00 in Shanghai.
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DESK = "/desk/counter/"
POINT = {
    "name": "徐汇服务点", "city": "上海", "address": "漕溪北路 88 号 2 层", "windows": "2",
    "minutes": "15", "wheelchair": "on", "bring": "订单号", "phone": "", "directions": "",
    **{f"hours_{n}": "09:00-12:00，13:30-17:30" for n in range(1, 6)},
}  # fmt: skip


@pytest.fixture(autouse=True)
def hours(settings: Any) -> None:  # the fixture, for this test alone
    settings.MIDDLEWARE = ["tests.journeys.moments.told_when", *settings.MIDDLEWARE]
    Moments.at = MONDAY


@pytest.fixture
def home(db: None) -> House:
    return people.house()


def page(answer: Any) -> str:
    return str(answer.content.decode())


def sent(client: Client, place: str, /, **given: str) -> str:
    """Where a form leads that was taken."""
    answer = client.post(place, given)
    assert answer.status_code == 302, page(answer)
    return str(answer["Location"])


def opened() -> Point:
    """陈主管 sets it up on the pages of the desk."""
    sent(desk("陈主管"), f"{DESK}points/new/", **POINT)
    return Point.objects.get()


def test_6_09_1_3_nobody_is_sent_to_a_point_that_is_not_configured(home: House):
    """X-26: what is unset is said to be unset, and nothing is invented."""
    nobody = Client()
    assert "服务点未配置" in page(nobody.get("/counter/"))

    sent(
        desk("陈主管"),
        f"{DESK}points/new/",
        name="锦江服务点",
        city="成都",
        windows="0",
        minutes="15",
    )
    row = Point.objects.get()

    here = page(nobody.get(f"/counter/{row.id}/"))
    assert "地址未配置" in here
    assert "预约时段" not in here
    assert "没有可约的日期" in page(nobody.get(f"/counter/{row.id}/book/"))
    assert desk("波波").post(f"{DESK}points/new/", POINT).status_code == 403


def test_6_09_6_4_by_appointment_from_the_phone_to_the_window(home: House):
    row, guest, clerk = opened(), Client(), desk("波波")

    days = page(guest.get(f"/counter/{row.id}/book/"))
    assert f"/counter/{row.id}/book/2026-03-03/" in days
    assert "2026-03-07" not in days  # Saturday
    times = page(guest.get(f"/counter/{row.id}/book/2026-03-03/"))
    assert f"/counter/{row.id}/book/2026-03-03/10:00/" in times
    place = f"/counter/{row.id}/book/2026-03-03/10:00/"
    refused = guest.post(place, {"need": ""})
    assert refused.status_code == 422
    assert "错误：" in page(refused)
    mine = sent(guest, place, need="elderly", name="丁外人", phone="139 0000 5555")

    told = page(guest.get(mine))
    for words in ("Y001", "漕溪北路 88 号", "订单号", "预约成功", "加入日历"):
        assert words in told
    assert "13900005555" not in told
    token = mine.split("/")[3]
    file = guest.get(f"/counter/booked/{token}/calendar.ics")
    assert file["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20260303T020000Z" in page(file)

    sent(guest, f"/counter/booked/{token}/move/2026-03-04/", time="14:00")
    Moments.at = MONDAY + DAY
    tasks.tend(Moments.at)
    assert Message.objects.filter(template="counter_reminder", channel="inbox").count() == 1

    Moments.at = datetime(2026, 3, 4, 5, 55, tzinfo=UTC)  # 13:55
    listed = page(clerk.get(f"{DESK}{row.id}/"))
    assert "丁**" in listed
    assert "139****5555" in listed
    made = Appointment.objects.get()
    ticket = sent(clerk, f"{DESK}appointments/{made.id}/check-in/")
    assert "P001" in page(clerk.get(ticket))


def test_6_09_6_4_two_appointments_and_no_third_and_one_cancelled(home: House):
    row, guest = opened(), Client()
    who = {"need": "", "name": "丁外人", "phone": "13900005555"}
    mine = [
        sent(guest, f"/counter/{row.id}/book/2026-03-03/{hour}/", **who)
        for hour in ("10:00", "10:15")
    ]

    third = guest.post(f"/counter/{row.id}/book/2026-03-03/10:30/", who)
    token = mine[0].split("/")[3]
    sent(guest, f"/counter/booked/{token}/cancel/")

    assert third.status_code == 422
    assert "已达上限" in page(third)
    assert "已取消" in page(guest.get(mine[0].partition("?")[0]))
    sent(guest, f"/counter/{row.id}/book/2026-03-03/10:30/", **who)


def test_n38_one_network_books_for_strangers_so_often_and_no_more(home: House):
    row, guest = opened(), Client(REMOTE_ADDR="203.0.113.9")
    who = {"need": "", "name": "丁外人", "phone": "13900005555"}
    mine = sent(guest, f"/counter/{row.id}/book/2026-03-03/10:00/", **who).partition("?")[0]

    moved = [
        guest.post(f"{mine}move/2026-03-0{3 + n % 2}/", {"time": "14:00"}).status_code
        for n in range(booking.CHANGES_MOST)
    ]

    assert moved == [302] * (booking.CHANGES_MOST - 1) + [429]
    elsewhere = Client(REMOTE_ADDR="203.0.113.10")
    sent(elsewhere, f"/counter/{row.id}/book/2026-03-03/10:15/", **who)


def test_6_09_6_4_signed_in_one_names_a_case_and_finds_the_appointment_again(home: House):
    row, case, ai_li = opened(), people.file(home), customer(home.ai_li)
    place = f"/counter/{row.id}/book/2026-03-03/10:00/"

    assert case.number in page(ai_li.get(place))
    mine = sent(ai_li, place, need="", number=case.number)

    assert mine.partition("?")[0] in page(ai_li.get("/counter/"))
    assert Appointment.objects.get().case_id == case.id
    assert case.number not in page(Client().get(mine))
    sent(customer(home.ding), place, need="", number=case.number)  # not theirs: it is not asked
    assert Appointment.objects.get(person_id=home.ding.id).case_id == 0


def test_6_09_6_4_a_walk_in_from_the_number_to_the_slip(home: House):
    """X-09: taking the number is reaching the platform."""
    row, clerk, phone = opened(), desk("波波"), Client()

    ticket = sent(clerk, f"{DESK}{row.id}/take/", reason="")
    link = re.search(r"/counter/q/[\w-]+/", page(clerk.get(ticket)))
    assert link
    assert "下一个就是您" in page(phone.get(link[0]))
    Moments.at = MONDAY + 10 * MINUTE
    sent(clerk, f"{DESK}{row.id}/next/", at="2")
    assert "2 号窗口" in page(phone.get(link[0]))
    assert "A001" in page(phone.get(f"/counter/{row.id}/display/"))

    Moments.at = MONDAY + 15 * MINUTE
    form = f"{ticket}register/"
    assert clerk.post(form, {"kind": "complaint", "text": ""}).status_code == 422
    given = {
        "kind": "complaint", "name": "爱丽", "phone": "13900002718", "text": "杯子缺口，店铺不退。",
        "once": "A" * 24, "channel": "phone", "received_at": "2026-03-02T08:00",
    }  # fmt: skip
    assert sent(clerk, form, **given) == ticket

    case = Case.objects.get()
    assert (case.channel, case.received_at) == ("counter", MONDAY)
    assert Clock.objects.filter(case_id=case.id).values_list("started_at").distinct().get() == (
        MONDAY,
    )
    visit = page(clerk.get(ticket))
    slip = f"{ticket}slips/{case.number}/"
    assert slip in visit
    paper = clerk.get(slip)
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    assert clerk.get(slip).status_code == 200  # and again
    assert customer(home.ai_li).get(slip).status_code == 404

    assert ticket in page(clerk.get(f"/desk/cases/{case.number}/"))
    sent(clerk, f"{ticket}do/finish/")
    assert "已办完" in page(phone.get(link[0]))
    assert "已当场登记" in page(clerk.get(f"/desk/cases/{case.number}/?tab=log"))


def test_6_09_6_4_at_two_windows_the_queue_is_fair_and_the_figures_add_up(home: House):
    row, clerk = opened(), desk("波波")
    for n, reason in enumerate(("", "elderly", "disabled", "elderly", "")):
        Moments.at = MONDAY + n * MINUTE
        sent(clerk, f"{DESK}{row.id}/take/", reason=reason)

    called = []
    for n in range(5):
        Moments.at = MONDAY + (10 + n) * MINUTE
        window = str(n % 2 + 1)
        sent(clerk, f"{DESK}{row.id}/next/", at=window)
        visit = Visit.objects.get(state="called")
        called.append(visit.number)
        sent(clerk, f"{DESK}visits/{visit.id}/do/finish/")

    assert called == ["P001", "P002", "A001", "P003", "A002"]
    figures = page(clerk.get(DESK))
    assert '<td class="num">5</td>' in figures
    again = clerk.post(f"{DESK}{row.id}/next/", {"at": "1"}, follow=True)
    assert "没有可以叫到这个窗口的号码" in page(again)


def test_6_09_2_4_1_a_result_is_told_at_the_counter_and_the_case_says_so(home: House):
    from bihuan.cases.tests.people import FRIDAY
    from bihuan.counter.tests.test_registering import told_at_the_counter

    case, clerk = told_at_the_counter(home), desk("波波")
    Moments.at = FRIDAY + DAY
    listed = page(clerk.get(f"{DESK}told/"))
    place = re.search(rf"{DESK}told/\d+/", listed)
    assert place
    assert case.number in listed

    words = page(clerk.get(place[0]))
    assert "全额退款 329.00 元" in words
    assert clerk.post(place[0], {"to": "person"}).status_code == 422
    sent(clerk, place[0], to="person", checked="document")

    assert case.number not in page(clerk.get(f"{DESK}told/"))
    receipt = page(clerk.get(place[0]))
    assert re.search(r"GZ\d{10}", receipt)
    assert "查看身份证件原件" in receipt
    assert "已当面告知" in page(customer(home.ai_li).get(f"{case.url}timeline/"))
