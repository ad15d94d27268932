"""Notifier by text message: Alibaba Cloud SMS (Dysmsapi 2017-05-25), every request signed.

The supplier has the words (a template that the carriers approved) and fills in two values. Signed
with ACS3-HMAC-SHA256: the nonce, the time and every parameter are under the signature.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

from bihuan.core.ports import Arrival, Outgoing, Undeliverable
from bihuan.notify.providers import NoAnswer, ReplyLost, line

VERSION = "2017-05-25"
_ALGORITHM = "ACS3-HMAC-SHA256"
_CHINA = timezone(timedelta(hours=8))  # the supplier's days
_NUMBER = re.compile(r"\d{7,15}")
#: What is about this number or these words: sending again will not help.
_IN_VAIN = frozenset({
    "isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT", "isv.PARAM_LENGTH_LIMIT",
    "isv.PARAM_NOT_SUPPORT_URL", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.SMS_CONTENT_ILLEGAL",
})  # fmt: skip
#: What is about this number now: it was sent too many; others may still be reached.
_LATER = frozenset({"isv.BUSINESS_LIMIT_CONTROL"})
_FAILED, _ARRIVED = 2, 3  # SendStatus of a message, by what the carrier says; 1 waits


class Sms:
    """One message a request. Whatever the supplier says of us and not of the message is retried.

    `at` is when this sweep runs. `variables` are those of the template. `url` is the supplier's
    endpoint, plain http only for tests.
    """

    name = "sms"

    def __init__(
        self,
        *,
        key_id: str,
        secret: str,
        sign_name: str,
        template: str,
        variables: Collection[str] = ("title", "code"),
        at: datetime,
        url: str = "https://dysmsapi.aliyuncs.com",
        timeout: float = line.TIMEOUT,
    ) -> None:
        self.key_id, self.secret = key_id, secret
        self.sign_name, self.template, self.at = sign_name, template, at
        self.variables = variables
        self.url, self.timeout = urlsplit(url), timeout

    def send(self, message: Outgoing) -> str:
        """The supplier's BizId. Raises Undeliverable, ReplyLost, NoAnswer or another OSError.

        The supplier knows no key of ours that makes two requests one; so after a lost reply it
        is asked first what it sent to this number.
        """
        number, key = _number(message.to), _key(message)
        if message.again and (receipt := self._sent(number, key)):
            return receipt
        known = {"title": message.subject, "code": message.code}
        values = {name: known[name] for name in self.variables}
        answer = self._call(
            "SendSms",
            {
                "PhoneNumbers": number,
                "SignName": self.sign_name,
                "TemplateCode": self.template,
                "TemplateParam": json.dumps(values, ensure_ascii=False),
                "OutId": key,
            },
        )
        return str(answer.get("BizId", ""))

    def fate(self, message: Outgoing, sent_at: datetime) -> Arrival | None:
        """Whether the carrier delivered it; None while it waits, or the supplier knows no such."""
        number, key = _number(message.to), _key(message)
        for later in (0, 1):  # taken before midnight, it may be counted after
            for one in self._details(number, sent_at + timedelta(days=later)):
                if one.get("OutId") == key and one.get("SendStatus") in (_FAILED, _ARRIVED):
                    arrived = one["SendStatus"] == _ARRIVED
                    return Arrival(arrived, "" if arrived else str(one.get("ErrCode", "")))
        return None

    def _sent(self, number: str, key: str) -> str:
        """The receipt of this message if the supplier took it, today or yesterday; else ""."""
        for back in (0, 1):
            moment = self.at - timedelta(days=back)
            for one in self._details(number, moment):
                if one.get("OutId") == key and one.get("SendStatus") != _FAILED:
                    return f"known {_day(moment)}"
        return ""

    def _details(self, number: str, moment: datetime) -> Sequence[Mapping[str, Any]]:
        """What was sent to this number that day: the newest fifty."""
        asked = {
            "PhoneNumber": number, "SendDate": _day(moment), "PageSize": "50", "CurrentPage": "1",
        }  # fmt: skip
        found = self._call("QuerySendDetails", asked)
        return (found.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or ()

    def _call(self, action: str, values: Mapping[str, str]) -> dict[str, Any]:
        """One signed request; its answer when the supplier says OK."""
        query = "&".join(f"{n}={quote(value, safe='-_.~')}" for n, value in sorted(values.items()))
        headers = sign(
            action=action, query=query, host=self.url.netloc, key_id=self.key_id,
            secret=self.secret, at=self.at, nonce=secrets.token_hex(16),
        )  # fmt: skip
        status, _, body = line.asked(
            self.url, "POST", f"/?{query}", None, headers, timeout=self.timeout
        )
        return _read(status, body)


def sign(
    *, action: str, query: str, host: str, key_id: str, secret: str, at: datetime, nonce: str,
    version: str = VERSION,
) -> dict[str, str]:  # fmt: skip
    """The headers of a POST without a body to `/`, signed as the supplier's V3 asks for it."""
    nothing = sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": nothing,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    said = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    asked = "\n".join(["POST", "/", query, said, names, nothing])
    to_sign = f"{_ALGORITHM}\n{sha256(asked.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), sha256).hexdigest()
    proof = f"{_ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    return {**headers, "Authorization": proof}


def _read(status: int, body: bytes) -> dict[str, Any]:
    """What it says when it says OK; else the fault it is."""
    try:
        found = json.loads(body)
        code = str(found["Code"])
    except (ValueError, TypeError, KeyError):
        raise ReplyLost(f"{status} not an answer of the supplier") from None
    if code == "OK":
        return dict(found)
    said = f"{code} {found.get('Message', '')}"[:160]
    if status >= 500:
        raise ReplyLost(said)
    if code in _IN_VAIN:
        raise Undeliverable(said)
    if code in _LATER:
        raise OSError(said)
    raise NoAnswer(said)


def _key(message: Outgoing) -> str:
    """Our own name of it with the supplier, who gives it back with each report (OutId)."""
    return message.reply or sha256(message.key.encode()).hexdigest()[:32]


def _day(moment: datetime) -> str:
    return moment.astimezone(_CHINA).strftime("%Y%m%d")


def reports(body: bytes) -> tuple[tuple[str, Arrival], ...]:
    """What the supplier pushes of messages it took (SmsReport): our name of each, and its fate.

    One of another shape is left out. ValueError when it is no list at all.
    """
    found = json.loads(body)
    if not isinstance(found, list):
        raise ValueError("no list of reports")
    return tuple(
        (str(one.get("out_id", "")), Arrival(one["success"], str(one.get("err_code", ""))[:40]))
        for one in found
        if isinstance(one, dict) and isinstance(one.get("success"), bool)
    )


def _number(given: str) -> str:
    """As the supplier writes it: digits, those of China without their 86."""
    plain = given.strip().removeprefix("+")
    if len(plain) == 13 and plain.startswith("861"):
        plain = plain[2:]
    if not _NUMBER.fullmatch(plain) or not plain.isascii():
        raise Undeliverable("not_a_number")
    return plain
