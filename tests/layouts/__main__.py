"""Lay known facts out anew, read every variant, and print how well they are read.

.venv/bin/python -m tests.layouts --seed 7 --variants 50
.venv/bin/python -m tests.layouts --seed 7 --variants 50 --notice zibo-2023 --headers unknown --show 3
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from itertools import chain

from tests.bench.formats import md
from tests.layouts.layout import FORMATS, draw
from tests.layouts.render import Variant, render
from tests.layouts.score import GOOD, POOR, SURE, Score, score
from tests.layouts.shapes import SHAPES, fit_layout, reshape
from tests.layouts.truth import Truth, slugs, truths

HEADERS = ("known", "unknown", "mixed")
COSTLY = 12
"""Values of dimensions that are listed, the worst first."""


def variants(
    truth: Truth,
    seed: int,
    count: int,
    headers: str | None = None,
    formats: Sequence[str] = FORMATS,
    *,
    shape: str = "table",
) -> Iterator[Variant]:
    """Yield `count` variants of a table, fewer where some have no page of that shape.

    The same arguments give the same pages.
    """
    for number in range(count):
        rng = random.Random(f"{seed}/{truth.slug}/{truth.title}/{number}")
        layout = draw(rng, truth, headers, formats[number % len(formats)] if formats != FORMATS else None)
        fitting = fit_layout(shape, layout, truth)
        if fitting is not None and (drawn := reshape(shape, render(truth, fitting, rng.randrange(2**31)))) is not None:
            yield drawn


def _scores(job: tuple[str, int, int, str | None, tuple[str, ...], str]) -> list[Score]:
    slug, seed, count, headers, formats, shape = job
    return [
        score(slug, variant, asdict(variant.layout))
        for truth in truths(slug)
        for variant in variants(truth, seed, count, headers, formats, shape=shape)
    ]


def measure(
    names: Sequence[str],
    seed: int,
    count: int,
    *,
    headers: str | None = None,
    formats: Sequence[str] = FORMATS,
    jobs: int = 1,
    shape: str = "table",
) -> list[Score]:
    """Return the scores of `count` variants of each table of the notices."""
    work = [(name, seed, count, headers, tuple(formats), shape) for name in names]
    if jobs == 1:
        return list(chain.from_iterable(map(_scores, work)))
    with ProcessPoolExecutor(jobs) as pool:
        return list(chain.from_iterable(pool.map(_scores, work)))


def _line(name: str, found: Sequence[Score]) -> str:
    values = [one.f1 for one in found]
    lost = sum(one.got == 0 and not one.warned for one in found)
    return (
        f"{name:<26} {len(found):>5} {statistics.mean(values):>7.3f} {statistics.median(values):>7.3f} "
        f"{min(values):>7.3f} {sum(value >= GOOD for value in values) / len(values):>7.0%} {lost:>5}"
    )


def report(found: Sequence[Score]) -> str:
    """Return the tables: by notice, by headers, by dimension, and the calibration."""
    lines = [f"{'':<26} {'n':>5} {'mean':>7} {'median':>7} {'least':>7} {'>=0.95':>7} {'lost':>5}"]
    for slug in sorted({one.slug for one in found}):
        lines.append(_line(slug, [one for one in found if one.slug == slug]))
    for headers in HEADERS:
        if group := [one for one in found if one.headers == headers]:
            lines.append(_line(f"headers {headers}", group))
    lines.append(_line("all", found))
    lines += ["", "lost = no task and no warning; dimensions that cost most:"]
    lines += _dimensions(found)
    lines += ["", *_calibration(found)]
    return "\n".join(lines)


def _dimensions(found: Sequence[Score]) -> list[str]:
    groups: defaultdict[str, list[Score]] = defaultdict(list)
    for one in found:
        for name, value in one.layout.items():
            groups[f"{name}={value if name != 'order' else bool(value)!s}"].append(one)
    few = max(3, len(found) // 50)
    worst = sorted(
        (item for item in groups.items() if len(item[1]) >= few),
        key=lambda item: statistics.mean(s.f1 for s in item[1]),
    )
    return [_line(name.replace("\n", "\\n"), group) for name, group in worst[:COSTLY]]


def _calibration(found: Sequence[Score]) -> list[str]:
    known = [one for one in found if one.confidence is not None]
    if not known:
        return ["no confidence"]
    sure = [one for one in known if one.confidence is not None and one.confidence >= SURE]
    poor = [one for one in found if one.f1 < POOR]
    return [
        f"confidence >= {SURE}: {len(sure)} of {len(known)}, F1 >= {GOOD} in {_share(one.f1 >= GOOD for one in sure)}",
        f"F1 < {POOR}: {len(poor)} of {len(found)}, with layout_doubt {_share(one.doubted for one in poor)}",
    ]


def _share(flags: Iterable[bool]) -> str:
    listed = list(flags)
    return f"{sum(listed) / len(listed):.1%}" if listed else "-"


def show(names: Sequence[str], seed: int, count: int, found: Sequence[Score], args: argparse.Namespace) -> str:
    """Return the worst variants: layout, page, and the first fields that differ."""
    pages = [
        variant
        for name in names
        for truth in truths(name)
        for variant in variants(truth, seed, count, args.headers, args.formats, shape=args.shape)
    ]
    worst = sorted(zip(found, pages, strict=True), key=lambda pair: pair[0].f1)[: args.show]
    out = []
    for one, variant in worst:
        page = md(variant.notice).decode().split("附件1", 1)[1].strip()
        rows = page.split("\n")
        out += ["", f"== {one.slug} F1 {one.f1:.3f}, {one.got} of {one.wanted} tasks", variant.layout.describe(), ""]
        out += [row[:300] for row in rows[:14]]
        out += [f"item {i:>3} {field:<14} {right!r} <- {read!r}" for i, field, right, read in one.wrong[:16]]
    return "\n".join(out)


def main() -> None:
    """Parse the command line and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.layouts", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--variants", type=int, default=20, help="of each table of each notice")
    parser.add_argument("--notice", nargs="*", default=None, choices=slugs())
    parser.add_argument("--headers", choices=HEADERS)
    parser.add_argument("--formats", type=lambda text: tuple(text.split(",")), default=FORMATS)
    parser.add_argument("--shape", choices=tuple(SHAPES), default="table")
    parser.add_argument("--show", type=int, default=0, help="print so many of the worst variants")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    names = args.notice or [name for name in slugs() if truths(name)]
    found = measure(
        names, args.seed, args.variants, headers=args.headers, formats=args.formats, jobs=args.jobs, shape=args.shape
    )
    print(report(found))
    if args.show:
        print(show(names, args.seed, args.variants, found, args))


if __name__ == "__main__":
    main()
