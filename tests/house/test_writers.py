"""Only commands write; the log has one writer, and SQL that writes stands in few places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house import source

WRITES = {
    "save", "create", "bulk_create", "update", "bulk_update", "delete", "get_or_create",
    "update_or_create", "acreate", "asave", "adelete", "aupdate", "abulk_create",
}  # fmt: skip
#: Modules of a room that write, by their first name; and the few others (HOUSE §4).
FACES = {"commands", "deadlines", "replacing"}
#: The demo's shop is another house, with a file of its own.
OTHERS = {"events": {"log", "relay", "delivery", "seals"}, "demo": {"shop"}}
#: Measuring programs write the same rows with bare SQL, to compare the house with.
MEASURED = "bihuan.cli.bench."
SQL = re.compile(
    r"\b(INSERT\s+INTO|UPDATE\s+[a-z_]+\s+SET|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|COPY\s+[a-z_]+)\b"
)


def _may_write(module: source.Module) -> bool:
    room, place = source.parts(module.name)
    first = place.partition(".")[0]
    if module.name.startswith(MEASURED):
        return True
    return room == "store" or first in FACES | OTHERS.get(room, set())


def _writes(module: source.Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in WRITES
            # a queryset is updated by names, a dict or a hash by position
            and not (node.func.attr == "update" and node.args)
        ):
            yield f"{module.place}:{node.lineno} .{node.func.attr}()"
    for text in source.strings(module.tree):
        if SQL.search(str(text.value)):
            yield f"{module.place}:{text.lineno} {str(text.value).strip()[:40]!r}"


def test_only_commands_write() -> None:
    strays = [found for m in source.modules() if not _may_write(m) for found in _writes(m)]

    assert not strays


def test_the_commands_do_write_so_that_the_rule_above_sees_something() -> None:
    writers = {m.name for m in source.modules() if _may_write(m) and any(_writes(m))}

    versions = "bihuan.policy.commands.versions"
    assert {"bihuan.events.log", "bihuan.store.secrets", versions} <= writers


def test_intake_is_the_one_file_of_sql_that_writes() -> None:
    files = {
        str(path.relative_to(source.PACKAGE))
        for path in source.PACKAGE.rglob("*.sql")
        if SQL.search(path.read_text("utf-8"))
    }

    assert files == {"cases/intake.sql"}


def test_only_the_log_and_intake_add_events() -> None:
    sql = re.compile(r"INSERT\s+INTO\s+events_event\b")
    writers = {
        str(path.relative_to(source.PACKAGE))
        for suffix in ("*.py", "*.sql")
        for path in source.PACKAGE.rglob(suffix)
        if "tests" not in path.parts and sql.search(path.read_text("utf-8"))
    }

    assert writers == {"events/log.py", "cases/intake.sql"}
