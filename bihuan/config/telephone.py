"""The telephone: who may tell of calls, how Asterisk is asked, how long calls are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from bihuan.config import environment as env
from bihuan.core import signed


@dataclass(frozen=True, slots=True)
class Telephone:
    """`keys`: of the webhook, several while they change; none: it does not exist.

    `recordings`: origins where recordings may lie. `rings`: seconds after which an unanswered
    call is a case. Without `ari_url` no Asterisk is listened to.
    """

    keys: tuple[bytes, ...] = field(default=(), repr=False)
    recordings: tuple[str, ...] = ()
    keep_days: int = 180
    rings: int = 5
    back_minutes: int = 60
    ari_url: str = ""
    ari_user: str = ""
    ari_password: str = field(default="", repr=False)
    ari_app: str = "bihuan"

    @property
    def connected(self) -> bool:
        """Whether any telephone system is named."""
        return bool(self.keys or self.ari_url)


def _keys() -> tuple[bytes, ...]:
    given = env.words(
        "BIHUAN_PHONE_SECRET", "", "whsec_ secret of the calls' webhook, two during a rotation"
    )
    try:
        return tuple(signed.key_of(one) for one in given)
    except ValueError:
        raise env.SettingFault(
            "BIHUAN_PHONE_SECRET", None, "whsec_ and 24 to 64 bytes in base64"
        ) from None


def _telephone() -> Telephone:
    recordings = [
        env.origin("BIHUAN_PHONE_RECORDINGS", one, only_here=False)
        for one in env.words("BIHUAN_PHONE_RECORDINGS", "", "origins where recordings may lie")
    ]
    url = env.text("BIHUAN_ARI_URL", "", "HTTP server of Asterisk; none: it is not listened to")
    url = env.origin("BIHUAN_ARI_URL", url, only_here=True) if url else ""
    user = env.text("BIHUAN_ARI_USER", "", "user of ari.conf")
    password = env.text("BIHUAN_ARI_PASSWORD", "", "its password")
    if url and not (user and password):
        raise env.SettingFault("BIHUAN_ARI_PASSWORD", None, "user and password of ari.conf")
    return Telephone(
        keys=_keys(),
        recordings=(*recordings, *([url] if url else [])),
        keep_days=env.number(
            "BIHUAN_PHONE_KEEP_DAYS", 180, "days a call is kept", least=1, most=3650
        ),
        rings=env.number(
            "BIHUAN_PHONE_RINGS", 5, "seconds after which a missed call is a case", most=600
        ),
        back_minutes=env.number(
            "BIHUAN_PHONE_BACK_MINUTES", 60, "minutes to call back in", least=1, most=10_080
        ),
        ari_url=url,
        ari_user=user,
        ari_password=password,
        ari_app=env.text("BIHUAN_ARI_APP", "bihuan", "name of the Stasis application"),
    )


PHONE = _telephone()
