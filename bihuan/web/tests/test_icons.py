"""Icons are kept by all that tells them apart."""

from __future__ import annotations

from django.template import Context, Template


def drawn(tag: str) -> str:
    return Template(f"{{% lucide {tag} %}}").render(Context())


def test_an_icon_of_another_size_or_with_another_name_is_another_icon() -> None:
    plain, small = drawn('"check" size=20'), drawn('"check" size=14')
    named = drawn('"check" size=14 aria_label="已读"')

    assert 'width="20"' in plain
    assert 'width="14"' in small
    assert 'aria-label="已读"' in named
    assert "aria-label" not in drawn('"check" size=14')


def test_what_an_icon_is_called_cannot_end_its_tag() -> None:
    tag = Template('{% lucide "check" aria_label=name %}')

    found = tag.render(Context({"name": '"><script>'}))

    assert "<script>" not in found
