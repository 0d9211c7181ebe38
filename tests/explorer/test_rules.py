"""Rules of a notice on its page, and on the pages of the tasks that follow them."""

from __future__ import annotations

import httpx

from tests.explorer.conftest import Ask


def test_the_page_of_a_notice_lists_its_rules(web: httpx.Client, ask: Ask) -> None:
    (notice_id,) = next(iter(ask("SELECT DISTINCT notice_id FROM core.rules WHERE kind = 'lead'")))
    page = web.get(f"/notice/{notice_id}").text
    section = page.split('<h2 id="rules">通用规定</h2>')[1].split("</section>")[0]
    for (text,) in ask("SELECT DISTINCT text FROM core.rules WHERE notice_id = ?", notice_id):
        assert section.count(str(text).replace('"', "&#34;")) == 1
    assert "谁牵头" in section
    assert "条任务采用" in section


def test_a_notice_without_rules_has_no_such_section(web: httpx.Client, ask: Ask) -> None:
    (notice_id,) = ask("SELECT notice_id FROM core.notices WHERE notice_id NOT IN (SELECT notice_id FROM core.rules)")[
        0
    ]
    assert "通用规定" not in web.get(f"/notice/{notice_id}").text


def test_a_material_shows_the_form_that_a_rule_asks(web: httpx.Client, ask: Ask) -> None:
    task_id, notice_id, form = ask(
        "SELECT task_id, notice_id, format FROM core.task_evidence JOIN core.tasks USING (task_id) "
        "WHERE format IS NOT NULL ORDER BY task_id LIMIT 1"
    )[0]
    page = web.get(f"/task/{task_id}").text
    assert f'<a href="/notice/{notice_id}#rules">统一规定</a>' in page
    assert str(form).replace('"', "&#34;") in page
