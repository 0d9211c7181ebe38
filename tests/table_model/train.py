"""Fit the models by which tables are read.

    python -m tests.table_model.train             write extractors/tables/reading_model.json
    python -m tests.table_model.train --evaluate  write extractors/tables/EVALUATION.md, one notice left out at a time

The truth of tests/gold, laid out anew by tests/layouts with header words of its own, teaches; the product reads nothing
but the weights.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from extractors.body.outline import read_outline, table_titles
from extractors.tables.body_columns import body_features
from extractors.tables.clean_table import clean_tables
from extractors.tables.column_features import COLUMN_NAMES, column_values
from extractors.tables.column_roles import ColumnRole, ColumnRoles
from extractors.tables.confidence import CONFIDENCE_NAMES, RIGHT, WRONG, confidence
from extractors.tables.grid import take_rows
from extractors.tables.header import BODY, HEADER, HEADER_ROW_NAMES, TITLE, column_names, header_row_values
from extractors.tables.linear_model import LIMIT, MODEL_FILE, LinearModel, replace_models
from extractors.tables.role_assignment import observe_columns
from extractors.tables.row_kinds import BODY_ROW_NAMES, BodyRows, RowKind
from extractors.tables.task_tables import OTHER, TABLE_NAMES, TASKS
from tests.layouts.__main__ import variants
from tests.layouts.score import GOOD, score
from tests.layouts.truth import slugs, truths
from tests.table_model.other_tables import other_tables
from tests.table_model.samples import (
    LabelledTable,
    labelled_variants,
    last_header_row,
    published_tables,
    read_variant,
    sizes,
)

Array = npt.NDArray[np.float64]
REPORT: Final = Path(__file__).parents[2] / "extractors" / "tables" / "EVALUATION.md"
SEED: Final = 1
PUBLISHED_SHARE: Final = 8
"""A published table counts once for so many variants."""
VARIANTS: Final = 36
EVALUATION_SEED: Final = 1001
FOLDS: Final = 6
"""The confidence is fitted on notices left out three at a time; `--evaluate` leaves out one at a time."""
EVALUATED: Final = 16
"""Variants of each table of the notice left out."""
HEAD_ROWS: Final = 6
PENALTY: Final = {"columns": 0.05, "header_rows": 0.05, "body_rows": 0.1, "tables": 0.3, "confidence": 0.2}
"""Weight of the squared weights: small, for there are some thousand samples."""
MOST_SAMPLES: Final = 9000
"""Drawn by lot from more: rows of one table repeat each other."""
STEPS: Final = 260
RATE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Sample:
    """What is observed, and the true class."""

    slug: str
    values: list[float]
    truth: str


Samples = dict[str, list[Sample]]


def samples_of(tables: Iterable[LabelledTable]) -> Samples:
    """Return the samples of each model."""
    out: Samples = {"columns": [], "header_rows": [], "body_rows": []}
    for table in tables:
        out["header_rows"] += header_samples(table)
        if table.is_other:
            continue
        out["header_rows"] += continuation_samples(table)
        out["columns"] += column_samples(table)
        out["body_rows"] += body_samples(table)
    return out


def header_samples(table: LabelledTable) -> list[Sample]:
    """Return the first rows of a table: title, header or body."""
    kinds = [kind if kind in (TITLE, HEADER) else BODY for kind in table.row_kinds]
    stop = last_header_row(table) + 1
    return [
        Sample(table.slug, header_row_values(table.grid, r, table.marked_rows), kinds[r] if r < stop else BODY)
        for r in range(min(HEAD_ROWS, table.grid.n_rows))
    ]


def continuation_samples(table: LabelledTable) -> list[Sample]:
    """Return the first rows of a table that goes on behind a page cut without a header: all body."""
    body = [r for r in range(last_header_row(table) + 1, table.grid.n_rows) if table.row_kinds[r] != HEADER]
    grid = take_rows(table.grid, body[len(body) // 3 :])
    return [Sample(table.slug, header_row_values(grid, r, None), BODY) for r in range(min(2, grid.n_rows))]


def role_of(name: str) -> ColumnRole:
    """Return the role of a column of the generator."""
    return ColumnRole.UNIT if name == "matrix" else ColumnRole(name)


LEFT_OUT: Final = (ColumnRole.METHOD_MARK, ColumnRole.OTHER)
"""Roles that follow from the header or from a blank column."""


def column_samples(table: LabelledTable) -> list[Sample]:
    """Return the columns of a table with their roles."""
    start, stop = table.row_kinds.index(HEADER), last_header_row(table) + 1
    body = take_rows(table.grid, [r for r in range(stop, table.grid.n_rows) if table.row_kinds[r] != HEADER])
    values = column_values(column_names(table.grid, start, stop), body_features(body))
    return [
        Sample(table.slug, v, role_of(role).value)
        for v, role in zip(values, table.roles, strict=True)
        if role not in LEFT_OUT
    ]


def body_samples(table: LabelledTable) -> list[Sample]:
    """Return the body rows of a table with their kinds."""
    rows = [r for r in range(last_header_row(table) + 1, table.grid.n_rows) if table.row_kinds[r] != HEADER]
    roles = ColumnRoles(tuple(map(role_of, table.roles)), ())
    body = BodyRows(take_rows(table.grid, rows), roles)
    kinds = [RowKind(table.row_kinds[r]) for r in rows]
    return [
        Sample(table.slug, body.values(i, RowKind.TASK in kinds[:i]), kind.value)
        for i, kind in enumerate(kinds)
        if body.own[i] and kind is not RowKind.BLANK
    ]


def fit(samples: Sequence[Sample], names: Sequence[str], penalty: float, balance: float = 0.5) -> LinearModel:
    """Fit a softmax by gradient steps; samples weigh by the frequency of their class to the power of -`balance`."""
    samples = random.Random(SEED).sample(samples, min(len(samples), MOST_SAMPLES))
    classes = tuple(sorted({sample.truth for sample in samples}))
    x = np.array([sample.values for sample in samples])
    y = np.array([classes.index(sample.truth) for sample in samples])
    mean, deviation = x.mean(0), x.std(0)
    scale = np.where(deviation > 1e-6, 1 / np.maximum(deviation, 1e-6), 0.0)
    z = _expanded((x - mean) * scale)
    counts = np.bincount(y, minlength=len(classes)).astype(np.float64)
    weight = (counts**-balance)[y]
    weight /= weight.sum()
    target = np.eye(len(classes))[y]
    w = np.zeros((z.shape[1], len(classes)))
    moment, spread = np.zeros_like(w), np.zeros_like(w)
    for step in range(1, STEPS + 1):
        logits = z @ w
        logits -= logits.max(1, keepdims=True)
        p = np.exp(logits)
        p /= p.sum(1, keepdims=True)
        ridge = penalty * w / len(names)
        ridge[-1] = 0
        gradient = z.T @ ((p - target) * weight[:, None]) + ridge
        moment = 0.9 * moment + 0.1 * gradient
        spread = 0.999 * spread + 0.001 * gradient**2
        w -= RATE * (moment / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    return LinearModel(
        classes,
        tuple(names),
        _rounded(mean),
        _rounded(scale),
        tuple(_rounded(row) for row in w.T),
    )


def table_samples(tables: Iterable[LabelledTable]) -> list[Sample]:
    """Return tables with and without tasks, under the roles that the fitted columns give them."""
    out = []
    for table in tables:
        start, stop = table.row_kinds.index(HEADER), last_header_row(table) + 1
        body = take_rows(table.grid, [r for r in range(stop, table.grid.n_rows) if table.row_kinds[r] != HEADER])
        observed = observe_columns(column_names(table.grid, start, stop), body)
        out.append(Sample(table.slug, list(observed.values), OTHER if table.is_other else TASKS))
    return out


def _expanded(z: Array) -> Array:
    cut = np.clip(z, -LIMIT, LIMIT)
    return np.hstack([cut, cut**2, np.ones((len(z), 1))])


def _rounded(values: Array) -> tuple[float, ...]:
    return tuple(round(float(v), 4) for v in values)


NAMES: Final = {
    "columns": COLUMN_NAMES,
    "header_rows": HEADER_ROW_NAMES,
    "body_rows": BODY_ROW_NAMES,
    "tables": TABLE_NAMES,
}


def fit_all(found: Sequence[LabelledTable]) -> dict[str, LinearModel]:
    """Fit the models of header, columns, rows and tables; the last one under the roles that the second gives."""
    samples = samples_of(found)
    models = {name: fit(samples[name], NAMES[name], PENALTY[name]) for name in samples}
    replace_models(models)
    models["tables"] = fit(table_samples(found), TABLE_NAMES, PENALTY["tables"])
    replace_models({})
    return models


@dataclass(frozen=True, slots=True)
class Outcome:
    """A variant or a published file, read by models that never saw its notice."""

    slug: str
    source: str
    f1: float
    observed: tuple[float, ...]
    headers: str


def read_left_out(slug: str, models: dict[str, LinearModel], count: int) -> list[Outcome]:
    """Read variants of a notice in layouts and words of their own, with models fitted without the notice."""
    replace_models({**models, "confidence": models.get("confidence", neutral())})
    out = []
    for truth in truths(slug):
        for variant in variants(truth, EVALUATION_SEED, count):
            document = read_variant(variant)
            tables_read = clean_tables(document, table_titles(read_outline(document)))
            result = score(slug, variant, {})
            observed = tables_read[0].observed if len(tables_read) == 1 else ()
            out.append(Outcome(slug, "variant", result.f1, observed, variant.layout.headers))
    replace_models({})
    return out


def neutral() -> LinearModel:
    """Return a model of confidence that knows nothing."""
    n = len(CONFIDENCE_NAMES)
    return LinearModel((RIGHT, WRONG), CONFIDENCE_NAMES, (0.0,) * n, (0.0,) * n, ((0.0,) * (2 * n + 1),) * 2)


def fit_confidence(outcomes: Iterable[Outcome]) -> LinearModel:
    """Fit the probability that a reading is right on readings of notices that were left out."""
    samples = [
        Sample(one.slug, list(one.observed), RIGHT if one.f1 >= GOOD else WRONG) for one in outcomes if one.observed
    ]
    return fit(samples, CONFIDENCE_NAMES, PENALTY["confidence"], balance=0.0)


def report(outcomes: Sequence[Outcome]) -> str:
    """Return the figures of notices left out, as Markdown."""
    lines = ["# Reading tables: one notice left out at a time", "", TEXT, "", *_LINE_HEAD]
    for slug in sorted({one.slug for one in outcomes}):
        lines.append(_line(slug, [one for one in outcomes if one.slug == slug]))
    for headers in ("known", "unknown", "mixed"):
        lines.append(_line(f"headers {headers}", [one for one in outcomes if one.headers == headers]))
    lines += [_line("all", outcomes), "", *_calibration(outcomes)]
    return "\n".join(lines) + "\n"


TEXT: Final = """Made by `python -m tests.table_model.train --evaluate`. Models fitted without a notice read its facts
in layouts drawn anew, with header words that are in no list of the training. F1 is that of all fields of all tasks."""
_LINE_HEAD: Final = ("| notice | variants | mean F1 | least | F1 >= 0.95 |", "|---|---|---|---|---|")


def _line(name: str, group: Sequence[Outcome]) -> str:
    values = [one.f1 for one in group]
    good = sum(value >= GOOD for value in values) / len(values)
    return f"| {name} | {len(values)} | {sum(values) / len(values):.3f} | {min(values):.3f} | {good:.0%} |"


def _calibration(outcomes: Sequence[Outcome]) -> list[str]:
    """Return how often readings of each confidence are right, each notice judged by the others."""
    judged: list[tuple[float, bool]] = []
    for slug in {one.slug for one in outcomes}:
        replace_models({"confidence": fit_confidence(one for one in outcomes if one.slug != slug)})
        judged += [(confidence(one.observed), one.f1 >= GOOD) for one in outcomes if one.slug == slug and one.observed]
    replace_models({})
    lines = ["| confidence | readings | F1 >= 0.95 |", "|---|---|---|"]
    for low, high in ((0.0, 0.5), (0.5, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.99), (0.99, 1.01)):
        group = [right for value, right in judged if low <= value < high]
        if group:
            lines.append(f"| {low:.2f} to {min(high, 1):.2f} | {len(group)} | {sum(group) / len(group):.1%} |")
    return lines


def dump(models: dict[str, LinearModel]) -> str:
    """Return the models as JSON, one line for each row of numbers."""
    data: dict[str, Any] = {
        name: {
            "classes": model.classes,
            "names": model.names,
            "mean": model.mean,
            "scale": model.scale,
            "weights": model.weights,
        }
        for name, model in models.items()
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("],", "],\n").replace("},", "},\n") + "\n"


def tables(count: int, seed: int = SEED) -> list[LabelledTable]:
    """Return `count` variants of each table of every gold notice."""
    return [
        table
        for slug in slugs()
        for table in (
            *labelled_variants(slug, seed, count),
            *published_tables(slug, seed, count // PUBLISHED_SHARE),
            *other_tables(slug, seed, count),
        )
    ]


def main() -> None:
    """Parse the command line, fit and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.table_model.train", description=__doc__)
    parser.add_argument("--evaluate", action="store_true")
    parser.add_argument("--variants", type=int, default=VARIANTS)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    found = tables(args.variants)
    print(sizes(found))
    names = [slug for slug in slugs() if truths(slug)]
    folds = len(names) if args.evaluate else FOLDS
    with ProcessPoolExecutor(args.jobs) as pool:
        jobs = [pool.submit(_left_out_outcomes, names[fold::folds], found) for fold in range(folds)]
        outcomes = [outcome for job in jobs for outcome in job.result()]
    if args.evaluate:
        REPORT.write_text(report(outcomes), "utf-8")
        return
    models = fit_all(found)
    models["confidence"] = fit_confidence(outcomes)
    MODEL_FILE.write_text(dump(models), "utf-8")
    print(report(outcomes))


def _left_out_outcomes(names: Sequence[str], found: Sequence[LabelledTable]) -> list[Outcome]:
    models = fit_all([table for table in found if table.slug not in names])
    return [outcome for slug in names for outcome in read_left_out(slug, models, EVALUATED)]


if __name__ == "__main__":
    main()
