"""The telephone, from the first ring to the case and the call back (1.01, 1.02; clause 1.3)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bihuan.accounts.models import Reveal
from bihuan.cases.models import Case, Clock, Entry
from bihuan.cases.tests.people import FRIDAY
from bihuan.core.actors import Actor
from bihuan.events import seals
from bihuan.phone.models import Call, CallBack
from bihuan.phone.tests.exchange import AI_LI, KEY, UNKNOWN, posted
from tests.journeys.walk import Walk, plain

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
PBX = "https://pbx.example.com"


@pytest.fixture
def phone(walk: Walk, settings: Any) -> Walk:
    """A house whose telephone system is connected, and 波波 at extension 1001."""
    settings.PHONE = replace(settings.PHONE, keys=(KEY,), recordings=(PBX,))
    answer = walk.send(
        walk.home.chen, "/desk/calls/extensions/",
        {"extension": "PJSIP/1001", "staff_id": str(walk.home.bo_bo.id)},
    )  # fmt: skip
    assert answer.status_code == 302
    return walk


def says(walk: Walk, event: str, after: float, call: str = "c-1", **more: Any) -> Any:
    """The telephone system tells of it as it happens, signed."""
    walk.at = FRIDAY + after * SECOND
    told = {"event": event, "call": call, "at": walk.at.isoformat(), "from": AI_LI} | more
    answer = posted(told, id=f"{call}-{event}-{after}", when=walk.at)
    assert answer.status_code == 204, answer.content
    return Call.objects.get(ref=call)


def cards(walk: Walk, who: Actor) -> str:
    return plain(walk.client(who).get("/desk/calls/ringing/"), "article")


def missed(walk: Walk, after: float = 0, call: str = "c-1", **more: Any) -> Call:
    says(walk, "started", after, call, **more)
    says(walk, "ended", after + 30, call, **more)
    walk.until(FRIDAY + (after + 60) * SECOND)
    return Call.objects.get(ref=call)


def test_1_01_1_3_a_call_pops_up_for_whom_it_rings_with_the_callers_open_cases(phone: Walk):
    phone.called()
    says(phone, "started", 10, agent="1001", to="4001234567")

    card = cards(phone, phone.home.bo_bo)

    assert "来电 139****2718" in card
    assert "爱* · 1 件未办结" in card
    assert "响铃中" in card
    assert cards(phone, phone.home.other_agent) == ""
    assert "139****2718" in phone.see(phone.home.bo_bo, "/desk/inbox/")
    assert AI_LI not in phone.client(phone.home.bo_bo).get("/desk/inbox/").content.decode()
    says(phone, "ended", 70)
    assert cards(phone, phone.home.bo_bo) == ""


def test_1_02_1_3_the_time_of_answering_is_the_time_of_receipt_to_the_second(phone: Walk):
    says(phone, "started", 3, agent="1001")
    call = says(phone, "answered", 17, agent="1001")
    phone.at = FRIDAY + timedelta(minutes=9)
    bo_bo = phone.home.bo_bo
    form = phone.client(bo_bo).get(f"/desk/cases/new/?call={call.id}").content.decode()
    given = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', form)[1]  # type: ignore[index]
        for name in ("call", "phone", "received_at", "external_id", "once")
    }
    assert given["phone"] == "139****2718"
    assert AI_LI not in form
    assert re.search(r'value="phone" selected', form)

    answer = phone.send(bo_bo, "/desk/cases/new/", given | {
        "channel": "phone", "kind": "enquiry", "text": "想知道退款几天到账。",
    })  # fmt: skip

    assert answer.status_code == 302
    case = Case.objects.get()
    assert (case.received_at, case.registered_at) == (FRIDAY + 17 * SECOND, phone.at)
    assert (case.channel, case.external_id, case.person_id) == ("phone", "c-1", phone.home.ai_li.id)
    response = Clock.objects.get(case_id=case.id, milestone="case.first_response")
    assert response.due_at == FRIDAY + 17 * SECOND + timedelta(hours=24)
    call.refresh_from_db()
    assert call.case_id == case.id
    assert f'href="{call.url}"' in phone.client(bo_bo).get(case.desk_url).content.decode()


def test_1_02_1_3_an_unknown_and_a_withheld_caller_are_taken_down_too(phone: Walk):
    bo_bo = phone.home.bo_bo
    unknown = says(phone, "started", 1, "c-1", agent="1001", **{"from": UNKNOWN})
    withheld = says(phone, "started", 2, "c-2", agent="1001", **{"from": "anonymous"})

    shown = cards(phone, bo_bo)
    assert "未登记的号码" in shown
    assert "未显示号码" in shown
    for call, number in ((unknown, "138****6666"), (withheld, "")):
        assert phone.see(bo_bo, f"/desk/cases/new/?call={call.id}")
        answer = phone.send(bo_bo, "/desk/cases/new/", {
            "call": str(call.id), "channel": "phone", "kind": "enquiry", "phone": number,
            "text": f"问运费，来电 {call.ref}。", "external_id": call.ref,
        })  # fmt: skip
        assert answer.status_code == 302
    unknown.refresh_from_db()
    withheld.refresh_from_db()
    assert unknown.person_id == Case.objects.get(id=unknown.case_id).person_id
    assert withheld.person_id == 0
    assert withheld.case_id


def test_1_01_1_3_what_is_written_during_the_call_stands_on_the_case(phone: Walk, tmp_path: Any):
    bo_bo = phone.home.bo_bo
    case = phone.called()
    call = says(phone, "answered", 20, agent="1001")
    page = phone.see(bo_bo, call.url)
    assert case.number in page

    phone.send(bo_bo, f"{call.url}note/", {"text": f"底座裂了，另一个电话 {UNKNOWN}"})
    phone.send(bo_bo, f"{call.url}link/", {"number": case.number})
    phone.send(bo_bo, f"{call.url}note/", {"text": "约定今天寄回"})

    on_case = phone.see(bo_bo, case.desk_url)
    assert "底座裂了" in on_case
    assert "138****6666" in on_case
    assert "约定今天寄回" in on_case
    notes = Entry.objects.filter(case_id=case.id, kind="note")
    assert [note.internal for note in notes] == [True, True]
    assert "底座裂了" not in phone.see(phone.home.ai_li, case.url)
    assert seals.verify_all(tmp_path).whole


def test_1_01_1_3_a_missed_call_is_a_case_from_when_it_rang_and_somebody_calls_back(phone: Walk):
    bo_bo, call = phone.home.bo_bo, missed(phone, 5)

    case = Case.objects.get()
    assert (case.id, case.received_at) == (call.case_id, FRIDAY + 5 * SECOND)
    assert (case.kind, case.channel, case.subject) == ("enquiry", "phone", "未接来电")
    listed = phone.see(bo_bo, "/desk/calls/?list=callbacks")
    assert "139****2718" in listed
    assert "剩 59分钟" in listed
    back = CallBack.objects.get()
    assert phone.see(bo_bo, f"/desk/calls/backs/{back.id}/")
    phone.send(bo_bo, f"/desk/calls/backs/{back.id}/", {"outcome": "no_answer"})
    phone.later(timedelta(hours=2))
    assert "超 1时" in phone.see(bo_bo, "/desk/calls/?list=callbacks")

    phone.send(
        bo_bo, f"/desk/calls/backs/{back.id}/", {"outcome": "reached", "text": "已说明退款进度"}
    )

    assert "没有要回拨的电话" in phone.see(bo_bo, "/desk/calls/?list=callbacks")
    assert "已回拨" in phone.see(bo_bo, "/desk/calls/?list=done")
    assert "已说明退款进度" in phone.see(bo_bo, case.desk_url)
    answered = Clock.objects.get(case_id=case.id, milestone="case.first_response")
    assert answered.done_at is None  # a call back is no answer: the step is taken on the case


def test_1_01_1_3_calls_missed_within_two_hours_are_one_case(phone: Walk):
    first, again = missed(phone, 0, "c-1"), missed(phone, 1800, "c-2")
    other = missed(phone, 2000, "c-3", **{"from": UNKNOWN})

    assert first.case_id == again.case_id != other.case_id
    page = phone.see(phone.home.chen, Case.objects.get(id=first.case_id).desk_url)
    assert "再次来电，响铃 30 秒" in page
    assert AI_LI not in page


def test_3_3_the_number_and_the_recording_are_seen_with_a_reason(phone: Walk):
    bo_bo = phone.home.bo_bo
    says(phone, "answered", 8, agent="1001")
    call = says(phone, "recording", 60, recording_url=f"{PBX}/r/1.wav", seconds=50)
    page = phone.client(bo_bo).get(call.url).content.decode()
    assert AI_LI not in page
    assert PBX not in page

    refused = phone.send(bo_bo, f"{call.url}reveal/number/", {"reason": ""})
    assert refused.status_code == 422
    assert AI_LI not in refused.content.decode()
    for field, value in (("number", AI_LI), ("recording", f"{PBX}/r/1.wav")):
        assert value in plain(
            phone.send(bo_bo, f"{call.url}reveal/{field}/", {"reason": "核对来电"})
        )
    assert Reveal.objects.filter(staff_id=bo_bo.id, reason="核对来电").count() == 2
    assert phone.client(bo_bo).get(f"{call.url}reveal/told/").status_code == 404


def test_1_01_1_3_nobody_but_staff_finds_a_call(phone: Walk):
    call = missed(phone)

    for address in (call.url, "/desk/calls/", "/desk/calls/ringing/", "/desk/calls/extensions/"):
        assert phone.client(phone.home.ai_li).get(address).status_code == 404
    assert phone.client(phone.home.bo_bo).get("/desk/calls/extensions/").status_code == 403
