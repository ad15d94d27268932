"""The API put together: routers, who may knock, and every refusal as a problem document."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from ninja.errors import HttpError, ValidationError
from ninja.utils import check_csrf

from bihuan.cases import api as cases
from bihuan.config import health
from bihuan.config.openapi import Documented
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPermitted, Refusal
from bihuan.integrations import api as integrations
from bihuan.policy import api as policy
from bihuan.web import door

View = Callable[..., HttpResponseBase]


def somebody(request: HttpRequest) -> Actor:
    """Who asks: a program by its token, or a browser by its session and its CSRF token."""
    by = door.enter(request)["by"]
    if "HTTP_AUTHORIZATION" not in request.META and check_csrf(request) is not None:
        raise NotPermitted(missing="csrf_token")
    return by


api = Documented(
    title="Bihuan 闭环",
    version="1",
    description="User service and complaint handling; every deadline explains itself.",
    docs_url="/docs",
    openapi_url="/openapi.json",
    urls_namespace="api",
    auth=somebody,
)
api.add_router("", cases.uploads)  # before any step of a case
api.add_router("", cases.ordering)
api.add_router("", cases.router)
api.add_router("", policy.router)
api.add_router("", integrations.router)
api.add_router("", health.router)


@api.exception_handler(Refusal)
def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """RFC 9457."""
    return door.refuse(request, refusal)


@api.exception_handler(ValidationError)
def refuse_shape(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """A parameter or a body that does not even read."""
    fields = {str(e["loc"][-1])[:60]: _code(str(e["type"])) for e in fault.errors}
    return door.refuse(request, Invalid(fields))


#: What the framework calls a fault, and what the house calls it.
_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_type": "not_text",
    "int_parsing": "not_a_number",
    "int_parsing_size": "out_of_range",
    "int_type": "not_a_number",
    "int_from_float": "not_a_number",
    "list_type": "not_a_list",
    "model_attributes_type": "not_an_object",
    "json_invalid": "not_json",
}


def _code(kind: str) -> str:
    return "not_a_moment" if kind.startswith("datetime_") else _CODES.get(kind, "not_valid")


@api.exception_handler(HttpError)
def refuse_form(request: HttpRequest, fault: HttpError) -> HttpResponse:
    """A body that is not what its content type says."""
    return door.refuse(request, Invalid({"body": "not_json"}))


def _said(view: View, *, hot: View | None = None) -> View:
    """A view of the framework, whose own no is said as a problem document too.

    `hot` answers POST in its place, without the framework's 340 µs a call (HOUSE §5).
    """

    def told(request: HttpRequest, **named: str) -> HttpResponseBase:
        if hot is not None and request.method == "POST":
            somebody(request)
            return hot(request)
        answer = view(request, **named)
        if answer.status_code != 405:
            return answer
        refused = door.failure(request, "malformed", 405)
        refused["Allow"] = answer["Allow"] + (", POST" if hot else "")
        return refused

    told.csrf_exempt = True  # type: ignore[attr-defined]  # `somebody` looks at the token itself
    return told


def _patterns() -> list[URLPattern]:
    hot = {"cases": cases.file}
    return [
        path(str(p.pattern), _said(p.callback, hot=hot.get(str(p.pattern))), name=p.name)
        for p in api.urls[0]
        if isinstance(p, URLPattern)
    ]


urlpatterns: list[URLPattern | URLResolver] = [path("", (_patterns(), *api.urls[1:]))]
