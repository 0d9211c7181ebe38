"""Whatever happens to a docx on its way, reading it gives a document or a `ReadError`, never another exception.

The readers are called directly: nothing between them and the test turns a mistake into a refusal.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.readers import docx, sniff

from .build import cell, members, pack, para, row, run, tbl
from .outcomes import is_sound

_NUMBERED = '<w:pStyle w:val="1"/><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="1"/>'
_MERGE = '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>'
_EQ = "<w:instrText>eq \\o\\ac(○,1)</w:instrText>"
_FIELD = f'<w:r><w:fldChar w:fldCharType="begin"/>{_EQ}<w:fldChar w:fldCharType="end"/></w:r>'
_BOX = f"<w:r><w:pict><v:textbox><w:txbxContent>{para('框')}</w:txbxContent></v:textbox></w:pict></w:r>"
_BODY = (
    para("通知", '<w:r><w:footnoteReference w:id="1"/><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', _FIELD, _BOX)
    + para(run("隐", "<w:vanish/>"), f'<w:ins w:id="1">{run("增")}</w:ins>', properties=_NUMBERED)
    + tbl(
        row(cell("甲", properties=_MERGE), cell(tbl(row("内")), para()), properties="<w:tblHeader/>"),
        row(cell(properties='<w:gridSpan w:val="2"/><w:vMerge/>'), "乙", properties='<w:gridBefore w:val="0"/>'),
        widths=(900, 900, 900),
    )
)
_STYLES = '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="0"/></w:style>'
_NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
    '<w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
_MEMBERS = members(
    _BODY, styles=_STYLES, numbering=_NUMBERING, footnotes=f'<w:footnote w:id="1">{para("注")}</w:footnote>'
)
_PARTS = sorted(name for name in _MEMBERS if name.endswith(("xml", "rels")))
_PIECES = [
    "<w:p>",
    "</w:p>",
    "<w:tc/>",
    "<w:tr>",
    "</w:tbl>",
    "<w:del/>",
    "999999999999",
    "-1",
    "&lt;",
    "&x;",
    "\x00",
    "",
    "w:",
    "<!--",
    "]]>",
]


@st.composite
def _edited_xml(draw: st.DrawFn) -> bytes:
    """A package in which one part had tags, values or stretches replaced, doubled, swapped or cut."""
    name = draw(st.sampled_from(_PARTS))
    text = str(_MEMBERS[name])
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 200)))
        piece = draw(st.one_of(st.sampled_from(_PIECES), st.just(text[start:end] * 2), st.text(max_size=8)))
        text = text[:start] + piece + text[end:]
    return pack({**_MEMBERS, name: text.encode("utf-8", "surrogatepass")})


@st.composite
def _swapped_elements(draw: st.DrawFn) -> bytes:
    """A package whose body has whole tags renamed, so that the XML stays well formed and the structure does not."""
    names = ["p", "r", "t", "tbl", "tr", "tc", "sdt", "sdtContent", "pPr", "rPr", "tcPr", "trPr", "ins", "del", "pict"]
    text = str(_MEMBERS["word/document.xml"])
    for _ in range(draw(st.integers(1, 4))):
        old, new = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        for opening in ("<w:", "</w:"):
            for closing in (">", " ", "/>"):
                text = text.replace(f"{opening}{old}{closing}", f"{opening}{new}{closing}")
    return pack({**_MEMBERS, "word/document.xml": text})


@st.composite
def _damaged_bytes(draw: st.DrawFn) -> bytes:
    """A package with bytes of the archive itself overwritten, put in or cut out."""
    raw = bytearray(pack(_MEMBERS))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(raw) - 1))
        raw[at : at + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    return bytes(raw)


_MUTATED = st.one_of(_edited_xml(), _swapped_elements(), _damaged_bytes())
_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]


def test_the_sample_itself_is_sound() -> None:
    result = docx.read(pack(_MEMBERS), "通知.docx")
    assert [b.text for b in result.paragraphs()] == ["通知[1]√①", "框", "（一）增", "[1]注"]
    assert [(c.row_span, c.col_span, c.text) for t in result.tables() for c in t.cells] == [
        (2, 1, "甲"),
        (1, 1, "内"),
        (1, 1, "乙"),
    ]


@settings(max_examples=100, deadline=None, suppress_health_check=_CHECKS, derandomize=True)
@given(_MUTATED)
def test_a_mutated_docx_is_read_or_refused(data: bytes) -> None:
    assert is_sound(lambda: docx.read(data, "通知.docx"))
    assert sniff.detect_format(data, "通知.docx") in sniff.FileFormat


@pytest.mark.fuzz
@settings(max_examples=3000, deadline=None, suppress_health_check=_CHECKS)
@given(_MUTATED)
def test_many_mutated_docx_are_read_or_refused(data: bytes) -> None:
    assert is_sound(lambda: docx.read(data, "通知.docx"))
    assert sniff.detect_format(data, "通知.docx") in sniff.FileFormat
