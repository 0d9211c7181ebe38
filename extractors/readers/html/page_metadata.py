"""What a page says about its article outside of it: title, date, source, files handed out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.document import Link, ReadNote
from extractors.readers.format_words import format_words
from extractors.readers.html.dom import Element, solid, walk

_DATE = re.compile(
    r"(?:发布|发文|成文|公开|更新)?(?:日期|时间)\s*[:：]\s*((?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}日?)"
)
_SOURCE = re.compile(r"(?:信息)?来源\s*[:：]\s*([^\s:：|]{2,30})")
_NEXT_LABEL = re.compile(r"(?:浏览|点击|阅读|访问|字体|作者|编辑|责任|发布|打印|字号|时间|日期|审核)")
_MOST_LINKS = 200
_LONGEST = 300


def metadata(root: Element) -> dict[str, str]:
    """`title`, `date` and `source` from the <meta> elements of the page."""
    said: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        content = " ".join((element.get("content") or "")[:_LONGEST].split())
        if name and content:
            said.setdefault(name, content)
    names = format_words("webpages")["meta"]
    found = {kind: next((said[n] for n in names[kind] if n in said), "") for kind in ("title", "date", "source")}
    return {kind: text for kind, text in found.items() if text}


def outside(root: Element, article: Element) -> tuple[str, str]:
    """The text of the page outside the article, and the first <h1> there."""
    pieces: list[str] = []
    heading = ""
    for event, element in walk(root, but=article):
        piece = element.text if event == "start" else element.tail if element is not root else None
        if piece:
            pieces.append(piece.replace("\xa0", " "))
        if event == "start" and element.tag == "h1" and not heading:
            heading = solid(element)
    return " ".join(" ".join(pieces).split()), heading


def publication(said: dict[str, str], around: str) -> list[ReadNote]:
    """When and where the page was put on the web. A note, since the date of the notice itself is another one."""
    date, source = stated(said, around)
    parts = [f"发布日期 {date}"] * bool(date) + [f"来源 {source}"] * bool(source)
    if not parts:
        return []
    return [ReadNote("publication", f"网页标注的{'，'.join(parts)}（不作为通知的印发日期和机关）", "网页标题区")]


def stated(said: dict[str, str], around: str) -> tuple[str, str]:
    """The date and the source that the page gives for itself, as printed; empty where it gives none."""
    date = said.get("date") or _first(_DATE, around)
    return date, said.get("source") or _NEXT_LABEL.split(_first(_SOURCE, around))[0]


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def attachments(root: Element) -> list[Link]:
    """The files that the page links to, each once; they are not fetched."""
    links: dict[str, Link] = {}
    for name, href in _links(root):
        links.setdefault(href, Link(name, href, f"附件链接{len(links) + 1}"))
        if len(links) >= _MOST_LINKS:
            break
    return list(links.values())


def links_told(links: Sequence[Link]) -> list[ReadNote]:
    """A note for every file that the page links to."""
    return [
        ReadNote(
            "attachment_link",
            f"网页附有文件“{link.name}”（{link.href[:_LONGEST]}），未随网页读取；请下载到网页所在的文件夹，文件名与链接或其文字相同",
            link.locator,
        )
        for link in links
    ]


def _links(root: Element) -> Iterator[tuple[str, str]]:
    kinds: Sequence[str] = format_words("webpages")["attachments"]
    for element in root.iter("a"):
        href = (element.get("href") or "").strip()
        name = solid(element)[:_LONGEST] or (element.get("title") or "").strip()[:_LONGEST]
        if not href or len(href) > 2_000 or href.lower().startswith(("javascript:", "data:", "#", "mailto:")):
            continue
        path = re.split(r"[?#]", href, maxsplit=1)[0]
        ends = {text.rpartition(".")[2].lower() for text in (path, name) if "." in text}
        if ends & set(kinds):
            yield name or path.rpartition("/")[2], href
