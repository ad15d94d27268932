"""Who writes by WeChat: somebody of that name alone, until they say which account is theirs."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.accounts.commands.people import own
from bihuan.accounts.commands.recognising import index_of, insert, sealed
from bihuan.accounts.models import Person
from bihuan.accounts.queries.people import by_openid
from bihuan.accounts.rules import Contact, plain_openid
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound, NotPossible
from bihuan.events import log

CLAUSE = "1.2"
WAY = "wechat"
_LOCK = 2**40  # locks of names stand below every id, which is a time


def person_on_wechat(*, openid: str, at: datetime) -> int:
    """登记微信用户：whose openid this is, a newcomer known by nothing else where it is nobody's.

    The caller has proved that WeChat says so. Invalid for what is no openid.
    """
    known = plain_openid(openid)
    with transaction.atomic():
        index = index_of(WAY, known) or b""
        log.hold({int.from_bytes(index[:8]) % _LOCK})  # two messages of a newcomer are one person
        if found := by_openid(known):
            return found
        made = insert(Contact(), (), at=at)
        if made is None:  # nothing of a newcomer can be taken already
            raise NotFound()
        Person.objects.filter(id=made).update(
            wechat=sealed(made, WAY, known), wechat_index=index, tell_by=WAY
        )
        return made


@transaction.atomic
def bind_wechat(*, openid: str, person_id: int, by: Actor, at: datetime) -> int:
    """绑定微信：from now on who writes under this openid is this person, who is told there too.

    Whoever wrote under it before keeps it for what is still open, and is found by it no more.
    That person's id, 0 where there was nobody; NotPossible where it is another's account.
    """
    known, person = plain_openid(openid), own(person_id, by)
    before = Person.objects.select_for_update().filter(wechat_index=index_of(WAY, known)).first()
    if before is not None and before.id == person.id:
        return 0
    if before is not None and (before.account or before.phone or before.email):
        raise NotPossible(CLAUSE, state="bound", action="bind_wechat", possible=[])
    if before is not None:
        before.wechat_index = None
        before.save(update_fields=["wechat_index"])
    person.wechat, person.wechat_index = sealed(person.id, WAY, known), index_of(WAY, known)
    person.wechat_left_at = None
    person.save(update_fields=["wechat", "wechat_index", "wechat_left_at"])
    log.append(
        "person.wechat_bound", stream=person_id, person=person_id, clause=CLAUSE, by=by, at=at
    )
    return before.id if before else 0


@transaction.atomic
def unbind_wechat(*, person_id: int, back_to: int = 0, by: Actor, at: datetime) -> None:
    """解除绑定：nothing of this person goes to WeChat any more. NotFound where nothing is bound.

    `back_to`: who had written under that openid before, and is found by it again.
    """
    person = own(person_id, by)
    if person.wechat_index is None or not (person.account or person.phone or person.email):
        raise NotFound()
    index, person.wechat, person.wechat_index = bytes(person.wechat_index), None, None
    if person.tell_by == WAY:
        person.tell_by = "email" if person.email else "sms" if person.phone else "inbox"
    person.save(update_fields=["wechat", "wechat_index", "tell_by"])
    nobody = Person.objects.filter(id=back_to, erased_at=None, wechat_index=None)
    nobody.exclude(wechat=None).update(wechat_index=index)
    log.append(
        "person.wechat_unbound", stream=person_id, person=person_id, clause=CLAUSE, by=by, at=at
    )


@transaction.atomic
def wechat_left(*, person_id: int, gone: bool, by: Actor, at: datetime) -> None:
    """取消关注、重新关注：whether the account may write to this person at all."""
    rows = Person.objects.filter(id=person_id, erased_at=None, wechat_left_at__isnull=gone)
    if not rows.exclude(wechat=None).update(wechat_left_at=at if gone else None):
        return
    log.append(
        "person.wechat_left" if gone else "person.wechat_back",
        stream=person_id, person=person_id, clause="2.4.1", by=by, at=at,
    )  # fmt: skip
