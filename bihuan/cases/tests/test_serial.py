"""L-26: claims in series are shown to a person with reasons, and handled like any other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.accounts.commands import Contact
from bihuan.cases import commands, likeness, queries, serials
from bihuan.cases.models import Case, SerialMark
from bihuan.cases.serials import Claim, weights
from bihuan.cases.tests.people import FRIDAY, TEXT, House, file, house
from bihuan.cases.tests.stories import DAY, HOUR, dues
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPermitted
from bihuan.events.models import Event

claims = st.lists(st.builds(Claim, *(st.integers(0, 3) for _ in range(4))), max_size=12)
NOW = FRIDAY + DAY


@given(claims, st.randoms())
def test_the_order_of_claims_is_nothing_and_few_are_no_series(given_claims, chance):
    again = list(given_claims)
    chance.shuffle(again)

    for judged in (serials.of_person, serials.of_words):
        assert judged(given_claims, weights()) == judged(again, weights())
    if len(given_claims) < weights().complaints:
        assert serials.of_person(given_claims, weights()) == ()


def test_each_sign_of_a_person_has_its_figure_and_points():
    many = [Claim(1, shop, 5, 990) for shop in (1, 2, 3, 4, 4)]

    signs = serials.of_person(many, weights())

    assert [(sign.what, sign.many) for sign in signs] == [
        ("many", 5), ("shops", 4), ("texts", 5), ("sums", 5),
    ]  # fmt: skip
    assert serials.score(signs) == 20 + 20 + 30 + 15


def test_many_complaints_alone_are_not_enough_to_be_listed():
    six = [Claim(1, 1, 0, 0)] * 6

    assert serials.score(serials.of_person(six, weights())) < weights().least


def test_the_same_words_of_three_persons_are_a_sign_and_of_two_are_none():
    assert serials.of_words([Claim(n, 7, 5, 0) for n in (1, 2)], weights()) == ()
    (sign,) = serials.of_words([Claim(n, 7, 5, 0) for n in (1, 2, 3, 3)], weights())
    assert (sign.what, sign.many, sign.points) == ("copied", 3, 60)


def test_a_fingerprint_knows_words_again_whatever_stands_between_them():
    one = likeness.fingerprint("收到的破壁机底座开裂，加水后漏水")

    assert one == likeness.fingerprint("收到的破壁机底座开裂 。加水后漏水！")
    assert one != likeness.fingerprint("收到的破壁机底座开裂，加水后不漏水")
    assert likeness.fingerprint("退款") == 0
    assert 0 < one < 2**53


def by_one(home: House, many: int = 5) -> list[Case]:
    """爱丽 complains again and again about other shops, in the same words."""
    made = [file(home, FRIDAY + n * HOUR, merchant_id=n + 1) for n in range(many)]
    commands.index_words(case_ids=[case.id for case in made])
    return made


def by_many(home: House) -> list[Case]:
    """Three persons, one shop, the same words."""
    made = [
        file(home, merchant_id=7, contact=Contact(name="某", phone=f"1391111000{n}"))
        for n in range(3)
    ]
    commands.index_words(case_ids=[case.id for case in made])
    return made


@pytest.mark.django_db
class TestSerials:
    def test_a_series_of_a_person_is_listed_with_its_reasons(self):
        home = house()
        made = by_one(home)

        (group,) = queries.serials(home.chen, NOW)

        assert group.key == (home.ai_li.id, 0, 0)
        assert {case.id for case in group.cases} == {case.id for case in made}
        assert [sign.what for sign in group.signs] == ["many", "shops", "texts"]
        assert queries.serials(home.chen, NOW + 60 * DAY) == []

    def test_the_same_words_of_many_persons_against_one_shop_are_listed(self):
        home = house()
        made = by_many(home)

        (group,) = queries.serials(home.chen, NOW)

        assert group.key == (0, 7, likeness.fingerprint(TEXT))
        assert len(group.cases) == len(made) == 3

    def test_nothing_is_done_by_machine_to_whoever_is_listed_and_marked(self):
        home = house()
        by_one(home)
        (group,) = queries.serials(home.chen, NOW)
        mark(home, group.key, verdict="watch")

        flagged = file(home, NOW, merchant_id=9, text="外套颜色与页面不符，商家不换。")
        plain = commands.file(
            filing=commands.Filing(
                kind="complaint", channel="email", text="外套颜色与页面不符，商家不换。",
                contact=Contact(name="梅", phone="13911113333"), category="service_quality",
                merchant_id=9,
            ),
            by=home.bo_bo, at=NOW,
        ).case  # fmt: skip

        same = ("state", "kind", "category", "issue", "severity", "tier", "priority", "rank",
                "department", "reasons", "missing", "next_due_at")  # fmt: skip
        assert [getattr(flagged, name) for name in same] == [getattr(plain, name) for name in same]
        assert dues(flagged) == dues(plain)

    def test_a_person_says_what_it_is_with_a_reason_that_the_log_keeps_as_a_hash(self):
        home = house()
        by_one(home)
        (group,) = queries.serials(home.chen, NOW)

        mark(home, group.key, verdict="watch", reason="多家商家、同一文本")
        row = mark(home, group.key, verdict="not_serial", reason="核实为真实购买")

        assert (row.verdict, row.staff_id) == ("not_serial", home.chen.id)
        assert SerialMark.objects.count() == 1
        events = Event.objects.filter(stream=home.ai_li.id, kind="serial.marked").order_by("seq")
        assert [event.data["verdict"] for event in events] == ["watch", "not_serial"]
        assert "核实" not in str([event.data for event in events])
        assert queries.serials(home.chen, NOW)[0].mark == row

    def test_what_was_judged_stands_behind_what_was_not(self):
        home = house()
        by_many(home)
        by_one(home, many=8)
        first, second = queries.serials(home.chen, NOW)
        assert first.score > second.score

        mark(home, first.key, verdict="not_serial")

        assert [g.key for g in queries.serials(home.chen, NOW)] == [second.key, first.key]

    def test_only_supervisors_and_compliance_see_and_judge_them(self):
        home = house()
        by_one(home)
        compliance = Actor(home.chen.id, frozenset({Role.COMPLIANCE}), "legal", "何")

        for by in (home.bo_bo, home.ai_li):
            with pytest.raises(NotPermitted):
                queries.serials(by, NOW)
            with pytest.raises(NotPermitted):
                mark(home, (home.ai_li.id, 0, 0), by=by)
        assert len(queries.serials(compliance, NOW)) == 1

    def test_a_mark_without_a_reason_of_no_known_sort_or_of_no_series_is_refused(self):
        home = house()
        by_one(home)

        with pytest.raises(Invalid) as refused:
            mark(home, (home.ai_li.id, 0, 0), verdict="guilty", reason=" ")
        with pytest.raises(NotFound):
            mark(home, (home.ding.id, 0, 0))

        assert set(refused.value.fields) == {"verdict", "reason"}


def mark(home: House, key: Any, **changes: Any) -> SerialMark:
    given = {"verdict": "watch", "reason": "待观察", "by": home.chen, "at": NOW} | changes
    return commands.mark_serial(person_id=key[0], merchant_id=key[1], fingerprint=key[2], **given)
