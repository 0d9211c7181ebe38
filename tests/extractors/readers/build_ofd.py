"""Writes small OFD files: text, lines, templates, resources; and a pdf's characters and lines as OFD."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from xml.sax.saxutils import escape, quoteattr

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from extractors.layout.coordinates import Frame, quarter
from extractors.layout.text_lines import breadth
from extractors.limits import DEFAULT_LIMITS
from extractors.readers.pdf.drawing import read_drawing

MM = 25.4 / 72
NAMESPACE = "http://www.ofdspec.org/2016"


def attributes(values: Mapping[str, object]) -> str:
    """`values` as the attributes of an element."""
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items())


@dataclass
class OfdPageSource:
    """The objects of one page; coordinates are millimetres from the upper left corner."""

    width: float = 210.0
    height: float = 297.0
    ops: list[str] = field(default_factory=list)
    templates: tuple[str, ...] = ()
    layer: str = 'Type="Body"'

    def text(self, x: float, top: float, text: str, size: float = 4.0, **more: object) -> None:
        """Write `text` with its upper left corner at x, top; an ideograph takes `size`, anything else half of it."""
        steps = " ".join(f"{breadth(c) * size:g}" for c in text[:-1])
        delta = f' DeltaX="{steps}"' if steps else ""
        code = f'<ofd:TextCode X="0" Y="{0.88 * size:g}"{delta}>{escape(text)}</ofd:TextCode>'
        self.text_object(f"{x:g} {top:g} {breadth(text) * size:g} {size:g}", code, size, **more)

    def text_object(self, boundary: str, codes: str, size: float = 4.0, **more: object) -> None:
        """A text object with the given `TextCode` elements."""
        values = {"ID": len(self.ops) + 100, "Boundary": boundary, "Font": 1, "Size": f"{size:g}", **more}
        self.ops.append(f"<ofd:TextObject{attributes(values)}>{codes}</ofd:TextObject>")

    def path(self, data: str, inner: str = "", boundary: str = "0 0 210 297", **more: object) -> None:
        """A path object."""
        values = {"ID": len(self.ops) + 100, "Boundary": boundary, "LineWidth": "0.2", **more}
        drawn = f"{inner}<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData>"
        self.ops.append(f"<ofd:PathObject{attributes(values)}>{drawn}</ofd:PathObject>")

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A straight line."""
        self.path(f"M {x0:.4f} {y0:.4f} L {x1:.4f} {y1:.4f}")

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """All lines of a plain grid."""
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        for x in xs:
            self.line(x, ys[0], x, ys[-1])

    def xml(self) -> str:
        """The part of the page."""
        uses = "".join(f'<ofd:Template TemplateID="{name}" ZOrder="Background"/>' for name in self.templates)
        return (
            f'<ofd:Page xmlns:ofd="{NAMESPACE}">{uses}'
            f"<ofd:Area><ofd:PhysicalBox>0 0 {self.width:g} {self.height:g}</ofd:PhysicalBox></ofd:Area>"
            f"<ofd:Content><ofd:Layer {self.layer}>{''.join(self.ops)}</ofd:Layer></ofd:Content></ofd:Page>"
        )


def entry(*roots: str) -> str:
    """OFD.xml naming the documents at `roots`."""
    bodies = "".join(
        f"<ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>{root}</ofd:DocRoot></ofd:DocBody>"
        for root in roots
    )
    return f'<ofd:OFD xmlns:ofd="{NAMESPACE}" Version="1.0" DocType="OFD">{bodies}</ofd:OFD>'


def document(pages: Sequence[str], common: str = "", more: str = "") -> str:
    """Document.xml naming the page parts at `pages`."""
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="{where}"/>' for n, where in enumerate(pages, 1))
    return (
        f'<ofd:Document xmlns:ofd="{NAMESPACE}"><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea>'
        f"<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>{common}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages>{more}</ofd:Document>"
    )


def parts(
    pages: Sequence[OfdPageSource],
    *,
    templates: Mapping[str, OfdPageSource] | None = None,
    resources: str = "",
    more: str = "",
) -> dict[str, str]:
    """The parts of a package with one document; `resources` is what stands in DocumentRes.xml."""
    out = {"OFD.xml": entry("Doc_0/Document.xml")}
    common = "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>" if resources else ""
    for name, template in (templates or {}).items():
        common += f'<ofd:TemplatePage ID="{name}" BaseLoc="Tpls/Tpl_{name}/Content.xml" ZOrder="Background"/>'
        out[f"Doc_0/Tpls/Tpl_{name}/Content.xml"] = template.xml()
    if resources:
        out["Doc_0/DocumentRes.xml"] = f'<ofd:Res xmlns:ofd="{NAMESPACE}" BaseLoc="Res">{resources}</ofd:Res>'
    places = [f"Pages/Page_{n}/Content.xml" for n in range(len(pages))]
    out["Doc_0/Document.xml"] = document(places, common, more)
    out.update({f"Doc_0/{where}": page.xml() for where, page in zip(places, pages, strict=True)})
    return out


def pack(members: Mapping[str, str | bytes]) -> bytes:
    """The members as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


def ofd(pages: Sequence[OfdPageSource]) -> bytes:
    """A package with one document of these pages."""
    return pack(parts(pages))


def from_pdf(data: bytes) -> bytes:
    """The pages of a pdf as OFD: a text object for each stretch of a line, a path for each ruling line."""
    source = pdfium.PdfDocument(data)
    pages: list[OfdPageSource] = []
    for page in source:
        left, bottom, right, top = page.get_cropbox()
        frame = Frame(left, bottom, right, top)
        out = OfdPageSource((right - left) * MM, (top - bottom) * MM)
        text = page.get_textpage()
        _write_text(out, text, frame)
        for rule in read_drawing(page, DEFAULT_LIMITS.max_page_marks).rules(frame):
            out.line(rule.x0 * MM, rule.top * MM, rule.x1 * MM, rule.bottom * MM)
        text.close()
        page.close()
        pages.append(out)
    source.close()
    return ofd(pages)


def _write_text(out: OfdPageSource, text: pdfium.PdfTextPage, frame: Frame) -> None:
    """Characters on one base line whose size is the same go into one text object, as converters write them."""
    found: list[tuple[str, float, tuple[float, float, int]]] = []
    for index in range(text.count_chars()):
        char = text.get_text_range(index, 1)
        box = text.get_charbox(index, loose=True)
        if len(char) != 1 or box[2] <= box[0] or char in "\r\n":
            continue
        x, top, x1, bottom = frame.box(*box)
        size = round(pdfium_c.FPDFText_GetFontSize(text.raw, index) * MM, 3)
        turn = quarter(pdfium_c.FPDFText_GetCharAngle(text.raw, index)) or 0
        if turn % 2:
            _write_turned(out, char, ((x + x1) / 2 * MM, (bottom if turn == 1 else top) * MM), size, turn)
        else:
            found.append((char, x * MM, (round((top + bottom) / 2 * MM, 2), size, turn)))
    for (middle, size, _), group in groupby(found, key=lambda c: c[2]):
        _write_line(out, [(c[0], c[1]) for c in group], middle, size)


def _write_turned(out: OfdPageSource, char: str, start: tuple[float, float], size: float, turn: int) -> None:
    base = start[0] + (0.38 if turn == 1 else -0.38) * size
    code = f'<ofd:TextCode X="{base:.4f}" Y="{start[1]:.4f}">{escape(char)}</ofd:TextCode>'
    out.text_object("0 0 210 297", code, size, CharDirection=270 if turn == 1 else 90)


def _write_line(out: OfdPageSource, chars: list[tuple[str, float]], middle: float, size: float) -> None:
    text, steps = "".join(c for c, _ in chars), " ".join(f"{b - a:.4f}" for (_, a), (_, b) in pairwise(chars))
    code = f'<ofd:TextCode X="0" Y="{0.88 * size:.4f}" DeltaX="{steps}">{escape(text)}</ofd:TextCode>'
    out.text_object(f"{chars[0][1]:.4f} {middle - size / 2:.4f} {size:g} {size:g}", code, size)
