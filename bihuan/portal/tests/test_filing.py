"""A complaint in five steps: nothing is lost, nothing is asked twice, one press is one case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from bihuan.accounts import queries as people
from bihuan.cases.models import Case, Draft, Entry, File
from bihuan.cases.tests.people import House, file
from bihuan.core.actors import SYSTEM
from bihuan.orders import commands as orders
from bihuan.portal.tests.doors import STORY, fill, photo, sign_in, start, token_in, words


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


def test_a_second_press_that_overtakes_the_first_makes_no_second_case(house, client):
    token = fill(client)
    first = send(client, token, phone="13911112222")
    Draft.objects.update(case_id=0)  # as the second request read it, before the first was done

    second = send(client, token, phone="13911112222")

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


def test_a_guest_with_one_case_files_another_under_a_contact_of_its_own(house, client):
    earlier = file(house)
    sign_in(client, house.ai_li, only_case=earlier.id)
    token = fill(client)

    sent = send(client, token, phone="13911112222")

    made = Case.objects.exclude(id=earlier.id).get()
    assert sent["Location"] == f"/complaints/{made.number}/done/"
    assert made.person_id != house.ai_li.id
    assert client.get(made.url).status_code == 200
    assert client.get(earlier.url).status_code == 404


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

    assert stranger["Location"].startswith("/signin/?next=")
    assert ding["Location"] == "/orders/pick/"


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


def test_the_first_step_gives_each_draft_its_own_token(house, client):
    assert start(client) != start(client)
    assert len(token_in(client.post("/orders/pick/", {"order": "none"})["Location"])) >= 32


def forgotten(client: Client) -> None:
    """The answer to the first press never came: the browser knows nothing of it."""
    client.session.flush()
    client.cookies.clear()


def test_a_guest_whose_first_press_got_no_answer_is_let_in_by_the_second(house, client):
    token = fill(client)
    first = send(client, token, phone="13911112222")
    forgotten(client)

    second = send(client, token, phone="13911112222")

    assert second["Location"] == first["Location"]
    assert Case.objects.get().number in words(client.get(second["Location"]))


def test_the_address_of_a_sent_form_alone_lets_nobody_in_nor_its_form_after_minutes(house, client):
    token = fill(client)
    send(client, token, phone="13911112222")
    forgotten(client)

    opened = client.get(f"/complaints/new/check/?draft={token}")
    Case.objects.update(registered_at=timezone.now() - timedelta(minutes=11))
    late = send(client, token, phone="13911112222")

    assert opened["Location"].startswith("/signin/")
    assert late["Location"].startswith("/signin/")


def test_a_wish_with_a_number_in_it_is_masked_where_it_is_shown(house, client):
    token = fill(client)
    client.post(
        f"/complaints/new/remedy/?draft={token}", {"wish": "explain", "more": "请打 13933334444"}
    )
    sent = send(client, token, phone="13911112222")

    page = words(client.get(sent["Location"].replace("done/", "")))

    assert "13933334444" not in page
    assert "139****4444" in page
