"""The office process: one for many files, killed when it hangs, ended with the reader."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from extractors.attachments import read
from extractors.document import ReadError
from extractors.readers.office import converter

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
needs_office = pytest.mark.skipif(
    converter.find_soffice() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)
RTF = rb"{\rtf1\ansi \trowd\cellx2000\cellx4000 a\intbl\cell b\cell\row\pard end\par}"
READ_AND_WAIT = """
import sys
from pathlib import Path
from extractors.attachments import read
read(Path(sys.argv[1]).read_bytes(), "a.rtf")
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No office of an earlier test, and none left to a later one."""
    converter.close()
    yield
    converter.close()


def _below(parent: int) -> dict[int, str]:
    """Process ids and names of all that descends from `parent`, dead ones not yet buried included."""
    parents: dict[int, tuple[int, str]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, tail = stat.read_text().rpartition(")")
        except OSError:  # ended meanwhile
            continue
        parents[int(stat.parent.name)] = (int(tail.split()[1]), head.partition("(")[2])
    result: dict[int, str] = {}
    while more := {pid: name for pid, (of, name) in parents.items() if of in {parent, *result} and pid not in result}:
        result |= more
    return result


def _office() -> int:
    """The process id of this process's LibreOffice."""
    return next(pid for pid, name in _below(os.getpid()).items() if name == "soffice.bin")


def _holds(condition: Callable[[], bool]) -> bool:
    """Whether `condition` comes true within ten seconds."""
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False


def _gone(pids: set[int]) -> bool:
    """Whether all of `pids` end soon, none left unburied."""
    return _holds(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


@needs_office
def test_one_office_serves_many_files_and_a_killed_one_is_replaced() -> None:
    assert [b.text for b in read(RTF, "a.rtf").paragraphs()] == ["end"]
    first = _office()
    read(RTF.replace(b"end", b"other"), "b.rtf")
    assert _office() == first
    for victim in ("soffice.bin", "driver"):
        office = _office()
        before = _below(os.getpid())
        driver = next(iter(pid for pid in before if b"driver.py" in Path(f"/proc/{pid}/cmdline").read_bytes()))
        os.kill(office if victim == "soffice.bin" else driver, signal.SIGKILL)
        time.sleep(0.2)
        assert [b.text for b in read(RTF, "b.rtf").paragraphs()] == ["end"], victim
        assert _office() != office, victim
        assert not Path(f"/proc/{office}/exe").exists(), victim


@needs_office
@pytest.mark.parametrize("how", ["ends", "killed"])
def test_nothing_is_left_behind(how: str, tmp_path: Path) -> None:
    source = tmp_path / "a.rtf"
    source.write_bytes(RTF)
    command = [sys.executable, "-c", READ_AND_WAIT, str(source)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
        processes = _below(worker.pid)
        assert "soffice.bin" in processes.values()
        folders = {Path(f"/proc/{pid}/cwd").readlink() for pid in processes}
        if how == "killed":
            worker.kill()
        worker.stdin.close()
        worker.wait()
    # Who started the reader buries the driver of a killed one, in its own time.
    assert _gone({pid for pid, name in processes.items() if name.startswith(("soffice", "oosplash"))})
    assert _holds(lambda: not any(folder.exists() for folder in folders))


_COMMENT = rb"{\*\atnid A}{\*\atnauthor A}\chatn{\*\annotation \pard\plain remark}"


@needs_office
def test_a_file_with_a_comment_is_read_and_harms_no_other() -> None:
    commented = RTF.replace(b"end", b"end" + _COMMENT)
    plain = RTF.replace(b"end", b"other")
    for data, text in ((plain, "other"), (commented, "end"), (plain, "other"), (commented, "end")):
        result = read(data, "a.rtf")
        assert [b.text for b in result.paragraphs()] == [text]
        assert [len(table.cells) for table in result.tables()] == [2]


@needs_office
def test_a_file_is_converted_alone_where_the_open_office_dies_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[bool] = []
    whole = converter.Converter.convert

    def dies(self: converter.Converter, work: Any, deadline: float, *, alone: bool) -> bytes:
        modes.append(alone)
        if not alone:
            raise converter._ProcessDiedError
        return whole(self, work, deadline, alone=alone)

    monkeypatch.setattr(converter.Converter, "convert", dies)
    assert [b.text for b in read(RTF, "a.rtf").paragraphs()] == ["end"]
    assert modes == [False, True]


def _program(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of LibreOffice."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    monkeypatch.setattr(converter, "find_soffice", lambda: program)
    return program


def test_an_office_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _below(os.getpid())
    log = tmp_path / "pid"
    _program(tmp_path, f"echo $$ > {log}\nsleep 600", monkeypatch)
    with pytest.raises(ReadError, match="超过 3 秒") as caught:
        converter.convert(RTF, ".rtf", "Rich Text Format", seconds=3)
    assert "docx" in caught.value.remedy
    assert _gone({int(log.read_text())})
    assert not _below(os.getpid()).keys() - before.keys()


@needs_office
def test_an_office_that_dies_is_tried_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _below(os.getpid())
    log = tmp_path / "starts"
    _program(tmp_path, f"echo start >> {log}\nexit 1", monkeypatch)
    with pytest.raises(ReadError, match="两次异常退出"):
        converter.convert(RTF, ".rtf", "Rich Text Format", seconds=30)
    assert log.read_text().split() == ["start"] * 2
    assert not _below(os.getpid()).keys() - before.keys()


def test_a_missing_office_is_reported_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converter, "find_soffice", lambda: None)
    with pytest.raises(ReadError, match="需要 LibreOffice") as caught:
        read(RTF, "a.rtf")
    assert "apt-get install -y --no-install-recommends libreoffice-writer-nogui python3-uno" in caught.value.remedy
    assert "Windows、macOS" in caught.value.remedy
