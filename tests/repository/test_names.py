"""Every name of the product is a word of the trade, not one of the private words that were replaced."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = ("extractors", "assets", "warehouse", "schemas", "pipelines", "notebooks")

RETIRED = {
    "aside": "parenthesis, temporary",
    "asked": "is_query, queries",
    "at": "cell, position",
    "bar": "min_similarity, separator",
    "bearing": "fingerprint, side_space",
    "carrier": "format",
    "carriers": "formats",
    "carried": "reused, run_history",
    "carry": "update_mode",
    "concern": "mark_affected_notices",
    "concerned": "affected_notices",
    "counterpart": "match, similar_task",
    "counterparts": "matches, similar_tasks",
    "crosswalk": "matches",
    "dear": "expensive",
    "delivery": "batch_result",
    "desk": "open_warehouse, the name of the module",
    "doubt": "finding",
    "doubts": "findings, open_findings",
    "duty": "requirement, clause",
    "duties": "requirements, clauses",
    "edition": "snapshot (of the file), version (of a notice)",
    "editions": "snapshots (of the file), versions (of a notice)",
    "flat": "normalized",
    "former": "previous",
    "gate": "request_guard, public_network_backend",
    "goes": "rows_of_dropped_files",
    "gone": "removed, removed_notices",
    "grams": "ngrams",
    "grown": "builder, max_bloat",
    "growing": "table_builder",
    "held": "is_covered, with_task_counts",
    "hold_back": "quarantine",
    "house": "workspace",
    "insist": "get_with_retries",
    "intake": "discover_files",
    "judge": "validate_rows",
    "judged": "validation_result",
    "kept": "snapshots, saved, original",
    "kin": "similar",
    "kit": "helpers",
    "knows": "is_known",
    "likest": "most_similar, top_k",
    "little": "max_incremental_share",
    "look": "inspect, raw_snapshot, style_name",
    "looks": "cell_styles",
    "loose": "without_file, unused",
    "most": "max_count, top_k",
    "nobody": "unknown, none",
    "once": "get_once",
    "outgoing": "stale_notices",
    "owned": "with_file_id",
    "over": "moved_to",
    "put": "cover",
    "relist": "mark_affected_lists",
    "relisted": "affected_lists",
    "renew": "refresh",
    "renewed": "changed_notices",
    "returned": "progress_import",
    "rowreader": "task_builder",
    "said": "message, text_of",
    "say": "message, print_message",
    "says_nobody": "is_placeholder",
    "scoped": "incremental_marts",
    "shown": "format_value",
    "sight": "worker_info",
    "sights": "worker_infos",
    "solid": "compact, offset_text",
    "spot": "grid_cell",
    "spots": "cells",
    "spread": "expand_ranges, difference",
    "square": "cell",
    "squares": "cells",
    "squeeze": "strip_whitespace",
    "stack": "concat",
    "stand": "represent",
    "standing": "candidate_ranking, text_task_index",
    "stands": "represents",
    "take_ready_cells": "the arguments of xlsxwriter",
    "tell": "report",
    "theme": "topic",
    "themes": "topics",
    "told": "message, log",
    "told_apart": "deduplicate_name",
    "trouble": "fetch_failure",
    "turned_in": "progress_report",
    "unfit": "invalid_value",
    "visitor": "source_client",
    "way": "write_options, fetch_options",
    "ways": "options",
    "whence": "source, origin",
    "whole": "multi_page_cell, complete",
    "wholes": "page_cells",
    "wish": "filter",
    "wishes": "question_filters",
    "without": "drop_with_offsets, excluded",
}
"""A retired word, without underscores around it and in lower case -> what to use. Whole names are compared."""

PARTS = {
    "carrier": "format",
    "carriers": "formats",
    "dear": "expensive",
    "edition": "snapshot (of the file), version (of a notice)",
    "kin": "similar",
    "likest": "most_similar",
    "nobody": "unknown, none",
    "said": "message",
    "theme": "topic",
    "themes": "topics",
    "told": "message",
    "whence": "source, origin",
}
"""Retired words that may not be a part of a name either: `by_theme`, `ThemeWeights`."""

RETIRED_MODULES = {
    "about": "summary_sheets",
    "accounting": "text_coverage",
    "aligned": "borderless_tables",
    "areas": "text_regions",
    "arrays": "similarity",
    "article": "main_content",
    "assemble": "merge_results, pipeline",
    "automation": "sensors_schedules",
    "build_assets": "core_assets",
    "bundle": "attachments",
    "catalog": "asset_keys, lookups",
    "catalogue": "questions",
    "celldump": "text.tables",
    "chapters": "report",
    "clean": "clean_table",
    "client": "http_client",
    "compound": "ole_writer",
    "contacts": "redaction",
    "data": "load",
    "delimited": "csv_reader",
    "derive": "transform",
    "differences": "diff",
    "divisions": "admin_divisions",
    "draw": "export_figures",
    "due": "due_dates",
    "engine": "ocr_engine",
    "events": "anchors",
    "exports": "export_assets",
    "facts": "page_quality, page_metadata",
    "failures": "validate",
    "features": "column_features",
    "festivals": "holidays",
    "fetched": "fetch_assets",
    "filters": "search_params",
    "flow": "block_iterator",
    "forms": "formats",
    "frame": "letterhead, coordinates",
    "grids": "summary_tables",
    "hidden": "inline_deadlines",
    "history": "snapshots",
    "ink": "binarize",
    "install": "find_soffice",
    "join": "join_fragments",
    "keys": "row_keys",
    "known": "task_lookup",
    "lake": "parquet_lake",
    "lines": "line_joining",
    "links": "urls",
    "listing": "build_plan",
    "lists": "task_lists, detail_tables",
    "log": "json_logging",
    "meaning": "derived_facts",
    "members": "rosters",
    "mend": "ocr_corrections",
    "names": "filenames",
    "outcome": "results",
    "partycells": "responsible_units",
    "people": "persons",
    "picture": "rasterize",
    "plain": "csv_json",
    "prose": "prose_tasks",
    "publication": "publish",
    "published": "publish",
    "reading": "connections, read_file",
    "regroup": "clean_table",
    "remind": "reminders",
    "respelling": "rewrite_rules",
    "returns": "progress",
    "roles": "column_roles",
    "rows": "row_kinds",
    "rowwords": "row_patterns",
    "run": "fetch, import_workbooks",
    "run_hook": "core_assets",
    "run_notes": "run_history",
    "running": "headers_footers",
    "scope": "incremental",
    "selection": "task_query",
    "shell": "cli_common",
    "spans": "fill_spans",
    "stable": "office_files",
    "stage": "batch_worker",
    "stitch": "join_pages",
    "tabbed": "text.tables",
    "units": "numerals",
    "usage": "cli_common",
    "values": "formatting",
    "watcher": "watch",
    "watching": "raw_changes",
    "windows": "date_ranges",
    "wording": "template_filters",
    "worker": "batch_worker",
    "writer": "write_files",
    "writing": "text_lines",
}
"""Modules that were renamed, and words that said nothing as the name of one -> what to use."""

EXEMPT = {
    ("assets/fetch/fetch_state.py", "at"): "a field of the state of fetching, persisted below raw/.fetch",
    ("assets/fetch/fetch_state.py", "gone"): "a field of the state of fetching, persisted below raw/.fetch",
    ("assets/fetch/http_client.py", "GONE"): "an outcome in the log of fetching, persisted below raw/.fetch",
    ("assets/fetch/http_client.py", "UNFIT"): "an outcome in the log of fetching, persisted below raw/.fetch",
    ("assets/ingest/decision_guard.py", "counterparts"): "a key of the JSON in ops.meta",
    ("assets/resources.py", "editions"): "a field of the run configuration: the setting `editions`",
    ("extractors/body/outline.py", "stack"): "the open items, a stack",
    ("extractors/parsers/item_labels.py", "_EDITION_WORDS"): "words for the year's text of a notice: 版本 of a notice",
    ("extractors/readers/docx/package.py", "stack"): "the open elements, a stack",
    ("extractors/readers/docx/runs.py", "stack"): "the open elements, a stack",
    ("notebooks/指标对照.py", "counterparts"): "a variable of a notebook that people open: 对应任务",
    ("notebooks/版本变化.py", "editions"): "a variable of a notebook that people open: 版本 of notices",
    ("pipelines/commands/export.py", "Whole"): "the option --whole",
    ("pipelines/commands/export.py", "whole"): "the option --whole",
    ("pipelines/commands/snapshots.py", "editions"): "the command `wenming editions`",
    ("pipelines/settings.py", "editions"): "the setting `editions`",
    ("pipelines/summary.py", "whole"): "part and whole, in a function that formats a share",
    ("schemas/ops.py", "RUN_CARRIERS"): "the table ops.run_carriers",
    ("warehouse/explorer/pages/search.py", "editions"): "a query parameter of the explorer",
    ("warehouse/explorer/search_params.py", "editions"): "a query parameter of the explorer",
    ("warehouse/explorer/search_params.py", "theme"): "a query parameter of the explorer",
}
"""File and name -> why it stays: what users type or query, and what files hold."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


def product_files(repository: Path) -> list[Path]:
    return [path for room in ROOMS for path in sorted((repository / room).rglob("*.py"))]


def names_of(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the classes, functions, parameters, constants, fields and variables of a module, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno


def advice(name: str) -> str | None:
    """Return what to use instead of a name, None for a good one."""
    if (plain := name.strip("_").lower()) in RETIRED:
        return RETIRED[plain]
    parts = [word.lower() for word in _WORDS.findall(name)]
    return next((PARTS[part] for part in parts if part in PARTS), None)


def faults(path: str, source: str) -> Iterator[str]:
    stem = Path(path).stem
    if use := RETIRED_MODULES.get(stem) or advice(stem):
        yield f"{path}: module {stem}, use {use}"
    for name, line in names_of(ast.parse(source)):
        if (path, name) not in EXEMPT and (use := advice(name)):
            yield f"{path}:{line}: {name}, use {use}"


def test_no_private_word_is_a_name(repository: Path) -> None:
    found = [
        fault
        for file in product_files(repository)
        for fault in faults(file.relative_to(repository).as_posix(), file.read_text("utf-8"))
    ]
    assert found == []


def test_every_exemption_is_still_needed(repository: Path) -> None:
    present = {
        (file.relative_to(repository).as_posix(), name)
        for file in product_files(repository)
        for name, _ in names_of(ast.parse(file.read_text("utf-8")))
    }
    assert set(EXEMPT) - present == set()


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("warehouse/kin.py", ""),
        ("extractors/readers/stitch.py", ""),
        ("a.py", "class Standing: ..."),
        ("a.py", "class TopThemes: ..."),
        ("a.py", "class Grid:\n    def put(self): ..."),
        ("a.py", "def _likest(): ..."),
        ("a.py", "def weigh(*, by_theme): ..."),
        ("a.py", "async def run(a, *carriers): ..."),
        ("a.py", "KEPT = 1"),
        ("a.py", "one, told = 1, 2"),
        ("a.py", "class Cell:\n    spot: int = 0"),
        ("a.py", "def outer():\n    def squeeze(): ..."),
        ("a.py", "def outer():\n    for said in (): ..."),
    ],
)
def test_a_private_word_is_found(path: str, source: str) -> None:
    assert len(list(faults(path, source))) == 1


def test_words_that_only_contain_one_are_no_fault() -> None:
    assert list(faults("a.py", "def skin(output, layout, overlap): ...\nclass Thematic: ...")) == []
