"""`bihuan keys rewrap`: the step of a key rotation after which the old key may be forgotten."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from bihuan.cli import connect


def run(argv: Sequence[str]) -> int:
    """0 and how many keys were wrapped anew; 1 when one of them needs a key that is not given."""
    parser = argparse.ArgumentParser(
        prog="bihuan keys",
        description="Wrap the key of every person, and the house key of this home, with the first "
        "key of BIHUAN_KEK. Harmless when they are; it may be interrupted and run again.",
        epilog="example: BIHUAN_KEK=NEW,OLD bihuan keys rewrap",
    )
    parser.add_argument("what", choices=["rewrap"])
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    given = parser.parse_args(argv)
    return connect.commanded("keys", lambda: _rewrap(given))


def _rewrap(given: argparse.Namespace) -> int:
    from bihuan.store import secrets
    from bihuan.store.vault import Tampered

    try:
        changed = secrets.rewrap()
    except Tampered as fault:
        print(f"bihuan keys: a person's key is {fault}; give it too", file=sys.stderr)
        return 1
    print(json.dumps({"rewrapped": changed}) if given.json else f"已重新包裹 {changed} 把密钥。")
    return 0
