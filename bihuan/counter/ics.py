"""An appointment as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FOLD = 75  # octets of a line, its continuation's blank included (3.1)
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def event(
    *, uid: str, summary: str, where: str, words: str, url: str,
    starts_at: datetime, minutes: int, at: datetime,
) -> str:  # fmt: skip
    """One event that reminds an hour before; times in UTC, so that no zone is needed."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bihuan//counter//ZH", "METHOD:PUBLISH",
        "BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{_utc(at)}", f"DTSTART:{_utc(starts_at)}",
        f"DTEND:{_utc(starts_at + timedelta(minutes=minutes))}",
        f"SUMMARY:{_text(summary)}", f"LOCATION:{_text(where)}", f"DESCRIPTION:{_text(words)}",
        f"URL:{url}", "BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(summary)}",
        "TRIGGER:-PT1H", "END:VALARM", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(_folded(line) + "\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    return words.translate(_ESCAPED)


def _folded(line: str) -> str:
    """Never in the middle of a character, of which a Chinese one has three octets."""
    rows, row = [], ""
    for sign in line:
        if len((row + sign).encode()) > FOLD:
            rows.append(row)
            row = " "
        row += sign
    return "\r\n".join([*rows, row])
