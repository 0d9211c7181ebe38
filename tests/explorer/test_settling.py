"""What is in doubt is settled beside its cell: written as the command writes it, read at once, undone to the byte."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.ingest.change_log import CHANGES_FILE, read_changes
from assets.ingest.decisions import REGISTER_FILE
from extractors.layouts import LAYOUTS_FILE
from extractors.unit_decisions import UNITS_FILE
from pipelines.settings import Settings
from tests.explorer.editing_site import DOUBTFUL, NOTICE, EditingSite, Visitor, editing, refusal
from tests.explorer.sample_site import PROSE

pytestmark = pytest.mark.browser
"""Every change is followed by a build in a process of its own."""

TASKS = "SELECT task_id, locator FROM core.tasks ORDER BY ordinal"
OPEN = "SELECT finding_id, rule, message FROM core.findings WHERE dismissed IS NULL AND severity <> 'info'"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> EditingSite:
    return EditingSite.create(
        tmp_path_factory.mktemp("settling"), {"甲.md": NOTICE, "乙.md": NOTICE.replace("甲", "乙")}
    )


@pytest.fixture
def site(first: EditingSite, tmp_path: Path) -> EditingSite:
    """A copy that the test may change."""
    shutil.copytree(first.settings.warehouse.parent, tmp_path, dirs_exist_ok=True)
    old = first.settings
    return EditingSite(
        Settings(
            raw=tmp_path / "raw",
            warehouse=tmp_path / old.warehouse.name,
            corrections=tmp_path / "corrections",
            progress=tmp_path / "progress",
            workers=1,
            editions=0,
        )
    )


@pytest.fixture
def visitor(site: EditingSite) -> Iterator[Visitor]:
    with editing(site) as one:
        yield one


def lines_of(site: EditingSite, name: str) -> list[dict[str, str]]:
    text = (site.settings.corrections / name).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def place(site: EditingSite, file: str, number: int) -> dict[str, str]:
    """The fields that name the row of a task in a form."""
    rows = site.ask(
        "SELECT t.notice_id, t.locator, t.task_id, t.table_id FROM core.tasks AS t JOIN core.notices USING (notice_id) "
        "JOIN core.files USING (file_id) WHERE source_path = ? ORDER BY t.ordinal",
        file,
    )
    return dict(zip(("notice", "locator", "task", "table"), rows[number], strict=True))


def test_a_field_is_corrected_beside_its_cell_and_at_once(site: EditingSite, visitor: Visitor) -> None:
    task = place(site, "甲.md", 1)
    address = f"/notice/{task['notice']}/table/{task['table']}?task={task['task']}"
    page = visitor.page(address)
    assert 'name="field.tasks.points" value="6"' in page
    assert f'name="next" value="{address.replace("&", "&amp;")}"' in page
    answer = visitor.send(
        "/settle/row",
        task | {"seen.tasks.points": "6", "field.tasks.points": "5", "next": address}
        | {"seen.tasks.deadline": "", "field.tasks.deadline": ""},
    )  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address}&job=1")
    assert "已生效：重新读取 1 个文件" in visitor.finish(answer)[0]
    [line] = lines_of(site, REGISTER_FILE)
    assert [line[name] for name in ("文件", "位置", "字段", "原值", "改为", "理由", "经办人")] == [
        "甲.md", task["locator"], "tasks.points", "6", "5", "与印发件一致", "经办甲",
    ]  # fmt: skip
    assert site.ask("SELECT points, corrected FROM core.tasks WHERE task_id = ?", task["task"]) == [(5, ["points"])]
    page = visitor.page(answer.headers["location"])
    assert 'name="field.tasks.points" value="5"' in page
    assert 'name="who" value="经办甲"' in page
    assert "已生效：重新读取 1 个文件" in page


def test_several_fields_of_a_row_are_one_decision(site: EditingSite, visitor: Visitor) -> None:
    task = place(site, "甲.md", 0)
    visitor.settle(
        "/settle/row",
        task
        | {"seen.tasks.points": "4", "field.tasks.points": "3"}
        | {"seen.tasks.parties": "办公室", "field.tasks.parties": "办公室、人事科"},
    )
    assert [line["字段"] for line in lines_of(site, REGISTER_FILE)] == ["tasks.points", "tasks.parties"]
    parties = "SELECT party FROM core.task_parties WHERE task_id = ? ORDER BY ordinal"
    assert site.ask(parties, task["task"]) == [("办公室",), ("人事科",)]
    [entry] = re.findall(r"分值 4 → 3；责任单位 办公室 → 办公室、人事科", visitor.page("/changes"))
    assert entry


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"seen.tasks.points": "6", "field.tasks.points": "很多"}, "“分值”不能改为“很多”：“很多”不是数字"),
        ({"seen.tasks.points": "7", "field.tasks.points": "5"}, "“分值”现在的值是“6”"),
        ({"seen.tasks.points": "6", "field.tasks.points": " 6 "}, "没有要更正的"),
        ({"seen.tasks.colour": "6", "field.tasks.colour": "5"}, "没有这一栏"),
        ({"seen.tasks.points": "6", "field.tasks.points": "5", "reason": " "}, "请写明理由和经办人"),
        ({"seen.tasks.points": "6", "field.tasks.points": "5", "who": ""}, "请写明理由和经办人"),
        ({"seen.tasks.points": "6", "field.tasks.points": "5", "who": "甲" * 41}, "经办人不超过 40 字"),
        ({"seen.tasks.points": "6", "field.tasks.points": "5", "notice": "x"}, "已不在仓库中"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_nothing_written(
    site: EditingSite, visitor: Visitor, changed: dict[str, str], message: str
) -> None:
    answer = visitor.send("/settle/row", place(site, "甲.md", 1) | changed)
    assert answer.status_code == 422
    assert message in refusal(answer)
    assert not list(site.settings.corrections.glob("*.csv"))


def test_who_comes_second_sees_what_the_first_has_written(site: EditingSite) -> None:
    """Also before any build has read it: neither of the two corrections is lost, none becomes stale."""
    task = place(site, "甲.md", 1)
    with editing(site, work=lambda *_: []) as visitor:
        five = task | {"seen.tasks.points": "6", "field.tasks.points": "5"}
        assert visitor.send("/settle/row", five).status_code == 303
        answer = visitor.send("/settle/row", five | {"field.tasks.points": "4"})
        assert (answer.status_code, "“分值”现在的值是“5”" in refusal(answer)) == (422, True)
        assert (
            visitor.send("/settle/row", task | {"seen.tasks.points": "5", "field.tasks.points": "4"}).status_code == 303
        )
    with editing(site) as visitor:
        deadline = task | {"seen.tasks.deadline": "", "field.tasks.deadline": "10月底前"}
        [line] = visitor.settle("/settle/row", deadline)
        assert line.startswith("已生效")
    assert site.ask("SELECT points, deadline FROM core.tasks WHERE task_id = ?", task["task"]) == [(4, "10月底前")]
    assert site.ask("SELECT count(*) FROM core.findings WHERE rule = 'correction_stale'") == [(0,)]


def test_what_a_correction_cannot_name_is_refused(
    site: EditingSite, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = place(site, "甲.md", 1) | {"seen.tasks.points": "6", "field.tasks.points": "5"}
    several = {"tasks": "SELECT 2 WHERE ? <> ?"}
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.editing.editor.SAME_PLACE_SQL", several)
        assert "处有 2 项，无法确定更正哪一项" in refusal(visitor.send("/settle/row", task))
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.editing.editor.SOURCE_SQL", "SELECT 'a.zip/甲.md', 'a.zip' WHERE ? <> ''")
        assert "压缩包中的文件" in refusal(visitor.send("/settle/row", task))
    assert visitor.send("/settle/row", task).status_code == 303


@pytest.mark.parametrize(
    ("opinion", "reason", "told"),
    [
        ("dismiss", "原件如此", "原件如此"),
        ("confirm", "", "与原件核对无误"),
        ("confirm", "已向发文单位核实", "已向发文单位核实"),
    ],
)
def test_a_finding_is_dismissed_or_confirmed_and_leaves_the_inbox(
    site: EditingSite, visitor: Visitor, opinion: str, reason: str, told: str
) -> None:
    before = site.ask(OPEN)
    [(finding, rule, message)] = [row for row in site.ask(OPEN + " ORDER BY finding_id") if "组织领导" in row[2]][:1]
    assert message in visitor.page("/inbox").replace("&#34;", '"')
    visitor.settle("/settle/findings", {"finding": finding, "opinion": opinion, "reason": reason})
    [line] = lines_of(site, REGISTER_FILE)
    assert (line["字段"], line["原值"], line["理由"]) == (f"findings.{rule}", message, told)
    assert len(site.ask(OPEN)) == len(before) - 1
    assert f"共 {len(before) - 1} 条" in visitor.page("/inbox")
    again = visitor.send("/settle/findings", {"finding": finding, "opinion": opinion})
    assert "已经处理过" in refusal(again)


def test_a_dismissal_needs_a_reason_and_an_opinion(site: EditingSite, visitor: Visitor) -> None:
    [(finding, *_), *_] = site.ask(OPEN)
    answer = visitor.send("/settle/findings", {"finding": finding, "opinion": "dismiss", "reason": ""})
    assert "请写明理由" in refusal(answer)
    assert visitor.send("/settle/findings", {"finding": finding, "opinion": "x"}).status_code == 400


def test_a_unit_is_renamed_merged_or_called_none_in_all_notices(site: EditingSite, visitor: Visitor) -> None:
    task = place(site, "甲.md", 1)
    page = visitor.page(f"/notice/{task['notice']}/table/{task['table']}?task={task['task']}&role=party")
    assert "“综公室”现在算作综公室，共 2 条任务、2 份通知有此写法" in page
    report = visitor.settle("/settle/unit", {"printed": "综公室", "name": "办公室", "function": ""})
    assert "重新读取 2 个文件" in report[0]
    [line] = lines_of(site, UNITS_FILE)
    assert (line["打印名"], line["规范名"], line["经办人"]) == ("综公室", "办公室", "经办甲")
    assert site.ask("SELECT DISTINCT party FROM core.task_parties") == [("办公室",)]
    visitor.settle("/settle/unit", {"printed": "综公室", "name": "", "no_unit": "yes"})
    assert site.ask("SELECT count(*) FROM core.task_parties WHERE raw = '综公室'") == [(0,)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"printed": "综公室", "name": ""}, "请写明规范名"),
        ({"printed": "没有的科", "name": "办公室"}, "没有“没有的科”这种写法"),
        ({"printed": "综公室", "name": "办公室、人事科", "function": "综合"}, "规范名须是一个单位"),
    ],
)
def test_a_unit_that_cannot_be_settled_is_refused(
    site: EditingSite, visitor: Visitor, fields: dict[str, str], message: str
) -> None:
    assert message in refusal(visitor.send("/settle/unit", fields))


def test_an_undo_restores_file_and_warehouse_and_is_logged(site: EditingSite, visitor: Visitor) -> None:
    task = place(site, "甲.md", 1)
    visitor.settle("/settle/row", place(site, "乙.md", 1) | {"seen.tasks.points": "6", "field.tasks.points": "7"})
    before = (site.settings.corrections / REGISTER_FILE).read_bytes()
    visitor.settle("/settle/row", task | {"seen.tasks.points": "6", "field.tasks.points": "5"})
    visitor.settle("/settle/row", task | {"seen.tasks.points": "5", "field.tasks.points": "4"})
    answer = visitor.send("/changes/undo", {"number": "2"})
    assert "请先撤销第 3 条" in refusal(answer)
    visitor.settle("/changes/undo", {"number": "3", "reason": "看错了"})
    [line] = visitor.settle("/changes/undo", {"number": "2", "reason": "看错了"})
    assert "重新读取 1 个文件" in line
    assert (site.settings.corrections / REGISTER_FILE).read_bytes() == before
    points = "SELECT points, corrected FROM core.tasks WHERE task_id = ?"
    assert site.ask(points, task["task"]) == [(6, [])]
    page = visitor.page("/changes")
    assert "已由第 5 条撤销" in page
    assert "第 2 条：甲.md" in page
    assert "看错了" in page
    for number in ("2", "4", "99", "x"):
        assert visitor.send("/changes/undo", {"number": number}).status_code == 422


def test_a_line_that_somebody_changed_by_hand_is_not_undone(site: EditingSite, visitor: Visitor) -> None:
    task = place(site, "甲.md", 1)
    visitor.settle("/settle/row", task | {"seen.tasks.points": "6", "field.tasks.points": "5"})
    path = site.settings.corrections / REGISTER_FILE
    path.write_bytes(path.read_bytes().replace("与印发件一致".encode(), "改过的理由".encode()))
    answer = visitor.send("/changes/undo", {"number": "1"})
    assert "已不在文件中" in refusal(answer)
    assert "撤销这一条" in visitor.page("/changes")


def test_the_notice_itself_is_corrected_on_its_page(site: EditingSite, visitor: Visitor) -> None:
    notice = place(site, "甲.md", 0)["notice"]
    page = visitor.page(f"/notice/{notice}")
    assert 'name="field.notices.city"' in page
    value = re.search(r'name="seen.notices.city" value="([^"]*)"', page)
    assert value
    visitor.settle(
        "/settle/row",
        {"notice": notice, "locator": "整份通知", "seen.notices.city": value[1], "field.notices.city": "丁州市"},
    )
    assert site.ask("SELECT city FROM core.notices WHERE notice_id = ?", notice) == [("丁州市",)]


def test_a_file_that_cannot_be_written_is_told_and_nothing_changed(site: EditingSite, visitor: Visitor) -> None:
    task = place(site, "甲.md", 1)
    site.settings.corrections.mkdir()
    path = site.settings.corrections / REGISTER_FILE
    path.write_text('文件,位置\n"没有配对', "utf-8")
    answer = visitor.send("/settle/row", task | {"seen.tasks.points": "6", "field.tasks.points": "5"})
    assert "不能接着写" in refusal(answer)
    assert not read_changes(site.settings.corrections)
    assert path.read_text("utf-8") == '文件,位置\n"没有配对'


def test_what_cannot_be_logged_is_not_done(site: EditingSite, visitor: Visitor) -> None:
    task = place(site, "甲.md", 1)
    change = task | {"seen.tasks.points": "6", "field.tasks.points": "5"}
    visitor.settle("/settle/row", change)
    register = site.settings.corrections / REGISTER_FILE
    log = site.settings.corrections / CHANGES_FILE
    before, whole = register.read_bytes(), log.read_bytes()
    log.write_bytes(whole + b'"never closed')
    answers = (
        visitor.send("/settle/row", task | {"seen.tasks.deadline": "", "field.tasks.deadline": "9月底前"}),
        visitor.send("/changes/undo", {"number": "1"}),
        visitor.send("/files/notices", {}, files=[("files", ("丙.md", NOTICE.replace("甲", "丙").encode()))]),
        visitor.send("/files/progress", {}, files=[("files", ("清单.xlsx", b"x"))]),
    )
    for answer in answers:
        assert (answer.status_code, CHANGES_FILE in refusal(answer)) == (422, True), refusal(answer)
    assert register.read_bytes() == before
    assert not (site.settings.raw / "上传").exists()
    assert visitor.web.get("/jobs/2").status_code == 404


def test_what_is_not_done_is_not_logged(site: EditingSite, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipelines.editing.uploads.shutil.move", full)
    answer = visitor.send("/files/notices", {}, files=[("files", ("丙.md", NOTICE.replace("甲", "丙").encode()))])
    assert (answer.status_code, "磁盘空间" in refusal(answer)) == (422, True)
    assert read_changes(site.settings.corrections) == []


@pytest.mark.parametrize("number", ["²", "-1", "0", "1e3", "9" * 30, "%00", "٣"])
def test_a_number_that_is_none_finds_nothing(visitor: Visitor, number: str) -> None:
    assert visitor.web.get(f"/jobs/{number}").status_code == 404
    assert visitor.web.get("/files", params={"job": number}).status_code == 200
    assert "没有这样一条可以撤销的操作" in refusal(visitor.send("/changes/undo", {"number": number}))


def test_one_number_in_build_status_home_and_inbox(
    site: EditingSite, visitor: Visitor, capfd: pytest.CaptureFixture[str]
) -> None:
    from pipelines.cli import run

    number = len(site.ask(OPEN))
    assert number
    where = ("--warehouse", str(site.settings.warehouse))
    for command in (["build", "--raw", str(site.settings.raw)], ["status"], ["review"]):
        assert run([*command, *where]) == 0
        assert f"待核对：{number} 条" in capfd.readouterr().out
    assert f"共 {number} 条" in visitor.page("/inbox")
    assert re.search(rf'<dt>待核对</dt><dd><a href="/inbox">{number}</a>', visitor.page("/"))
    assert f'<span class="many">{number}</span>' in visitor.page("/notices")


def test_what_touches_most_rows_comes_first(site: EditingSite, visitor: Visitor) -> None:
    touched = [int(found) for found in re.findall(r"牵涉 (\d+) 行", visitor.page("/inbox"))]
    assert touched == sorted(touched, reverse=True)
    assert touched[0] == 2
    notice = place(site, "甲.md", 0)["notice"]
    assert len(re.findall(r"牵涉 \d", visitor.page(f"/inbox?notice={notice}"))) == len(touched) // 2
    assert "没有符合条件的问题" in visitor.page("/inbox?rule=x")


def test_a_long_inbox_is_cut_off_and_says_so(
    site: EditingSite, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.explorer.queries.MAX_FINDINGS", 1)
    monkeypatch.setattr("warehouse.explorer.queries_editing.MAX_FINDINGS", 1)
    page = visitor.page("/inbox")
    assert f"共 {len(site.ask(OPEN))} 条，只列出前面 1 条" in page
    assert len(re.findall(r"牵涉 \d", page)) == 1


@pytest.fixture
def strange(tmp_path: Path) -> EditingSite:
    """A site with a table whose header says nothing."""
    return EditingSite.create(tmp_path / "strange", {"丁.md": DOUBTFUL})


def layout_of(site: EditingSite) -> dict[str, str]:
    [(notice, table)] = site.ask("SELECT notice_id, table_id FROM core.tables")
    return {"notice": notice, "table": table}


def test_a_column_gets_its_role_after_a_preview(strange: EditingSite) -> None:
    table = layout_of(strange)
    before = strange.ask("SELECT points FROM core.tasks ORDER BY ordinal")
    address = f"/notice/{table['notice']}/table/{table['table']}?cell=0,2"
    with editing(strange) as visitor:
        page = visitor.page(address)
        assert "第 3 列“丙”的含义" in page
        assert "<option>分值</option>" in page
        assert "第 2 行（表头下第 1 行）的类别" in page
        answer = visitor.send(
            "/settle/layout",
            {"table": table["table"], "column": "第3列", "role": "备注", "preview": "yes", "next": address},
        )
        assert answer.status_code == 200
        assert "这样认定会改变什么" in answer.text
        assert "第3列=备注" in answer.text
        assert re.search(r"任务分值合计</th><td class=\"n\">30</td><td class=\"n\">0 ", answer.text)
        assert not (strange.settings.corrections / LAYOUTS_FILE).exists()
        visitor.settle("/settle/layout", {"table": table["table"], "column_choice": "第3列=备注", "next": address})
    [line] = lines_of(strange, LAYOUTS_FILE)
    assert (line["列"], line["列含义"], line["填写人"]) == ("丙", "备注", "经办甲")
    assert before == [(10,), (20,)]
    assert strange.ask("SELECT points FROM core.tasks ORDER BY ordinal") == [(None,), (None,)]


def test_the_other_reading_is_taken_after_a_preview(strange: EditingSite) -> None:
    table = layout_of(strange)
    roles = "SELECT roles, alternative_roles FROM core.tables"
    [(before, other)] = strange.ask(roles)
    assert before != other
    with editing(strange) as visitor:
        page = visitor.page(f"/notice/{table['notice']}/table/{table['table']}")
        assert page.index("认定这张表的版式") < page.index("此处的问题")
        choices = re.findall(r'name="column_choice" value="([^"]+)"', page)
        assert len(choices) == 3
        fields = {"table": table["table"], "column_choice": choices}
        preview = visitor.send("/settle/layout", fields | {"preview": "yes"})
        assert re.findall(r'name="column_choice" value="([^"]+)"', preview.text) == choices
        visitor.settle("/settle/layout", fields)
    assert strange.ask(roles)[0][0] == other


def test_a_finding_about_a_table_is_not_lost_in_it(strange: EditingSite) -> None:
    table = layout_of(strange)
    [(finding,)] = strange.ask("SELECT finding_id FROM core.findings WHERE rule = 'layout_doubt'")
    address = f"/notice/{table['notice']}/table/{table['table']}?finding="
    with editing(strange) as visitor:
        page = visitor.page(address + finding)
        assert "没有找到这一处" not in page
        assert "请对照原件，在“认定这张表的版式”中认定" in page
        assert f'name="finding" value="{finding}"' not in page
        assert "没有找到这一处" in visitor.page(address + "x")


def test_a_row_gets_its_class_and_a_reading_is_accepted(strange: EditingSite) -> None:
    table = layout_of(strange)["table"]
    with editing(strange) as visitor:
        preview = visitor.send(
            "/settle/layout", {"table": table, "row": "第2行", "row_class": "说明行", "preview": "1"}
        )
        assert "（不是任务）" in preview.text
        visitor.settle("/settle/layout", {"table": table, "row_choice": "第2行=说明行"})
        assert strange.ask("SELECT count(*) FROM core.tasks") == [(1,)]
        visitor.settle("/settle/layout", {"table": table, "accept": "yes"})
        assert not [rule for _, rule, _ in strange.ask(OPEN) if rule == "layout_doubt"]
        assert "读得对" in visitor.page("/changes")
        visitor.settle("/changes/undo", {"number": "2"})
        visitor.settle("/changes/undo", {"number": "1"})
    assert lines_of(strange, LAYOUTS_FILE) == []
    assert strange.ask("SELECT count(*) FROM core.tasks") == [(2,)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "请选定一列的含义"),
        ({"column": "第3列", "role": ""}, "请选定一列的含义"),
        ({"column": "第3列", "role": "天气"}, "不认识“天气”"),
        ({"column": "第9列", "role": "分值"}, "没有“第9列”这一列"),
        ({"column": "第3列", "role": "分值", "table": "x"}, "已随仓库更新"),
        ({"accept": "yes", "reason": ""}, "请写明理由"),
    ],
)
def test_a_layout_that_cannot_be_settled_is_refused(strange: EditingSite, fields: dict[str, str], message: str) -> None:
    with editing(strange) as visitor:
        answer = visitor.send("/settle/layout", {"table": layout_of(strange)["table"]} | fields)
        assert (answer.status_code, message in refusal(answer)) == (422, True), refusal(answer)


def test_without_its_source_a_table_cannot_be_previewed(strange: EditingSite) -> None:
    (strange.settings.raw / "丁.md").unlink()
    with editing(strange) as visitor:
        fields = {"table": layout_of(strange)["table"], "column": "第3列", "role": "备注", "preview": "yes"}
        assert "原件不在 raw 文件夹中" in refusal(visitor.send("/settle/layout", fields))


def test_a_doubtful_table_shows_both_readings(site: EditingSite, visitor: Visitor) -> None:
    """The panel is given the readings as the warehouse has them."""
    from warehouse.explorer.pages.settle_panel import _compare_readings

    table = {"columns": ["甲", ""], "roles": ["level", "points"], "alternative_roles": ["level", "remark"]}
    assert _compare_readings(table) == (
        [("甲", "指标", "指标"), ("第2列", "分值", "备注")],
        ["第1列=指标", "第2列=备注"],
    )
    assert _compare_readings(table | {"alternative_roles": []}) == ([], [])
    assert _compare_readings(table | {"alternative_roles": ["level", "points"]})[1] == []


def test_fields_with_choices_lists_and_flags_are_corrected(site: EditingSite, visitor: Visitor) -> None:
    task = place(site, "甲.md", 1)
    page = visitor.page(f"/notice/{task['notice']}/table/{task['table']}?task={task['task']}")
    [topic] = re.findall(r'name="seen.tasks.topic" value="([^"]+)"', page)
    assert topic == "volunteering"
    assert '<option value="integrity">' in page
    changed = {
        "tasks.topic": (topic, "integrity"),
        "tasks.methods": ("", "材料审核、实地考察"),
        "tasks.bonus": ("否", "是"),
    }
    fields = {f"seen.{name}": seen for name, (seen, _) in changed.items()}
    fields |= {f"field.{name}": value for name, (_, value) in changed.items()}
    [line] = visitor.settle("/settle/row", task | fields)
    assert line.startswith("已生效")
    now = site.ask("SELECT topic, methods, bonus FROM core.tasks WHERE task_id = ?", task["task"])
    assert now == [("integrity", ["材料审核", "实地考察"], True)]
    answer = visitor.send("/settle/row", task | {"seen.tasks.bonus": "是", "field.tasks.bonus": "也许"})
    assert "只能写“是”或“否”" in refusal(answer)


def test_an_indicator_is_corrected_at_its_cell(site: EditingSite, visitor: Visitor) -> None:
    [(notice, table, locator)] = site.ask(
        "SELECT i.notice_id, i.table_id, i.locator FROM core.indicators AS i JOIN core.notices USING (notice_id) "
        "JOIN core.files USING (file_id) WHERE source_path = '甲.md'"
    )
    page = visitor.page(f"/notice/{notice}/table/{table}?cell=0,0")
    assert 'name="field.indicators.points" value="9"' in page
    before = len(site.ask(OPEN))
    fields = {"seen.indicators.points": "9", "field.indicators.points": "10"}
    visitor.settle("/settle/row", {"notice": notice, "locator": locator} | fields)
    assert len(site.ask(OPEN)) == before - 1


def test_a_place_of_the_running_text_is_corrected_on_the_page_of_its_notice(tmp_path: Path) -> None:
    site = EditingSite.create(tmp_path, {"丙州.md": PROSE})
    [(notice, task, locator), *_] = site.ask("SELECT notice_id, task_id, locator FROM core.tasks ORDER BY ordinal")
    with editing(site) as visitor:
        page = visitor.page(f"/notice/{notice}?at={locator}")
        assert 'name="field.tasks.deadline" value="12月底前"' in page
        visitor.settle(
            "/settle/row",
            {
                "notice": notice,
                "locator": locator,
                "seen.tasks.deadline": "12月底前",
                "field.tasks.deadline": "11月底前",
            },
        )
    assert site.ask("SELECT deadline FROM core.tasks WHERE task_id = ?", task) == [("11月底前",)]
