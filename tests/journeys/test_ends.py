"""Telling people, the end of a case, and its file afterwards (2.2.4, 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, lawyer
from bihuan.core.actors import Actor, Role
from bihuan.notify import tasks as notices
from bihuan.notify.models import Message
from tests.journeys.walk import DAY, HOUR, plain

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


def decided(walk: Walk, **changes: str) -> Case:
    """Called, handled and told within two hours."""
    case = walk.called(**changes)
    walk.at = FRIDAY + HOUR
    walk.handled(case)
    walk.at = FRIDAY + 2 * HOUR
    return walk.told(case)


def test_2_15_2_4_1_it_goes_the_way_the_person_chose_and_a_failure_is_retried_and_shown(
    walk: Walk, settings: Any
):
    home = walk.home
    first = walk.called(name="李四", phone="", email="lisi@example.com")
    li_si = Actor(first.person_id, frozenset({Role.CUSTOMER}))
    none = walk.send(li_si, "/settings/", {"locale": "zh-hans", "tell_by": "pigeon"})
    assert "请选择一种告知方式" in plain(none, "main")
    for way in ("inbox", "email"):
        chosen = walk.send(li_si, "/settings/", {"locale": "zh-hans", "tell_by": way})
        assert chosen.status_code == 302
        case = walk.called(name="李四", phone="", email="lisi@example.com", text=f"{way}没有收到")
        walk.until(walk.at)
        ways = Message.objects.filter(case_id=case.id, person_id=li_si.id, template="registered")
        assert {m.channel for m in ways} == {"inbox", way}
    settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_TLS = "127.0.0.1", 1, "none"

    assert case.number in walk.letters(li_si)  # in the app at once
    letter = Message.objects.get(case_id=case.id, channel="email", template="registered")
    tries = 0
    while letter.next_try_at and tries < 40:
        notices.send_email(letter.next_try_at)
        letter.refresh_from_db()
        tries += 1
    assert tries >= 10
    walk.until(letter.created_at + 2 * DAY)

    shown = walk.see(home.chen, "/desk/messages/")
    assert case.number in shown
    owner = next(who for who in (home.bo_bo, home.chen) if who.id == case.owner_id)
    assert f"通知未送达：{case.number}" in walk.letters(owner)
    settings.SMTP_HOST = ""
    again = walk.send(home.chen, f"/desk/messages/{letter.id}/resend/")
    assert again.status_code == 302
    notices.send_email(walk.at)
    letter.refresh_from_db()
    assert letter.state == "sent"
    assert case.number not in plain(walk.client(home.chen).get("/desk/messages/"), "main")


@pytest.mark.parametrize(("channel", "said"), [("phone", "电话"), ("counter", "当面")])
def test_2_15_2_4_1_a_result_told_by_voice_is_on_the_record_as_told_so(
    walk: Walk, channel: str, said: str
):
    case = walk.called()
    walk.at = FRIDAY + HOUR
    walk.handled(case)

    walk.told(case, channel=channel)

    walk.until(walk.at)
    events = walk.api.get(f"/cases/{case.number}/events").json()
    told = next(e for e in events if e["kind"] == "case.result_notified")
    assert told["data"]["channel"] == channel
    assert said in walk.see(walk.home.bo_bo, case.desk_url)
    assert "全额退款" in walk.letters(walk.home.ai_li)  # in the app all the same


@pytest.mark.parametrize(
    "left_out", ["resolve-outcome", "resolve-reason", "resolve-basis", "notify-result"]
)
def test_2_16_2_2_4_nothing_closes_without_outcome_reason_basis_and_notice(
    walk: Walk, left_out: str
):
    case = walk.called()
    walk.at = FRIDAY + HOUR
    walk.handled(case)

    refused = walk.decided(case, **{left_out: ""})

    assert refused.status_code == 422
    assert "请" in plain(refused, "main")
    case.refresh_from_db()
    assert case.state == "accepted"
    assert walk.client(walk.home.ai_li).post(f"{case.url}confirm/").status_code in (302, 409)
    case.refresh_from_db()
    assert case.state == "accepted"


def test_2_16_2_2_4_2_4_3_a_closed_case_shows_outcome_reason_notice_and_its_whole_handling(
    walk: Walk,
):
    home, case = walk.home, decided(walk)

    walk.asked(case, "confirm")

    assert case.state == "closed"
    page = walk.see(home.bo_bo, case.desk_url)
    for said in ("支持", "商品有质量问题", "消费者权益保护法第24条", "全额退款 329.00 元。"):
        assert said in page
    events = walk.api.get(f"/cases/{case.number}/events").json()
    kinds = [e["kind"] for e in events]
    for kind in ("accepted", "answered", "reviewed", "found", "resolved", "result_notified"):
        assert f"case.{kind}" in kinds
    assert all(e["clause"] for e in events)
    record = walk.see(home.ai_li, f"{case.url}timeline/")
    assert "全额退款 329.00 元。" in record
    assert "照片显示底座裂纹" not in record  # a finding stays in the house


def test_2_17_2_4_3_the_person_accepts_and_the_case_is_closed(walk: Walk):
    case = decided(walk)
    result = walk.see(walk.home.ai_li, f"{case.url}result/")
    assert "提出异议" in result

    walk.asked(case, "confirm")

    assert case.state == "closed"
    assert "用户已确认" in walk.see(walk.home.bo_bo, case.desk_url)
    late = walk.send(walk.home.ai_li, f"{case.url}dispute/", {"text": "还是不对", "version": "1"})
    assert late.status_code == 409


def test_2_17_2_4_2_the_person_disputes_and_a_new_round_has_its_own_clocks(walk: Walk):
    home, case = walk.home, decided(walk)
    walk.at = FRIDAY + 5 * HOUR

    bare = walk.send(home.ai_li, f"{case.url}dispute/", {"text": "", "version": case.version})
    assert "请写下对结果不满意的地方" in plain(bare)
    walk.asked(case, "dispute", text="退款金额少了运费。")

    assert (case.state, case.round) == ("accepted", 2)
    rows = walk.api.get(f"/cases/{case.number}").json()["clocks"]
    first = next(c for c in rows for p in c["promises"] if p["promise"] == "C-1.4-1")
    assert (first["due_at"], first["state"]) == ("2026-02-14T21:00:00+08:00", "running")
    walk.until(walk.at)
    assert "用户有新消息" in walk.letters(home.bo_bo)
    desk = walk.see(home.bo_bo, case.desk_url)
    assert "退款金额少了运费。" in desk
    assert "全额退款 329.00 元。" in desk  # the first round stays as it was


def test_2_17_2_4_2_silence_is_reminded_of_first_and_then_closes(walk: Walk):
    home, case = walk.home, decided(walk)
    told = walk.at

    walk.until(told + 4 * DAY - HOUR)
    assert reminders(walk, case) == []
    walk.until(told + 4 * DAY)
    walk.until(told + 5 * DAY)
    [reminder] = reminders(walk, case)  # once
    assert "2月20日 18:00 前未回复的，推定已解决" in reminder
    assert case_state(case) == "notified"
    walk.until(told + 7 * DAY - HOUR)
    assert case_state(case) == "notified"
    walk.until(told + 7 * DAY + HOUR)

    assert case_state(case) == "closed"
    assert "到期未提异议，已办结" in walk.see(home.ai_li, f"{case.url}timeline/")
    walk.until(walk.at + HOUR)
    walk.asked(case, "reopen", text="退款仍未到账。")  # silence is no last word
    assert (case.state, case.round) == ("accepted", 2)


def reminders(walk: Walk, case: Case) -> list[str]:
    found = Message.objects.filter(case_id=case.id, person_id=walk.home.ai_li.id, channel="inbox")
    return [m.body for m in found if "请确认" in m.subject and "推定" in m.body]


def case_state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def archived(walk: Walk) -> Case:
    case = decided(walk)
    walk.asked(case, "confirm")
    walk.until(FRIDAY + 12 * DAY)  # behind the days off
    assert case_state(case) == "archived"
    return case


def test_2_18_2_2_4_an_archived_file_is_read_only_for_everybody(walk: Walk):
    home, case = walk.home, archived(walk)

    assert "归档" in walk.see(home.ai_li, case.url)
    assert "全额退款 329.00 元。" in walk.see(home.ai_li, f"{case.url}timeline/")
    for action, fields in {
        "note": {"text": "补记"}, "answer": {"text": "再说一句"}, "reopen": {"text": "再办"},
        "classify": {"category": "other", "reason": "改"}, "assign": {"owner_id": home.chen.id},
        "add_material": {"text": "补充"}, "tag": {"add": "x"},
    }.items():  # fmt: skip
        for who in (home.bo_bo, home.chen):
            assert walk.do(who, case, action, **fields).status_code == 409, action
    for action in ("message", "evidence", "reopen", "dispute", "withdraw"):
        said = walk.send(home.ai_li, f"{case.url}{action}/", {"text": "还有话说", "version": "99"})
        assert said.status_code == 409, action
    assert walk.api.post(f"/cases/{case.number}/note", {"text": "补记"}).status_code == 409


def test_2_18_2_2_4_it_has_a_retention_class_and_a_hold_keeps_it_beyond_its_day(walk: Walk):
    home, case = walk.home, archived(walk)
    lawyer_ = lawyer("何清")
    place = f"{case.desk_url}keeping/"

    page = walk.see(home.chen, place)
    assert "2029-02-13" in page or "2029年2月13日" in page
    assert walk.send(home.bo_bo, place, {"act": "place", "reason": "诉讼"}).status_code == 403
    walk.send(home.chen, place, {"act": "place", "reason": "用户已起诉"})
    walk.until(FRIDAY + 3 * 366 * DAY)
    held = walk.see(home.chen, "/desk/archive/")
    assert case.number in held
    assert case.number not in walk.see(home.chen, "/desk/archive/?view=over")
    early = walk.send(home.chen, place, {"act": "lift", "reason": "诉讼已结束"})
    assert early.status_code == 403  # who places it does not let it go
    walk.send(lawyer_, place, {"act": "lift", "reason": "判决已生效"})
    assert case.number in walk.see(home.chen, "/desk/archive/?view=over")


def test_2_21_3_1_the_person_withdraws_and_the_record_says_so_and_stays(walk: Walk):
    home, case = walk.home, walk.called()
    walk.at = FRIDAY + HOUR

    walk.asked(case, "withdraw", text="商家已退款")

    assert case.state == "withdrawn"
    record = walk.see(home.ai_li, f"{case.url}timeline/")
    assert "已撤回" in record
    assert "商家已退款" in record
    desk = walk.see(home.bo_bo, case.desk_url)
    assert "商家已退款" in desk
    running = [c for c in walk.api.get(f"/cases/{case.number}/clocks").json()
               if c["state"] == "running"]  # fmt: skip
    assert running == []
    walk.until(FRIDAY + 2 * HOUR)
    assert "撤回" in walk.letters(home.bo_bo)
    walk.until(FRIDAY + 12 * DAY)
    assert case_state(case) == "archived"
    assert case.number in walk.see(home.ai_li, "/complaints/?show=done")
    assert walk.client(home.ding).post(f"{case.url}withdraw/", {"text": "x"}).status_code == 404


def test_2_21_2_2_a_breach_before_the_withdrawal_stays_a_breach(walk: Walk):
    case = walk.called()
    walk.until(FRIDAY + 25 * HOUR)

    walk.asked(case, "withdraw", text="等太久了")

    walk.until(walk.at + HOUR)
    rows = walk.api.get(f"/cases/{case.number}/clocks").json()
    late = [c for c in rows for p in c["promises"] if p["promise"] == "C-1.4-1"]
    assert case.number in walk.see(walk.home.chen, "/desk/accountability/")
    events = walk.api.get(f"/cases/{case.number}/events").json()
    assert "clock.missed" in [e["kind"] for e in events]
    assert len(late) == 1
