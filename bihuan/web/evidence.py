"""Evidence in answers: as nothing a browser would run, under an origin of its own if there is one.

With `BIHUAN_FILES_ORIGIN` a file is only served there, by an address that is signed for this one
file and good for minutes: no cookie goes there, and that host serves nothing else (N32).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from bihuan.core.refusals import NotFound
from bihuan.events.wires import called, wired
from bihuan.store import blobs, contents
from bihuan.web.files import FileAnswer

GOOD_FOR = timedelta(minutes=5)
_NOT_KEPT = "private, no-store"
KINDS = {ending: kind for kind, ending in contents.EXTENSIONS.items()}
_ADDRESS = re.compile(r"/e/([A-Za-z0-9_:-]{40,200})\Z")


class Evidence(Protocol):
    """What is asked of a file."""

    token: str
    name: str
    content_type: str
    blob: str
    thumb: str
    original: str


def given(file: Evidence, which: str) -> HttpResponseBase:
    """A file for somebody who may see it, or the way to where it is served.

    `which` is `shown` (in a page), `small` (its thumbnail), `saved`, or `original` (as it came).
    """
    if not settings.FILES_ORIGIN:
        return _served(file, which, "same-origin")
    signed = _signer().sign(f"{which}:{file.token}")
    answer = HttpResponseRedirect(f"{settings.FILES_ORIGIN}/e/{signed}")
    answer["Cache-Control"] = f"private, max-age={_kept(which) // 2}" if _kept(which) else _NOT_KEPT
    return answer


class FilesHost:
    """On the host of the files nothing else is served, and nobody is asked who they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_host(request.META.get("HTTP_HOST", "")):
            return self.get_response(request)
        found = _ADDRESS.fullmatch(request.path)
        if found is None or request.method not in {"GET", "HEAD"}:
            return _no(404)
        try:
            said = _signer().unsign(found[1], max_age=GOOD_FOR)
            which, _, token = said.partition(":")
            return _served(called(wired("FILE_BY_NAME", None))(token), which, "cross-origin")
        except SignatureExpired:
            return _no(410)
        except (BadSignature, NotFound):
            return _no(404)


def is_host(host: str) -> bool:
    """Whether this, a name with its port, is where files are served and nothing else."""
    return bool(settings.FILES_ORIGIN) and host == settings.FILES_ORIGIN.partition("://")[2]


def _kept(which: str) -> int:
    """Seconds that a browser keeps it for itself; what is only ever saved it keeps not at all."""
    return int(GOOD_FOR.total_seconds()) if which in {"shown", "small"} else 0


def _served(file: Evidence, which: str, to: str) -> FileAnswer:
    """The bytes. Images were drawn anew by the house; everything else is only ever saved."""
    blobs_of = {"small": file.thumb or file.blob, "original": file.original}
    blob = blobs_of.get(which, file.blob)
    stem, ending = file.name.rpartition(".")[0], blob.rpartition(".")[2]
    kind = KINDS[ending]
    original = which == "original"
    answer = FileAnswer(
        blobs.open_blob(blob),
        as_attachment=not (_kept(which) and kind in contents.IMAGES),
        filename=f"{stem}.{ending}" if original else file.name,
        content_type="application/octet-stream" if original else kind,
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = to
    answer["Cache-Control"] = f"private, max-age={_kept(which)}" if _kept(which) else _NOT_KEPT
    return answer


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="bihuan.evidence")


def _no(status: int) -> HttpResponse:
    return HttpResponse(status=status, headers={"Cache-Control": "no-store"})
