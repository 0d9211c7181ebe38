"""One list for one unit over all its notices: the made-up truth, how tasks are grouped, which file serves what."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from extractors.parsers.thresholds import read_thresholds
from tests.explorer.sample_site import publish
from tests.warehouse.conftest import Ask, rows
from tests.warehouse.progress_frames import Report, reports
from warehouse import store
from warehouse.questions import QuestionFilters, answer
from warehouse.transform.same_requirement import Requirement, compare_requirements
from warehouse.transform.unit_tasks import BOUNDS, TaskPair, UnitMaterial, group_tasks, merge_materials

TODAY = date(2024, 4, 1)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, gold: Path) -> Path:
    """The warehouse of the five made-up notices."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "raw").mkdir()
    for path in (gold / "one-unit").glob("?.md"):
        shutil.copyfile(path, folder / "raw" / path.name)
    return publish(folder)


@pytest.fixture(scope="module")
def asking_office(office: Path) -> Ask:
    return rows(office)


def test_the_merged_list_is_that_written_by_hand(asking_office: Ask, gold: Path) -> None:
    found = asking_office(
        "SELECT o.requirement, (SELECT string_agg(concat(left(f.source_path, 1), t.row + 1), ' ' ORDER BY "
        "list_position(o.task_ids, t.task_id)) FROM core.tasks AS t JOIN core.notices USING (notice_id) "
        "JOIN core.files AS f USING (file_id) WHERE list_contains(o.task_ids, t.task_id)), o.due_on::VARCHAR, "
        "array_to_string(o.thresholds, '；'), o.materials::VARCHAR, o.items_asked::VARCHAR, o.items_needed::VARCHAR "
        "FROM mart.unit_obligations AS o WHERE o.unit = '教育局'"
    )
    assert sorted(found) == sorted(tuple(row.values()) for row in read_csv(gold / "one-unit" / "obligations.csv"))
    assert asking_office("SELECT unit, notices FROM mart.unit_obligations WHERE tasks > 1 AND unit <> '教育局'") == []


def test_what_one_file_serves_is_that_written_by_hand(asking_office: Ask, gold: Path) -> None:
    found = asking_office(
        "SELECT what, min_count::VARCHAR, tasks::VARCHAR, saved::VARCHAR FROM mart.shared_evidence "
        "WHERE unit = '教育局'"
    )
    assert sorted(found) == sorted(tuple(row.values()) for row in read_csv(gold / "one-unit" / "materials.csv"))


def test_every_source_is_named_and_the_checks_hold(asking_office: Ask) -> None:
    ((sources,),) = asking_office("SELECT sources FROM mart.unit_obligations WHERE unit = '教育局' AND tasks = 3")
    assert [source.split("（")[0] for source in sources] == [
        "桃源县精神文明建设指导委员会办公室 2024 表1 第2行第2列",
        "桃源县妇女联合会 2024 表1 第2行第2列",
        "桃源县公安局 2024 表1 第2行第2列",
    ]
    assert asking_office("SELECT mart, rule FROM ops.checks WHERE breaches > 0") == []


@pytest.mark.parametrize(("number", "count", "first"), [(27, 7, "教育局"), (28, 3, "教育局"), (29, 1, "教育局")])
def test_the_questions(office: Path, number: int, count: int, first: str) -> None:
    found = answer(office, number, QuestionFilters(party="教育"), today=TODAY)
    assert len(found.result.rows) == count
    assert found.result.rows[0][0] == first


def test_what_the_questions_conclude(office: Path) -> None:
    # The sums of obligations.csv and shared.csv, written by hand; five other units have 7 tasks with 13 files.
    def said(number: int) -> str:
        return answer(office, number, QuestionFilters(), today=TODAY).conclusion

    assert said(27) == "桃源县的教育局有 3 件事被重复要求，共 7 处，都由两份以上通知要求。"
    assert said(28) == (
        "3 种材料各能用在两条以上任务上，按最严的一处准备，合计可少交 9 件（不分计量单位）；"
        "可少交最多的是桃源县的教育局的“活动照片”（能用在 3 条任务上，交 6 张，少交 6 张）。"
    )
    assert said(29) == (
        "6 个单位合计 17 条任务，合并后 13 条，少办 4 条；要求的材料 40 件，合并后 31 件，少交 9 件；"
        "少办最多的是桃源县的教育局（4 条）。"
    )


def test_a_notice_in_a_list_of_sources_is_not_left_out(office: Path) -> None:
    found = answer(office, 28, QuestionFilters(), today=TODAY)
    assert found.left_out == ()
    assert len(found.sources) == len(found.notices) == 5
    # One notice alone repeats nothing, so that no file serves twice.
    (alone,) = answer(office, 28, QuestionFilters(("公安",)), today=TODAY).left_out
    assert (alone.label, alone.reason) == ("桃源县公安局 2024", "没有能通用的材料")


def test_a_question_on_some_notices_merges_only_those(office: Path) -> None:
    found = answer(office, 29, QuestionFilters(("精神文明", "妇女"), party="教育局"), today=TODAY)
    assert list(found.result.rows) == [
        (
            "教育局",
            "桃源县",
            2,
            5,
            4,
            1,
            17,
            13,
            4,
            ["桃源县妇女联合会 2024", "桃源县精神文明建设指导委员会办公室 2024"],
        )
    ]
    assert answer(office, 27, QuestionFilters(("公安",)), today=TODAY).result.rows == ()


def size(length: int, value: float = 0) -> tuple[int, float]:
    return length, value


@pytest.mark.parametrize(
    ("sizes", "pairs", "groups"),
    [
        ({"a": size(9), "b": size(9)}, [], {"a": ("a", "sole"), "b": ("b", "sole")}),
        ({"a": size(9), "b": size(9)}, [("a", "b", "equal")], {"a": ("a", "head"), "b": ("a", "equal")}),
        ({"a": size(9), "b": size(9, 5)}, [("b", "a", "equal")], {"a": ("b", "equal"), "b": ("b", "head")}),
        (
            {"a": size(9), "b": size(20), "c": size(9)},
            [("a", "b", "subset"), ("a", "c", "equal")],
            {"a": ("b", "subset"), "b": ("b", "head"), "c": ("b", "subset")},
        ),
        (
            # a is a part of both; b and c are not the same for that.
            {"a": size(9), "b": size(20), "c": size(21)},
            [("a", "b", "subset"), ("a", "c", "subset")],
            {"a": ("b", "subset"), "b": ("b", "head"), "c": ("c", "sole")},
        ),
        (
            {"a": size(9), "b": size(20), "c": size(40)},
            [("a", "b", "subset"), ("b", "c", "subset")],
            {"a": ("c", "subset"), "b": ("c", "subset"), "c": ("c", "head")},
        ),
        (
            {"a": size(9), "b": size(9)},
            [("a", "b", "subset"), ("b", "a", "subset")],
            {"a": ("a", "head"), "b": ("a", "subset")},
        ),
        (
            # People say that a and c are two things: b cannot be both of them.
            {"a": size(9), "b": size(9), "c": size(9)},
            [("a", "b", "equal"), ("b", "c", "equal"), ("a", "c", "separate")],
            {"a": ("a", "head"), "b": ("a", "equal"), "c": ("c", "sole")},
        ),
        (
            {"a": size(9), "b": size(20)},
            [("a", "b", "subset"), ("a", "b", "separate")],
            {"a": ("a", "sole"), "b": ("b", "sole")},
        ),
    ],
)  # fmt: skip
def test_groups(
    sizes: dict[str, tuple[int, float]],
    pairs: list[tuple[str, str, str]],
    groups: dict[str, tuple[str, str]],
) -> None:
    found = group_tasks(sizes, [TaskPair(*pair) for pair in pairs])
    assert {task: (head, relation) for task, head, relation in found} == groups


SAME, PART, APART = "equal", "subset", None


@pytest.mark.parametrize(
    ("first", "second", "relation"),
    [
        ("组织中学生开展文明礼仪教育", "组织中学生开展文明礼仪教育。", SAME),
        ("开展“书香机关”创建，建好图书角", "开展书香机关创建；建好图书角", SAME),
        ("举办全民阅读分享会不少于２次", "举办全民阅读分享会不少于2次", SAME),
        ("举办全民阅读分享会不少于2次", "举办全民阅读分享会不少于4次", SAME),
        ("举办全民阅读分享会不少于2次", "举办全民阅读分享会不少于4次，留存照片", PART),
        ("举办全民阅读分享会", "举办全民阅读分享会。建好图书角", PART),
        ("及时清理破损的展板", "规范设置宣传栏。及时清理破损的展板，更新内容", PART),
        ("组织中学生开展文明礼仪教育", "组织小学生开展文明礼仪教育", APART),
        ("组织中学生开展文明礼仪教育", "组织中学生、小学生开展文明礼仪教育", APART),
        ("开展城区环境卫生大整治", "开展农村环境卫生大整治", APART),
        ("每季度举办一次全民阅读分享会", "每年举办一次全民阅读分享会", APART),
        ("举办全民阅读分享会2次", "举办全民阅读分享会4次", APART),
        ("举办全民阅读分享会不少于2次", "举办全民阅读分享会不超过2次", APART),
        ("服务对象满意率不低于1.5%", "服务对象满意率不低于15次", APART),
        ("6月底前开展消防安全检查", "9月底前开展消防安全检查", APART),
        ("对第3、4季度的台账开展检查", "对第34季度的台账开展检查", APART),
        ("开展环境卫生大整治", "开展环境卫生大整治（限城区）", APART),
        ("开展环境卫生大整治", "在农村，开展环境卫生大整治", APART),
        ("开展环境卫生大整治", "开展环境卫生大整治，农村除外", APART),
        ("开展环境卫生大整治", "农村开展环境卫生大整治，建立台账", APART),
        ("组织职工开展无偿献血", "不得组织职工开展无偿献血", APART),
        ("加强领导", "加强领导", APART),
    ],
)  # fmt: skip
def test_only_what_is_the_same_to_the_letter_is_one(first: str, second: str, relation: str | None) -> None:
    requirements = [
        Requirement(text, "", tuple(one.raw for one in read_thresholds(text) if one.operator in BOUNDS))
        for text in (first, second)
    ]
    same, parts = compare_requirements(requirements)
    assert (SAME if same == [0, 0] else PART if parts == [(0, 1)] else APART) == relation
    assert compare_requirements(requirements[::-1])[1] == ([(1, 0)] if relation == PART else [])


def test_the_same_words_below_other_headings_are_other_requirements() -> None:
    texts = [Requirement("活动图片4张以上并附说明", heading, ()) for heading in ("移风易俗", "诚信建设", "移风易俗")]
    assert compare_requirements(texts) == ([0, 1, 0], [])


def publish_lists(folder: Path, *lists: list[str], decisions: str = "") -> Ask:
    """Publish lists of tasks of one office by several issuers."""
    (folder / "raw").mkdir()
    for number, texts in enumerate(lists):
        tasks = ((text, "教育局") for text in texts)
        content = notice_text(("桃源县统计局", "桃源县审计局", "桃源县民政局")[number], 2024, *tasks)
        (folder / "raw" / f"{number}.md").write_text(content, "utf-8")
    if decisions:
        (folder / "corrections").mkdir()
        header = "甲文件,甲位置,乙文件,乙位置,关系,理由,经办人,日期\n"
        (folder / "corrections" / "对应关系.csv").write_text(header + decisions, "utf-8")
    return rows(publish(folder))


@pytest.fixture
def merged_lists_alone(few_views: Callable[..., None]) -> None:
    few_views("mart.unit_obligations")


PUPILS = "组织小学生开展文明交通劝导志愿服务活动不少于4次"
STUDENTS = "组织中学生开展文明交通劝导志愿服务活动不少于4次"
PLACE = "表1 第2行第2列（文本第13行）"
MERGED = "SELECT tasks, len(suspects), len(suspect_sources) FROM mart.unit_obligations ORDER BY ALL"


@pytest.mark.usefixtures("merged_lists_alone")
def test_a_look_alike_is_listed_beside_it_and_not_merged(tmp_path: Path) -> None:
    ask = publish_lists(tmp_path, [PUPILS], [STUDENTS])
    assert ask("SELECT count(*) FROM mart.topic_crosswalk WHERE relation = 'equal'") == [(2,)]
    assert ask(MERGED) == [(1, 1, 1), (1, 1, 1)]
    assert ask(
        "SELECT count(*) FROM mart.unit_obligations AS a JOIN mart.unit_obligations AS b "
        "ON a.suspects = [b.obligation_id] AND a.suspect_sources = b.sources"
    ) == [(2,)]


@pytest.mark.parametrize(
    ("texts", "relation", "found"),
    [
        ((PUPILS, STUDENTS), "相同", [(2, 0, 0)]),
        ((PUPILS, STUDENTS), "包含", [(2, 0, 0)]),
        ((PUPILS, STUDENTS), "部分相同", [(1, 0, 0), (1, 0, 0)]),
        ((PUPILS, STUDENTS), "无关", [(1, 0, 0), (1, 0, 0)]),
        ((PUPILS, PUPILS), "无关", [(1, 0, 0), (1, 0, 0)]),
    ],
)
@pytest.mark.usefixtures("merged_lists_alone")
def test_people_decide(
    tmp_path: Path, texts: tuple[str, str], relation: str, found: list[tuple[int, int, int]]
) -> None:
    decision = f"0.md,{PLACE},1.md,{PLACE},{relation},核对过,张工,2024-03-01\n"
    assert publish_lists(tmp_path, [texts[0]], [texts[1]], decisions=decision)(MERGED) == found


@pytest.mark.usefixtures("merged_lists_alone")
def test_what_one_notice_asks_for_twice_is_two_tasks(tmp_path: Path) -> None:
    found = publish_lists(tmp_path, [PUPILS, PUPILS], [PUPILS])(MERGED)
    assert found == [(1, 1, 1), (2, 1, 1)]


def material(task: str, ordinal: int, kind: str, name: str, obligation: str = "o", *, notice: str = "") -> UnitMaterial:
    return UnitMaterial("u", obligation, notice or f"n{task}", task, ordinal, kind, name)


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        (material("a", 1, "photo", "活动照片"), material("b", 1, "photo", "现场图片"), True),
        (material("a", 1, "photo", "活动照片"), material("b", 1, "photo", "活动照片", "p"), False),
        (material("a", 1, "photo", "活动照片"), material("a", 2, "photo", "培训照片"), False),
        (material("a", 1, "photo", "活动照片", notice="n"), material("b", 1, "photo", "培训照片", notice="n"), False),
        (material("a", 1, "report", "工作总结"), material("b", 1, "report", "工作总结"), True),
        (material("a", 1, "report", "工作总结"), material("b", 1, "report", "说明报告"), False),
        (material("a", 1, "report", "说明报告"), material("b", 1, "report", "说明报告", "p"), False),
        (material("a", 1, "document", "创建领导小组文件"), material("b", 1, "document", "创建领导小组文件", "p"), True),
        (material("a", 1, "document", "制度"), material("b", 1, "document", "制度", "p"), False),
        (material("a", 1, "photo", "荣誉墙更新前后照片"), material("b", 1, "photo", "荣誉墙更新前后照片", "p"), False),
    ],
)  # fmt: skip
def test_which_file_serves_what(first: UnitMaterial, second: UnitMaterial, is_one: bool) -> None:
    one, two = merge_materials([first, second])
    assert (one["material_id"] == two["material_id"]) is is_one
    assert one["material_id"] == f"{first.task_id}-{first.ordinal}"


def test_progress_of_one_source_counts_for_all(office: Path, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    shutil.copyfile(office, path)
    ask = rows(path)
    ((heads,),) = ask("SELECT task_ids FROM mart.unit_obligations WHERE unit = '教育局' AND tasks = 3")
    ((part,),) = ask(
        "SELECT task_ids[2] FROM mart.unit_obligations WHERE unit = '教育局' AND tasks = 2 AND due_on = '2024-08-31'"
    )
    tasks = [
        {"task_id": task, "requirement": text} for task, text in ask("SELECT task_id, requirement FROM core.tasks")
    ]
    done = [Report(heads[1], "教育局", "done"), Report(part, "教育局", "done")]
    store.publish(path, add={}, replace=reports(done, {"core.tasks": tasks}))
    found = rows(path)(
        "SELECT tasks, covered, progress FROM mart.unit_obligations WHERE unit = '教育局' AND tasks > 1 ORDER BY ALL"
    )
    assert found == [(2, 0, "none"), (2, 1, "partial"), (3, 3, "done")]


def notice_text(issuer: str, year: int, *tasks: tuple[str, str]) -> str:
    """A made-up notice with a table of tasks and who does them."""
    lines = [
        f"# 关于印发《{issuer}{year}年文明创建任务清单》的通知",
        "各有关单位：",
        "请按时完成。",
        issuer,
        f"{year}年2月1日",
    ]
    table = ["| 序号 | 任务要求 | 责任单位 |", "| --- | --- | --- |"]
    table += [f"| {number} | {text} | {party} |" for number, (text, party) in enumerate(tasks, start=1)]
    return "\n\n".join(lines) + "\n\n" + "\n".join(table) + "\n"


READING = "组织开展全民阅读推广活动，每季度举办读书分享会"
TRAFFIC = "组织志愿者开展文明交通劝导，维护上下班秩序"
OUTSIDE = ("开展河道巡查，清理沿岸垃圾和漂浮物", "水利局")


@pytest.mark.parametrize(
    ("notices", "merged"),
    [
        # The library of a school is not that of the county.
        (
            [
                ("桃源县精神文明建设指导委员会办公室", (READING, "图书馆"), OUTSIDE),
                ("桃源县第一中学", (READING, "图书馆"), ("制定值班表", "教务科"), ("检查食堂", "总务科")),
            ],
            [],
        ),
        # Offices of the same name of two issuers are two.
        ([("桃源县审计局", (READING, "办公室")), ("桃源县统计局", (READING, "办公室"))], []),
        # The same issuer's office in two notices is one.
        (
            [("桃源县审计局", (READING, "办公室")), ("桃源县审计局", (TRAFFIC, "人事股"), (READING, "办公室"))],
            ["办公室"],
        ),
        # Units of the same name in two counties are two.
        ([("桃源县审计局", (READING, "教育局")), ("汉寿县审计局", (READING, "教育局"))], []),
        # A unit with the name of its place is that of the place.
        (
            [("桃源县统计局", (READING, "教育局")), ("桃源县审计局", (READING, "桃源县教育局"))],
            ["教育局"],
        ),
        # Whoever is bound by 各单位 is bound as well; a department of the issuer is no 局属单位.
        (
            [
                ("桃源县统计局", (READING, "教育局"), (TRAFFIC, "财政局")),
                ("桃源县审计局", (READING, "各单位"), (OUTSIDE[0], "教育局")),
            ],
            ["教育局"],
        ),
        (
            [
                ("桃源县审计局", (READING, "办公室")),
                ("桃源县审计局", (READING, "局属各单位"), (TRAFFIC, "办公室")),
            ],
            [],
        ),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("merged_lists_alone")
def test_who_is_one_unit(tmp_path: Path, notices: list[tuple[object, ...]], merged: list[str]) -> None:
    (tmp_path / "raw").mkdir()
    for number, (issuer, *tasks) in enumerate(notices):
        subject = notice_text(str(issuer), 2024, *tasks).replace("文明创建", ("文明创建", "文明家庭")[number])  # type: ignore[arg-type]
        (tmp_path / "raw" / f"{number}.md").write_text(subject, "utf-8")
    ask = rows(publish(tmp_path))
    assert ask("SELECT count(*) FROM core.notices WHERE is_current") == [(2,)]
    assert ask("SELECT unit FROM mart.unit_obligations WHERE tasks > 1") == [(unit,) for unit in merged]


@pytest.mark.usefixtures("merged_lists_alone")
def test_another_spelling_is_settled_by_people(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    for number, (issuer, party) in enumerate((("桃源县统计局", "教育局"), ("桃源县审计局", "县教体局"))):
        content = notice_text(issuer, 2024, (READING, party), OUTSIDE)
        (tmp_path / "raw" / f"{number}.md").write_text(content, "utf-8")
    (tmp_path / "corrections").mkdir()
    settled = tmp_path / "corrections" / "单位.csv"
    query = "SELECT unit, tasks, notices FROM mart.unit_obligations WHERE requirement LIKE '%全民阅读%' ORDER BY ALL"
    assert rows(publish(tmp_path))(query) == [("县教体局", 1, 1), ("教育局", 1, 1)]
    settled.write_text("打印名,规范名,理由,经办人,日期\n县教体局,教育局,机构改革后更名,张工,2024-03-01\n", "utf-8")
    assert rows(publish(tmp_path))(query) == [("教育局", 2, 2)]
