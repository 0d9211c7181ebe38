"""The most similar texts of a topic are those of comparing every text with every other."""

from __future__ import annotations

import random
from collections import defaultdict

import polars as pl
import pytest

from tests.warehouse.test_task_similarity import bigrams
from warehouse.transform import similarity

MIN_COSINE, MAX_TASKS, MAX_NOTICES = 0.2, 15, 4
LETTERS = "文明单位创建志愿服务环境卫生道德讲堂宣传教育"


def make_texts(number: int, *, query_share: float = 1.0, letters: str = LETTERS, seed: int = 1) -> pl.DataFrame:
    rng = random.Random(seed)
    bodies = ["".join(rng.choices(letters, k=rng.randint(4, 14))) for _ in range(number)]
    return pl.DataFrame(
        {
            "text_id": [7 + 2 * place for place in range(number)],
            "topic_id": sorted(rng.choice((1, 2, 5)) for _ in range(number)),
            "body": bodies,
            "is_query": [rng.random() < query_share for _ in range(number)],
            "tasks": [rng.randint(1, 3) for _ in range(number)],
            "notice": [rng.randint(1, 9) for _ in range(number)],
            "min_similarity": [rng.choice((0.0, 0.3, 0.5)) for _ in range(number)],
        },
        schema={
            "text_id": pl.Int32,
            "topic_id": pl.Int32,
            "body": pl.String,
            "is_query": pl.Boolean,
            "tasks": pl.Int32,
            "notice": pl.Int32,
            "min_similarity": pl.Float64,
        },
    )


def compare_all(texts: pl.DataFrame) -> set[tuple[int, int, float, float, float]]:
    """Return the expected rows of `top_similar_texts`, by comparing all texts with all."""
    rows = [(row, bigrams(row["body"])) for row in texts.to_dicts()]
    holders: dict[tuple[int, str], int] = defaultdict(int)
    for row, grams in rows:
        for gram in grams:
            holders[row["topic_id"], gram] += 1
    expected = set()
    for text, grams in rows:
        candidates = []
        for other, other_grams in rows:
            shared = grams & other_grams
            has_rare = any(holders[text["topic_id"], gram] <= similarity.MAX_RARE_TEXTS for gram in shared)
            if text is not other and text["topic_id"] == other["topic_id"] and has_rare:
                cosine = len(shared) / (len(grams) * len(other_grams)) ** 0.5
                if cosine >= MIN_COSINE:
                    values = (round(cosine, 6), len(shared) / len(grams), len(shared) / len(other_grams))
                    candidates.append((-values[0], other["text_id"], other, values))
        if not text["is_query"]:
            top = [pair for pair in candidates if pair[2]["is_query"] and -pair[0] >= text["min_similarity"]]
        else:
            listed, tasks = [], 0
            for pair in sorted(candidates, key=lambda pair: pair[:2]):
                listed += [pair] if tasks < MAX_TASKS else []
                tasks += pair[2]["tasks"]
            best = {pair[2]["notice"]: pair[0] for pair in reversed(listed)}
            notices = sorted(best.values())
            last = notices[MAX_NOTICES - 1] if len(notices) >= MAX_NOTICES else 0.0
            top = [pair for pair in listed if pair[0] <= last]
        expected |= {(text["text_id"], text_id, *values) for _, text_id, _, values in top}
    return expected


def top_similar(texts: pl.DataFrame) -> list[tuple[object, ...]]:
    return similarity.top_similar_texts(
        texts, min_cosine=MIN_COSINE, max_tasks=MAX_TASKS, max_notices=MAX_NOTICES
    ).rows()


@pytest.mark.parametrize(
    ("query_share", "max_rare_texts", "block_pairs", "sparse_ratio"),
    [
        (1.0, 300, 1 << 18, 64),
        (1.0, 4, 1 << 18, 0),
        (1.0, 300, 100, 64),
        (0.2, 300, 1 << 18, 0),
        (0.2, 6, 50, 64),
        (0.0, 300, 100, 64),
    ],
)
def test_the_top_texts_are_those_of_comparing_all_with_all(
    query_share: float, max_rare_texts: int, block_pairs: int, sparse_ratio: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similarity, "SPARSE_RATIO", sparse_ratio)
    monkeypatch.setattr(similarity, "MAX_RARE_TEXTS", max_rare_texts)
    monkeypatch.setattr(similarity, "BLOCK_PAIRS", block_pairs)
    texts = make_texts(160, query_share=query_share)
    rows, expected = top_similar(texts), compare_all(texts)
    assert len(rows) == len(expected)
    assert set(rows) == expected
    assert bool(expected) == bool(query_share)


def test_common_bigrams_are_counted_in_as_many_words_as_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "MAX_RARE_TEXTS", 6)
    monkeypatch.setattr(similarity, "BITSET_BLOCK_ROWS", 30)
    texts = make_texts(300, letters=3 * LETTERS[:14] + LETTERS).with_columns(topic_id=pl.lit(3, pl.Int32))
    holders = similarity.extract_bigrams(texts).holders
    assert (holders > similarity.MAX_RARE_TEXTS).sum() > 2 * similarity.WORD_BITS
    assert set(top_similar(texts)) == compare_all(texts) != set()


@pytest.mark.parametrize("number", [0, 1])
def test_none_and_one_text_have_no_similar_texts(number: int) -> None:
    assert top_similar(make_texts(number)) == []
