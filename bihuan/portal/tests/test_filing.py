"""A complaint in five steps: nothing is lost, nothing is asked twice, one press is one case."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bihuan.accounts import queries as people
from bihuan.cases.models import Case, Draft, Entry, File
from bihuan.cases.tests.people import House
from bihuan.core.actors import SYSTEM
from bihuan.orders import commands as orders
from bihuan.portal.tests.doors import STORY, fill, photo, sign_in, start, token_in, words

EMOJI = "😡" * 10_000
HOSTILE = [
    ("page.html", b"<html><script>alert(1)</script>", "text/html"),
    ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "image/svg+xml"),
    ("photo.jpg", b"\xff\xd8\xff\xe0 this is no picture", "image/jpeg"),
    ("empty.png", b"", "image/png"),
    ("../../etc/passwd", b"root:x:0:0", "text/plain"),
]


def bought(house: House, title: str = "静音破壁机 L18", number: str = "88202611160001") -> Any:
    order = orders.Bought(number, title, 32_900, datetime(2026, 2, 1, tzinfo=UTC))
    return orders.copy_order(
        person_id=house.ai_li.id, bought=order, by=SYSTEM, at=datetime(2026, 2, 2, tzinfo=UTC)
    )


def send(client: Client, token: str, **contact: str) -> Any:
    return client.post(f"/complaints/new/check/?draft={token}", contact)


def test_a_guest_files_in_five_steps_and_gets_a_number_with_dated_promises(house, client):
    token = fill(client)

    sent = send(client, token, name="李四", phone="139 1111 2222")
    receipt = client.get(sent["Location"])

    case = Case.objects.get()
    assert sent["Location"] == f"/complaints/{case.number}/done/"
    assert case.number in words(receipt)
    assert "最迟答复时间" in words(receipt)
    assert (case.kind, case.channel, case.issue) == ("complaint", "web", "product_quality")
    assert case.wish == "退货退款；希望退回 341.00 元"
    assert Entry.objects.get(case_id=case.id).text == STORY
    assert people.contact(case.person_id, "phone") == "13911112222"


def test_pressing_send_twice_makes_one_case(house, client):
    token = fill(client)

    first, second = (send(client, token, phone="13911112222") for _ in range(2))

    assert Case.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_a_sent_draft_leads_to_its_receipt_and_cannot_be_changed(house, client):
    token = fill(client)
    sent = send(client, token, phone="13911112222")

    again = client.get(f"/complaints/new/details/?draft={token}")

    assert again["Location"] == sent["Location"]


def test_somebody_signed_in_is_not_asked_for_a_contact_and_owns_the_case(house, client):
    sign_in(client, house.ai_li)
    token = fill(client)

    page = client.get(f"/complaints/new/check/?draft={token}")
    send(client, token)

    assert "139****2718" in words(page)
    assert "13900002718" not in words(page)
    assert Case.objects.get().person_id == house.ai_li.id


def test_an_order_of_ones_own_is_offered_by_title_and_kept_with_the_case(house, client):
    order = bought(house)
    sign_in(client, house.ai_li)

    page = client.get("/orders/pick/")
    token = start(client, order=str(order.id))
    client.post(f"/complaints/new/type/?draft={token}", {"issue": "product_quality"})
    client.post(f"/complaints/new/details/?draft={token}", {"text": STORY})
    remedy = client.get(f"/complaints/new/remedy/?draft={token}")
    client.post(f"/complaints/new/remedy/?draft={token}", {"wish": "refund_only"})
    send(client, token)

    assert "静音破壁机 L18" in words(page)
    assert "329.00" in words(remedy)
    assert (Case.objects.get().order_id, Case.objects.get().subject) == (
        order.id,
        "商品质量问题：静音破壁机 L18",
    )


def test_an_order_of_somebody_else_cannot_be_chosen(house, client):
    order = bought(house)
    sign_in(client, house.ding)

    answer = client.post("/orders/pick/", {"order": str(order.id)})

    assert answer.status_code == 200
    assert "<title>错误：" in words(answer)
    assert not Draft.objects.exists()


def test_too_few_words_are_told_at_the_field_and_in_the_summary_and_kept(house, client):
    token = start(client)

    answer = client.post(f"/complaints/new/details/?draft={token}", {"text": "坏了"})

    page = words(answer)
    assert "<title>错误：发生了什么" in page
    assert 'href="#id_text"' in page
    assert page.count("请写下发生了什么，至少 10 个字") == 2
    assert 'aria-invalid="true"' in page
    assert re.search(r"<textarea[^>]*>\s*坏了</textarea>", page)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请写下发生了什么，至少 10 个字"),
        ("   \n\t  ", "请写下发生了什么，至少 10 个字"),
        (EMOJI, "请缩短到 5000 个字以内，现在有 10000 个字"),
        ("底座有裂纹，加水后漏水。\x00\x1b[31m", "看不见的控制字符"),
        ("底座有裂纹，加水后漏水。\u202egnp", "看不见的控制字符"),
    ],
)
def test_words_that_cannot_be_taken_are_answered_at_the_field(house, client, text, said):
    token = start(client)

    answer = client.post(f"/complaints/new/details/?draft={token}", {"text": text})

    assert answer.status_code == 200
    assert said in words(answer)


def test_bytes_that_are_no_utf_8_do_not_break_the_page(house, client):
    token = start(client)

    answer = client.post(
        f"/complaints/new/details/?draft={token}",
        b"text=%ff%fe%80" + "太差了".encode("gbk"),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 200
    assert "至少 10 个字" in words(answer)


@pytest.mark.parametrize(("name", "body", "kind"), HOSTILE)
def test_a_hostile_file_is_refused_by_name_and_the_good_one_beside_it_kept(
    house, client, name, body, kind
):
    token = start(client)
    bad = SimpleUploadedFile(name, body, kind)

    answer = client.post(
        f"/complaints/new/details/?draft={token}", {"text": STORY, "files": [photo(), bad]}
    )

    page = words(answer)
    assert answer.status_code == 200
    assert 'href="#id_files"' in page
    assert "裂纹.jpg" in page
    assert STORY in page
    assert File.objects.count() == 1


def test_a_file_over_the_limit_is_refused_with_the_limit(house, client, settings):
    settings.FILE_MAX = 2_000_000
    settings.FILE_UPLOAD_HANDLERS = ["bihuan.portal.uploads.CappedUploads"]
    token = start(client)
    big = SimpleUploadedFile("long.mp4", b"\0\0\0\x18ftypisom" + b"0" * 3_000_000, "video/mp4")

    answer = client.post(f"/complaints/new/details/?draft={token}", {"text": STORY, "files": big})

    assert "“long.mp4”超过 2 MB" in words(answer)
    assert not File.objects.exists()


def test_a_tenth_file_is_refused_and_nine_are_kept(house, client):
    token = start(client)

    answer = client.post(
        f"/complaints/new/details/?draft={token}",
        {"text": STORY, "files": [photo(f"{n}.jpg") for n in range(10)]},
    )

    assert "最多可以添加 9 个文件" in words(answer)
    assert File.objects.count() == 9


def test_photos_sent_in_the_background_answer_with_the_grid(house, client):
    token = start(client)

    answer = client.post(f"/complaints/new/details/files/?draft={token}", {"files": photo()})

    assert "<html" not in words(answer)
    assert "裂纹.jpg" in words(answer)
    assert "错误" not in words(answer)


def test_a_photo_can_be_taken_back_without_losing_the_words(house, client):
    token = start(client)
    client.post(f"/complaints/new/details/files/?draft={token}", {"files": photo()})
    name = File.objects.get().token

    client.post(f"/complaints/new/details/?draft={token}", {"text": "写到一半", "remove": name})
    page = words(client.get(f"/complaints/new/details/?draft={token}"))

    assert not File.objects.exists()
    assert "写到一半" in page


def test_photos_of_the_draft_become_evidence_of_the_case(house, client):
    token = fill(client)
    client.post(f"/complaints/new/details/files/?draft={token}", {"files": photo()})

    send(client, token, phone="13911112222")

    assert File.objects.get().case_id == Case.objects.get().id


def test_a_draft_is_put_away_unfinished_and_resumed_by_its_link(house, client):
    token = start(client)

    away = client.post(
        f"/complaints/new/details/?draft={token}", {"text": "写到", "later": "1"}, follow=True
    )
    elsewhere = Client().get(f"/complaints/new/details/?draft={token}")

    assert "草稿已保存" in words(away)
    assert f"/complaints/new/details/?draft={token}" in words(away)
    assert "写到" in words(elsewhere)


def test_what_is_written_is_kept_while_it_is_written(house, client):
    token = start(client)

    answer = client.post(
        f"/complaints/new/details/?draft={token}", {"text": "写到"}, headers={"X-Draft": "1"}
    )

    assert answer.status_code == 204
    assert "写到" in words(client.get(f"/complaints/new/details/?draft={token}"))


def test_the_draft_of_somebody_signed_in_is_nobody_elses(house, client):
    sign_in(client, house.ai_li)
    token = start(client)

    stranger = Client().get(f"/complaints/new/details/?draft={token}")
    ding = sign_in(Client(), house.ding).get(f"/complaints/new/details/?draft={token}")

    assert stranger["Location"] == ding["Location"] == "/orders/pick/"


def test_an_unfinished_draft_is_not_sent_and_leads_to_what_is_missing(house, client):
    token = start(client)

    answer = send(client, token, phone="13911112222")

    assert answer["Location"] == f"/complaints/new/type/?draft={token}"
    assert not Case.objects.exists()


def test_a_draft_with_answers_that_were_forged_is_not_sent(house, client):
    token = fill(client)
    client.post(f"/complaints/new/type/?draft={token}", {"issue": "nonsense", "later": "1"})

    answer = send(client, token, phone="13911112222")

    assert answer["Location"] == f"/complaints/new/type/?draft={token}"
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ({}, "请填写手机号或电子邮箱，至少一项"),
        ({"phone": "12"}, "请填写 11 位手机号"),
        ({"email": "ai.li"}, "请填写完整的邮箱地址"),
    ],
)
def test_a_guest_without_a_usable_contact_is_told_what_to_write(house, client, contact, said):
    token = fill(client)

    answer = send(client, token, **contact)

    assert said in words(answer)
    assert not Case.objects.exists()


@pytest.mark.parametrize("amount", ["abc", "-1", "1.234", "1e99", "99999999999", "NaN", "٣٢"])
def test_an_amount_that_is_none_is_told_and_kept(house, client, amount):
    token = start(client)

    answer = client.post(
        f"/complaints/new/remedy/?draft={token}", {"wish": "refund_only", "amount": amount}
    )

    if answer.status_code == 302:  # digits of another script are digits
        assert amount == "٣٢"
        return
    assert 'href="#id_amount"' in words(answer)
    assert f'value="{amount}"' in words(answer)


def test_a_change_from_the_summary_leads_back_to_the_summary(house, client):
    token = fill(client)

    page = client.get(f"/complaints/new/check/?draft={token}")
    changed = client.post(
        f"/complaints/new/remedy/?draft={token}", {"wish": "explain", "back_to": "check"}
    )

    assert f"/complaints/new/remedy/?draft={token}&amp;back_to=check" in words(page)
    assert changed["Location"] == f"/complaints/new/check/?draft={token}"


def test_a_phone_number_in_the_story_does_not_stand_in_the_subject(house, client):
    token = fill(client, text="请打 13812345678 联系我，底座有裂纹。")

    send(client, token, phone="13911112222")

    assert "13812345678" not in Case.objects.get().subject
    assert "138****5678" in Case.objects.get().subject


def test_a_draft_can_be_thrown_away_with_its_files(house, client):
    token = start(client)
    client.post(f"/complaints/new/details/files/?draft={token}", {"files": photo()})

    client.post("/complaints/new/discard/", {"draft": token})

    assert not Draft.objects.exists()
    assert not File.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "../..", "a" * 500, "\x00", "草稿"])
def test_a_token_that_is_none_leads_to_the_first_step(house, client, token):
    for step in ("type", "details", "remedy", "check", "saved"):
        answer = client.get(f"/complaints/new/{step}/", {"draft": token})

        assert answer["Location"] == "/orders/pick/"


def test_the_first_step_gives_each_draft_its_own_token(house, client):
    assert start(client) != start(client)
    assert len(token_in(client.post("/orders/pick/", {"order": "none"})["Location"])) >= 32
