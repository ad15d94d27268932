"""`bihuan receive email`: hand in one mail, by the same way that SMTP and IMAP take."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Sequence

from bihuan.cli import connect

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and comes again
EXAMPLE = """example:
  bihuan receive email < complaint.eml
in a mail server's pipe, which must try again when the database is away:
  bihuan receive email --mta --from "$SENDER" --to "$RECIPIENT"
"""


def run(argv: Sequence[str]) -> int:
    """Keep the mail on stdin and take it; 0 when it was kept, 2 when there was none.

    1 when it could not be kept, with --mta 75.
    """
    parser = argparse.ArgumentParser(
        prog="bihuan receive",
        description="Hand in one mail; prints what became of it as JSON.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("channel", choices=["email"], help="what is handed in")
    parser.add_argument("--json", action="store_true", help="as without: the answer is JSON")
    parser.add_argument("--from", dest="sender", help="envelope sender; empty for a report's")
    parser.add_argument(
        "--to", action="append", default=[], help="envelope recipient; may be given several times"
    )
    parser.add_argument(
        "--mta", action="store_true", help=f"exit {TRY_AGAIN} when it must be tried again"
    )
    given = parser.parse_args(argv)
    try:
        code = connect.commanded("receive", lambda: _receive(given))
    except SystemExit as stopped:
        code = int(stopped.code or 0) if isinstance(stopped.code, int) else 1
    except OSError as fault:  # the disk has no room for it
        print(f"bihuan receive: {fault}", file=sys.stderr)
        code = 1
    except Exception:
        if not given.mta:
            raise
        traceback.print_exc()
        code = 1  # no mail goes back to its sender for a fault of ours
    return TRY_AGAIN if code == 1 and given.mta else code


def _receive(given: argparse.Namespace) -> int:
    from django.conf import settings

    from bihuan.mail import commands, queries
    from bihuan.mail.reader import Reader
    from bihuan.web.door import now

    raw = sys.stdin.buffer.read(settings.MAIL_MAX + 1)
    if not raw:
        print("bihuan receive: there is no mail on stdin", file=sys.stderr)
        return 2
    came = commands.Came(
        raw=raw[: settings.MAIL_MAX],
        via="pipe",
        recipients=tuple(given.to),
        sender=given.sender,
        cut=len(raw) > settings.MAIL_MAX,
    )
    row = commands.keep([came], at=now())[0]
    with Reader() as reader:
        for leased in commands.lease(now(), mail_id=row.id):
            row = commands.take(leased, reader, at=now())
    row.refresh_from_db()
    outcome = {"joined": "appended"}.get(row.state, row.state)
    said = {
        "outcome": outcome, "case": queries.number_of(row) or None, "entry": row.entry_id or None,
        "reason": row.reason or None,
    }  # fmt: skip
    print(json.dumps(said, ensure_ascii=False))
    return 0
