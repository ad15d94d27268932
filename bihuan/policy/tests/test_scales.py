"""The scales of feedback fit each other; a version from before they were thought of still reads."""

from __future__ import annotations

import pytest

from bihuan.policy.faults import PolicyFault
from bihuan.policy.loader import CURRENT, files, read

TEXTS = files(CURRENT)
WHOLE = TEXTS["priorities.toml"]
START = WHOLE.index("[[scale]]")
LEVELS = WHOLE.index("[[level]]")


def test_a_version_without_scales_is_read_as_it_is() -> None:
    book = read(TEXTS | {"priorities.toml": WHOLE[:START]})

    assert (dict(book.scales), dict(book.levels)) == ({}, {})
    assert book.priorities


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (WHOLE[:LEVELS], "go together"),
        (WHOLE[:START] + WHOLE[LEVELS:], "go together"),
        (WHOLE.replace('id     = "reach"', 'id     = "width"'), "none of severity, reach, haste"),
        (WHOLE.replace("{ value = 2,", "{ value = 4,", 1), "1, 2 and 3"),
        (WHOLE.replace("product_at_least = 1\n", "product_at_least = 2\n"), "to 1"),
        (WHOLE.replace("product_at_least = 4", "product_at_least = 13"), "fall from the highest"),
        (
            WHOLE.replace('id               = "general"', 'id               = "low"'),
            "no priority 'low'",
        ),
        (WHOLE.replace('clause           = "7.2"', 'clause           = "9.9"', 1), "no clause"),
    ],
)
def test_scales_that_do_not_fit_are_refused(text: str, why: str) -> None:
    with pytest.raises(PolicyFault) as fault:
        read(TEXTS | {"priorities.toml": text})

    assert fault.value.file == "priorities.toml"
    assert why in fault.value.why


def test_a_scale_that_is_missing_is_named() -> None:
    start = WHOLE.index('[[scale]]\nid     = "haste"')
    end = WHOLE.index("# 三把尺相乘")

    with pytest.raises(PolicyFault) as fault:
        read(TEXTS | {"priorities.toml": WHOLE[:start] + WHOLE[end:]})

    assert "no scale haste" in fault.value.why
