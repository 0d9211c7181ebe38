"""Which file belongs to which task and material, how sure that is, and why; what fits nothing stays unmatched.

What speaks: a serial or code at the beginning of a folder or file name, and words that names share with one task more
than with the others. A serial and words that point to different tasks are no match.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assets.evidence_check.demands import Material, TaskDemand
from assets.evidence_check.inspect_file import DOCUMENT, FILM, OTHER, PICTURE, SHEET, SLIDES, EvidenceFile
from extractors.parsers.evidence.nouns import find_head_nouns, kind_of
from extractors.vocabulary import load_toml

SURE, GUESS = "确定", "推测"
MIN_SHARE: Final = 0.5
"""Weight of the words of a name that a task must hold: 食堂光盘行动照片 beside 开展光盘行动 has 0.6."""
MIN_LEAD: Final = 0.15
"""By which share the best task must be ahead of the next."""
MIN_BIGRAMS: Final = 2
"""Pairs of characters of a name that a task must hold: 活动 alone says nothing, 食堂标语 does."""
MIN_PHRASE: Final = 4
"""Characters of a name that make a match sure where they stand in one task only."""
MIN_CONFLICT: Final = 0.6
"""Share of the words of a name in another task that contradicts a serial."""
MAX_TITLE: Final = 40
"""Characters of the first line of a document that are taken for its title."""
MAX_NAMED: Final = 4

_STATED_SERIAL = re.compile(r"(?:任务|序号|编号|第)\s?(\d{1,3})(?:[条项号]|(?=[-—_.、\s\u3400-\u9fff]|$))")
_LEADING_SERIAL = re.compile(r"^[（(]?(\d{1,3})(?:[）)]|[-—_.、．\s]+)\s?(?=[\u3400-\u9fffA-Za-z《“])")
_BARE_SERIAL = re.compile(r"^0{0,2}(\d{1,3})$")
_CODE = re.compile(r"^[A-Za-zⅠ-ⅿ0-9]{1,5}(?:[-—.][A-Za-zⅠ-ⅿ0-9]{1,3}){1,4}(?=$|[^A-Za-z0-9])")
_PLAIN = re.compile(r"[^\u3400-\u9fffA-Za-z]+")
_NUMBER = re.compile(r"\d{1,3}")
_DASHES = re.compile("[—–－]")
_MATERIAL_WORDS: Final = tuple(load_toml("material_forms")["files"]["names"])
"""Words of names that say nothing about a task."""
_FITS: Final = {
    "photo": {PICTURE},
    "screenshot": {PICTURE},
    "report": {DOCUMENT},
    "plan": {DOCUMENT},
    "document": {DOCUMENT, PICTURE},
    "minutes": {DOCUMENT, PICTURE, SHEET},
    "table": {SHEET, DOCUMENT},
    "list": {SHEET, DOCUMENT, PICTURE},
    "certificate": {PICTURE, DOCUMENT},
    "news": {PICTURE, DOCUMENT, FILM},
    "link": {DOCUMENT, SHEET, PICTURE},
    "other": {PICTURE, DOCUMENT, SHEET, SLIDES, FILM, OTHER},
}
"""Kinds of files by kind of material: a report is no picture, a letter with a seal may be one."""


@dataclass(frozen=True, slots=True)
class FileMatch:
    """What a file was matched with.

    Attributes:
        file: The file.
        demand: The task; None where nothing fits.
        material: The material; None where the task has several that it may be, or none.
        certainty: `SURE` or `GUESS`; empty without a task.
        reason: Why, or why not (Chinese).
    """

    file: EvidenceFile
    demand: TaskDemand | None
    material: Material | None
    certainty: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Name:
    """What the path of a file says: serials and codes with the part they stand in, and its words."""

    serials: tuple[tuple[int, str, bool], ...]
    codes: tuple[tuple[str, str], ...]
    phrases: tuple[tuple[str, str], ...]


class FileMatcher:
    """Matches files with the tasks of one list or of several."""

    def __init__(self, demands: Sequence[TaskDemand]) -> None:
        self._demands = demands
        self._texts = [_task_text(demand) for demand in demands]
        self._bigrams = [_bigrams(text) for text in self._texts]
        counts = Counter(bigram for bigrams in self._bigrams for bigram in bigrams)
        self._weights = {bigram: math.log((len(demands) + 1) / count) for bigram, count in counts.items()}
        self._unknown = math.log(len(demands) + 1) / 2

    def match(self, file: EvidenceFile) -> FileMatch:
        """Return what the file belongs to."""
        name = _read_name(file)
        among = self._of_notice(file)
        row, certainty, reason = self._find_task(name, among)
        if row is None:
            return FileMatch(file, None, None, "", reason)
        demand = self._demands[row]
        material, why = _choose_material(file, demand, name)
        return FileMatch(file, demand, material, certainty, f"{reason}；{why}")

    def _of_notice(self, file: EvidenceFile) -> list[int]:
        """Return the tasks of the notice that a folder names; all where none does."""
        folders = file.path.split("/")[:-1]
        named = [
            row
            for row, demand in enumerate(self._demands)
            if any(folder in (demand.notice.label, demand.notice.unit, demand.notice.title) for folder in folders)
        ]
        return named or list(range(len(self._demands)))

    def _find_task(self, name: _Name, among: Sequence[int]) -> tuple[int | None, str, str]:
        """Return (task, certainty, reason); no task with the reason why not."""
        shares = {row: self._share(name, row) for row in among}
        ranked = sorted(among, key=lambda row: (-shares[row], row))
        stated = self._stated(name, among)
        if stated is not None:
            rows, why, is_explicit = stated
            best = max(rows, key=lambda row: (shares[row], -row))
            if len(rows) == 1 or shares[best] >= MIN_SHARE:
                return self._settle_stated(best, shares, ranked, why, is_explicit)
            return None, "", f"{why}，清单的序号和原文的标号都可能，文字看不出是哪条：{self._name(rows)}"
        if sure := self._only_holder(name, among):
            return sure[0], SURE, sure[1]
        if not ranked or shares[ranked[0]] < MIN_SHARE or self._count_shared(name, ranked[0]) < MIN_BIGRAMS:
            return None, "", "名称与清单中的任务没有足够的相同文字"
        near = [row for row in ranked if shares[ranked[0]] - shares[row] < MIN_LEAD]
        if len(near) > 1:
            return None, "", f"几条任务都可能：{self._name(near)}"
        part = max(name.phrases, key=lambda phrase: self._share_of(_bigrams(phrase[0]), ranked[0]))[1]
        return ranked[0], GUESS, f"“{part}”中的文字与这条任务最相近（{shares[ranked[0]]:.0%}）"

    def _settle_stated(
        self, row: int, shares: dict[int, float], ranked: Sequence[int], why: str, is_explicit: bool
    ) -> tuple[int | None, str, str]:
        best = ranked[0]
        if shares[best] >= MIN_CONFLICT and shares[row] < MIN_SHARE:
            return None, "", f"{why}，文字却与另一条相近：{self._name([best])}"
        if shares[row] > 0 and shares[row] >= shares[best] - MIN_LEAD:
            return row, SURE, f"{why}，文字也相符"
        return row, SURE if is_explicit else GUESS, f"{why}，文字看不出"

    def _stated(self, name: _Name, among: Sequence[int]) -> tuple[list[int], str, bool] | None:
        """Return the tasks that a code or a serial in the name stands for."""
        for code, part in name.codes:
            rows = [row for row in among if _plain_code(self._demands[row].task.code) == code]
            if len(rows) == 1:
                return rows, f"“{part}”写明指标编号", True
        for serial, part, is_explicit in name.serials:
            # People number by the list or by the marks of the notice; words have to decide between the two.
            rows = [row for row in among if serial in (self._demands[row].serial, _label_number(self._demands[row]))]
            if rows:
                return rows, f"“{part}”写有序号 {serial}", is_explicit
        return None

    def _only_holder(self, name: _Name, among: Sequence[int]) -> tuple[int, str] | None:
        """Return the only task that holds a phrase of the name word for word."""
        for phrase, part in name.phrases:
            if len(phrase) < MIN_PHRASE:
                continue
            rows = [row for row in among if phrase in self._texts[row]]
            if len(rows) == 1:
                return rows[0], f"“{part}”中的“{phrase}”只见于这条任务"
        return None

    def _share(self, name: _Name, row: int) -> float:
        """Return the share of the weight of the name that the task holds: of its best phrase and of all, averaged."""
        phrases = [_bigrams(phrase) for phrase, _ in name.phrases]
        best = max((self._share_of(bigrams, row) for bigrams in phrases), default=0.0)
        return (best + self._share_of(frozenset().union(*phrases), row)) / 2

    def _count_shared(self, name: _Name, row: int) -> int:
        return len(frozenset().union(*(_bigrams(phrase) for phrase, _ in name.phrases)) & self._bigrams[row])

    def _share_of(self, bigrams: frozenset[str], row: int) -> float:
        total = sum(self._weights.get(bigram, self._unknown) for bigram in bigrams)
        return sum(self._weights[b] for b in bigrams & self._bigrams[row]) / total if total > 0 else 0.0

    def _name(self, rows: Sequence[int]) -> str:
        named = [f"{self._demands[row].serial} {self._demands[row].short_name}" for row in rows[:MAX_NAMED]]
        return "、".join(named) + ("等" if len(rows) > MAX_NAMED else "")


def fits(file: EvidenceFile, material: Material) -> bool:
    """Return whether a file can be this material by its kind; films only where the material names them."""
    is_film = file.kind == FILM and any(word in material.raw for word in load_toml("material_forms")["films"]["words"])
    return is_film or file.kind in _FITS[material.kind]


def _read_name(file: EvidenceFile) -> _Name:
    *folders, filename = file.path.split("/")
    stem = filename.rpartition(".")[0] or filename
    serials: list[tuple[int, str, bool]] = []
    for part in (*folders, stem):
        stated, leading, bare = _STATED_SERIAL.search(part), _LEADING_SERIAL.match(part), _BARE_SERIAL.match(part)
        if stated:
            serials.append((int(stated[1]), part, True))
        elif leading:
            serials.append((int(leading[1]), part, False))
        elif bare and part != stem:
            # 3.jpg is the third picture of something, the folder 3 the third task.
            serials.append((int(bare[1]), part, False))
    codes = [(_plain_code(match[0]), part) for part in (*folders, stem) if (match := _CODE.match(_half_dashes(part)))]
    phrases = [(phrase, part) for part in (*reversed(folders), stem) for phrase in _phrases(part)]
    title = next(iter(file.text.split("\n", 1)), "").strip()
    if 0 < len(title) <= MAX_TITLE:
        phrases += [(phrase, f"正文标题“{title}”") for phrase in _phrases(title)]
    return _Name(tuple(serials), tuple(codes), tuple(phrases))


def _phrases(part: str) -> list[str]:
    """Return the runs of letters of a name without words that say nothing about a task."""
    found = []
    for phrase in _PLAIN.split(part):
        plain = phrase
        for word in _MATERIAL_WORDS:
            plain = re.sub(re.escape(word), "", plain, flags=re.IGNORECASE)
        nouns = [match for match in find_head_nouns(plain) if match.end() == len(plain)]
        # 志愿服务总结 is about 志愿服务; a task that alone asks for a 总结 is not meant by it.
        plain = plain[: nouns[-1].start("noun")] if nouns else plain
        if len(plain) > 1:
            found.append(plain)
    return found


def _label_number(demand: TaskDemand) -> int | None:
    """Return the number of the mark of a task in the notice: 12 of 12）."""
    digits = _NUMBER.findall(demand.task.label or "")
    return int(digits[0]) if len(digits) == 1 else None


def _half_dashes(text: str) -> str:
    return _DASHES.sub("-", text)


def _plain_code(code: str | None) -> str:
    """Return a code in one form: Ⅱ—5 and Ⅱ-5 are one."""
    return _half_dashes(code or "").strip().upper()


def _task_text(demand: TaskDemand) -> str:
    task = demand.task
    texts = (*task.indicator_names, task.requirement, task.evidence_text, task.criteria)
    return "\n".join(_PLAIN.sub("", text) for text in texts if text)


def _bigrams(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1) if "\n" not in text[i : i + 2])


def _choose_material(file: EvidenceFile, demand: TaskDemand, name: _Name) -> tuple[Material | None, str]:
    """Return the material of the task that the file is, and why; None where several, or none, may be meant."""
    if not demand.materials:
        note = "材料与前面的任务共用" if demand.is_shared else "原文没有写明这条任务的材料"
        return None, note
    fitting = [material for material in demand.materials if fits(file, material)]
    stem = file.path.rpartition("/")[2].rpartition(".")[0]
    kinds = {kind_of(match["noun"]) for match in find_head_nouns(_PLAIN.sub("", stem))}
    own = _bigrams(_PLAIN.sub("", stem))
    scored = [(_likeness(own, kinds, material), material) for material in fitting or demand.materials]
    best = max(score for score, _ in scored)
    chosen = [material for score, material in scored if score == best]
    if not fitting:
        wrong = chosen[0] if len(chosen) == 1 and best > 0 else None
        return wrong, "这条任务没有要这类文件" if wrong is None else f"像是“{wrong.raw}”，但文件类型不符"
    if len(chosen) > 1:
        return None, f"看不出是哪种材料（{'、'.join(material.raw for material in chosen[:MAX_NAMED])}）"
    return chosen[0], f"文件名与“{chosen[0].raw}”相近" if best > 0 else "按文件类型对应"


def _likeness(own: frozenset[str], kinds: set[str], material: Material) -> float:
    shared = len(own & _bigrams(_PLAIN.sub("", material.raw))) / max(len(own), 1)
    return shared + (1.0 if material.kind in kinds else 0.0)
