"""Evidence that comes in parts, for programs, by the tus protocol (web.tus)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from bihuan.cases import commands, queries
from bihuan.web import tus
from bihuan.web.door import enter

router = Router(tags=["cases"])
KEEPER = tus.Keeper(queries.coming, commands.append_part, commands.end_file)


@router.post("/cases/{number}/uploads", summary="Begin a resumable upload (tus 1.0.0)")
@tus.spoken
def begin(request: HttpRequest, number: str) -> HttpResponse:
    """`Upload-Length`, `Upload-Metadata: filename …`; answers with the upload's `Location`.

    The last part makes it evidence, checked as any other file; `Bihuan-File` is then its token.
    """
    length, name = tus.asked(request)
    row = commands.begin_file(length=length, name=name, number=number, **enter(request))
    return tus.made(row, f"/api/v1/uploads/{row.token}")


@router.api_operation(["OPTIONS"], "/cases/{number}/uploads", include_in_schema=False)
@tus.spoken
def offered(request: HttpRequest, number: str) -> HttpResponse:
    """What the protocol may do here."""
    raise AssertionError("answered by the protocol itself")


def _one(request: HttpRequest, token: str) -> HttpResponse:
    return tus.one(request, token=token, keeper=KEEPER, **enter(request))


@router.patch("/uploads/{token}", summary="The next part of an upload")
@tus.spoken
def append(request: HttpRequest, token: str) -> HttpResponse:
    """Bytes from `Upload-Offset` on; 409 when that is not where what has come ends."""
    return _one(request, token)


@router.api_operation(["DELETE"], "/uploads/{token}", summary="Let go of an upload")
@tus.spoken
def end(request: HttpRequest, token: str) -> HttpResponse:
    """What it has become already stays."""
    return _one(request, token)


@router.api_operation(["HEAD", "POST", "OPTIONS"], "/uploads/{token}", include_in_schema=False)
@tus.spoken
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """How far it has come; and PATCH or DELETE as a POST that says so."""
    return _one(request, token)
