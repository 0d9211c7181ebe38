"""The likest texts of a theme: the same as comparing every text with every other."""

from __future__ import annotations

import random
from collections import defaultdict

import polars as pl
import pytest

from tests.warehouse.test_task_similarity import bigrams
from warehouse.transform import similarity

LEAST, MOST, NOTICES = 0.2, 15, 4
LETTERS = "文明单位创建志愿服务环境卫生道德讲堂宣传教育"


def texts(number: int, *, asked: float = 1.0, letters: str = LETTERS, seed: int = 1) -> pl.DataFrame:
    rng = random.Random(seed)
    bodies = ["".join(rng.choices(letters, k=rng.randint(4, 14))) for _ in range(number)]
    return pl.DataFrame(
        {
            "text_id": [7 + 2 * place for place in range(number)],
            "sign": sorted(rng.choice((1, 2, 5)) for _ in range(number)),
            "body": bodies,
            "asked": [rng.random() < asked for _ in range(number)],
            "tasks": [rng.randint(1, 3) for _ in range(number)],
            "notice": [rng.randint(1, 9) for _ in range(number)],
            "bar": [rng.choice((0.0, 0.3, 0.5)) for _ in range(number)],
        },
        schema={
            "text_id": pl.Int32,
            "sign": pl.Int32,
            "body": pl.String,
            "asked": pl.Boolean,
            "tasks": pl.Int32,
            "notice": pl.Int32,
            "bar": pl.Float64,
        },
    )


def plain(made: pl.DataFrame) -> set[tuple[int, int, float, float, float]]:
    """What `kin.kin` is to give, by comparing all with all."""
    rows = [(row, bigrams(row["body"])) for row in made.to_dicts()]
    holders: dict[tuple[int, str], int] = defaultdict(int)
    for row, held in rows:
        for gram in held:
            holders[row["sign"], gram] += 1
    found = set()
    for one, held in rows:
        near = []
        for other, others in rows:
            shared = held & others
            lead = any(holders[one["sign"], gram] <= similarity.MAX_RARE_TEXTS for gram in shared)
            if one is not other and one["sign"] == other["sign"] and lead:
                cosine = len(shared) / (len(held) * len(others)) ** 0.5
                if cosine >= LEAST:
                    inside = (round(cosine, 6), len(shared) / len(held), len(shared) / len(others))
                    near.append((-inside[0], other["text_id"], other, inside))
        if not one["asked"]:
            kept = [rest for rest in near if rest[2]["asked"] and -rest[0] >= one["bar"]]
        else:
            listed, tasks = [], 0
            for rest in sorted(near, key=lambda rest: rest[:2]):
                listed += [rest] if tasks < MOST else []
                tasks += rest[2]["tasks"]
            firsts = {rest[2]["notice"]: rest[0] for rest in reversed(listed)}
            met = sorted(firsts.values())
            last = met[NOTICES - 1] if len(met) >= NOTICES else 0.0
            kept = [rest for rest in listed if rest[0] <= last]
        found |= {(one["text_id"], text_id, *inside) for _, text_id, _, inside in kept}
    return found


@pytest.mark.parametrize(
    ("asked", "frequent", "at_once", "sparse"),
    [
        (1.0, 300, 1 << 18, 64),
        (1.0, 4, 1 << 18, 0),
        (1.0, 300, 100, 64),
        (0.2, 300, 1 << 18, 0),
        (0.2, 6, 50, 64),
        (0.0, 300, 100, 64),
    ],
)
def test_the_likest_are_those_of_comparing_all_with_all(
    asked: float, frequent: int, at_once: int, sparse: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similarity, "SPARSE", sparse)
    monkeypatch.setattr(similarity, "FREQUENT", frequent)
    monkeypatch.setattr(similarity, "AT_ONCE", at_once)
    made = texts(160, asked=asked)
    found = similarity.top_similar_texts(made, least=LEAST, most=MOST, notices=NOTICES).rows()
    wanted = plain(made)
    assert len(found) == len(wanted)
    assert set(found) == wanted
    assert bool(wanted) == bool(asked)


def test_bigrams_that_many_texts_hold_are_counted_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "FREQUENT", 6)
    monkeypatch.setattr(similarity, "ROWS_OF_BITS", 30)
    made = texts(300, letters=3 * LETTERS[:14] + LETTERS).with_columns(sign=pl.lit(3, pl.Int32))
    cut = similarity.extract_bigrams(made)
    assert (cut.holders > similarity.MAX_RARE_TEXTS).sum() > 2 * similarity.WORD_BITS
    assert (
        set(similarity.top_similar_texts(made, least=LEAST, most=MOST, notices=NOTICES).rows()) == plain(made) != set()
    )


@pytest.mark.parametrize("number", [0, 1])
def test_none_and_one_text_have_no_kin(number: int) -> None:
    assert similarity.top_similar_texts(texts(number), least=LEAST, most=MOST, notices=NOTICES).height == 0
