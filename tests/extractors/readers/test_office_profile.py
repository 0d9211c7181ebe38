"""What an office is started with: a profile without macros and network, its own folder; how programs are found."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from extractors.document import ReadError
from extractors.limits import DEFAULT_LIMITS
from extractors.readers import office
from extractors.readers.office import converter, word97
from tests.extractors.readers.build import cell, docx, para, row, tbl

REGISTRY = "{http://openoffice.org/2001/registry}"


def test_the_profile_allows_no_macro_no_network_and_no_link(tmp_path: Path) -> None:
    converter.write_profile(tmp_path)
    root = ElementTree.fromstring((tmp_path / "profile/user/registrymodifications.xcu").read_text("utf-8"))
    found = {}
    for item in root:
        (prop,) = item
        assert prop.get(f"{REGISTRY}op") == "fuse"
        place = (item.get(f"{REGISTRY}path") or "").removeprefix("/org.openoffice.")
        found[place, prop.get(f"{REGISTRY}name")] = prop.findtext("value")
    scripting, update, inet = "Office.Common/Security/Scripting", "Office.Writer/Content/Update", "Inet/Settings"
    assert found == {
        (scripting, "DisableMacrosExecution"): "true",
        (scripting, "MacroSecurityLevel"): "3",
        (scripting, "DisableActiveContent"): "true",
        (scripting, "BlockUntrustedRefererLinks"): "true",
        (update, "Link"): "0",
        (update, "Field"): "false",
        (update, "Chart"): "false",
        ("Office.Java/VirtualMachine", "Enable"): "false",
        ("Office.Recovery/RecoveryInfo", "Enabled"): "false",
        ("Office.Recovery/AutoSave", "Enabled"): "false",
        (inet, "ooInetProxyType"): "2",
        (inet, "ooInetHTTPProxyName"): "127.0.0.1",
        (inet, "ooInetHTTPProxyPort"): "9",
        (inet, "ooInetHTTPSProxyName"): "127.0.0.1",
        (inet, "ooInetHTTPSProxyPort"): "9",
        (inet, "ooInetNoProxy"): "",
    }


def test_the_office_knows_its_own_folder_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/bin")
    monkeypatch.setenv("SECRET", "x")
    own = str(tmp_path)
    assert converter._driver_environment(tmp_path) == {
        "PATH": "/bin",
        **dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "OSL_SOCKET_PATH"), own),
        "SAL_USE_VCLPLUGIN": "svp",
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def test_the_driver_is_isolated_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converter, "find_python", lambda program: Path("/usr/bin/python3"))
    command = converter._driver_command(Path("/opt/soffice"), tmp_path)
    assert command[:2] == ["/usr/bin/python3", "-I"]
    assert Path(command[2]).name == "driver.py"
    assert command[3:] == ["/opt/soffice", str(tmp_path), str(2 << 30), str(512 << 20)]


@pytest.mark.parametrize("name", ["soffice", "libreoffice", "loffice"])
def test_the_office_is_found_by_each_of_its_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / name
    program.write_text("", "utf-8")
    monkeypatch.setattr(shutil, "which", lambda asked: str(program) if asked == name else None)
    assert converter.find_soffice.__wrapped__() == program.resolve()


def test_an_office_that_is_nowhere_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda asked: None)
    monkeypatch.setattr(Path, "is_file", lambda path: False)
    assert converter.find_soffice.__wrapped__() is None


@pytest.mark.parametrize("works", ["python", "Resources", "neither"])
def test_the_interpreter_is_the_first_that_knows_the_office(
    works: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, beside = tmp_path / "program/python", tmp_path / "Resources/python"
    for path in (own, beside):
        path.parent.mkdir()
        path.write_text("", "utf-8")
    wanted = {"python": own, "Resources": beside}.get(works)
    monkeypatch.setattr(converter, "_can_import_uno", lambda path: path == wanted)
    found = converter.find_python.__wrapped__(tmp_path / "program/soffice")
    assert found == (wanted or Path(sys.executable))


@pytest.mark.parametrize(("n_kept", "rules"), [(7, []), (6, ["lost_part"])])
def test_a_doc_that_lost_three_in_ten_of_its_cells_is_noted(
    n_kept: int, rules: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows and cells are counted together, as the marks of a Word file are."""
    made = docx(tbl(row(*[cell(para("甲"))] * (n_kept - 1))))
    monkeypatch.setattr(office, "convert", lambda *_: made)
    monkeypatch.setattr(word97, "check_word", lambda data: word97.WordFile(data, 10))
    found = office.read_doc(b"")
    assert [note.rule for note in found.notes] == rules
    assert all(note.message.startswith("原文件表格约有 10 处单元格，转换后只剩 6 处") for note in found.notes)


@pytest.mark.parametrize(("depth", "is_read"), [(1000, True), (1001, False)])
def test_groups_of_rtf_are_nested_a_thousand_deep(depth: int, is_read: bool) -> None:
    data = b"{" * depth + rb"\{\row \rowx" + b"}" * depth
    if is_read:
        assert office.check_rtf(data, DEFAULT_LIMITS) == 1
        return
    with pytest.raises(ReadError, match="嵌套超过 1000 层"):
        office.check_rtf(data, DEFAULT_LIMITS)


def test_a_converter_serves_two_hundred_files(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stub:
        def __init__(self, program: Path) -> None:
            self.is_running, self.n_files, self.is_closed = True, 0, False

        def close(self) -> None:
            self.is_closed = True

    monkeypatch.setattr(converter, "Converter", Stub)
    monkeypatch.setattr(converter, "_current", [])
    first = converter._get_converter(Path("soffice"))
    first.n_files = 199
    assert converter._get_converter(Path("soffice")) is first
    first.n_files = 200
    second = converter._get_converter(Path("soffice"))
    assert second is not first
    second.__dict__["is_running"] = False
    third = converter._get_converter(Path("soffice"))
    assert third is not second
    converter._current[0] = (os.getpid() + 1, third)
    assert converter._get_converter(Path("soffice")) is not third
