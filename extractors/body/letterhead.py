"""The letterhead of an official letter: banner, number, title, addressees, attachments, signature, date, annexes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import takewhile

from extractors.body.line_joining import (
    DATE_LINE,
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
from extractors.parsers.admin_divisions import find_leading_place
from extractors.parsers.column_headers import header_word
from extractors.parsers.dates import read_date
from extractors.parsers.numerals import parse_integer

_YEAR_BRACKET = r"[〔\[（(【［﹝｛{〈<＜「『]\s{0,4}(?:19|20)\d\d\s{0,4}年?\s{0,4}[〕\]）)】］﹞｝}〉>＞」』]"
DOC_NUMBER = re.compile(
    rf"(?P<mark>[\u4e00-\u9fffA-Za-z]{{1,20}})\s{{0,4}}{_YEAR_BRACKET}\s{{0,4}}(?:第\s{{0,4}})?(?P<n>\d{{1,4}})\s{{0,4}}号"
)
_AGENCY = re.compile(
    r"[\u4e00-\u9fff]{2,17}(?:办公室|委员会|人民政府|指挥部|领导小组)(?=[\u4e00-\u9fff]{2})(?![办发字函电])"
)
"""指挥部办发〔2024〕3号 is a number as it stands."""
_BANNER = re.compile(r"(?P<issuer>[\u4e00-\u9fff（）()·、\s]{3,60}?)(?:文\s*件|（\s*文\s*件\s*）)")
_SIGNED = re.compile(rf"(?P<who>[\u4e00-\u9fff（）()·]{{3,40}}?)(?P<when>{DATE_LINE.pattern})")
_ORG = re.compile(
    r"[\u4e00-\u9fff（）()·]{2,40}(?:局|委|办|办公室|委员会|部|厅|院|校|党校|中心|会|组|队|公司|集团|政府|银行|支行|分行|学院|大学|小学|中学|幼儿园|医院|社|站|所|馆|处|署|社区|街道|镇|乡|指挥部|法院|检察院|联合会|总工会|团|海关|行)"
)
_ADDRESSEE = re.compile(r"[^。；！？《》]{2,200}[:：]")
_ADDRESSED = re.compile(
    r"各|机关|局属|局直|市直|县直|区直|直属|有关|全[市县区校局院体]|单位|科室|股室|部门|学校|乡镇|街道|处室|支部|[局委办校院厅]$"
)
_OPENS_BODY = re.compile(r"如下[:：]$")
_ADDRESSED_FIRST = re.compile(
    r"各[^，,]{1,80}[:：]|[\u4e00-\u9fff]{0,10}[校院司团局委部市州盟县区旗镇乡道统]各[^，,。；;]{0,60}"
    r"(?:单位|部门|科室|处室|支部|总支|党委|院系|院部|学院|班级|年级|企业|公司|乡镇|街道|社区|村|局|委|办|校|所|站)[:：]"
)
"""The addressees of a letter without a title."""
_NAVIGATION = re.compile(r"[>＞»›|｜]|^(?:首页|当前位置|您的位置|您现在的位置)|^(?:来源|发布|浏览|索引|作者|字号)")
_POINTS = re.compile(r"[（(]\d{1,4}(?:\.\d+)?分[）)]")
_VERSION_SUFFIX = re.compile(r"[（(][^（）()]{2,20}[）)]")
_MAX_HEAD_LINES = 24
_TITLE_WITH_NUMBER = re.compile(
    rf"(?P<title>[^（(]{{6,80}}(?:[（(][^（）()]{{1,20}}[）)])?)[（(]\s*{DOC_NUMBER.pattern}\s*[）)]"
)
_MONTH_LINE = re.compile(
    r"[（(]?(?P<year>\d{4}|[〇○零Ｏ一二三四五六七八九十]{4})(?:年(?:度|[\d〇一二三四五六七八九十]{1,3}月(?:份|编制|编印|印制)?)?|[./-]\d{1,2})[）)]?"
)
"""A year, or a year and a month, on a line of its own."""
_MAX_TITLE_LINE = 30
_MAX_TITLE_LINES = 4
_PLACE_LEFT_OUT = re.compile(r"[xX×＊*某]{1,4}[省市县区州旗镇乡]")
"""The place in a text whose places were taken out: XX区文明实践工作."""
_LONGEST_PIECE, _MIN_PIECES = 4, 3
"""Characters of a piece of a title that is broken inside its words, and how many it is in at least: XX|县|2019|年."""
_MIN_HEADER_CELLS, _LONGEST_HEADER = 3, 6
_NO_TITLE_LINE = re.compile(r"[网站页栏台]$|网站|门户|[。；：:，]")
"""A line that names a site or column of it, or is running text."""
_MAX_COVER_LINES = 5
"""Lines below the title of a cover sheet among which its month stands."""
_COMPILED = re.compile(r"(?:编[印制]?|印制?|制|编写|编发)$")
_RUNNING_TEXT = re.compile(r"[《。；，]")
"""A line with a number that is quoted: 根据某文明办〔2021〕7号要求，制定本方案。"""
_PUBLISHED_LINE = re.compile(r"发布")


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
    title_issuers: tuple[str, ...]
    """The organizations on lines of their own that the title begins with."""
    cover_year: int | None
    """The year of a month printed below the title: 2022年3月 on a cover sheet."""
    annexes: tuple[Annex, ...]
    roles: tuple[LineRole, ...]


def _read_number(match: re.Match[str]) -> str:
    """Return a document number without the agency that stands before it: 某市文明办　某文明办〔2019〕23号."""
    number = strip_whitespace(match.group())
    agency = _AGENCY.match(number)
    return number[agency.end() :] if agency else number


def is_date_line(text: str) -> bool:
    """Return whether a line holds only a date, brackets allowed."""
    return bool(DATE_LINE.fullmatch(strip_whitespace(text)))


def is_version_suffix(text: str) -> bool:
    """Return whether a line holds only （试行）, （2023年版） or the like."""
    is_dated = is_date_line(text) or bool(_MONTH_LINE.fullmatch(strip_whitespace(text)))
    is_other = is_dated or _POINTS.fullmatch(text) is not None or read_label(text) is not None
    return bool(_VERSION_SUFFIX.fullmatch(text)) and not is_other


def is_addressee(text: str) -> bool:
    """Return whether a line addresses the letter: 各县（市、区）文明办，市直各单位：."""
    return bool(_ADDRESSEE.fullmatch(text) and _ADDRESSED.search(text[:-1])) and not _OPENS_BODY.search(text)


def looks_like_org(text: str) -> bool:
    """Return whether `text` is the bare name of an organization: short, without punctuation, ending with 局 etc."""
    return len(text) <= 40 and bool(_ORG.fullmatch(text)) and read_label(text) is None


def _opens_item(text: str) -> bool:
    """Return whether a line begins with a label; the day before a title (3.5学雷锋活动方案) is none."""
    label = read_label(text)
    return label is not None and not (label.style is LabelStyle.DECIMAL and ends_like_title(text))


@dataclass(slots=True)
class _Head:
    """What stands above the body of a letter, or on a cover sheet."""

    banner: list[str] = field(default_factory=list)
    doc_number: str | None = None
    title: str | None = None
    issued_on: date | None = None
    cover_issuers: list[str] = field(default_factory=list)
    cover_year: int | None = None


def _is_piece(lines: Sequence[str], pending: Sequence[int], n: int) -> bool:
    """Return whether a line stands right above the next, and is as short as a piece of a broken title."""
    is_adjacent = pending[n + 1] - pending[n] == 1
    return is_adjacent and len(lines[n]) <= _LONGEST_PIECE and not _NO_TITLE_LINE.search(lines[n])


class _LetterheadReader:
    """Walks the blocks once per part of the letterhead and records the role of each line."""

    def __init__(self, blocks: Sequence[Line | Table]) -> None:
        self.blocks = blocks
        self.roles = [LineRole.TEXT] * len(blocks)
        self.annexes: list[Annex] = []
        self.title_issuers: list[str] = []
        self.head_texts: dict[int, str] = {}
        """Lines of the head without what is not of their own part: the number behind a title."""

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
            if is_addressee(text) and (index or _ADDRESSED_FIRST.fullmatch(text)):
                self.roles[index] = LineRole.ADDRESSEE
                return index
            if len(text) > 60 and not is_unbalanced(text) and not ends_like_title(text):
                return index
        return min(len(self.blocks), _MAX_HEAD_LINES)

    def read_head(self) -> _Head:
        """Return what stands above the body: banner, number, title, and who issued it when, printed below the title."""
        head = _Head()
        pending: list[int] = []
        end = self.find_head_end()
        for index in range(end):
            text = self.text_at(index) or ""
            banner_match = _BANNER.fullmatch(text)
            number_match = DOC_NUMBER.search(text)
            titled = _TITLE_WITH_NUMBER.fullmatch(text) if number_match else None
            if banner_match and not head.title:
                head.banner += [*self._orgs(pending), strip_whitespace(banner_match["issuer"])]
                self.roles[index] = LineRole.BANNER
                pending.clear()
            elif number_match and titled and head.title is None:
                head.doc_number = head.doc_number or _read_number(number_match)
                self.head_texts[index] = titled["title"]
                pending.append(index)
                head.title = self._read_title(pending)
            elif number_match and len(text) <= len(number_match.group()) + 30 and not _RUNNING_TEXT.search(text):
                head.doc_number = head.doc_number or _read_number(number_match)
                self.roles[index] = LineRole.NUMBER
                if not head.title:
                    head.banner += self._orgs(pending)
                    pending.clear()
            elif is_date_line(text):
                head.issued_on = head.issued_on or (None if _PUBLISHED_LINE.search(text) else read_date(text))
                self.roles[index] = LineRole.DATE
            elif head.title is None and not (_NAVIGATION.search(text) or self._is_header_cell(index)):
                pending.append(index)
                if ends_like_title(text):
                    head.title = self._read_title(pending) + self._read_version_suffix(index + 1, LineRole.TITLE)
        if head.title is None and pending and self._is_addressee(end) and not self._orgs(pending[-1:]):
            # 2022年县政府重点工作: what stands right above the addressees is the title, whatever it ends with.
            head.title = self._read_title(pending)
        if head.title is not None and self._is_addressee(end) and self._is_letter_title(end - 1):
            # The page named the plan above the letter that issues it.
            head.title = self._read_title([end - 1])
        if head.title is None and (heading := self._main_heading(end)) is not None:
            head.title = self._read_title([heading])
        self._read_cover(head, end)
        return head

    def _is_letter_title(self, index: int) -> bool:
        """Return whether a line that is no part of a title yet is one: 关于印发《…方案》的通知."""
        text = self.text_at(index) or ""
        return self.roles[index] is LineRole.TEXT and text.startswith("关于") and ends_like_title(text)

    def _main_heading(self, end: int) -> int | None:
        """Return the only heading of the first level above the body, if it may be a title whatever it ends with."""
        lines = [(i, block) for i, block in enumerate(self.blocks[:end]) if isinstance(block, Line)]
        headings = [(i, line.text) for i, line in lines if line.level == 1 and self.roles[i] is LineRole.TEXT]
        if len(headings) != 1:
            return None
        ((index, text),) = headings
        is_other = looks_like_org(text) or read_label(text) or _NO_TITLE_LINE.search(text) or _NAVIGATION.search(text)
        return None if is_other else index

    def _is_header_cell(self, index: int) -> bool:
        """Return whether a line is one of several names of columns, as a table without lines leaves them."""
        around = range(index - _MIN_HEADER_CELLS + 1, index + 1)
        return any(all(map(self._names_column, range(first, first + _MIN_HEADER_CELLS))) for first in around)

    def _names_column(self, index: int) -> bool:
        text = self.text_at(index) or ""
        if not text or len(text) > _LONGEST_HEADER:
            return False
        word = header_word(text)
        return word.role is not None or bool(word.weights)

    def _orgs(self, indices: Sequence[int]) -> list[str]:
        """Return the names of organizations among these lines."""
        names = (self.text_at(i) or "" for i in indices)
        return [strip_whitespace(name) for name in names if looks_like_org(name)]

    def _is_addressee(self, index: int) -> bool:
        return index < len(self.roles) and self.roles[index] is LineRole.ADDRESSEE

    def _read_cover(self, head: _Head, end: int) -> None:
        """Read the issuers and the month printed below the title, as on a cover sheet."""
        titles = [i for i in range(end) if self.roles[i] is LineRole.TITLE]
        if not titles:
            return
        below = titles[-1] + 1
        lines = range(below, min(below + _MAX_COVER_LINES, len(self.blocks)))
        dated = next((i for i in lines if self._month_at(i) or self.roles[i] is LineRole.DATE), None)
        if dated is None:
            return
        issuers = [i for i in range(below, dated) if self._cover_orgs(i)]
        if month := self._month_at(dated):
            head.cover_year = parse_integer(month["year"])
            self.roles[dated] = LineRole.DATE
            issuers = issuers or list(takewhile(self._cover_orgs, range(dated + 1, end)))
        elif issuers != list(range(below, dated)):
            return
        for index in issuers:
            head.cover_issuers += self._cover_orgs(index)
            self.roles[index] = LineRole.SIGNATURE

    def _month_at(self, index: int) -> re.Match[str] | None:
        return _MONTH_LINE.fullmatch(strip_whitespace(self.text_at(index) or ""))

    def _cover_orgs(self, index: int) -> list[str]:
        """Return the organizations on a line of a cover: 某市文明办编印."""
        if self.roles[index] is not LineRole.TEXT:
            return []
        name = _COMPILED.sub("", self.text_at(index) or "")
        return self._signing_orgs(index) or ([name] if looks_like_org(name) and not ends_like_title(name) else [])

    def _read_title(self, pending: list[int]) -> str:
        """Return the title that ends at the last pending line, with the lines above that belong to it."""
        lines = [self.head_texts.get(i) or self.text_at(i) or "" for i in pending]
        first = len(lines) - 1
        about = next((i for i, line in enumerate(lines) if "关于" in line), None)
        if about is not None:
            first = about
        elif first > 0 and (
            is_unbalanced(lines[first - 1])
            or (len(lines[first]) < 8 and not re.search(r"[:：]", lines[first - 1]))
            or looks_like_org(lines[first - 1])
        ):
            first -= 1
        if about is None:
            first = self._first_title_line(lines, pending, first)
        if lines[first].startswith("关于"):
            while first > 0 and looks_like_org(strip_whitespace(lines[first - 1])):
                first -= 1
                self.title_issuers.insert(0, strip_whitespace(lines[first]))
        for i in pending[first:]:
            self.roles[i] = LineRole.TITLE
        return "".join(lines[first:])

    @staticmethod
    def _first_title_line(lines: Sequence[str], pending: Sequence[int], first: int) -> int:
        """Return the line that a title of several lines begins with: the one above it that begins with the place."""
        top = first
        for n in range(first - 1, max(-1, first - _MAX_TITLE_LINES), -1):
            if pending[n + 1] - pending[n] != 1 or len(lines[n]) > _MAX_TITLE_LINE:
                break
            if _NO_TITLE_LINE.search(lines[n]) or read_label(lines[n]) or looks_like_org(lines[n]):
                break
            if find_leading_place(lines[n]) or _PLACE_LEFT_OUT.match(lines[n]):
                top = n
        pieces = list(takewhile(lambda n: _is_piece(lines, pending, n), range(first - 1, -1, -1)))
        is_broken = len(pieces) >= _MIN_PIECES and any(len(lines[n]) == 1 or lines[n].isdigit() for n in pieces)
        return min(top, pieces[-1]) if is_broken else top

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
    head = reader.read_head()
    names, signed_on, signature_index = reader.read_signature()
    attachments = reader.read_attachments()
    reader.read_annexes()
    plan = reader.read_plan_title(signature_index)
    addressee = next((i for i, role in enumerate(reader.roles) if role is LineRole.ADDRESSEE), None)
    titles = [t for t in (plan, *(a.title for a in reader.annexes)) if t]
    return Letterhead(
        banner=tuple(head.banner),
        doc_number=head.doc_number,
        title=head.title,
        plan_titles=tuple(titles),
        addressees=(reader.text_at(addressee) or "").rstrip(":：") if addressee is not None else None,
        attachments=tuple(attachments),
        signatures=tuple(names or head.cover_issuers),
        signed_on=signed_on or head.issued_on,
        title_issuers=tuple(reader.title_issuers),
        cover_year=head.cover_year,
        annexes=tuple(reader.annexes),
        roles=tuple(reader.roles),
    )
