"""What the application's database role may do: rows, never tables; and no change to a log."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

_FUTURE = """
GRANT USAGE ON SCHEMA public TO {app};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
"""
_APPEND_ONLY = """
DO $$
DECLARE other name;
BEGIN
    FOR other IN
        SELECT DISTINCT pg_get_userbyid(grant_.grantee)
        FROM pg_class, aclexplode(relacl) AS grant_
        WHERE pg_class.oid = '{table}'::regclass
            AND grant_.grantee NOT IN (0, pg_class.relowner)
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM %I', other);
    END LOOP;
END $$;
"""


def open_to(owner: psycopg.Connection[Any], app: str) -> None:
    """Let the role `app` read and write the rows of every table the owner makes from now on.

    Run by the owner, in the database, before it migrates; harmless when run again. A table that
    allows less takes it back in its own migration (append_only).
    """
    role = sql.Identifier(app)
    for statement in _FUTURE.strip().split(";\n"):
        owner.execute(sql.SQL(statement.rstrip(";")).format(app=role))


def append_only(table: str) -> str:
    """SQL for a migration: from now on only the owner may change or delete rows of `table`."""
    return _APPEND_ONLY.format(table=table)
