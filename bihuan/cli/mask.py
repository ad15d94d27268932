"""`bihuan mask`: text in, the same text with personal data masked out."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence

from bihuan.core import personal

BAD_INPUT = 2
WORDS = {"phone": "电话", "id_card": "身份证号", "bank_card": "银行卡号", "email": "邮箱"}
EXAMPLE = """example:
  echo '请回电 139 1234 2718' | bihuan mask
"""


def run(argv: Sequence[str]) -> int:
    """Mask stdin onto stdout, and say on stderr what was found; 2 when stdin is not UTF-8."""
    parser = argparse.ArgumentParser(
        prog="bihuan mask",
        description="Mask phones, identity and card numbers and mail addresses in a text.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="the text, and what was found where")
    given = parser.parse_args(argv)
    try:
        text = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as wrong:
        print(f"bihuan mask: stdin is not UTF-8 (byte {wrong.start})", file=sys.stderr)
        return BAD_INPUT
    answer = _as_json(text) if given.json else personal.mask(text)
    sys.stdout.buffer.write(answer.encode())
    if not given.json:
        _say(text)
    return 0


def _as_json(text: str) -> str:
    """What was found is shown masked too: the output holds nothing personal."""
    found = [
        {"kind": one.kind, "start": one.start, "end": one.end, "masked": personal.masked(one)}
        for one in personal.find(text)
    ]
    return json.dumps({"text": personal.mask(text), "found": found}, ensure_ascii=False) + "\n"


def _say(text: str) -> None:
    counts = Counter(one.kind for one in personal.find(text))
    told = "，".join(f"{WORDS[kind]} {n} 处" for kind, n in counts.items())
    print(f"已遮盖：{told}" if told else "未发现个人信息", file=sys.stderr)
