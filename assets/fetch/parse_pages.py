"""What a watched page says: links to notices with title and date, further list pages, a notice with its attachments."""

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

from assets.fetch.http_client import FetchError, Trouble, moment
from assets.fetch.sources import PAGE, Source
from extractors.document import ReadError
from extractors.limits import Limits
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers.html import main_content, page_metadata
from extractors.readers.html.decode import decode
from extractors.readers.html.dom import Element, parse, prune, select, solid
from warehouse.export.filenames import visible

_DATE: Final = re.compile(r"((?:19|20)\d\d)\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})(?!\d)")
_DATE_IN_ADDRESS: Final = re.compile(r"/t((?:19|20)\d\d)(\d\d)(\d\d)_\d+\.")
_NEXT: Final = frozenset({"下一页", "下页", "后一页", "后页", "下一頁", "下頁", "下一页>", ">", "»", "next"})
_TRS_PAGES: Final = re.compile(
    r"createPageHTML\(\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*[\"']([\w-]+)[\"']\s*,\s*[\"'](\w+)[\"']"
)
_CUT: Final = ("…", "...", "..")
_NEARBY: Final = 300
"""Characters of a list entry in which its date is looked for."""
_DOWNLOADS: Final = re.compile(r"down|attach|annex|file|fujian", re.IGNORECASE)
_COUNTER: Final = re.compile(r"(?:浏览|点击|阅读|访问)(?:量|数|次数)?[:：]?\d*次?")
_COLUMN_LABEL: Final = 20
"""Characters of a link that may lead to another list page."""
_MOST_EXPANDED: Final = 200 << 20
_SHOWN: Final = ("img", "embed", "object", "iframe")
"""What may be all that a notice consists of: a scan, a document shown in the page."""


@dataclass(frozen=True, slots=True)
class Found:
    """A link to what may be a notice: title and date as far as the list gives them, and when it was last changed."""

    url: str
    title: str = ""
    published: str = ""
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list page: links, the next page (empty without), pages one level below it."""

    found: tuple[Found, ...]
    following: str = ""
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a notice hands out: the text of the link, the link as printed, its address.

    `known` tells those that the reader of saved pages will look for beside the page.
    """

    name: str
    href: str
    url: str
    known: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A page as far as fetching asks: title, date (ISO, or empty), source, fingerprint of its text, attachments.

    `is_blank` tells a page that shows nothing: no letter, picture or file, only a script that would make it.
    """

    title: str
    published: str
    publisher: str
    print: str
    attachments: tuple[Attachment, ...]
    is_blank: bool = False


def listing(source: Source, data: bytes, url: str, content_type: str, number: int) -> Listing:
    """The links of a list page, feed or sitemap; `number` is the number of the page, from 1.

    Raises:
        FetchError: the content is none of that kind.
    """
    if source.kind == "list":
        return _list_page(source, data, url, content_type, number)
    root = _xml(data)
    if root is None:
        raise FetchError(Trouble.UNFIT, '内容不是 RSS/Atom 或网站地图（XML），请核对网址，普通网页请写 kind = "list"')
    return _feed(root, url) if source.kind == "feed" else _sitemap(root, url)


def _read(data: bytes, declared: str | None) -> tuple[str, Element]:
    """Text and elements of a web page. Raises `FetchError` for bytes that are none."""
    try:
        text = decode(data, declared)[0]
        return text, parse(text, Limits())
    except ReadError as error:
        raise FetchError(Trouble.UNFIT, f"{error.reason}，请用浏览器核对网址") from error


def charset(content_type: str) -> str | None:
    """The encoding that a Content-Type header names."""
    found = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    return found[1] if found else None


def notice(data: bytes, url: str, declared: str | None, listed: Found) -> Notice:
    """What the page of a notice says about itself. Raises `FetchError` for bytes that are no page."""
    _, root = _read(data, declared)
    base = _base(root, url)
    said = page_metadata.metadata(root)
    head = next((solid(one) for one in root.iter("title")), "")
    prune(root)
    links = page_metadata.attachments(root)
    body = main_content.find(root, VOCABULARY_WORDS)
    around, heading = page_metadata.outside(root, body)
    day, publisher = page_metadata.stated(said, around)
    files = [Attachment(link.name, link.href, join(base, link.href), True) for link in links]
    hrefs = {link.href for link in links}
    files += [
        Attachment(name, href, join(base, href), False)
        for name, href in _anchors(body)
        if href not in hrefs and (_DOWNLOADS.search(urlsplit(href).path) or name.startswith("附件"))
    ]
    cut = listed.title.endswith(_CUT)
    named = ("" if cut else listed.title) or said.get("title") or heading or re.split(r"[-_|–]", head)[0]
    text = _COUNTER.sub("", solid(body))
    told = "\n".join([text, *(one.name for one in files if one.known)])
    return Notice(
        title=visible(named or listed.title).strip(),
        published=_iso(day) or listed.published or _in_address(url),
        publisher=publisher,
        print=hashlib.sha256(told.encode("utf-8", "replace")).hexdigest(),
        attachments=tuple(one for one in files if urlsplit(one.url).scheme in ("http", "https")),
        is_blank=not (text or files or next(body.iter(*_SHOWN), None) is not None),
    )


def join(base: str, href: str) -> str:
    """An address on a page in full, without its fragment; empty for one that is none."""
    try:
        return urljoin(base, href.strip()).partition("#")[0]
    except ValueError:
        return ""


def _list_page(source: Source, data: bytes, url: str, content_type: str, number: int) -> Listing:
    text, root = _read(data, source.encoding or charset(content_type))
    base = _base(root, url)
    found: dict[str, Found] = {}
    below: dict[str, None] = {}
    following = ""
    for element in root.iter("a", "link"):
        target = join(base, element.get("href") or "")
        if urlsplit(target).scheme not in ("http", "https") or target == url:
            continue
        label = _label(element)
        if "next" in (element.get("rel") or "").lower().split() or label.lower() in _NEXT:
            following = following or target
        elif element.tag == "a" and label and source.wants(label):
            found.setdefault(target, Found(target, label, _date_near(element) or _in_address(target)))
        elif element.tag == "a" and 1 < len(label) <= _COLUMN_LABEL and urlsplit(target).netloc == urlsplit(url).netloc:
            below.setdefault(target)
    if source.page_url:
        at = str(source.page_from + number - 1)
        following = join(source.url, source.page_url.replace(PAGE, at))
    return Listing(tuple(found.values()), following or _trs_following(text, base), tuple(below))


def _trs_following(text: str, base: str) -> str:
    """The next page where the list is paged by the script that TRS systems write (total, current, name, ending)."""
    paged = _TRS_PAGES.search(text)
    if paged is None or int(paged[2]) + 1 >= int(paged[1]):
        return ""
    return join(base, f"{paged[3]}_{int(paged[2]) + 1}.{paged[4]}")


def _anchors(root: Element) -> Iterator[tuple[str, str]]:
    for element in root.iter("a"):
        href = (element.get("href") or "").strip()
        if href and not href.startswith("#"):
            yield _label(element), href


def _label(element: Element) -> str:
    """The text of a link; its title where the text is cut short."""
    text = _text(element)
    title = visible(element.get("title") or "").strip()
    return title if len(title) > len(text) else text


def _text(element: Element) -> str:
    """The text of an element on one line, without letters that a terminal would obey."""
    return visible("".join(cast(Iterator[str], element.itertext()))).strip()


def _base(root: Element, url: str) -> str:
    found = select(root, "//base[@href]")
    return join(url, found[0].get("href") or "") or url if found else url


def _date_near(element: Element) -> str:
    """The date in the entry around a link, as ISO; empty where there is none or more than an entry was looked at."""
    for above in element.iterancestors():
        if above.tag in ("ul", "ol", "table", "tbody", "body"):
            return ""
        text = _text(above)
        if len(text) > _NEARBY:
            return ""
        if (day := _iso(text)) != "":
            return day
    return ""


def _in_address(url: str) -> str:
    found = _DATE_IN_ADDRESS.search(url)
    return _day(found.groups()) if found else ""


def _iso(text: str) -> str:
    """The first date of a text as ISO; empty where there is none."""
    found = _DATE.search(text)
    return _day(found.groups()) if found else ""


def _day(parts: Iterable[str]) -> str:
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return ""


def _xml(data: bytes) -> Element | None:
    if data.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            data = unpacker.decompress(data, _MOST_EXPANDED)
        except zlib.error as error:
            raise FetchError(Trouble.UNFIT, "压缩的网站地图已损坏") from error
        if unpacker.unconsumed_tail:
            raise FetchError(Trouble.TOO_LARGE, "网站地图解压后过大")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(data.strip(), parser)
    except (etree.LxmlError, ValueError):
        return None
    known = {"rss", "feed", "RDF", "urlset", "sitemapindex"}
    return root if root is not None and _local(root) in known else None


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _said(entry: Element, *names: str) -> str:
    """The text of the first child of one of these names."""
    for name in names:
        for child in entry.iterchildren():
            if _local(child) == name and (text := _text(child)):
                return text
    return ""


def _when(text: str) -> str:
    when = moment(text)
    return _iso(text) or (when.date().isoformat() if when else "")


def _feed(root: Element, url: str) -> Listing:
    found: dict[str, Found] = {}
    for entry in root.iter():
        if _local(entry) not in ("item", "entry"):
            continue
        links = [one for one in entry.iterchildren() if _local(one) == "link"]
        hrefs = [one.get("href") or "" for one in links if (one.get("rel") or "alternate") == "alternate"]
        target = join(url, _said(entry, "link") or next(filter(None, hrefs), ""))
        if urlsplit(target).scheme in ("http", "https"):
            day = _when(_said(entry, "pubDate", "published", "date", "updated"))
            changed = _said(entry, "updated", "pubDate")
            found.setdefault(target, Found(target, _said(entry, "title"), day, changed))
    further = [one for one in root.iter() if _local(one) == "link" and one.get("rel") == "next"]
    return Listing(tuple(found.values()), join(url, further[0].get("href") or "") if further else "")


def _sitemap(root: Element, url: str) -> Listing:
    found: dict[str, Found] = {}
    below: dict[str, None] = {}
    for entry in root.iterchildren():
        target = join(url, _said(entry, "loc"))
        if urlsplit(target).scheme not in ("http", "https"):
            continue
        if _local(entry) == "sitemap":
            below.setdefault(target)
        else:
            news = next((one for one in entry.iterchildren() if _local(one) == "news"), None)
            title = _said(news, "title") if news is not None else ""
            found.setdefault(target, Found(target, title, _in_address(target), _said(entry, "lastmod")))
    return Listing(tuple(found.values()), "", tuple(below))
