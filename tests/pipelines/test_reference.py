"""The page of commands, settings, questions and notebooks is complete and fresh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

from notebooks import NOTEBOOKS
from pipelines import reference
from pipelines.cli import app
from pipelines.settings import Settings
from warehouse.questions import list_questions

PAGE = reference.REFERENCE.read_text("utf-8")


def test_the_page_is_fresh() -> None:
    assert reference.reference_markdown() == PAGE


def test_every_command_has_its_options() -> None:
    sections = {part.split("`", 2)[1]: part for part in PAGE.split("\n#### ")[1:]}
    root: Any = typer.main.get_command(app)
    for name, command in root.commands.items():
        for member, inner in getattr(command, "commands", {"": command}).items():
            section = sections[f"wenming {name} {member}".rstrip()]
            assert inner.help in section.replace("\\|", "|")
            assert all(
                f"`{option}`" in section
                for one in inner.params
                if not one.hidden
                for option in one.opts[:1]
                if option.startswith("-")
            )


def test_every_setting_question_and_notebook_has_its_row() -> None:
    for name, field in Settings.model_fields.items():
        assert f"| `{name}` |" in PAGE
        assert (field.description or "") in PAGE
    for question in list_questions():
        assert f"| {question.number} | {question.title} | {question.question} | --notice" in PAGE
    for name, answers in NOTEBOOKS.items():
        assert f"| {name} | {answers} |" in PAGE


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("workers", "自动"),
        ("progress", "自动"),
        ("lake", "不设"),
        ("host_names", "不设"),
        ("cluster_plain", "否"),
        ("export_persons", "是"),
        ("warehouse", "`warehouse/wenming.duckdb`"),
        ("up_port", "`3000`"),
    ],
)
def test_a_default_is_shown_as_on_any_machine(name: str, shown: str) -> None:
    assert f"| `{name}` | {shown} |" in PAGE


def test_check_finds_a_stale_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "REFERENCE", tmp_path / "REFERENCE.zh-CN.md")
    assert reference.main(["--check"]) == 1
    assert "python -m pipelines.reference" in capsys.readouterr().err
    assert (reference.main([]), reference.main(["--check"]), reference.main(["--wrong"])) == (0, 0, 2)
