"""Fit the model by which tasks of two notices are taken to ask for the same.

    python -m tests.match_model.train                    write warehouse/transform/match_model.json
    python -m tests.match_model.train --decisions FILE   the same, with the decisions (对应关系.csv) in a warehouse file
    python -m tests.match_model.train --evaluate         print the figures on the held-out third and by cross-validation
    python -m tests.match_model.train --missed           print related pairs below the bound: a word may be missing

The truth of tests/gold/counterparts teaches, its held-out third never does.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np

import warehouse.transform
from tests.match_model.samples import (
    Sample,
    made_up_samples,
    observe,
    observed_values,
    rarities,
    sample_of,
    twin_samples,
    unknown_samples,
)
from tests.match_model.truth import UNRELATED, GoldPair, gold_pairs, gold_tasks, heading_of, judged_answers
from warehouse.transform.match_model import (
    ANSWER_CONFIDENCE,
    MODEL_FILE,
    RELATIONS,
    FloatArray,
    RelationBounds,
    build_model,
    part_shares,
    relate,
)
from warehouse.transform.task_signals import VALUE_NAMES

TARGET: Final = Path(warehouse.transform.__file__).parent / MODEL_FILE
CHOSEN_WEIGHT: Final = 0.5
"""Chosen pairs count half: the search meets pairs like the judged answers."""
PENALTY: Final = 1.0
"""Weight of the squared weights."""
STEPS: Final = 4000
RATE: Final = 0.3
DIGITS: Final = 3
FOLDS: Final = 10
EVALUATION_SEEDS: Final = (0, 1, 2)

_DECISIONS: Final = """
SELECT coalesce(a.requirement, a.criteria, ''), coalesce(b.requirement, b.criteria, ''),
       coalesce(a.topic, 'other'), coalesce(b.topic, 'other'), r.relation <> 'unrelated', i.name, j.name
FROM ops.counterpart_reviews AS r
JOIN core.files AS f ON f.source_path = r.file_a JOIN core.notices AS m ON m.file_id = f.file_id
JOIN core.tasks AS a ON a.notice_id = m.notice_id AND a.locator = r.locator_a
JOIN core.files AS g ON g.source_path = r.file_b JOIN core.notices AS n ON n.file_id = g.file_id
JOIN core.tasks AS b ON b.notice_id = n.notice_id AND b.locator = r.locator_b
LEFT JOIN core.indicators AS i ON i.indicator_id = a.indicator_id
LEFT JOIN core.indicators AS j ON j.indicator_id = b.indicator_id
QUALIFY row_number() OVER (PARTITION BY a.task_id, b.task_id ORDER BY r.line DESC) = 1
ORDER BY r.line
"""


def read_decisions(path: Path) -> list[Sample]:
    """Return the decisions on pairs of tasks that a warehouse file holds."""
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        rows = connection.execute(_DECISIONS).fetchall()
    return [
        Sample(
            *(first, second, topic_a, topic_b, is_related),
            heading_a=heading_of(first, heading_a),
            heading_b=heading_of(second, heading_b),
        )
        for first, second, topic_a, topic_b, is_related, heading_a, heading_b in rows
    ]


def teaching_samples(read: Sequence[Sample]) -> list[Sample]:
    """Return the samples that people read together with those made of them."""
    texts = dict.fromkeys((text, topic) for one in read for text, topic in _sides(one))
    twins = twin_samples()
    return [*read, *unknown_samples(read), *twins, *unknown_samples(twins), *made_up_samples(texts)]


def fit(samples: Sequence[Sample], rarity: dict[str, dict[str, float]]) -> tuple[FloatArray, float]:
    """Return the weights of a logistic regression and its intercept."""
    values = observed_values(_unfitted(rarity), observe(samples))
    truth = np.array([sample.is_related for sample in samples], dtype=np.float64)
    counts = np.array([sample.weight for sample in samples])
    weights, intercept, total = np.zeros(values.shape[1]), 0.0, float(counts.sum())
    for _ in range(STEPS):
        error = (1 / (1 + np.exp(-(values @ weights + intercept))) - truth) * counts
        weights = weights - RATE * (values.T @ error + PENALTY * weights) / total
        intercept -= RATE * float(error.sum()) / total
    return weights, intercept


def fit_relation(pairs: Sequence[GoldPair]) -> RelationBounds:
    """Return the bounds with which most related pairs get the relation that people gave them."""
    related = [pair for pair in pairs if pair.is_related]
    observed = observe([sample_of(pair) for pair in related])
    parts = part_shares(observed.signals, observed.pairs.first, observed.pairs.second)
    truth = np.array([RELATIONS.index(pair.relation) for pair in related])
    grid = product((0.4, 0.6, 0.8), np.arange(0.4, 0.95, 0.05), np.arange(0.2, 0.95, 0.05))
    bounds = [RelationBounds(share, round(float(inside), 2), round(float(equal), 2)) for share, inside, equal in grid]
    return max(bounds, key=lambda one: int((relate(one, *parts, observed.inside_a, observed.inside_b) == truth).sum()))


def fit_model(read: Sequence[Sample], pairs: Sequence[GoldPair]) -> dict[str, Any]:
    """Return the content of the model file."""
    rarity = rarities([task.text for task in gold_tasks().values()])
    weights, intercept = fit(teaching_samples(read), rarity)
    bounds = fit_relation(pairs)
    return {
        "command": "python -m tests.match_model.train",
        "weights": {name: round(float(weight), DIGITS) for name, weight in zip(VALUE_NAMES, weights, strict=True)},
        "intercept": round(intercept, DIGITS),
        "relation": {"parts": bounds.parts, "inside": bounds.inside, "equal": bounds.equal},
        "rarity": rarity,
    }


def read_samples() -> list[Sample]:
    """Return the pairs that people read and that teach."""
    chosen = [sample_of(pair, CHOSEN_WEIGHT) for pair in gold_pairs(held_out=False)]
    return chosen + [sample_of(pair) for pair in judged_answers()]


def confidences(fitted: dict[str, Any], samples: Sequence[Sample]) -> FloatArray:
    """Return how sure a model is of samples."""
    observed = observe(samples)
    return build_model(fitted).confidences(observed.signals, observed.pairs)


def cross_validate(read: Sequence[Sample]) -> FloatArray:
    """Return how sure the model is of samples that did not teach it, on average over several draws."""
    total = np.zeros(len(read))
    rarity = rarities([task.text for task in gold_tasks().values()])
    for seed in EVALUATION_SEEDS:
        fold = np.random.default_rng(seed).integers(0, FOLDS, len(read))
        for place in range(FOLDS):
            weights, intercept = fit(
                teaching_samples([one for one, k in zip(read, fold, strict=True) if k != place]), rarity
            )
            fitted = _unfitted(rarity) | {
                "weights": dict(zip(VALUE_NAMES, weights, strict=True)),
                "intercept": intercept,
            }
            is_tested = fold == place
            total[is_tested] += confidences(fitted, [one for one, k in zip(read, fold, strict=True) if k == place])
    return total / len(EVALUATION_SEEDS)


def report(name: str, confidence: FloatArray, samples: Sequence[Sample]) -> str:
    """Return recall and precision at several bounds as lines of text."""
    truth = np.array([sample.is_related for sample in samples])
    lines = [f"{name}: {len(samples)} pairs, {int(truth.sum())} related"]
    for bound in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        found = confidence >= bound
        recall, precision = found[truth].mean(), truth[found].mean()
        lines.append(f"  {bound}: recall {recall:.2f}, precision {precision:.2f}, {found.sum()} found")
    return "\n".join(lines)


def evaluate() -> None:
    """Print the figures of the held-out third and of cross-validation."""
    read, held = read_samples(), gold_pairs(held_out=True)
    chosen = len(gold_pairs(held_out=False))
    tested = cross_validate(read)
    print(report("chosen pairs, cross-validated", tested[:chosen], read[:chosen]))
    print(report("judged answers, cross-validated", tested[chosen:], read[chosen:]))
    fitted = json.loads(TARGET.read_text("utf-8"))
    samples = [sample_of(pair) for pair in held]
    print(report("held out", confidences(fitted, samples), samples))
    for name, pairs in (("taught", gold_pairs(held_out=False)), ("held out", held)):
        related = [pair for pair in pairs if pair.relation != UNRELATED]
        observed = observe([sample_of(pair) for pair in related])
        model = build_model(fitted)
        said = model.relations(
            observed.signals, observed.pairs.first, observed.pairs.second, observed.inside_a, observed.inside_b
        )
        right = sum(RELATIONS[code] == pair.relation for code, pair in zip(said, related, strict=True))
        print(f"relation, {name}: {right} of {len(related)}")


def print_missed() -> None:
    """Print the related pairs that teach and are below the bound, least sure first."""
    read = [one for one in read_samples() if one.is_related]
    sure = confidences(json.loads(TARGET.read_text("utf-8")), read)
    for place in np.argsort(sure):
        if sure[place] < ANSWER_CONFIDENCE:
            print(f"{sure[place]:.2f} {read[place].first}\n     {read[place].second}")


def _unfitted(rarity: dict[str, dict[str, float]]) -> dict[str, Any]:
    return {
        "weights": dict.fromkeys(VALUE_NAMES, 0.0),
        "intercept": 0.0,
        "relation": {"parts": 0.5, "inside": 0.8, "equal": 0.8},
        "rarity": rarity,
    }


def _sides(sample: Sample) -> tuple[tuple[str, str], tuple[str, str]]:
    return (sample.first, sample.topic_a), (sample.second, sample.topic_b)


def main() -> None:
    """Write the model or print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--decisions", type=Path, help="a published warehouse file")
    parser.add_argument("--evaluate", action="store_true")
    parser.add_argument("--missed", action="store_true")
    wanted = parser.parse_args()
    if wanted.evaluate:
        evaluate()
    elif wanted.missed:
        print_missed()
    else:
        read = read_samples() + (read_decisions(wanted.decisions) if wanted.decisions else [])
        fitted = fit_model(read, gold_pairs(held_out=False))
        TARGET.write_text(json.dumps(fitted, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
