"""Headers, host names, sign-in, and a warehouse that is missing, empty, damaged, foreign or outdated."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import duckdb
import httpx
import pytest

from tests.explorer.sample_site import serving
from tests.warehouse.lock_holders import held
from warehouse.explorer import create_app, security
from warehouse.explorer.pages import search

PATHS = (
    "/",
    "/?q=活动",
    "/notices",
    "/compare",
    "/findings",
    "/sql",
    "/none",
    "/signin",
    "/static/style.css",
    "/healthz",
)


@contextmanager
def over(warehouse: Path, token: str | None = None) -> Iterator[httpx.Client]:
    """A client of an explorer over this file."""
    with (
        serving(create_app(warehouse, token=token)) as address,
        httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
    ):
        yield client


def test_every_answer_carries_the_safe_headers(web: httpx.Client) -> None:
    for path in PATHS:
        headers = web.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'; ")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == ("max-age=3600" if path.startswith("/static/") else "no-store")


def test_no_page_needs_what_the_policy_forbids(web: httpx.Client) -> None:
    for path in PATHS:
        page = web.get(path).text
        if "<html" in page:
            assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
            assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


def test_an_unexpected_error_is_a_chinese_page_with_the_headers(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(search, "find_tasks", broken)
    with over(warehouse) as web:
        response = web.get("/?q=活动")
    assert response.status_code == 500
    assert "程序内部出错" in response.text
    assert "secret" not in response.text
    assert "content-security-policy" in response.headers
    assert "ZeroDivisionError" in caplog.text


def test_only_known_host_names(web: httpx.Client) -> None:
    refused = web.get("/healthz", headers={"host": "attacker.example:8321"})
    assert (refused.status_code, "host_names" in refused.text) == (403, True)
    for host in ("localhost:8321", "127.0.0.1", "[::1]:8321", "LOCALHOST"):
        assert web.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://attacker.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        {"referer": "http://attacker.example/page"},
    ],
)
def test_no_page_of_another_site_runs_a_statement(
    web: httpx.Client, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        raise AssertionError("a statement was run")

    monkeypatch.setattr("warehouse.explorer.sql_runner.SqlRunner.run", never)
    for path in ("/sql?q=SELECT+1", "/download?what=sql&q=SELECT+1"):
        assert web.get(path, headers=headers).status_code == 403


def test_a_link_to_a_page_may_be_followed(web: httpx.Client) -> None:
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert web.get("/findings", headers=followed).status_code == 200
    assert web.get("/findings", headers=followed | {"sec-fetch-dest": "iframe"}).status_code == 403
    own = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert web.get("/sql?q=SELECT+1", headers=own).status_code == 200


def test_only_reading_methods(web: httpx.Client) -> None:
    for path in ("/", "/sql", "/download", "/notices"):
        assert web.post(path).status_code == 405
    assert web.get("/static/../app.py").status_code == 404
    assert web.get("/static/%2e%2e/app.py").status_code == 404


TOKEN = "correct horse 口令"


def test_nobody_gets_in_without_the_token(warehouse: Path) -> None:
    with over(warehouse, TOKEN) as web:
        for path in ("/", "/sql?q=SELECT 1", "/download?what=tasks", "/notices"):
            response = web.get(path)
            assert response.status_code == 303
            assert response.headers["location"].startswith("/signin?next=%2F")
        assert web.get("/signin").status_code == web.get("/static/style.css").status_code == 200
        assert web.get("/healthz").text == "ok"
        wrong = web.post("/signin", data={"token": "wrong", "next": "/"})
        assert wrong.status_code == 403
        assert "口令不对" in wrong.text
        assert "set-cookie" not in wrong.headers


def test_the_token_opens_and_leaving_closes(warehouse: Path) -> None:
    with over(warehouse, TOKEN) as web:
        response = web.post("/signin", data={"token": TOKEN, "next": "/findings?state=all"})
        assert (response.status_code, response.headers["location"]) == (303, "/findings?state=all")
        cookie = response.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert TOKEN.split(maxsplit=1)[0] not in cookie
        assert web.get("/findings").status_code == 200
        web.post("/signout")
        assert web.get("/findings").status_code == 303


@pytest.mark.parametrize("other", ['panes={"a": 1}', "theme=a,b c", "flag", "two words=1", 'open="never closed'])
def test_cookies_of_other_servers_on_the_machine_sign_nobody_out(warehouse: Path, other: str) -> None:
    with over(warehouse, TOKEN) as web:
        signed = web.post("/signin", data={"token": TOKEN}).headers["set-cookie"].partition(";")[0]
        for cookie in (f"{other}; {signed}", f"{signed}; {other}"):
            assert httpx.get(f"{web.base_url}/findings", headers={"cookie": cookie}).status_code == 200, cookie
        assert httpx.get(f"{web.base_url}/findings", headers={"cookie": other}).status_code == 303


@pytest.mark.parametrize(
    "target", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", ""]
)
def test_sign_in_never_leads_elsewhere(warehouse: Path, target: str) -> None:
    with over(warehouse, TOKEN) as web:
        response = web.post("/signin", data={"token": TOKEN, "next": target})
        assert response.headers["location"] == "/"


def test_a_forged_or_old_cookie_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    token = security.Token(TOKEN)
    good = token.create_cookie()
    until, _, signature = good.partition(".")
    assert token.is_valid_cookie(good)
    assert security.Token(TOKEN).is_valid_cookie(good)
    other = "1" if signature.endswith("0") else "0"
    forged = (f"{int(until) + 1}.{signature}", f"{until}.{signature[:-1]}{other}", f"²{good}")
    for bad in (*forged, until, "", None, "9" * 30):
        assert not token.is_valid_cookie(bad)
    assert not security.Token("another token").is_valid_cookie(good)
    for seconds, is_valid in ((-1, True), (0, False), (1, False)):
        monkeypatch.setattr("time.time", lambda moment=int(until) + seconds: moment)
        assert token.is_valid_cookie(good) is is_valid
    for digits, is_valid in ((12, True), (13, False)):
        # As long as a cookie may be, and signed.
        long = "9" * digits
        assert token.is_valid_cookie(f"{long}.{token._signature(long)}") is is_valid


def test_guessing_is_slowed_down(warehouse: Path) -> None:
    with over(warehouse, TOKEN) as web:
        codes = [
            web.post("/signin", data={"token": f"guess{n}"}).status_code for n in range(security.FREE_ATTEMPTS + 1)
        ]
        assert codes == [403] * security.FREE_ATTEMPTS + [429]
        messages = web.post("/signin", data={"token": TOKEN})
        assert (messages.status_code, messages.headers["retry-after"].isdigit()) == (429, True)
        sizes = (8_192, 8_193)
        assert [web.post("/signin", content=b"x" * size).status_code for size in sizes] == [429, 413]


def test_who_guesses_locks_nobody_else_out(warehouse: Path) -> None:
    app = create_app(warehouse, token=TOKEN)

    async def tried(sender: str, token: str) -> int:
        transport = httpx.ASGITransport(app=app, client=(sender, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as web:
            return (await web.post("/signin", data={"token": token})).status_code

    for number in range(security.FREE_ATTEMPTS):
        assert anyio.run(tried, "192.0.2.7", f"guess{number}") == 403
    assert anyio.run(tried, "192.0.2.7", TOKEN) == 429
    assert anyio.run(tried, "192.0.2.8", TOKEN) == 303


def test_waits_grow_end_and_take_no_more_than_a_bounded_memory() -> None:
    now = [0.0]
    throttle = security.LoginThrottle(lambda: now[0])
    waits = []
    for _ in range(security.FREE_ATTEMPTS + 8):
        throttle.record_failure("192.0.2.7")
        waits.append(throttle.seconds_to_wait("192.0.2.7"))
        now[0] += waits[-1]
    assert waits[: security.FREE_ATTEMPTS - 1] == [0.0] * (security.FREE_ATTEMPTS - 1)
    assert waits[security.FREE_ATTEMPTS - 1 :] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert throttle.seconds_to_wait("192.0.2.7") == 0
    throttle.record_failure("2001:db8:1:2::1")
    for number in range(security.FREE_ATTEMPTS):
        throttle.record_failure(f"2001:db8:1:2::{number}")
    assert throttle.seconds_to_wait("2001:db8:1:2:ffff::") > 0
    assert throttle.seconds_to_wait("2001:db8:1:3::1") == 0
    for number in range(security.MAX_SENDERS * 2):
        throttle.record_failure(f"sender {number}")
    assert len(throttle._attempts) == security.MAX_SENDERS
    now[0] += security.FORGET_SECONDS + 1
    throttle.record_failure(f"sender {security.MAX_SENDERS * 2 - 1}")
    assert throttle.seconds_to_wait(f"sender {security.MAX_SENDERS * 2 - 1}") == 0


@pytest.mark.parametrize(("seconds", "wait"), [(security.FORGET_SECONDS, 2.0), (security.FORGET_SECONDS + 1, 0.0)])
def test_wrong_tokens_are_forgotten_after_a_while(seconds: float, wait: float) -> None:
    now = [0.0]
    throttle = security.LoginThrottle(lambda: now[0])
    for _ in range(security.FREE_ATTEMPTS):
        throttle.record_failure("192.0.2.7")
    assert throttle.seconds_to_wait("192.0.2.7") == 1.0
    now[0] += seconds
    throttle.record_failure("192.0.2.7")
    assert throttle.seconds_to_wait("192.0.2.7") == wait


@pytest.mark.parametrize("token", ["", "  \t"])
def test_an_empty_token_is_no_token(warehouse: Path, token: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        create_app(warehouse, token=token)


def test_a_missing_file_is_reported_and_noticed_when_it_comes(warehouse: Path, tmp_path: Path) -> None:
    path = tmp_path / "later.duckdb"
    with over(path) as web:
        for address in ("/", "/notices", "/sql", "/notice/x", "/download?what=tasks", "/healthz"):
            response = web.get(address)
            assert response.status_code == 503
            assert "wenming build" in response.text
        shutil.copyfile(warehouse, path)
        assert web.get("/").status_code == 200
        path.unlink()
        assert web.get("/").status_code == 503


def test_damaged_foreign_and_outdated_files_are_distinguished(warehouse: Path, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_bytes(warehouse.read_bytes()[:5000])
    with over(path) as web:
        assert "文件可能已损坏" in web.get("/").text
        path.unlink()
        duckdb.connect(str(path)).close()
        assert "这不是文明测评仓库文件" in web.get("/").text
        shutil.copyfile(warehouse, path)
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE ops.meta SET value = 'other' WHERE key = 'fingerprint'")
        response = web.get("/")
        assert response.status_code == 503
        assert "由其他版本的程序生成" in response.text


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_a_file_that_another_program_holds_is_reported_with_its_name(warehouse: Path, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    shutil.copyfile(warehouse, path)
    with over(path) as web:
        with held(path) as child:
            for address in ("/", "/sql?q=SELECT+1", "/healthz"):
                response = web.get(address)
                assert response.status_code == 503
                assert f"进程号 {child.pid}" in response.text
                assert "已损坏" not in response.text
        assert web.get("/").status_code == 200


def test_a_warehouse_without_a_mart_asks_for_a_build(warehouse: Path, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    shutil.copyfile(warehouse, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("ALTER TABLE mart.topic_weights RENAME share TO part")
    with over(path) as web, duckdb.connect(str(warehouse), read_only=True) as connection:
        result = connection.execute("SELECT notice_id FROM core.notices LIMIT 1").fetchone()
        assert result is not None
        response = web.get(f"/notice/{result[0]}")
    assert response.status_code == 503
    assert "请重新运行 wenming build" in response.text


def test_an_empty_warehouse_says_what_to_do(empty: Path) -> None:
    with over(empty) as web:
        for path in (
            "/",
            "/?q=活动",
            "/?kind=indicators&theme=volunteering",
            "/notices",
            "/compare",
            "/findings",
            "/inbox",
            "/files",
            "/sql",
        ):
            response = web.get(path)
            assert response.status_code == 200
            assert "仓库中还没有通知" in response.text
        assert web.get("/notice/none").status_code == 404
        assert web.get("/download?what=tasks&q=活动").status_code == 200
