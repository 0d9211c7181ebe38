"""Names of administrative divisions."""

from __future__ import annotations

import pytest

from extractors.phrases.divisions import from_context, inside, leading, mentions, place_of, settle


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("中共益阳市委党校", "430900"),
        ("湖南省岳阳市华容县审计局", "430623"),
        ("华容县审计局", "430623"),
        ("上海市浦东新区文明办", "310115"),
        ("北京市海淀区教育委员会", "110108"),
        ("浙江省杭州市临平区文明办", "330113"),
        ("恩施土家族苗族自治州文明办", "422800"),
        ("仙桃市文明办", "429004"),
        ("内蒙古自治区文明办", "150000"),
        ("淄博海关", "370300"),
        ("襄樊市文明办", "420600"),
    ],
)
def test_the_place_a_name_begins_with(text: str, code: str) -> None:
    found = settle(leading(text), text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["市民政局", "公安局", "合作社", "和平饭店", "文明办"])
def test_plain_words_are_no_places(text: str) -> None:
    assert leading(text) == []


def test_a_name_in_several_provinces_needs_its_surroundings() -> None:
    candidates = leading("鼓楼区文明办")
    assert len(candidates) > 1
    assert settle(candidates, "鼓楼区文明办") is None
    found = settle(candidates, "福州市创建指挥部将督查鼓楼区。")
    assert found is not None
    assert found.code == "350102"


def test_all_levels_are_named() -> None:
    place = place_of(leading("昌平区")[0])
    assert (place.province, place.city, place.county, place.code) == ("北京市", "北京市", "昌平区", "110114")
    place = place_of(leading("昆山市教育局")[0])
    assert (place.province, place.city, place.county) == ("江苏省", "苏州市", "昆山市")
    place = place_of(leading("仙桃市")[0])
    assert (place.province, place.city, place.county) == ("湖北省", None, "仙桃市")


def test_media_tell_the_place_of_an_annex() -> None:
    found = from_context("参与《中国文明网》、《陕西文明网》、《铜川文明网》开展的活动", "prefecture")
    assert found is not None
    assert found.code == "610200"
    assert from_context("参与活动", "prefecture") is None
    assert from_context("《大同文明网》《朝阳文明网》", "prefecture") is None


def test_a_name_given_up_counts_in_its_time() -> None:
    before = settle(leading("长泰县教育局"), "", 2019)
    assert before is not None
    assert before.code == "350625"


def test_a_body_may_hold_its_place_inside() -> None:
    found = settle(inside("国网江苏省电力有限公司泰州供电分公司"), "")
    assert found is not None
    assert found.code == "321200"


def test_mentions_do_not_overlap_and_prefer_the_longest() -> None:
    assert [m.name for m in mentions("岳阳楼区和岳阳市")] == ["岳阳楼区", "岳阳市"]
