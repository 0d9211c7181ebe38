"""The notice of a failure, sent to a robot on loopback."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from pipelines.errors import SettingsError
from pipelines.notify import MAX_TEXT_BYTES, failure_text, notify, reason_of
from pipelines.settings import load_settings
from tests.pipelines.webhook_server import WebhookServer, run_webhook_server
from warehouse.errors import PublishError


@pytest.fixture
def webhook_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with run_webhook_server() as listening:
        yield listening


def test_a_robot_hears_a_text(webhook_server: WebhookServer) -> None:
    text = failure_text("构建", "磁盘已满", "请清理", "2026-01-02 03:04:05")
    assert notify(webhook_server.webhook, text)
    assert webhook_server.received == [{"msgtype": "text", "text": {"content": text}}]
    assert [part in text for part in ("【文明创建资料库】构建失败", "原因：磁盘已满", "处理：请清理", "03:04:05")] == [
        True
    ] * 4


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (200, b'{"errcode":310000,"errmsg":"keywords not in content"}', "errcode 310000 keywords not in content"),
        (500, b"", "HTTP 500"),
        (302, b"", "HTTP 302"),
    ],
)
def test_a_robot_that_refuses_is_a_line_in_the_log(
    webhook_server: WebhookServer, caplog: pytest.LogCaptureFixture, status: int, answer: bytes, reason: str
) -> None:
    webhook_server.status, webhook_server.answer = status, answer
    with caplog.at_level(logging.INFO):
        assert not notify(webhook_server.webhook, "x")
    assert [one.reason for one in caplog.records if one.message == "webhook_failed"] == [reason]  # type: ignore[attr-defined]
    assert "secret-0815" not in caplog.text + str([vars(one) for one in caplog.records])
    assert len(webhook_server.received) == 1


def test_a_robot_that_drips_is_not_waited_for(webhook_server: WebhookServer, caplog: pytest.LogCaptureFixture) -> None:
    webhook_server.slow = 0.1
    started = time.monotonic()
    assert not notify(webhook_server.webhook, "x", limit=0.3)
    # A whole answer would take 2.7 seconds, no single pause of it more than the limit.
    assert time.monotonic() - started < 2
    assert "webhook_failed" in caplog.messages


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://[::1", "http://127.0.0.1:99999/"])
def test_nobody_there_is_no_error(address: str, caplog: pytest.LogCaptureFixture) -> None:
    assert not notify(SecretStr(address), "x")
    assert "webhook_failed" in caplog.messages


def test_without_a_webhook_only_the_log_is_written(caplog: pytest.LogCaptureFixture) -> None:
    assert not notify(None, "构建失败")
    assert [one.text for one in caplog.records if one.message == "notice"] == ["构建失败"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("answer", [b"", b"ok", b"[]", b'{"errcode":0,"errmsg":"ok"}', b'{"StatusCode":0}'])
def test_a_robot_that_says_nothing_of_an_error_took_the_message(webhook_server: WebhookServer, answer: bytes) -> None:
    webhook_server.answer = answer
    assert notify(webhook_server.webhook, "x")


def test_a_long_text_is_cut_between_characters(webhook_server: WebhookServer) -> None:
    assert notify(webhook_server.webhook, "文" * 3000)
    (text,) = webhook_server.texts
    assert text == "文" * 665 + "…"
    assert len(text.encode()) <= MAX_TEXT_BYTES


def test_the_reason_is_the_innermost_that_people_can_read() -> None:
    outer = RuntimeError("step failed")
    outer.__cause__ = PublishError("磁盘空间不足")
    assert reason_of(outer) == "磁盘空间不足"
    assert reason_of(ZeroDivisionError("division\nby zero")) == "程序内部出错（ZeroDivisionError：division by zero）"


def test_a_wrong_address_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENMING_WEBHOOK", "ftp://example.org/secret-0815")
    with pytest.raises(SettingsError, match=r"webhook.*（不显示）.*须为 http:// 或 https:// 开头") as result:
        load_settings()
    assert "secret-0815" not in str(result.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("nightly_cron", "每天三点", "须为五段"),
        ("nightly_timezone", "Asia/甲州", "没有这个时区"),
        ("watch_every", "0", "不得小于"),
    ],
)
def test_settings_that_cannot_be_used_are_reported_in_chinese(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(f"WENMING_{name.upper()}", value)
    with pytest.raises(SettingsError, match=words):
        load_settings()
