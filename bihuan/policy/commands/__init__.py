"""The only way to change which text and which calendar are in force (chapter 8, 2.3.1)."""

from __future__ import annotations

from bihuan.policy.commands.calendar import (
    KEEPERS,
    MOST,
    approve_year,
    drop_year,
    propose_year,
    recounted,
)
from bihuan.policy.commands.versions import activate, activate_first

__all__ = [
    "KEEPERS",
    "MOST",
    "activate",
    "activate_first",
    "approve_year",
    "drop_year",
    "propose_year",
    "recounted",
]
