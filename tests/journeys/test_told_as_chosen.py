"""Told in the order and at the hours they chose, never too late, and when it is done (2.4.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bihuan.cases.models import FollowUp
from bihuan.core.actors import Actor, Role
from bihuan.notify import tasks as notices
from bihuan.notify.models import Message
from tests.journeys.walk import DAY, HOUR

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db
NIGHT = {
    "locale": "zh-hans", "tell_by": "email", "topics": ["changes"], "quiet": "on",
    "quiet_from": "22:00", "quiet_until": "08:00",
}  # fmt: skip


def letter(walk: Walk, template: str) -> Message:
    """The letter of this notice, after the worker has looked at the queue."""
    walk.until(walk.at)
    notices.send_email(walk.at)
    return Message.objects.get(template=template, channel="email")


def test_2_15_2_4_1_quiet_hours_hold_a_letter_but_no_result_past_its_limit(walk: Walk):
    case = walk.called(name="李四", phone="", email="lisi@example.com")
    li_si = Actor(case.person_id, frozenset({Role.CUSTOMER}))
    assert walk.send(li_si, "/settings/", NIGHT).status_code == 302
    assert "邮件，22:00–08:00 不打扰" in walk.see(walk.home.bo_bo, case.desk_url)

    walk.at += 7 * HOUR  # 23:00
    walk.did(walk.home.bo_bo, case, "accept", text="已受理。")
    held = letter(walk, "accepted")
    assert (held.state, held.held, held.next_try_at) == ("queued", "quiet", walk.at + 9 * HOUR)
    assert case.number in walk.see(walk.home.chen, "/desk/messages/?state=held")
    story = walk.see(walk.home.chen, f"/desk/messages/{held.id}/")
    assert "用户的免打扰时段" in story
    assert "lisi@example.com" not in story  # nobody at the desk reads a contact there (3.3)
    assert f"已受理：{case.number}" in walk.letters(li_si)  # in the app it does not wait

    walk.at += 9 * HOUR
    assert letter(walk, "accepted").state == "sent"

    walk.handled(case)
    walk.at += 15 * HOUR + HOUR / 2  # 23:30 of Saturday: the result is owed by 23:30 of Sunday
    walk.did(
        walk.home.bo_bo, case, "resolve", outcome="supported", reason="质量问题",
        basis="消费者权益保护法第24条",
    )  # fmt: skip
    walk.at += 23 * HOUR  # 22:30
    walk.did(
        walk.home.bo_bo, case, "notify", progress="核对了照片。", result="全额退款。",
        **{
            "follow_ups-what-1": "回访确认到账", "follow_ups-owner_id-1": str(walk.home.bo_bo.id),
            "follow_ups-due_on-1": (walk.at + 3 * DAY).date().isoformat(),
        },
    )  # fmt: skip
    assert letter(walk, "result").state == "sent"


def test_1_2_what_was_promised_after_the_result_is_chased_and_told_when_done(walk: Walk):
    case = walk.called()
    walk.handled(case)
    walk.told(case)
    measure = FollowUp.objects.get(case_id=case.id)
    walk.until(walk.at + 5 * DAY)
    walk.later(timedelta(minutes=2))
    assert f"后续措施逾期：{case.number}" in walk.letters(walk.home.bo_bo)
    assert f"后续措施逾期：{case.number}" in walk.letters(walk.home.chen)
    delayed = walk.letters(walk.home.ai_li).count(f"后续措施延期：{case.number}")
    assert delayed

    walk.until(walk.at + 6 * DAY)
    walk.later(timedelta(minutes=2))
    for colleague in (walk.home.bo_bo, walk.home.chen):
        assert f"后续措施久未落实：{case.number}" in walk.letters(colleague)
    assert walk.letters(walk.home.ai_li).count(f"后续措施延期：{case.number}") == delayed

    place = f"{case.desk_url}measures/{measure.id}/"
    assert walk.send(walk.home.bo_bo, f"{place}done/").status_code == 302
    walk.later()
    said = walk.letters(walk.home.ai_li)
    assert f"后续措施已落实：{case.number}" in said
    assert "回访确认到账" in said

    assert walk.send(walk.home.bo_bo, f"{place}undo/", {"reason": "记错了"}).status_code == 302
    walk.later()
    assert f"更正：后续措施尚未落实：{case.number}" in walk.letters(walk.home.ai_li)


def test_2_15_2_4_1_an_agent_changes_it_on_the_phone_and_sets_it_back(walk: Walk):
    case = walk.called(name="李四", phone="13900004444", email="lisi@example.com")
    li_si = Actor(case.person_id, frozenset({Role.CUSTOMER}))
    place = f"{case.desk_url}telling/"
    before = walk.see(walk.home.bo_bo, place)
    assert "现在：邮件" in before

    assert walk.send(walk.home.bo_bo, place, NIGHT | {"tell_by": "inbox"}).status_code == 302
    walk.later()
    assert "现在：只用站内消息，22:00–08:00 不打扰" in walk.see(walk.home.bo_bo, place)
    assert "告知方式已按您的要求更改" in walk.letters(li_si)
    assert "告知方式已更改" in walk.see(walk.home.chen, f"{case.desk_url}?tab=log")
    assert "波波" in walk.see(li_si, "/settings/")

    assert walk.send(walk.home.bo_bo, f"{place}back/").status_code == 302
    assert walk.see(walk.home.bo_bo, place).count("现在：邮件") == 1
    refused = walk.send(walk.home.bo_bo, place, NIGHT | {"quiet_until": "21:00"})
    assert refused.status_code == 422
    assert "免打扰最长 12 小时" in refused.content.decode()
