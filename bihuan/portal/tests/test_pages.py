"""The pages around a case: home, one-page requests, handbook, settings, files."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bihuan.accounts import queries as people
from bihuan.cases.models import Case, Draft, Entry, File
from bihuan.cases.tests.people import FRIDAY, House, file
from bihuan.policy import loader
from bihuan.portal.tests.doors import STORY, fill, photo, sign_in, start, words

OPEN = (
    "/", "/orders/pick/", "/services/new/", "/suggestions/new/", "/how/", "/policies/",
    "/policies/2.3.1/",
)  # fmt: skip
OWN = ("/complaints/", "/settings/")


def every_page(client: Client, house: House) -> dict[str, str]:
    sign_in(client, house.ai_li)
    case = file(house)
    token = fill(client)
    steps = [f"/complaints/new/{s}/?draft={token}" for s in ("type", "details", "remedy", "check")]
    mine = [f"{case.url}{p}" for p in ("", "done/", "timeline/", "evidence/", "message/")]
    return {url: words(client.get(url)) for url in (*OPEN, *OWN, *steps, *mine)}


def test_every_page_has_a_title_a_main_heading_and_named_fields(house, client):
    for url, page in every_page(client, house).items():
        fields = re.findall(r"<(?:input|textarea|select)\b[^>]*>", page)
        for field in (f for f in fields if 'type="hidden"' not in f):
            id_ = re.search(r'id="([^"]+)"', field)
            inside = re.search(r"<label[^>]*>\s*" + re.escape(field), page)
            assert inside or (id_ and f'for="{id_[1]}"' in page), (url, field)
        assert page.count("<h1") == 1, url
        assert re.search(r"<title>[^<]+</title>", page), url


def test_no_page_has_inline_style_or_script(house, client):
    for url, page in every_page(client, house).items():
        assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]* src=)", page), url


def test_every_page_with_its_style_and_script_is_below_sixty_kilobytes(house, client):
    for url, page in every_page(client, house).items():
        assets = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page))
        found = [finders.find(name) for name in assets]
        sent = [page.encode(), *(Path(path).read_bytes() for path in found if path)]
        assert sum(len(gzip.compress(part)) for part in sent) < 60_000, url


def test_every_link_of_the_home_page_and_of_a_case_leads_somewhere(house, client):
    case = file(house)
    sign_in(client, house.ai_li)
    links: set[str] = set()
    for url in ("/", "/complaints/", "/how/", case.url):
        links |= set(re.findall(r'href="(/[^"#]*)', words(client.get(url))))

    for link in sorted(link for link in links if not link.startswith("/static/")):
        assert client.get(link).status_code in (200, 302), link


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/services/new/", "enquiry"),
        ("/services/new/", "order_problem"),
        ("/services/new/", "account_problem"),
        ("/suggestions/new/", "suggestion"),
        ("/suggestions/new/", "praise"),
    ],
)
def test_a_request_of_one_page_becomes_a_case_of_its_kind(house, client, url, kind):
    sent = {"kind": kind, "text": STORY, "phone": "13911112222", "files": [photo()]}

    answer = client.post(url, sent, follow=True)

    case = Case.objects.get()
    assert case.kind == kind
    assert case.number in words(answer)
    assert File.objects.get().case_id == case.id
    assert words(client.get(f"/services/{case.number}/")).count("<h1") == 1


def test_a_request_sent_twice_is_one_case(house, client):
    once = re.search(r'name="once" value="([^"]+)"', words(client.get("/services/new/")))
    sent = {"kind": "enquiry", "text": STORY, "phone": "13911112222", "once": once[1]}

    first, second = (client.post("/services/new/", sent) for _ in range(2))

    assert Case.objects.count() == 1
    assert first["Location"] == second["Location"]
    assert not Draft.objects.filter(case_id=0).exists()


def test_a_request_with_a_fault_keeps_words_and_files(house, client):
    answer = client.post("/services/new/", {"text": STORY, "files": [photo()]})

    page = words(answer)
    assert "<title>错误：" in page
    assert "请选择一种" in page
    assert STORY in page
    assert "裂纹.jpg" in page


def test_a_suggestion_for_ever_so_many_emoji_is_answered_at_the_field(house, client):
    answer = client.post("/suggestions/new/", {"kind": "praise", "text": "👍" * 10_000})

    assert "请缩短到 5000 个字以内" in words(answer)


def test_the_flow_is_made_from_the_handbook(house, client):
    book = loader.load_current()

    general = words(client.get("/how/"))
    extra = words(client.get("/how/?severity=extra_major"))

    says = {promise.id: promise.says for promise in book.promises}
    assert says["C-2.3.1-1"] in general
    assert says["C-2.3.1-5"] in extra
    assert says["C-2.3.1-5"] not in general
    assert client.get("/how/?severity=%00").status_code == 200


def test_a_clause_is_shown_with_its_text_and_promises(house, client):
    page = words(client.get("/policies/2.3.1/"))

    assert "3 个工作日" in page
    assert loader.load_current().clauses["2.3.1"].title in page
    assert client.get("/policies/9.9/").status_code == 404


def test_settings_keep_language_and_way_and_offer_no_mail_without_an_address(house, client):
    sign_in(client, house.ai_li)

    page = words(client.get("/settings/"))
    answer = client.post("/settings/", {"locale": "en", "tell_by": "inbox"})
    refused = client.post("/settings/", {"locale": "zh-hans", "tell_by": "email"})

    assert "电子邮件" not in page
    assert answer.cookies["django_language"].value == "en"
    assert people.shown([house.ai_li.id], house.ai_li)[house.ai_li.id].locale == "en"
    assert refused.status_code == 200


def test_a_language_is_chosen_without_an_account_and_never_leads_outside(house, client):
    answer = client.post("/language/", {"language": "en", "next": "https://example.org/"})

    assert answer["Location"] == "/"
    assert answer.cookies["django_language"].value == "en"


def evidence(client: Client, name: str = "") -> Any:
    answer = client.get(f"/f/{File.objects.get().token}{name}")
    if answer.streaming:
        assert answer.getvalue()  # read to its end, which closes the file
    return answer


def test_a_picture_is_shown_and_can_do_nothing(house, client):
    sign_in(client, house.ai_li)
    case = file(house, at=FRIDAY)
    client.post(f"{case.url}evidence/", {"text": "", "files": [photo()]})

    answer, small = evidence(client), evidence(client, "?size=small")

    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline")
    assert small["Content-Type"] == "image/webp"


def test_a_document_is_only_ever_saved(house, client):
    token = start(client)
    paper = SimpleUploadedFile("合同.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    client.post(f"/complaints/new/details/files/?draft={token}", {"files": paper})

    assert evidence(client)["Content-Disposition"].startswith("attachment")


def test_evidence_of_a_case_is_nobody_elses(house, client):
    sign_in(client, house.ai_li)
    case = file(house)
    client.post(f"{case.url}evidence/", {"text": "", "files": [photo()]})

    stranger = evidence(sign_in(Client(), house.ding))
    guest = evidence(sign_in(Client(), house.ai_li, only_case=file(house).id))

    assert (stranger.status_code, guest.status_code) == (404, 404)
    assert evidence(Client()).status_code == 404


@pytest.mark.parametrize("token", ["x", "%00", "..%2f..%2fetc%2fpasswd", "a" * 300])
def test_a_file_of_no_such_name_is_not_found(house, client, token):
    assert client.get(f"/f/{token}").status_code == 404


def test_other_words_from_the_same_visit_are_another_case_and_none_are_lost(house, client):
    once = re.search(r'name="once" value="([^"]+)"', words(client.get("/services/new/")))
    sent = {"kind": "enquiry", "phone": "13911112222", "once": once[1]}

    for text in (STORY, f"{STORY}还少了一个配件。"):
        client.post("/services/new/", sent | {"text": text})

    assert Case.objects.count() == 2
    assert Entry.objects.filter(text__endswith="还少了一个配件。").count() == 1
