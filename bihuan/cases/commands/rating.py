"""What the person thinks of the handling: asked for with the result, kept in the log (1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from bihuan.cases import queries
from bihuan.cases.commands.steps import begin, say
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import Case
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPossible


@transaction.atomic
def rate(
    *,
    number: str,
    scores: Mapping[str, int],
    text: str = "",
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """评价：one to five for each question of the handbook's survey, once a round (1.4).

    Invalid `scores`: a question is missing, or is none of the survey's.
    """
    case, step = begin(number, "rate", by, expected_version)
    if queries.rating(case) is not None:
        raise NotPossible(step.clause, state=case.state, action="rate", possible=[])
    survey = queries.survey(case)
    asked = {question.id: question for question in survey.questions}
    if scores.keys() != asked.keys():
        raise Invalid({"scores": "missing" if asked.keys() - scores.keys() else "not_known"})
    given = "；".join(f"{asked[id].zh} {score} 分" for id, score in scores.items())
    said = speak(case, f"{given}\n{text}".strip(), kind="rating", by=by, at=at)
    return say(case, step, by, at, survey=survey.id, scores=dict(scores), **said)
