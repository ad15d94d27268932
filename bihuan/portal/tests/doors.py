"""What every test of the portal needs: people, their sessions, and a picture."""

from __future__ import annotations

import hashlib
import io
from urllib.parse import parse_qs, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from bihuan.core.actors import Actor

STORY = "11月16日收到，开箱就发现底座有一道约 4 厘米的裂纹，联系店铺不给退。"


def sign_in(client: Client, person: Actor, *, only_case: int = 0) -> Client:
    """The session that the sign-in page makes."""
    session = client.session
    session["person_id"], session["guest_case"] = person.id, only_case
    session.save()
    return client


def photo(name: str = "裂纹.jpg") -> SimpleUploadedFile:
    """A small real photograph; another name is another picture."""
    bytes_ = io.BytesIO()
    red, green, blue, *_rest = hashlib.sha256(name.encode()).digest()
    Image.new("RGB", (40, 30), (red, green, blue)).save(bytes_, "JPEG")
    return SimpleUploadedFile(name, bytes_.getvalue(), "image/jpeg")


def token_in(url: str) -> str:
    """The draft that an address carries."""
    return parse_qs(urlsplit(url).query)["draft"][0]


def start(client: Client, **answers: str) -> str:
    """Step 1 done; the token of the draft."""
    response = client.post("/orders/pick/", {"order": "none"} | answers)
    return token_in(response["Location"])


def fill(client: Client, **changes: str) -> str:
    """Steps 1 to 4 done; the token of the draft."""
    token = start(client)
    answers = {
        "type": {"issue": "product_quality"},
        "details": {"text": STORY},
        "remedy": {"wish": "return_refund", "amount": "341.00"},
    }
    for step, given in answers.items():
        sent = given | {key: value for key, value in changes.items() if key in given}
        client.post(f"/complaints/new/{step}/?draft={token}", sent)
    return token


def words(response: object) -> str:
    """The page as text."""
    return response.content.decode()  # type: ignore[attr-defined]  # a response of the client
