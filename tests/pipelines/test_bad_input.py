"""Every kind of bad file beside good ones: each has its row and its reason, the good ones are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.ingest import discover_files
from pipelines.cli import run
from pipelines.cli_common import SOME_FAILED
from tests.pipelines.conftest import Workspace
from tests.pipelines.sample_notices import as_docx, as_text, encrypted, entity_bomb, external_entity, zip_bomb

SECRET = "绝密内容"
REASONS = {
    "empty.docx": "空文件",
    "unknown.xyz": "扩展名",
    "lying.docx": "扩展名",
    "truncated.docx": "损坏",
    "encrypted.docx": "加密",
    "bomb.docx": "实体",
    "zipbomb.docx": "上限",
    "external.docx": "实体",
    "large.docx": "文件过大（3.0 MB），超过上限 2 MB",
    "denied.docx": "没有读取该文件的权限",
    "link.txt": "指向 raw 文件夹之外",
}
"""What the reason of each bad file must say."""


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, int]:
    """A workspace full of bad files, built once, and the exit status of the build."""
    workspace = Workspace(tmp_path_factory.mktemp("bad"))
    good = as_docx("甲州", 3)
    workspace.put("甲.docx", good)
    workspace.put("乙/乙.md", as_text("乙州", 5))
    workspace.put("甲.md", as_text("甲州", 3))
    workspace.put("甲/副本.docx", good)
    workspace.put("empty.docx", b"")
    workspace.put("unknown.xyz", as_text("丙州"))
    workspace.put("lying.docx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    workspace.put("truncated.docx", good[: len(good) // 2])
    workspace.put("encrypted.docx", encrypted())
    workspace.put("bomb.docx", entity_bomb())
    workspace.put("zipbomb.docx", zip_bomb())
    secret = workspace.folder / "secret.txt"
    secret.write_text(SECRET, "utf-8")
    workspace.put("external.docx", external_entity(secret))
    workspace.put("large.docx", b"x" * (3 << 20))
    workspace.put("denied.docx", good + b"denied")
    (workspace.raw / "link.txt").symlink_to(secret)
    opened = discover_files.hash_file

    def denied(path: Path) -> str:
        if path.name == "denied.docx":
            raise PermissionError(13, "Permission denied")
        return opened(path)

    with pytest.MonkeyPatch.context() as patch:
        # The tests may run as root, whom no permission stops.
        patch.setattr(discover_files, "hash_file", denied)
        patch.setenv("WENMING_MAX_MB", "2")
        patch.setenv("WENMING_WORKERS", "2")
        code = workspace.build()
    return workspace, code


def test_some_failed(result: tuple[Workspace, int]) -> None:
    assert result[1] == SOME_FAILED


@pytest.mark.parametrize("name", REASONS)
def test_a_bad_file_has_a_row_with_reason_and_remedy(result: tuple[Workspace, int], name: str) -> None:
    query = f"SELECT status, reason, remedy FROM core.files WHERE source_path = '{name}'"
    ((status, reason, remedy),) = result[0].ask(query)
    assert status == "unreadable"
    assert REASONS[name] in reason
    assert remedy


def test_the_others_are_loaded(result: tuple[Workspace, int]) -> None:
    workspace, _ = result
    loaded = {path for path, status in workspace.status().items() if status == "loaded"}
    assert loaded == {"甲.docx", "乙/乙.md"}
    query = "SELECT f.source_path, count(*), sum(t.points) FROM core.tasks t JOIN core.notices n USING (notice_id) "
    assert workspace.ask(f"{query} JOIN core.files f USING (file_id) GROUP BY ALL ORDER BY ALL") == [
        ("乙/乙.md", 3, 12),
        ("甲.docx", 3, 12),
    ]


def test_repeated_notices_are_duplicates_of_the_better_format(result: tuple[Workspace, int]) -> None:
    rows = result[0].ask(
        "SELECT source_path, duplicate_of, reason FROM core.files WHERE status = 'duplicate' ORDER BY source_path"
    )
    assert rows == [
        ("甲.md", "甲.docx", "与另一文件是同一通知（文号 甲州文明办〔2021〕3号）的不同格式，已采用“甲.docx”"),
        ("甲/副本.docx", "甲.docx", "与另一文件内容完全相同，已采用“甲.docx”"),
    ]


def test_no_external_entity_was_resolved(result: tuple[Workspace, int]) -> None:
    assert SECRET not in str(result[0].content())


def test_every_failure_is_shown(result: tuple[Workspace, int], capsys: pytest.CaptureFixture[str]) -> None:
    workspace, _ = result
    assert run(["status", "--warehouse", str(workspace.warehouse)]) == 0
    shown = capsys.readouterr().out.replace("\n", "")
    for name, reason in REASONS.items():
        assert name in shown
        assert reason in shown
    assert "办法：" in shown
