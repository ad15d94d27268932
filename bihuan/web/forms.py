"""The one renderer of forms: every field gets its label, help, error and ids from forms/*.html."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape  # Django's own, without its wrappers: there are hundreds of options
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

_SELECT = "django/forms/widgets/select.html"


class Renderer(TemplatesSetting):
    """Named by the setting FORM_RENDERER; `django.forms` must be installed for its widgets."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """As the templates say; lists to choose from without them.

        Django takes three templates for each option: with a hundred colleagues to choose from in
        five forms that was a third of the time of the desk's pages.
        """
        if template_name == _SELECT:
            return _select(context["widget"])
        return str(super().render(template_name, context, request))


def _select(widget: Mapping[str, Any]) -> SafeString:
    groups = [_group(name, options) for name, options, _ in widget["optgroups"]]
    return format_html(
        '<select name="{}"{}>{}</select>',
        widget["name"],
        _attributes(widget["attrs"]),
        SafeString("".join(groups)),
    )


def _group(name: str | None, options: list[Mapping[str, Any]]) -> SafeString:
    inside = SafeString("".join(map(_option, options)))
    return format_html('<optgroup label="{}">{}</optgroup>', name, inside) if name else inside


def _option(one: Mapping[str, Any]) -> str:
    value, label, attrs = escape(str(one["value"])), one["label"], one["attrs"]
    said = str(label) if hasattr(label, "__html__") else escape(str(label))
    return f'<option value="{value}"{_attributes(attrs) if attrs else ""}>{said}</option>'


def _attributes(given: Mapping[str, Any]) -> SafeString:
    """As Django writes them: False is absent, True has no value."""
    parts = [
        f" {conditional_escape(name)}"
        + ("" if value is True else f'="{conditional_escape(str(value))}"')
        for name, value in given.items()
        if value is not False
    ]
    return SafeString("".join(parts))
