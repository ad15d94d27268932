"""`bihuan user create`: a member of staff, and the one-time link they first sign in with."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bihuan.cli.connect import django_ready
from bihuan.core.refusals import Conflict, Invalid

FAILED, BAD_INPUT = 1, 2
EXAMPLE = """example:
  bihuan user create 陈主管 --role supervisor --department customer_service --username chen
"""


def run(argv: Sequence[str]) -> int:
    """Create a user and print the link; 2 for a name, role or department that cannot be."""
    parser = argparse.ArgumentParser(
        prog="bihuan user",
        description="Create a member of staff; prints a sign-in link, good once and for 24 hours.",
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
    try:
        given = parser.parse_args(argv)
    except SystemExit as stopped:  # argparse has already said why
        return int(stopped.code or 0)
    django_ready()
    return _create(given, datetime.now(UTC))


def _create(given: argparse.Namespace, at: datetime) -> int:
    from django.conf import settings

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
        for field, code in refusal.fields.items():
            print(f"bihuan user: {field}: {code}", file=sys.stderr)
        allowed = refusal.facts.get("allowed")
        if isinstance(allowed, list | tuple):
            print("allowed: " + ", ".join(str(one) for one in allowed), file=sys.stderr)
        return BAD_INPUT
    except Conflict as refusal:
        taken = refusal.facts.get("username")
        print(f"bihuan user: the user name {taken!r} is taken", file=sys.stderr)
        return FAILED
    link = f"{settings.BASE_URL}/staff/start/{commands.start_link(staff=staff, at=at)}/"
    if given.json:
        facts = {"id": staff.id, "username": staff.user.get_username(), "link": link}
        print(json.dumps(facts, ensure_ascii=False))
    else:
        print(f"{staff.name}（{staff.user.get_username()}）\n{link}")
    return 0
