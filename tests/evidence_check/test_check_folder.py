"""Files of a folder against a made-up list: what belongs where and why, what is missing, what is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assets.evidence_check.check_folder import (
    BY_HAND,
    CHOSEN,
    COMPLETE,
    EXCESS,
    MISSING,
    PRESUMED,
    CheckedMaterial,
    FolderCheck,
    compare,
)
from assets.evidence_check.demands import Material, TaskDemand
from assets.evidence_check.inspect_file import DOCUMENT, FILM, PICTURE, SHEET, EvidenceFile
from assets.evidence_check.match_files import GUESS, SURE, FileMatch, FileMatcher
from assets.evidence_check.report_tables import build_sheets
from extractors.parsers.material_forms import KIB, MaterialForm, read_material_form
from warehouse.export.task_query import Notice, Task

NOTICE = Notice("n1", "云阳县水务局 2024", "水务局创建方案", "云阳县水务局", 2024, "甲.docx")
KINDS = {"jpg": PICTURE, "png": PICTURE, "docx": DOCUMENT, "pdf": DOCUMENT, "xlsx": SHEET, "mp4": FILM}


def material(kind: str, raw: str, count: int = 1, unit: str = "张", **more: Any) -> Material:
    form = read_material_form(more.pop("form", ""))
    return Material(kind, raw, count, unit, more.get("is_counted", True), more.get("choice"), form, "")


def demand(serial: int, requirement: str, *materials: Material, **more: Any) -> TaskDemand:
    task = Task(
        task_id=f"t{serial}", notice_id="n1", table_id=None, code=more.get("code"),
        indicator_names=more.get("names", ()), label=more.get("label"), requirement=requirement, criteria=None,
        scoring=None, remark=None, score=None, points_rows=1, score_cell=1, evidence_text=None, evidence=(),
        methods=(), deadline=None, deadlines=(), due_days=(), parties=(), leader=None, persons=(), bonus=False,
        topic=None, locator=f"表1 第{serial}行", wording="", progress=(), is_doubtful=False,
    )  # fmt: skip
    days = more.get("days", (date(2024, 1, 1), date(2024, 12, 31)))
    return TaskDemand(NOTICE, serial, task, materials, False, *days)


def file(path: str, **more: Any) -> EvidenceFile:
    kind = KINDS[path.rpartition(".")[2]]
    return EvidenceFile(path, more.pop("size", 100), more.pop("sha256", path), kind, **more)


PHOTOS, REPORT = material("photo", "活动照片", 2), material("report", "说明报告", 1, "份")
LIST = [
    demand(1, "组织开展节约用水宣传周活动", PHOTOS, REPORT),
    demand(2, "开展光盘行动，食堂张贴提示标语", PHOTOS, label="7）"),
    demand(3, "组织干部职工参加无偿献血", material("certificate", "献血证书", 1, "份"), code="Ⅱ-3"),
    demand(4, "开展文明交通劝导志愿服务", PHOTOS, REPORT),
    demand(5, "开展河道清洁志愿服务", PHOTOS),
]


def match(path: str, demands: list[TaskDemand] | None = None, **more: Any) -> FileMatch:
    return FileMatcher(demands or LIST).match(file(path, **more))


@pytest.mark.parametrize(
    ("path", "serial", "certainty"),
    [
        ("1-节约用水/1.jpg", 1, SURE),
        ("01 节水/横幅.jpg", 1, GUESS),
        ("任务3/献血证.jpg", 3, SURE),
        ("第4条/a.jpg", 4, SURE),
        ("04/IMG_2231.jpg", 4, GUESS),
        ("Ⅱ—3 无偿献血/证书.jpg", 3, SURE),
        ("节约用水宣传周/照片3.jpg", 1, SURE),
        ("文明交通劝导/7.jpg", 4, SURE),
        ("7-光盘行动.jpg", 2, SURE),
        ("Ⅱ-3/a.jpg", 3, SURE),
        ("ⅱ－3/a.jpg", 3, SURE),
        ("第03条 光盘/a.jpg", 3, SURE),
        ("志愿服务/河道清洁.jpg", 5, SURE),
        ("食堂标语.jpg", 2, GUESS),
        ("云阳县水务局 2024/2.食堂.jpg", 2, SURE),
    ],
)
def test_what_a_path_says(path: str, serial: int, certainty: str) -> None:
    found = match(path)
    assert (found.demand.serial if found.demand else None, found.certainty) == (serial, certainty), found.reason
    assert found.reason


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("IMG_20240501.jpg", "没有足够的相同文字"),
        ("3.jpg", "没有足够的相同文字"),
        ("志愿服务/1.jpg", "几条任务都可能"),
        ("2-无偿献血/1.jpg", "文字却与另一条相近：3"),
        ("志愿.jpg", "没有足够的相同文字"),
        ("7/1.jpg", "没有足够的相同文字"),
        ("年终聚餐/1.jpg", "没有足够的相同文字"),
        ("活动方案.docx", "没有足够的相同文字"),
        ("2024.05.04慰问.jpg", "没有足够的相同文字"),
    ],
)
def test_what_fits_nothing_stays_unmatched(path: str, why: str) -> None:
    demands = (
        [*LIST, demand(7, "落实值班制度", material("plan", "活动方案", 1, "份"))] if path == "活动方案.docx" else LIST
    )
    if path == "7/1.jpg":
        demands = LIST[:1]
    found = match(path, demands)
    assert found.demand is None, found.reason
    assert why in found.reason


def test_a_number_that_may_be_serial_or_mark_needs_words() -> None:
    demands = [*LIST, demand(6, "做好防汛值守", PHOTOS), demand(7, "开展普法讲座", PHOTOS)]
    assert match("7/a.jpg", demands).demand is None
    assert "原文的标号" in match("7/a.jpg", demands).reason
    found = match("7-光盘行动/a.jpg", demands)
    assert (found.demand or LIST[0]).serial == 2


def test_the_title_of_a_document_speaks_too() -> None:
    found = match("新建文档.docx", text="文明交通劝导情况\n全年……")
    assert found.demand is LIST[3]
    assert "正文标题" in found.reason
    for length, is_title in ((40, True), (41, False)):
        title = "文明交通劝导".ljust(length, "。")
        assert (match("新建文档.docx", text=title).demand is LIST[3]) is is_title


@pytest.mark.parametrize(
    ("path", "raw", "why"),
    [
        ("1/说明报告.docx", "说明报告", "文件名与"),
        ("1/a.jpg", "活动照片", "按文件类型"),
        ("1/a.mp4", None, "没有要这类文件"),
        ("4/总结.pdf", "说明报告", "文件名与"),
        ("5/说明报告.docx", None, "没有要这类文件"),
        ("5/河道照片.docx", "活动照片", "像是“活动照片”，但文件类型不符"),
    ],
)
def test_which_material_of_the_task(path: str, raw: str | None, why: str) -> None:
    found = match(path)
    assert (found.material.raw if found.material else None) == raw
    assert why in found.reason


def test_why_a_file_has_no_material() -> None:
    shared = TaskDemand(NOTICE, 2, demand(2, "开展夜读").task, (), True, None, None)
    film = demand(4, "拍摄短片", material("photo", "活动视频"), material("report", "总结"))
    demands = [demand(1, "开展晨读"), shared, demand(3, "开展朗诵", PHOTOS, material("screenshot", "截图")), film]
    told = {path: match(path, demands) for path in ("1/a.jpg", "2/a.jpg", "3/a.jpg", "4/a.mp4")}
    assert [found.material for found in told.values()] == [None, None, None, film.materials[0]]
    for path, why in (
        ("1/a.jpg", "原文没有写明这条任务的材料"),
        ("2/a.jpg", "材料与前面的任务共用"),
        ("3/a.jpg", "看不出是哪种材料（活动照片、截图）"),
        ("4/a.mp4", "按文件类型对应"),
    ):
        assert told[path].reason.endswith(f"；{why}")


@pytest.mark.parametrize(("number", "more"), [(2, ""), (4, ""), (5, "等"), (6, "等")])
def test_four_tasks_that_may_be_meant_are_named(number: int, more: str) -> None:
    demands = [demand(at, f"组织志愿服务{'甲乙丙丁戊己'[at - 1]}项") for at in range(1, number + 1)]
    named = "、".join(f"{one.serial} {one.short_name}" for one in demands[:4])
    assert match("组织志愿服务.jpg", demands).reason == f"几条任务都可能：{named}{more}"


def outcome(check: FolderCheck) -> list[tuple[int, str | None, int, int, str]]:
    def row(item: CheckedMaterial) -> tuple[int, str | None, int, int, str]:
        raw = item.material.raw if item.material else None
        return item.demand.serial, raw, len(item.sure) + len(item.presumed), item.missing, item.state

    return [row(item) for item in check.materials]


def test_counts_of_materials() -> None:
    demands = [
        demand(1, "节约用水宣传周", material("photo", "照片", 3), material("report", "总结", 1, "份")),
        demand(2, "理论学习", material("minutes", "学习记录", 4, "次", is_counted=False)),
        demand(3, "表彰先进", material("certificate", "荣誉证书", choice="甲"), material("news", "通报", choice="甲")),
        demand(4, "机关绿化"),
        demand(5, "读书分享会", material("photo", "读书照片", 1, form="不超过2张")),
        demand(6, "消防演练", material("photo", "演练照片", 3, form="可提供1-2张")),
    ]  # fmt: skip
    names = ["1-节约用水/a.jpg", "1-节约用水/b.jpg", "2-理论学习/记录.docx", "3-表彰先进/荣誉证书.jpg"]
    names += [f"{folder}/{number}.jpg" for folder in ("5-读书分享会", "6-消防演练") for number in range(3)]
    check = compare(demands, [file(name) for name in names])
    assert outcome(check) == [
        (1, "照片", 2, 1, MISSING),
        (1, "总结", 0, 1, MISSING),
        (2, "学习记录", 1, 0, BY_HAND),
        (3, "荣誉证书", 1, 0, COMPLETE),
        (3, "通报", 0, 0, CHOSEN),
        (4, None, 0, 0, BY_HAND),
        (5, "读书照片", 3, 0, EXCESS),
        (6, "演练照片", 3, 0, COMPLETE),
    ]
    assert not check.is_complete


def test_guesses_are_named_as_such_and_unusable_files_do_not_count() -> None:
    demands = [
        demand(1, "节约用水宣传周", material("photo", "照片", 1)),
        demand(2, "无偿献血", material("photo", "照片", 1)),
    ]
    check = compare(demands, [file("01/x.jpg"), file("无偿献血/y.jpg", is_usable=False, problem="图片损坏")])
    assert outcome(check) == [(1, "照片", 1, 0, PRESUMED), (2, "照片", 0, 1, MISSING)]


def test_a_folder_is_complete_without_gaps_surplus_and_problems() -> None:
    demands = [demand(1, "节约用水宣传周", material("photo", "照片", 1, form="不超过2张"))]
    for names, more, is_complete in (
        (["1-节约用水/a.jpg"], {}, True),
        ([], {}, False),
        ([f"1-节约用水/{number}.jpg" for number in range(3)], {}, False),
        (["1-节约用水/a.jpg"], {"problem": "读取超过时限"}, False),
    ):
        assert compare(demands, [file(name, **more) for name in names]).is_complete is is_complete


def problems(path: str, form: str = "", *, kind: str = "photo", **more: Any) -> tuple[str, ...]:
    days = more.pop("days", (date(2024, 3, 1), date(2024, 6, 30)))
    one = demand(1, "节约用水宣传周", material(kind, "佐证材料", form=form), days=days)
    return compare([one], [file(path, **more)]).files[0].problems


@pytest.mark.parametrize(
    ("form", "more", "words"),
    [
        ("JPG格式", {"path": "1/节约用水.png"}, "格式应为 jpg、jpeg，这是 png"),
        ("每张大于1M", {"size": 900 * KIB}, "大小 900KB，应大于 1.00MB"),
        ("容量小于2M", {"size": 3 * KIB * KIB}, "应不超过 2.00MB"),
        ("像素不低于1920×1080", {"pixels": (1080, 1900)}, "像素 1080×1900"),
        ("不低于500万像素", {"pixels": (1000, 1000)}, "像素 100 万，应不低于 500 万"),
        ("", {"taken_on": date(2023, 5, 1)}, "拍摄日期 2023-05-01 不在任务时间内（2024-03-01至2024-06-30）"),
        ("", {"path": "1/节约用水20240731.jpg"}, "名称中的日期 2024-07-31"),
        ("", {"problem": "读取超过时限"}, "读取超过时限"),
        ("", {"path": "1/节约用水.docx"}, "这条任务没有要文档，要的是 佐证材料"),
    ],
)
def test_what_is_wrong_with_a_picture(form: str, more: dict[str, Any], words: str) -> None:
    found = problems(more.pop("path", "1/节约用水.jpg"), form, **more)
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("form", "text", "words"),
    [
        ("不少于20字", "字" * 19, "19 字，应不少于 20 字"),
        ("20字以内", "字" * 21, "21 字，应不超过 20 字"),
        ("100字左右", "字" * 130, "要求的左右"),
        ("不能用“下一步”等表述", "总结。下一步，继续。", "写有通知不许用的“下一步”（…总结。下一步，继续。…）"),
        ("", "2022年4月1日开展", "正文写明的日期（2022-04-01 等 1 处）都不在"),
    ],
)
def test_what_is_wrong_with_a_text(form: str, text: str, words: str) -> None:
    from assets.evidence_check.inspect_file import count_words

    found = problems("1/节约用水.docx", form, kind="report", text=text, words=count_words(text))
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("form", "more"),
    [
        ("JPG格式，每张大于1M小于2M", {"size": 3 * KIB * KIB // 2}),
        ("像素不低于1920×1080", {"pixels": (1080, 1920)}),
        ("", {"taken_on": date(2024, 3, 1)}),
        ("", {"path": "1/节约用水20240630.jpg"}),
        ("", {"taken_on": date(2020, 1, 1), "days": (None, None)}),
    ],
)
def test_what_is_right(form: str, more: dict[str, Any]) -> None:
    assert problems(more.pop("path", "1/节约用水.jpg"), form, **more) == ()


def test_a_text_with_one_day_within_the_time_is_right() -> None:
    text = "2022年4月1日印发的通知要求……2024年5月2日开展活动。"
    assert problems("1/节约用水.docx", "", kind="report", text=text, words=20) == ()


def test_a_scan_is_not_counted_and_says_so() -> None:
    assert problems("1/节约用水.pdf", "不少于200字", kind="report", is_scan=True) == ("扫描件，字数请自查",)


def test_the_same_bytes_are_told_and_empty_files_are_not_the_same() -> None:
    files = [file("1/节约用水.jpg", sha256="x"), file("5/河道清洁.jpg", sha256="x"), file("7.docx", size=0, sha256="e")]
    check = compare(LIST, [*files, file("8.docx", size=0, sha256="e")])
    assert [[one.path for one in group] for group in check.same_files] == [["1/节约用水.jpg", "5/河道清洁.jpg"]]
    assert check.files[0].problems == ("与 5/河道清洁.jpg 内容完全相同",)


def test_names_are_suggested_for_what_was_matched() -> None:
    check = compare(
        LIST, [file("1-节约用水/b.jpg"), file("1-节约用水/a.jpg"), file("1-节约用水/报告.docx"), file("x.jpg")]
    )
    assert [one.suggested for one in check.files] == [
        "01-组织开展节约用水宣传周活动-活动照片-01.jpg",
        "01-组织开展节约用水宣传周活动-活动照片-02.jpg",
        "01-组织开展节约用水宣传周活动-说明报告.docx",
        None,
    ]


def test_the_workbook_has_every_file_and_every_material() -> None:
    check = compare(LIST, [file("1-节约用水/a.jpg"), file("x.jpg")])
    sheets = {sheet.title: sheet for sheet in build_sheets(check)}
    assert list(sheets) == ["对照清单", "文件", "对不上的文件", "相同的文件", "说明"]
    assert len(sheets["对照清单"].rows) == sum(max(len(one.materials), 1) for one in LIST)
    assert [row[0] for row in sheets["文件"].rows] == ["1-节约用水/a.jpg", "x.jpg"]
    assert [row[0] for row in sheets["对不上的文件"].rows] == ["x.jpg"]
    assert all(len(row) == len(sheet.columns) for sheet in sheets.values() for row in sheet.rows)
    assert MaterialForm() == read_material_form("")
