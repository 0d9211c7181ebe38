"""The cell styles of an xlsx: number format and border of each, all that bears on what a person reads."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.readers.sheet.number_format import BUILTIN
from extractors.readers.sheet.xml_stream import local, stream

_SIDES = ("left", "right", "top", "bottom", "start", "end")


@dataclass(frozen=True, slots=True)
class Styles:
    """Number format and border of each cell style, by its index."""

    formats: tuple[str, ...] = ()
    framed: tuple[bool, ...] = ()

    def format(self, index: int) -> str:
        """The number format code of a style; General where the file names a style it does not have."""
        return self.formats[index] if 0 <= index < len(self.formats) else "General"

    @property
    def by_name(self) -> tuple[frozenset[str | None], frozenset[str | None]]:
        """The styles with a line on at least one side, and those with a number format; cells name them by index, or
        not at all for the first.
        """
        framed = {str(i) for i, has in enumerate(self.framed) if has}
        drawn = {str(i) for i, code in enumerate(self.formats) if code != "General"}
        return _with_unnamed(framed), _with_unnamed(drawn)


def read_styles(raw: bytes) -> Styles:
    """The style sheet part of an xlsx. Raises `ReadError` for broken XML."""
    codes = dict(BUILTIN)
    borders: list[bool] = []
    formats: list[str] = []
    framed: list[bool] = []
    for element in stream(raw, "xl/styles.xml", "numFmt", "border", "cellXfs"):
        name = local(element)
        if name == "numFmt":
            codes[_whole(element.get("numFmtId"))] = element.get("formatCode") or "General"
        elif name == "border":
            borders.append(any(local(s) in _SIDES and s.get("style", "none") != "none" for s in element))
        else:
            for xf in element:
                border = _whole(xf.get("borderId"))
                formats.append(codes.get(_whole(xf.get("numFmtId")), "General"))
                framed.append(0 <= border < len(borders) and borders[border])
    return Styles(tuple(formats), tuple(framed))


def _whole(stated: str | None) -> int:
    return int(stated) if stated and stated.isascii() and stated.isdigit() and len(stated) < 10 else 0


def _with_unnamed(names: set[str]) -> frozenset[str | None]:
    return frozenset([*names, None]) if "0" in names else frozenset(names)
