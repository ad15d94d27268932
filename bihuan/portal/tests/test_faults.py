"""What cannot be taken is answered at its field, in words that say what to do; the rest is kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bihuan.cases.models import Case, File
from bihuan.portal.tests.doors import STORY, fill, photo, start, words

EMOJI = "😡" * 10_000
HOSTILE = [
    ("page.html", b"<html><script>alert(1)</script>", "text/html"),
    ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "image/svg+xml"),
    ("photo.jpg", b"\xff\xd8\xff\xe0 this is no picture", "image/jpeg"),
    ("empty.png", b"", "image/png"),
    ("../../etc/passwd", b"root:x:0:0", "text/plain"),
]


def send(client: Client, token: str, **contact: str) -> Any:
    return client.post(f"/complaints/new/check/?draft={token}", contact)


def test_too_few_words_are_told_at_the_field_and_in_the_summary_and_kept(house, client):
    token = start(client)

    answer = client.post(f"/complaints/new/details/?draft={token}", {"text": "坏了"})

    page = words(answer)
    assert "<title>错误：发生了什么" in page
    assert 'href="#id_text"' in page
    assert page.count("请写下发生了什么，至少 10 个字") == 2
    assert 'aria-invalid="true"' in page
    assert re.search(r"<textarea[^>]*>\s*坏了</textarea>", page)


def test_a_text_that_is_too_long_is_not_cut_and_comes_back_whole(house, client):
    token, long = start(client), "裂" * 6000
    address = f"/complaints/new/details/?draft={token}"
    field = re.search(r"<textarea[^>]*>", words(client.get(address)))
    assert field is not None
    assert "maxlength" not in field[0]
    assert 'data-most="5000"' in field[0]

    page = words(client.post(address, {"text": long}))

    assert "请缩短到 5000 个字以内，现在有 6000 个字" in page
    assert long in page
    assert long in words(client.get(address))  # and in the draft


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


def test_bytes_that_are_no_utf_8_are_asked_for_again_at_the_field(house, client):
    token = start(client)

    answer = client.post(
        f"/complaints/new/details/?draft={token}",
        b"text=%ff%fe%80" + "底座有裂纹，加水后漏水，不给退。".encode("gbk"),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 200
    assert "有的字没有传对，请重新输入这一项" in words(answer)


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


@pytest.mark.parametrize("token", ["", "x", "../..", "a" * 500, "\x00", "草稿"])
def test_a_token_that_is_none_leads_to_the_first_step(house, client, token):
    for step in ("type", "details", "remedy", "check", "saved"):
        answer = client.get(f"/complaints/new/{step}/", {"draft": token})

        assert answer["Location"] == "/orders/pick/"
