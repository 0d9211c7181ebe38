"""A text without blanks and with half-width digits, that still knows where each character stood."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.phrases.text import strip_artefacts


def _half(char: str) -> str:
    """Full-width digits, letters and signs become half-width; CJK punctuation and circled marks stay."""
    return chr(ord(char) - 0xFEE0) if "！" <= char <= "～" and char not in "，；：！？（）" else char


@dataclass(frozen=True, slots=True)
class Solid:
    """`text` without blanks and invisible characters, line feeds kept; `text[i]` stands in `source[places[i]]`."""

    source: str
    text: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, source: str) -> Solid:
        """The solid form of any text; brackets are written （）."""
        chars: list[str] = []
        places: list[int] = []
        for place, char in enumerate(source):
            if char != "\n" and (char.isspace() or not strip_artefacts(char)):
                continue
            half = _half(char)
            chars.append({"(": "（", ")": "）"}.get(half, half))
            places.append(place)
        return cls(source, "".join(chars), tuple(places))

    def raw(self, start: int, end: int) -> str:
        """The piece of the source that `text[start:end]` stands for; "" for an empty piece."""
        return self.source[self.places[start] : self.places[end - 1] + 1] if end > start else ""
