"""The collector of cycles is off only while a file is read."""

from __future__ import annotations

import gc

import pytest

from extractors import extract
from extractors.collector import paused_collector
from extractors.document import ReadError


def test_the_collector_is_off_inside_and_on_again_behind() -> None:
    assert gc.isenabled()
    with paused_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        with paused_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_file_that_cannot_be_read_leaves_it_on() -> None:
    with pytest.raises(ReadError):
        extract(b"", "通知.docx")
    assert gc.isenabled()


def test_what_is_read_holds_no_cycles() -> None:
    text = "# 任务分解表\n\n|序号|任务|责任单位|\n|-|-|-|\n|1|每季度开展志愿服务活动不少于2次。|县教育局|\n".encode()
    extract(text, "任务.md")
    gc.collect()
    with paused_collector():
        extract(text, "任务.md")
        assert gc.collect() == 0
