"""The supplier of text messages on 127.0.0.1: proves each signature by itself, keeps, or fails."""

from __future__ import annotations

import hmac
import time
from contextlib import AbstractContextManager
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from bihuan.core.tests.serving import Desk, House, serving

KEY_ID, SECRET = "LTAI-of-the-tests", "a secret of the tests"
NEEDED = {
    "SendSms": {"PhoneNumbers", "SignName", "TemplateCode", "TemplateParam", "OutId"},
    "QuerySendDetails": {"PhoneNumber", "SendDate", "PageSize", "CurrentPage"},
}


class Gateway(House):
    """`sent` holds every message it took; `says` is what it answers to SendSms instead of OK.

    `status` goes with it. `loses` answers so many requests that it took by hanging up.
    """

    def __init__(self) -> None:
        super().__init__(_Desk)
        self.sent: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.says, self.status, self.loses = "OK", 200, 0
        self.nonces: set[str] = set()


class _Desk(Desk):
    server: Gateway

    def do_POST(self) -> None:
        action = str(self.headers["x-acs-action"])
        self.server.asked.append(action)
        if not self._is_signed():
            return self.say(400, {"Code": "SignatureDoesNotMatch", "Message": "no"})
        values = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if missing := NEEDED[action] - values.keys():
            return self.say(400, {"Code": f"Missing{min(missing)}", "Message": "no"})
        if action == "QuerySendDetails":
            return self._details(values)
        if self.server.says != "OK":
            said = {"Code": self.server.says, "Message": f"about {values['PhoneNumbers']}"}
            return self.say(self.server.status, said)
        day = self.headers["x-acs-date"][:10].replace("-", "")
        self.server.sent.append({**values, "day": day, "SendStatus": "3"})
        if self.server.loses:
            self.server.loses -= 1
            self.close_connection = True
            return self.connection.close()
        return self.say(200, {"Code": "OK", "Message": "OK", "BizId": f"{len(self.server.sent)}^0"})

    def _details(self, values: dict[str, str]) -> None:
        found = [
            {"OutId": one["OutId"], "SendStatus": int(one["SendStatus"]), "PhoneNum": "…"}
            for one in self.server.sent
            if one["PhoneNumbers"] == values["PhoneNumber"] and one["day"] == values["SendDate"]
        ]
        self.say(200, {"Code": "OK", "TotalCount": len(found),
                        "SmsSendDetailDTOs": {"SmsSendDetailDTO": found}})  # fmt: skip

    def _is_signed(self) -> bool:
        kind, _, rest = self.headers.get("Authorization", "").partition(" ")
        proof = dict(part.split("=", 1) for part in rest.split(","))
        names = proof["SignedHeaders"].split(";")
        nonce = self.headers["x-acs-signature-nonce"]
        if nonce in self.server.nonces or proof["Credential"] != KEY_ID:
            return False
        self.server.nonces.add(nonce)
        query = urlsplit(self.path).query
        in_order = "&".join(sorted(query.split("&"))) == query
        heads = "".join(f"{name}:{self.headers[name].strip()}\n" for name in names)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = f"POST\n/\n{query}\n{heads}\n{';'.join(names)}\n{sha256(body).hexdigest()}"
        to_sign = f"{kind}\n{sha256(asked.encode()).hexdigest()}"
        wanted = hmac.new(SECRET.encode(), to_sign.encode(), sha256).hexdigest()
        covered = {"host", *(name for name in self.headers if name.lower()[:6] == "x-acs-")}
        return (
            in_order and covered <= set(names) and hmac.compare_digest(wanted, proof["Signature"])
        )


def running() -> AbstractContextManager[Gateway]:
    """A supplier that answers until the block ends."""
    return serving(Gateway())


def pause(span: timedelta) -> None:
    """Let the other threads work."""
    time.sleep(span.total_seconds())
