"""What a program sent, read as JSON or refused; nothing it sends is an error of ours."""

from __future__ import annotations

from typing import Any

import msgspec

from bihuan.core.refusals import Invalid

MOST = 200_000  # bytes


def read(body: bytes, decode: Any) -> Any:
    """The body as this decoder takes it; Invalid names the field and the fault."""
    if len(body) > MOST:
        raise Invalid({"body": "too_long"}, limit=MOST, length=len(body))
    try:
        return decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        field, code = _fault(str(fault))
        raise Invalid({field: code}) from None


#: How the messages of msgspec begin, and what they mean at a field.
_SAID = {
    "Object missing required field": "missing",
    "Object contains unknown field": "unknown_field",
    "Expected `str`": "not_text",
    "Expected `object`": "not_an_object",
    "Invalid RFC3339": "not_a_moment",
    "Timestamp is out of range": "not_a_moment",
}


def _fault(said: str) -> tuple[str, str]:
    """The field msgspec complains about, and why: its messages end in the path to it."""
    known = next((code for begins, code in _SAID.items() if said.startswith(begins)), "not_valid")
    _, _, path = said.partition(" - at `$")
    inside = path.rstrip("`").lstrip(".").partition("[")[0]
    named = said.split("`")[1] if known in {"missing", "unknown_field"} else ""
    field = ".".join(part for part in (inside, named[:60]) if part)
    return (field, known) if field else ("body", "not_json" if known == "not_valid" else known)
