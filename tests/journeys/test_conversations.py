"""A chat that becomes a case: all that was said, when it was heard, and the way back (1.03)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from bihuan.cases import queries
from bihuan.cases.models import Case, Entry, Sealed
from bihuan.core.clocks import SHANGHAI
from bihuan.events import seals
from tests.house.addresses import at_desk, customer
from tests.journeys.program import BODY, refused

pytestmark = pytest.mark.django_db
PHONE = "13811112222"


def lines(begun: datetime) -> list[dict[str, str]]:
    """Four lines of a chat, a minute apart."""
    said = [
        ("system", "", "会话已接入，您前面有 2 位"),
        ("user", "爱丽", f"破壁机漏水，我的电话 {PHONE}"),
        ("agent", "小周", "您好，请问是什么时候收到的？\n方便的话发张照片"),
        ("user", "爱丽", "昨天收到的，底座是裂的，你们必须处理"),
    ]
    return [
        {"at": (begun + n * timedelta(minutes=1)).isoformat(), "by": by, "name": name, "text": text}
        for n, (by, name, text) in enumerate(said)
    ]


def chat(begun: datetime, **changes: object) -> dict[str, object]:
    told = {"channel": "chat", "external_id": "C-2026/77", "transcript": lines(begun)}
    return BODY | told | changes


def test_1_03_1_3_a_chat_becomes_a_case_with_all_that_was_said_and_both_lead_to_each_other(
    api, settings
):
    settings.CONVERSATION_URL = "https://chat.example.com/talks/{id}"
    begun = timezone.now().replace(microsecond=0) - timedelta(hours=3)

    filed = api.post("/cases", chat(begun)).json()

    number = filed["number"]
    assert filed["external_id"] == "C-2026/77"
    [found] = api.get("/cases?external_id=C-2026/77").json()["cases"]
    assert found["number"] == number  # from the chat to its case
    page = at_desk(api.home.bo_bo).get(f"/desk/cases/{number}/").content.decode()
    assert 'href="https://chat.example.com/talks/C-2026%2F77"' in page  # and back
    there = begun.astimezone(SHANGHAI)
    assert f"{there:%Y-%m-%d %H:%M:%S} 系统：会话已接入，您前面有 2 位" in page
    assert "客服 小周：您好，请问是什么时候收到的？\n    方便的话发张照片" in page
    assert "展开全部 5 行" in page
    assert PHONE not in page
    assert "138****2222" in page


def test_1_03_1_2_the_clocks_run_from_when_the_person_first_wrote_in_the_chat(api):
    begun = timezone.now().replace(microsecond=0) - timedelta(hours=30)

    filed = api.post("/cases", chat(begun)).json()

    heard = begun + timedelta(minutes=1)
    assert datetime.fromisoformat(filed["received_at"]) == heard
    response = next(c for c in filed["clocks"] if c["milestone"] == "case.first_response")
    assert datetime.fromisoformat(response["due_at"]) == heard + timedelta(hours=24)
    assert response["state"] == "late"  # nobody had made it a case in time, and it says so
    said = api.post("/cases", chat(begun, external_id="2", received_at=begun.isoformat())).json()
    assert datetime.fromisoformat(said["received_at"]) == begun


def test_1_03_6_2_the_conversation_is_sealed_with_the_case_and_its_person_reads_it(api, tmp_path):
    begun = timezone.now() - timedelta(minutes=20)
    number = api.post("/cases", chat(begun)).json()["number"]

    case = Case.objects.get(number=number)
    kept = Entry.objects.get(case_id=case.id, kind="transcript")
    assert PHONE not in kept.text
    assert Sealed.objects.filter(case_id=case.id, kind="phone").exists()
    record = customer(api.home.ai_li).get(f"/complaints/{number}/timeline/").content.decode()
    assert "客服 小周：您好" in record
    assert "展开全部 5 行" in record
    assert not seals.verify_all(tmp_path).faults
    Entry.objects.filter(id=kept.id).update(text=kept.text.replace("裂的", "好的"))
    assert [fault.why for fault in seals.verify_all(tmp_path).faults] == ["words"]


def test_1_03_the_person_still_has_the_last_word_and_the_list_shows_it(api):
    begun = timezone.now() - timedelta(minutes=20)
    number = api.post("/cases", chat(begun)).json()["number"]

    case = Case.objects.get(number=number)
    assert queries.last_words([case.id])[case.id].voice == "user"
    assert [c.id for c in queries.unanswered(Case.objects.all())] == [case.id]


def test_1_03_the_same_chat_handed_over_twice_is_one_case(api):
    begun = timezone.now() - timedelta(minutes=20)
    body = chat(begun)

    first, again = api.post("/cases", body), api.post("/cases", body)
    other = api.post("/cases", body | {"text": "还有一件事：发票没有收到。"})

    assert first.json()["number"] == again.json()["number"]
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert Entry.objects.filter(kind="transcript").count() == 1


def _two(first: dict[str, str], second: dict[str, str]) -> list[dict[str, str]]:
    begun = timezone.now() - timedelta(minutes=9)
    one, two, *_ = lines(begun)
    return [one | first, two | second]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"by": "robot"}, {}),
        ({"text": " "}, {}),
        ({"name": "小\n周"}, {}),
        ({"at": "2099-01-01T00:00:00+08:00"}, {}),
        ({"at": "2026-01-01T00:00:00"}, {}),
        ({"at": "gestern"}, {}),
        ({"spoken": "yes"}, {}),
        ({}, {"at": "2020-01-01T00:00:00+08:00"}),
        ({"text": "字" * 16_000}, {"text": "字" * 15_000}),
    ],
)
def test_1_03_a_chat_that_cannot_be_meant_is_refused_at_its_field(api, first, second):
    answer = api.post("/cases", BODY | {"channel": "chat", "transcript": _two(first, second)})

    problem = answer.json()
    assert answer.status_code == 422
    assert any(name.startswith("transcript") for name in problem["fields"]), problem
    assert not Case.objects.exists()


def test_1_03_more_lines_than_anybody_reads_are_refused_with_how_many_may_come(api):
    moment = (timezone.now() - timedelta(minutes=9)).isoformat()
    many = [{"at": moment, "by": "user", "text": "？"}] * 2001

    problem = refused(api.post("/cases", BODY | {"transcript": many}), "transcript")

    assert problem["fields"]["transcript"] == "最多 2000 行"


def test_1_03_nobody_can_write_a_line_for_another_inside_his_own(api):
    begun = timezone.now() - timedelta(minutes=20)
    forged = "好的\n2026-01-01 10:00:00 客服 小周：我们赔您一万元"
    told = [{"at": begun.isoformat(), "by": "user", "text": forged}]
    number = api.post("/cases", chat(begun, transcript=told)).json()["number"]

    kept = Entry.objects.get(case_id=Case.objects.get(number=number).id, kind="transcript")

    assert "\n    2026-01-01 10:00:00 客服" in kept.text
    assert "\n2026-01-01" not in kept.text


def test_1_03_at_the_desk_a_chat_is_pasted_and_a_second_case_of_it_says_which_is_the_first(api):
    client = at_desk(api.home.bo_bo)
    given = {
        "channel": "chat",
        "kind": "complaint",
        "name": "爱丽",
        "phone": "13900002718",
        "text": "破壁机底座开裂，要求退款。",
        "external_id": "C-9",
        "transcript": "10:02 爱丽：漏水了\n10:03 小周：您好",
    }

    answer = client.post("/desk/cases/new/", given)

    case = Case.objects.get()
    assert answer["Location"] == f"{case.desk_url}?filed=1"
    page = client.get(case.desk_url).content.decode()
    assert "10:03 小周：您好" in page
    assert "会话编号" in page
    again = client.post("/desk/cases/new/", given | {"text": "发票也没有给我。"})
    assert again.status_code == 422
    assert f"这个编号已登记为 {case.number}" in again.content.decode()
    assert "发票也没有给我。" in again.content.decode()  # nothing written is lost
    assert Case.objects.count() == 1


def test_1_03_while_it_is_taken_down_a_case_of_the_same_chat_is_shown_whoever_filed_it(api):
    begun = timezone.now() - timedelta(minutes=20)
    number = api.post("/cases", chat(begun)).json()["number"]
    given = {"channel": "chat", "text": "完全另一件事", "external_id": "C-2026/77"}

    page = at_desk(api.home.chen).post("/desk/cases/new/alike/", given).content.decode()
    without = at_desk(api.home.chen).post("/desk/cases/new/alike/", given | {"external_id": ""})

    assert number in page
    assert "同一会话" in page
    assert number not in without.content.decode()


def test_1_03_a_pasted_chat_that_is_too_long_is_refused_with_its_length_and_kept(api):
    client, long = at_desk(api.home.bo_bo), "字" * 30_001
    given = {"channel": "chat", "kind": "complaint", "text": "杯子碎了。", "transcript": long}

    empty = client.get("/desk/cases/new/").content.decode()
    page = client.post("/desk/cases/new/", given).content.decode()

    field = empty.split('name="transcript"')[1].split(">")[0]
    assert "maxlength" not in field  # a browser would cut it without a word
    assert "最多 30000 个字，现在有 30001 个字" in page
    assert long in page
    assert not Case.objects.exists()
