"""Charts stay true, safe and readable for any data."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from bihuan.web import charts, heat

HOSTILE = "<script>alert(1)</script>\" onload='x'"
DAYS = ["11月17日", "11月18日", "11月19日"]


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(str(markup))


def week(
    values: tuple[float, ...] = (42, 51, 38), rates: tuple[float | None, ...] = (96.2, 92.8, 95.0)
) -> str:
    urls = [f"/desk/inbox/?day={at}" for at in range(len(values))]
    return charts.panels(
        title="投诉量与按时办结率",
        labels=DAYS[: len(values)],
        bars=[charts.Series("新增", values, urls, "c1", "件")],
        rate=charts.Rate("按时率", rates, urls, 95),
    )


def categories(*values: float, label: str = "服务质量类") -> str:
    rows = [charts.Bar(label, value, f"?cat={at}", "68%") for at, value in enumerate(values)]
    return charts.horizontal_bars(title="投诉类别分布", rows=rows)


def hours(*values: int) -> str:
    row = heat.HeatRow("周一", values, [f"?h={at}" for at in range(len(values))])
    return heat.heat_map(
        title="进线时段", columns=[f"{v}时" for v in range(len(values))], rows=[row]
    )


def test_the_tallest_bar_is_as_much_taller_as_its_count_is_greater() -> None:
    bars = parsed(week((10, 20, 40))).findall(".//rect[@class='mark c1']")

    tall = [float(bar.attrib["height"]) for bar in bars]

    assert tall[1] == pytest.approx(2 * tall[0], abs=0.2)
    assert tall[2] == pytest.approx(4 * tall[0], abs=0.2)


def test_every_bar_and_dot_is_a_link_that_says_day_series_and_count() -> None:
    links = parsed(week()).findall(".//a")

    assert [link.attrib["aria-label"] for link in links] == [
        *("11月17日 按时率 96.2%", "11月18日 按时率 92.8%", "11月19日 按时率 95.0%"),
        *("11月17日 新增 42 件", "11月18日 新增 51 件", "11月19日 新增 38 件"),
    ]
    assert all(link.attrib["href"].startswith("/desk/inbox/?day=") for link in links)
    assert all(link.find("title") is not None for link in links)


def test_only_a_rate_below_the_target_is_marked_as_below() -> None:
    dots = parsed(week()).findall(".//circle")

    assert [dot.attrib["class"] for dot in dots if dot.attrib["class"] != "hit"] == [
        *("dot", "dot dot-below", "dot"),
    ]


def test_the_chart_has_a_name_for_readers() -> None:
    root = parsed(week())

    assert root.attrib["aria-label"] == "投诉量与按时办结率"
    assert root.findtext("title") == "投诉量与按时办结率"


def test_a_day_without_a_rate_breaks_the_line_and_has_no_dot() -> None:
    root = parsed(week(rates=(96.0, None, 95.0)))

    assert root.findall(".//polyline") == []
    assert len(root.findall(".//circle[@class='dot']")) == 2


@pytest.mark.parametrize(
    "markup",
    [
        categories(3, label=HOSTILE),
        charts.load_bar(name=HOSTILE, over=1, soon=2, ok=3, cap=8),
        heat.heat_map(
            title=HOSTILE, columns=[HOSTILE], rows=[heat.HeatRow(HOSTILE, [1], ["?a=1&b=2"])]
        ),
        charts.panels(
            title=HOSTILE,
            labels=[HOSTILE],
            bars=[charts.Series(HOSTILE, [1], ['/x?q="><b>'], "c1", HOSTILE)],
            rate=charts.Rate(HOSTILE, [90.0], [""], 95),
        ),
    ],
)
def test_a_hostile_label_stays_text(markup: str) -> None:
    root = parsed(markup)  # would not parse if a quote or bracket had got through

    assert root.find(".//script") is None
    assert "<script" not in str(markup)
    assert not any(name.startswith("on") for each in root.iter() for name in each.attrib)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://elsewhere.example/", "//elsewhere"]
)
def test_a_mark_never_leads_out_of_the_site(url: str) -> None:
    with pytest.raises(ValueError, match="inside the site"):
        charts.horizontal_bars(title="x", rows=[charts.Bar("x", 1, url)])


def test_no_data_is_said_in_words() -> None:
    rate = charts.Rate("按时率", [], [], 95)

    assert "没有数据" in charts.panels(title="x", labels=[], bars=[], rate=rate)
    assert "没有数据" in charts.horizontal_bars(title="x", rows=[])
    assert "没有数据" in heat.heat_map(title="x", columns=[], rows=[])
    assert charts.sparkline([]) == ""


def test_one_point_and_all_zeros_are_drawn_flat() -> None:
    one, zeros = parsed(week((7,), (0.0,))), parsed(week((0, 0, 0), (0.0, 0.0, 0.0)))

    assert len(one.findall(".//rect[@class='mark c1']")) == 1
    assert {bar.attrib["height"] for bar in zeros.findall(".//rect[@class='mark c1']")} == {"0"}
    assert parsed(charts.sparkline([5])).find("circle") is not None
    assert parsed(categories(0, 0)).find(".//rect[@class='mark c1']").attrib["width"] == "0"  # type: ignore[union-attr]
    assert 'class="heat-0"' in hours(0, 0)


def test_the_fullest_cell_has_the_darkest_shade_and_an_empty_one_no_link() -> None:
    cells = parsed(hours(0, 2, 6)).findall(".//td")[1:]

    assert [cell.attrib["class"] for cell in cells] == ["heat-0", "heat-3", "heat-9"]
    assert [cell.find("a") is not None for cell in cells] == [False, True, True]
    assert "".join(cells[2].itertext()) == "周一 2时：6 件"


@pytest.mark.parametrize(("columns", "shown"), [(3, [0, 1, 2]), (9, [0, 2, 4, 6, 8])])
def test_of_many_hours_every_second_is_shown_and_all_are_read_out(
    columns: int, shown: list[int]
) -> None:
    heads = parsed(hours(*range(columns))).findall(".//thead//span")

    assert [head.text for head in heads] == [f"{hour}时" for hour in range(columns)]
    assert [n for n, head in enumerate(heads) if head.attrib["class"] != "vh"] == shown


@pytest.mark.parametrize("label", ["服务质量类", "Systems and technology"])
def test_a_long_label_begins_inside_the_chart_and_ends_before_its_bar(label: str) -> None:
    root = parsed(categories(3, label=label))

    ends = float(root.find(".//text[@class='label']").attrib["x"])  # type: ignore[union-attr]
    bar = float(root.find(".//rect[@class='track']").attrib["x"])  # type: ignore[union-attr]
    assert ends >= sum(13 if ord(sign) > 255 else 7 for sign in label)
    assert ends < bar


def test_a_load_bar_over_its_cap_still_fits() -> None:
    parts = parsed(charts.load_bar(name="林悦", over=4, soon=8, ok=8, cap=16)).findall("rect")[1:]

    assert sum(float(part.attrib["width"]) for part in parts) == pytest.approx(100, abs=0.2)
    assert [part.attrib["width"] for part in parts] == ["20", "40", "40"]


def test_thirty_days_do_not_write_over_one_another() -> None:
    labels = [f"11月{day}日" for day in range(1, 31)]
    ones, urls = [1.0] * 30, [""] * 30

    root = parsed(
        charts.panels(
            title="x",
            labels=labels,
            bars=[charts.Series("新增", ones, urls)],
            rate=charts.Rate("按时率", [96.0] * 30, urls, 95),
        )
    )

    days = [t for t in root.findall(".//text") if (t.text or "").endswith("日")]
    places = [float(t.attrib["x"]) for t in days]
    assert days[-1].text == "11月30日"
    assert min(b - a for a, b in pairwise(places)) >= 50


def test_no_chart_carries_a_style_or_a_fixed_colour() -> None:
    everything = week() + categories(1) + hours(1) + charts.sparkline([1, 2], mood="bad")

    assert "style=" not in everything
    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb\(", everything)
