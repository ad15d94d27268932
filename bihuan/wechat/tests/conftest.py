"""A house with an account at a WeChat of its own; models are loaded when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bihuan.cases.tests.people import House
    from bihuan.notify.tests.weixin import Weixin
    from bihuan.wechat.tests.chat import Phone


@pytest.fixture
def weixin(settings: Any) -> Iterator[Weixin]:
    """WeChat's API, which the house speaks to."""
    from bihuan.notify.tests import weixin as servers
    from bihuan.wechat.tests import chat

    with servers.running() as server:
        settings.WECHAT = chat.account(url=server.url)
        yield server


@pytest.fixture
def home(db: None, settings: Any, tmp_path: Any) -> House:
    """In a transaction that is rolled back; files lie in a folder of its own."""
    from bihuan.cases.tests.people import house
    from bihuan.wechat.tests import chat

    settings.HOME = tmp_path
    settings.WECHAT = chat.account()
    return house()


@pytest.fixture
def phone(home: House) -> Phone:
    """爱丽's, who is nobody yet for the house."""
    from bihuan.cases.tests.people import FRIDAY
    from bihuan.wechat.tests.chat import Phone

    return Phone(FRIDAY)
