"""Parse watched pages: links to notices with title and date, further list pages, a notice with its attachments."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, cast
from urllib.parse import urljoin, urlsplit

from lxml import etree

from assets.fetch.http_client import FetchError, FetchFailure, parse_http_date
from assets.fetch.sources import PAGE_PLACEHOLDER, Source
from extractors.document import ReadError
from extractors.limits import Limits
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers.html import main_content
from extractors.readers.html.dom import Element, compact_text, decode_html, parse_html, remove_hidden, select
from warehouse.filenames import visible

_DATE: Final = re.compile(r"((?:19|20)\d\d)\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})(?!\d)")
_DATE_IN_URL: Final = re.compile(r"/t((?:19|20)\d\d)(\d\d)(\d\d)_\d+\.")
_NEXT_LABELS: Final = frozenset({"下一页", "下页", "后一页", "后页", "下一頁", "下頁", "下一页>", ">", "»", "next"})
_TRS_PAGES: Final = re.compile(
    r"createPageHTML\(\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*[\"']([\w-]+)[\"']\s*,\s*[\"'](\w+)[\"']"
)
_ELLIPSES: Final = ("…", "...", "..")
_MAX_ENTRY_CHARS: Final = 300
"""Length of a list entry up to which its date is searched in it."""
_DOWNLOAD_PATH: Final = re.compile(r"down|attach|annex|file|fujian", re.IGNORECASE)
_VISIT_COUNTER: Final = re.compile(r"(?:浏览|点击|阅读|访问)(?:量|数|次数)?[:：]?\d*次?")
_MAX_COLUMN_LABEL: Final = 20
"""Length of a link text up to which it may lead to another list page."""
_MAX_EXPANDED_BYTES: Final = 200 << 20
_EMBEDDED_TAGS: Final = ("img", "embed", "object", "iframe")
"""Elements that may be the whole content of a notice: a scan, an embedded document."""


@dataclass(frozen=True, slots=True)
class NoticeLink:
    """A link to a possible notice: title and dates of publication and change, as far as the list gives them."""

    url: str
    title: str = ""
    published: str = ""
    changed: str = ""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One list page: links, the next page (empty if there is none) and pages one level below."""

    links: tuple[NoticeLink, ...]
    following: str = ""
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a notice links to: text of the link, its href and its URL.

    `known` is true for those that the reader of saved pages will look for beside the page.
    """

    name: str
    href: str
    url: str
    known: bool


@dataclass(frozen=True, slots=True)
class NoticePage:
    """The page of a notice: title, date (ISO, or empty), publisher, fingerprint of its text, attachments.

    `is_blank` is true for a page without text, image or file, which a script would fill.
    """

    title: str
    published: str
    publisher: str
    print: str
    attachments: tuple[Attachment, ...]
    is_blank: bool = False


def parse_list(source: Source, data: bytes, url: str, content_type: str, number: int) -> ListPage:
    """Parse a list page, feed or sitemap; `number` is the number of the page, from 1.

    Raises:
        FetchError: The content is not of that kind.
    """
    if source.kind == "list":
        return _parse_list_page(source, data, url, content_type, number)
    root = _parse_xml(data)
    if root is None:
        raise FetchError(
            FetchFailure.UNFIT, '内容不是 RSS/Atom 或网站地图（XML），请核对网址，普通网页请写 kind = "list"'
        )
    return _parse_feed(root, url) if source.kind == "feed" else _parse_sitemap(root, url)


def _parse_html(data: bytes, declared: str | None) -> tuple[str, Element]:
    """Return text and root element of a web page. Raises `FetchError` for bytes that are not a page."""
    try:
        text = decode_html(data, declared)[0]
        return text, parse_html(text, Limits())
    except ReadError as error:
        raise FetchError(FetchFailure.UNFIT, f"{error.reason}，请用浏览器核对网址") from error


def parse_charset(content_type: str) -> str | None:
    """Return the encoding in a Content-Type header."""
    match = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    return match[1] if match else None


def parse_notice(data: bytes, url: str, declared: str | None, listed: NoticeLink) -> NoticePage:
    """Parse the page of a notice. Raises `FetchError` for bytes that are not a page."""
    _, root = _parse_html(data, declared)
    base = _base_url(root, url)
    stated = main_content.read_metadata(root)
    head = next((compact_text(item) for item in root.iter("title")), "")
    remove_hidden(root)
    links = main_content.find_attachments(root)
    body = main_content.find_article(root, VOCABULARY_WORDS)
    around, heading = main_content.text_outside(root, body)
    day, publisher = main_content.publication_of(stated, around)
    files = [Attachment(link.name, link.href, absolute_url(base, link.href), True) for link in links]
    hrefs = {link.href for link in links}
    files += [
        Attachment(name, href, absolute_url(base, href), False)
        for name, href in _iter_anchors(body)
        if href not in hrefs and (_DOWNLOAD_PATH.search(urlsplit(href).path) or name.startswith("附件"))
    ]
    cut = listed.title.endswith(_ELLIPSES)
    named = ("" if cut else listed.title) or stated.get("title") or heading or re.split(r"[-_|–]", head)[0]
    text = _VISIT_COUNTER.sub("", compact_text(body))
    fingerprinted = "\n".join([text, *(item.name for item in files if item.known)])
    return NoticePage(
        title=visible(named or listed.title).strip(),
        published=_find_date(day) or listed.published or _date_in_url(url),
        publisher=publisher,
        print=hashlib.sha256(fingerprinted.encode("utf-8", "replace")).hexdigest(),
        attachments=tuple(item for item in files if urlsplit(item.url).scheme in ("http", "https")),
        is_blank=not (text or files or next(body.iter(*_EMBEDDED_TAGS), None) is not None),
    )


def absolute_url(base: str, href: str) -> str:
    """Return the absolute URL of a link, without its fragment; empty for an invalid one."""
    try:
        return urljoin(base, href.strip()).partition("#")[0]
    except ValueError:
        return ""


def _parse_list_page(source: Source, data: bytes, url: str, content_type: str, number: int) -> ListPage:
    text, root = _parse_html(data, source.encoding or parse_charset(content_type))
    base = _base_url(root, url)
    links: dict[str, NoticeLink] = {}
    below: dict[str, None] = {}
    following = ""
    for element in root.iter("a", "link"):
        target = absolute_url(base, element.get("href") or "")
        if urlsplit(target).scheme not in ("http", "https") or target == url:
            continue
        label = _link_text(element)
        if "next" in (element.get("rel") or "").lower().split() or label.lower() in _NEXT_LABELS:
            following = following or target
        elif element.tag == "a" and label and source.wants(label):
            links.setdefault(target, NoticeLink(target, label, _date_near(element) or _date_in_url(target)))
        elif (
            element.tag == "a"
            and 1 < len(label) <= _MAX_COLUMN_LABEL
            and urlsplit(target).netloc == urlsplit(url).netloc
        ):
            below.setdefault(target)
    if source.page_url:
        page_number = str(source.page_from + number - 1)
        following = absolute_url(source.url, source.page_url.replace(PAGE_PLACEHOLDER, page_number))
    return ListPage(tuple(links.values()), following or _next_trs_page(text, base), tuple(below))


def _next_trs_page(text: str, base: str) -> str:
    """Return the next page of a list that is paged by the script of TRS systems (total, current, name, suffix)."""
    paged = _TRS_PAGES.search(text)
    if paged is None or int(paged[2]) + 1 >= int(paged[1]):
        return ""
    return absolute_url(base, f"{paged[3]}_{int(paged[2]) + 1}.{paged[4]}")


def _iter_anchors(root: Element) -> Iterator[tuple[str, str]]:
    for element in root.iter("a"):
        href = (element.get("href") or "").strip()
        if href and not href.startswith("#"):
            yield _link_text(element), href


def _link_text(element: Element) -> str:
    """Return the text of a link, or its title attribute if the text is truncated."""
    text = _element_text(element)
    title = visible(element.get("title") or "").strip()
    return title if len(title) > len(text) else text


def _element_text(element: Element) -> str:
    """Return the text of an element on one line, without control characters."""
    return visible("".join(cast(Iterator[str], element.itertext()))).strip()


def _base_url(root: Element, url: str) -> str:
    bases = select(root, "//base[@href]")
    return absolute_url(url, bases[0].get("href") or "") or url if bases else url


def _date_near(element: Element) -> str:
    """Return the date in the list entry around a link as ISO; empty if there is none."""
    for above in element.iterancestors():
        if above.tag in ("ul", "ol", "table", "tbody", "body"):
            return ""
        text = _element_text(above)
        if len(text) > _MAX_ENTRY_CHARS:
            return ""
        if (day := _find_date(text)) != "":
            return day
    return ""


def _date_in_url(url: str) -> str:
    match = _DATE_IN_URL.search(url)
    return _to_iso(match.groups()) if match else ""


def _find_date(text: str) -> str:
    """Return the first date of a text as ISO; empty if there is none."""
    match = _DATE.search(text)
    return _to_iso(match.groups()) if match else ""


def _to_iso(parts: Iterable[str]) -> str:
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return ""


def _parse_xml(data: bytes) -> Element | None:
    if data.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            data = unpacker.decompress(data, _MAX_EXPANDED_BYTES)
        except zlib.error as error:
            raise FetchError(FetchFailure.UNFIT, "压缩的网站地图已损坏") from error
        if unpacker.unconsumed_tail:
            raise FetchError(FetchFailure.TOO_LARGE, "网站地图解压后过大")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(data.strip(), parser)
    except (etree.LxmlError, ValueError):
        return None
    known = {"rss", "feed", "RDF", "urlset", "sitemapindex"}
    return root if root is not None and _local_name(root) in known else None


def _local_name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child_text(entry: Element, *names: str) -> str:
    """Return the text of the first child with one of these names."""
    for name in names:
        for child in entry.iterchildren():
            if _local_name(child) == name and (text := _element_text(child)):
                return text
    return ""


def _feed_date(text: str) -> str:
    when = parse_http_date(text)
    return _find_date(text) or (when.date().isoformat() if when else "")


def _parse_feed(root: Element, url: str) -> ListPage:
    links: dict[str, NoticeLink] = {}
    for entry in root.iter():
        if _local_name(entry) not in ("item", "entry"):
            continue
        link_elements = [child for child in entry.iterchildren() if _local_name(child) == "link"]
        hrefs = [child.get("href") or "" for child in link_elements if (child.get("rel") or "alternate") == "alternate"]
        target = absolute_url(url, _child_text(entry, "link") or next(filter(None, hrefs), ""))
        if urlsplit(target).scheme in ("http", "https"):
            day = _feed_date(_child_text(entry, "pubDate", "published", "date", "updated"))
            changed = _child_text(entry, "updated", "pubDate")
            links.setdefault(target, NoticeLink(target, _child_text(entry, "title"), day, changed))
    further = [child for child in root.iter() if _local_name(child) == "link" and child.get("rel") == "next"]
    return ListPage(tuple(links.values()), absolute_url(url, further[0].get("href") or "") if further else "")


def _parse_sitemap(root: Element, url: str) -> ListPage:
    links: dict[str, NoticeLink] = {}
    below: dict[str, None] = {}
    for entry in root.iterchildren():
        target = absolute_url(url, _child_text(entry, "loc"))
        if urlsplit(target).scheme not in ("http", "https"):
            continue
        if _local_name(entry) == "sitemap":
            below.setdefault(target)
        else:
            news = next((child for child in entry.iterchildren() if _local_name(child) == "news"), None)
            title = _child_text(news, "title") if news is not None else ""
            links.setdefault(target, NoticeLink(target, title, _date_in_url(target), _child_text(entry, "lastmod")))
    return ListPage(tuple(links.values()), "", tuple(below))
