"""What staff do with a call: write down, lay it on a case, look at what is masked."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan.accounts import commands as people
from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.events import log
from bihuan.phone import queries
from bihuan.phone.commands.hearing import CLAUSE, recognise_caller
from bihuan.phone.models import Call, CallNote
from bihuan.store.blocks import new_id
from bihuan.web import words

NOTE_MOST = 2000
MASKED = ("number", "recording")


@transaction.atomic
def note_call(*, id: int, text: str, by: Actor, at: datetime) -> CallNote:
    """记录：what is said on the telephone; a call that lies on a case notes it there too."""
    call = queries.locked(id, by)
    said = inputs.words(text, field="text", least=1, most=NOTE_MOST)
    if call.case_id:
        cases.note(number=_number_of_case(call.case_id, by), text=_on_case(call, said),
                   by=by, at=at)  # fmt: skip
    note_id, salt = new_id(at), secrets.token_bytes(16)
    note = CallNote.objects.create(
        id=note_id, call_id=call.id, by_id=by.id, at=at, salt=salt,
        text=queries.sealed(call.person_id, "callnote", "text", note_id, said),
    )  # fmt: skip
    log.append(
        "call.noted", stream=call.id, by=by, at=at, clause=CLAUSE, call=call.id,
        case=call.case_id, note=note.id, words=log.words(said, salt),
    )  # fmt: skip
    return note


def _number_of_case(case_id: int, by: Actor) -> str:
    found = case_queries.visible(by).filter(id=case_id).values_list("number", flat=True).first()
    if found is None:
        raise NotFound()
    return str(found)


def _on_case(call: Call, said: str) -> str:
    """The words as the case has them: which call they were written during."""
    moment = words.full_moment(call.answered_at or call.started_at)
    return _("通话记录（{moment}）：{said}").format(moment=moment, said=said)


@transaction.atomic
def link(*, id: int, number: str, by: Actor, at: datetime) -> Call:
    """关联案件：what was written down so far is noted on the case.

    NotPossible for a call that lies on another case; Invalid `number` for one nobody can see.
    """
    call = queries.locked(id, by)
    try:
        case = case_queries.get(number, by)
    except NotFound:
        raise Invalid({"number": "no_such_case"}, CLAUSE) from None
    if call.case_id == case.id:
        return call
    if call.case_id:
        raise NotPossible(CLAUSE, state="linked", action="link", possible=["unlink"])
    told = "\n".join(text for _note, text in queries.notes_of(call))
    if told:
        cases.note(number=case.number, text=_on_case(call, told), by=by, at=at)
    call.case_id = case.id
    call.save(update_fields=["case_id"])
    recognise_caller(call)
    log.append(
        "call.linked", stream=call.id, by=by, at=at, clause=CLAUSE, call=call.id, case=case.id
    )
    return call


@transaction.atomic
def unlink(*, id: int, by: Actor, at: datetime) -> Call:
    """取消关联：it lies on no case; what was noted there stays."""
    call = queries.locked(id, by)
    if not call.case_id:
        raise NotPossible(CLAUSE, state="unlinked", action="unlink", possible=["link"])
    _number_of_case(call.case_id, by)
    case_id, call.case_id = call.case_id, 0
    call.save(update_fields=["case_id"])
    log.append(
        "call.unlinked", stream=call.id, by=by, at=at, clause=CLAUSE, call=call.id, case=case_id
    )
    return call


@transaction.atomic
def reveal_call(*, id: int, field: str, reason: str, by: Actor, at: datetime) -> str:
    """查看：the number, or where its recording lies, in clear, with the reason kept (3.3).

    NotFound when there is none, or its person was erased; Invalid for field and reason.
    """
    call = queries.locked(id, by)
    inputs.one_of(field, list(MASKED), field="field")
    if call.case_id:
        _number_of_case(call.case_id, by)
    standing = queries.standing(call)
    number = queries.plain(standing.number) if standing else ""
    value = {"number": number, "recording": standing.recording if standing else ""}[field]
    if not value:
        raise NotFound(clause="3.3")
    people.look(
        person_id=call.person_id, field=f"call_{field}", reason=reason, case_id=call.case_id,
        stream=call.id, by=by, at=at,
    )  # fmt: skip
    return value
