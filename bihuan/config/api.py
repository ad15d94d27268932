"""The API put together: routers, the OpenAPI page, and refusals as problem documents."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from ninja.errors import ValidationError

from bihuan.cases import api as cases
from bihuan.config.openapi import Documented
from bihuan.core.refusals import Invalid, Refusal
from bihuan.policy import api as policy
from bihuan.web import door

api = Documented(
    title="Bihuan 闭环",
    version="1",
    description="User service and complaint handling; every deadline explains itself.",
    docs_url="/docs",
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("", cases.router)
api.add_router("", policy.router)


@api.exception_handler(Refusal)
def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """RFC 9457."""
    return door.refuse(request, refusal)


@api.exception_handler(ValidationError)
def refuse_shape(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """A parameter that does not even read."""
    fields = {str(e["loc"][-1]): str(e["type"]) for e in fault.errors}
    return door.refuse(request, Invalid(fields))


def _list_or_file() -> URLPattern:
    """POST /cases is the hot path and leaves the framework out; GET stays with it."""
    patterns = [p for p in api.urls[0] if isinstance(p, URLPattern)]
    documented = next(p.callback for p in patterns if str(p.pattern) == "cases")

    def cases_view(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return cases.file(request)
        return documented(request)  # type: ignore[no-any-return]  # a ninja view

    cases_view.csrf_exempt = True  # type: ignore[attr-defined]  # both views check by themselves
    return path("cases", cases_view)


urlpatterns: list[URLPattern | URLResolver] = [_list_or_file(), path("", api.urls)]
