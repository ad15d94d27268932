"""What a special report says: its parts, as they are kept, and how long each may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

#: The parts in words, in the order of the paper.
WORDED = ("summary", "cause", "responsibility", "losses", "similar", "prevention")
LEAST, MOST = 10, 4000  # characters of a part in words, once it is submitted
WHAT_MOST = 300
REMARKS_LEAST = 5
MEASURES_MOST = 6  # that the form has room for
PEOPLE_MOST = 100_000_000
FEN_MOST = 10**13  # 1000 亿元


@dataclass(frozen=True, slots=True)
class Measure:
    """What will be done, by whom, by which day."""

    what: str
    owner_id: int
    due_on: date


@dataclass(frozen=True, slots=True)
class Parts:
    """A report as its author gave it. `people` affected and `loss_fen` are None until known."""

    summary: str = ""
    cause: str = ""
    responsibility: str = ""
    losses: str = ""
    similar: str = ""
    prevention: str = ""
    people: int | None = None
    loss_fen: int | None = None
    measures: tuple[Measure, ...] = ()

    @property
    def kept(self) -> dict[str, Any]:
        """In the canonical form of the log: plain words and whole numbers."""
        plain = asdict(self)
        plain["measures"] = [
            {"what": one.what, "owner": one.owner_id, "due_on": one.due_on.isoformat()}
            for one in self.measures
        ]
        return plain


def read(kept: Mapping[str, Any]) -> Parts:
    """What `Parts.kept` made."""
    measures = tuple(
        Measure(one["what"], one["owner"], date.fromisoformat(one["due_on"]))
        for one in kept["measures"]
    )
    return Parts(**{**kept, "measures": measures})
