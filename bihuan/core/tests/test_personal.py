"""What is personal in a text is found and masked, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.personal import (
    Found,
    find,
    mask,
    mask_address,
    mask_email,
    mask_name,
    mask_phone,
    normal_email,
    normal_phone,
)


@pytest.mark.parametrize(
    "written",
    [
        "13912342718",
        "139 1234 2718",
        "139-1234-2718",
        "1391 234 2718",
        "1 3 9 1 2 3 4 2 7 1 8",
        "+86 139 1234 2718",
        "+8613912342718",
        "008613912342718",
        "１３９１２３４２７１８",
        "139－1234－2718",
        "139\u30001234\u200b2718",
        "一三九一二三四二七一八",
        "幺三九 幺二三四 二七幺八",
    ],
)
def test_a_mobile_number_is_found_however_it_is_written(written):
    text = f"请打我电话{written}，谢谢"

    [found] = find(text)

    assert (found.kind, found.value) == ("phone", "13912342718")
    assert text[found.start : found.end] == written
    assert mask(text) == "请打我电话139****2718，谢谢"


@pytest.mark.parametrize(
    ("written", "value", "masked"),
    [
        ("010-62345678", "01062345678", "010-****5678"),
        ("(0571)8765 4321", "057187654321", "0571-****4321"),
        ("（０２１）６２３４５６７８", "02162345678", "021-****5678"),
        ("+86 10 6234 5678", "01062345678", "010-****5678"),
        ("0755-2345678转801", "07552345678", "0755-****5678"),
    ],
)
def test_a_landline_is_found_with_its_area(written, value, masked):
    text = f"座机{written}。"

    assert [f.value for f in find(text)] == [value]
    assert mask(text) == f"座机{masked}。"


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002X",
        "110105 19491231 002x",
        "110105 1949 1231 002X",
        "110105 1949 12 31 002X",
        "110105-1949-1231-002-X",
        "110 105 194 912 310 02X",
        "1101 0519 4912 3100 2X",
    ],
)
def test_an_identity_number_is_found_by_its_date_and_check_character(written):
    [found] = find(f"身份证{written}。")

    assert (found.kind, found.value) == ("id_card", "11010519491231002X")
    assert mask(written) == "1****************X"


def test_digits_before_an_identity_number_do_not_hide_it():
    assert mask("共 12 件 3 110101 1990 0307 7715 号") == "共 12 件 3 1****************5 号"


@pytest.mark.parametrize("written", ["110101 1990 0307 7716", "110101 1990 1307 7715"])
def test_digits_in_the_groups_of_an_identity_number_that_do_not_check_stay(written):
    assert find(written) == ()


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("110105194912310021", "the check character is wrong"),
        ("110105194913310026", "there is no thirteenth month"),
    ],
)
def test_a_number_that_cannot_be_an_identity_number_stays(written, why):
    assert find(written) == (), why


@pytest.mark.parametrize("written", ["4111111111111111", "4111 1111 1111 1111", "378282246310005"])
def test_a_bank_card_is_found_by_luhn_and_shows_its_last_four(written):
    [found] = find(f"卡号：{written}")

    assert found.kind == "bank_card"
    assert mask(written) == "*" * (len(found.value) - 4) + found.value[-4:]


@pytest.mark.parametrize(
    "text",
    [
        "订单号：4111111111111111",
        "运单编号为 4111111111111111",
        "Order No. 4111111111111111",
        "SF4111111111111111",
        "4111111111111112",
        "个案 TS2026021300001315 已受理",
        "下单时间 2026-02-13 16:00，实付 139.90 元，订单 202602131391234271800",
        "400-820-8820",
        "毫秒 1739123427180",
    ],
)
def test_numbers_of_orders_cases_dates_and_hotlines_stay(text):
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "value", "masked"),
    [
        ("邮箱a.b+c@mail.example.com。", "a.b+c@mail.example.com", "邮箱a***@mail.example.com。"),
        ("Alice@Example.CN，谢谢", "alice@example.cn", "a***@example.cn，谢谢"),
        ("写给ａｌｉｃｅ＠ｑｑ．ｃｏｍ", "alice@qq.com", "写给a***@qq.com"),
        ("13912342718@139.com", "13912342718@139.com", "1***@139.com"),
    ],
)
def test_a_mail_address_is_found_where_chinese_text_begins(text, value, masked):
    assert [(f.kind, f.value) for f in find(text)] == [("email", value)]
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text", ["@", "a@", "@b.com", "a@b", "价格@9.9", "...@b.com", "@小明 你好"]
)
def test_an_at_sign_alone_is_no_mail_address(text):
    assert find(text) == ()


def test_several_data_are_found_in_order_without_overlaps():
    text = "王小明 13912342718，备用 010-62345678，alice@qq.com，11010519491231002X"

    found = find(text)

    assert [f.kind for f in found] == ["phone", "phone", "email", "id_card"]
    assert mask(text) == "王小明 139****2718，备用 010-****5678，a***@qq.com，1****************X"


def test_a_found_datum_says_where_it_stands():
    assert find("致13912342718") == (Found("phone", 1, 12, "13912342718"),)


@pytest.mark.parametrize(
    "piece",
    ["a", "1", "@", "a@", "13", "1 ", "1-", "62 ", "+86", "0", "(", "一", "转", "a@a.", "\n"],
)
def test_a_hundred_thousand_of_anything_is_read_to_the_end(piece):
    text = piece * (100_000 // len(piece))

    assert mask(text + "。13912342718").endswith("。139****2718")


words = st.lists(
    st.one_of(
        st.text("你好，。的退货款", min_size=1, max_size=6),
        st.sampled_from(["13912342718", "alice@qq.com", "11010519491231002X", "010-62345678"]),
    ),
    max_size=8,
).map("，".join)


@given(words)
def test_masking_leaves_nothing_to_find_and_changes_nothing_the_second_time(text):
    assert find(mask(text)) == ()
    assert mask(mask(text)) == mask(text)


@given(st.text(max_size=200))
def test_what_is_found_lies_in_the_text_in_order(text):
    found = find(text)

    ends = [0, *(edge for one in found for edge in (one.start, one.end)), len(text)]
    assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王**"),
        ("王明", "王*"),
        ("欧阳锋", "欧阳*"),
        ("欧阳", "欧*"),
        ("阿卜杜拉·买买提", "阿***"),
        ("Alice Smith", "A**"),
        ("王", "*"),
        ("  ", ""),
    ],
)
def test_of_a_name_the_surname_is_shown(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("139 1234 2718", "139****2718"),
        ("0571-87654321", "0571-****4321"),
        ("+1 415 555 2671", "****71"),
        ("12345", "****"),
    ],
)
def test_of_a_phone_no_more_is_shown_than_tells_two_apart(phone, masked):
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("email", "masked"), [(" alice@x.cn ", "a***@x.cn"), ("@x.cn", "***@x.cn"), ("alice", "***")]
)
def test_of_a_mail_address_the_first_letter_and_the_domain_are_shown(email, masked):
    assert mask_email(email) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("浙江省杭州市西湖区文三路 123 号 4 幢", "浙江省杭州市西湖区****"),
        ("北京市朝阳区建国路1号院翠苑小区", "北京市朝阳区****"),
        ("内蒙古自治区呼和浩特市新城区海拉尔东街", "内蒙古自治区呼和浩特市新城区****"),
        ("杭州市翠苑小区 5 幢", "杭州市****"),
        ("12 Main Street", "****"),
        (" ", ""),
    ],
)
def test_of_an_address_nothing_is_shown_beyond_the_district(address, masked):
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+86 139-1234-2718", "13912342718"),
        (" (010) 6234 5678 ", "01062345678"),
        ("电话13912342718", None),
        ("13912342718 13912342719", None),
        ("alice@qq.com", None),
        ("", None),
    ],
)
def test_a_phone_has_one_plain_form_or_none(text, number):
    assert normal_phone(text) == number


@pytest.mark.parametrize(
    ("text", "address"),
    [(" Alice＠QQ.com ", "alice@qq.com"), ("alice", None), ("13912342718", None)],
)
def test_a_mail_address_has_one_plain_form_or_none(text, address):
    assert normal_email(text) == address
