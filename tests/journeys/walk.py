"""People who walk through the house with its clock in hand: its pages, and what time brings."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.test import Client

from bihuan.accounts.models import Staff
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, TEXT, House
from bihuan.config.wiring import PERIODIC
from bihuan.core.actors import Actor
from bihuan.events.relay import drain
from tests.journeys.moments import Moments

if TYPE_CHECKING:
    from tests.journeys.program import Api

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CALL = {
    "kind": "complaint", "channel": "phone", "name": "爱丽", "phone": "13900002718", "text": TEXT,
}  # fmt: skip
#: what the worker does by the clock, but for letters that leave the house
_NOT = {"email", "sms", "words", "loop", "reckoned", "monthly", "bulk", "held"}
RUN = [periodic.path for periodic in PERIODIC if periodic.name not in _NOT]
DECISION = {
    "accept": {"text": "已受理，先联系商家。"},
    "answer": {"text": "底座开裂属于质量问题，正在核实。"},
    "review": {"reason": "材料齐全"},
    "propose": {"solution": "支持退货退款，运费由商家承担。"},
    "find": {"finding": "照片显示底座裂纹。"},
    "tell": {"text": "初步认定为质量问题。"},
}


class Walk:
    """One platform; whoever acts does so at the moment of the story."""

    def __init__(self, home: House, api: Api) -> None:
        self.home, self.api = home, api
        self._clients: dict[int, Client] = {}
        self.at = FRIDAY

    @property
    def at(self) -> datetime:
        return Moments.at

    @at.setter
    def at(self, moment: datetime) -> None:
        Moments.at = moment

    def until(self, moment: datetime) -> None:
        """The worker catches up with this moment: clocks, messages, and what follows of them."""
        self.at = moment
        drain(moment)
        for name in RUN:
            room, _, run = name.rpartition(".")
            getattr(import_module(room), run)(moment)
        drain(moment)
        import_module("bihuan.notify.tasks").send_inbox(moment)

    def later(self, by: timedelta = HOUR) -> None:
        self.until(self.at + by)

    def client(self, who: Actor) -> Client:
        """The browser of somebody who has signed in."""
        if who.id not in self._clients:
            client = self._clients[who.id] = Client()
            if who.is_staff:
                client.force_login(Staff.objects.get(id=who.id).user)
            else:
                session = client.session
                session["person_id"], session["guest_case"] = who.id, 0
                session.save()
        return self._clients[who.id]

    def see(self, who: Actor, address: str) -> str:
        """What is written on a page, on one line."""
        answer = self.client(who).get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return plain(answer)

    def send(self, who: Actor, address: str, given: dict[str, Any] | None = None) -> Any:
        return self.client(who).post(address, given or {})

    def called(self, **changes: str) -> Case:
        """爱丽 calls, 波波 writes it down."""
        answer = self.send(self.home.bo_bo, "/desk/cases/new/", CALL | changes)
        assert answer.status_code == 302, faults(answer)
        return Case.objects.latest("id")

    def do(self, who: Actor, case: Case, action: str, **fields: Any) -> Any:
        """A step by its form at the desk, from a page that was just read."""
        case.refresh_from_db()
        given = {"expected_version": case.version} | fields
        return self.send(who, f"{case.desk_url}do/{action}/", given)

    def did(self, who: Actor, case: Case, action: str, **fields: Any) -> Case:
        answer = self.do(who, case, action, **fields)
        assert answer.status_code == 302, faults(answer)
        case.refresh_from_db()
        return case

    def asked(self, case: Case, action: str, **fields: str) -> Case:
        """爱丽 takes a step on her own page."""
        case.refresh_from_db()
        given = {"version": case.version} | fields
        answer = self.send(self.home.ai_li, f"{case.url}{action}/", given)
        assert answer.status_code == 302, faults(answer)
        case.refresh_from_db()
        return case

    def handled(self, case: Case, who: Actor | None = None) -> Case:
        """Everything before the decision, step by step."""
        case.refresh_from_db()
        for action, fields in DECISION.items():
            if action != "accept" or case.state == "filed":
                self.did(who or self.home.bo_bo, case, action, **fields)
        return case

    def decided(self, case: Case, **changes: str) -> Any:
        """The decision and the result notice, on one form."""
        case.refresh_from_db()
        day = (self.at + 3 * DAY).date().isoformat()
        owner = str(self.home.bo_bo.id)
        return self.send(self.home.bo_bo, f"{case.desk_url}decide/", {
            "resolve-outcome": "supported", "resolve-reason": "商品有质量问题",
            "resolve-basis": "消费者权益保护法第24条", "notify-progress": "核对了照片和订单。",
            "notify-result": "全额退款 329.00 元。", "notify-follow_ups-what-1": "回访确认到账",
            "notify-follow_ups-owner_id-1": owner, "notify-follow_ups-due_on-1": day,
            "expected_version": case.version,
        } | changes)  # fmt: skip

    def told(self, case: Case, channel: str = "") -> Case:
        answer = self.decided(case, **{"notify-channel": channel})
        assert answer.status_code == 302, faults(answer)
        case.refresh_from_db()
        return case

    def letters(self, who: Actor) -> str:
        """What lies in somebody's inbox."""
        answer = self.client(who).get("/desk/notices/" if who.is_staff else "/notifications/")
        return plain(answer, "main")


def plain(answer: Any, part: str = "html") -> str:
    """The words of a page or of one element of it, without its marks."""
    found = re.search(rf"<{part}\b.*</{part}>", answer.content.decode(), re.DOTALL)
    text = re.sub(r"<(script|style).*?</\1>", " ", found[0] if found else "", flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def faults(answer: Any) -> list[str]:
    """What a form that was not taken says is wrong."""
    page = answer.content.decode()
    said = re.findall(r'(?:role="alert"|class="[^"]*(?:error|fault|alert)[^"]*").*?</', page, re.S)
    return [str(answer.status_code), *(re.sub(r"<[^>]*>|\s+", " ", one) for one in said)]
