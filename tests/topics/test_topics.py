"""Topics: measured with one notice left out at a time, and on requirements of notices outside of the training."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log1p, sqrt
from pathlib import Path

import pytest

from extractors.topics import OTHER, Topic, classify, classify_with, indicator_texts, task_texts
from extractors.topics.model import SMOOTHING, load_model, ngrams, parse_counts, topic_slugs
from extractors.topics.phrases import phrase_scores, phrase_weights
from tests.topics.train import MODEL, REPORT, examples, left_out, model_text, report


def of_task(requirement: str | None, headings: list[str]) -> Topic:
    return classify([task_texts(requirement, headings)])[0]


def of_indicator(name: str, ancestors: list[str], children: list[str]) -> Topic:
    return classify([indicator_texts(name, ancestors, children)])[0]


def test_at_least_92_of_100_tasks_of_a_notice_left_out_are_right() -> None:
    found = left_out()
    assert len(found) > 750
    assert sum(example.topic == topic.slug for example, topic in found) / len(found) >= 0.92


def test_editions_of_one_notice_are_left_out_together() -> None:
    lines = {example.slug: example.line for example in examples()}
    assert lines["js-yancheng-2022"] == lines["js-yancheng-2023"] == "js-yancheng"
    assert len(set(lines.values())) == len(lines) - 1


def test_model_and_report_are_up_to_date() -> None:
    assert MODEL.read_text("utf-8") == model_text(examples())
    assert REPORT.read_text("utf-8") == report()


@pytest.mark.parametrize(
    ("requirement", "headings", "topic"),
    [
        ("每年组织职工志愿者开展学雷锋活动不少于6次。", ["社会责任"], "volunteering"),
        ("食堂张贴“光盘行动”提示牌，推行公筷公勺。", ["文明风尚"], "thrift_dining"),
        ("定期开展消防演练，无安全生产责任事故。", ["内部管理"], "safety_order"),
        ("建立党员干部婚丧喜庆事宜报备制度。", ["文明新风"], "customs_reform"),
        ("设立职工书屋，每季度举办一次读书分享会。", ["文化建设"], "reading"),
        ("与结对村签订帮扶协议，每年走访不少于4次。", ["城乡共建"], "pairing_assistance"),
        ("成立创建工作领导小组，年初有计划、年底有总结。", ["组织领导"], "creation_mechanism"),
        ("干部职工对创建工作的知晓率达到95%以上。", ["创建成效"], "mass_participation"),
        ("开展反邪教宣传，职工不参与封建迷信活动。", ["遵纪守法"], "science_spirit"),
        ("组织春节、清明、端午、中秋主题文化活动。", ["传统文化"], "festivals"),
        ("按要求完成。", ["文明交通"], "civil_traffic"),
        ("乡村学校少年宫每周开放不少于3次。", [], "minors"),
    ],
)
def test_requirements_of_other_notices(requirement: str, headings: list[str], topic: str) -> None:
    found = of_task(requirement, headings)
    assert found.slug == topic
    assert 0 < found.score <= 1


FOR_SCHOOLS = {
    "组织中学生开展学雷锋志愿服务，学生人均不少于10小时。": "volunteering",
    "学生签订诚信承诺书，开展学生诚信考试。": "integrity",
    "中小学校每学期向学生推荐优秀图书。": "reading",
    "学生食堂推行光盘行动。": "thrift_dining",
    "每学期组织学生参加消防演练。": "safety_order",
    "端午、中秋组织学生开展“我们的节日”活动。": "festivals",
    "建好乡村学校少年宫，学生每周活动2次。": "minors",
    "整治校园周边，禁止向学生售烟。": "minors",
    "未成年人一人一册。": "minors",
}
"""Tasks for pupils: most are about what they do, some about the pupils themselves."""


@pytest.mark.parametrize(("requirement", "topic"), FOR_SCHOOLS.items())
def test_the_people_of_a_whole_notice_do_not_tell_its_tasks_apart(requirement: str, topic: str) -> None:
    texts = [task_texts(each, []) for each in FOR_SCHOOLS]
    topics = classify(texts, ["未成年人思想道德建设任务表"] * len(texts))
    assert dict(zip(FOR_SCHOOLS, (found.slug for found in topics), strict=True))[requirement] == topic
    assert classify(texts)[[*FOR_SCHOOLS].index("学生食堂推行光盘行动。")].slug == "thrift_dining"


def test_the_people_count_less_by_the_title_or_by_the_share_of_tasks() -> None:
    asked = task_texts("学生家长满意度测评。", ["学生工作"])
    others = [task_texts("开展消防演练。", [])] * 30
    alone, titled = classify([asked])[0], classify([asked], ["中小学文明校园测评细则"])[0]
    among_few, among_many = classify([asked, *others])[0], classify([asked] * 10 + others[:20])[0]
    assert alone.slug == among_few.slug == "minors"
    assert titled.slug == among_many.slug == "mass_participation"
    assert among_few == alone


def test_a_notice_of_other_people_keeps_its_tasks_for_pupils() -> None:
    texts = [task_texts("开展消防演练。", [])] * 9 + [task_texts("关爱未成年人，组织儿童暑期活动。", [])]
    assert classify(texts, ["文明单位任务清单"] * 10)[-1].slug == "minors"


def test_a_text_without_content_has_no_topic() -> None:
    for text in (None, "", "按要求完成", "W175 PT", "一二三"):
        assert of_task(text, []).slug == OTHER
    empty, safety = [(None, 1.0)], [("开展消防演练", 1.0)]
    found = classify([empty, safety, empty], ["志愿服务任务清单", "志愿服务任务清单", None])
    assert [topic.slug for topic in found] == ["volunteering", "safety_order", OTHER]
    assert classify([]) == []


def test_a_heading_is_classified_with_its_children() -> None:
    assert of_indicator("诚信建设", [], []).slug == "integrity"
    below = ["组织志愿服务活动4次", "注册志愿者比例达到80%"]
    assert of_indicator("专项工作", ["重点项目"], below).slug == "volunteering"
    assert of_indicator("一", [], []).slug == OTHER


def test_a_longer_phrase_hides_the_shorter_one_inside() -> None:
    assert set(phrase_scores(["网络文明志愿者"])[0]) == {"online_civility"}


def test_phrases_are_found_text_by_text() -> None:
    texts = ["志愿服务", "", "网络", "文明志愿者", "志愿\n服务", "一"]
    assert phrase_scores(texts) == [phrase_scores([text])[0] for text in texts]
    assert phrase_scores(texts)[4] == phrase_scores(["志愿服务"])[0] != {}
    assert phrase_scores([]) == []


def phrases() -> Iterator[tuple[str, str]]:
    for phrase, listed in phrase_weights().items():
        for topic, _ in listed:
            yield phrase, topic


def test_every_phrase_belongs_to_a_listed_topic() -> None:
    for phrase, topic in phrases():
        assert topic in topic_slugs(), phrase
        assert 2 <= len(phrase) <= 16
        assert phrase == phrase.strip()


def test_the_product_reads_no_gold_data() -> None:
    for path in (Path(__file__).parents[2] / "extractors").rglob("*.py"):
        assert "gold" not in path.read_text("utf-8"), path


def test_the_longer_of_two_phrases_is_the_one_found() -> None:
    longer = [
        phrase for phrase in phrase_weights() if any(phrase[:n] in phrase_weights() for n in range(2, len(phrase)))
    ]
    assert longer
    for long in longer:
        assert set(phrase_scores([long])[0]) == {topic for topic, _ in phrase_weights()[long]}


def plain_sums(text: str) -> tuple[int, list[float]]:
    """Gram by gram, by the definition of the model's file."""
    counts = parse_counts(MODEL.read_text("utf-8"))
    everything = sum(sum(of.values()) for of in counts.values())
    known = [gram for gram in dict.fromkeys(ngrams(text)) if any(gram in of for of in counts.values())]
    added = [0.0] * len(topic_slugs())
    for gram in known:
        background = sum(of.get(gram, 0) for of in counts.values())
        for place, of in enumerate(counts.values()):
            added[place] += log1p(of.get(gram, 0) * everything / (SMOOTHING * background))
    return len(known), added


def test_ngrams_are_summed_text_by_text() -> None:
    texts = ["开展志愿服务活动，弘扬志愿精神", "", "志愿服务志愿服务", "PT 8", "\U00020000龘龘", "志愿服务"]
    known, added = load_model().sums(texts)
    for text, n, sums in zip(texts, known.tolist(), added.tolist(), strict=True):
        expected, plain = plain_sums(text)
        assert n == expected
        assert sums == pytest.approx(plain)
    assert known.tolist()[1::2] == [0, 0, known[5]]
    assert known[5] > 0


def test_texts_add_up_by_their_weights() -> None:
    weighted = [("志愿服务", 0.4), (None, 1.0), ("一次", 0.25)]
    (n, added), (m, more) = plain_sums("志愿服务"), plain_sums("一次")
    mass = 0.4 * n + 0.25 * m
    model = load_model()
    scores_of_phrases = phrase_scores(["志愿服务"])[0]
    votes = [0.4 * scores_of_phrases.get(topic, 0.0) for topic in topic_slugs()]
    scores = [
        (base * mass + 0.4 * a + 0.25 * b) / sqrt(mass + 1) + vote
        for base, a, b, vote in zip(model.base, added, more, votes, strict=True)
    ]
    scores[topic_slugs().index(OTHER)] = 0.0
    best = max(scores)
    found = classify_with([[], weighted, []], model)
    assert found[1].slug == topic_slugs()[scores.index(best)] == "volunteering"
    assert found[1].score == pytest.approx(1 / sum(exp(0.55 * (score - best)) for score in scores))
    assert found[0] == found[2] == Topic(OTHER, 0.0)


def test_many_items_are_classified_as_each_alone() -> None:
    given = [[(text, 1.0)] for text in ("志愿服务", "消防演练", "一", "读书分享会")]
    one_by_one = [classify([item])[0] for item in given]
    assert len({topic.slug for topic in one_by_one}) == 4
    assert classify(given * 200) == one_by_one * 200
