"""Evidence files that come in parts and go on after a break: bounded, checked when whole."""

from __future__ import annotations

import secrets as random
from datetime import datetime, timedelta
from functools import partial
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet, Sum

from bihuan.cases import queries
from bihuan.cases.commands.material import FILES_MOST, add_evidence, add_file, save_draft
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import Case, Coming, Draft, File
from bihuan.core.actors import Actor
from bihuan.core.refusals import Gone, Invalid, NotPossible, OutOfPlace, TooMany
from bihuan.store import blobs, coming
from bihuan.store.blocks import new_id
from bihuan.store.contents import EXTENSIONS, HEAD, may_become

COMING_MOST = 18  # unfinished files of one author, wherever they go
NOBODY = Actor(0, frozenset())
WAIT = 60  # seconds: when the house is full, ask again then
_ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtext('material'), %s::bigint::bit(32)::int)"


@transaction.atomic
def material_draft(*, number: str, by: Actor, at: datetime) -> Draft:
    """What a person gathers for a case before it is sent (2.2.1): one draft for each case."""
    case = _open_case(number, by)
    with connection.cursor() as cursor:
        cursor.execute(_ONE_BY_ONE, [by.id])
    row = queries.material_draft(case, by)
    return row or save_draft(token="", form=queries.MATERIAL, data={}, step=number, by=by, at=at)


@transaction.atomic
def begin_file(
    *,
    length: int,
    name: str,
    draft: Draft | None = None,
    number: str = "",
    by: Actor,
    at: datetime,
) -> Coming:
    """A file of `length` bytes will come in parts, for a draft or for the case of this number.

    Invalid `files`: too_large, empty. TooMany past 9 files of a draft, 18 unfinished ones of one
    author, and while the unfinished ones of all leave no room. NotPossible: nothing is taken there.
    """
    if not 0 < length <= settings.FILE_MAX:
        code = "too_large" if length > 0 else "empty"
        raise Invalid({"files": code}, "2.2.1", limit=settings.FILE_MAX)
    case_id = 0 if draft else _open_case(number, by).id
    if draft and _many(_open_draft(draft.id)) >= FILES_MOST:
        raise TooMany("2.2.1", limit=FILES_MOST)
    if by.id and _unfinished().filter(author_id=by.id).count() >= COMING_MOST:
        raise TooMany("2.2.1", limit=COMING_MOST)
    _room_for(0, by)
    return Coming.objects.create(
        id=new_id(at),
        token=random.token_urlsafe(24),
        draft_id=draft.id if draft else 0,
        case_id=case_id,
        author_id=by.id,
        name=blobs.clean_name(name, "part"),
        part=coming.begin(),
        length=length,
        expires_at=_end(at),
    )


def append_part(
    *,
    token: str,
    offset: int,
    stream: BinaryIO,
    checksum: tuple[str, bytes] | None = None,
    by: Actor | None,
    at: datetime,
) -> Coming:
    """The next part of a file; the last one makes it evidence, by the way of every other file.

    OutOfPlace when it does not begin where what has come ends; Damaged by its checksum. What can
    never become evidence is Invalid and over; what it is not to blame for may be tried once more.
    """
    try:
        with transaction.atomic():
            return _append(token, offset, stream, checksum, by, at)
    except Invalid as fault:
        if fault.fields.get("files") not in blobs.LATER:
            end_file(token=token, by=by, at=at)
        raise


def _append(
    token: str,
    offset: int,
    stream: BinaryIO,
    checksum: tuple[str, bytes] | None,
    by: Actor | None,
    at: datetime,
) -> Coming:
    row = queries.coming(token, by, at, lock=True)
    if offset != row.received:
        raise OutOfPlace(offset=row.received)
    if row.file:
        return row
    _room_for(row.length - row.received, by or NOBODY)
    part = row.part
    try:
        _go_on(row, stream, checksum, by or NOBODY, at)
    except BaseException:
        coming.cut(part, offset)  # what does not count must not lie on the disk (N38)
        raise
    return row


def _go_on(
    row: Coming, stream: BinaryIO, checksum: tuple[str, bytes] | None, by: Actor, at: datetime
) -> None:
    blobs.must_have_room()
    offset = row.received
    row.received += coming.append(
        row.part, stream, offset=offset, most=row.length - offset, checksum=checksum
    )
    row.expires_at = _end(at)
    if offset < HEAD and not may_become(coming.head(row.part, HEAD)):
        raise Invalid({"files": "kind_not_allowed"}, allowed=sorted(EXTENSIONS.values()))
    if row.received == row.length:
        _become_evidence(row, by, at)
    row.save()


def _become_evidence(row: Coming, by: Actor, at: datetime) -> None:
    with coming.opened(row.part) as stream:
        if row.draft_id:
            draft = _open_draft(row.draft_id)
            file = add_file(stream=stream, name=row.name, draft=draft, by=by, at=at)
        else:
            number = Case.objects.get(id=row.case_id).number
            file = add_evidence(number=number, stream=stream, name=row.name, by=by, at=at)
    transaction.on_commit(partial(coming.remove, row.part))
    row.file, row.part = file.token, ""


@transaction.atomic
def end_file(*, token: str, by: Actor | None, at: datetime) -> None:
    """Let go of a file that comes; what it has become already stays."""
    row = queries.coming(token, by, at, lock=True)
    if row.part:
        transaction.on_commit(partial(coming.remove, row.part))
    row.delete()


@transaction.atomic
def forget_coming(*, at: datetime) -> int:
    """Let go of the bytes that nobody went on with in time, and later of their rows (N38)."""
    late = list(
        Coming.objects.select_for_update().filter(expires_at__lte=at).exclude(part="")[:500]
    )
    for row in late:
        transaction.on_commit(partial(coming.remove, row.part))
    Coming.objects.filter(id__in=[row.id for row in late]).update(part="")
    Coming.objects.filter(expires_at__lte=at - settings.UPLOADS_KEPT, part="").delete()
    known = set(_unfinished().values_list("part", flat=True))
    before = at - settings.UPLOADS_KEPT - timedelta(hours=1)
    return len(late) + coming.sweep(before=before.timestamp(), known=known)


def _unfinished() -> QuerySet[Coming]:
    return Coming.objects.exclude(part="")


def _end(at: datetime) -> datetime:
    return at + settings.UPLOADS_KEPT


def _room_for(more: int, by: Actor) -> None:
    """Guests together take no more than half, so that a flood of them shuts nobody else out."""
    rows, most = _unfinished(), int(settings.UPLOADS_MAX)
    if not by.id:
        rows, most = rows.filter(author_id=0), most // 2
    if (rows.aggregate(all=Sum("received"))["all"] or 0) + more > most:
        raise TooMany("2.2.1", retry_after=WAIT)


def _open_case(number: str, by: Actor) -> Case:
    """The case. NotPossible when it takes no more."""
    case = queries.get(number, by)
    CASE.step(case.state, "add_material", by.roles)
    return case


def _many(draft: Draft) -> int:
    """Files of a draft, with those that are still coming."""
    kept = File.objects.filter(draft_id=draft.id, case_id=0).count()
    return kept + _unfinished().filter(draft_id=draft.id).count()


def _open_draft(id: int) -> Draft:
    """The draft, locked. Gone when it was thrown away, NotPossible when it was sent."""
    draft = Draft.objects.select_for_update().filter(id=id).first()
    if draft is None:
        raise Gone()
    if draft.case_id:
        raise NotPossible(state="filed", action="add_material", possible=[])
    return draft
