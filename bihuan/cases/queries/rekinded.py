"""The change of kind that waits for a second person (2.1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bihuan.cases.models import Case, KindChange


def kind_change(case: Case) -> KindChange | None:
    """What somebody asked for and nobody has agreed to yet."""
    return KindChange.objects.filter(case_id=case.id, ended_at=None).first()


def kind_meant(said: Mapping[str, Any], case: Case) -> str:
    """The kind an event is about, which the case may not be, or no longer."""
    return str((said.get("asked") or said.get("after") or {}).get("kind", case.kind))
