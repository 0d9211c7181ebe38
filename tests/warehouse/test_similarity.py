"""The texts related to a text are those that the model finds by comparing every text with every other."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import polars as pl
import pytest

from tests.warehouse.test_task_similarity import bigrams
from warehouse.transform import similarity
from warehouse.transform.match_model import CANDIDATE_CONFIDENCE, RELATIONS, load_model
from warehouse.transform.match_reason import explain_pairs
from warehouse.transform.task_signals import PairedTexts, field_word_codes, read_signals

MAX_TASKS, MAX_NOTICES = 15, 4
WORDS = (
    *(
        "移风易俗",
        "婚事新办",
        "志愿服务",
        "学雷锋",
        "道德讲堂",
        "诚信",
        "红黑榜",
        "文明创建",
        "经费",
        "满意度",
        "公益广告",
    ),
    *(
        "宣传",
        "组织",
        "签订承诺书",
        "评选",
        "不少于次",
        "居民",
        "学生",
        "图片",
        "环境整洁",
        "年度",
        "单位",
        "热爱",
        "山水",
    ),
)


def make_texts(number: int, *, query_share: float = 1.0, words: int = 4, seed: int = 1) -> pl.DataFrame:
    rng = random.Random(seed)
    bodies = ["".join(rng.choices(WORDS, k=rng.randint(2, words))) for _ in range(number)]
    return pl.DataFrame(
        {
            "text_id": [7 + 2 * place for place in range(number)],
            "topic": [rng.choice(("integrity", "volunteering")) for _ in range(number)],
            "heading": [rng.choice(("", "", "法治建设", "诚信")) for _ in range(number)],
            "body": bodies,
            "is_query": [rng.random() < query_share for _ in range(number)],
            "tasks": [rng.randint(1, 3) for _ in range(number)],
            "notice": [rng.randint(1, 9) for _ in range(number)],
            "min_confidence": [rng.choice((0.0, 0.3, 0.5)) for _ in range(number)],
        },
        schema={
            "text_id": pl.Int32,
            "topic": pl.String,
            "heading": pl.String,
            "body": pl.String,
            "is_query": pl.Boolean,
            "tasks": pl.Int32,
            "notice": pl.Int32,
            "min_confidence": pl.Float64,
        },
    )


def compare_all(texts: pl.DataFrame) -> set[tuple[object, ...]]:
    """Return the expected rows of `top_related_texts`, by comparing all texts with all."""
    rows = texts.to_dicts()
    signals, model = read_signals(texts["body"], texts["topic"], texts["heading"]), load_model()
    tokens: list[set[object]] = [{*bigrams(row["body"])} for row in rows]
    words: list[set[object]] = [set() for _ in rows]
    for text, code in zip(*field_word_codes(signals), strict=True):
        words[text].add(int(code))
    holders: dict[object, int] = defaultdict(int)
    for pairs, found in zip(tokens, words, strict=True):
        for token in pairs | found:
            holders[token] += 1
    expected: set[tuple[object, ...]] = set()
    for a, text in enumerate(rows):
        candidates = []
        for b, other in enumerate(rows):
            shared, common = tokens[a] & tokens[b], words[a] & words[b]
            rare = any(holders[token] <= similarity.MAX_RARE_TEXTS for token in shared | common)
            cosine = len(shared) / (len(tokens[a]) * len(tokens[b])) ** 0.5
            if a == b or not rare or not (common or cosine >= 0.2):
                continue
            first, second = np.array([a]), np.array([b])
            insides = len(shared) / len(tokens[a]), len(shared) / len(tokens[b])
            observed = PairedTexts(first, second, np.array([cosine]), np.array([max(insides)]))
            sure = float(model.confidences(signals, observed)[0])
            if sure >= CANDIDATE_CONFIDENCE:
                (code,) = model.relations(signals, first, second, *(np.array([one]) for one in insides))
                (reason,) = explain_pairs(signals, first, second, np.array([round(cosine, 6)]))
                values = (round(cosine, 6), *insides, sure, RELATIONS[code], reason)
                candidates.append((-sure, other["text_id"], other, values))
        if not text["is_query"]:
            top = [pair for pair in candidates if pair[2]["is_query"] and -pair[0] >= text["min_confidence"]]
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


def top_related(texts: pl.DataFrame) -> list[tuple[object, ...]]:
    return similarity.top_related_texts(texts, max_tasks=MAX_TASKS, max_notices=MAX_NOTICES).rows()


@pytest.mark.parametrize(
    ("query_share", "max_rare_texts", "block_pairs", "sparse_ratio"),
    [
        (1.0, 4, 1 << 18, 0),
        (0.2, 6, 50, 64),
        pytest.param(1.0, 300, 1 << 18, 64, marks=pytest.mark.fuzz),
        pytest.param(1.0, 300, 100, 64, marks=pytest.mark.fuzz),
        pytest.param(0.2, 300, 1 << 18, 0, marks=pytest.mark.fuzz),
        pytest.param(0.0, 300, 100, 64, marks=pytest.mark.fuzz),
    ],
)
def test_the_top_texts_are_those_of_comparing_all_with_all(
    query_share: float, max_rare_texts: int, block_pairs: int, sparse_ratio: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similarity, "SPARSE_RATIO", sparse_ratio)
    monkeypatch.setattr(similarity, "MAX_RARE_TEXTS", max_rare_texts)
    monkeypatch.setattr(similarity, "BLOCK_PAIRS", block_pairs)
    texts = make_texts(80, query_share=query_share)
    rows, expected = top_related(texts), compare_all(texts)
    assert len(rows) == len(expected)
    assert set(rows) == expected
    assert bool(expected) == bool(query_share)


def test_common_bigrams_are_counted_in_as_many_words_as_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "MAX_RARE_TEXTS", 2)
    monkeypatch.setattr(similarity, "BITSET_BLOCK_ROWS", 30)
    texts = make_texts(200, words=9)
    holders = similarity.extract_bigrams(texts, read_signals(texts["body"], texts["topic"], texts["heading"])).holders
    assert (holders > similarity.MAX_RARE_TEXTS).sum() > 2 * similarity.WORD_BITS
    assert set(top_related(texts)) == compare_all(texts) != set()


@pytest.mark.parametrize("number", [0, 1])
def test_none_and_one_text_have_no_similar_texts(number: int) -> None:
    assert top_related(make_texts(number)) == []


def test_nothing_is_looked_for_where_nothing_is_asked() -> None:
    assert top_related(make_texts(9, query_share=0.0)) == []
