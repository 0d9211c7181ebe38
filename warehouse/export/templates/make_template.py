"""Generate the default template of the form: `python -m warehouse.export.templates.make_template`."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.rel import Relationships
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from warehouse.export.office_files import copy_without_timestamps

TEMPLATE: Final = Path(__file__).with_name("任务交办单.docx")
BODY: Final = "仿宋"
HEADING: Final = "黑体"
TITLE: Final = "宋体"
LATIN: Final = "Times New Roman"
FONT_ALIASES: Final = {BODY: "FangSong,仿宋_GB2312,STFangsong", HEADING: "SimHei,STHeiti", TITLE: "SimSun,STSong"}
"""Names of equivalent fonts on other systems, for the font table."""
RED: Final = RGBColor(0xC0, 0x00, 0x00)
GREY: Final = RGBColor(0x59, 0x59, 0x59)
STYLES_WITH_EFFECTS: Final = "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects"
STYLES: Final = ("Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid", "Header", "Footer")
HEADER_FILL: Final = "EDEDED"
CLOSING: Final = "请按上述时限办结，及时报送完成情况和有关材料；对任务有不同意见的，请在签收时一并提出。"
CENTER: Final = WD_ALIGN_PARAGRAPH.CENTER
LEFT: Final = WD_ALIGN_PARAGRAPH.LEFT


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Column of the task table: header, width in mm, and the paragraphs of a cell."""

    header: str
    width: float
    lines: tuple[str, ...]
    align: WD_ALIGN_PARAGRAPH = LEFT


SERIAL: Final = TableColumn("序号", 12, ("{{ 行.序号 }}",), CENTER)
TASK_LINES: Final = ("{{ 行.任务要求 }}", "{%p if 行.标准 %}", "{{ 行.标准 }}", "{%p endif %}")
ROLE: Final = TableColumn(
    "职责", 28, ("{{ 行.角色 }}", "{%p if 行.同办单位 %}", "{{ 行.同办单位 }}", "{%p endif %}"), CENTER
)
DEADLINE: Final = TableColumn(
    "完成时限", 27, ("{{ 行.完成时限 }}", "{%p if 行.起止 %}", "{{ 行.起止 }}", "{%p endif %}"), CENTER
)
EVIDENCE: Final = TableColumn("材料要求", 56, ("{{ 行.材料要求 }}",))
POINTS: Final = TableColumn("分值", 13, ("{{ 行.分值 }}",), CENTER)
PERSONS: Final = TableColumn("责任领导\n责任人", 20, ("{{ 行.责任人员 }}",), CENTER)
REMARK: Final = TableColumn("备注", 29, ("{{ 行.附注 }}",))
COLUMNS_WITH_PERSONS: Final = (
    SERIAL,
    TableColumn("任务要求", 76, TASK_LINES),
    ROLE,
    DEADLINE,
    EVIDENCE,
    POINTS,
    PERSONS,
    REMARK,
)
COLUMNS_WITHOUT_PERSONS: Final = (
    SERIAL,
    TableColumn("任务要求", 96, TASK_LINES),
    ROLE,
    DEADLINE,
    EVIDENCE,
    POINTS,
    REMARK,
)
"""The template has two tables, one of which is left out: easier to edit than a table with an optional column."""


def main() -> None:
    """Write the template beside this module; the bytes are reproducible."""
    buffer = io.BytesIO()
    build_template().save(buffer)
    with TEMPLATE.open("wb") as target:
        copy_without_timestamps(buffer, target)


def build_template() -> Paper:
    """Return the form with its docxtpl tags."""
    paper = Document()
    _set_up_document(paper)
    _set_up_page(paper)
    _add_letterhead(paper)
    _add_paragraph(paper, "{{ 主送 }}：", 14)
    _add_indented(paper, "根据{{ 通知 }}，现将{{ 任务概况 }}交办如下，请对照要求抓好落实。")
    _add_mark(paper, "{%p if 列人名 %}")
    _add_task_table(paper, COLUMNS_WITH_PERSONS)
    _add_mark(paper, "{%p else %}")
    _add_task_table(paper, COLUMNS_WITHOUT_PERSONS)
    _add_mark(paper, "{%p endif %}")
    return paper


def _set_up_document(paper: Paper) -> None:
    """Set fonts, language and document properties."""
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = LATIN, Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    for language in paper.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    properties = paper.core_properties
    properties.title, properties.author, properties.comments, properties.language = "任务交办单", "", "", "zh-CN"
    _drop_parts(paper.part.rels, RELATIONSHIP_TYPE.NUMBERING, RELATIONSHIP_TYPE.CUSTOM_XML, STYLES_WITH_EFFECTS)
    for style in list(paper.styles):
        if style.name not in STYLES:
            style.delete()
    fonts = paper.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    font_entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{aliases}"/><w:charset w:val="86"/></w:font>'
        for name, aliases in FONT_ALIASES.items()
    )
    fonts._blob = re.sub(rb"</w:fonts>", font_entries.encode() + b"</w:fonts>", fonts.blob)


def _drop_parts(relations: Relationships, *kinds: str) -> None:
    """Remove unused parts of python-docx's default template to keep the forms small."""
    for key, relation in list(relations.items()):
        if relation.reltype in kinds:
            del relations[key]


def _set_up_page(paper: Paper) -> None:
    section = paper.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin, section.bottom_margin = Mm(20), Mm(18)
    section.header_distance = section.footer_distance = Mm(9)
    footer = section.footer.paragraphs[0]
    footer.alignment = CENTER
    for text, field in (("第 ", "PAGE"), (" 页　共 ", "NUMPAGES"), (" 页", None)):
        _add_run(footer, text, 10, BODY)
        if field:
            _add_field(footer, field)


def _add_letterhead(paper: Paper) -> None:
    head = _add_paragraph(paper, "{{ 交办单位 }}", 28, TITLE, bold=True, align=CENTER, colour=RED)
    head.paragraph_format.space_after = Pt(4)
    borders: Any = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", str(RED))):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    # The order of these elements is part of the format.
    head._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
    title = _add_paragraph(paper, "任务交办单", 22, TITLE, bold=True, align=CENTER)
    title.paragraph_format.space_before = Pt(10)
    title.paragraph_format.space_after = Pt(8)


def _add_task_table(paper: Paper, parts: Sequence[TableColumn]) -> None:
    """Add the task table: a repeated header row, a row per task between the two tags of the loop, and the closing.

    The closing is a row of the table, because word processors keep a row with the row above it, and not with a table.
    """
    table = paper.add_table(rows=5, cols=len(parts), style="Table Grid")
    _fix_widths(table, [part.width for part in parts])
    for cell, part in zip(table.rows[0].cells, parts, strict=True):
        _fill_header(cell, part.header)
    _set_row_flag(table, 0, "w:cantSplit")
    _set_row_flag(table, 0, "w:tblHeader")
    table.rows[1].cells[0].text = "{%tr for 行 in 任务 %}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    _set_row_flag(table, 2, "w:cantSplit")
    for cell, part in zip(table.rows[2].cells, parts, strict=True):
        _fill_cell(cell, part)
    _set_row_flag(table, 4, "w:cantSplit")
    _add_closing(table.rows[4].cells[0].merge(table.rows[4].cells[-1]))


def _fill_cell(cell: _Cell, part: TableColumn) -> None:
    """Fill a cell: the first paragraph in the size of the table, the others smaller and grey."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for number, line in enumerate(part.lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.alignment = part.align
        if number == 0:
            _add_run(paragraph, line, 10.5, BODY, bold=part is ROLE)
        else:
            _add_run(paragraph, line, 10, BODY).font.color.rgb = GREY


def _add_closing(cell: _Cell) -> None:
    """Fill the last row of the task table: what to do next, and who signs."""
    borders: Any = OxmlElement("w:tcBorders")
    for side in ("left", "bottom", "right"):
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "nil")
        borders.append(line)
    # The order of these elements is part of the format.
    cell._tc.get_or_add_tcPr().insert_element_before(
        borders, "w:shd", "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign", "w:hideMark"
    )
    for paragraph in cell.paragraphs[1:]:
        paragraph._p.getparent().remove(paragraph._p)
    _format_paragraph(cell.paragraphs[0], 28)
    _add_run(cell.paragraphs[0], CLOSING, 14, BODY)
    table = cell.add_table(rows=3, cols=2)
    _fix_widths(table, [128.5, 128.5])
    lines = (
        ("交办单位（盖章）：{{ 交办单位 }}", "承办单位（签收）：{{ 责任单位 }}"),
        ("经办人：", "签收人："),
        ("日　期：　　　　年　　月　　日", "日　期：　　　　年　　月　　日"),
    )
    for row, texts in zip(table.rows, lines, strict=True):
        row.height = Mm(10)
        for signed, text in zip(row.cells, texts, strict=True):
            signed.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            _add_run(signed.paragraphs[0], text, 14, BODY)
    # A cell ends with a paragraph.
    _add_run(cell.paragraphs[-1], "", 1, BODY)
    cell.paragraphs[-1].paragraph_format.line_spacing = Pt(1)


def _format_paragraph(paragraph: Paragraph, indent: float) -> None:
    form = paragraph.paragraph_format
    form.first_line_indent, form.space_before, form.space_after = Pt(indent), Pt(4), Pt(6)


def _fix_widths(table: Table, widths: Sequence[float]) -> None:
    """Set fixed column widths in mm."""
    table.autofit = False
    margins: Any = OxmlElement("w:tblCellMar")
    for side, twips in (("top", 40), ("left", 85), ("bottom", 40), ("right", 85)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _set_row_flag(table: Table, row: int, name: str) -> None:
    table.rows[row]._tr.get_or_add_trPr().append(OxmlElement(name))


def _fill_header(cell: _Cell, text: str) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    shade: Any = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", HEADER_FILL)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().insert_element_before(shade, "w:noWrap", "w:tcMar", "w:textDirection", "w:vAlign")
    paragraph = cell.paragraphs[0]
    paragraph.alignment = CENTER
    _add_run(paragraph, text, 10.5, HEADING)


def _add_indented(paper: Paper, text: str) -> None:
    paragraph = _add_paragraph(paper, text, 14)
    paragraph.paragraph_format.first_line_indent = Pt(28)
    paragraph.paragraph_format.space_after = Pt(6)
    paragraph.paragraph_format.keep_with_next = True


def _add_mark(paper: Paper, mark: str) -> None:
    paper.add_paragraph(mark)


def _add_paragraph(
    paper: Paper,
    text: str,
    points: float,
    font: str = BODY,
    *,
    bold: bool = False,
    align: WD_ALIGN_PARAGRAPH = LEFT,
    colour: RGBColor | None = None,
) -> Paragraph:
    paragraph = paper.add_paragraph()
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.MULTIPLE, 1.25
    run = _add_run(paragraph, text, points, font, bold=bold)
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph


def _add_run(paragraph: Paragraph, text: str, points: float, font: str, *, bold: bool = False) -> Run:
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.font.bold = LATIN, Pt(points), bold or None
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _add_field(paragraph: Paragraph, name: str) -> None:
    """Add a field that the word processor fills in, such as the page number."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    field.append(_add_run(paragraph, "1", 10, BODY)._r)
    paragraph._p.append(field)


if __name__ == "__main__":
    main()
