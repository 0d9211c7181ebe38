"""Every notebook on warehouses of every kind: what it draws, what it says below, what it says where it has nothing."""

from __future__ import annotations

import html
import importlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from notebooks import NOTEBOOKS, helpers
from notebooks.export_figures import collect_figures
from tests import asking
from warehouse.questions import QuestionFilters, answer, get_question

pytest.importorskip("marimo", reason="extra explore is not installed")
pytest.importorskip("altair", reason="extra explore is not installed")

Warehouses = Callable[[str], Path]
CHINESE = re.compile(r"[一-鿿]")
FIGURES = {
    "总览": 4,
    "评分体系比较": 3,
    "权重与假设": 3,
    "责任分布": 4,
    "材料与时限": 4,
    "一个单位一张清单": 2,
    "指标对照": 3,
    "版本变化": 2,
    "问题与出处": 3,
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a notebook shows: its figures by variable, and all words of its other outputs."""

    charts: dict[str, dict[str, Any]]
    words: str


@pytest.fixture(scope="session")
def opened(warehouses: Warehouses) -> Callable[[str, str], Page]:
    """A notebook on the warehouse of a kind; each is run once per worker."""

    @cache
    def page(name: str, kind: str) -> Page:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WENMING_WAREHOUSE", str(warehouses(kind)))
            outputs, defined = importlib.import_module(f"notebooks.{name}").app.run()
        with closing(defined["con"]):
            charts = {k: json.loads(defined[k].to_json()) for k in defined if k.startswith("chart_") and defined[k]}
        return Page(charts, "\n".join(item.text for item in outputs if hasattr(item, "text")))

    return page


def ask(path: Path, query: str) -> list[tuple[Any, ...]]:
    return asking.rows(path, query)


def below(chart: dict[str, Any]) -> str:
    """The lines below the title of a figure."""
    return "".join(chart["title"]["subtitle"])


def titles(spec: object) -> Iterator[str]:
    """Every title of an axis, legend or header."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key == "title" and isinstance(value, str):
                yield value
            elif key != "datasets":
                yield from titles(value)
    elif isinstance(spec, list):
        for item in spec:
            yield from titles(item)


def test_the_list_names_every_notebook(repository: Path) -> None:
    pages = {path.stem for path in (repository / "notebooks").glob("*.py") if CHINESE.search(path.stem)}
    assert pages == set(NOTEBOOKS) == set(FIGURES)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_figures_are_chinese_and_say_notices_and_date(
    opened: Callable[[str, str], Page], warehouses: Warehouses, name: str
) -> None:
    page = opened(name, "full")
    labels = dict(ask(warehouses("full"), "SELECT notice_id, label FROM mart.notice_labels"))
    (day,) = ask(warehouses("full"), "SELECT DISTINCT (ingested_at + INTERVAL 8 HOUR)::DATE FROM core.files")[0]
    assert len(page.charts) == FIGURES[name]
    for chart in page.charts.values():
        assert CHINESE.search(chart["title"]["text"])
        assert any(label in below(chart) for label in labels.values())
        assert "印发日期：" in below(chart)
        assert f"数据入库日期：{day}" in below(chart)
        assert all(CHINESE.search(title) for title in titles(chart)), list(titles(chart))
        assert chart["config"]["font"].startswith("Noto Sans CJK SC")
    assert "数据仓库：" in page.words


def test_a_name_of_a_slope_is_tied_to_its_point(opened: Callable[[str, str], Page]) -> None:
    layers = opened("权重与假设", "full").charts["chart_slope"]["layer"]
    names = [layer for layer in layers if layer["mark"]["type"] == "text"]
    rules = [layer for layer in layers if layer["mark"]["type"] == "rule"]
    assert len(rules) == len(names) == 2
    for rule, name in zip(rules, names, strict=True):
        assert (rule["encoding"]["y"]["field"], rule["encoding"]["y2"]["field"]) == (
            "占比",
            name["encoding"]["y"]["field"],
        )
        # The line ends just before the name.
        assert 0 < abs(name["mark"]["dx"]) - abs(rule["mark"]["x2Offset"]) < 4


@pytest.mark.export
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_without_notices_it_says_so(opened: Callable[[str, str], Page], name: str) -> None:
    page = opened(name, "empty")
    assert page.charts == {}
    assert "数据仓库里还没有通知。请把通知放入 raw 文件夹，运行 wenming build" in page.words
    assert page.words.count("wenming-note") >= 1 + FIGURES[name]


@pytest.mark.export
@pytest.mark.parametrize(("kind", "words"), [("absent", "还没有数据仓库"), ("damaged", "数据仓库文件无法读取")])
def test_a_warehouse_that_cannot_be_used_is_named(opened: Callable[[str, str], Page], kind: str, words: str) -> None:
    page = opened("总览", kind)
    assert page.charts == {}
    assert words in page.words


@pytest.mark.export
def test_tasks_of_the_same_words_are_listed_apart(opened: Callable[[str, str], Page]) -> None:
    words = opened("材料与时限", "twins").words
    assert words.count("2021-10-31</td>") == 2
    assert "办公室、人事科" not in words


ALONE = {
    ("评分体系比较", "one"): "相似度至少要有两份可比的通知",
    ("权重与假设", "one"): "换用权重需要两份写明分值的不同通知",
    ("责任分布", "bare"): "没有写明责任单位",
    ("材料与时限", "bare"): "没有可以落到日期的时限",
    ("一个单位一张清单", "bare"): "没有写明责任单位",
    ("指标对照", "one"): "没有对应的任务",
    ("版本变化", "one"): "只有一个版本",
    ("问题与出处", "one"): "没有标明可核对的分值",
}


@pytest.mark.export
@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.parametrize("kind", ["one", "bare"])
def test_one_notice_alone(opened: Callable[[str, str], Page], warehouses: Warehouses, name: str, kind: str) -> None:
    page = opened(name, kind)
    ((label,),) = ask(warehouses(kind), "SELECT label FROM mart.notice_labels")
    assert all(f"通知：{label}" in below(chart) for chart in page.charts.values())
    assert page.words.count("wenming-note") >= 1 + FIGURES[name] - len(page.charts)
    assert ALONE.get((name, kind), "数据仓库：") in page.words


def rows(chart: dict[str, Any], column: str) -> list[dict[str, Any]]:
    """The rows of a figure's data that have `column`."""
    return [row for data in chart["datasets"].values() for row in data if column in row]


def test_figures_hold_the_numbers_of_the_warehouse(opened: Callable[[str, str], Page], warehouses: Warehouses) -> None:
    path = warehouses("full")
    charts = opened("总览", "full").charts["chart_tasks"]
    assert sum(row["任务数"] for row in rows(charts, "任务数")) == ask(path, "SELECT count(*) FROM core.tasks")[0][0]

    charts = opened("评分体系比较", "full").charts["chart_weights"]
    shares = {
        (label, topic): share
        for label, topic, share in ask(
            path,
            "SELECT l.label, t.name, w.share FROM mart.topic_weights AS w JOIN mart.topics AS t USING (topic) "
            "JOIN mart.notice_labels AS l USING (notice_id)",
        )
    }
    heat = rows(charts, "占比")
    assert heat
    for row in heat:
        label = row["通知"].replace("\n", "").replace(" ", "")
        match = [
            share for (name, topic), share in shares.items() if (name.replace(" ", ""), topic) == (label, row["主题"])
        ]
        assert row["占比"] == pytest.approx(float(match[0]))


def test_lorenz_curve_bends_as_the_gini_says(opened: Callable[[str, str], Page], warehouses: Warehouses) -> None:
    charts = rows(opened("责任分布", "full").charts["chart_lorenz"], "通知")
    gini = dict(
        ask(
            warehouses("full"),
            "SELECT l.label, c.gini FROM mart.responsibility_concentration AS c "
            "JOIN mart.notice_labels AS l USING (notice_id) WHERE l.is_current",
        )
    )
    curves = {row["通知"] for row in charts}
    assert curves == set(gini)
    for label in curves:
        curve = sorted((row["单位占比"], row["责任占比"]) for row in charts if row["通知"] == label)
        area = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(curve))
        assert curve[-1] == pytest.approx((1, 1))
        assert 1 - 2 * area == pytest.approx(gini[label], abs=1e-6)


def test_names_of_persons_are_hidden_at_first(opened: Callable[[str, str], Page], warehouses: Warehouses) -> None:
    page = opened("责任分布", "full")
    label = re.search(r"通知：(.*?)印发日期", below(page.charts["chart_people"]))
    assert label is not None
    people = ask(
        warehouses("full"),
        f"SELECT person FROM mart.person_load JOIN mart.notice_labels USING (notice_id) WHERE label = '{label[1]}'",
    )
    assert people
    message = json.dumps(page.charts, ensure_ascii=False) + page.words
    assert not [person for (person,) in people if person in message]
    assert "第 1 位" in message


def test_the_changes_of_two_editions(opened: Callable[[str, str], Page]) -> None:
    page = opened("版本变化", "full")
    changed = {row["变化"]: row["处数"] for row in rows(page.charts["chart_changes"], "变化")}
    assert changed["分值变化"] == 1
    assert {"新增", "删去"} <= set(changed) or "文字改动" in changed
    points = {row["增减"] for row in rows(page.charts["chart_topics"], "增减")}
    assert 2.0 in points


def test_pictures_come_in_the_order_of_the_page(warehouses: Warehouses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENMING_WAREHOUSE", str(warehouses("full")))
    charts = collect_figures("评分体系比较")
    assert [picture.title for picture in charts] == [
        "各通知的主题分值占比",
        "评分体系的相似度（分值结构）",
        "各测评方法的比重",
    ]
    assert all(json.loads(picture.spec)["datasets"] for picture in charts)


@pytest.mark.parametrize(
    ("name", "needs", "numbers"),
    [
        ("责任分布", "tasks_with_party", (12, 13, 14)),
        ("评分体系比较", "points", (1, 5, 23)),
        ("材料与时限", "tasks", (19, 20)),
        ("指标对照", "tasks", (3,)),
        ("问题与出处", "tasks", (7,)),
    ],
)
def test_what_a_question_concludes_is_told_in_its_words(
    opened: Callable[[str, str], Page], warehouses: Warehouses, name: str, needs: str, numbers: tuple[int, ...]
) -> None:
    path = warehouses("full")
    words = html.unescape(opened(name, "full").words)
    chosen = tuple(
        row[0] for row in ask(path, f"SELECT notice_id FROM mart.notice_labels WHERE {needs} > 0 AND is_current")
    )
    assert 0 < len(chosen) <= helpers.INITIAL_NOTICES
    for number in numbers:
        others = chosen if "other" in get_question(number).parameters else ()
        found = answer(path, number, QuestionFilters(notice=chosen, other=others), today=date.min)
        assert found.question.title in words
        assert (found.conclusion or found.message) in words
