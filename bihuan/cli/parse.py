"""`bihuan parse email`: a mail in, what it says out as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from bihuan.core.quoting import own_words
from bihuan.mail.parsing.letter import Letter
from bihuan.mail.reader import MOST_OCTETS, Reader, Unreadable

EXAMPLE = """example:
  bihuan parse email < letter.eml
"""


def run(argv: Sequence[str]) -> int:
    """Read a mail from stdin; always 0, whatever bytes it is made of."""
    parser = argparse.ArgumentParser(
        prog="bihuan parse",
        description="Read a mail from stdin: who wrote, to whom, the words, what is attached.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=["email"])
    parser.add_argument("--json", action="store_true", help="as it always does")
    parser.parse_args(argv)
    letter = _letter(sys.stdin.buffer.read(MOST_OCTETS + 1))
    answer = json.dumps(_shown(letter), ensure_ascii=False) + "\n"
    sys.stdout.buffer.write(answer.encode("utf-8", "replace"))
    return 0


def _letter(raw: bytes) -> Letter:
    """What can be read of it: of a mail that kills its reader the head, or nothing."""
    with Reader() as reader:
        try:
            return reader.read(raw)
        except Unreadable as fault:
            try:
                found = reader.head(raw)
            except Unreadable:
                found = Letter()
            return replace(found, problems=(fault.reason, *found.problems))


def _shown(letter: Letter) -> dict[str, Any]:
    return {
        "from_email": letter.from_email,
        "from_name": letter.from_name,
        "to": letter.to,
        "cc": letter.cc,
        "subject": letter.subject,
        "date": letter.date.isoformat() if letter.date else None,
        "message_id": letter.message_id,
        "in_reply_to": letter.in_reply_to,
        "text": letter.text,
        "reply_text": own_words(letter.text),
        "attachments": [
            {"filename": one.filename, "content_type": one.content_type, "size": len(one.data)}
            for one in letter.parts
        ],
        "automatic": letter.automatic,
        "bounce": asdict(letter.bounce) if letter.bounce else None,
        "problems": letter.problems,
    }
