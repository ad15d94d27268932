"""A WeChat user says which account is theirs, with a code that only its owner was shown (1.2)."""

from __future__ import annotations

import secrets as random
from datetime import datetime, timedelta

from django.db import transaction

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import NotFound, NotPossible
from bihuan.wechat import queries
from bihuan.wechat.models import BindCode, Follower
from bihuan.wechat.rules.said import CODE_DIGITS, Said

LIFE = timedelta(minutes=10)
#: Eight digits, and so many wrong ones an hour: of a thousand codes that are good at one time,
#: somebody who guesses finds one in twenty thousand tries.
WRONG_MOST, WRONG_WITHIN = 5, timedelta(hours=1)


@transaction.atomic
def new_code(*, by: Actor, at: datetime) -> str:
    """绑定码：for the customer `by`, good for ten minutes; the ones before are over. NotFound."""
    if not people.is_person(by.id):
        raise NotFound()
    BindCode.objects.filter(person_id=by.id).delete()
    while True:
        code = f"{random.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        made = BindCode(digest=queries.code_digest(code), person_id=by.id, expires_at=at + LIFE)
        BindCode.objects.filter(digest=made.digest, expires_at__lte=at).delete()
        if not BindCode.objects.filter(digest=made.digest).exists():
            made.save(force_insert=True)
            return code


def bind(follower: Follower, said: Said, at: datetime) -> str:
    """What came of a code that somebody wrote: bound, wrong_code, too_often, other_account."""
    if follower.wrong_since is not None and at - follower.wrong_since >= WRONG_WITHIN:
        follower.wrong_codes, follower.wrong_since = 0, None
    if follower.wrong_codes >= WRONG_MOST:
        return "too_often"
    person = queries.code_of(said.code, at)
    if not person:
        follower.wrong_codes += 1
        follower.wrong_since = follower.wrong_since or at
        return "wrong_code"
    try:
        before = accounts.bind_wechat(openid=said.openid, person_id=person, by=SYSTEM, at=at)
    except NotPossible:
        return "other_account"
    except NotFound:  # erased since
        return "wrong_code"
    BindCode.objects.filter(digest=queries.code_digest(said.code)).delete()
    follower.before_id = before or follower.before_id
    follower.wrong_codes, follower.wrong_since = 0, None
    return "bound"


@transaction.atomic
def unbind(*, by: Actor, at: datetime) -> None:
    """解除绑定：the way back. NotFound where nothing is bound.

    Whoever had written there before has the openid again, with what is still open of theirs.
    """
    openid = people.openid_of(by.id)
    before = queries.before(openid) if openid else 0
    accounts.unbind_wechat(person_id=by.id, back_to=before, by=by, at=at)
    if openid:
        Follower.objects.filter(index=queries.index_of(openid)).update(before_id=0)
