"""Methods, also without separators and with item marks."""

from __future__ import annotations

import pytest

from extractors.parsers.methods import leading_methods, method_share, split_methods


@pytest.mark.parametrize(
    ("text", "methods"),
    [
        ("材料审核问卷调查实地考察", ["材料审核", "问卷调查", "实地考察"]),
        ("网络查看\n材料审核", ["网络查看", "材料审核"]),
        ("查阅资料、实地察看", ["查阅资料", "实地察看"]),
        ("1)材料审核 2)实地考察", ["材料审核", "实地考察"]),
        ("①暗访②听取汇报", ["暗访", "听取汇报"]),
        ("后台统计", ["后台统计"]),
        ("实地考察视频调查", ["实地考察", "视频调查"]),
        ("查阅资料现场测试", ["查阅资料", "现场测试"]),
        ("走访群众、抽查台账", ["走访群众", "抽查台账"]),
        ("查阅资料走访服务对象", ["查阅资料", "走访服务对象"]),
        ("县直机关工委打分", ["县直机关工委打分"]),
        ("实地察看 Ths OF Prapety al", ["实地察看"]),
        ("问卷调查\nRID of the sta", ["问卷调查"]),
        ("APP 测评", ["APP测评"]),
        ("微信 QQ 群抽查", ["微信QQ群抽查"]),
        ("----", []),
        ("171111111", []),
        ("材料审核、材料审核", ["材料审核"]),
    ],
)
def test_split_methods(text: str, methods: list[str]) -> None:
    assert split_methods(text) == methods


@pytest.mark.parametrize(
    ("text", "methods"),
    [
        ("实地考察。发现一处垃圾扣0.5分。", ["实地考察"]),
        ("材料审核、问卷调查：缺一项扣1分", ["材料审核", "问卷调查"]),
        ("材料审核\n缺一项扣1分", ["材料审核"]),
        ("缺一项扣1分。实地考察。", []),
        ("实地考察发现一处垃圾扣0.5分。", []),
        ("实地考察", []),
        ("", []),
    ],
)
def test_methods_that_a_rule_of_points_begins_with(text: str, methods: list[str]) -> None:
    assert leading_methods(text) == methods


def test_share_of_methods() -> None:
    assert method_share("材料审核、实地考察") == 1
    assert method_share("认真落实各项任务") == 0


@pytest.mark.parametrize(
    ("text", "methods"),
    [
        ("网络调查/网上申报", ["网络调查", "网上申报"]),
        ("听取汇报和个别座谈", ["听取汇报", "个别座谈"]),
        ("随机访问与问卷调查。", ["随机访问", "问卷调查"]),
        ("材料\n审核", ["材料审核"]),
        ("1）材料审核；2）问卷调查", ["材料审核", "问卷调查"]),
        ("实地考察（不少于3处）", ["实地考察（不少于3处）"]),
        ("A、C", ["A", "C"]),
        ("查阅会议记录", ["查阅会议记录"]),
        ("无", []),
        ("——", []),
        ("", []),
    ],
)
def test_more_methods(text: str, methods: list[str]) -> None:
    assert split_methods(text) == methods
