"""Search, filters, lists of notices: what is found, what is counted, what is said where nothing is found."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import httpx
import pytest

from tests.explorer.conftest import Ask
from warehouse.explorer import queries
from warehouse.explorer.rendering import make_excerpt, mark_words
from warehouse.explorer.search_params import SearchFilter, parse_number, split_words
from warehouse.formatting import format_number, format_percent

COUNT = re.compile(r'class="count" role="status">共 ([\d,]+)')


def get(web: httpx.Client, path: str, **parameters: str) -> str:
    response = web.get(path, params=parameters)
    assert response.status_code == 200, response.text[:2000]
    return html.unescape(response.text)


def found(page: str) -> int:
    count = COUNT.search(page)
    assert count is not None
    return int(count[1].replace(",", ""))


def task_ids(page: str) -> set[str]:
    return set(re.findall(r'href="/task/([^"#?]+)"', page))


def test_the_start_page_counts_and_lists(web: httpx.Client, ask: Ask) -> None:
    page = get(web, "/")
    ((notices, tasks),) = ask("SELECT (SELECT count(*) FROM core.notices), (SELECT count(*) FROM core.tasks)")
    assert f"仓库现有通知 {notices} 份、任务 {tasks} 条" in page
    for label, current in ask("SELECT label, is_current FROM mart.notice_labels"):
        assert (f">{label}</a>" in page) is current
    for (name,) in ask("SELECT DISTINCT p.name FROM core.tasks AS t JOIN mart.topics AS p USING (topic)"):
        assert name in page


def test_a_word_is_found_inside_chinese_text_and_marked(web: httpx.Client, ask: Ask) -> None:
    page = get(web, "/", q="志愿服务")
    ((expected,),) = ask(
        "SELECT count(*) FROM core.tasks JOIN core.notices USING (notice_id) WHERE is_current AND contains("
        "concat_ws('|', requirement, criteria, scoring, evidence, deadline, remark), '志愿服务')"
    )
    assert found(page) == expected
    assert page.count("<mark>志愿服务</mark>") >= 30


def test_several_words_must_all_occur(web: httpx.Client, ask: Ask) -> None:
    page = get(web, "/", q="志愿服务 报告")
    ((expected,),) = ask(
        "SELECT count(*) FROM core.tasks JOIN core.notices USING (notice_id) WHERE is_current AND "
        "contains(concat_ws('|', requirement, criteria, scoring, evidence, deadline, remark), '志愿服务') AND "
        "contains(concat_ws('|', requirement, criteria, scoring, evidence, deadline, remark), '报告')"
    )
    assert found(page) == expected > 0
    assert found(get(web, "/", q="报告，志愿服务")) == expected


def test_hits_in_the_requirement_come_first(web: httpx.Client, ask: Ask) -> None:
    page = get(web, "/", q="志愿服务", place="华容")
    before, band, after = page.partition("只在评价标准、材料等其他栏目中提到")
    assert band
    requirements: dict[str, str | None] = dict(ask("SELECT task_id, requirement FROM core.tasks"))
    assert task_ids(before)
    assert all("志愿服务" in (requirements[item] or "") for item in task_ids(before))
    assert task_ids(after)
    assert not any("志愿服务" in (requirements[item] or "") for item in task_ids(after))


CONDITIONS: Mapping[str, tuple[str, str]] = {
    "place": ("淄博", "contains(concat_ws('', n.province, n.city, n.county), '淄博')"),
    "unit": ("审计局", "contains(n.issuer, '审计局')"),
    "department": ("办公室", "EXISTS (FROM core.task_parties AS p WHERE p.task_id = t.task_id AND p.party = '办公室')"),
    "person": ("戴芳乐", "contains(array_to_string(t.persons, '、'), '戴芳乐') OR contains(t.leader, '戴芳乐')"),
    "theme": ("volunteering", "t.topic = 'volunteering'"),
    "month": (
        "2021-03",
        "EXISTS (FROM mart.due_days AS d WHERE d.task_id = t.task_id AND strftime(d.due_on, '%Y-%m') = '2021-03')",
    ),
    "method": ("材料审核", "list_contains(t.methods, '材料审核')"),
    "evidence": ("photo", "EXISTS (FROM core.task_evidence AS e WHERE e.task_id = t.task_id AND e.kind = 'photo')"),
    "bonus": ("yes", "t.bonus"),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_each_filter(web: httpx.Client, ask: Ask, name: str) -> None:
    value, condition = CONDITIONS[name]
    ((expected,),) = ask(
        "SELECT count(*) FROM core.tasks AS t JOIN core.notices AS n USING (notice_id) "
        f"WHERE is_current AND ({condition})"
    )
    assert expected > 0
    page = get(web, "/", **{name: value})
    assert found(page) == expected
    assert 'aria-label="去掉条件' in page


def test_part_of_a_department_finds_every_department_with_it(web: httpx.Client, ask: Ask) -> None:
    ((expected,),) = ask(
        "SELECT count(DISTINCT task_id) FROM core.task_parties JOIN core.tasks USING (task_id) "
        "JOIN core.notices USING (notice_id) WHERE contains(party, '办公') AND is_current"
    )
    assert found(get(web, "/", department="办公")) == expected


def test_a_notice_and_an_indicator(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    (indicator, expected), *_ = ask(
        "SELECT i.parent_id, count(*) FROM core.tasks AS t JOIN core.indicators AS i USING (indicator_id) "
        "WHERE t.notice_id = ? AND i.parent_id IS NOT NULL GROUP BY 1 ORDER BY 2 DESC",
        labels["zibo"],
    )
    assert found(get(web, "/", notice=labels["zibo"], indicator=indicator)) >= expected
    ((tasks,),) = ask("SELECT count(*) FROM core.tasks WHERE notice_id = ?", labels["huarong"])
    assert found(get(web, "/", notice=labels["huarong"])) == tasks


def test_older_editions_only_on_request(web: httpx.Client, labels: Mapping[str, str]) -> None:
    assert found(get(web, "/", q="每季度开展一次志愿服务活动")) == 1
    assert found(get(web, "/", q="每季度开展一次志愿服务活动", editions="all")) == 2
    old = labels["甲州2021"]
    assert found(get(web, "/", q="每季度开展一次志愿服务活动", notice=old)) == 1
    assert "这是旧版" in get(web, f"/notice/{old}")


def test_indicators_have_a_list_of_their_own(web: httpx.Client, ask: Ask) -> None:
    page = get(web, "/", q="志愿", kind="indicators")
    ((expected,),) = ask(
        "SELECT count(*) FROM core.indicators JOIN core.notices USING (notice_id) "
        "WHERE is_current AND (contains(name, '志愿') OR contains(code, '志愿'))"
    )
    assert found(page) == expected > 0
    assert "?indicator=" in page
    assert "所用条件只针对任务" in get(web, "/", q="志愿", department="办公室")


def test_pages_of_a_long_list_hold_every_hit_once(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    notice = labels["huarong"]
    seen: list[str] = []
    for page in range(1, 5):
        seen += sorted(task_ids(get(web, "/", notice=notice, page=str(page))))
    assert sorted(seen) == sorted(item for (item,) in ask("SELECT task_id FROM core.tasks WHERE notice_id = ?", notice))
    assert "第 4 / 4 页" in get(web, "/", notice=notice, page="99")


def test_more_hits_than_are_counted_are_reported(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MAX_HITS", 5)
    page = get(web, "/", q="活动")
    assert "超过 5 条，只列出前 5 条" in page
    assert len(task_ids(page)) == 5


def test_nothing_found_says_what_to_try(web: httpx.Client) -> None:
    page = get(web, "/", q="不会有的词语")
    assert "没有符合条件的任务" in page
    assert "下载 Excel" not in page


@pytest.mark.parametrize(
    "value", ["<script>alert(1)</script>", "' OR 1=1 --", '"><img src=x>', "%", "\x00\x01", "志" * 500]
)
@pytest.mark.parametrize("name", ["q", "place", "department", "theme", "month", "notice", "page", "kind"])
def test_strange_input_is_text_and_nothing_else(web: httpx.Client, name: str, value: str) -> None:
    response = web.get("/", params={name: value, **({} if name == "q" else {"q": "活动"})})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "<img" not in response.text


def test_notices_can_be_filtered(web: httpx.Client) -> None:
    page = get(web, "/notices", q="文明 2021")
    assert found(page) >= 1
    assert ">淄博市国防动员办公室 2023</a>" not in page
    assert found(get(web, "/notices", place="岳阳")) == 1
    old = '<span class="tag">旧版</span>'
    assert old not in get(web, "/notices", q="甲州")
    assert old in get(web, "/notices", q="甲州", editions="all")
    assert "没有符合条件的通知" in get(web, "/notices", q="不会有的")


def test_a_notice_without_points_is_compared_by_tasks(web: httpx.Client, labels: Mapping[str, str]) -> None:
    page = get(web, f"/notice/{labels['huarong']}")
    assert "这份通知没有分值，比重按任务条数计算" in page


def test_words_and_numbers_of_an_address() -> None:
    assert split_words(" 志愿服务　报告、图片，报告 ") == ("志愿服务", "报告", "图片")
    assert split_words("") == ()
    assert len(split_words(" ".join(map(str, range(50))))) == 8
    expected = SearchFilter.from_parameters({"q": "甲 乙", "month": "2021-13", "bonus": "perhaps", "place": " 某市\n"})
    assert (expected.words, expected.month, expected.bonus, expected.place) == (("甲", "乙"), "", "", "某市")
    assert expected.query_string(place="", theme="x") == "q=%E7%94%B2+%E4%B9%99&theme=x"
    assert not SearchFilter.from_parameters({"page": "3"})
    assert [parse_number(text, default=1, minimum=1, maximum=9) for text in ("5", "-3", "99", "x", None)] == [
        5,
        1,
        9,
        1,
        1,
    ]


@pytest.mark.parametrize("gap", range(50, 90))
def test_a_hit_at_any_distance_from_the_first_is_shown_whole(gap: int) -> None:
    text = "前" * 60 + "目标" + "中" * gap + "志愿服务队" + "末" * 60
    excerpt = str(make_excerpt(text, ("目标", "志愿服务队"), 100))
    assert re.fullmatch("…前+<mark>目标</mark>中+…?中*<mark>志愿服务队</mark>末*…", excerpt)


def test_marks_excerpts_and_figures() -> None:
    assert mark_words("甲<b>乙", ("乙",)) == "甲&lt;b&gt;<mark>乙</mark>"
    long = "前" * 300 + "目标" + "后" * 300 + "尾巴" + "末" * 50
    cut = str(make_excerpt(long, ("目标", "尾巴"), 100))
    assert cut.startswith("…前")
    assert "<mark>目标</mark>" in cut
    assert "<mark>尾巴</mark>" in cut
    assert len(cut) < 320
    assert [
        format_number(2.345),
        format_number(2.50),
        format_number(1234567),
        format_number(None),
        format_percent(0.12345),
    ] == ["2.35", "2.5", "1,234,567", "—", "12.3%"]
