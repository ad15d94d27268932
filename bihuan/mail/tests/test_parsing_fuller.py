"""Of two forms of one text the fuller is the text of the mail."""

from __future__ import annotations

from bihuan.mail.parsing import read
from bihuan.mail.tests.test_parsing_parts import HTML, PLAIN, many, part


def test_a_plain_text_that_says_much_more_than_the_page_beside_it_is_the_text():
    words = "收到的破壁机底座开裂，加水后漏水，商家拒绝退货，要求退款。" * 3
    poor = part(HTML, "<p>请用支持的程序查看</p>")
    linked = part(PLAIN, f"{words}\n<https://mall.example/{'x' * 300}>")

    assert read(many("alternative", part(PLAIN, words), poor)).text == words
    assert read(many("alternative", poor, part(PLAIN, words))).text == words
    assert read(many("alternative", linked, part(HTML, f"<p>{words}</p>"))).text == words
