"""The paper form: what it says of a list, any text as it is, an office's own template, and how it looks on paper."""

from __future__ import annotations

import io
import os
import re
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
from docx import Document
from docx.document import Document as Paper
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from extractors.body.redaction import redact
from extractors.readers.office import converter
from warehouse import store
from warehouse.errors import ExportError
from warehouse.export.docx import TASKS_NAME, build_context, keep_ending_together, write_docx
from warehouse.export.task_lists import TaskList, build_task_lists
from warehouse.export.task_query import Party, Selection
from warehouse.export.templates.make_template import TEMPLATE, build_template

MARKS = "{{ 1 + 1 }} {% if x %} {# c #} {_{ y }_} {_% %_} <b>&amp;</b> “双” '单' =1+1 \\n"


def _text(paper: Paper) -> str:
    """All text of the body, a line per paragraph or cell."""
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def _made(one: TaskList, target: Path, own: Path | None = None) -> Paper:
    write_docx(one, target, own)
    return Document(str(target))


def _with(one: TaskList, **texts: str) -> TaskList:
    """The list with one row, some of whose cells say otherwise."""
    row = one.rows[0]
    return replace(one, rows=(replace(row, cells={**row.cells, **texts}),), merges=())


@pytest.fixture(scope="module")
def both(lists: list[TaskList]) -> TaskList:
    """The longest list of a party that leads some tasks and supports others."""

    def mixed(one: TaskList) -> bool:
        result = build_context(one)
        return bool(result["牵头数"] and result["配合数"])

    return max(filter(mixed, lists), key=lambda one: len(one.rows))


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Path]:
    """A template of an office with these paragraphs."""

    def made(*paragraphs: str) -> Path:
        paper = Document()
        for paragraph in paragraphs:
            paper.add_paragraph(paragraph)
        paper.save(str(tmp_path / "本单位.docx"))
        return tmp_path / "本单位.docx"

    return made


def test_the_form_says_what_the_list_says(both: TaskList, five: Path, tmp_path: Path) -> None:
    paper = _made(both, tmp_path / "a.docx")
    with closing(store.connect(five)) as connection:
        roles = connection.execute(
            "SELECT p.role, count(*) FROM core.task_parties AS p JOIN core.tasks USING (task_id) "
            "WHERE notice_id = ? AND party = ? GROUP BY 1 ORDER BY 1",
            [both.notice.notice_id, both.party],
        ).fetchall()
    (_, leads), (_, supports) = roles
    head = [paragraph.text for paragraph in paper.paragraphs]
    assert head[:3] == [both.notice.unit, "任务交办单", f"{both.party}："]
    assert f"由{both.party}承担的任务 {leads + supports} 条（牵头 {leads} 条，配合 {supports} 条）" in head[3]
    (duties,) = paper.tables
    assert len(duties.rows) == 1 + leads + supports + 1
    for row, written in zip(both.rows, duties.rows[1:-1], strict=True):
        cells = [cell.text for cell in written.cells]
        assert cells[0] == str(row.cells["序号"])
        assert cells[1].startswith(str(row.cells["任务要求"]))
        assert cells[2].startswith(("牵头", "配合"))
        assert cells[4] == (row.cells["材料要求"] or "")
        # The place in a file is for the analyst; the form names the notice.
        assert row.task.locator not in "".join(cells)
    (signatures,) = duties.cell(len(duties.rows) - 1, 0).tables
    assert signatures.cell(0, 0).text == f"交办单位（盖章）：{both.notice.unit}"
    assert signatures.cell(0, 1).text == f"承办单位（签收）：{both.party}"


def test_a_support_reads_who_leads_and_a_lead_who_supports(both: TaskList, tmp_path: Path) -> None:
    parties = (Party("甲科", "lead", None), Party("乙科", "support", "②"), Party("丙科", "support", None))
    item = replace(both, rows=(replace(both.rows[0], task=replace(both.rows[0].task, parties=parties)),), merges=())
    message = {
        party: _made(replace(item, party=party, is_whole=party is None), tmp_path / "a.docx").tables[0].cell(1, 2).text
        for party in ("甲科", "乙科", None)
    }
    assert message["甲科"] == "牵头\n配合：②乙科、丙科"
    assert message["乙科"] == "配合\n牵头：甲科"
    assert message[None] == "\n牵头：甲科\n配合：②乙科、丙科"


def test_a_shared_score_and_a_repeated_standard_are_written_once(both: TaskList, tmp_path: Path) -> None:
    row = replace(both.rows[0], task=replace(both.rows[0].task, criteria="制度健全", bonus=True))
    rows = tuple(replace(row, cells=row.cells | {"分值": "3" if index == 0 else None}) for index in range(3))
    table = _made(replace(both, rows=rows, merges=((0, 1),)), tmp_path / "a.docx").tables[0]
    scores = [cell.text for cell in table.columns[5].cells[:-1]]
    assert scores == ["分值", "3", "同上", ""]
    assert [cell.text.count("评价标准：制度健全") for cell in table.columns[1].cells[:-1]] == [0, 1, 0, 0]
    assert [cell.text for cell in table.columns[-1].cells[1:-1]] == ["加分项"] * 3


def test_a_list_of_several_notices_says_where_each_task_is_from(both: TaskList, tmp_path: Path) -> None:
    item = replace(both, notice=replace(both.notice, source_path=""), rows=both.rows[:2])
    table = _made(item, tmp_path / "a.docx").tables[0]
    assert [cell.text for cell in table.columns[-1].cells[1:-1]] == [f"出处：{row.task.locator}" for row in item.rows]


@pytest.mark.parametrize("has_closing_row", [True, False])
def test_what_follows_the_tasks_stays_with_the_last_one(has_closing_row: bool) -> None:
    paper = Document()
    paper.add_paragraph("承办单位：")
    table = paper.add_table(rows=5, cols=2)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    if not has_closing_row:
        paper.add_paragraph("请按时办结。")
        paper.add_table(rows=1, cols=1)
    keep_ending_together(paper)
    kept = [all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells) for row in table.rows]
    assert kept == [False, False, False, True, True]
    below = [one.paragraph_format.keep_with_next for one in paper.paragraphs[1:]]
    assert below == ([] if has_closing_row else [True])


def test_a_form_without_a_repeated_header_is_left_as_it_is() -> None:
    paper = Document()
    table = paper.add_table(rows=2, cols=1)
    keep_ending_together(paper)
    assert [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows] == [None, None]


def test_deadlines_stand_in_words_and_in_days(selection: Selection, lists: list[TaskList], tmp_path: Path) -> None:
    item = next(item for item in lists if any(len(row.task.deadlines) > 1 for row in item.rows))
    table = _made(item, tmp_path / "a.docx").tables[0]
    index, row = next((index, row) for index, row in enumerate(item.rows, 1) if len(row.task.deadlines) > 1)
    lines = table.cell(index, 3).text.split("\n")
    assert lines[0] == row.cells["完成时限"]
    assert len(lines) > 1
    for line, deadline in zip(lines[1:], row.task.deadlines, strict=True):
        assert line.endswith(f"{deadline.ends_on}")


def test_text_comes_through_as_it_is(both: TaskList, tmp_path: Path) -> None:
    text = f"{MARKS}\t制表\n换行\r\n再换行\x07\x00\ufffe" + "长" * 10_000
    item = replace(
        _with(both, 任务要求=text, 完成时限="-1+1"), notice=replace(both.notice, unit=MARKS, title="《a&<b>》")
    )
    paper = _made(item, tmp_path / "a.docx")
    expected = f"{MARKS}\t制表\n换行\n再换行���" + "长" * 10_000
    assert paper.tables[0].cell(1, 1).text.split("\n评价标准")[0] == expected
    assert paper.tables[0].cell(1, 3).text.startswith("-1+1")
    assert paper.paragraphs[0].text == MARKS
    assert "根据《〈a&<b>〉》，" in _text(paper)


def test_names_of_people_stay_out(nameless: list[TaskList], lists: list[TaskList], tmp_path: Path) -> None:
    people = {name for item in lists for row in item.rows for name in (*row.task.persons, row.task.leader) if name}
    index = max(range(len(lists)), key=lambda index: sum(bool(row.task.persons) for row in lists[index].rows))
    named = _text(_made(lists[index], tmp_path / "a.docx"))
    left_out = _text(_made(nameless[index], tmp_path / "b.docx"))
    assert [name for name in people if name in named]
    assert not [name for name in people if name in left_out]
    assert "责任领导\n责任人" in named
    assert "责任人" not in left_out
    assert len(left_out) > len(named) / 2


def test_the_same_bytes_and_no_contacts(both: TaskList, tmp_path: Path) -> None:
    text = _text(_made(both, tmp_path / "a.docx"))
    write_docx(both, tmp_path / "b.docx")
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    assert redact(text) == text


def test_lists_of_no_party_are_addressed_to_all(selection: Selection, lists: list[TaskList], tmp_path: Path) -> None:
    whole_notice = next(build_task_lists(selection, by_party=False))
    assert "各责任单位：" in _text(_made(whole_notice, tmp_path / "a.docx"))
    unnamed = next(item for item in lists if item.party is None)
    message = _text(_made(unnamed, tmp_path / "b.docx"))
    assert "各有关单位：" in message
    assert f"未写明责任单位的任务 {len(unnamed.rows)} 条" in message


def test_an_office_may_bring_its_own_template(both: TaskList, own: Callable[..., Path], tmp_path: Path) -> None:
    path = own("{{ 责任单位 }} {{ 任务数 }}", "{%p for 行 in 任务 %}", "{{ 行.序号 }}={{ 行.状态 }}", "{%p endfor %}")
    paper = Document(str(path))
    paper.sections[0].header.paragraphs[0].text = "{{ 交办单位 }}"
    paper.core_properties.title = "{{ 交办单位 }}交办单"
    paper.save(str(path))
    item = replace(both, notice=replace(both.notice, unit="甲&乙_局"))
    created = _made(item, tmp_path / "a.docx", path)
    lines = [paragraph.text for paragraph in created.paragraphs]
    assert lines == [f"{item.party} {len(item.rows)}", *(f"{number}=" for number in range(1, len(item.rows) + 1))]
    assert created.sections[0].header.paragraphs[0].text == "甲&乙_局"
    assert created.core_properties.title == "甲&乙_局交办单"


@pytest.mark.parametrize(
    ("paragraphs", "error"),
    [
        (["{{ 责任单位名 }}"], "不认识名称 责任单位名。此处可用的名称有：主送、"),
        (["{% if 任务数 > 10000 %}{{ 甲 }}{{ 乙 }}{% endif %}"], "不认识名称 乙、甲。"),
        (["{%p for 行 in 任务 %}", "{{ 行.要求 }}", "{%p endfor %}"], "不认识名称 要求。此处可用的名称有：一级指标、"),
        (["{%p for 行 in 任务 %}", "{{ 行.序号 }}"], "for 与 endfor"),
        (["已经填好的交办单"], r"没有 \{\{ \}\} 标记"),
        (["{{ 责任单位"], "标记有误"),
        (["{{ 任务.长 }}"], "标记有误"),
        (["{{ 任务数 / 0 }}"], "无法填写"),
        (["{{ 责任单位.__class__.__mro__ }}"], "标记有误|无法填写"),
    ],
)
def test_a_faulty_template_is_named_with_what_is_wrong(
    both: TaskList, own: Callable[..., Path], tmp_path: Path, paragraphs: list[str], error: str
) -> None:
    with pytest.raises(ExportError, match=error) as caught:
        write_docx(both, tmp_path / "a.docx", own(*paragraphs))
    assert str(caught.value).startswith("模板 本单位.docx")
    assert not (tmp_path / "a.docx").exists()


def test_marks_across_cells_do_not_lose_text(
    nameless: list[TaskList], own: Callable[..., Path], tmp_path: Path
) -> None:
    path = own("{% if 列人名 %}甲")
    paper = Document(str(path))
    paper.add_table(1, 1).cell(0, 0).text = "乙{% endif %}"
    paper.add_paragraph("丙")
    paper.save(str(path))
    with pytest.raises(ExportError, match="检查标记的位置"):
        write_docx(nameless[0], tmp_path / "a.docx", path)


def test_a_template_that_is_no_docx(both: TaskList, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"\xd0\xcf\x11\xe0 an old doc")
    with pytest.raises(ExportError, match="不是可用的 docx 文件"):
        write_docx(both, tmp_path / "b.docx", tmp_path / "a.docx")
    (tmp_path / "a.docx").write_bytes(TEMPLATE.read_bytes()[:9000])
    with pytest.raises(ExportError, match="不是可用的 docx 文件"):
        write_docx(both, tmp_path / "b.docx", tmp_path / "a.docx")
    with pytest.raises(ExportError, match="无法读取模板"):
        write_docx(both, tmp_path / "b.docx", tmp_path / "没有.docx")


def test_the_template_is_what_its_program_makes() -> None:
    created = io.BytesIO()
    build_template().save(created)
    stored, fresh = Document(str(TEMPLATE)), Document(created)
    assert _text(stored) == _text(fresh)
    assert stored.element.xml == fresh.element.xml


def test_the_template_is_for_a4_and_repeats_its_header() -> None:
    paper = Document(str(TEMPLATE))
    section = paper.sections[0]
    assert [round(length.mm) for length in (section.page_width, section.page_height) if length] == [297, 210]
    for table in paper.tables[:2]:
        assert list(table.rows[0]._tr.iter(qn("w:tblHeader")))
        assert sum(column.width.mm for column in table.columns if column.width) == pytest.approx(261, abs=0.5)
    assert [field.get(qn("w:instr")) for field in section.footer._element.iter(qn("w:fldSimple"))] == [
        "PAGE",
        "NUMPAGES",
    ]


def test_the_guide_names_all_that_a_template_may_ask_for(both: TaskList) -> None:
    guide = TEMPLATE.with_name("README.md").read_text("utf-8")
    names_section, each = guide.split("## 每条任务可用的名称")
    result = build_context(both)
    duties = result[TASKS_NAME]
    assert isinstance(duties, list)

    def listed(text: str) -> set[str]:
        return {name for cell in re.findall(r"^\| (\S+) \|", text, re.MULTILINE) for name in cell.split("、")}

    assert listed(names_section) - {"名称"} == result.keys()
    assert listed(each) - {"名称"} == duties[0].keys()


@pytest.mark.skipif(
    converter.find_soffice() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)
def test_on_paper(both: TaskList, tmp_path: Path) -> None:
    write_docx(both, tmp_path / "交办单.docx")
    office = converter.find_soffice()
    assert office
    command = [str(office), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "交办单.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with closing(pypdfium2.PdfDocument(tmp_path / "交办单.pdf")) as paper:
        pages = [page.get_textpage().get_text_bounded() for page in paper]
        assert all(page.get_width() > page.get_height() for page in paper)
    compact = ["".join(page.split()) for page in pages]
    assert len(pages) > 1
    for number, page in enumerate(compact, start=1):
        assert f"第{number}页共{len(pages)}页" in page
    assert all("序号任务要求职责完成时限" in page for page in compact)
    assert compact[0].startswith(f"{both.notice.unit}任务交办单{both.party}：")
    assert "承办单位（签收）" in compact[-1]
    # Ends of requirements, since a page edge may cut them.
    full_text = "".join(compact)
    assert all("".join(str(row.cells["任务要求"]).split())[-8:] in full_text for row in both.rows)
