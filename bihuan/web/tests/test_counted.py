"""Counts that go no further than anybody reads."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.template import engines

from bihuan.web.counted import AtLeast, counted, said, within

pytestmark = pytest.mark.django_db


@pytest.fixture
def _five() -> None:
    Group.objects.bulk_create(Group(name=f"{n}") for n in range(5))


@pytest.mark.usefixtures("_five")
def test_few_rows_are_counted_to_the_last() -> None:
    assert str(counted(Group.objects.all(), most=6)) == "5"


@pytest.mark.usefixtures("_five")
@pytest.mark.parametrize("most", [4, 5])
def test_more_rows_than_anybody_reads_are_so_many_or_more(most: int) -> None:
    found = counted(Group.objects.all(), most=most)

    assert found == most
    assert str(found) == f"{most}+"


@pytest.mark.usefixtures("_five")
def test_several_counts_stand_in_one_statement(django_assert_num_queries: object) -> None:
    rows = Group.objects.order_by("name")

    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture without a type
        asked = {"all": within(rows, 3), "one": within(rows.filter(name="1"), 3)}
        found = Group.objects.order_by("id").values(**asked).first()

    assert found == {"all": 3, "one": 1}


def test_a_page_says_that_there_are_more() -> None:
    page = engines["django"].from_string("{{ n }} {% if n > 99 %}many{% endif %}")

    assert page.render({"n": said(500, 500)}) == "500+ many"
    assert f"{AtLeast(500)} 件" == "500+ 件"
