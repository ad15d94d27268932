"""What is given as somebody's contact, made comparable; and which of it says who somebody is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bihuan.core import inputs, personal
from bihuan.core.actors import Role
from bihuan.core.refusals import Invalid

#: What a telephone's address book copies with marks of direction, which nobody sees to take out.
COPIED = frozenset({"phone", "email"})
FEWEST_DIGITS, MOST_DIGITS = 5, 15  # a short service number; ITU-T E.164
_OPENID = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody can be reached, as given; `account` is the platform's own user id.

    An account is only ever given by the platform itself, which then vouches for the rest.
    """

    name: str = ""
    phone: str = ""
    email: str = ""
    account: str = ""
    address: str = ""

    @property
    def is_given(self) -> bool:
        """Whether a phone or a mail address stands in it."""
        return bool(self.phone.strip() or self.email.strip())


def cleaned(contact: Contact) -> Contact:
    """The contact in its plain form. Invalid names each field and why, never the value."""
    faults: dict[str, str] = {}
    most = {"name": 60, "phone": 40, "email": 254, "account": 100, "address": 300}
    values: dict[str, str] = {}
    for field, limit in most.items():
        given = getattr(contact, field)
        if field in COPIED and isinstance(given, str):
            given = inputs.plain(given)
        try:
            values[field] = inputs.words(given, field=field, most=limit, lines=False)
        except Invalid as fault:
            faults |= fault.fields
    if values.get("phone") and not (phone := plain_phone(values["phone"])):
        faults["phone"] = "not_a_phone"
    elif values.get("phone"):
        values["phone"] = str(phone)
    if values.get("email") and not (email := personal.normal_email(values["email"])):
        faults["email"] = "not_an_email"
    elif values.get("email"):
        values["email"] = str(email)
    if faults:
        raise Invalid(faults, clause="2.2.1")
    return Contact(**values)


def plain_phone(text: str) -> str | None:
    """Digits only, without +86; other countries' numbers with their +; None if it is no number."""
    number = personal.normal_phone(text)
    if number:
        return number
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(c for c in plain if c.isdecimal())
    rest = plain.lstrip("+").translate({ord(c): None for c in " -.()"})
    if rest != digits or not FEWEST_DIGITS <= len(digits) <= MOST_DIGITS:
        return None
    return ("+" if plain.startswith("+") else "") + digits


def plain_openid(text: str) -> str:
    """As WeChat gives it: who writes to one account of it, and nobody elsewhere. Invalid."""
    if not _OPENID.fullmatch(text):
        raise Invalid({"openid": "not_valid"})
    return text


def reached_by(text: str) -> tuple[str, str]:
    """('phone' or 'email', plain form) of what somebody signs in with. Invalid: contact."""
    value = inputs.words(inputs.plain(text), field="contact", most=254, least=1, lines=False)
    if "@" in value or "＠" in value:
        email = personal.normal_email(value)
        if email:
            return "email", email
        raise Invalid({"contact": "not_an_email"})
    phone = plain_phone(value)
    if phone:
        return "phone", phone
    raise Invalid({"contact": "not_a_phone"})


def identities(contact: Contact) -> tuple[str, ...]:
    """Which fields of a new, cleaned contact somebody may be found and signed in by.

    What nobody vouches for or has proved is one claim: were a phone and a mail address both
    kept as identities, whoever gave another's phone with his own mail could sign in as him.
    """
    given = tuple(field for field in ("account", "phone", "email") if getattr(contact, field))
    return given if contact.account else given[:1]


#: Who checks identities: those who answer for personal data, not those who handle the complaint
#: and might wish for a quick yes (PIPL 51, least access).
CHECKERS = frozenset({Role.COMPLIANCE, Role.PRIVACY_OFFICER})
