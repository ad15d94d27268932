"""What others may ask of this room."""

from bihuan.accounts.queries.case_links import Lent, lent
from bihuan.accounts.queries.choices import staff_choices, units
from bihuan.accounts.queries.duty import Hand, hands, on_duty_ids, out_of, skills_of, staffed
from bihuan.accounts.queries.identity import Standing, Waiting, lapsed, level, levels, standing
from bihuan.accounts.queries.identity import check as identity_check
from bihuan.accounts.queries.identity import may_check as may_check_identities
from bihuan.accounts.queries.identity import seen as identity_seen
from bihuan.accounts.queries.identity import waiting as identities_waiting
from bihuan.accounts.queries.identity import waiting_count as identities_owed
from bihuan.accounts.queries.keys import keys_of
from bihuan.accounts.queries.people import (
    Shown,
    by_openid,
    contact,
    contacts,
    in_clear,
    is_person,
    known_by,
    known_by_phone,
    mail_of,
    openid_of,
    shown,
    unreachable,
    ways_to,
)
from bihuan.accounts.queries.roster import Roster, demands, rosters, skill_names
from bihuan.accounts.queries.team import (
    Colleague,
    Unit,
    active_staff,
    actor_for_user,
    called,
    colleagues,
    departments,
    everybody,
    ladder,
    merchant_id,
    merchant_names,
    merchants,
    staff,
    staff_contact,
    staff_contacts,
    staff_names,
    staff_of,
    started_by,
)
from bihuan.accounts.queries.tokens import (
    Bearer,
    bearer_of,
    by_token,
    forget_token,
    token_digest,
    tokens_of,
    was_known,
)
from bihuan.accounts.rules import plain_phone

names = staff_names

__all__ = [
    "Bearer",
    "Colleague",
    "Hand",
    "Lent",
    "Roster",
    "Shown",
    "Standing",
    "Unit",
    "Waiting",
    "active_staff",
    "actor_for_user",
    "bearer_of",
    "by_openid",
    "by_token",
    "called",
    "colleagues",
    "contact",
    "contacts",
    "demands",
    "departments",
    "everybody",
    "forget_token",
    "hands",
    "identities_owed",
    "identities_waiting",
    "identity_check",
    "identity_seen",
    "in_clear",
    "is_person",
    "keys_of",
    "known_by",
    "known_by_phone",
    "ladder",
    "lapsed",
    "lent",
    "level",
    "levels",
    "mail_of",
    "may_check_identities",
    "merchant_id",
    "merchant_names",
    "merchants",
    "names",
    "on_duty_ids",
    "openid_of",
    "out_of",
    "plain_phone",
    "rosters",
    "shown",
    "skill_names",
    "skills_of",
    "staff",
    "staff_choices",
    "staff_contact",
    "staff_contacts",
    "staff_names",
    "staff_of",
    "staffed",
    "standing",
    "started_by",
    "token_digest",
    "tokens_of",
    "units",
    "unreachable",
    "was_known",
    "ways_to",
]
