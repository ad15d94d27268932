"""Put tags on a case and take them off (2.1.2)."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from django.db import transaction

from bihuan.cases import queries
from bihuan.cases.commands.steps import begin, say
from bihuan.cases.models import Case, CaseTag, Tag
from bihuan.core import inputs, personal
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid
from bihuan.store.blocks import new_id

NAME_MOST, CASE_MOST = 20, 10
_BETWEEN = re.compile(r"[\s,，、;；]+")


@transaction.atomic
def tag(
    *,
    number: str,
    add: str = "",
    remove: str = "",
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """标签：some put on, some taken off; what is as wished already changes nothing."""
    case, step = begin(number, "tag", by, expected_version)
    wanted, gone = named(add, field="add"), named(remove, field="remove")
    if not wanted and not gone:
        raise Invalid({"add": "missing"}, step.clause)
    there = {row.name: row.id for row in queries.tags([case.id]).get(case.id, ())}
    new = [name for name in wanted if name not in there]
    old = [name for name in gone if name in there and name not in wanted]
    if len(there) + len(new) - len(old) > CASE_MOST:
        raise Invalid({"add": "too_many_tags"}, step.clause, limit=CASE_MOST)
    if not new and not old:
        return case
    added = _ids(new, at)
    removed = [there[name] for name in old]
    CaseTag.objects.bulk_create([CaseTag(case_id=case.id, tag_id=id) for id in added])
    CaseTag.objects.filter(case_id=case.id, tag_id__in=removed).delete()
    return say(case, step, by, at, tags=added, untagged=removed)


def named(given: object, *, field: str, most: int = CASE_MOST) -> list[str]:
    """The names in a line, each as everybody writes it: full width, case and a # do not count.

    Invalid for one that is too long or holds somebody's number: a tag is read in every list.
    """
    line = inputs.words(given, field=field, most=400, lines=False)
    parts = _BETWEEN.split(unicodedata.normalize("NFKC", line).casefold())
    names = list(dict.fromkeys(part for part in (p.strip("#") for p in parts) if part))
    if any(len(name) > NAME_MOST for name in names):
        longest = max(len(name) for name in names)
        raise Invalid({field: "too_long"}, limit=NAME_MOST, length=longest)
    if any(personal.find(name) for name in names):
        raise Invalid({field: "personal_number"})
    if len(names) > most:
        raise Invalid({field: "too_many_tags"}, limit=most)
    return names


def _ids(names: list[str], at: datetime) -> list[int]:
    """The tags of these names, made where there are none: two at once make one."""
    rows = [Tag(id=new_id(at), name=name) for name in names]
    Tag.objects.bulk_create(rows, ignore_conflicts=True)
    known = dict(Tag.objects.filter(name__in=names).values_list("name", "id"))
    return [known[name] for name in names]
