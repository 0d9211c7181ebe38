"""A notice that breaks a rule is held back whole; the others are loaded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

import extractors
import schemas
from assets.ingest import validation_rules
from assets.ingest.quarantine import NoticeBatch, build_notice_rows, find_invalid_notices, to_frames
from pipelines.cli_common import SOME_FAILED
from tests.assets.workers import extraction, negative_points, task
from tests.pipelines.conftest import Workspace
from tests.pipelines.sample_notices import as_text


def notices(*tasks: object, short: int = 0) -> NoticeBatch:
    made = replace(extraction(*tasks), chars_accounted=40 - short)  # type: ignore[arg-type]
    file = {"file_id": "file-1", "source_path": "甲.md", "status": "loaded"}
    found, refused = to_frames({"甲.md": build_notice_rows(made, "file-1")}, {"甲.md": file})
    assert refused == {}
    return found


@pytest.mark.usefixtures("core_alone")
def test_negative_points_hold_one_notice_back(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.put("甲.md", as_text("甲州"))
    workspace.put("负分.md", as_text("乙州"))
    monkeypatch.setattr(extractors, "extract", negative_points)
    assert workspace.build() == SOME_FAILED
    assert workspace.status() == {"甲.md": "loaded", "负分.md": "unreadable"}
    assert workspace.ask("SELECT count(*) FROM core.tasks") == [(3,)]
    ((reason, remedy),) = workspace.ask("SELECT reason, remedy FROM core.files WHERE source_path = '负分.md'")
    for part in ("core.tasks", "points（分值）", "-3.00", "共 3 处"):
        assert part in reason
    assert remedy
    findings = workspace.ask(
        "SELECT f.source_path, q.severity, q.message FROM core.findings q JOIN core.files f USING (file_id) "
        "WHERE q.rule = 'validation'"
    )
    assert len(findings) == 3
    assert all(row[:2] == ("负分.md", "error") and "points" in row[2] for row in findings)


def test_a_sound_notice_passes_every_rule() -> None:
    assert find_invalid_notices(notices(task(1, "成立小组", Decimal(3), 2), task(2, "制定方案", None, 2))) == ({}, {})


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ((task(1, "成立小组"), task(1, "制定方案")), "主键 task_id 重复：notice-1-k1"),
        ((task(1, "成立小组", Decimal(3), 2), task(2, "制定方案", Decimal(3), 2)), "2 行中有 2 行带分值"),
        ((task(1, "成立小组", Decimal(-1)),), "不得小于 0"),
    ],
)
def test_each_rule_names_what_it_found(tasks: tuple[object, ...], message: str) -> None:
    found, left = find_invalid_notices(notices(*tasks))
    assert left == {}
    (messages,) = found.values()
    assert any(message in one for one in messages)


@pytest.mark.parametrize(("number", "named"), [(2, "k1、notice-1-k2"), (3, "k2、notice-1-k3"), (4, "k3 等 4 个")])
def test_three_examples_are_named_and_the_rest_counted(number: int, named: str) -> None:
    twice = [task(ordinal, f"成立小组{ordinal}") for ordinal in range(1, number + 1)] * 2
    ((breach,),) = [
        listed
        for (rule, _), listed in validation_rules.find_breaches(notices(*twice).frames).items()
        if "重复" in listed[0].message and rule
    ]
    assert breach.message.endswith(f"notice-1-{named}" if number == 2 else named)


def test_an_orphan_is_found() -> None:
    frames = dict(notices(task(1, "成立小组")).frames)
    frames["core.tables"] = schemas.empty("core.tables")
    found = validation_rules.find_breaches(frames)
    assert list(found) == [("links_resolve", "core.tasks")]
    assert "core.tables" in found["links_resolve", "core.tasks"][0].message


def test_a_value_of_a_wrong_type_costs_its_notice_alone() -> None:
    points = {"甲.md": Decimal(3), "乙.md": Decimal("1.2395"), "丙.md": Decimal(4)}
    rows = {path: build_notice_rows(extraction(task(1, "成立小组", value)), path) for path, value in points.items()}
    found, refused = to_frames(rows, {path: {"file_id": path, "source_path": path} for path in points})
    assert "points" in "".join(refused["乙.md"])
    assert [file["source_path"] for file in found.files] == ["甲.md", "丙.md"]
    assert found.frames["core.tasks"]["points"].to_list() == [3, 4]


def test_notices_are_cut_out_with_all_their_rows() -> None:
    tasks = {"甲.md": [task(1, "甲")], "乙.md": [], "丙.md": [task(2, "丙"), task(3, "丁")]}
    rows = {path: build_notice_rows(extraction(*listed), path) for path, listed in tasks.items()}
    found, _ = to_frames(rows, {path: {"file_id": path, "source_path": path} for path in tasks})
    owned = found.subset([1, 2]).with_file_id("core.tasks", "whose")
    assert owned.select("requirement", "whose").rows() == [("丙", "丙.md"), ("丁", "丙.md")]
    assert found.subset([0]).frames["core.files"]["source_path"].to_list() == ["甲.md"]
    assert found.subset([]).frames["core.tasks"].is_empty()


def test_lost_text_is_a_finding_and_never_silent() -> None:
    frames = dict(notices(task(1, "成立小组"), short=3).frames)
    (finding,) = frames["core.findings"].to_dicts()
    assert (finding["rule"], finding["declared"], finding["computed"]) == (validation_rules.UNACCOUNTED, 40, 37)
    assert validation_rules.find_breaches(frames) == {}
    frames["core.findings"] = schemas.empty("core.findings")
    assert list(validation_rules.find_breaches(frames)) == [("text_accounted", "core.notices")]
