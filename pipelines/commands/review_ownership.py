"""Whose a notice is, in `wenming review --ownership` and in the question that progress and reminders ask once."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.prompt import Prompt

from assets.ingest.ownership import OWNERSHIP_FILE, SCOPE_CODES, append_ownership_line, create_empty_file
from assets.ingest.publish_ownership import publish_ownership
from extractors.normalize import strip_whitespace
from pipelines.commands.review_common import ReviewError, explain_unwritten, require_reason, split_choice
from pipelines.settings import Settings
from schemas.core_files import NOTICE_SCOPES
from warehouse import questions, store
from warehouse.errors import QueryError, WarehouseError
from warehouse.own_duties import DECIDE, read_scopes

EXAMPLE: Final = "--ownership 发文机关或通知=本级（或 上级、参考）"
MAX_NAMED: Final = 5
"""Notices that a message names."""
MAX_ASKED: Final = 30
"""Issuers that the question lists; others are named in full."""
ASKED_REASON: Final = "查看进展、提醒时询问"
ISSUERS_SQL: Final = """
SELECT n.issuer, count(*) FROM core.notices AS n WHERE n.kind <> 'other' AND n.issuer IS NOT NULL
GROUP BY n.issuer ORDER BY min(n.division_code) NULLS LAST, n.issuer
"""
_PLACES_SQL: Final = """
SELECT n.notice_id, f.source_path, n.issuer FROM core.notices AS n JOIN core.files AS f USING (file_id)
WHERE n.kind <> 'other'
"""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a decision is about: a notice by its file, or an issuer; and how many notices it concerns."""

    file: str
    issuer: str
    notices: int


def settle_ownership(settings: Settings, choice: str, *, reason: str, who: str, today: date) -> str:
    """Record whose a notice or the notices of an issuer are; return in Chinese what happens next.

    Args:
        settings: The settings.
        choice: `发文机关=本级`, or parts of the name of one notice before the equals sign.
        reason: Why.
        who: The person who decides.
        today: The day of the decision.

    Raises:
        ReviewError: The issuer or notice is unknown or ambiguous, or the decision is incomplete or cannot be written.
    """
    require_reason(reason, who)
    name, word = split_choice(choice, EXAMPLE)
    scope = SCOPE_CODES.get(word, word)
    if scope not in NOTICE_SCOPES:
        raise ReviewError(f"归属“{word}”不认识，可写：{'、'.join(SCOPE_CODES)}")
    subject = _find_subject(settings, name)
    line = {"file": subject.file, "issuer": subject.issuer, "scope": NOTICE_SCOPES[scope], "when": today.isoformat()}
    what = f"{subject.file or subject.issuer} 的 {subject.notices} 份通知" if subject.issuer else subject.file
    return f"{_record(settings, [line], reason=reason, who=who)}：{what}为{NOTICE_SCOPES[scope]}"


def ask_ownership(settings: Settings, screen: Console, *, is_terminal: bool, today: date) -> None:
    """Ask once which issuers are the user's own, where nothing says so; do nothing unless on a terminal.

    Whatever is answered, `归属.csv` exists afterwards and nobody is asked again.

    Raises:
        ReviewError: The answer cannot be written.
        WarehouseError: The warehouse could not be published.
    """
    if not is_terminal or (settings.corrections / OWNERSHIP_FILE).exists():
        return
    with store.reading(settings.warehouse) as connection:
        if not read_scopes(connection).is_unknown:
            return
        issuers = connection.execute(ISSUERS_SQL).fetchall()
    if not issuers:
        return
    screen.print("进展、到期和提醒只计本级的通知。哪些通知是本级印发的？")
    for number, (issuer, count) in enumerate(issuers[:MAX_ASKED], 1):
        screen.print(f"  {number}  {escape(issuer)}（{count} 份）", soft_wrap=True)
    answer = Prompt.ask(
        "请输入编号或发文机关全称，几个的用空格隔开；都不是或以后再定请直接回车",
        console=screen,
        default="",
        show_default=False,
    )
    given = _split_answer(answer)
    chosen = [
        issuer for number, (issuer, _) in enumerate(issuers, 1) if given & {str(number), strip_whitespace(issuer)}
    ]
    if not chosen:
        with explain_unwritten(settings.corrections / OWNERSHIP_FILE):
            create_empty_file(settings.corrections)
        screen.print(f"没有认定，以后不再询问；{DECIDE}", soft_wrap=True)
        return
    lines = [{"issuer": issuer, "scope": NOTICE_SCOPES["ours"], "when": today.isoformat()} for issuer in chosen]
    done = _record(settings, lines, reason=ASKED_REASON, who=_read_user_name())
    screen.print(escape(f"{done}：{'、'.join(chosen)}为本级"), soft_wrap=True)


def _split_answer(answer: str) -> set[str]:
    for separator in "、，,；;":
        answer = answer.replace(separator, " ")
    return set(answer.split())


def _read_user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A user without a name in the system.
        return "未署名"


def _find_subject(settings: Settings, name: str) -> _Subject:
    """Return the issuer of this name, else the only notice that the name is a part of."""
    with store.reading(settings.warehouse) as connection:
        places = connection.execute(_PLACES_SQL).fetchall()
        wanted = strip_whitespace(name)
        issued = [issuer for _, _, issuer in places if issuer and strip_whitespace(issuer) == wanted]
        if issued:
            return _Subject("", issued[0], len(issued))
        if exact := [path for _, path, _ in places if path == name]:
            return _Subject(exact[0], "", 1)
        try:
            found = set(questions.find_notices(connection, [name]))
        except QueryError as error:
            raise ReviewError(str(error)) from error
    paths = [path for notice_id, path, _ in places if notice_id in found]
    if len(paths) != 1:
        issuers = dict.fromkeys(issuer for notice_id, _, issuer in places if notice_id in found and issuer)
        raise ReviewError(
            f"“{name}”指 {len(paths)} 份通知，请写明发文机关（{'、'.join(list(issuers)[:MAX_NAMED])}）"
            f"或文件（{'、'.join(paths[:MAX_NAMED])}）"
        )
    return _Subject(paths[0], "", 1)


def _record(settings: Settings, lines: Sequence[Mapping[str, str]], *, reason: str, who: str) -> str:
    """Append the lines and publish them; return in Chinese where they are and whether they hold already."""
    path = settings.corrections / OWNERSHIP_FILE
    with explain_unwritten(path):
        for line in lines:
            append_ownership_line(settings.corrections, {**line, "reason": reason.strip(), "who": who.strip()})
    try:
        is_published = publish_ownership(settings.warehouse, settings.corrections, keep=settings.editions)
    except WarehouseError as error:
        return f"已记入 {path}（{len(lines)} 行），但现在没有生效（{error}），下次运行 wenming build 时生效"
    when = "已生效" if is_published else "下次运行 wenming build 时生效"
    return f"已记入 {path}（{len(lines)} 行），{when}"
