"""Files that were kept for drafts, wherever they are now."""

from __future__ import annotations

from collections.abc import Iterable

from bihuan.cases.models import File


def files_of_drafts(draft_ids: Iterable[int]) -> dict[int, list[File]]:
    """The files that were kept for these drafts, also once they are evidence of a case.

    For whoever holds the drafts: what is said in a chat has its files so.
    """
    found: dict[int, list[File]] = {}
    asked = set(draft_ids)
    for row in File.objects.filter(draft_id__in=asked).order_by("id") if asked else ():
        found.setdefault(row.draft_id, []).append(row)
    return found
