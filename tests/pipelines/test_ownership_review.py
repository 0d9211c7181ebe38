"""Whose a notice is: decided at the terminal, effective at once, kept by builds, asked once, seen in the answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rich.prompt import Prompt

from assets.ingest.ownership import OWNERSHIP_FILE, read_ownership
from pipelines.cli_common import OK, SOME_FAILED
from pipelines.commands import export, progress
from pipelines.errors import WRONG_USAGE
from tests.pipelines.conftest import CommandResult, Workspace
from tests.pipelines.sample_notices import lines

RunCommand = Callable[..., CommandResult]
WHY = ("--reason", "本办印发", "--who", "甲")
SCOPES = """
SELECT f.source_path, n.scope FROM core.notices AS n JOIN core.files AS f USING (file_id) ORDER BY f.source_path
"""
MARTS = ("mart.progress_by_party", "mart.overdue", "mart.open_days", "mart.notice_labels")
TABLE = """
| 序号 | 测评标准 | 分值 | 责任科室 | 完成时限 |
| --- | --- | --- | --- | --- |
| 1 | 健全领导机构，明确专人负责，定期研究部署工作。 | 4 | 办公室 | 2021年6月底前 |
| 2 | 广泛开展宣传教育活动，营造浓厚的创建氛围。 | 6 | 宣传科 | 2021年9月底前 |
"""


def notice_of(place: str) -> str:
    return "\n\n".join(lines(place)) + "\n" + TABLE


@pytest.fixture(autouse=True)
def few_marts(without_dagster: None, few_views: Callable[..., None]) -> None:
    few_views(*MARTS)


@pytest.fixture(scope="module")
def first(start: Callable[..., Workspace]) -> Workspace:
    return start({"甲.md": notice_of("甲州"), "乙.md": notice_of("乙州")}, *MARTS)


@pytest.fixture
def built(first: Workspace, tmp_path: Path) -> Workspace:
    return first.copy(tmp_path)


@pytest.fixture
def corrections(tmp_path: Path) -> Path:
    return tmp_path / "corrections"


@pytest.fixture
def command(built: Workspace, run_command: RunCommand) -> RunCommand:
    return lambda *arguments: run_command(*arguments, "--warehouse", str(built.warehouse))


def flat(result: CommandResult) -> str:
    return (result.out + result.err).replace("\n", "")


def issuer(place: str) -> str:
    return f"{place}市精神文明建设指导委员会办公室"


def test_a_decision_holds_at_once_and_for_every_build(built: Workspace, command: RunCommand, corrections: Path) -> None:
    assert built.ask(SCOPES) == [("乙.md", None), ("甲.md", None)]
    result = command("review", "--ownership", f"{issuer('甲州')}=本级", *WHY)
    assert result.code == OK
    assert f"{OWNERSHIP_FILE}（1 行），已生效：{issuer('甲州')} 的 1 份通知为本级" in flat(result)
    assert built.ask(SCOPES) == [("乙.md", "reference"), ("甲.md", "ours")]
    ((decided,), _) = read_ownership(corrections)
    assert (decided["file"], decided["issuer"], decided["who"]) == (None, issuer("甲州"), "甲")
    # The build finds the same decisions published, and reads no notice again.
    assert "仓库保持原样" in command("build", "--raw", str(built.raw)).out
    # Parts of a name choose a notice by its file; that precedes its issuer.
    assert "乙.md为上级" in flat(command("review", "--ownership", "乙州=上级", *WHY))
    assert built.ask(SCOPES) == [("乙.md", "superior"), ("甲.md", "ours")]
    (corrections / OWNERSHIP_FILE).unlink()
    refused = command("build", "--raw", str(built.raw))
    assert refused.code == SOME_FAILED
    assert "归属认定已发布 2 条，现在只有 0 条" in flat(refused)
    assert command("build", "--raw", str(built.raw), "--fewer-decisions").code == OK
    assert built.ask(SCOPES) == [("乙.md", None), ("甲.md", None)]


def test_a_line_written_by_hand_holds_after_a_build_and_one_about_nothing_is_told(
    built: Workspace, command: RunCommand, corrections: Path
) -> None:
    corrections.mkdir(exist_ok=True)
    (corrections / OWNERSHIP_FILE).write_text(
        f"发文机关,归属,理由,经办人,日期\n{issuer('乙州')},本级,理由,甲,1\n丙州文明办,上级,理由,甲,1\n", "utf-8"
    )
    result = command("build", "--raw", str(built.raw))
    assert "新读 0 个文件，未变 2 个" in result.out
    assert "归属.csv 第 3 行的发文机关“丙州文明办”没有印发过库中的通知" in flat(result)
    assert built.ask(SCOPES) == [("乙.md", "ours"), ("甲.md", "reference")]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--ownership", "甲州=我们的", *WHY), "归属“我们的”不认识，可写：本级、上级、参考"),
        (("--ownership", "甲州", *WHY), "写法有误，应为 --ownership 发文机关或通知=本级"),
        (("--ownership", "州=本级", *WHY), "“州”指 2 份通知，请写明发文机关"),
        (("--ownership", "丙州=本级", *WHY), "没有通知含有“丙州”"),
        (("--ownership", "甲州=本级"), "请写明理由（--reason）和经办人（--who）"),
        (("1", "--ownership", "甲州=本级", *WHY), "不带问题编号"),
        (("--unit", "甲=乙", "--ownership", "甲州=本级", *WHY), "不带问题编号"),
    ],
)
def test_what_cannot_be_decided_is_explained(
    built: Workspace, command: RunCommand, corrections: Path, arguments: tuple[str, ...], problem: str
) -> None:
    result = command("review", *arguments)
    assert result.code == WRONG_USAGE
    assert problem in flat(result)
    assert not (corrections / OWNERSHIP_FILE).exists()


def test_progress_and_reminders_say_what_they_count(built: Workspace, command: RunCommand) -> None:
    unknown = command("progress", "show")
    assert "宣传科" in unknown.out
    assert "还没有认定哪些通知是本级的，各份通知不论归属、周期是否结束，都已列入" in flat(unknown)
    assert "wenming review --ownership" in flat(command("remind"))
    command("review", "--ownership", "甲州=本级", *WHY)
    counted = command("progress", "show")
    # The cycle of 2021 is over, and 乙州 is another city.
    assert "宣传科" not in counted.out
    assert "没有列入：参考通知 1 份、周期已结束的 1 份" in flat(counted)
    assert "到 2021-12-31），要全部列出请加 --all" in flat(counted)
    everything = command("progress", "show", "--all")
    assert everything.out.count("宣传科") == 2
    assert "已全部列出：本级通知 1 份、参考通知 1 份，其中周期已结束的 2 份" in flat(everything)
    assert "没有逾期的任务要提醒" in flat(command("remind"))
    assert "没有列入：参考通知 1 份、周期已结束的 1 份" in flat(command("remind"))
    assert "宣传科" in command("remind", "--all").out


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """A function that puts a person with this answer before the commands; the list receives the questions."""

    def sit_down(answer: str) -> list[str]:
        questions: list[str] = []

        def reply(question: str, **_: object) -> str:
            questions.append(question)
            return answer

        for module in (progress, export):
            monkeypatch.setattr(module, "is_terminal", lambda: True)
        monkeypatch.setattr(Prompt, "ask", reply)
        return questions

    return sit_down


@pytest.mark.parametrize("answer", ["2", "  2、9", issuer("甲州")])
def test_on_a_terminal_people_are_asked_once(
    built: Workspace, command: RunCommand, terminal: Callable[[str], list[str]], answer: str
) -> None:
    questions = terminal(answer)
    shown = command("progress", "show")
    order = built.ask("SELECT issuer FROM core.notices ORDER BY division_code NULLS LAST, issuer")
    assert order == [(issuer("乙州"),), (issuer("甲州"),)]
    assert f"2  {issuer('甲州')}（1 份）" in shown.out
    assert f"{issuer('甲州')}为本级" in flat(shown)
    assert built.ask(SCOPES) == [("乙.md", "reference"), ("甲.md", "ours")]
    command("remind")
    command("progress", "show")
    assert len(questions) == 1


@pytest.mark.parametrize("answer", ["", "9", "不知道"])
def test_who_decides_nothing_is_not_asked_again(
    built: Workspace, command: RunCommand, terminal: Callable[[str], list[str]], answer: str
) -> None:
    questions = terminal(answer)
    asked = command("remind")
    assert "没有认定，以后不再询问" in flat(asked)
    assert "还没有认定哪些通知是本级的" in flat(asked)
    assert built.ask(SCOPES) == [("乙.md", None), ("甲.md", None)]
    command("progress", "show")
    assert len(questions) == 1


def test_without_a_terminal_nobody_is_asked(
    built: Workspace, command: RunCommand, corrections: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Prompt, "ask", lambda *_, **__: pytest.fail("asked"))
    assert command("progress", "show").code == OK
    assert command("remind").code == OK
    assert not (corrections / OWNERSHIP_FILE).exists()
