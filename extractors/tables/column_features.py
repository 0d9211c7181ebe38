"""What the cells of a column show, and what is observed of a column beside the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import compress, pairwise
from typing import Final, NamedTuple

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.column_headers import HeaderWord, is_listed_header, normalize_header
from extractors.parsers.item_labels import has_code, split_label
from extractors.parsers.methods import method_share
from extractors.parsers.persons import is_person_list
from extractors.parsers.points import cell_points
from extractors.parsers.responsible_units import heads_units, is_office, looks_like_party
from extractors.parsers.row_patterns import is_total
from extractors.tables.column_roles import ColumnRole, header_word_of, is_dotted, is_serial
from extractors.tables.grid import GridCell
from extractors.tables.header_ngrams import NGRAM_ROLES, OPEN_ROLES, ngram_scores

_DATE = re.compile(r"\d月|[上中下]旬|季度|每月|年底|月底|全年|长期|适时|[前后]$|随时|同步|每年|常年|\d日")
_MARK = re.compile(r"[√✓✔★☆●○◎▲△◆◇☑■□]|牵头|配合|主办|协办")
_EVIDENCE = re.compile(r"图片|照片|报告|文件|截图|记录|资料|材料|复印件|方案|总结|名单|清单|台账|视频|通知|签到|说明")
_SENTENCE = re.compile(r"[，,。；;]")
_LIST = re.compile(r"[、；;]")
_SCORING = re.compile(
    r"(?:扣|减|加|得|计|给)\s*\d+(?:[.．]\d+)?\s*分|[扣减]\s*\d|不得分|不计分|扣完为止|酌情|\d分[，,。；;]|[为得][A-D](?![A-Za-z])"
)
_IN_WORDS = re.compile(r"(?<![\d.．])[\d.．]+\s*分|分值|[（(][\d.．]+\s*分?[）)]")
_PLACE = re.compile(r"(?:[A-Za-z]{1,3}-?)?(?P<place>\d{1,3}(?:[.．]\d{1,3}){0,3})")
_PARTS = re.compile(r"[.．]")
_DEADLINE_LENGTH: Final = 40
"""A longer cell is no deadline: 每月开展一次志愿服务活动，……（a requirement that names a month）."""
_METHOD_SHARE: Final = 0.6
"""材料审核、实地考察: at least so much of a cell must be words of methods."""
_SAMPLE: Final = 16
"""Different texts of a column that are looked at: those of 40 say no more and take a tenth of the time of reading."""
_SHORT: Final = 4
"""办公室, 3月底: cells up to this length are names, numbers or dates."""

FIXED_ROLES: Final = tuple(
    role.value for role in ColumnRole if role not in (ColumnRole.METHOD_MARK, ColumnRole.MONTH_MARK, ColumnRole.UNIT)
)


class _Traits(NamedTuple):
    """What one text shows, see the features of the same names."""

    labelled: bool
    coded: bool
    number: bool
    serial: bool
    dotted: bool
    date: bool
    party: bool
    office: bool
    person: bool
    method: bool
    mark: bool
    evidence: bool
    scoring: bool
    points_in_words: bool
    sentence: bool
    listed: bool
    ended: bool
    short: bool


@lru_cache(maxsize=4096)
def _traits_of(text: str) -> _Traits:
    """Return what a text shows; units, methods and numbers recur from column to column and from table to table."""
    is_party, is_mark, is_number = (
        looks_like_party(text) and not heads_units(text),
        _MARK.fullmatch(text) is not None,
        cell_points(text) is not None,
    )
    return _Traits(
        labelled=split_label(text).label is not None,
        coded=has_code(text),
        number=is_number,
        serial=is_serial(text),
        dotted=is_dotted(text),
        date=len(text) < _DEADLINE_LENGTH and _DATE.search(text) is not None,
        party=is_party and not is_mark,
        office=is_party and is_office(text),
        person=not is_party and is_person_list(text),
        method=method_share(text) > _METHOD_SHARE,
        mark=is_mark,
        evidence=_EVIDENCE.search(text) is not None,
        scoring=_SCORING.search(text) is not None,
        points_in_words=not is_number and _IN_WORDS.search(text) is not None,
        sentence=_SENTENCE.search(text) is not None,
        listed=_LIST.search(text) is not None,
        ended=text.endswith(("。", "；", ";")),
        short=len(text) <= _SHORT,
    )


@dataclass(eq=False)
class ColumnFeatures:
    """Features of the cells of one column.

    `filled` is the number of non-blank cells per row, `length` their mean length, `span` the mean number of rows of a
    cell; every other feature is a share of the non-blank cells, 0 to 1, of a sample of them if there are many. Those of
    `_Traits` are computed all at once, which takes a third of the time of one share after the other.
    """

    filled: float
    length: float
    texts: Counter[str]
    """The non-blank cells without whitespace, with their number of occurrences."""
    span: float = 1.0
    labelled: float = field(init=False, default=0.0)
    """Share that begins with an item label."""
    coded: float = field(init=False, default=0.0)
    """Share that begins with the code of a heading."""
    number: float = field(init=False, default=0.0)
    """Share that is a number of points."""
    serial: float = field(init=False, default=0.0)
    """Share that is a serial number."""
    dotted: float = field(init=False, default=0.0)
    """Share that is a dotted number (1.1, 2.3.1): a position, or points with a decimal."""
    date: float = field(init=False, default=0.0)
    """Share that is short and has words of a date."""
    party: float = field(init=False, default=0.0)
    """Share that looks like responsible units."""
    office: float = field(init=False, default=0.0)
    """Share that looks like offices, not like places (社区, 学校), which are levels as often as parties."""
    person: float = field(init=False, default=0.0)
    """Share that looks like names of persons and not of units (安全部 begins with a surname)."""
    method: float = field(init=False, default=0.0)
    """Share that consists mostly of assessment methods."""
    mark: float = field(init=False, default=0.0)
    """Share that is a tick or a word in place of one (牵头)."""
    evidence: float = field(init=False, default=0.0)
    """Share that names materials to hand in."""
    scoring: float = field(init=False, default=0.0)
    """Share that says how points are given or deducted."""
    points_in_words: float = field(init=False, default=0.0)
    """Share that has points in it and is none (组织领导（20分）)."""
    sentence: float = field(init=False, default=0.0)
    """Share that has punctuation."""
    listed: float = field(init=False, default=0.0)
    """Share that lists several things (、 or ；)."""
    ended: float = field(init=False, default=0.0)
    """Share that ends like a sentence (。 ；), as headings do not."""
    short: float = field(init=False, default=0.0)
    """Share that has at most four characters."""

    def __post_init__(self) -> None:
        if self.texts:
            numbers = [n for _, n in self._sample]
            traits = zip(*[_traits_of(text) for text, _ in self._sample], strict=True)
            for name, trait in zip(_Traits._fields, traits, strict=True):
                setattr(self, name, sum(compress(numbers, trait)) / self._sampled)

    @cached_property
    def _sample(self) -> list[tuple[str, int]]:
        """Texts at even distances with their numbers."""
        items = list(self.texts.items())
        size = min(len(items), _SAMPLE)
        return [items[i * len(items) // size] for i in range(size)]

    def share(self, matches: Callable[[str], object]) -> float:
        """Return the share of the texts that match, of a sample of them if there are many."""
        return sum([n for text, n in self._sample if matches(text)]) / self._sampled if self.texts else 0.0

    @cached_property
    def _sampled(self) -> int:
        return sum([n for _, n in self._sample])

    @cached_property
    def ascending(self) -> float:
        """Share of numbers that follow the number above (3, 4; 1.2, 1.3; 1.3, 2.1; WM01, WM02): points do not."""
        matches = [_PLACE.fullmatch(text) for text in self.texts]
        places = [[int(n) for n in _PARTS.split(match["place"])] for match in matches if match]
        steps = sum(follows(b, a) for a, b in pairwise(places))
        return steps / max(len(self.texts) - 1, 1)

    @property
    def distinct(self) -> float:
        """Different texts per non-blank cell."""
        return len(self.texts) / max(self.texts.total(), 1)


def follows(b: Sequence[int], a: Sequence[int]) -> bool:
    """Return whether the place `b` comes next after the place `a`: 1.2 after 1.1, 2.1 after 1.3."""
    depth = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if depth == len(a):
        return len(b) > len(a) and set(b[depth:]) == {1}
    return depth < len(b) and b[depth] == a[depth] + 1 and set(b[depth + 1 :]) <= {1}


_CONTENT: Final = (
    "labelled", "coded", "number", "serial", "dotted", "ascending", "date", "party", "office", "person", "method",
    "mark", "evidence", "scoring", "points_in_words", "sentence", "listed", "ended", "short", "distinct",
)  # fmt: skip
_POSITION: Final = (
    "filled", "length", "span", "empty", "position", "first", "last", "longest", "length_rank", "fill_rank", "narrower",
    "wider", "sentence_columns", "scoring_lead", "length_lead",
)  # fmt: skip
_HEADER: Final = (
    "blank", "known", "method", "party", "form", "roster", "length",
)  # fmt: skip
COLUMN_NAMES: Final = (
    *(f"content_{name}" for name in _CONTENT),
    *(f"place_{name}" for name in _POSITION),
    *(f"header_{name}" for name in _HEADER),
    *(f"word_{role}" for role in FIXED_ROLES),
    *(f"open_{role}" for role in OPEN_ROLES),
    *(f"ngram_{role}" for role in NGRAM_ROLES),
)
"""The observed values of a column in the order of `column_values`."""
HEADER_START: Final = len(_CONTENT) + len(_POSITION)
"""The first of the values that a header says."""
WORDY: Final = 0.3
"""A column of sentences has punctuation in more cells than this."""
_FULL_LENGTH: Final = 40.0
"""A mean length of a long sentence."""
_MOST_LENGTHS: Final = 3.0
"""Longer means say no more."""


def column_features(cells: Sequence[GridCell], n_rows: int) -> ColumnFeatures:
    """Return the features of the cells of one column (blank ones included) of a body of `n_rows` rows."""
    texts: Counter[str] = Counter()
    # Columns of parties or methods repeat few texts many times.
    for text, count in Counter([cell.text for cell in cells if cell.text]).items():
        if not is_placeholder(text) and not is_total(text):
            compact = strip_whitespace(text)
            texts[compact] = texts.get(compact, 0) + count
    filled = texts.total()
    total_length = sum([len(text) * n for text, n in texts.items()])
    span = sum([cell.rows for cell in cells]) / max(len(cells), 1)
    return ColumnFeatures(filled / max(n_rows, 1), total_length / max(filled, 1), texts, span)


def column_values(columns: Sequence[str], features: Sequence[ColumnFeatures]) -> list[list[float]]:
    """Return what is observed of each column: the values of `COLUMN_NAMES`.

    Args:
        columns: the header text of each column, rows of a header joined by `/`.
        features: the features of each column.
    """
    lengths = sorted([f.length for f in features], reverse=True)
    fills = sorted([f.filled for f in features], reverse=True)
    wordy = [f for f in features if f.sentence > WORDY]
    return [
        [
            *[getattr(f, name) for name in _CONTENT],
            *_position_values(c, features, lengths, fills, wordy),
            *_header_values(columns[c]),
        ]
        for c, f in enumerate(features)
    ]


def _position_values(
    c: int,
    features: Sequence[ColumnFeatures],
    lengths: Sequence[float],
    fills: Sequence[float],
    wordy: Sequence[ColumnFeatures],
) -> list[float]:
    """Return where a column stands and how it compares with the others.

    Args:
        c: the column.
        features: the features of each column.
        lengths: the mean lengths of all columns, the longest first.
        fills: how far all columns are filled, the fullest first.
        wordy: the columns of sentences.
    """
    f, n = features[c], len(features)
    before = features[c - 1].filled if c else 0.0
    after = features[c + 1].filled if c + 1 < n else 0.0
    return [
        f.filled,
        min(f.length / _FULL_LENGTH, _MOST_LENGTHS),
        min(f.span, 8.0) / 4,
        float(not f.texts),
        c / max(n - 1, 1),
        float(c == 0),
        float(c == n - 1),
        float(f.length == lengths[0] > 0),
        lengths.index(f.length) / max(n - 1, 1),
        fills.index(f.filled) / max(n - 1, 1),
        _ratio(f.filled, before),
        _ratio(f.filled, after),
        min(len(wordy), 3) / 3,
        f.scoring - max((g.scoring for g in wordy if g is not f), default=0.0),
        _ratio(f.length, max((g.length for g in wordy if g is not f), default=0.0)),
    ]


def _ratio(a: float, b: float) -> float:
    """Return how much larger `a` is than `b`, between -1 and 1."""
    return (a - b) / (a + b) if a + b else 0.0


@lru_cache(maxsize=1024)
def _header_values(column: str) -> tuple[float, ...]:
    """Return what the header of a column says; equal headers are settled once."""
    word = header_word_of(column)
    last = column.rsplit("/", maxsplit=1)[-1]
    ngrams = ngram_scores(last)
    return (
        float(not normalize_header(column)),
        float(word.known),
        method_share(last),
        float(looks_like_party(last)),
        float(is_listed_header(last, "form")),
        float(is_listed_header(last, "roster")),
        min(len(normalize_header(last)) / 8, 1.5),
        *[float(word.role == role) for role in FIXED_ROLES],
        *[word.weights.get(role, 0.0) for role in OPEN_ROLES],
        *[0.0 if word.role else _dampened(ngrams[role], word) for role in NGRAM_ROLES],
    )


def _dampened(score: float, word: HeaderWord) -> float:
    """Return the score of n-grams; half of it where the vocabulary knows the word but leaves roles open."""
    return score / 2 if word.weights else score
