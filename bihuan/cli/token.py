"""`bihuan token`: give a program a way in to the API as a member of staff, and take it back."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bihuan.cli.connect import commanded
from bihuan.cli.user import BAD_INPUT, FAILED, called, invalid
from bihuan.core.refusals import Invalid, NotFound

EXAMPLE = """example:
  bihuan token create chen --for "order system" --days 365
  bihuan token list chen
  bihuan token revoke 4503599627370496
"""


def run(argv: Sequence[str]) -> int:
    """Do it; 1 for somebody or a token that is not there, 2 bad input."""
    parser = argparse.ArgumentParser(
        prog="bihuan token",
        description="Give a program a token for the API. It acts as the member of staff it is "
        "made for, is shown once and kept as a hash only.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    create = actions.add_parser("create", help="make one and print it, this once")
    create.add_argument("name", help="the user name, or the name colleagues see")
    create.add_argument("--for", dest="purpose", required=True, help="what program it is for")
    create.add_argument("--read-only", action="store_true", help="it may read and write nothing")
    create.add_argument(
        "--webhooks", action="store_true", help="it may manage webhooks too, for an administrator"
    )
    create.add_argument("--days", type=int, default=0, help="how long it is good; 0: until revoked")
    listing = actions.add_parser("list", help="tokens of a member of staff that are good")
    listing.add_argument("name", help="the user name, or the name colleagues see")
    revoke = actions.add_parser("revoke", help="from now on it opens nothing")
    revoke.add_argument("id", type=int, help="as `list` prints it")
    for action in (create, listing, revoke):
        action.add_argument("--json", action="store_true", help="print the result as JSON")
        action.epilog, action.formatter_class = EXAMPLE, argparse.RawDescriptionHelpFormatter
    given = parser.parse_args(argv)
    act = {"create": _create, "list": _list, "revoke": _revoke}[given.action]
    return commanded("token", lambda: act(given, datetime.now(UTC)))


def _create(given: argparse.Namespace, at: datetime) -> int:
    from bihuan.accounts import commands
    from bihuan.core.actors import SYSTEM

    staff = called("bihuan token", given.name)
    if staff is None:
        return FAILED
    try:
        until = at + timedelta(days=given.days) if given.days else None
    except OverflowError:
        print("bihuan token: --days: no calendar reaches that far", file=sys.stderr)
        return BAD_INPUT
    try:
        made = commands.create_token(
            name=given.purpose,
            staff_id=staff.id,
            scopes=_scopes(given),
            expires_at=until,
            by=SYSTEM,
            at=at,
        )
    except Invalid as refusal:
        return invalid("bihuan token", refusal)
    except NotFound:
        print(f"bihuan token: {given.name!r} has left", file=sys.stderr)
        return FAILED
    if given.json:
        print(json.dumps(_facts(made.token) | {"token": made.bearer}, ensure_ascii=False))
    else:
        print(f"{_line(made.token)}\n{made.bearer}")
    return 0


def _scopes(given: argparse.Namespace) -> list[str]:
    ordinary = ["read"] if given.read_only else ["read", "write"]
    return [*ordinary, "webhooks"] if given.webhooks else ordinary


def _list(given: argparse.Namespace, at: datetime) -> int:
    from bihuan.accounts import queries

    staff = called("bihuan token", given.name)
    if staff is None:
        return FAILED
    good = [t for t in queries.tokens_of(staff.id) if t.expires_at is None or t.expires_at > at]
    if given.json:
        print(json.dumps([_facts(token) for token in good], ensure_ascii=False))
    else:
        for token in good:
            print(_line(token))
    return 0


def _revoke(given: argparse.Namespace, at: datetime) -> int:
    from bihuan.accounts import commands
    from bihuan.core.actors import SYSTEM

    try:
        gone = commands.revoke_token(token_id=given.id, by=SYSTEM, at=at)
    except NotFound:
        print(f"bihuan token: there is no token {given.id}", file=sys.stderr)
        return FAILED
    print(json.dumps(_facts(gone), ensure_ascii=False) if given.json else _line(gone))
    return 0


def _facts(token: Any) -> dict[str, object]:
    until = token.expires_at.isoformat() if token.expires_at else None
    return {"id": token.id, "for": token.name, "scopes": token.scopes, "expires_at": until}


def _line(token: Any) -> str:
    until = f"{token.expires_at:%Y-%m-%d}" if token.expires_at else "-"
    return f"{token.id}  {token.name}  {'+'.join(token.scopes)}  {until}"
