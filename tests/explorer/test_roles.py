"""Who may change what: readers and editors by their tokens, and only forms that this server gave out."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import httpx
import pytest

from pipelines.commands.serve import ServeError, Tokens
from pipelines.settings import Settings
from tests.explorer.editing_site import EditingSite, Visitor, editing
from tests.explorer.sample_site import serving
from warehouse.explorer import create_app
from warehouse.explorer.access import FormSeal
from warehouse.explorer.app import CHANGE_ROUTES

READER, EDITOR = "口令给查看的各位", "口令给编辑的各位"
FIELDS = {"finding": "x", "opinion": "dismiss", "reason": "理由", "who": "甲"}


@pytest.fixture
def site(warehouse: Path, tmp_path: Path) -> EditingSite:
    """The shared warehouse, copied; nothing is built."""
    shutil.copyfile(warehouse, tmp_path / "wenming.duckdb")
    return EditingSite(
        Settings(
            raw=tmp_path / "raw",
            warehouse=tmp_path / "wenming.duckdb",
            corrections=tmp_path / "corrections",
            progress=tmp_path / "progress",
        )
    )


def sign_in(visitor: Visitor, token: str) -> None:
    assert visitor.web.post("/signin", data={"token": token, "next": "/"}).status_code == 303


def may_edit(visitor: Visitor) -> bool:
    """Whether the pages offer a change, and the server would take one."""
    offers = "操作记录" in visitor.page("/")
    answer = visitor.send("/settle/findings", FIELDS, seal=visitor.seal() if offers else "")
    assert (answer.status_code == 422) is offers, answer.text
    assert offers or answer.status_code == 403
    return offers


def test_without_tokens_everybody_may_edit(site: EditingSite) -> None:
    with editing(site) as visitor:
        assert may_edit(visitor)
        assert "退出" not in visitor.page("/")


def test_with_an_editors_token_everybody_reads_and_editors_sign_in(site: EditingSite) -> None:
    with editing(site, editor_token=EDITOR) as visitor:
        assert not may_edit(visitor)
        assert '<a class="leave" href="/signin?next=/notices%3Fq%3Dx">登录编辑</a>' in visitor.page("/notices?q=x")
        assert "待核对" in visitor.page("/inbox")
        assert 'action="/settle' not in visitor.page("/inbox")
        assert 'action="/files/notices"' not in visitor.page("/files")
        assert visitor.web.get("/jobs/1").status_code == 404
        sign_in(visitor, EDITOR)
        assert may_edit(visitor)
        visitor.web.post("/signout")
        assert not may_edit(visitor)


def test_with_both_tokens_each_opens_its_own(site: EditingSite) -> None:
    with editing(site, token=READER, editor_token=EDITOR) as visitor:
        assert visitor.web.get("/inbox").headers["location"].startswith("/signin")
        assert visitor.web.post("/settle/findings", data=FIELDS).status_code == 303
        sign_in(visitor, READER)
        assert not may_edit(visitor)
        sign_in(visitor, EDITOR)
        assert may_edit(visitor)


def test_a_token_of_readers_alone_lets_nobody_edit(site: EditingSite) -> None:
    with editing(site, token=READER) as visitor:
        sign_in(visitor, READER)
        assert not may_edit(visitor)
        assert "登录编辑" not in visitor.page("/")


def test_the_log_is_not_for_readers(site: EditingSite) -> None:
    with editing(site, editor_token=EDITOR) as visitor:
        assert visitor.web.get("/changes").status_code == 403
        sign_in(visitor, EDITOR)
        assert "谁改了什么" in visitor.page("/changes")


def test_every_change_needs_a_seal_of_this_server_and_session(site: EditingSite) -> None:
    with editing(site, editor_token=EDITOR) as visitor:
        sign_in(visitor, EDITOR)
        with editing(site) as other:
            foreign = other.seal()
        for path in CHANGE_ROUTES:
            for seal in ("", "0" * 64, "印", foreign):
                answer = visitor.send(path, FIELDS, seal=seal)
                assert (answer.status_code, "没有保存" in answer.text) == (400, True)
        assert visitor.send("/settle/findings", FIELDS).status_code == 422
        assert not site.settings.corrections.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://attacker.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        {"referer": "http://attacker.example/page"},
        {"host": "attacker.example"},
    ],
)
def test_no_page_of_another_site_changes_anything(site: EditingSite, headers: dict[str, str]) -> None:
    with editing(site) as visitor:
        seal = visitor.seal()
        for path in CHANGE_ROUTES:
            assert visitor.send(path, FIELDS, seal=seal, headers=headers).status_code == 403
        own = {"origin": str(visitor.web.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
        assert visitor.send("/settle/findings", FIELDS, seal=seal, headers=own).status_code == 422


def test_an_explorer_that_only_shows_takes_no_change(warehouse: Path) -> None:
    with serving(create_app(warehouse)) as address, httpx.Client(base_url=address, trust_env=False) as web:
        for path in CHANGE_ROUTES:
            assert web.post(path, data=FIELDS).status_code in (404, 405)
        for path in ("/", "/inbox", "/files"):
            page = web.get(path)
            assert (page.status_code, 'name="seal"' in page.text) == (200, False)
        assert web.get("/changes").status_code == 404


def test_a_change_leads_back_to_this_site_only(site: EditingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.editing.editor.Editor.undo", lambda *_: 7)
    with editing(site) as visitor:
        for target, location in (
            ("/inbox?job=3&notice=x#lit", "/inbox?notice=x&job=7#lit"),
            ("https://attacker.example/", "/?job=7"),
            ("//attacker.example", "/?job=7"),
            ("", "/?job=7"),
        ):
            answer = visitor.send("/changes/undo", {"number": "1", "next": target})
            assert (answer.status_code, answer.headers["location"]) == (303, location)
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()


def test_no_page_of_editors_needs_what_the_policy_forbids(site: EditingSite) -> None:
    [(notice, table, task), *_] = site.ask("SELECT notice_id, table_id, task_id FROM core.tasks WHERE points > 0")
    with editing(site) as visitor:
        for path in (
            "/",
            "/inbox",
            "/files",
            "/changes",
            f"/notice/{notice}",
            f"/notice/{notice}/table/{table}?task={task}&role=points",
            f"/task/{task}",
        ):
            page = visitor.page(path)
            assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page), path
            assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page), path
            for form in re.findall(r'<form method="post" action="/(?!sign)[^>]*>.*?</form>', page, re.DOTALL):
                assert 'name="seal" value="' in form, path


def test_seals_differ_by_key_and_session() -> None:
    from starlette.requests import Request

    def request(cookie: str) -> Request:
        return Request({"type": "http", "headers": [(b"cookie", f"wenming={cookie}".encode())]})

    one, other = FormSeal(), FormSeal()
    assert one.is_valid(request("a"), one.make(request("a")))
    assert not one.is_valid(request("b"), one.make(request("a")))
    assert not other.is_valid(request("a"), one.make(request("a")))


@pytest.mark.parametrize(
    ("tokens", "host", "named", "allowed"),
    [
        (Tokens(), "127.0.0.1", (), True),
        (Tokens(), "localhost", ("proxy.example",), False),
        (Tokens(), "0.0.0.0", (), False),
        (Tokens(reader=READER), "127.0.0.1", (), False),
        (Tokens(editor=EDITOR), "0.0.0.0", (), True),
        (Tokens(READER, EDITOR), "0.0.0.0", ("proxy.example",), True),
    ],
)
def test_where_editing_is_allowed(tokens: Tokens, host: str, named: tuple[str, ...], *, allowed: bool) -> None:
    assert tokens.allow_editing(host, named) is allowed


def test_tokens_that_protect_nothing_are_refused() -> None:
    for wrong in ({"editor_token": "short"}, {"token": "short"}):
        with pytest.raises(ServeError, match="口令太短"):
            Tokens.from_settings(Settings(**wrong))  # type: ignore[arg-type]
    with pytest.raises(ServeError, match="不能相同"):
        Tokens.from_settings(Settings(token=READER, editor_token=f" {READER} "))  # type: ignore[arg-type]
