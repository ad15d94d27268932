"""Single calls, what they hold sealed, and whose telephone rings."""

from __future__ import annotations

from collections.abc import Iterable

from bihuan.accounts import queries as people
from bihuan.core.actors import Actor
from bihuan.core.personal import mask_phone
from bihuan.core.refusals import NotFound
from bihuan.phone.models import Call, CallBack, CallNote, Extension
from bihuan.phone.rules import facts as rules
from bihuan.phone.rules.facts import Fact, Standing
from bihuan.store import secrets

ROOM = "phone"


def sealed(person_id: int, table: str, column: str, row_id: int, text: str) -> bytes:
    """Under the key of this person, of the house for 0. NotPossible once they were erased."""
    place = (f"{ROOM}_{table}", column, row_id)
    if person_id:
        return secrets.seal(person_id, *place, text)
    return secrets.seal_for_house(*place, text)


def opened(
    person_id: int, table: str, column: str, row_id: int, value: bytes | memoryview
) -> str | None:
    """What `sealed` sealed; None when the person was erased."""
    place = (f"{ROOM}_{table}", column, row_id)
    if person_id:
        return secrets.open_(person_id, *place, value)
    return secrets.open_for_house(*place, value)


def facts_of(call: Call) -> list[Fact]:
    """Everything that was said of it; nothing before the first, or after an erasure."""
    if not call.told:
        return []
    text = opened(call.person_id, "call", "told", call.id, call.told)
    return rules.read(text) if text else []


def standing(call: Call) -> Standing | None:
    """What it comes to, in clear: for commands; None after an erasure."""
    said = facts_of(call)
    return rules.stands(said) if said else None


def plain(number: str) -> str:
    """The number in its plain form; "" when it was withheld, or is none."""
    return people.plain_phone(rules.bare(number)) or ""


def number_of(call: Call) -> str:
    """The other side's number in clear: for commands, never for showing. "" when withheld."""
    found = standing(call)
    return plain(found.number) if found else ""


def masked(call: Call) -> str:
    """139****2718; "" when it was withheld or erased."""
    number = number_of(call)
    return mask_phone(number) if number else ""


def index_of(number: str) -> bytes:
    """By which calls of a plain number are found."""
    return secrets.blind("phone_call", "number", number)


def staff_by_extension(endpoints: Iterable[str]) -> dict[str, int]:
    """The staff behind these endpoints, by extension; those nobody has are missing."""
    asked = {rules.extension(one) for one in endpoints if one}
    rows = Extension.objects.filter(extension__in=asked) if asked else Extension.objects.none()
    return dict(rows.values_list("extension", "staff_id"))


def call(id: int, by: Actor) -> Call:
    """That call, for staff; NotFound for everybody else."""
    found = Call.objects.filter(id=id).first() if by.is_staff else None
    if found is None:
        raise NotFound()
    return found


def locked(id: int, by: Actor) -> Call:
    """The same, held until the transaction ends. For commands."""
    found = Call.objects.select_for_update().filter(id=id).first() if by.is_staff else None
    if found is None:
        raise NotFound()
    return found


def locked_by_ref(source: str, ref: str) -> Call:
    """The call a telephone system means, held. For commands."""
    return Call.objects.select_for_update().get(source=source, ref=ref)


def locked_back(id: int, by: Actor) -> CallBack:
    """A call that is owed, held. For commands; NotFound for outsiders."""
    found = CallBack.objects.select_for_update().filter(id=id).first() if by.is_staff else None
    if found is None:
        raise NotFound()
    return found


def notes_of(call: Call) -> list[tuple[CallNote, str]]:
    """What was written down during it, oldest first; without those of somebody erased."""
    rows = CallNote.objects.filter(call_id=call.id).order_by("id")
    told = [(row, opened(call.person_id, "callnote", "text", row.id, row.text)) for row in rows]
    return [(row, text) for row, text in told if text is not None]


def extensions() -> list[Extension]:
    """Every extension that is somebody's."""
    return list(Extension.objects.order_by("staff_id", "extension"))


def all_extensions() -> frozenset[str]:
    """The extensions of the house."""
    return frozenset(Extension.objects.values_list("extension", flat=True))
