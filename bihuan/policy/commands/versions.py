"""Bring a version of the handbook into force."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from bihuan.core.actors import Actor
from bihuan.core.refusals import Conflict
from bihuan.events import log
from bihuan.policy import loader, queries
from bihuan.policy.models import PolicyVersion
from bihuan.store.blocks import new_id


@transaction.atomic
def activate(*, path: Path, by: Actor, at: datetime) -> PolicyVersion:
    """Record a version and from when it is in force; the same text twice is one version.

    PolicyFault when the text is faulty; Conflict when another text claims the version or day.
    """
    texts = loader.files(path)
    book = loader.read(texts)
    _alone()
    known = PolicyVersion.objects.filter(version=book.version).first()
    if known and known.sha256 == book.sha256:
        return known
    if known or PolicyVersion.objects.filter(in_force_from=book.in_force_from).exists():
        raise Conflict("8.2", version=book.version, in_force_from=book.in_force_from.isoformat())
    row = PolicyVersion.objects.create(
        id=new_id(at),
        version=book.version,
        sha256=book.sha256,
        in_force_from=book.in_force_from,
        files=texts,
        activated_at=at,
        activated_by=by.id,
    )
    log.append(
        "policy.activated",
        stream=row.id,
        by=by,
        at=at,
        clause="8.2",
        version=book.version,
        sha256=book.sha256,
        in_force_from=book.in_force_from.isoformat(),
    )
    queries.forget()
    return row


@transaction.atomic
def activate_first(*, by: Actor, at: datetime) -> None:
    """The packaged handbook where there is none; one that is there stays, whatever is packaged."""
    _alone()
    if not PolicyVersion.objects.exists():
        activate(path=loader.CURRENT, by=by, at=at)


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('policy'))")
