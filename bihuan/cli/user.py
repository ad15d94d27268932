"""`bihuan user`: take in a member of staff, or give one who forgot the password a new link."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bihuan.cli.connect import commanded
from bihuan.core.refusals import Conflict, Invalid, NotFound

FAILED, BAD_INPUT = 1, 2
EXAMPLE = """example:
  bihuan user create 陈主管 --role supervisor --department customer_service --username chen
  bihuan user link chen
"""


def run(argv: Sequence[str]) -> int:
    """Do it and print the link; 1 for somebody who is not there or there already, 2 bad input."""
    parser = argparse.ArgumentParser(
        prog="bihuan user",
        description="Create a member of staff, or give one a new link to choose a password with. "
        "The link is good once and for 24 hours; until it is used, an old password stays good.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    create = actions.add_parser("create", epilog=EXAMPLE)
    create.add_argument("name", help="as colleagues and customers see it")
    create.add_argument("--role", action="append", required=True, help="one or more times")
    create.add_argument("--department", default="", help="code of a department")
    create.add_argument("--username", default="", help="to sign in with; the name when absent")
    create.add_argument("--email", default="", help="where notices for staff go")
    create.add_argument("--json", action="store_true", help="print the result as JSON")
    link = actions.add_parser("link", epilog=EXAMPLE)
    link.add_argument("name", help="the user name, or the name colleagues see")
    link.add_argument("--json", action="store_true", help="print the result as JSON")
    for action in (create, link):
        action.formatter_class = argparse.RawDescriptionHelpFormatter
    given = parser.parse_args(argv)
    act = {"create": _create, "link": _link}[given.action]
    return commanded("user", lambda: act(given, datetime.now(UTC)))


def _create(given: argparse.Namespace, at: datetime) -> int:
    from bihuan.accounts import commands
    from bihuan.core.actors import SYSTEM

    try:
        staff = commands.create_staff(
            name=given.name,
            roles=given.role,
            department=given.department,
            username=given.username,
            email=given.email,
            by=SYSTEM,
            at=at,
        )
    except Invalid as refusal:
        return invalid("bihuan user", refusal)
    except Conflict as refusal:
        taken = refusal.facts.get("username")
        print(f"bihuan user: the user name {taken!r} is taken", file=sys.stderr)
        return FAILED
    return _print(given, staff, commands.start_link(staff=staff, at=at))


def _link(given: argparse.Namespace, at: datetime) -> int:
    from bihuan.accounts import commands
    from bihuan.core.actors import SYSTEM

    staff = called("bihuan user", given.name)
    if staff is None:
        return FAILED
    try:
        token = commands.give_link(staff=staff, by=SYSTEM, at=at)
    except NotFound:
        print(f"bihuan user: {given.name!r} has left", file=sys.stderr)
        return FAILED
    return _print(given, staff, token)


def invalid(command: str, refusal: Invalid) -> int:
    """Say on stderr what is wrong with which word."""
    for field, code in refusal.fields.items():
        print(f"{command}: {field}: {code}", file=sys.stderr)
    allowed = refusal.facts.get("allowed")
    if isinstance(allowed, list | tuple):
        print("allowed: " + ", ".join(str(one) for one in allowed), file=sys.stderr)
    return BAD_INPUT


def called(command: str, name: str) -> Any | None:
    """The one member of staff who is called so; None after saying on stderr why there is none."""
    from bihuan.accounts import queries

    found = queries.called(name)
    if len(found) == 1:
        return found[0]
    why = f"nobody is called {name!r}"
    if found:
        names = ", ".join(one.user.get_username() for one in found)
        why = f"several are called {name!r}; give one of their user names: {names}"
    print(f"{command}: {why}", file=sys.stderr)
    return None


def _print(given: argparse.Namespace, staff: Any, token: str) -> int:
    from django.conf import settings

    link = f"{settings.BASE_URL}/staff/start/{token}/"
    if given.json:
        facts = {"id": staff.id, "username": staff.user.get_username(), "link": link}
        print(json.dumps(facts, ensure_ascii=False))
    else:
        print(f"{staff.name}（{staff.user.get_username()}）\n{link}")
    return 0
