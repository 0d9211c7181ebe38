"""Names of administrative divisions."""

from __future__ import annotations

import pytest

from extractors.parsers.admin_divisions import (
    disambiguate,
    find_leading_place,
    find_mentions,
    find_places_inside,
    infer_from_context,
    place_of,
)


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
    found = disambiguate(find_leading_place(text), text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["市民政局", "公安局", "合作社", "和平饭店", "文明办"])
def test_plain_words_are_no_places(text: str) -> None:
    assert find_leading_place(text) == []


def test_a_name_in_several_provinces_needs_its_surroundings() -> None:
    candidates = find_leading_place("鼓楼区文明办")
    assert len(candidates) > 1
    assert disambiguate(candidates, "鼓楼区文明办") is None
    found = disambiguate(candidates, "福州市创建指挥部将督查鼓楼区。")
    assert found is not None
    assert found.code == "350102"


def test_all_levels_are_named() -> None:
    place = place_of(find_leading_place("昌平区")[0])
    assert (place.province, place.city, place.county, place.code) == ("北京市", "北京市", "昌平区", "110114")
    place = place_of(find_leading_place("昆山市教育局")[0])
    assert (place.province, place.city, place.county) == ("江苏省", "苏州市", "昆山市")
    place = place_of(find_leading_place("仙桃市")[0])
    assert (place.province, place.city, place.county) == ("湖北省", None, "仙桃市")


def test_media_tell_the_place_of_an_annex() -> None:
    found = infer_from_context("参与《中国文明网》、《陕西文明网》、《铜川文明网》开展的活动", "prefecture")
    assert found is not None
    assert found.code == "610200"
    assert infer_from_context("参与活动", "prefecture") is None
    assert infer_from_context("《大同文明网》《朝阳文明网》", "prefecture") is None


@pytest.mark.parametrize(
    "phrase",
    [
        "坚定共产主义远大理想",
        "学习重大理论成果",
        "用好阿里云学习平台",
        "大理石地面保持清洁",
        "早餐供应三明治和牛奶",
        "开展延安精神进机关活动",
        "弘扬大庆精神、铁人精神",
        "重温遵义会议精神",
        "学习延安精神文明建设做法",
        "赓续井冈山精神",
        "找到污水入河源头",
        "保护河源，清洁水源",
        "确保长治久安",
        "负责中山路、北京西路沿线",
        "籍贯\n河南信阳",
        "建成县级文明单位",
        "提高县域文明程度",
        "市和县两级联动",
    ],
)
def test_a_phrase_in_running_text_gives_no_place(phrase: str) -> None:
    assert infer_from_context(phrase) is None
    assert disambiguate(find_leading_place(phrase), phrase) is None


@pytest.mark.parametrize(
    "title",
    [
        "延安精神进社区活动方案",
        "大理石加工公司",
        "三明治协会",
        "阿里巴巴集团",
        "中山路街道办事处",
        "南京东路社区",
        "日照时间测量站",
    ],
)
def test_a_name_or_title_that_begins_with_a_plain_word_has_no_place(title: str) -> None:
    assert find_leading_place(title) == []
    assert find_places_inside(title) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("在三明市开展活动", "350400"),
        ("大理白族自治州所属单位", "532900"),
        ("和县各单位", "340523"),
        ("经《延安日报》刊登", "610600"),
    ],
)
def test_whole_names_and_media_in_running_text_give_the_place(text: str, code: str) -> None:
    found = infer_from_context(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("三明海关", "350400"),
        ("大理供电公司2024年创建方案", "532900"),
        ("延安文明单位考评细则", "610600"),
        ("陕西延安审计局", "610600"),
        ("河源海关关于创建文明单位的通知", "441600"),
    ],
)
def test_a_short_name_counts_where_a_name_or_title_begins(title: str, code: str) -> None:
    found = disambiguate(find_leading_place(title), title)
    assert found is not None
    assert found.code == code


def test_a_name_given_up_counts_in_its_time() -> None:
    before = disambiguate(find_leading_place("长泰县教育局"), "", 2019)
    assert before is not None
    assert before.code == "350625"


def test_a_body_may_hold_its_place_inside() -> None:
    found = disambiguate(find_places_inside("国网江苏省电力有限公司泰州供电分公司"), "")
    assert found is not None
    assert found.code == "321200"


def test_mentions_do_not_overlap_and_prefer_the_longest() -> None:
    assert [m.name for m in find_mentions("岳阳楼区和岳阳市")] == ["岳阳楼区", "岳阳市"]
