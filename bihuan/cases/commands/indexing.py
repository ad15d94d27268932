"""Keep the index of words as the rows are: made anew from them, a batch in one statement."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from bihuan.cases.likeness import fingerprint
from bihuan.cases.models import Case, Entry
from bihuan.core import lexemes
from bihuan.core.clocks import SHANGHAI
from bihuan.store import statements

_WRITE = """
INSERT INTO cases_searchtext (case_id, received_at, tokens, words)
SELECT case_id, received_at, tokens::tsvector, words
FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::bigint[])
    AS made (case_id, received_at, tokens, words)
ORDER BY case_id
ON CONFLICT (case_id) DO
"""
_ANEW = (
    f"{_WRITE} UPDATE SET received_at = excluded.received_at, tokens = excluded.tokens, "
    "words = excluded.words"
)
# what a subscriber has just written is newer than what was read before
_MISSING = f"{_WRITE} NOTHING"


@transaction.atomic
def index_words(*, case_ids: Collection[int], missing: bool = False) -> int:
    """建立检索：the lexemes of these cases, of what their rows say now; how many.

    With `missing`, those that are in the index stay as they are.
    """
    cases = list(Case.objects.filter(id__in=case_ids).order_by("id"))
    said: dict[int, list[str]] = {case.id: [case.subject, case.wish] for case in cases}
    for case_id, text in (
        Entry.objects.filter(case_id__in=list(said)).order_by("id").values_list("case_id", "text")
    ):
        said[case_id].append(text)
    made = [_tokens(case, said[case.id]) for case in cases]
    if cases:
        first = [fingerprint(said[case.id][2]) if len(said[case.id]) > 2 else 0 for case in cases]
        values = [[case.id for case in cases], [case.received_at for case in cases], made, first]
        statements.run(_MISSING if missing else _ANEW, values)
    return len(cases)


def _tokens(case: Case, said: list[str]) -> str:
    shops = [lexemes.shop(case.merchant_id)] if case.merchant_id else []
    return lexemes.kept(said, case.received_at.astimezone(SHANGHAI).date(), *shops)
