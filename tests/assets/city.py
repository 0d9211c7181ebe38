"""The site of a city as fetching meets it: a list in two pages, notices in GBK, attachments; and what came of it."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from assets.fetch.fetch import FetchOptions, fetch
from assets.fetch.fetch_state import FetchReport
from tests.assets.site import Answer, Reply, Request, Site, write_sources
from warehouse.clock import CHINA

DAY = datetime(2026, 3, 1, 2, tzinfo=CHINA)
DOCX = b"PK\x03\x04" + b"word/document.xml " * 20
PDF = b"%PDF-1.7\n" + b"0" * 200
FIRST = "关于印发2026年文明单位测评细则的通知"
SECOND = "关于开展文明城市测评的通知"


def add_source(raw: Path, site: Site, *lines: str) -> None:
    common = ('name = "甲市"', f'url = "{site.url}/list.html"', 'folder = "999900-甲市"', 'take = ["测评"]')
    write_sources(raw, "\n".join([*common, "allow_private = true", *lines]))


def run_fetch(raw: Path, days: int = 0, **overrides: object) -> FetchReport:
    options = FetchOptions("test", now=lambda: DAY + timedelta(days=days), sleep=lambda seconds: None, **overrides)  # type: ignore[arg-type]
    return fetch(raw, options)


def outcomes(report: FetchReport) -> list[tuple[str, str]]:
    return [(str(one.outcome), one.title) for one in report.events]


def page(title: str, body: str, links: str = "", visits: int = 1) -> str:
    return (
        f"<html><head><meta charset='gbk'><meta name='PubDate' content='2026-02-03'>"
        f"<meta name='ContentSource' content='甲市文明办'></head><body><h1>{title}</h1>"
        f"<div>浏览次数：{visits}</div><div class='TRS_Editor'><p>{body * 20}。</p>{links}</div></body></html>"
    )


def list_page(*rows: tuple[str, str, str], more: str = "") -> str:
    items = "".join(f"<li><a href='{href}'>{title}</a><span>{day}</span></li>" for href, title, day in rows)
    return f"<html><head><meta charset='gbk'></head><body><a href='/'>首页</a><ul>{items}</ul>{more}</body></html>"


def files(raw: Path) -> dict[str, bytes]:
    return {
        path.relative_to(raw).as_posix(): path.read_bytes()
        for path in sorted(raw.rglob("*"))
        if path.is_file() and not path.relative_to(raw).as_posix().startswith((".", "sources", "manifest"))
    }


def manifest(raw: Path) -> list[dict[str, str]]:
    with (raw / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def conditional(data: bytes, tag: str, **headers: str) -> Answer:
    """An answer that says 304 to who has it already."""

    def reply(request: Request) -> Reply:
        if request.headers.get("if-none-match") == tag:
            return Reply(status=304)
        return Reply(data, headers={"ETag": tag, **{name.replace("_", "-"): value for name, value in headers.items()}})

    return reply


def furnish(site: Site) -> None:
    """Two list pages in GBK, two notices, attachments in every manner of naming."""
    site.page(
        "/list.html",
        list_page(("/a/1.html", FIRST, "2026-02-03"), more="<a href='list_2.html'>下一页</a>"),
        "gbk",
    )
    site.page(
        "/list_2.html", list_page(("a/2.html", SECOND, "2026-01-05"), ("b.html", "天气预报", "2026-01-04")), "gbk"
    )
    links = (
        "<p><a href='/att/P01.docx'>附件1：测评细则.docx</a> <a href='/att/2.pdf'>附件2任务清单</a>"
        "<a href='/download?id=3'>附件3</a><a href='/download?id=4'>附件4</a></p>"
    )
    site.page("/a/1.html", page(FIRST, "各单位要认真组织测评", links), "gbk")
    site.page("/a/2.html", page(SECOND, "各区县要迎接测评"), "gbk")
    site.answers["/att/P01.docx"] = Reply(DOCX)
    site.answers["/att/2.pdf"] = Reply(PDF, headers={"Content-Type": "application/pdf"})
    starred = f"attachment; filename*=UTF-8''{quote('责任分工.docx')}"
    site.answers["/download?id=3"] = Reply(DOCX + b"3", headers={"Content-Disposition": starred})
    in_gbk = b'attachment; filename="' + "材料目录.docx".encode("gbk") + b'"'
    site.answers["/download?id=4"] = Reply(DOCX + b"4", headers={"Content-Disposition": in_gbk})
