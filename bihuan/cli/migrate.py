"""`bihuan migrate`: bring the tables to this version, before its parts are started."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import psycopg

from bihuan.cli import prepare
from bihuan.store import marks, postgres


def run(argv: Sequence[str]) -> int:
    """As the owning role (BIHUAN_OWNER_URL); 1 when no database answers or a step failed."""
    parser = argparse.ArgumentParser(
        prog="bihuan migrate",
        description="Bring the tables to the state of this version; harmless when they are. "
        "`bihuan up` does it by itself.",
        epilog="example: BIHUAN_OWNER_URL=postgresql://owner@db/bihuan "
        "DATABASE_URL=postgresql://app@db/bihuan bihuan migrate",
    )
    parser.parse_args(argv)
    urls = postgres.urls_from_environment()
    if urls is None:
        print(
            f"bihuan migrate: {postgres.NotRunning(postgres.default_home())}, or set DATABASE_URL",
            file=sys.stderr,
        )
        return 1
    try:
        changed = prepare.migrate(urls)
    except (prepare.Failed, marks.OtherHouse, OSError, psycopg.Error) as fault:
        print(f"bihuan migrate: {' '.join(str(fault).split())}", file=sys.stderr)
        return 1
    print("数据库已更新。" if changed else "数据库已是最新。")
    return 0
