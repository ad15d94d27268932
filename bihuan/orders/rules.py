"""Order numbers made comparable."""

from __future__ import annotations

import unicodedata

from bihuan.core import inputs

LONGEST = 60


def plain_number(text: str) -> str:
    """Half-width, in capitals, without spaces and hyphens. Invalid: order_no."""
    given = inputs.words(text, field="order_no", most=LONGEST, lines=False)
    wide = unicodedata.normalize("NFKC", given).upper()
    return "".join(c for c in wide if c.isalnum())


def mask_number(number: str) -> str:
    """The last four characters, of a number that is long enough to hide something."""
    return "****" + number[-4:] if len(number) > 6 else "****"
