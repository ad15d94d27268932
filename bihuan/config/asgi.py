"""Pages, the API and live streams, asynchronous; before them the quick way in for programs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.core.asgi import get_asgi_application

from bihuan.config.settled import settle

if TYPE_CHECKING:
    from bihuan.cases.api.quick import QuickDoor

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")


def _application() -> QuickDoor:
    pages = get_asgi_application()
    from bihuan.cases.api.quick import QuickDoor  # the models it needs are loaded by now

    return QuickDoor(pages)


application = _application()
settle()
