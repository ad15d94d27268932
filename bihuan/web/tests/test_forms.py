"""Lists to choose from are written without templates, and to the letter as Django writes them."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from bihuan.web.forms import Renderer

PLAIN = [("", "请选择"), ("a&b", "甲 <乙>"), (7, "七"), ("safe", mark_safe("<b>粗</b>"))]
GROUPED = [("", "—"), ("客服部", [(1, "林悦"), (2, "方“青”")]), ("法务部", [(3, "何清")])]


def one_line(html: str) -> str:
    return re.sub(r">\s+<", "><", html).strip()


@pytest.mark.parametrize("choices", [PLAIN, GROUPED], ids=["plain", "grouped"])
@pytest.mark.parametrize("value", ["", "a&b", 2, None])
def test_a_list_reads_as_django_would_write_it(choices: list[tuple[str, str]], value: object):
    widget = forms.Select(
        attrs={"required": True, "hidden": False, "class": 'x"y', "data-n": 3}, choices=choices
    )

    ours, djangos = (
        widget.render("who", value, renderer=renderer)
        for renderer in (Renderer(), TemplatesSetting())
    )

    assert one_line(ours) == one_line(djangos)


def test_what_a_choice_is_called_cannot_break_out_of_it():
    widget = forms.Select(choices=[('"><script>', "</option><script>")])

    html = widget.render("who", "", renderer=Renderer())

    assert "<script" not in html


def test_other_widgets_are_left_to_their_templates():
    html = forms.TextInput().render("what", "好", renderer=Renderer())

    assert html.strip() == '<input type="text" name="what" value="好">'
