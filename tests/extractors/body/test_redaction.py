"""Contact data is hidden, everything else stays. The numbers are built here so that none stands in the repository."""

from __future__ import annotations

import pytest

from extractors.body.redaction import HIDDEN, redact, redact_numbers, redact_path

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
        ("志愿者群：", "1" * 9, "，"),
        ("工作群（", "1" * 9, "）"),
        ("请加群号 ", "1" * 9, "。"),
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


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
LOCAL = "2345678"
SPACED_MOBILE = "138 " + "1234" + "5678"
LONG_IDENTITY = "110101" + "19900307" + "1230"
OLD_IDENTITY = "110101" + "900307" + "123"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话：" + MOBILE.translate(WIDE), f"电话：{HIDDEN}"),
        ("联系人" + MOBILE.translate(WIDE) + "，", f"联系人{HIDDEN}，"),
        (f"联系人 {SPACED_MOBILE}。", f"联系人 {HIDDEN}。"),
        ("联系人 138-12345678。", f"联系人 {HIDDEN}。"),
        ("联系人（138）12345678。", f"联系人{HIDDEN}。"),
        ("联系人 " + " ".join(MOBILE) + "。", f"联系人 {HIDDEN}。"),
        (f"请拨 0533 {LOCAL}。", f"请拨 {HIDDEN}。"),
        (f"请拨 0533{LOCAL}。", f"请拨 {HIDDEN}。"),
        (f"请拨 0533－{LOCAL}。", f"请拨 {HIDDEN}。"),
        (f"固话：{LOCAL}", f"固话：{HIDDEN}"),
        (f"固 话：{LOCAL}", f"固 话：{HIDDEN}"),
        (f"传真 {LOCAL}转801", f"传真 {HIDDEN}"),
        (f"联系方式（办公）：{LOCAL}、7654321；", f"联系方式（办公）：{HIDDEN}；"),
        (OLD_IDENTITY, HIDDEN),
        (" ".join([LONG_IDENTITY[:6], LONG_IDENTITY[6:14], LONG_IDENTITY[14:]]), HIDDEN),
        (" ".join([LONG_IDENTITY[:6], LONG_IDENTITY[6:10], LONG_IDENTITY[10:14], LONG_IDENTITY[14:]]), HIDDEN),
        (LONG_IDENTITY.translate(WIDE), HIDDEN),
        ("Q Q：123456789", f"Q Q：{HIDDEN}"),
        ("ＱＱ：１２３４５６", f"ＱＱ：{HIDDEN}"),
        ("QQ群号是123456789，", f"QQ群号是{HIDDEN}，"),
        ("VX：wenming_2023", f"VX：{HIDDEN}"),
        ("vx wenming_2023", f"vx {HIDDEN}"),
        ("邮箱：张三@example.com。", f"邮箱：{HIDDEN}。"),
        ("报送至 张三＠example．com", f"报送至 {HIDDEN}"),
        ("请各单位联络员按时报送材料至创建办@example.com", f"请各单位联络员按时报送材料至创建办{HIDDEN}"),
        ("wenming @ example . com", HIDDEN),
        ("信 箱：linjiang_cj", f"信 箱：{HIDDEN}"),
        # A surname, a day or a post behind the number is no unit, a word before it that ends elsewhere no sum.
        (f"{MOBILE} 张某", f"{HIDDEN} 张某"),
        (f"{MOBILE} 万老师", f"{HIDDEN} 万老师"),
        (f"{MOBILE}项目办", f"{HIDDEN}项目办"),
        (f"拨打{MOBILE}次日回复", f"拨打{HIDDEN}次日回复"),
        (f"值班员{MOBILE}号", f"值班员{HIDDEN}号"),
        (f"第二小学 {MOBILE}", f"第二小学 {HIDDEN}"),
        (f"编号12，{MOBILE}", f"编号12，{HIDDEN}"),
        (f"资金科 {MOBILE}", f"资金科 {HIDDEN}"),
        (f"（0533）{LOCAL}万老师", f"{HIDDEN}万老师"),
    ],
)
def test_contacts_in_other_spellings_are_hidden(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "邮箱：设置意见箱并定期开箱",
        "信箱：各社区均设",
        "投入资金13800000000元",
        "总额为13800000000",
        "合计（元）：13800000000",
        "投入资金 13800000000 元",
        "浏览量13800000000次。",
        "档案编号为13800000000",
        "覆盖13800000000人次",
        "金额：13,800,000,000元",
        "统一社会信用代码：113703000042198801",
        "临文明办〔2023〕13号，2023 13 10",
        "编号05332345678号",
        "QQ、微信、VX 等渠道",
        "微信公众号 2023年发布24条",
        "QQ群内报送",
        "志愿者群：120人，群众12000人",
        "建群（2023年6月30日前）",
        "电话：12345",
        "联系方式：见附件",
        "固话安装200部",
        "2023 12 31 10 20 30",
        "0.13800000000",
        "关注@临江发布",
    ],
)
def test_what_only_looks_like_contacts_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("word", ["QQ", "微信", "电话", "邮箱", "VX", "身份证"])
def test_blanks_behind_a_label_cost_nothing(word: str) -> None:
    text = word + " " * 20_000 + "，" + (word + " ") * 200
    assert redact(text) == text


def test_a_list_below_a_mixed_header_is_hidden_as_one() -> None:
    assert redact_numbers("张三 " + "、".join([LOCAL] * 2_000)) == f"张三 {HIDDEN}"


def test_what_follows_a_point_in_a_name_is_no_extension() -> None:
    assert redact_path("收件/1.通知（QQ群号123456789）") == f"收件/1.通知（QQ群号{HIDDEN}）"
    assert redact_path("通知（QQ群号123456789）.docx") == f"通知（QQ群号{HIDDEN}）.docx"
