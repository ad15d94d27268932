"""How fast the same rows can be written by PostgreSQL's own pgbench: the limit to compare with."""

from __future__ import annotations

import re
import subprocess

from bihuan.cli.bench.house import House

_TEXT = "上周五收到的商品打开后发现底座开裂，加水后漏水，联系商家被拒绝退货。希望尽快退款。"
_REASONS = (
    '[{"cues": [], "field": "%s", "value": "service_quality", "clause": "2.1.2",'
    ' "because": "chosen"}]'
)
_SEALED = "decode(repeat('5a', 45), 'hex')"
_HASH = "decode(repeat('5a', 32), 'hex')"
#: A general complaint gets ten rows (HOUSE §6b).
_MILESTONES = (
    "complaint.accepted", "case.first_response", "case.initial_solution_sent",
    "complaint.initial_review_done", "complaint.preliminary_done",
    "complaint.preliminary_result_sent", "case.handling_done", "case.handling_done",
    "complaint.final_feedback_sent", "complaint.final_feedback_sent",
)  # fmt: skip


def _array(values: list[str], kind: str) -> str:
    return f"ARRAY[{', '.join(values)}]::{kind}[]"


def _hours(first: int) -> list[str]:
    return [f"now() + interval '{first + n} hours'" for n in range(len(_MILESTONES))]


#: placeholder of intake.sql -> what pgbench writes there; `:id` is new in each transaction
_VALUES = {
    "made_id": ":id::bigint + 1",
    "made_at": "now()",
    "name": _SEALED,
    "phone": _SEALED,
    "phone_index": "decode(lpad(to_hex(:id::bigint), 32, '0'), 'hex')",
    **dict.fromkeys(("email", "address", "account", "email_index", "account_index"), "NULL"),
    "level": "'none'",
    "locale": "'zh-hans'",
    "tell_by": "'sms'",
    "wrapped": "decode(repeat('5a', 65), 'hex')",
    "kek": "'5a5a5a5a'",
    "id": ":id::bigint",
    "number": "'TS' || lpad((:id::bigint)::text, 16, '0')",
    "kind": "'complaint'",
    "channel": "'web'",
    "subject": "'破壁机底座开裂'",
    "wish": "''",
    "category": "'service_quality'",
    "issue": "'product_quality'",
    "severity": "'general'",
    "tier": "1::smallint",
    "priority": "'general'",
    "rank": "4::smallint",
    "reasons": f"'{_REASONS * 6}'::jsonb".replace("][", ", ").replace("%s", "category"),
    "missing": "ARRAY['identity']::text[]",
    "person_id": ":id::bigint + 1",
    "merchant_id": "0::bigint",
    "order_id": "0::bigint",
    "department": "'customer_service'",
    "owner_id": "7::bigint",
    "policy_id": "7::bigint",
    "received_at": "now()",
    "at": "now()",
    "next_due_at": "now() + interval '1 day'",
    "next_milestone": "'case.first_response'",
    "external_id": "''",
    "milestones": _array([f"'{m}'" for m in _MILESTONES], "text"),
    "dues": _array(_hours(24), "timestamptz"),
    "effectives": _array(_hours(24), "timestamptz"),
    "starts": _array(["now()"] * len(_MILESTONES), "timestamptz"),
    "hards": _array(["true"] * len(_MILESTONES), "bool"),
    "statuses": _array(["'final'"] * len(_MILESTONES), "text"),
    "promises": _array(["'C-1.2-1,C-1.3-1'"] * len(_MILESTONES), "text"),
    "entry_id": ":id::bigint + 2",
    "voice": "'user'",
    "author_id": ":id::bigint + 1",
    "author_name": "''",
    "text": f"'{_TEXT}'",
    "salt": "decode(repeat('5a', 16), 'hex')",
    "seq": "1",
    "event_kind": "'case.filed'",
    "actor_id": "7::bigint",
    "actor_role": "'agent'",
    "clause": "'2.2.1'",
    "data": "'" + '{"number": "TS202611240000001", "words": "' + "5a" * 300 + '"}' + "'",
    "previous": _HASH,
    "hash": _HASH,
    "key": "'bench' || :id::bigint",
    "digest": _HASH,
    "answer": "decode(repeat('5a', 3000), 'hex')",
}


def script() -> str:
    """The statement that files a newcomer's case, one transaction by itself as it is there."""
    from bihuan.cases.commands import filing_statement  # not before Django is ready

    text = re.sub(
        r"%\((\w+)\)s", lambda found: _VALUES[found[1]], filing_statement(newcomer=True).text
    )
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    # each client counts in a range of its own, so that ids grow as the application's do
    return f"\\set n :n + 10\n\\set id :base + :client_id * 100000000 + :n\n{plain.strip()};\n"


def measure(house: House, *, connections: int, seconds: int, number: int) -> float:
    """Transactions a second, prepared, without a client's work to do; `number` counts the calls."""
    file = house.folder / "limit.pgbench"
    file.write_text(script(), encoding="utf-8")
    # the script's first ids lie above every id the application makes in this century
    base = (1 << 52) + number * 10_000_000_000
    done = subprocess.run(  # noqa: S603 - a fixed list, no shell
        [
            str(house.server.bin("pgbench")), "--no-vacuum", "--protocol=prepared",
            f"--client={connections}", "--jobs=2", f"--time={seconds}", f"--file={file}",
            "--define=n=0", f"--define=base={base}", house.urls.app,
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+) ", done.stdout)
    if done.returncode or not found:
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
    return float(found[1])
