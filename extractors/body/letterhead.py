"""The frame of an official letter: banner, number, title, addressees, list of attachments, signature, date, annexes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from extractors.body.line_joining import Line, ends_like_title, is_unbalanced, match_annex_mark, read_label
from extractors.document import Table
from extractors.normalize import squeeze
from extractors.parsers.dates import number, read_date

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
    """What a line is in the frame; TEXT is everything else."""

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
    """A printed attachment: its number as written (None for a bare 附件) and its title."""

    number: int | None
    title: str | None
    at: int
    """Index of its mark among the blocks."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The frame of the notice; `roles[i]` belongs to block i (tables are TEXT)."""

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
    """True for a line that holds nothing but a date, brackets allowed."""
    return bool(_DATE_LINE.fullmatch(squeeze(text)))


def is_version_suffix(text: str) -> bool:
    """True for （试行）, （2023年版） and the like alone on a line."""
    return bool(_VERSION_SUFFIX.fullmatch(text)) and not is_date_line(text) and read_label(text) is None


def looks_like_org(text: str) -> bool:
    """True for the bare name of a body: short, no punctuation, ends with 局, 委员会, 办公室 and the like."""
    return len(text) <= 40 and bool(_ORG.fullmatch(text)) and read_label(text) is None


class _LetterheadReader:
    """Walks the blocks once per concern and notes the role of each line."""

    def __init__(self, blocks: Sequence[Line | Table]) -> None:
        self.blocks = blocks
        self.roles = [LineRole.TEXT] * len(blocks)
        self.annexes: list[Annex] = []

    def text(self, at: int) -> str | None:
        """The text of block `at`, None for a table, a note or the end."""
        block = self.blocks[at] if 0 <= at < len(self.blocks) else None
        return block.text if isinstance(block, Line) and not block.note else None

    def head_end(self) -> int:
        """Index of the first block that no longer belongs to the head."""
        for at in range(min(len(self.blocks), _MAX_HEAD_LINES)):
            text = self.text(at)
            if text is None or match_annex_mark(text) or read_label(text):
                return at
            if at and _ADDRESSEE.fullmatch(text) and _ADDRESSED.search(text[:-1]):
                self.roles[at] = LineRole.ADDRESSEE
                return at
            if len(text) > 60 and not is_unbalanced(text) and not ends_like_title(text):
                return at
        return min(len(self.blocks), _MAX_HEAD_LINES)

    def head(self) -> tuple[list[str], str | None, str | None, date | None]:
        """Banner, document number, title and a date printed below the title."""
        banner: list[str] = []
        doc_number = title = None
        dated: date | None = None
        pending: list[int] = []
        for at in range(self.head_end()):
            text = self.text(at) or ""
            found = _BANNER.fullmatch(text)
            numbered = DOC_NUMBER.search(text)
            if found and not title:
                banner.append(squeeze(found["issuer"]))
                self.roles[at] = LineRole.BANNER
                banner = [squeeze(self.text(i) or "") for i in pending if looks_like_org(self.text(i) or "")] + banner
                pending.clear()
            elif numbered and len(text) <= len(numbered.group()) + 30 and "《" not in text:
                doc_number = doc_number or squeeze(numbered.group())
                self.roles[at] = LineRole.NUMBER
                if not title:
                    banner += [squeeze(self.text(i) or "") for i in pending if looks_like_org(self.text(i) or "")]
                    pending.clear()
            elif is_date_line(text):
                dated = dated or read_date(text)
                self.roles[at] = LineRole.DATE
            elif title is None and not _NAVIGATION.search(text):
                pending.append(at)
                if ends_like_title(text):
                    title = self._title(pending) + self._edition(at + 1, LineRole.TITLE)
        return banner, doc_number, title, dated

    def _title(self, pending: list[int]) -> str:
        """The title that ends at the last pending line, with the lines above that belong to it."""
        lines = [self.text(i) or "" for i in pending]
        first = len(lines) - 1
        about = next((i for i, line in enumerate(lines) if "关于" in line), None)
        if about is not None:
            first = about
        elif first > 0 and (
            is_unbalanced(lines[first - 1]) or len(lines[first]) < 8 or looks_like_org(lines[first - 1])
        ):
            first -= 1
        if first > 0 and lines[first].startswith("关于") and looks_like_org(squeeze(lines[first - 1])):
            first -= 1
        for i in pending[first:]:
            self.roles[i] = LineRole.TITLE
        return "".join(lines[first:])

    def _edition(self, at: int, role: LineRole) -> str:
        """（试行）, （2023年版） on a line of its own below a title, "" where there is none."""
        text = self.text(at)
        if text is None or not is_version_suffix(text):
            return ""
        self.roles[at] = role
        return text

    def signature(self) -> tuple[list[str], date | None, int | None]:
        """The names above (or before) the first closing date, the date, and where it stands."""
        for at in range(len(self.blocks)):
            text = self.text(at)
            if text is None or self.roles[at] is not LineRole.TEXT:
                continue
            inline = _SIGNED.fullmatch(squeeze(text))
            if inline and looks_like_org(inline["who"]):
                self.roles[at] = LineRole.SIGNATURE
                return [inline["who"]], read_date(text), at
            if is_date_line(text):
                self.roles[at] = LineRole.DATE
                names: list[str] = []
                above = at - 1
                while (signed := self._signed_by(above)) and len(names) < 6:
                    self.roles[above] = LineRole.SIGNATURE
                    names = [*signed, *names]
                    above -= 1
                return names, read_date(text), at
        return [], None, None

    def _signed_by(self, at: int) -> list[str]:
        """The bodies that a signature line names, several apart by 、 or by wide blanks; [] for any other line."""
        block = self._block(at) if at >= 0 else None
        if not isinstance(block, Line) or block.note or ends_like_title(block.text):
            return []
        for parts in (re.split(r"、|\s{2,}", block.raw.strip()), block.text.split("、")):
            names = [squeeze(part) for part in parts if part.strip()]
            if names and all(looks_like_org(name) for name in names):
                return names
        return []

    def attachments(self) -> list[str]:
        """The names in the list 附件：1.… 2.… of the letter, in order."""
        for at in range(len(self.blocks)):
            text = self.text(at)
            mark = match_annex_mark(text) if text else None
            if not mark or not self._opens_list(at, mark):
                continue
            names = [mark["rest"]] if mark["rest"] else []
            self.roles[at] = LineRole.ATTACHMENT
            following = at + 1
            while (text := self.text(following)) is not None and self.roles[following] is LineRole.TEXT:
                again = match_annex_mark(text)
                label = read_label(text)
                if again and again["rest"] and again["n"]:
                    names.append(again["rest"])
                elif label and label.style in ("number", "half", "paren") and not again:
                    names.append(text)
                elif names and not again and self._continues(following):
                    names[-1] += text
                else:
                    break
                self.roles[following] = LineRole.ATTACHMENT
                following += 1
            return [self._name(n) for n in names]
        return []

    def _opens_list(self, at: int, mark: re.Match[str]) -> bool:
        if mark["n"] is None:
            return bool(mark["colon"])
        return any(
            (later := match_annex_mark(text)) is not None and later["n"] == mark["n"]
            for text in (self.text(i) for i in range(at + 1, len(self.blocks)))
            if text
        )

    def _continues(self, at: int) -> bool:
        """True when the line is the second half of an attachment's name, not the signature or what comes after."""
        text, before = self.text(at) or "", self.text(at - 1) or ""
        below = self.text(at + 1)
        if (
            is_date_line(text)
            or _SIGNED.fullmatch(squeeze(text))
            or (looks_like_org(text) and not ends_like_title(text))
        ):
            return False
        if ends_like_title(before) or len(text) > 40 or read_label(text):
            return False
        return ends_like_title(text) and (below is None or len(before) >= 16)

    @staticmethod
    def _name(text: str) -> str:
        label = read_label(text)
        name = label.rest if label and label.style in ("number", "half", "paren") else text
        return name.strip().strip("；;。")

    def annex_titles(self) -> None:
        """Fill `annexes`: every printed 附件 mark with the title lines below it."""
        for at in range(len(self.blocks)):
            text = self.text(at)
            mark = match_annex_mark(text) if text and self.roles[at] is LineRole.TEXT else None
            if not mark:
                continue
            self.roles[at] = LineRole.ANNEX
            parts = [mark["rest"]] if mark["rest"] else []
            below = at + 1
            while not (parts and ends_like_title(parts[-1])) and len(parts) < 3:
                text = self.text(below)
                if text is None or read_label(text) or len(text) > 60 or re.search(r"[。；：:]", text):
                    break
                parts.append(text)
                self.roles[below] = LineRole.ANNEX_TITLE
                below += 1
            if parts and (edition := self._edition(below, LineRole.ANNEX_TITLE)):
                parts.append(edition)
                below += 1
            if parts and not (ends_like_title("".join(parts)) or isinstance(self._block(below), Table)):
                for i in range(at + 1, below):
                    self.roles[i] = LineRole.TEXT
                parts = parts[:1] if mark["rest"] else []
            self.annexes.append(Annex(number(mark["n"]) if mark["n"] else None, "".join(parts) or None, at))

    def _block(self, at: int) -> Line | Table | None:
        return self.blocks[at] if at < len(self.blocks) else None

    def plan_title(self, after: int | None) -> str | None:
        """The title of the plan printed below the letter's date."""
        if after is None:
            return None
        parts: list[str] = []
        at = after + 1
        while (text := self.text(at)) is not None and len(parts) < 3 and self.roles[at] is LineRole.TEXT:
            if read_label(text) or len(text) > 60 or re.search(r"[。；：:，]", text):
                return None
            parts.append(text)
            if ends_like_title(text):
                for i in range(after + 1, at + 1):
                    self.roles[i] = LineRole.TITLE
                return "".join(parts) + self._edition(at + 1, LineRole.TITLE)
            at += 1
        return None


def read_letterhead(blocks: Sequence[Line | Table]) -> Letterhead:
    """The frame of the notice whose logical lines and tables are `blocks`."""
    reader = _LetterheadReader(blocks)
    banner, doc_number, title, dated = reader.head()
    names, signed_on, closing = reader.signature()
    attachments = reader.attachments()
    reader.annex_titles()
    plan = reader.plan_title(closing)
    addressee = next((i for i, role in enumerate(reader.roles) if role is LineRole.ADDRESSEE), None)
    titles = [t for t in (plan, *(a.title for a in reader.annexes)) if t]
    return Letterhead(
        banner=tuple(banner),
        doc_number=doc_number,
        title=title,
        plan_titles=tuple(titles),
        addressees=(reader.text(addressee) or "").rstrip(":：") if addressee is not None else None,
        attachments=tuple(attachments),
        signatures=tuple(names),
        signed_on=signed_on or dated,
        annexes=tuple(reader.annexes),
        roles=tuple(reader.roles),
    )
