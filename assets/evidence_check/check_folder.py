"""Compare a folder of evidence with what a unit has to hand in: what is missing, and which files are wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from assets.evidence_check.demands import Material, TaskDemand, read_demands
from assets.evidence_check.inspect_file import FILE_KINDS, EvidenceFile, find_days
from assets.evidence_check.match_files import GUESS, FileMatch, FileMatcher, fits
from assets.evidence_check.read_folder import ReadLimits, read_folder
from extractors.limits import MIB
from extractors.parsers.material_forms import KIB
from warehouse.filenames import file_name

COMPLETE, PRESUMED, MISSING, EXCESS, BY_HAND, CHOSEN = (
    "齐",
    "齐（有推测的文件）",
    "缺",
    "多于要求",
    "请自查",
    "任选，已有其他",
)
MAX_QUOTE: Final = 16
"""Characters around a word that must not be used."""
MAX_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file with its match, what is wrong with it, and a name for it."""

    match: FileMatch
    problems: tuple[str, ...]
    suggested: str | None


@dataclass(frozen=True, slots=True)
class CheckedMaterial:
    """A material of a task with its files: `state` is one of the constants above.

    Attributes:
        demand: The task.
        material: The material; None where the task names none.
        sure: Files that surely belong to it.
        presumed: Files that presumably do.
        missing: How many are missing, those presumed counted as there.
        state: The outcome.
    """

    demand: TaskDemand
    material: Material | None
    sure: tuple[CheckedFile, ...]
    presumed: tuple[CheckedFile, ...]
    missing: int
    state: str


@dataclass(frozen=True, slots=True)
class FolderCheck:
    """The outcome for a folder."""

    demands: tuple[TaskDemand, ...]
    files: tuple[CheckedFile, ...]
    materials: tuple[CheckedMaterial, ...]
    same_files: tuple[tuple[EvidenceFile, ...], ...]

    @property
    def unmatched(self) -> list[CheckedFile]:
        """Files that fit no task."""
        return [file for file in self.files if file.match.demand is None]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing and no file has a problem."""
        return not any(item.missing or item.state == EXCESS for item in self.materials) and not any(
            file.problems for file in self.files
        )


def check_folder(warehouse: Path, folder: Path, notices: Sequence[str], part: str, limits: ReadLimits) -> FolderCheck:
    """Check a folder against the lists of one unit.

    Raises:
        QueryError: The folder is empty or too large, or the notices or the unit are not found.
        WarehouseError: The warehouse cannot be read.
    """
    demands = read_demands(warehouse, notices, part)
    return compare(demands, read_folder(folder, limits))


def compare(demands: Sequence[TaskDemand], files: Sequence[EvidenceFile]) -> FolderCheck:
    """Match the files with the tasks and check each."""
    matcher = FileMatcher(demands)
    matches = [matcher.match(file) for file in files]
    by_digest: dict[str, list[EvidenceFile]] = defaultdict(list)
    for file in files:
        if file.sha256 and file.size:
            by_digest[file.sha256].append(file)
    same = tuple(tuple(group) for group in by_digest.values() if len(group) > 1)
    twins = {file.path: group for group in same for file in group}
    used: set[str] = set()
    totals = Counter((_task_key(m), m.material.raw if m.material else "") for m in matches if m.demand)
    checked = tuple(
        CheckedFile(match, tuple(_find_problems(match, twins)), _suggest_name(match, totals, used)) for match in matches
    )
    return FolderCheck(tuple(demands), checked, tuple(_check_materials(demands, checked)), same)


def _task_key(match: FileMatch) -> str:
    return match.demand.task.task_id if match.demand else ""


def _check_materials(demands: Sequence[TaskDemand], files: Sequence[CheckedFile]) -> Iterator[CheckedMaterial]:
    by_task: dict[str, list[CheckedFile]] = defaultdict(list)
    for file in files:
        if file.match.demand:
            by_task[file.match.demand.task.task_id].append(file)
    for demand in demands:
        own = by_task[demand.task.task_id]
        items = [_check_material(demand, material, own) for material in demand.materials]
        done = {
            item.material.choice
            for item in items
            if item.material and item.material.choice and not item.missing and item.state != BY_HAND
        }
        for item in items:
            if item.missing and item.material and item.material.choice in done:
                yield CheckedMaterial(demand, item.material, item.sure, item.presumed, 0, CHOSEN)
            else:
                yield item
        if not items:
            yield CheckedMaterial(demand, None, tuple(own), (), 0, BY_HAND)


def _check_material(demand: TaskDemand, material: Material, files: Sequence[CheckedFile]) -> CheckedMaterial:
    """Count the files of a material; files of the task that may be one of several count nowhere."""
    own = [f for f in files if f.match.material is material and f.match.file.is_usable and fits(f.match.file, material)]
    sure = tuple(file for file in own if file.match.certainty != GUESS)
    presumed = tuple(file for file in own if file.match.certainty == GUESS)
    wanted = material.min_count if material.is_counted else 1
    missing = max(wanted - len(own), 0)
    if missing:
        state = MISSING
    elif not material.is_counted and len(own) < material.min_count:
        state = BY_HAND
    elif wanted <= (material.form.max_count or 0) < len(own):
        # A bound below the number asked for is that of one occasion.
        state = EXCESS
    else:
        state = COMPLETE if len(sure) >= wanted else PRESUMED
    return CheckedMaterial(demand, material, sure, presumed, missing, state)


def _find_problems(match: FileMatch, twins: dict[str, tuple[EvidenceFile, ...]]) -> Iterator[str]:
    file, material = match.file, match.material
    if file.problem:
        yield file.problem
    if file.path in twins:
        others = [other.path for other in twins[file.path] if other.path != file.path]
        yield f"与 {'、'.join(others[:MAX_NAMED])}{'等' if len(others) > MAX_NAMED else ''} 内容完全相同"
    if match.demand is not None:
        yield from _date_problems(file, match.demand)
        if match.demand.materials and not any(fits(file, one) for one in match.demand.materials):
            wanted = "、".join(one.raw for one in match.demand.materials[:MAX_NAMED])
            yield f"这条任务没有要{FILE_KINDS[file.kind]}，要的是 {wanted}"
    if material is None:
        return
    yield from _form_problems(file, material)


def _form_problems(file: EvidenceFile, material: Material) -> Iterator[str]:
    form = material.form
    if form.extensions and file.extension not in form.extensions:
        yield f"格式应为 {'、'.join(form.extensions)}，这是 {file.extension or '没有扩展名的文件'}"
    if form.min_bytes is not None and file.size <= form.min_bytes:
        yield f"大小 {_size(file.size)}，应大于 {_size(form.min_bytes)}"
    if form.max_bytes is not None and file.size > form.max_bytes:
        yield f"大小 {_size(file.size)}，应不超过 {_size(form.max_bytes)}"
    if file.pixels is not None:
        long, short = max(file.pixels), min(file.pixels)
        if form.min_pixels and (long < form.min_pixels[0] or short < form.min_pixels[1]):
            yield f"像素 {file.pixels[0]}×{file.pixels[1]}，应不低于 {form.min_pixels[0]}×{form.min_pixels[1]}"
        if form.min_area and long * short < form.min_area:
            yield f"像素 {long * short / 10_000:.0f} 万，应不低于 {form.min_area / 10_000:.0f} 万"
    if form.min_words is not None or form.max_words is not None:
        yield from _word_problems(file, material)
    for word in form.banned:
        position = file.text.find(word)
        if position >= 0:
            begin = max(position - MAX_QUOTE // 2, 0)
            quote = "".join(file.text[begin : position + len(word) + MAX_QUOTE // 2].split())
            yield f"写有通知不许用的“{word}”（…{quote}…）"


def _word_problems(file: EvidenceFile, material: Material) -> Iterator[str]:
    form = material.form
    if file.is_scan:
        yield "扫描件，字数请自查"
    if file.words is None:
        return
    about = "左右" if form.is_about else ""
    if form.min_words is not None and file.words < form.min_words:
        yield f"{file.words} 字，应不少于 {form.min_words} 字{'（要求的左右）' if about else ''}"
    if form.max_words is not None and file.words > form.max_words:
        yield f"{file.words} 字，应不超过 {form.max_words} 字{'（要求的左右）' if about else ''}"


def _date_problems(file: EvidenceFile, demand: TaskDemand) -> Iterator[str]:
    """Tell days outside those of the task: of the name, of the camera, and of a text all of whose days are outside."""
    first, last = demand.first_day, demand.last_day

    def is_outside(day: date) -> bool:
        return (first is not None and day < first) or (last is not None and day > last)

    window = f"{first or ''}至{last or ''}"
    named = [day for day in find_days(file.path) if is_outside(day)]
    if named:
        yield f"名称中的日期 {named[0]} 不在任务时间内（{window}）"
    if file.taken_on is not None and is_outside(file.taken_on):
        yield f"照片自带的拍摄日期 {file.taken_on} 不在任务时间内（{window}）"
    days = list(find_days(file.text))
    if days and all(map(is_outside, days)):
        yield f"正文写明的日期（{days[0]} 等 {len(days)} 处）都不在任务时间内（{window}）"


def _suggest_name(match: FileMatch, totals: Counter[tuple[str, str]], used: set[str]) -> str | None:
    """Return a name like 03-开展志愿服务-活动照片.jpg; None for a file without a task."""
    if match.demand is None:
        return None
    material = match.material.raw if match.material else FILE_KINDS[match.file.kind]
    suffix = f".{match.file.extension}" if match.file.extension else ""
    many = totals[_task_key(match), match.material.raw if match.material else ""] > 1
    number = 1
    text = f"{match.demand.serial:02d}-{match.demand.short_name}-{material[:MAX_QUOTE]}"
    while many and f"{text}-{number:02d}{suffix}" in used:
        number += 1
    named = f"{text}-{number:02d}" if many else text
    used.add(f"{named}{suffix}")
    return file_name(named, suffix, set())


def _size(size: int) -> str:
    return f"{size / MIB:.2f}MB" if size >= MIB else f"{size / KIB:.0f}KB"
