"""N34: no webhook goes to our own network, however its address is spelled, saved or answered."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.core.refusals import Invalid
from bihuan.integrations.commands import Made
from bihuan.integrations.models import Delivery, Endpoint
from bihuan.integrations.providers import guard
from bihuan.integrations.providers.guard import Unfit
from bihuan.integrations.providers.https import Https
from bihuan.integrations.tests.receiver import Net
from bihuan.integrations.tests.steps import HOST, Open, administrator, answers, happens, hook, sweep

#: Spellings, and why each is refused when it is saved.
REFUSED = [
    ("http://orders.example.com/", "not_https"),
    ("ftp://orders.example.com/", "not_https"),
    ("gopher://127.0.0.1:70/_x", "not_https"),
    ("file:///etc/passwd", "not_https"),
    ("javascript:alert(1)", "not_a_web_address"),
    ("//orders.example.com/", "not_a_web_address"),
    ("https:/orders.example.com/", "not_a_web_address"),
    ("https://user:secret@orders.example.com/", "not_a_web_address"),
    ("https://orders.example.com@127.0.0.1/", "not_a_web_address"),
    ("https://orders.example.com\\@127.0.0.1/", "not_a_web_address"),
    ("https://orders.example.com#@127.0.0.1/", "not_a_web_address"),
    ("https://orders.example.com/a b", "not_a_web_address"),
    ("https://orders.example.com/#there", "not_a_web_address"),
    ("https://订单.example.com/", "not_a_web_address"),
    ("https://①②⑦.⓪.⓪.①/", "not_a_web_address"),
    ("https://%31%32%37.0.0.1/", "not_a_host"),
    ("https://127.0.0.1/", "private_address"),
    ("https://127.1/", "not_a_host"),
    ("https://127.0.0.1./", "not_a_host"),
    ("https://0177.0.0.1/", "not_a_host"),
    ("https://0x7f.0.0.1/", "not_a_host"),
    ("https://127.0.0.0x1/", "not_a_host"),
    ("https://0x7f000001/", "not_a_host"),
    ("https://2130706433/", "not_a_host"),
    ("https://017700000001/", "not_a_host"),
    ("https://256.1.1.1/", "not_a_host"),
    ("https://0.0.0.0/", "private_address"),
    ("https://10.1.2.3/", "private_address"),
    ("https://172.31.0.1/", "private_address"),
    ("https://192.168.1.1/", "private_address"),
    ("https://100.64.0.1/", "private_address"),
    ("https://100.100.100.200/latest/meta-data/", "private_address"),
    ("https://169.254.169.254/latest/meta-data/", "private_address"),
    ("https://168.63.129.16/", "private_address"),
    ("https://224.0.0.1/", "private_address"),
    ("https://255.255.255.255/", "private_address"),
    ("https://[::1]/", "private_address"),
    ("https://[::]/", "private_address"),
    ("https://[::ffff:127.0.0.1]/", "private_address"),
    ("https://[::ffff:8.8.8.8]/", "private_address"),
    ("https://[::127.0.0.1]/", "private_address"),
    ("https://[64:ff9b::7f00:1]/", "private_address"),
    ("https://[64:ff9b:1::a00:1]/", "private_address"),
    ("https://[2002:7f00:1::]/", "private_address"),
    ("https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "private_address"),
    ("https://[fe80::1]/", "private_address"),
    ("https://[fe80::1%25eth0]/", "not_a_host"),
    ("https://[fec0::1]/", "private_address"),
    ("https://[fd00:ec2::254]/", "private_address"),
    ("https://[ff02::1]/", "private_address"),
    ("https://::1/", "not_a_web_address"),
    ("https://[127.0.0.1]/", "not_a_host"),
    ("https://localhost/", "not_a_host"),
    ("https://metadata/", "not_a_host"),
    ("https://-orders.example.com/", "not_a_host"),
    ("https://orders..example.com/", "not_a_host"),
    ("https:///path", "not_a_host"),
    ("https://orders.example.com:25/", "port_not_allowed"),
    ("https://orders.example.com:80/", "port_not_allowed"),
    ("https://orders.example.com:5432/", "port_not_allowed"),
    ("https://orders.example.com:99999/", "port_not_allowed"),
    ("https://orders.example.com:0443x/", "not_a_web_address"),
    ("https://nobody.example.com/", "no_such_host"),
    (f"https://orders.example.com/{'a' * 500}", "too_long"),
]
#: What goes wrong with white space and control characters before an address is even read.
BROKEN = [
    "https://orders.example.com/\r\nX-Injected: 1",
    "https://orders.example.com/\nGET / HTTP/1.1",
    "https://orders.exam\tple.com/",
    "https://orders.example.com/\x00",
    "https://orders.example.com/\u202e",
]


def outside() -> list[Any]:
    """The spellings of FreeScout's tests; another part of them is held back."""
    folder = os.environ.get("BIHUAN_OUTSIDE")
    if folder is None:
        return [pytest.param({}, marks=pytest.mark.skip("BIHUAN_OUTSIDE names no material"))]
    text = Path(folder, "web", "ssrf_hosts.json").read_text("utf-8")
    return list(json.loads(text))


def address(host: str) -> str:
    """As whoever fills in a form would have to write it: IPv6 in brackets."""
    return f"https://[{host}]/hook" if ":" in host and "[" not in host else f"https://{host}/hook"


@pytest.fixture
def here(net: Net) -> Net:
    """A name that leads to the open internet, as the only one there is."""
    net.lead(HOST)
    return net


def create(url: str) -> Made:
    return hook(administrator(), url)


@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_n_34_an_address_that_could_mean_our_own_network_is_not_saved(
    house: House, here: Net, url: str, why: str
):
    with pytest.raises(Invalid) as refused:
        create(url)

    assert refused.value.fields == {"url": why}
    assert not Endpoint.objects.exists()
    assert here.dialled == []


@pytest.mark.parametrize("url", [one for one, why in REFUSED if why != "too_long"] + BROKEN)
def test_n_34_what_stands_in_a_row_all_the_same_is_not_sent_to(
    house: House, receiver: Open, net: Net, url: str
):
    receiver(HOST)
    made = hook(administrator())
    people.file(house)
    happens()
    Endpoint.objects.update(url=url.replace("\x00", "\x01"))  # no column takes the zero
    dialled = len(net.dialled)

    sweep()

    row = Delivery.objects.get()
    assert answers(row)[0] in ("unfit", "private_address", "no_such_host")
    assert (row.state, len(net.dialled)) == ("queued", dialled)
    assert made.endpoint.id == row.endpoint_id


@pytest.mark.parametrize("url", BROKEN)
def test_n_34_no_line_is_broken_and_no_sign_is_hidden_in_an_address(
    house: House, here: Net, url: str
):
    with pytest.raises(Invalid) as refused:
        create(url)

    assert refused.value.fields["url"] in (
        "one_line", "control_characters", "not_a_web_address", "not_a_host",
    )  # fmt: skip


@pytest.mark.parametrize("host", outside(), ids=lambda one: one.get("host", "none"))
def test_n_34_every_spelling_of_others_is_judged_right_when_saved_and_when_sent_to(
    house: House, host: dict[str, Any], net: Net, receiver: Open
):
    keeper, url = administrator(), address(host["host"])
    if host["allowed"]:
        assert hook(keeper, url).endpoint.url == url
    else:
        with pytest.raises(Invalid):
            hook(keeper, url)
        receiver(HOST)
        hook(keeper)
        Endpoint.objects.update(url=url)
    people.file(house)
    happens()
    sweep()

    assert bool(net.dialled) == host["allowed"]
    assert (answers(Delivery.objects.get()) == ["no_answer"]) == host["allowed"]


def test_n_34_a_name_of_which_one_address_is_ours_is_refused_whole(house: House, net: Net):
    net.names["mixed.example.com"] = [["11.0.0.9", "10.0.0.9"]]

    with pytest.raises(Invalid) as refused:
        create("https://mixed.example.com/")

    assert refused.value.fields == {"url": "private_address"}


def test_n_34_a_name_that_answers_otherwise_the_second_time_is_refused_when_sent_to(
    house: House, net: Net
):
    net.names["rebinds.example.com"] = [["11.0.0.9"], ["127.0.0.1"]]
    create("https://rebinds.example.com/")
    people.file(house)
    happens()

    sweep()

    assert (answers(Delivery.objects.get()), net.dialled) == (["private_address"], [])


def test_n_34_the_connection_goes_to_the_address_that_was_judged_and_the_name_is_asked_once(
    house: House, receiver: Open, net: Net
):
    orders, _ = receiver(HOST), hook(administrator())
    net.names[HOST] = [*net.names[HOST], ["127.0.0.1"]]  # a second question would be answered so
    people.file(house)
    happens()
    net.asked.clear()

    sweep()

    assert (len(orders.came), net.asked, net.dialled) == (1, [HOST], [("11.0.0.1", 443)])


def test_n_34_a_redirect_is_not_followed(house: House, receiver: Open, net: Net):
    orders, _ = receiver(HOST), hook(administrator())
    orders.mood = 307
    people.file(house)
    happens()

    sweep()

    assert (answers(Delivery.objects.get()), len(net.dialled)) == (["3xx"], 1)


def test_n_34_the_way_that_is_wired_knows_no_exception_for_this_machine():
    from bihuan.config import wiring
    from bihuan.events.wires import called

    way = called(wiring.WEBHOOKS)()

    assert isinstance(way, Https)
    for url in ("https://127.0.0.1/", "https://[::1]/", "http://127.0.0.1/", "https://localhost/"):
        with pytest.raises(Unfit):
            way.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://orders.example.com",
        "https://orders.example.com/",
        "HTTPS://Orders.Example.Com:8443/a/b?token=x%20y&n=1",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]:8443/hook",
        "https://a-b.xn--fiq228c.example.com/",
        "https://4chan.example.com/",
        "https://1.example.com/",
    ],
)
def test_a_plain_address_is_read_as_it_is_meant(url: str):
    place = guard.read(url)

    assert place.host in url.lower()
    assert place.path.startswith("/")


def test_the_host_header_names_the_port_only_where_it_is_another_one():
    assert guard.read("https://orders.example.com:443/").authority == "orders.example.com"
    assert guard.read("https://orders.example.com:8443/").authority == "orders.example.com:8443"
    assert guard.read("https://[2606:4700::1]:8443/").authority == "[2606:4700::1]:8443"
