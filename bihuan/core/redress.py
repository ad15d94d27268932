"""What somebody may object to a result, and who looks at it anew: as the handbook's data says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a result is appealed against; `about` names what it can be said of.

    result: a result that was told; decline: a case that was not accepted; delay: nothing was
    told by the time that was promised.
    """

    id: str
    zh: str
    en: str
    clause: str
    about: tuple[str, ...]
    help: str = ""
    help_en: str = ""
    default_not_handbook: bool = False


@dataclass(frozen=True, slots=True)
class AppealLevel:
    """An instance of the house: who may decide there; `departments` empty means any."""

    id: int
    zh: str
    en: str
    clause: str
    roles: tuple[str, ...]
    departments: tuple[str, ...] = ()
    default_not_handbook: bool = False
