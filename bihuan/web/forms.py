"""The one renderer of forms: every field gets its label, help, error and ids from forms/*.html."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Named by the setting FORM_RENDERER; `django.forms` must be installed for its widgets."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
