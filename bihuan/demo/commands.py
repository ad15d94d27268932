"""Load the demo into an empty database: the handbook, the people, ninety days of cases."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from bihuan.cases import queries
from bihuan.complaints import tasks as complaints
from bihuan.core.actors import SYSTEM
from bihuan.demo import views
from bihuan.demo.appeals import appeal_some
from bihuan.demo.calls import take_calls
from bihuan.demo.cast import KEYS, Key, assemble, password
from bihuan.demo.channels import open_the_ways, publish
from bihuan.demo.committee import convene
from bihuan.demo.counter import open_the_counters
from bihuan.demo.incident import gather_incident
from bihuan.demo.morning import take_in
from bihuan.demo.parties import ask_around
from bihuan.demo.planning import plan_the_team
from bihuan.demo.plans import plans
from bihuan.demo.refunds import open_the_shop
from bihuan.demo.replies import write_replies
from bihuan.demo.stage import Stage
from bihuan.demo.talks import hold_talks
from bihuan.events import relay
from bihuan.policy import commands as policy
from bihuan.store import marks


class NotEmpty(Exception):
    """The database holds cases already; a demo among real ones could not be told apart."""


class HalfLoaded(NotEmpty):
    """What the database holds is a demo that was interrupted."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody of the demo signs in, and where; `url` is a path."""

    role: str
    name: str
    how: str
    url: str


def load(
    *,
    seed: int = 2025,
    cases: int = 600,
    at: datetime,
    progress: Callable[[float], None] | None = None,
) -> list[SignIn]:
    """Fill an empty database with `cases` cases of the ninety days before `at` (aware).

    The same seed, number and moment tell the same cases. NotEmpty when there is one already,
    HalfLoaded when an earlier call did not end. `progress` hears how much is done, from 0 to 1.
    """
    _begin()
    told = plans(seed=seed, cases=cases, at=at.replace(microsecond=0))
    before = told[0].at - timedelta(days=1)
    with _unhurried_disk(), _one_processor():
        with transaction.atomic():
            policy.activate_first(by=SYSTEM, at=before)
            cast = assemble(seed=seed, at=before)
            views.save(cast, before)
            write_replies(cast, before)
            publish(cast, before)
        Stage(seed, cast, at).play(told, progress)
        hold_talks(cast, seed, at)
        take_in(cast, at)
        open_the_shop(cast, at)
        gather_incident(cast, at)
        convene(cast, at)
        plan_the_team(cast, at)
        ask_around(cast, at)
        appeal_some(cast, at)
        take_calls(cast, at)
        open_the_counters(cast, seed, at)
        open_the_ways(cast, at)
        relay.drain(at)
        complaints.reckon(at)
    with connection.cursor() as cursor:
        marks.remove(cursor, marks.DEMO_BEGUN)
    return sign_ins(seed)


def _begin() -> None:
    """Mark the database as half a demo, once it was found empty."""
    with transaction.atomic(), connection.cursor() as cursor:
        if marks.read(cursor, marks.DEMO_BEGUN):
            raise HalfLoaded
        if queries.visible(SYSTEM).exists():
            raise NotEmpty
        marks.put(cursor, marks.DEMO_BEGUN, "true")


@contextmanager
def _unhurried_disk() -> Iterator[None]:
    """A demo lost with the power is loaded again: no step of it waits for the disk."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")


@contextmanager
def _one_processor() -> Iterator[None]:
    """We and a server on this machine work in turn: on one processor neither waits for the other
    to be woken (42 s instead of 53). Where that is not allowed or not known, nothing changes.
    """
    if not hasattr(os, "sched_setaffinity") or not connection.settings_dict["HOST"].startswith("/"):
        yield
        return
    ours = os.sched_getaffinity(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        both = [0, cursor.fetchone()[0]]
    _keep_to({max(ours)}, both)
    try:
        yield
    finally:
        _keep_to(ours, both)


def _keep_to(processors: set[int], pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(OSError):
            os.sched_setaffinity(pid, processors)


def sign_ins(seed: int) -> list[SignIn]:
    """The table of sign-ins, which is the same every time."""
    return [_sign_in(key, password(seed)) for key in KEYS]


def _sign_in(key: Key, secret: str) -> SignIn:
    if key.staff:
        return SignIn(key.role, key.name, f"{key.login} / {secret}", "/staff/login/")
    how = f"{key.login}，验证码见 /mailbox/"
    return SignIn(key.role, key.name, how, "/signin/")
