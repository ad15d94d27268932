"""Every no the house can say, each with a code and, where there is one, a clause."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """A no that the person may see. The words are in web/messages.py, by code."""

    def __init__(self, clause: str = "", **facts: object) -> None:
        super().__init__(self.code(), clause, facts)
        self.clause, self.facts = clause, facts

    @classmethod
    def code(cls) -> str:
        return "".join("_" + c.lower() if c.isupper() else c for c in cls.__name__).lstrip("_")


class NotFound(Refusal):
    """No such thing, as far as this actor may know: unknown and forbidden look the same."""


class NotSignedIn(Refusal):
    """Nobody has said who they are."""


class Unsigned(Refusal):
    """A message that nobody who knows the secret has signed, or not now."""


class NotPermitted(Refusal):
    """The state allows it, but not to this actor."""


class OwnReport(NotPermitted):
    """Whoever wrote a report does not review or sign it (2.2.4)."""


class NotIndependent(NotPermitted):
    """Whoever had to do with a matter does not look at it anew (3.2). Facts: ties."""


class OwnIdentity(NotPermitted):
    """Nobody checks their own identity (1.2)."""


class NotPossible(Refusal):
    """The thing is not in a state that allows this. Facts: state, action, possible."""


class NotReady(Refusal):
    """The step is right, but something it needs is missing. Facts: missing."""


class Stale(Refusal):
    """Somebody changed the row since it was read. Facts: version, state."""


class AlreadyGathered(Refusal):
    """A case belongs to one open incident at most (2.2.3). Facts: incident."""


class AlreadyAppealed(Refusal):
    """One appeal at a time is open about a case (3.2). Facts: appeal."""


class OutOfTime(Refusal):
    """The time in which something may be asked for is over. Facts: until."""


class Conflict(Refusal):
    """The same key was used for something else."""


class OutOfPlace(Conflict):
    """A part of a file that does not go on where what has come ends. Facts: offset."""


class Gone(Refusal):
    """It was there, and its time is over."""


class Damaged(Refusal):
    """What came is not what was sent: its checksum differs."""


class TooMany(Refusal):
    """Too often in too short a time. Facts: retry_after (seconds)."""


class Unreachable(Refusal):
    """There is no way left to reach this person on the channel asked for."""


class Invalid(Refusal):
    """What was given cannot be taken as it is. `fields` names each field and why."""

    def __init__(self, fields: Mapping[str, str], clause: str = "", **facts: object) -> None:
        super().__init__(clause, fields=dict(fields), **facts)
        self.fields: dict[str, str] = dict(fields)
