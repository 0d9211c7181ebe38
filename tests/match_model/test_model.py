"""The model tells tasks that ask for the same, also in other words, from those that only share their words."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from tests.match_model.samples import Sample, observe, rarities, sample_of, shared_bigrams
from tests.match_model.train import TARGET, confidences, fit_relation, read_decisions, read_samples
from tests.match_model.truth import gold_pairs, gold_tasks, read_rows
from warehouse.transform import match_model, similarity, task_words
from warehouse.transform.match_between import match_between
from warehouse.transform.match_model import ANSWER_CONFIDENCE, CANDIDATE_CONFIDENCE, load_model
from warehouse.transform.task_signals import VALUE_NAMES, PairedTexts, read_signals
from warehouse.transform.task_words import letters, load_meanings

FITTED = json.loads(TARGET.read_text("utf-8"))


def sure(first: str, second: str, topic: str = "other") -> float:
    return float(confidences(FITTED, [Sample(first, second, topic, topic, True)])[0])


def test_held_out_pairs_are_found_and_look_alikes_fall() -> None:
    pairs = gold_pairs(held_out=True)
    found = confidences(FITTED, [sample_of(pair) for pair in pairs]) >= ANSWER_CONFIDENCE
    related = np.array([pair.is_related for pair in pairs])
    assert found[related].mean() >= 0.65
    assert related[found].mean() >= 0.85


def test_hardly_a_held_out_pair_is_not_even_a_candidate() -> None:
    related = [sample_of(pair) for pair in gold_pairs(held_out=True) if pair.is_related]
    assert (confidences(FITTED, related) >= CANDIDATE_CONFIDENCE).mean() >= 0.9


def test_of_twenty_paraphrases_beside_look_alikes_sixteen_are_the_best_and_two_at_most_are_wrong() -> None:
    rows = read_rows("paraphrases.csv")
    tasks = [
        {"task_id": f"{number}-{name}", "notice_id": "a" if name == "text" else f"{number}-{name}", "body": row[name]}
        for number, row in enumerate(rows)
        for name in ("text", "paraphrase", "distractor")
    ]
    frame = pl.DataFrame(tasks).with_columns(
        pl.col("body").map_elements(letters, return_dtype=pl.String), topic=pl.lit("other"), heading=pl.lit("")
    )
    matched = match_between(frame).filter(pl.col("notice_a") == "a")
    best = matched.sort("confidence", descending=True).unique("task_a", keep="first", maintain_order=True)
    pairs = best.select("task_a", "task_b").rows()
    right = sum(b == a.replace("text", "paraphrase") for a, b in pairs)
    assert right >= 16
    assert sum("distractor" in b for _, b in pairs) <= 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("倡导婚事新办、丧事简办", "红白喜事不大操大办"),
        ("开展学雷锋活动不少于4次", "每季度组织一次志愿服务"),
        ("弘扬好家风", "开展最美家庭寻找活动，讲好家训故事"),
        ("食堂开展光盘行动", "就餐场所提倡按需取餐、反对浪费"),
        ("建立红黑榜", "公布失信名单，落实联合惩戒"),
        ("建设职工书屋", "设立图书角、阅览室，供干部职工阅读"),
    ],
)
def test_the_same_in_other_words_is_a_candidate_at_least(first: str, second: str) -> None:
    assert shared_bigrams(first, second)[0] < similarity.MIN_COSINE
    assert sure(first, second) >= CANDIDATE_CONFIDENCE


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("签订移风易俗承诺书，签订率达到100%", "签订诚信经营承诺书，签订率达到100%"),
        ("将精神文明建设经费列入年度预算", "将未成年人心理健康经费列入年度预算"),
        ("每季度开展一次文明交通志愿服务", "每季度开展一次消防安全检查"),
        ("举办道德讲堂不少于4期", "举办读书分享会不少于4期"),
        ("设置核心价值观公益广告不少于8处", "设置垃圾分类投放点不少于8处"),
        ("开展垃圾分类宣传，知晓率达到90%", "开展反诈骗宣传，知晓率达到90%"),
    ],
)
def test_a_look_alike_is_no_answer(first: str, second: str) -> None:
    assert shared_bigrams(first, second)[0] > 0.3
    assert sure(first, second) < ANSWER_CONFIDENCE


def test_texts_whose_words_nobody_knows_are_the_same_where_their_letters_are() -> None:
    text = "开展蒲公英行动，走进田埂支教"
    assert sure(text, text.replace("，", "、3")) == match_model.SAME_TEXT_CONFIDENCE
    assert sure(text, text + "，每年2次") >= ANSWER_CONFIDENCE
    assert sure(text, "推行河湖长制，巡河每旬一次") < ANSWER_CONFIDENCE / 2


def test_confidence_and_relation_do_not_depend_on_the_order() -> None:
    pairs = [sample_of(pair) for pair in gold_pairs(held_out=False)]
    swapped = [
        Sample(one.second, one.first, one.topic_b, one.topic_a, True, heading_a=one.heading_b, heading_b=one.heading_a)
        for one in pairs
    ]
    there, back = observe(pairs), observe(swapped)
    model = load_model()
    assert (model.confidences(there.signals, there.pairs) == model.confidences(back.signals, back.pairs)).all()
    relations = [
        model.relations(one.signals, one.pairs.first, one.pairs.second, one.inside_a, one.inside_b)
        for one in (there, back)
    ]
    assert (np.array([0, 2, 1, 3])[relations[0]] == relations[1]).all()


def test_the_file_holds_what_the_command_fits() -> None:
    bounds = fit_relation(gold_pairs(held_out=False))
    assert FITTED["relation"] == {"parts": bounds.parts, "inside": bounds.inside, "equal": bounds.equal}
    assert FITTED["rarity"] == rarities([task.text for task in gold_tasks().values()])
    assert list(FITTED["weights"]) == list(VALUE_NAMES)
    assert len(read_samples()) == 100 + len(read_rows("answers.csv"))


def test_a_subject_comes_from_the_heading_where_the_text_names_none() -> None:
    bodies, topics = pl.Series(["活动图片张以上", "活动图片张以上"]), pl.Series(["other", "other"])
    signals = read_signals(bodies, topics, pl.Series(["移风易俗", "诚信建设"]))
    matter = load_meanings()["matter"].names
    assert [matter[int(bits).bit_length() - 1] for bits in signals.bits["matter"][:, 0]] == ["移风易俗", "诚信"]
    pair = PairedTexts(np.array([0]), np.array([1]), np.array([0.9]), np.array([0.9]))
    assert load_model().confidences(signals, pair)[0] < ANSWER_CONFIDENCE


@pytest.mark.parametrize("phrase", ["24字", "扣", "“”", "8次"])
def test_a_phrase_that_is_not_compared_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="task_words"):
        task_words.read_meanings({"某事": [phrase]})


def test_decisions_of_people_teach(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            CREATE SCHEMA core; CREATE SCHEMA ops;
            CREATE TABLE core.files AS FROM (VALUES ('f1', '甲.docx'), ('f2', '乙.docx')) AS f(file_id, source_path);
            CREATE TABLE core.notices AS FROM (VALUES ('n1', 'f1'), ('n2', 'f2')) AS n(notice_id, file_id);
            CREATE TABLE core.indicators AS FROM (VALUES ('i1', '移风易俗（2分）')) AS i(indicator_id, name);
            CREATE TABLE core.tasks AS FROM (VALUES
                ('t1', 'n1', '表1 第1行', 'i1', '年度总结', NULL, NULL),
                ('t2', 'n2', '表1 第1行', NULL, '红白事简办', NULL, 'customs_reform'))
                AS t(task_id, notice_id, locator, indicator_id, requirement, criteria, topic);
            CREATE TABLE ops.counterpart_reviews AS FROM (VALUES
                (1, '甲.docx', '表1 第1行', '乙.docx', '表1 第1行', 'overlap'),
                (2, '甲.docx', '表1 第1行', '乙.docx', '表1 第1行', 'unrelated'))
                AS r(line, file_a, locator_a, file_b, locator_b, relation);
            """
        )
    assert read_decisions(path) == [
        Sample("年度总结", "红白事简办", "other", "customs_reform", False, heading_a="移风易俗分")
    ]
