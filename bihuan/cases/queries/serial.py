"""Claims that look like a series, for supervisors and compliance to judge (L-26)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from bihuan.cases.models import Case, SearchText, SerialMark
from bihuan.cases.queries.rows import visible
from bihuan.cases.serials import Claim, Sign, of_person, of_words, score, weights
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import NotPermitted
from bihuan.orders import queries as orders

JUDGES = frozenset({Role.SUPERVISOR, Role.COMPLIANCE})
_GROUPS, _CASES = 100, 2_000  # looked at, of each sort
Key = tuple[int, int, int]  # person, merchant, fingerprint of words


@dataclass(frozen=True, slots=True)
class Group:
    """One series: of a person (key begins with one), or of the same words against a shop."""

    key: Key
    signs: tuple[Sign, ...]
    cases: Sequence[Case]
    mark: SerialMark | None = None

    @property
    def score(self) -> int:
        return score(self.signs)

    @property
    def rank(self) -> tuple[int, int, int]:
        """Those nobody has judged first, then those to be watched; the highest score first."""
        place = {"": 0, "watch": 1, "not_serial": 2}[self.mark.verdict if self.mark else ""]
        return place, -self.score, -self.cases[0].id


def may_judge(by: Actor) -> bool:
    """Who sees series and says what they are."""
    return bool(by.roles & JUDGES)


def serials(by: Actor, at: datetime) -> list[Group]:
    """All groups of the last days with enough points. NotPermitted for anybody else."""
    if not may_judge(by):
        raise NotPermitted("2.2.3", action="mark_serial")
    since = at - weights().period
    rows = visible(by).filter(
        received_at__gte=since, received_at__lte=at, kind__in=("complaint", "order_problem")
    )
    persons = rows.filter(person_id__gt=0).values("person_id").annotate(many=Count("id"))
    often = persons.filter(many__gte=weights().complaints).order_by("-many", "person_id")
    prints = SearchText.objects.filter(received_at__gte=since, words__gt=0).values("words")
    copied = prints.annotate(many=Count("case_id")).filter(many__gte=weights().people)
    same = SearchText.objects.filter(
        received_at__gte=since,
        words__in=list(copied.order_by("-many").values_list("words", flat=True)[:_GROUPS]),
    )
    said = dict(same.values_list("case_id", "words")[:_CASES])
    ids = list(often.values_list("person_id", flat=True)[:_GROUPS])
    own = list(rows.filter(person_id__in=ids).order_by("-id")[:_CASES])
    theirs = list(rows.filter(id__in=list(said), merchant_id__gt=0).order_by("-id"))
    marks = {
        (mark.person_id, mark.merchant_id, mark.fingerprint): mark
        for mark in SerialMark.objects.all()
    }
    claims = _claims([*own, *theirs])
    found = [
        Group(key, of_person([claims[case.id] for case in cases], weights()), cases, marks.get(key))
        for key, cases in _by(((case.person_id, 0, 0), case) for case in own)
    ]
    found += [
        Group(key, of_words([claims[case.id] for case in cases], weights()), cases, marks.get(key))
        for key, cases in _by(((0, case.merchant_id, said[case.id]), case) for case in theirs)
    ]
    return sorted(
        (group for group in found if group.score >= weights().least), key=lambda group: group.rank
    )


def _by(given: Iterable[tuple[Key, Case]]) -> Iterable[tuple[Key, list[Case]]]:
    groups: dict[Key, list[Case]] = {}
    for key, case in given:
        groups.setdefault(key, []).append(case)
    return groups.items()


def _claims(cases: Sequence[Case]) -> dict[int, Claim]:
    ids = [case.id for case in cases]
    words = dict(SearchText.objects.filter(case_id__in=ids).values_list("case_id", "words"))
    paid = orders.paid({case.order_id for case in cases if case.order_id})
    return {
        case.id: Claim(
            person_id=case.person_id,
            merchant_id=case.merchant_id,
            words=words.get(case.id, 0),
            fen=paid.get(case.order_id, 0),
        )
        for case in cases
    }
