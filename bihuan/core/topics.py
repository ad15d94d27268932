"""What its readers may keep to the app, named as the handbook names it (2.4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Topic:
    """Notices that their readers may keep to the app; what has no topic always goes further."""

    id: str
    zh: str
    en: str
    says: str
    says_en: str
    audience: Literal["customer", "merchant", "staff"]
    clause: str
    default_not_handbook: bool = False
