"""The letterhead of an official letter: banner, number, title, addressees, attachments, signature, date, annexes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from extractors.body.line_joining import (
    LIST_STYLES,
    LabelStyle,
    Line,
    ends_like_title,
    is_unbalanced,
    match_annex_mark,
    read_label,
)
from extractors.document import Table
from extractors.normalize import strip_whitespace
from extractors.parsers.dates import read_date
from extractors.parsers.numerals import parse_integer

_YEAR_BRACKET = r"[〔\[（(【［﹝]\s*(?:19|20)\d\d\s*[〕\]）)】］﹞]"
DOC_NUMBER = re.compile(rf"(?P<mark>[\u4e00-\u9fffA-Za-z]{{1,20}})\s*{_YEAR_BRACKET}\s*(?:第\s*)?(?P<n>\d{{1,4}})\s*号")
_BANNER = re.compile(r"(?P<issuer>[\u4e00-\u9fff（）()·、\s]{3,60}?)(?:文\s*件|（\s*文\s*件\s*）)")
_DATE_LINE = re.compile(
    r"[（(]?\s*(?:[\d〇○零Ｏ一二三四五六七八九十]{2,4}年[\d〇一二三四五六七八九十]{1,3}月[\d〇一二三四五六七八九十]{1,3}[日号])\s*(?:印发|发布)?[）)]?"
)
_SIGNED = re.compile(rf"(?P<who>[\u4e00-\u9fff（）()·]{{3,40}}?)(?P<when>{_DATE_LINE.pattern})")
_ORG = re.compile(
    r"[\u4e00-\u9fff（）()·]{2,40}(?:局|委|办|办公室|委员会|部|厅|院|校|党校|中心|会|组|队|公司|集团|政府|银行|支行|分行|学院|大学|小学|中学|幼儿园|医院|社|站|所|馆|处|署|社区|街道|镇|乡|指挥部|法院|检察院|联合会|总工会|团|海关|行)"
)
_ADDRESSEE = re.compile(r"[^。；！？《》]{2,200}[:：]")
_ADDRESSED = re.compile(
    r"各|机关|局属|局直|市直|县直|区直|直属|有关|全[市县区校局院体]|单位|科室|股室|部门|学校|乡镇|街道|处室|支部|[局委办校院厅]$"
)
_NAVIGATION = re.compile(r"[>＞»›|｜]|^(?:首页|当前位置|您的位置|您现在的位置)|^(?:来源|发布|浏览|索引|作者|字号)")
_VERSION_SUFFIX = re.compile(r"[（(][^（）()]{2,20}[）)]")
_MAX_HEAD_LINES = 24


class LineRole(StrEnum):
    """What a line is in the letter; TEXT is everything else."""

    BANNER = "banner"
    NUMBER = "number"
    TITLE = "title"
    ADDRESSEE = "addressee"
    ATTACHMENT = "attachment"
    SIGNATURE = "signature"
    DATE = "date"
    ANNEX = "annex"
    ANNEX_TITLE = "annex_title"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Annex:
    """An attachment printed behind the letter: its number as written (None for a bare 附件) and its title."""

    number: int | None
    title: str | None
    index: int
    """Index of its mark among the blocks."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The letterhead of a notice; `roles[i]` is the role of block i (tables are TEXT)."""

    banner: tuple[str, ...]
    doc_number: str | None
    title: str | None
    plan_titles: tuple[str, ...]
    addressees: str | None
    attachments: tuple[str, ...]
    signatures: tuple[str, ...]
    signed_on: date | None
    annexes: tuple[Annex, ...]
    roles: tuple[LineRole, ...]


def is_date_line(text: str) -> bool:
    """Return whether a line holds only a date, brackets allowed."""
    return bool(_DATE_LINE.fullmatch(strip_whitespace(text)))


def is_version_suffix(text: str) -> bool:
    """Return whether a line holds only （试行）, （2023年版） or the like."""
    return bool(_VERSION_SUFFIX.fullmatch(text)) and not is_date_line(text) and read_label(text) is None


def looks_like_org(text: str) -> bool:
    """Return whether `text` is the bare name of an organization: short, without punctuation, ending with 局 etc."""
    return len(text) <= 40 and bool(_ORG.fullmatch(text)) and read_label(text) is None


def _opens_item(text: str) -> bool:
    """Return whether a line begins with a label; the day before a title (3.5学雷锋活动方案) is none."""
    label = read_label(text)
    return label is not None and not (label.style is LabelStyle.DECIMAL and ends_like_title(text))


class _LetterheadReader:
    """Walks the blocks once per part of the letterhead and records the role of each line."""

    def __init__(self, blocks: Sequence[Line | Table]) -> None:
        self.blocks = blocks
        self.roles = [LineRole.TEXT] * len(blocks)
        self.annexes: list[Annex] = []

    def text_at(self, index: int) -> str | None:
        """Return the text of a block, None for a table, a note or beyond the end."""
        block = self.blocks[index] if 0 <= index < len(self.blocks) else None
        return block.text if isinstance(block, Line) and not block.note else None

    def find_head_end(self) -> int:
        """Return the index of the first block after the head."""
        for index in range(min(len(self.blocks), _MAX_HEAD_LINES)):
            text = self.text_at(index)
            if text is None or match_annex_mark(text) or _opens_item(text):
                return index
            if index and _ADDRESSEE.fullmatch(text) and _ADDRESSED.search(text[:-1]):
                self.roles[index] = LineRole.ADDRESSEE
                return index
            if len(text) > 60 and not is_unbalanced(text) and not ends_like_title(text):
                return index
        return min(len(self.blocks), _MAX_HEAD_LINES)

    def read_head(self) -> tuple[list[str], str | None, str | None, date | None]:
        """Return the banner, document number, title and a date printed below the title."""
        banner: list[str] = []
        doc_number = title = None
        issued_on: date | None = None
        pending: list[int] = []
        for index in range(self.find_head_end()):
            text = self.text_at(index) or ""
            banner_match = _BANNER.fullmatch(text)
            number_match = DOC_NUMBER.search(text)
            if banner_match and not title:
                banner.append(strip_whitespace(banner_match["issuer"]))
                self.roles[index] = LineRole.BANNER
                banner = [
                    strip_whitespace(self.text_at(i) or "") for i in pending if looks_like_org(self.text_at(i) or "")
                ] + banner
                pending.clear()
            elif number_match and len(text) <= len(number_match.group()) + 30 and "《" not in text:
                doc_number = doc_number or strip_whitespace(number_match.group())
                self.roles[index] = LineRole.NUMBER
                if not title:
                    banner += [
                        strip_whitespace(self.text_at(i) or "")
                        for i in pending
                        if looks_like_org(self.text_at(i) or "")
                    ]
                    pending.clear()
            elif is_date_line(text):
                issued_on = issued_on or read_date(text)
                self.roles[index] = LineRole.DATE
            elif title is None and not _NAVIGATION.search(text):
                pending.append(index)
                if ends_like_title(text):
                    title = self._read_title(pending) + self._read_version_suffix(index + 1, LineRole.TITLE)
        return banner, doc_number, title, issued_on

    def _read_title(self, pending: list[int]) -> str:
        """Return the title that ends at the last pending line, with the lines above that belong to it."""
        lines = [self.text_at(i) or "" for i in pending]
        first = len(lines) - 1
        about = next((i for i, line in enumerate(lines) if "关于" in line), None)
        if about is not None:
            first = about
        elif first > 0 and (
            is_unbalanced(lines[first - 1]) or len(lines[first]) < 8 or looks_like_org(lines[first - 1])
        ):
            first -= 1
        if first > 0 and lines[first].startswith("关于") and looks_like_org(strip_whitespace(lines[first - 1])):
            first -= 1
        for i in pending[first:]:
            self.roles[i] = LineRole.TITLE
        return "".join(lines[first:])

    def _read_version_suffix(self, index: int, role: LineRole) -> str:
        """Return （试行）, （2023年版） etc. on a line of its own below a title, "" if there is none."""
        text = self.text_at(index)
        if text is None or not is_version_suffix(text):
            return ""
        self.roles[index] = role
        return text

    def read_signature(self) -> tuple[list[str], date | None, int | None]:
        """Return the names above (or before) the first closing date, the date, and the index of its block."""
        for index in range(len(self.blocks)):
            text = self.text_at(index)
            if text is None or self.roles[index] is not LineRole.TEXT:
                continue
            inline = _SIGNED.fullmatch(strip_whitespace(text))
            if inline and looks_like_org(inline["who"]):
                self.roles[index] = LineRole.SIGNATURE
                return [inline["who"]], read_date(text), index
            if is_date_line(text):
                self.roles[index] = LineRole.DATE
                names: list[str] = []
                above = index - 1
                while (signed := self._signing_orgs(above)) and len(names) < 6:
                    self.roles[above] = LineRole.SIGNATURE
                    names = [*signed, *names]
                    above -= 1
                return names, read_date(text), index
        return [], None, None

    def _signing_orgs(self, index: int) -> list[str]:
        """Return the organizations of a signature line, separated by 、 or wide spaces; [] for any other line."""
        block = self._block(index) if index >= 0 else None
        if not isinstance(block, Line) or block.note or ends_like_title(block.text):
            return []
        for parts in (re.split(r"、|\s{2,}", block.raw.strip()), block.text.split("、")):
            names = [strip_whitespace(part) for part in parts if part.strip()]
            if names and all(looks_like_org(name) for name in names):
                return names
        return []

    def read_attachments(self) -> list[str]:
        """Return the names in the attachment list of the letter (附件：1.… 2.…), in order."""
        for index in range(len(self.blocks)):
            text = self.text_at(index)
            mark = match_annex_mark(text) if text else None
            if not mark or not self._opens_list(index, mark):
                continue
            names = [mark["rest"]] if mark["rest"] else []
            self.roles[index] = LineRole.ATTACHMENT
            following = index + 1
            while (text := self.text_at(following)) is not None and self.roles[following] is LineRole.TEXT:
                annex = match_annex_mark(text)
                label = read_label(text)
                if annex and annex["rest"] and annex["n"]:
                    names.append(annex["rest"])
                elif label and label.style in LIST_STYLES and not annex:
                    names.append(text)
                elif names and not annex and self._continues_name(following):
                    names[-1] += text
                else:
                    break
                self.roles[following] = LineRole.ATTACHMENT
                following += 1
            return [self._strip_list_label(n) for n in names]
        return []

    def _opens_list(self, index: int, mark: re.Match[str]) -> bool:
        if mark["n"] is None:
            return bool(mark["colon"])
        return any(
            (later := match_annex_mark(text)) is not None and later["n"] == mark["n"]
            for text in (self.text_at(i) for i in range(index + 1, len(self.blocks)))
            if text
        )

    def _continues_name(self, index: int) -> bool:
        """Return whether the line is the second half of an attachment's name."""
        text, before = self.text_at(index) or "", self.text_at(index - 1) or ""
        below = self.text_at(index + 1)
        if (
            is_date_line(text)
            or _SIGNED.fullmatch(strip_whitespace(text))
            or (looks_like_org(text) and not ends_like_title(text))
        ):
            return False
        if ends_like_title(before) or len(text) > 40 or read_label(text):
            return False
        return ends_like_title(text) and (below is None or len(before) >= 16)

    @staticmethod
    def _strip_list_label(text: str) -> str:
        label = read_label(text)
        name = label.rest if label and label.style in LIST_STYLES else text
        return name.strip().strip("；;。")

    def read_annexes(self) -> None:
        """Fill `annexes` with every printed 附件 mark and the title lines below it."""
        for index in range(len(self.blocks)):
            text = self.text_at(index)
            mark = match_annex_mark(text) if text and self.roles[index] is LineRole.TEXT else None
            if not mark:
                continue
            self.roles[index] = LineRole.ANNEX
            parts = [mark["rest"]] if mark["rest"] else []
            next_line = index + 1
            while not (parts and ends_like_title(parts[-1])) and len(parts) < 3:
                text = self.text_at(next_line)
                if text is None or read_label(text) or len(text) > 60 or re.search(r"[。；：:]", text):
                    break
                parts.append(text)
                self.roles[next_line] = LineRole.ANNEX_TITLE
                next_line += 1
            if parts and (version_suffix := self._read_version_suffix(next_line, LineRole.ANNEX_TITLE)):
                parts.append(version_suffix)
                next_line += 1
            if parts and not (ends_like_title("".join(parts)) or isinstance(self._block(next_line), Table)):
                for i in range(index + 1, next_line):
                    self.roles[i] = LineRole.TEXT
                parts = parts[:1] if mark["rest"] else []
            self.annexes.append(Annex(parse_integer(mark["n"]) if mark["n"] else None, "".join(parts) or None, index))

    def _block(self, index: int) -> Line | Table | None:
        return self.blocks[index] if index < len(self.blocks) else None

    def read_plan_title(self, signature_end: int | None) -> str | None:
        """Return the title of the plan printed below the letter's date."""
        if signature_end is None:
            return None
        parts: list[str] = []
        index = signature_end + 1
        while (text := self.text_at(index)) is not None and len(parts) < 3 and self.roles[index] is LineRole.TEXT:
            if read_label(text) or len(text) > 60 or re.search(r"[。；：:，]", text):
                return None
            parts.append(text)
            if ends_like_title(text):
                for i in range(signature_end + 1, index + 1):
                    self.roles[i] = LineRole.TITLE
                return "".join(parts) + self._read_version_suffix(index + 1, LineRole.TITLE)
            index += 1
        return None


def read_letterhead(blocks: Sequence[Line | Table]) -> Letterhead:
    """Return the letterhead of a notice.

    Args:
        blocks: its logical lines and tables.
    """
    reader = _LetterheadReader(blocks)
    banner, doc_number, title, head_date = reader.read_head()
    names, signed_on, signature_index = reader.read_signature()
    attachments = reader.read_attachments()
    reader.read_annexes()
    plan = reader.read_plan_title(signature_index)
    addressee = next((i for i, role in enumerate(reader.roles) if role is LineRole.ADDRESSEE), None)
    titles = [t for t in (plan, *(a.title for a in reader.annexes)) if t]
    return Letterhead(
        banner=tuple(banner),
        doc_number=doc_number,
        title=title,
        plan_titles=tuple(titles),
        addressees=(reader.text_at(addressee) or "").rstrip(":：") if addressee is not None else None,
        attachments=tuple(attachments),
        signatures=tuple(names),
        signed_on=signed_on or head_date,
        annexes=tuple(reader.annexes),
        roles=tuple(reader.roles),
    )
