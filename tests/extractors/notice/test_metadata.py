"""Identity of a notice: the published ones against what people read, and letters of other cities."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from extractors.body.outline import read_outline
from extractors.body.page_data import PageData
from extractors.notice.metadata import NoticeMetadata, read_metadata
from tests.extractors.body.letters import COMPANY, DISTRICT, DRAFT, JOINT, ROSTER, WEB, WRAPPED, letter
from tests.extractors.published import document_of

SLUGS = ["zibo-2023", "huarong-2021", "shanwei-2016", "tongchuan", "yiyang-2021", "hb-xiaogan-2022", "sd-mixed-2024"]
FIELDS = ["title", "doc_number", "issuer", "province", "city", "county", "issued_on", "campaign", "award"]
CODES = {
    "zibo-2023": "370300",
    "huarong-2021": "430623",
    "shanwei-2016": "441500",
    "tongchuan": "610200",
    "yiyang-2021": "430900",
    "hb-xiaogan-2022": "420900",
    "sd-mixed-2024": "370725",
}


def metadata_of(text: str) -> NoticeMetadata:
    document = letter(text)
    return read_metadata(document, read_outline(document))


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("file_format", ["text", "docx"])
def test_published_notices(notices: Path, gold: Path, slug: str, file_format: str) -> None:
    path = next((notices / file_format).glob(f"{slug}.*"))
    document = document_of(path)
    metadata = read_metadata(document, read_outline(document))
    facts = json.loads((gold / slug / "facts.json").read_text("utf-8"))["notice"]
    got = {k: str(v) if k == "issued_on" and v else v for k, v in asdict(metadata).items()}
    assert {f: got[f] for f in FIELDS} == {f: facts[f] for f in FIELDS}
    assert metadata.division_code == CODES[slug]
    period = facts["period"] or [None, None]
    if slug != "sd-mixed-2024":  # 2024年度 in its titles, yet people read the first and last day of its stages
        assert [
            metadata.period_start and str(metadata.period_start),
            metadata.period_end and str(metadata.period_end),
        ] == period
    if "award_level" in facts:
        assert metadata.award_level == facts["award_level"]


def test_a_number_quoted_for_another_document_is_not_the_notice_number() -> None:
    assert (
        metadata_of("关于印发方案的通知\n各科室：\n根据《通知》（某创文〔2016〕1号）精神，制定方案。").doc_number
        is None
    )
    assert metadata_of(DISTRICT).doc_number == "浦文明办〔2023〕15号"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DISTRICT, ("上海市浦东新区精神文明建设委员会办公室", "310115", 2023, "文明单位", "县级", "区级文明单位")),
        (JOINT, ("中共长泰县委宣传部、长泰县教育局", "350625", 2019, "文明校园", None, None)),
        (ROSTER, ("镇江市丹徒区卫生健康委员会", "321112", 2022, "文明单位", None, None)),
        (WEB, ("福州市鼓楼区精神文明建设指导委员会", "350102", 2024, "文明城市", "全国", "全国文明典范城市")),
        (WRAPPED, ("洛阳市卫生健康委员会", "410300", 2024, "文明单位", "省级", "省级文明单位")),
        (DRAFT, (None, "150602", 2022, "文明社区", None, None)),
        (COMPANY, ("国网江苏省电力有限公司泰州供电分公司", "321200", 2023, "文明单位", "全国", "全国文明单位")),
    ],
    ids=["district", "joint", "roster", "web", "wrapped", "draft", "company"],
)
def test_letters_of_other_cities(text: str, expected: tuple[object, ...]) -> None:
    metadata = metadata_of(text)
    assert (
        metadata.issuer,
        metadata.division_code,
        metadata.year,
        metadata.campaign,
        metadata.award_level,
        metadata.award,
    ) == expected


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        (DISTRICT, "2023-01-01", "2023-12-31"),
        (JOINT, "2019-01-01", "2021-12-31"),
        (WRAPPED, "2024-03-01", "2025-01-31"),
        (COMPANY, "2023-01-01", "2023-12-31"),
    ],
    ids=["calendar year", "years of the title", "stages", "open stages"],
)
def test_period(text: str, start: str, end: str) -> None:
    metadata = metadata_of(text)
    assert (str(metadata.period_start), str(metadata.period_end)) == (start, end)


def test_a_web_page_title_is_not_its_navigation() -> None:
    assert metadata_of(WEB).title == "关于印发2024年鼓楼区创建全国文明典范城市重点任务分解表的通知"


def test_an_empty_notice_has_no_metadata() -> None:
    metadata = metadata_of("")
    assert all(value is None for value in asdict(metadata).values())


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("村(社区)文明创建考核细则\n一、内容", None),
        ("乡（镇）精神文明建设考评细则\n一、内容", None),
        ("各乡镇创建文明单位考核办法\n一、内容", None),
        ("农村社区文明创建标准\n一、内容", None),
        ("武宁县农村社区文明创建标准\n一、内容", None),
        ("安徽省文明村镇创建标准\n一、内容", None),
        ("中共滦南县委滦南县人民政府关于创建的意见\n各乡镇：", "中共滦南县委、滦南县人民政府"),
        ("武宁县罗坪镇创建文明村镇方案\n一、内容", "武宁县罗坪镇"),
        (
            "滦南县指挥部文件\n滦指〔2022〕1号\n滦南县指挥部\n滦南县文明办\n关于印发方案的通知\n各单位：",
            "滦南县指挥部、滦南县文明办",
        ),
    ],
)
def test_the_issuer_is_a_body_with_a_name(text: str, issuer: str | None) -> None:
    assert metadata_of(text).issuer == issuer


@pytest.mark.parametrize(
    ("body", "year"),
    [
        ("2021年度创建工作进入迎检阶段。\n一、时间\n2021年11月13日至12月15日。", 2021),
        ("活动于2022年5月开展，6月底前结束。", 2022),
        ("请于2023年6月30日前报送。", 2023),
        ("根据《2019年创建要点》（某文明办〔2019〕3号），2021年度安排如下。", 2021),
        ("2018年12月以来，成效显著。", None),
        ("《条例》于2017年6月1日施行。", None),
        ("2021年10月自查，2022年3月验收。", None),
        ("2022年3月77日", None),
        ("2023年2月27日，某文明办〔2023〕2号印发方案。", None),
        ("我市2020年文明城市。", None),
    ],
)
def test_the_year_of_the_text_where_nothing_else_names_one(body: str, year: int | None) -> None:
    assert metadata_of(f"志愿服务活动方案\n{body}").year == year


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("甲县2023年文明单位创建工作任务分解", "甲县2023年文明单位创建工作任务分解"),
        ("附件：\n甲县2023年文明单位创建工作任务分解", "甲县2023年文明单位创建工作任务分解"),
        ("甲县文明单位创建工作，任务分解如下", None),
        ("甲县2023年森林防火工作任务分解", None),
    ],
)
def test_a_first_line_about_a_campaign_is_the_title_of_what_has_no_other(first: str, title: str | None) -> None:
    assert metadata_of(f"{first}\n一、理想信念教育\n1.每季度集中学习一次。\n2.开展读书分享活动。").title == title


def test_the_year_of_a_title_wins_over_that_of_the_text() -> None:
    assert metadata_of("2020年志愿服务方案\n2021年度创建工作。").year == 2020


@pytest.mark.parametrize(
    "sentence",
    [
        "弘扬延安精神、井冈山精神、红旗渠精神。",
        "学习浙江省金华市“千万工程”经验。",
        "赴江西省井冈山市参观。",
        "推广福建省三明市医改经验。",
        "走进遵义市革命旧址。",
        "传承西柏坡精神，借鉴绍兴市枫桥做法。",
    ],
)
def test_a_slogan_or_an_example_gives_no_place(sentence: str) -> None:
    metadata = metadata_of(f"市直机关党建考评细则\n一、学习教育\n1.{sentence}")
    assert (metadata.province, metadata.city, metadata.county) == (None, None, None)


def test_what_the_page_says_counts_where_the_letter_is_silent() -> None:
    page = PageData("甲县测评方案", "甲文明办〔2021〕7号", "石台县文明办", date(2021, 5, 6))
    silent = letter("各单位：\n请落实。")
    found = read_metadata(silent, read_outline(silent), page=page)
    assert (found.title, found.doc_number, found.issuer) == ("甲县测评方案", "甲文明办〔2021〕7号", "石台县文明办")
    assert (str(found.issued_on), found.year, found.county) == ("2021-05-06", 2021, "石台县")
    complete = letter(DISTRICT)
    assert read_metadata(complete, read_outline(complete), page=page) == metadata_of(DISTRICT)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("测评方案\n一、时间\n1.落实。\n2021年3月5日印发", "2021-03-05"),
        ("测评方案\n一、时间\n1.落实。\n成文日期：2021-03-05", "2021-03-05"),
        ("测评方案\n一、时间\n1.落实。\n发布时间：2021-03-05", "None"),
        ("测评方案\n一、时间\n1.落实。\n发文日期：2021-03-05 10:20", "None"),
    ],
)
def test_the_day_of_publication_is_not_that_of_issue(text: str, day: str) -> None:
    assert str(metadata_of(text).issued_on) == day


@pytest.mark.parametrize(
    ("place", "level"),
    [("丰都县", "省级"), ("江阴市", "县级"), ("绵阳市", "市级"), ("安吉县", "市级")],
)
def test_what_a_city_calls_its_own_level(place: str, level: str) -> None:
    text = f"{place}文明办\n关于创建市级文明村镇的通知\n各单位：\n请争创市级文明村镇。"
    assert metadata_of(text).award_level == level
