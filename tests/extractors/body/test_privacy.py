"""Contact data is hidden, everything else stays. The numbers are built here so that none stands in the repository."""

from __future__ import annotations

import pytest

from extractors.body.privacy import HIDDEN, redact

MOBILE = "138" + "0" * 8
LANDLINE = "0" + "731" + "-" + "8" * 7
IDENTITY = "430" + "000" + "19900101" + "0010"


@pytest.mark.parametrize(
    ("before", "secret", "after"),
    [
        ("手机：", "156" + "*" * 8, "，邮箱"),
        ("（", MOBILE, "）"),
        ("+86 ", MOBILE, "。"),
        ("电话：", LANDLINE, "；"),
        ("电话 ", "0" + "516—" + "8" * 8, ""),
        ("电话：", "（0" + "10）" + "8" * 8, "，"),
        ("联系电话：", "8" * 7 + "、" + "7" * 7, "。"),
        ("身份证号", IDENTITY, "，"),
        ("身份证号", "430000" + "*" * 8 + "001X", "，"),
        ("邮箱：", "a_b" + "@" + "example.com", "。"),
        ("(QQ邮箱", "*" * 8, ")"),
        ("邮箱: ", "*" * 8, "),"),
        ("QQ群：", "1" * 9, "，"),
        ("微信号：", "abc_" + "1" * 6, "，"),
        ("微信：", MOBILE, ""),
    ],
)
def test_contacts_are_hidden(before: str, secret: str, after: str) -> None:
    assert redact(before + secret + after) == before.replace("+86 ", "") + HIDDEN + after


@pytest.mark.parametrize(
    "text",
    [
        "2023年2月27日，某文明办〔2023〕2号",
        "2023-02-27至2023-09-30",
        "20230227",
        "满意度≥95%，经费3000000元，2016-2017年",
        "微信公众号发布信息，全年不少于24条",
        "请随时关注QQ群资料报送通知",
        "公布12345热线和监督电话，投诉办结率100%",
        "得分0.5分，容量小于2M大于1.5M，3—5张",
        "1985年—2020年，第13800号",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert redact(text) == text
