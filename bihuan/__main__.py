"""The command line: `bihuan COMMAND`, each command in a module of its own under bihuan/cli."""

from __future__ import annotations

import importlib
import sys

#: command -> (module, what it does)
COMMANDS = {
    "up": (
        "bihuan.cli.up",
        "database, pages, live updates and jobs in one foreground process tree",
    ),
    "web": ("bihuan.cli.run_parts", "pages only, for several machines"),
    "live": (
        "bihuan.cli.run_parts",
        "live updates and programs that file; pages too",
    ),
    "work": ("bihuan.cli.run_parts", "jobs, notices and the sweep of deadlines"),
    "mail": ("bihuan.cli.run_parts", "take mail by SMTP and LMTP, where the settings say"),
    "shop": ("bihuan.cli.shop", "the demo's order system alone, as docs/orders.md has it"),
    "migrate": ("bihuan.cli.migrate", "bring the tables to this version"),
    "demo": ("bihuan.cli.demo", "load believable demo data into an empty database"),
    "due": ("bihuan.cli.due", "when every promise falls due for a case received then; no database"),
    "mask": ("bihuan.cli.mask", "mask personal data in a text; no database"),
    "parse": ("bihuan.cli.parse", "read a mail from stdin and say what is in it; no database"),
    "receive": ("bihuan.cli.receive", "hand in one mail, as a mail server's pipe does"),
    "policy": ("bihuan.cli.policy", "check a handbook folder; no database"),
    "calendar": (
        "bihuan.cli.calendar",
        "import a year's official arrangement of holidays and recount open dues",
    ),
    "loop": (
        "bihuan.cli.loop",
        "prove that the loop is closed: owner, next date and notice for all",
    ),
    "export": ("bihuan.cli.export", "cases and reports as CSV, JSON lines or Excel"),
    "verify": ("bihuan.cli.verify", "check every chain of the log"),
    "unheard": ("bihuan.cli.unheard", "events a subscriber could not take; try them again"),
    "keys": ("bihuan.cli.keys", "finish the rotation of the key that wraps keys"),
    "user": ("bihuan.cli.user", "create the first administrator, and others; renew their links"),
    "token": ("bihuan.cli.token", "give a program a way in to the API, and take it back"),
    "bench": ("bihuan.cli.bench", "measuring programs"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 done, 1 failed, 2 bad input."""
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(_help())
        return 0 if arguments else 2
    name = arguments[0]
    if name == "--version":
        from importlib.metadata import version

        print(version("bihuan"))
        return 0
    if name not in COMMANDS:
        print(f"bihuan: there is no command {name!r}\n\n{_help()}", file=sys.stderr)
        return 2
    module = importlib.import_module(COMMANDS[name][0])
    given = arguments if COMMANDS[name][0].endswith("run_parts") else arguments[1:]
    return int(module.run(given) or 0)


def _help() -> str:
    rows = "\n".join(f"  {name:8} {says}" for name, (_, says) in COMMANDS.items())
    return f"usage: bihuan COMMAND [--help]\n\n{rows}\n\nexample: bihuan up --port 8000"


if __name__ == "__main__":
    sys.exit(main())
