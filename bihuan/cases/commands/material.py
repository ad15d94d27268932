"""Drafts, evidence files and added material."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from bihuan.cases import queries
from bihuan.cases.commands.steps import begin, heard, say
from bihuan.cases.commands.words import say as speak
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import Case, Coming, Draft, File
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, Refusal, TooMany
from bihuan.store import blobs, coming, secrets
from bihuan.store.blocks import new_id

FILES_MOST = 9  # a draft or one message; the form says so
DRAFT_MOST = 60_000
Upload = tuple[BinaryIO, str]  # what was handed in, and what its owner calls it
Fault = tuple[str, Refusal]
T = TypeVar("T")
TALK = "chat"  # the form of a draft that holds what somebody showed in a talk
DRAFT_DAYS = 30  # not the handbook's: an unfinished form is kept so long, the page says so


@transaction.atomic
def save_draft(
    *, token: str, form: str, data: Mapping[str, Any], step: str, by: Actor, at: datetime
) -> Draft:
    """Keep a half-filled form, sealed, from its first step; an unknown token begins a new one."""
    draft = queries.draft_row(token, by, lock=True) if token else None
    if draft is None:
        draft = Draft(
            id=new_id(at), token=random.token_urlsafe(24), form=form,
            person_id=by.id if not by.is_staff else 0,
        )  # fmt: skip
    elif draft.case_id:
        return draft  # sent while this was on its way: what it became is not undone
    elif not draft.person_id and by.id:
        draft.person_id = by.id  # begun as a guest, signed in half way
    text = json.dumps(dict(data), ensure_ascii=False)
    if len(text) > DRAFT_MOST:
        raise Invalid({"draft": "too_long"}, limit=DRAFT_MOST)
    draft.sealed = secrets.seal_for_house("cases_draft", "sealed", draft.id, text)
    draft.step, draft.updated_at = step, at
    draft.save()
    return draft


@transaction.atomic
def drop_draft(*, token: str, by: Actor, at: datetime) -> None:
    """Throw a draft away, with its files."""
    draft = queries.draft_row(token, by)
    if draft is not None and not draft.case_id:
        _throw_away(File.objects.filter(draft_id=draft.id, case_id=0))
        _stop(Coming.objects.filter(draft_id=draft.id))
        draft.delete()


@transaction.atomic
def join_draft(*, token: str, aside: str, by: Actor, at: datetime) -> None:
    """Bring what was sent after a session had ended into the form it belongs to, once."""
    into, rest = queries.draft(token, by), queries.draft(aside, by)
    if into is None or rest is None or into[0].id == rest[0].id or into[0].form != rest[0].form:
        return
    draft, other = into[0], rest[0]
    if draft.case_id or other.case_id:
        return
    save_draft(token=token, form=draft.form, data=into[1] | rest[1], step=other.step, by=by, at=at)
    File.objects.filter(draft_id=other.id, case_id=0).update(draft_id=draft.id)
    Coming.objects.filter(draft_id=other.id).update(draft_id=draft.id)
    other.delete()


@transaction.atomic
def forget_drafts(*, before: datetime, talks: bool = False) -> int:
    """Throw away what nobody has touched since then: words of people are not kept for nothing.

    What was shown in talks is theirs: it goes when they say so (`talks`), after their words.
    """
    shown = Q(form=TALK, case_id=0)
    rows = Draft.objects.filter(shown if talks else ~shown, updated_at__lt=before)
    old = list(rows.values_list("id", flat=True)[:500])
    _throw_away(File.objects.filter(draft_id__in=old, case_id=0))
    return Draft.objects.filter(id__in=old).delete()[0]


def _throw_away(files: QuerySet[File]) -> None:
    """The rows, and the bytes as soon as that stands."""
    for kept in files.values_list("blob", "thumb", "original"):
        for blob in filter(None, kept):
            transaction.on_commit(partial(blobs.remove, blob))
    files.delete()


def _stop(rows: QuerySet[Coming]) -> None:
    """The same of files that are not whole yet."""
    for part in rows.exclude(part="").values_list("part", flat=True):
        transaction.on_commit(partial(coming.remove, part))
    rows.delete()


@transaction.atomic
def add_file(*, stream: BinaryIO, name: str, draft: Draft, by: Actor, at: datetime) -> File:
    """Keep one evidence file for a draft.

    Invalid `files` with too_large, kind_not_allowed, unreadable_image, empty; TooMany past 9.
    """
    if File.objects.filter(draft_id=draft.id, case_id=0).count() >= FILES_MOST:
        raise TooMany("2.2.1", limit=FILES_MOST)
    kept = blobs.keep(stream, name=name, limit=settings.FILE_MAX)
    person = 0 if by.is_staff else by.id
    return _twin(draft, kept) or row_of(kept, draft_id=draft.id, person_id=person, by=by, at=at)


def row_of(
    kept: blobs.Kept,
    *,
    case_id: int = 0,
    draft_id: int = 0,
    person_id: int,
    by: Actor,
    at: datetime,
) -> File:
    return File.objects.create(
        id=new_id(at),
        case_id=case_id,
        draft_id=draft_id,
        person_id=person_id,
        token=random.token_urlsafe(24),
        name=kept.clean_name,
        content_type=kept.content_type,
        size=kept.size,
        sha256=kept.sha256,
        blob=kept.blob,
        thumb=kept.thumb or "",
        original=kept.original,
        original_sha256=kept.original_sha256,
        author_id=by.id,
        at=at,
    )


def _twin(draft: Draft, kept: blobs.Kept) -> File | None:
    """The same file, kept already: a photo sent in the background comes again with its form."""
    Draft.objects.select_for_update().filter(id=draft.id).first()  # the two may come at once
    twin = File.objects.filter(draft_id=draft.id, case_id=0, sha256=kept.sha256).first()
    if twin is not None:
        give_up([kept])
    return twin


@transaction.atomic
def remove_file(*, token: str, draft: Draft, by: Actor, at: datetime) -> None:
    """Take a file out of a draft, whole or still coming; evidence of a case stays."""
    _throw_away(File.objects.filter(token=token, draft_id=draft.id, case_id=0))
    _stop(Coming.objects.filter(token=token, draft_id=draft.id))


def add_evidence(
    *,
    number: str,
    stream: BinaryIO,
    name: str,
    by: Actor,
    at: datetime,
) -> File:
    """提交证据：one file with its event; a case that takes no more keeps nothing (2.2.1)."""
    kept, faults = bring(number=number, text="", uploads=[(stream, name)], by=by, at=at)
    for _name, fault in faults:
        raise fault
    return kept[0]


def add_files(
    uploads: Iterable[Upload], *, draft: Draft, by: Actor, at: datetime
) -> tuple[list[File], list[Fault]]:
    """Keep what was uploaded, each file by itself; and why each other one was refused, by name.

    After TooMany the rest is not looked at.
    """
    return _each(
        uploads,
        lambda stream, name, _: add_file(stream=stream, name=name, draft=draft, by=by, at=at),
    )


def _each(
    uploads: Iterable[Upload], keep: Callable[[BinaryIO, str, int], T]
) -> tuple[list[T], list[Fault]]:
    kept: list[T] = []
    faults: list[Fault] = []
    for stream, name in uploads:
        try:
            kept.append(keep(stream, name, len(kept)))
        except Invalid as fault:
            faults.append((name, fault))
        except TooMany as fault:
            faults.append((name, fault))
            break
    return kept, faults


def receive(uploads: Iterable[Upload]) -> tuple[list[blobs.Kept], list[Fault]]:
    """Files for a later command, drawn anew before any lock; and why each other one is refused."""
    return _each(uploads, _receive)


def give_up(received: Iterable[blobs.Kept]) -> None:
    """They belong to nothing after all."""
    for blob in (blob for one in received for blob in one.blobs):
        blobs.remove(blob)


def _receive(stream: BinaryIO, name: str, before: int) -> blobs.Kept:
    if before >= FILES_MOST:
        raise TooMany("2.2.1", limit=FILES_MOST)
    return blobs.keep(stream, name=name, limit=settings.FILE_MAX)


def bring(
    *,
    number: str,
    text: str,
    uploads: Iterable[Upload],
    gathered: Draft | None = None,
    channel: str = "",
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> tuple[list[File], list[Fault]]:
    """补充材料 of one form (2.2.1). What is good is kept even if another file is not.

    The words go with the good files and with those that were `gathered` before; where only bad
    ones came, they wait for the next try. Invalid `text` when there is nothing at all.
    """
    CASE.step(queries.get(number, by).state, "add_material", by.roles)
    # a photo takes a while to be drawn anew: nobody else's step on the case waits for it
    kept, faults = receive(uploads)
    try:
        with transaction.atomic():
            case, _step = begin(number, "add_material", by, expected_version)
            files = [
                row_of(one, case_id=case.id, person_id=case.person_id, by=by, at=at) for one in kept
            ]
            files += gathered_files(gathered, case)
            if files or not faults:
                ids = tuple(file.id for file in files)
                add_material(number=number, text=text, file_ids=ids, channel=channel, by=by, at=at)
    except BaseException:
        give_up(kept)
        raise
    return files, faults


def gathered_files(draft: Draft | None, case: Case) -> list[File]:
    """The files of that draft, now of the case; what is still coming for it comes too late."""
    if draft is None:
        return []
    Draft.objects.select_for_update().filter(id=draft.id).first()  # one more may just become whole
    rows = File.objects.filter(draft_id=draft.id, case_id=0)
    ids = list(rows.values_list("id", flat=True))
    rows.update(case_id=case.id, person_id=case.person_id, draft_id=0)
    _stop(Coming.objects.filter(draft_id=draft.id))
    draft.delete()
    return list(File.objects.filter(id__in=ids).order_by("id"))


@transaction.atomic
def add_material(
    *,
    number: str,
    text: str = "",
    file_ids: tuple[int, ...] = (),
    channel: str = "",
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """补充材料：words, files or both; the log holds the files' hashes (2.2.1)."""
    case, step = begin(number, "add_material", by, expected_version)
    files = list(File.objects.filter(id__in=file_ids, case_id=case.id, author_id=by.id))
    if len(files) < len(set(file_ids)):
        raise Invalid({"file_ids": "not_known"}, clause="2.2.1")
    if not text and not files:
        raise Invalid({"text": "missing"}, clause="2.2.1")
    said = speak(case, text, kind="material", channel=channel, by=by, at=at)
    return say(case, step, by, at, files=[f.sha256 for f in files], **heard(case, by, at), **said)
