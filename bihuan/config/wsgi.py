"""Pages from several worker processes."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from bihuan.config.settled import settle
from bihuan.web.turns import Turns

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
_answer = get_wsgi_application()
settle()

# Programs that file may all wait for one statement (store/together.py). Pages are computed, and
# more of them at once only take the interpreter from each other.
_pages = Turns(4)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """As Django answers; a page waits for its turn."""
    if environ["PATH_INFO"].startswith("/api/"):
        return _answer(environ, start_response)
    with _pages:
        return _answer(environ, start_response)
