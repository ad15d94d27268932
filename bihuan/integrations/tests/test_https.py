"""What a receiver may do to us: be slow, endless, somebody else, or say things nobody asked for."""

from __future__ import annotations

import json
import ssl
import time

import pytest

from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.integrations.models import Delivery
from bihuan.integrations.providers.https import MOST, TIMEOUT, Answer, Https
from bihuan.integrations.tests import wiring
from bihuan.integrations.tests.receiver import Net
from bihuan.integrations.tests.steps import HOST, Open, administrator, answers, happens, hook, sweep

URL = f"https://{HOST}/hook"


def test_n_36_of_an_answer_only_its_class_is_kept(house: House, receiver: Open):
    orders, _ = receiver(HOST), hook(administrator())
    orders.mood = "HTTP/1.1 418 very secret words\r\nX-Secret: a\r\n\r\nthe body of an inner page"
    people.file(house)
    happens()

    sweep()

    row = Delivery.objects.filter().values().get()
    assert row["answers"][0]["answer"] == "4xx"
    assert "secret" not in json.dumps(row, default=str)
    assert "418" not in json.dumps(row["answers"])


def test_n_36_a_try_ends_after_ten_seconds_however_the_answer_drips(receiver: Open):
    assert TIMEOUT == 10.0
    orders = receiver(HOST)
    orders.mood, wiring.TIMEOUT["seconds"] = "drips", 0.5
    began = time.monotonic()

    said = wiring.webhooks().post(URL, {}, b"{}")

    assert said == Answer("lost")
    assert 0.4 < time.monotonic() - began < 2


def test_n_36_no_more_than_64_kib_of_an_answer_are_read(receiver: Open, net: Net):
    orders = receiver(HOST)
    orders.mood = "endless"
    counted: list[int] = []

    class Counting(ssl.SSLSocket):
        def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
            got = super().recv(buflen, flags)
            counted.append(len(got))
            return got

    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.sslsocket_class = Counting
    way = Https(resolve=net.resolve, dial=net.dial, context=context)

    said = way.post(URL, {}, b"{}")

    assert (MOST, sum(counted), said) == (65_536, MOST, Answer("2xx"))


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("HTTP/1.1 200 OK\r\n\r\n", "2xx"),
        ("HTTP/1.0 204 No\r\n\r\n", "2xx"),
        ("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "2xx"),
        ("HTTP/1.1 100 Continue\r\n\r\n" * 50 + "HTTP/1.1 500 No\r\n\r\n", "5xx"),
        ("HTTP/1.1 999 What\r\n\r\n", "garbled"),
        ("HTTP/1.1 0200 OK\r\n\r\n", "garbled"),
        ("HTTP/2 200\r\n\r\n", "garbled"),
        ("220 mail.example.com ESMTP\r\n", "garbled"),
        ("\r\n\r\n\r\n", "garbled"),
        ("", "lost"),
    ],
)
def test_an_answer_is_read_for_what_it_is(receiver: Open, mood: str, said: str):
    receiver(HOST).mood = mood

    assert wiring.webhooks().post(URL, {}, b"{}").said == said


def test_whoever_cannot_prove_the_name_is_told_nothing(receiver: Open, net: Net):
    orders = receiver(HOST)
    net.names["orders.example.net"] = net.names[HOST]

    said = wiring.webhooks().post("https://orders.example.net/", {}, b"{}")

    assert (said, orders.came) == (Answer("bad_certificate"), [])


def test_a_certificate_nobody_vouches_for_is_refused(receiver: Open, net: Net):
    orders = receiver(HOST)
    way = Https(resolve=net.resolve, dial=net.dial)  # as it is wired: the system's authorities

    assert (way.post(URL, {}, b"{}"), orders.came) == (Answer("bad_certificate"), [])


def test_where_nobody_listens_the_next_address_of_the_name_is_tried(receiver: Open, net: Net):
    orders = receiver(HOST)
    net.names[HOST] = [["2606:4700::1", *net.names[HOST][0]]]

    assert wiring.webhooks().post(URL, {"webhook-id": "msg_1"}, b"{}") == Answer("2xx")
    assert [one for one, _ in net.dialled] == ["2606:4700::1", "11.0.0.1"]
    assert len(orders.came) == 1


def test_what_is_wrong_with_one_delivery_is_a_failed_try_of_it_and_holds_up_no_other(
    house: House, receiver: Open
):
    keeper = administrator()
    orders = receiver(HOST)
    broken, _ = hook(keeper), hook(keeper)
    people.file(house)
    happens()
    broken.endpoint.secret = b"sealed by another house"
    broken.endpoint.save(update_fields=["secret"])

    sweep()

    rows = {row.endpoint_id: row for row in Delivery.objects.all()}
    assert answers(rows.pop(broken.endpoint.id)) == ["fault"]
    assert [answers(row) for row in rows.values()] == [["2xx"]]
    assert len(orders.came) == 1
