"""Identity of a notice: the published ones against what people read, and letters of other cities."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from extractors.body.outline import read_outline
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


def said(text: str) -> NoticeMetadata:
    document = letter(text)
    return read_metadata(document, read_outline(document))


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("carrier", ["text", "docx"])
def test_published_notices(notices: Path, gold: Path, slug: str, carrier: str) -> None:
    path = next((notices / carrier).glob(f"{slug}.*"))
    document = document_of(path)
    told = read_metadata(document, read_outline(document))
    facts = json.loads((gold / slug / "facts.json").read_text("utf-8"))["notice"]
    got = {k: str(v) if k == "issued_on" and v else v for k, v in asdict(told).items()}
    assert {f: got[f] for f in FIELDS} == {f: facts[f] for f in FIELDS}
    assert told.division_code == CODES[slug]
    period = facts["period"] or [None, None]
    if slug != "sd-mixed-2024":  # 2024年度 in its titles, yet people read the first and last day of its stages
        assert [told.period_start and str(told.period_start), told.period_end and str(told.period_end)] == period
    if "award_level" in facts:
        assert told.award_level == facts["award_level"]


def test_a_number_quoted_for_another_document_is_not_the_notice_number() -> None:
    assert said("关于印发方案的通知\n各科室：\n根据《通知》（某创文〔2016〕1号）精神，制定方案。").doc_number is None
    assert said(DISTRICT).doc_number == "浦文明办〔2023〕15号"


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
    told = said(text)
    assert (told.issuer, told.division_code, told.year, told.campaign, told.award_level, told.award) == expected


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
    told = said(text)
    assert (str(told.period_start), str(told.period_end)) == (start, end)


def test_a_web_page_title_is_not_its_navigation() -> None:
    assert said(WEB).title == "关于印发2024年鼓楼区创建全国文明典范城市重点任务分解表的通知"


def test_an_empty_notice_tells_nothing() -> None:
    told = said("")
    assert all(value is None for value in asdict(told).values())
