"""When raw/ is read anew: looks at made-up listings, a state, and the moment, in a table of stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.ingest import discover_files
from assets.ingest.raw_changes import (
    LONGEST_RETRY,
    Decision,
    FileStat,
    RawSnapshot,
    Timing,
    UnsafeToReadError,
    WatchState,
    after_failure,
    after_success,
    decide,
    listing_digest,
    require_mounted,
)

TIMING = Timing(settle=10, longest=60)
VERSION = "1"
A: FileStat = (100, 1)
B: FileStat = (200, 2)


def story(
    *snapshots: tuple[float, dict[str, FileStat]], published: dict[str, FileStat] | None = None
) -> list[Decision]:
    """The decisions of one look after the other; a build publishes what it was asked to read."""
    there = dict(published or {})
    state = WatchState(built=listing_digest(there, VERSION))
    decisions = []
    for now, listing in snapshots:
        decision = decide(RawSnapshot(listing, dict(there), VERSION), state, now, TIMING)
        state = decision.state
        if decision.build:
            held = {path: there[path] for path in decision.waiting if path in there}
            there = {path: mark for path, mark in listing.items() if path not in decision.waiting} | held
        decisions.append(decision)
    return decisions


def test_the_state_before_the_first_look_is_stored_in_these_words() -> None:
    """The cursor of the sensor outlives an update, so that its names and first values may not change."""
    assert WatchState().model_dump_json() == (
        '{"built":"","version":"","batch":"","fresh":{},"began":null,"failures":0,"retry_at":0.0}'
    )


def builds(decisions: list[Decision]) -> list[bool]:
    return [one.build for one in decisions]


@pytest.mark.parametrize(
    ("what", "published", "snapshots", "expected"),
    [
        ("nothing there", {}, [(0, {}), (60, {})], [False, False]),
        ("nothing new", {"甲": A}, [(0, {"甲": A}), (60, {"甲": A})], [False, False]),
        ("new file", {}, [(0, {"甲": A}), (5, {"甲": A}), (10, {"甲": A}), (15, {"甲": A})],
         [False, False, True, False]),
        ("changed file", {"甲": A}, [(0, {"甲": B}), (10, {"甲": B}), (20, {"甲": B})], [False, True, False]),
        ("same size, later time", {"甲": A}, [(0, {"甲": (100, 9)}), (10, {"甲": (100, 9)})], [False, True]),
        ("removed file", {"甲": A, "乙": B}, [(0, {"甲": A}), (10, {"甲": A}), (20, {"甲": A})], [False, True, False]),
        ("moved file", {"甲": A}, [(0, {"丙/甲": A}), (10, {"丙/甲": A}), (20, {"丙/甲": A})], [False, True, False]),
        ("growing file", {}, [(0, {"甲": (1, 1)}), (9, {"甲": (2, 2)}), (18, {"甲": (3, 3)}), (28, {"甲": (3, 3)})],
         [False, False, False, True]),
        ("came and went", {"甲": A}, [(0, {"甲": A, "乙": B}), (5, {"甲": A}), (50, {"甲": A})], [False] * 3),
        ("taken away and put back", {"甲": A}, [(0, {}), (10, {}), (20, {"甲": A}), (30, {"甲": A})],
         [False, True, False, True]),
        ("clock put back", {}, [(1000, {"甲": A}), (0, {"甲": A}), (10, {"甲": A})], [False, False, True]),
    ],
)  # fmt: skip
def test_a_change_is_read_once_it_has_come_to_rest(
    what: str, published: dict[str, FileStat], snapshots: list[tuple[float, dict[str, FileStat]]], expected: list[bool]
) -> None:
    assert builds(story(*snapshots, published=published)) == expected, what


def test_two_hundred_files_over_a_minute_are_one_batch() -> None:
    slow = Timing(settle=10, longest=900)
    names = {f"{number:03d}.docx": (number, number) for number in range(200)}
    requests: list[tuple[int, int, tuple[str, ...]]] = []
    state = WatchState(built=listing_digest({}, VERSION))
    for second in range(0, 120, 2):
        listing = dict(list(names.items())[: int(200 * min(second / 60, 1))])
        decision = decide(RawSnapshot(listing, {} if not requests else names, VERSION), state, float(second), slow)
        state = decision.state
        if decision.build:
            requests.append((second, len(listing), decision.waiting))
    assert requests == [(70, 200, ())]


def test_a_file_that_never_rests_is_left_out_after_a_while() -> None:
    snapshots = [(second, {"日志": (second, second), "甲": A}) for second in range(0, 150, 5)]
    decisions = story(*snapshots)
    requests = [(second, one.waiting) for (second, _), one in zip(snapshots, decisions, strict=True) if one.build]
    # Once; while it goes on growing there is nothing else to read.
    assert requests == [(60, ("日志",))]
    rest = [(200.0, {"日志": (150, 150), "甲": A}), (210.0, {"日志": (150, 150), "甲": A})]
    assert [(one.build, one.waiting) for one in story(*snapshots, *rest)[-2:]] == [(False, ("日志",)), (True, ())]


def test_what_is_published_of_a_waiting_file_counts_as_read() -> None:
    snapshots = [(second, {"日志": (second, second), "甲": A}) for second in range(0, 140, 5)]
    requests = [one.waiting for one in story(*snapshots, published={"日志": (7, 7)}) if one.build]
    assert requests == [("日志",)]


def test_members_of_an_archive_are_not_taken_for_removed() -> None:
    listing, known = {"包.zip": A, "甲": A}, {"包.zip": A, "包.zip/内.docx": B, "旧": B}
    assert decide(RawSnapshot(listing, known, VERSION), WatchState(), 0, TIMING).changes == 2


def test_a_new_version_of_the_program_reads_anew_at_once() -> None:
    state = WatchState(built=listing_digest({"甲": A}, VERSION), version=VERSION)
    assert decide(RawSnapshot({"甲": A}, {"甲": A}, "2"), state, 0, TIMING).build


def test_what_somebody_else_has_read_is_not_read_again() -> None:
    state = WatchState(built=listing_digest({}, VERSION), version=VERSION)
    listing = {"甲": A}
    moving = decide(RawSnapshot(listing, {}, VERSION), state, 0, TIMING)
    done = decide(RawSnapshot(listing, listing, VERSION), moving.state, 10, TIMING)
    assert (done.build, done.state) == (False, WatchState(built=listing_digest(listing, VERSION), version=VERSION))


def test_a_failed_build_is_tried_again_less_and_less_often() -> None:
    state = WatchState(built=listing_digest({"甲": A}, VERSION), batch="x")
    seen = RawSnapshot({"甲": A}, {}, VERSION)
    now, pauses = 1000.0, []
    for _ in range(8):
        state = after_failure(state, now)
        assert not decide(seen, state, state.retry_at - 1, TIMING).build
        assert decide(seen, state, state.retry_at, TIMING).build
        pauses.append(state.retry_at - now)
        now = state.retry_at
    assert pauses == [60, 120, 240, 480, 960, 1920, LONGEST_RETRY, LONGEST_RETRY]
    assert not decide(seen, after_success(state), now + 1e6, TIMING).build


def test_a_change_does_not_wait_for_the_next_try() -> None:
    state = after_failure(after_failure(WatchState(built=listing_digest({"甲": A}, VERSION)), 0), 0)
    listing = {"甲": B}
    moving = decide(RawSnapshot(listing, {"甲": A}, VERSION), state, 1, TIMING)
    assert not moving.build
    done = decide(RawSnapshot(listing, {"甲": A}, VERSION), moving.state, 11, TIMING)
    assert done.build
    assert done.state.failures == 0


def test_the_state_survives_as_text() -> None:
    (held,) = story((0, {"甲.docx": A, "乙.docx": B}))
    assert WatchState.model_validate_json(held.state.model_dump_json()) == held.state


def test_the_same_files_again_are_another_batch() -> None:
    decisions = story((0, {"甲": A}), (10, {"甲": A}), (20, {}), (30, {}), (40, {"甲": A}), (50, {"甲": A}))
    first, second = (one.state for one in (decisions[1], decisions[5]))
    assert first.built == second.built
    assert first.batch != second.batch


def test_a_folder_that_is_gone_or_empty_is_no_reason_to_remove_everything(tmp_path: Path) -> None:
    with pytest.raises(UnsafeToReadError, match="网络盘没有连上"):
        require_mounted(tmp_path / "没有", [], ["甲"])
    with pytest.raises(UnsafeToReadError, match="仓库中有 1 个文件"):
        require_mounted(tmp_path, [], ["甲"])
    require_mounted(tmp_path, [], [])
    require_mounted(tmp_path, ["乙"], ["甲"])


def test_a_listing_knows_what_a_build_would_look_at(tmp_path: Path) -> None:
    for name in ("甲.docx", "下/乙.pdf", "~$甲.docx", ".隐藏", "复制.tmp", "manifest.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"12345")
    (tmp_path / "断.docx").symlink_to(tmp_path / "没有")
    stamp = (tmp_path / "甲.docx").stat().st_mtime_ns
    seen = discover_files.list_files(tmp_path)
    assert seen.keys() == {"甲.docx", "下/乙.pdf", "断.docx"}
    assert seen["甲.docx"] == (5, stamp)
    assert seen["断.docx"] == (-1, 0)


def test_a_waiting_file_stays_as_it_is_published(tmp_path: Path) -> None:
    for name in ("新.md", "甲.md"):
        (tmp_path / name).write_text("x", "utf-8")
    plan = discover_files.make_plan(tmp_path, {}, version=VERSION, max_bytes=100, waiting={"新.md"})
    assert [one.source_path for one in plan.read] == ["甲.md"]
