"""Behind a proxy that ends TLS, forms are taken and others' forms are not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_ASK = """
import sys
import django

django.setup()
from django.conf import settings
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.test import RequestFactory

settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"  # ours would ask the database
factory = RequestFactory()
token = get_token(shown := factory.get("/"))
request = factory.post("/", {"csrfmiddlewaretoken": token}, headers={
    "host": "service.example.com", "origin": sys.argv[1], "x-forwarded-proto": "https",
    "referer": sys.argv[1] + "/complaints/new/check/",
})
request.COOKIES["csrftoken"] = shown.META["CSRF_COOKIE"]
guard = CsrfViewMiddleware(lambda request: None)
guard.process_request(request)
print("taken" if guard.process_view(request, lambda request: None, (), {}) is None else "refused")
"""


@pytest.mark.parametrize(
    ("origin", "answer"),
    [("https://service.example.com", "taken"), ("https://elsewhere.example.com", "refused")],
)
def test_a_form_is_taken_from_our_own_address_alone(origin: str, answer: str) -> None:
    environment = os.environ | {
        "BIHUAN_BASE_URL": "https://service.example.com",
        "BIHUAN_HOSTS": "service.example.com",
        "BIHUAN_HTTPS": "true",
    }

    asked = subprocess.run(
        [sys.executable, "-c", _ASK, origin],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert asked.stdout.strip() == answer
