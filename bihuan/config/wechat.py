"""The WeChat official account: its names and secrets, and the template that may be sent late."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bihuan.config import environment as env

VALUES = ("title", "number", "time")


@dataclass(frozen=True, slots=True)
class OfficialAccount:
    """Without `app_id` there is none. `aes_key` is the EncodingAESKey: with it every message must
    be encrypted. `fields`: name of a place in the template -> what stands there.
    """

    app_id: str = ""
    secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    aes_key: bytes = field(default=b"", repr=False)
    template: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    url: str = "https://api.weixin.qq.com"
    name: str = ""

    @property
    def connected(self) -> bool:
        """Whether any account is named."""
        return bool(self.app_id)


def _url() -> str:
    given = env.text("BIHUAN_WECHAT_URL", "https://api.weixin.qq.com", "where WeChat answers")
    return env.origin("BIHUAN_WECHAT_URL", given, only_here=True)


def _aes_key() -> bytes:
    given = env.text("BIHUAN_WECHAT_AES_KEY", "", "EncodingAESKey; none: messages come in plain")
    if not given:
        return b""
    if not re.fullmatch(r"[A-Za-z0-9]{43}", given):
        raise env.SettingFault("BIHUAN_WECHAT_AES_KEY", None, "43 letters and digits")
    return base64.b64decode(given + "=")


def _fields() -> dict[str, str]:
    given = env.words(
        "BIHUAN_WECHAT_TEMPLATE_FIELDS",
        "thing1=title,character_string2=number",
        "what stands where in the template: name=title, name=number or name=time",
    )
    found = dict(one.partition("=")[::2] for one in given)
    for name, value in found.items():
        if not re.fullmatch(r"[a-z_]+\d*", name) or value not in VALUES:
            raise env.SettingFault(
                "BIHUAN_WECHAT_TEMPLATE_FIELDS",
                ",".join(given),
                "thing1=title,character_string2=number,time3=time",
            )
    return found


def _account() -> OfficialAccount:
    made = OfficialAccount(
        app_id=env.text("BIHUAN_WECHAT_APP_ID", "", "AppID of the account; none: no WeChat"),
        secret=env.text("BIHUAN_WECHAT_SECRET", "", "its AppSecret"),
        token=env.text("BIHUAN_WECHAT_TOKEN", "", "its Token, which signs what WeChat sends"),
        aes_key=_aes_key(),
        template=env.text("BIHUAN_WECHAT_TEMPLATE", "", "id of the template; none: none is sent"),
        fields=_fields(),
        url=_url(),
        name=env.text("BIHUAN_WECHAT_NAME", "", "what the account is called, for who looks for it"),
    )
    if not made.app_id:
        return made
    if not re.fullmatch(r"wx[0-9a-f]{16}", made.app_id):
        raise env.SettingFault("BIHUAN_WECHAT_APP_ID", made.app_id, "wx and 16 digits, a to f")
    if not made.secret:
        raise env.SettingFault("BIHUAN_WECHAT_SECRET", None, "the secret of BIHUAN_WECHAT_APP_ID")
    if not re.fullmatch(r"[A-Za-z0-9]{3,32}", made.token):
        raise env.SettingFault("BIHUAN_WECHAT_TOKEN", None, "3 to 32 letters and digits")
    return made


WECHAT = _account()
