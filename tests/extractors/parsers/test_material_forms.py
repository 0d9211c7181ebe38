"""What sentences lay down about the files to hand in."""

from __future__ import annotations

import pytest

from extractors.parsers.material_forms import KIB, MaterialForm, read_material_form

MIB = KIB * KIB
JPG = ("jpg", "jpeg")
WORD = ("doc", "docx", "docm", "wps")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("照片要JPG格式，容量小于3M大于1M", MaterialForm(JPG, min_bytes=MIB, max_bytes=3 * MIB)),
        ("图片格式为jpg或png，每张不超过500KB", MaterialForm((*JPG, "png"), max_bytes=500 * KIB)),
        ("单张照片大小在5MB以内", MaterialForm(max_bytes=5 * MIB)),
        ("每张1.5M-2M", MaterialForm(min_bytes=3 * MIB // 2, max_bytes=2 * MIB)),
        ("每张800K—2M", MaterialForm(min_bytes=800 * KIB, max_bytes=2 * MIB)),
        ("不低于2兆", MaterialForm(min_bytes=2 * MIB)),
        ("大小为2M左右", MaterialForm(min_bytes=int(1.6 * MIB), max_bytes=int(2.4 * MIB))),
        ("像素不低于1920×1080", MaterialForm(min_pixels=(1920, 1080))),
        ("分辨率1080*1920以上", MaterialForm(min_pixels=(1920, 1080))),
        ("不低于800万像素", MaterialForm(min_area=8_000_000)),
        ("说明报告500字以内", MaterialForm(max_words=500)),
        ("总结不少于1500字，以Word版报送", MaterialForm(WORD, min_words=1500)),
        ("字数控制在800字", MaterialForm(max_words=800)),
        ("情况说明300-500字", MaterialForm(min_words=300, max_words=500)),
        ("介绍300字至500字", MaterialForm(min_words=300, max_words=500)),
        ("（600字左右）", MaterialForm(min_words=480, max_words=720, is_about=True)),
        ("提供活动图片1-3张", MaterialForm(max_count=3)),
        ("照片不超过5张", MaterialForm(max_count=5)),
        ("不能用“下一步”、“近期”等表述", MaterialForm(banned=("下一步", "近期"))),
        ('不得出现"复印"或"样稿"字样', MaterialForm(banned=("复印", "样稿"))),
        ("报告须扫描成PDF", MaterialForm(("pdf",))),
        ("报送PDF、Word版各一份", MaterialForm(("pdf", *WORD))),
    ],
)
def test_forms(text: str, form: MaterialForm) -> None:
    assert read_material_form(text) == form


@pytest.mark.parametrize(
    "text",
    [
        "报送照片3张、报告1份",
        "宽带不低于100Mbps",
        "实现5G网络全覆盖，画质不低于4K分辨率",
        "道路宽度不小于12m",
        "像素为1920×1080",
        "报告1000字",
        "每次活动提供1-3张图片",
        "各不超过5张",
        "不要只用“一张图”代替",
        "不得出现空洞、浮夸的表述",
        "文件名不得含有“副本”",
        '须注明"活动名称"',
        "不用PDF格式报送",
        "用PPT汇报",
        "不超过500字节",
    ],
)
def test_what_sets_no_form(text: str) -> None:
    assert read_material_form(text) == MaterialForm()


def test_the_strictest_of_several_bounds_holds() -> None:
    assert read_material_form("不超过5M；图片小于2M；报告不少于300字，要求500字以上") == MaterialForm(
        max_bytes=2 * MIB, min_words=500
    )
