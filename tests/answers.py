"""What functions of assets and warehouse answer to a short text, for the tables of `tests/writings`.

The tables have the form of those of `tests/readings`: a line is a JSON list of what is given and what is answered.
What is given is always text; each subject says how it is read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast

from assets.fetch.download_notice import attachment_names, name_from_header
from assets.fetch.http_client import FetchError, parse_http_date, parse_robots
from assets.fetch.parse_pages import Attachment, NoticeLink, absolute_url, parse_list, parse_notice
from assets.fetch.sources import Source, SourcesError, read_sources
from assets.ingest.build_plan import Candidate
from assets.ingest.csv_input import decode_text, detect_encoding, parse_lines
from assets.ingest.discover_files import decode_name, is_ignored
from assets.ingest.duplicates import NoticeIdentity, find_duplicates, fingerprint_texts
from assets.ingest.raw_changes import RawSnapshot, Timing, WatchState, after_failure, decide, listing_digest
from assets.ingest.worker_pool import split_batches
from assets.progress_import.validate_rows import parse_day
from tests.extractors.readings import to_plain
from warehouse import formatting
from warehouse.explorer.pages.table import draw_table, find_cells, to_rows
from warehouse.explorer.rendering import cell_class, make_excerpt, mark_words
from warehouse.explorer.search_params import clean_text, parse_number, split_words
from warehouse.explorer.security import LoginThrottle, to_local_path
from warehouse.export.ics import build_spans
from warehouse.export.task_query import Deadline, Task
from warehouse.filenames import file_name, sheet_name, visible
from warehouse.formatting import Result
from warehouse.query import render
from warehouse.request_guard import GuardRules, KnownHosts, RequestGuard, host_name, is_ip_address, is_loopback
from warehouse.sql_process import truncate
from warehouse.transform.due_dates import expand_recurrence
from warehouse.transform.notice_versions import VersionTask, mask_years, match_tasks
from warehouse.xlsx import to_cell_value

WRITINGS = Path(__file__).parent / "writings"
URL = "https://www.wm.gov.cn/tz/index.html"
HEADERS = {"path": "文件", "task": "任务", "note": "说明"}


def _names(text: str) -> Any:
    used: set[str] = set()
    sheets: set[str] = set()
    return [
        [file_name(text, suffix, used) for suffix in (".docx", ".docx", "", ".jsonl")],
        [sheet_name(text, sheets) for _ in range(2)],
        visible(text),
    ]


def _value(text: str) -> Any:
    """A value by the word before it: `number`, `float`, `int`, `date`, `moment`, `list`; any other is text."""
    kind, _, rest = text.partition(" ")
    readers: dict[str, Callable[[str], Any]] = {
        "number": Decimal,
        "float": float,
        "int": int,
        "date": date.fromisoformat,
        "moment": datetime.fromisoformat,
        "list": lambda one: one.split(","),
    }
    value: Any = text
    with suppress(ValueError, InvalidOperation):
        value = readers[kind](rest) if kind in readers else text
    is_number = isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**18
    return [
        formatting.format_value(value),
        [str(one) for one in to_cell_value(value)],
        formatting.to_json_value(value),
        formatting.escape_formula(text),
        [formatting.format_number(value, places) for places in (0, 1, 2)] if is_number else None,
        formatting.format_percent(value) if is_number else None,
    ]


def _excerpt(text: str) -> Any:
    """Words, a length and the long text, divided by `|`."""
    words, length, long = (*text.split("|", 2), "", "")[:3]
    searched = split_words(words)
    size = parse_number(length, default=40, minimum=0, maximum=400)
    return [
        list(searched),
        size,
        str(make_excerpt(long, searched, size)),
        str(mark_words(long, searched)),
        [cell_class(type_, long) for type_ in ("VARCHAR", "VARCHAR[]", "DECIMAL(9,3)", "DATE")],
        clean_text(text),
        to_local_path(words),
    ]


def _printed(text: str) -> Any:
    """A width, and the lines of a table with cells divided by `|`."""
    first, *lines = text.split("\n")
    width = parse_number(first, default=60, minimum=8, maximum=200)
    columns, *rows = [line.split("|") for line in lines] or [[""]]
    even = tuple(tuple((*row, *[""] * len(columns))[: len(columns)]) for row in rows)
    types = ["DECIMAL(9,3)" if name.startswith("分") else "VARCHAR" for name in columns]
    result = Result(tuple(columns), tuple(types), even)
    return [render(result, "table", width=width).split("\n"), render(result, "csv"), render(result, "json")]


def _asked(text: str) -> Any:
    """A request: method, path and query in the first line, headers below it."""
    first, *lines = text.split("\n")
    method, _, target = first.partition(" ")
    path, _, query = target.partition("?")
    headers = [tuple(part.strip().encode() for part in line.partition(":")[::2]) for line in lines]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers}
    rules = GuardRules(frozenset({"/download"}), frozenset({"/graphql"}), read_only=True)
    guards = [
        RequestGuard(_nothing, KnownHosts.for_host("127.0.0.1", ["WM.example.cn"])),
        RequestGuard(_nothing, KnownHosts.for_host("0.0.0.0"), rules),
    ]
    hosts = [value.decode() for name, value in headers if name == b"host"]
    return [
        [guard.refusal_reason(scope) for guard in guards],
        [guard.refusal_reason(scope | {"type": "websocket"}) for guard in guards],
        [[host_name(one), is_loopback(host_name(one)), is_ip_address(host_name(one))] for one in hosts],
    ]


async def _nothing(*_: Any) -> None:
    """Stand for the application."""


def _recurrence(text: str) -> Any:
    first, last, rule = (*text.split(" ", 2), "", "")[:3]
    try:
        days = list(expand_recurrence(rule, date.fromisoformat(first), date.fromisoformat(last)))
    except (ValueError, KeyError, TypeError):
        return "no rule"
    return [len(days), *map(str, days[:20])]


def _versions(text: str) -> Any:
    """The tasks of a notice and, below an empty line, of the one before it."""
    now, _, before = text.partition("\n\n")
    sides = [
        [VersionTask(f"{name}{n}", mask_years(one, 2023)) for n, one in enumerate(side.split("\n"))]
        for name, side in (("n", now), ("b", before))
    ]
    return [[one.text for one in sides[0]], match_tasks(*sides)]


def _list_page(text: str) -> Any:
    answers: list[Any] = []
    for kind, number in (("list", 1), ("list", 2), ("feed", 1), ("sitemap", 1)):
        source = Source.model_validate({"name": "甲", "url": URL, "kind": kind, "take": ["测评"]})
        try:
            page = parse_list(source, text.encode(), URL, "text/html; charset=utf-8", number)
        except FetchError as error:
            answers.append(str(error))
            continue
        links = [[one.url, one.title, one.published, one.changed] for one in page.links]
        answers.append([links, page.following, list(page.below)])
    return answers


def _notice_page(text: str) -> Any:
    try:
        page = parse_notice(text.encode(), URL, "utf-8", NoticeLink(URL, "关于测评的通知…", "2023-01-02"))
    except FetchError as error:
        return str(error)
    attachments = [[one.url, one.name] for one in page.attachments]
    return [page.title, page.published, page.publisher, page.print, attachments, page.is_blank]


def _attachment(text: str) -> Any:
    """An address, the text of its link, a header and the first bytes, a line each."""
    url, name, header, data = (*text.split("\n"), "", "", "", "")[:4]
    return [
        name_from_header(header),
        [
            attachment_names(Attachment(name, url, absolute_url(URL, url), known), data.encode(), header)
            for known in (True, False)
        ],
        absolute_url(URL, url),
    ]


def _robots(text: str) -> Any:
    path, _, rules = text.partition("\n")
    found = parse_robots(rules.encode())
    return [found.allows(f"http://h{path if path.startswith('/') else '/' + path}"), found.delay]


def _day(text: str) -> Any:
    moment = parse_http_date(text)
    return [str(parse_day(text) or ""), moment.isoformat() if moment else None]


def _file_name(text: str) -> Any:
    """A name as it lies on a disk, its bytes those of Latin 1 or, where it has others, of GB 18030."""
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        raw = text.encode("gb18030")
    return [decode_name(os.fsdecode(raw)), decode_name(text), is_ignored(text)]


def _csv(text: str) -> Any:
    answers: list[Any] = []
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        data = text.encode(encoding)
        lines, fault = parse_lines(data, HEADERS, {"path", "task"})
        answers.append([detect_encoding(data), [[one.number, *one.values.values()] for one in lines], fault])
    return [
        answers[0],
        [one for one in answers[1:] if one[1:] != answers[0][1:]],
        decode_text(text.encode("gbk", "replace")),
    ]


def _watched(text: str) -> Any:
    """Moments: the second, and the files with their sizes; `!` before a moment is a failed build."""
    built: dict[str, tuple[int, int]] = {}
    state = WatchState(built=listing_digest(built, "1"))
    answers: list[Any] = []
    for line in text.split("\n"):
        moment, *files = line.lstrip("!").split() or ["0"]
        now = float(moment) if moment.isdecimal() else 0.0
        seen = {name: (len(size), len(size)) for name, _, size in (one.partition("=") for one in files)}
        decision = decide(RawSnapshot(seen, dict(built), "1"), state, now, Timing(settle=10, longest=60))
        state = decision.state
        if decision.build and line.startswith("!"):
            state = after_failure(state, now)
        elif decision.build:
            held = {name: built[name] for name in decision.waiting if name in built}
            built = {name: mark for name, mark in seen.items() if name not in decision.waiting} | held
        answers.append([decision.build, decision.changes, list(decision.waiting), state.failures, state.retry_at])
    return answers


def _repeats(text: str) -> Any:
    """Files, a line each: path, format, number, issuer, title and the tasks, divided by `|`."""
    files = []
    for line in text.split("\n"):
        path, form, number, issuer, title, *tasks = (*line.split("|"), "", "", "", "")
        kept = [task for task in tasks if task]
        files.append(NoticeIdentity(path, f"{path}{form}", form, number, issuer, title, fingerprint_texts(kept)))
    return [[path, one.duplicate_of, one.reason] for path, one in sorted(find_duplicates(files).items())]


def _numbers(line: str, count: int, *, most: int = 40) -> list[int]:
    found = [int(one) for one in re.findall(r"-?\d{1,9}", line)]
    return [max(-most, min(one, most)) for one in (*found, *[0] * count)[:count]]


def _drawn_table(text: str) -> Any:
    """The first and last row and the row to be marked; cells (row, column, spans, text) and, after `t`, tasks' rows."""
    head, *lines = text.split("\n")
    first, last, marked = _numbers(head, 3)
    cells: list[dict[str, Any]] = []
    tasks: list[dict[str, Any]] = []
    for at, line in enumerate(lines):
        if line.startswith("t"):
            tasks.append({"row": _numbers(line, 1)[0], "task_id": f"t{at}"})
            continue
        row, column, rows, columns = _numbers(line, 4)
        row = max(row, -3)
        if first <= row <= last or row < 0 or (row < first < row + rows):
            place = {"row": row, "col": abs(column), "row_span": max(rows, 1), "col_span": max(columns, 1)}
            cells.append(place | {"text": line.rpartition(" ")[2], "locator": f"c{at}"})
    drawn = draw_table(cells, first=first, last=last, highlighted={(1, 1)}, highlighted_row=marked, tasks=tasks)
    found = [find_cells(cells, marked, columns) for columns in ((), (1,), (0, 2))]
    return [to_plain(drawn), to_rows(drawn), found]


def _cut_result(text: str) -> Any:
    """A number of bytes, and rows with cells divided by `|`; those that begin with `#` are numbers, `[` lists."""
    head, *lines = text.split("\n")
    rows = [
        tuple(1 if one.startswith("#") else [one, 2] if one.startswith("[") else one for one in line.split("|"))
        for line in lines
    ]
    found = truncate(Result(("a",), ("VARCHAR",), tuple(rows)), _numbers(head, 1, most=999)[0])
    return [len(found.rows), found.truncated]


def _guesses(text: str) -> Any:
    """Wrong tokens, a line each: the seconds since the last, and who; `+` before it is the right one."""
    now = [0.0]
    throttle = LoginThrottle(lambda: now[0])
    waits: list[float] = []
    for line in text.split("\n"):
        seconds, _, sender = line.lstrip("+").partition(" ")
        now[0] += _numbers(seconds, 1, most=10**6)[0]
        (throttle.record_success if line.startswith("+") else throttle.record_failure)(sender)
        waits.append(throttle.seconds_to_wait(sender))
    return waits


def _batches(text: str) -> Any:
    """The number of workers and of files in a line, then names with their sizes, divided by blanks."""
    head, *lines = text.split("\n")
    workers, more = _numbers(head, 2, most=800)
    named = [one.partition("=") for line in lines for one in line.split()]
    files = [(name, _numbers(size, 1, most=10**9)[0]) for name, _, size in named]
    files += [(f"{number}.docx", 1) for number in range(more)]
    made = split_batches([Candidate(name, name, size, 0, "") for name, size in files], max(abs(workers), 1))
    return [[len(one), one[0].source_path] for one in made]


def _spans(text: str) -> Any:
    """The days on which a task is due, and its deadlines: kind, first and last day (or `-`), rule."""
    head, *lines = text.split("\n")
    try:
        due = tuple(date.fromisoformat(one) for one in head.split())
        deadlines = [_deadline(line) for line in lines]
        task = cast(Task, SimpleNamespace(deadlines=deadlines, due_days=due))
        return [to_plain(one) for one in build_spans(task)]
    except (ValueError, KeyError, TypeError):
        return "no days"


def _deadline(line: str) -> Deadline:
    kind, first, last, rule = (*line.split(" "), "-", "-", "")[:4]
    starts, ends = (None if day == "-" else date.fromisoformat(day) for day in (first, last))
    return Deadline(kind, starts, ends, rule or None, "")


def _sources(text: str) -> Any:
    with TemporaryDirectory() as folder:
        path = Path(folder, "sources.toml")
        path.write_text(text, "utf-8", newline="\n")
        try:
            listed = read_sources(path)
        except SourcesError as error:
            return str(error).replace(folder, "")
    shown = [one.model_dump(mode="json", exclude_defaults=True) for one in listed.entries]
    return [shown, [one.replace(folder, "") for one in listed.problems]]


SUBJECTS: dict[str, Callable[[str], Any]] = {
    "attachments": _attachment,
    "batches": _batches,
    "csv": _csv,
    "cut_results": _cut_result,
    "days": _day,
    "drawn_tables": _drawn_table,
    "excerpts": _excerpt,
    "file_names": _file_name,
    "guesses": _guesses,
    "list_pages": _list_page,
    "names": _names,
    "notice_pages": _notice_page,
    "printed": _printed,
    "recurrences": _recurrence,
    "repeats": _repeats,
    "requests": _asked,
    "robots": _robots,
    "sources": _sources,
    "spans": _spans,
    "values": _value,
    "versions": _versions,
    "watched": _watched,
}
"""What is answered, by the name of its table."""
