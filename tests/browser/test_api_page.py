"""The page of the API draws itself from our own files, under our own policy of contents."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Door
from tests.browser.house import House

pytestmark = pytest.mark.browser


def test_the_page_of_the_api_shows_every_call_and_asks_no_other_server(
    house_up: House, door: Door
) -> None:
    page = door()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto("/api/v1/docs")
    calls: Any = page.request.get("/api/v1/openapi.json").json()["paths"]

    expect(page.locator(".opblock")).to_have_count(sum(len(ways) for ways in calls.values()))
    filing = page.locator("#operations-cases-bihuan_cases_api_file")
    filing.locator(".opblock-summary-control").click()
    expect(filing.get_by_text("Idempotency-Key").first).to_be_visible()
    ours = urlsplit(house_up.url).netloc
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {ours}
