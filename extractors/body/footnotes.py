"""Footnotes and table notes, with the bodies they list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.body.line_joining import Line, words
from extractors.body.numbering import read_label
from extractors.body.outline import Outline
from extractors.body.redaction import redact
from extractors.normalize import clean

_CIRCLED = re.compile(r"(?P<mark>[①-⑳⑴-⒇㈠-㈩])\s*")
_BRACKETED = re.compile(r"(?P<mark>\[\d{1,2}\]|［\d{1,2}］|〔注\d{1,2}〕)\s*")
_SPLIT_INSIDE = re.compile(r"(?<=[。；;])\s*(?=\d{1,2}\s*[.．、](?!\d))")
_LISTS = re.compile(r"(?:有|包括|包含|是|为|如下|分别为|单位|部门)\s*[:：]\s*(?P<list>.+)", re.DOTALL)
_ORG_END = re.compile(
    r"(?:局|委|办|部|厅|院|校|中心|会|队|公司|集团|政府|行|支行|分局|学院|站|所|馆|处|署|社区|街道|镇|乡|区|县|市|州|盟|旗|社|海关|车务段|报|台|院线|指挥部|部门|单位|科|股|室|组|团|库|园)(?:[（(][^（）()]*[）)])?"
)
_RUN = re.compile(r"(?:[\u4e00-\u9fff]{2,12}、){2,}[\u4e00-\u9fff]{2,12}")


@dataclass(frozen=True, slots=True)
class Footnote:
    """One note: its mark as written (①) or 注 with its number (注3), its text, and the bodies it lists."""

    mark: str
    text: str
    orgs: list[str]
    locator: str
    table: int | None = None
    """Ordinal (1-based) of the table it stands under, None for a footnote of the page."""


def split_outside_brackets(text: str, marks: str = "、，,；;") -> list[str]:
    """Cut `text` at the separators that stand outside brackets and quotation marks; blanks trimmed, empties dropped."""
    parts: list[str] = [""]
    depth = 0
    for char in text:
        depth += (char in "（(《“【〔") - (char in "）)》”】〕" and depth > 0)
        if depth == 0 and char in marks:
            parts.append("")
        else:
            parts[-1] += char
    return [p.strip() for p in parts if p.strip()]


def listed_orgs(text: str) -> list[str]:
    """The bodies that a note lists after 包括：/主要有：, or in a run of three or more; [] when it lists none."""
    listed = _LISTS.search(text)
    if listed:
        names = split_outside_brackets(listed["list"].strip().rstrip("。；;.").removesuffix("等"))
        fitting = sum(_ORG_END.fullmatch(n) is not None or _ends_as_org(n) for n in names)
        if len(names) > 1 and fitting * 2 > len(names):
            return names
    for run in _RUN.finditer(text):
        names = re.sub(r"^(?:主要)?(?:是?指|如|即|涉及|包括|含|由)", "", run.group()).split("、")
        last = _cut_org(names[-1])
        if (
            last
            and all(_ends_as_org(n) for n in names[:-1])
            and not any(n.endswith(("社区", "单位", "部门")) for n in names)
        ):
            return [*names[:-1], last]
    return []


def _ends_as_org(name: str) -> bool:
    return any(found.end() == len(name) for found in _ORG_END.finditer(name))


def _cut_org(tail: str) -> str | None:
    """The name at the beginning of `tail`, where running text follows it (高新区未特别注明的 -> 高新区)."""
    ends = [found.end() for found in _ORG_END.finditer(tail) if found.end() >= 2]
    return tail[: ends[0]] if ends else None


def _opening() -> re.Pattern[str]:
    parts = "|".join(r"\s*".join(w) for w in sorted(words()["note_openings"], key=len, reverse=True))
    return re.compile(rf"(?:{parts})\s*[:：]?\s*")


def _marked(text: str) -> tuple[str, str] | None:
    found = _CIRCLED.match(text) or _BRACKETED.match(text)
    return (found["mark"], text[found.end() :]) if found else None


def _under_table(lines: Sequence[Line], table: int) -> Iterator[Footnote]:
    for line in lines:
        marked = _marked(line.text)
        if marked:
            yield Footnote(marked[0], redact(clean(marked[1])), listed_orgs(marked[1]), line.locator, table)
            continue
        text = _opening().sub("", line.text, count=1) if _opening().match(line.text) else line.text
        for part in _SPLIT_INSIDE.split(text):
            label = read_label(part)
            numbered = label is not None and label.style in ("number", "half", "paren") and label.number is not None
            mark = f"注{label.number}" if numbered and label is not None else "注"
            body = redact(clean(label.rest if numbered and label is not None else part))
            if body:
                yield Footnote(mark, body, listed_orgs(body), line.locator, table)


def read_footnotes(outline: Outline) -> list[Footnote]:
    """The notes below the tables in order, then the carrier's own foot- and endnotes."""
    notes: list[Footnote] = []
    for ordinal, around in enumerate(outline.tables, start=1):
        notes.extend(_under_table(around.notes, ordinal))
    own = [line for line in outline.lines if line.note]
    for nth, line in enumerate(own, start=1):
        marked = _marked(line.text)
        mark, text = marked if marked else (f"[{nth}]", line.text)
        notes.append(Footnote(mark, redact(clean(text)), listed_orgs(text), line.locator))
    return notes
