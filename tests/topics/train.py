"""Train the model of topics, or evaluate it with one notice left out at a time.

    python -m tests.topics.train             write extractors/vocabulary/topic_model.tsv
    python -m tests.topics.train --evaluate  write extractors/topics/EVALUATION.md

The truth of tests/gold teaches and measures, but for the notices of `measured.toml`; the product reads nothing but the
file of counts.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extractors.topics import Topic, classify_with, task_texts
from extractors.topics.model import MODEL_FILE, count_ngrams, dump_counts, fit
from tests.extractors.notice.measured import least

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "tests" / "gold"
MODEL = ROOT / "extractors" / "vocabulary" / MODEL_FILE
REPORT = ROOT / "extractors" / "topics" / "EVALUATION.md"
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Example:
    """One task of the truth: its notice, its topic, and the texts that tell it."""

    slug: str
    topic: str
    texts: list[tuple[str | None, float]]


def examples() -> list[Example]:
    """Every task of the truth that teaches, notice by notice."""
    found = []
    for path in sorted(GOLD.glob("*/tasks.jsonl")):
        if path.parent.name in least():
            continue
        for line in path.read_text("utf-8").splitlines():
            task = json.loads(line)
            names = [level["name"] for level in task["path"]]
            texts = task_texts(task["requirement"], names, task["criteria"], task["evidence"])
            found.append(Example(path.parent.name, task["topic"], texts))
    return found


def model_text(of: Iterable[Example]) -> str:
    """The file of counts that these examples make."""
    return dump_counts(count_ngrams((one.topic, one.texts) for one in of))


@cache
def left_out() -> tuple[tuple[Example, Topic], ...]:
    """Every example with the topic that a model of all other notices gives it."""
    every = examples()
    found: list[tuple[Example, Topic]] = []
    for slug in dict.fromkeys(one.slug for one in every):
        model = fit(count_ngrams((one.topic, one.texts) for one in every if one.slug != slug))
        own = [one for one in every if one.slug == slug]
        found += zip(own, classify_with([one.texts for one in own], model), strict=True)
    return tuple(found)


def report() -> str:
    """Accuracy by notice and by sureness, and the confusions, as Markdown."""
    found = left_out()
    right = [one.topic == topic.slug for one, topic in found]
    lines = [
        "# Topics: one notice left out at a time",
        "",
        "Made by `python -m tests.topics.train --evaluate`. A model of all other notices of `tests/gold` names the",
        "topic of every task of the one left out; the phrases of `vocabulary/topics.toml` are the same throughout.",
        "They were written from knowledge of such rubrics and completed with general words after a first look at the",
        "errors (0.83 before the model and those words), so the figures flatter a little.",
        "",
        "| notice | tasks | right |",
        "|---|---|---|",
    ]
    for slug in dict.fromkeys(one.slug for one, _ in found):
        own = [ok for (one, _), ok in zip(found, right, strict=True) if one.slug == slug]
        lines.append(f"| {slug} | {len(own)} | {sum(own) / len(own):.3f} |")
    lines += [
        f"| all | {len(right)} | {sum(right) / len(right):.3f} |",
        "",
        "| score given | tasks | right |",
        "|---|---|---|",
    ]
    for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.98), (0.98, 1.01)):
        own = [ok for (_, topic), ok in zip(found, right, strict=True) if low <= topic.score < high]
        if own:
            lines.append(f"| {low:.2f} to {min(high, 1):.2f} | {len(own)} | {sum(own) / len(own):.3f} |")
    wrong = Counter((one.topic, topic.slug) for one, topic in found if one.topic != topic.slug)
    lines += ["", f"Confusions, the {SHOWN} most frequent:", "", "| topic | taken for | tasks |", "|---|---|---|"]
    ranked = sorted(wrong.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    lines += [f"| {truth} | {taken} | {n} |" for (truth, taken), n in ranked]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """The command line of this module."""
    if arguments == ["--evaluate"]:
        REPORT.write_text(report(), "utf-8")
    else:
        MODEL.write_text(model_text(examples()), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
