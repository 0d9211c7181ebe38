"""Names for what is downloaded: what the site, the link and the header call a file, made safe for every system."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from assets.fetch.parse_pages import Attachment
from assets.ingest.discover_files import is_ignored
from extractors.readers.format_words import format_words
from extractors.readers.sniff import Carrier, sniff
from warehouse.export.filenames import file_name

_STARRED: Final = re.compile(r"filename\*\s*=\s*\"?([\w-]*)'[^']*'([^;\"]+)", re.IGNORECASE)
_PLAIN: Final = re.compile(r"filename\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;]+))", re.IGNORECASE)
_NO_FILES: Final = frozenset({Carrier.HTML, Carrier.XML, Carrier.EMPTY, Carrier.UNKNOWN, Carrier.TEXT, Carrier.OLE})
_ENDINGS: Final = {Carrier.SEVEN_ZIP: "7z", Carrier.GZIP: "gz", Carrier.BZIP2: "bz2", Carrier.WORD_XML: "xml"}
_SAID: Final = {"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs"}
_FOREIGN: Final = re.compile(r"[^\x20-\x7e·—‘’“”…\u2160-\u217f\u2460-\u24ff\u3000-\u9fff\uff00-\uffef]")
PAGE_ENDING: Final = ".html"


def from_header(value: str) -> str:
    """The file name of a Content-Disposition header: `filename*`, percent-encoded, raw UTF-8 or GBK, or RFC 2047."""
    starred = _STARRED.search(value)
    if starred:
        return _base_name(_decoded(unquote_to_bytes(starred[2].strip()), starred[1]))
    plain = _PLAIN.search(value)
    if not plain:
        return ""
    text = (re.sub(r"\\(.)", r"\1", plain[1]) if plain[1] is not None else plain[2]).strip()
    if text.startswith("=?"):
        try:
            return _base_name(str(make_header(decode_header(text))))
        except (HeaderParseError, LookupError, UnicodeError):
            return ""
    try:
        # Headers that are neither ASCII nor UTF-8 come as Latin-1, byte for byte.
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        raw = text.encode()
    return _base_name(_decoded(unquote_to_bytes(raw)))


def of_attachment(one: Attachment, data: bytes, header: str) -> list[str]:
    """Safe names for an attachment, best first; none for what neither name nor content tells to be a document.

    The reader of saved pages looks for files by the link's text or address, so these come first where it will look;
    otherwise the header's name does.
    """
    in_address = PurePosixPath(urlsplit(one.url).path).name
    ending = PurePosixPath(unquote(in_address)).suffix
    looked_for = (one.name, f"{one.name}{ending}", unquote(in_address)) if one.known else ()
    found = [name for name in looked_for if kind(name) and safe(*split(name)) == name]
    named = from_header(header)
    address = _decoded(unquote_to_bytes(in_address))
    best = next((name for name in (named, one.name, address) if kind(name)), named or one.name or address)
    stem, suffix = split(best) if kind(best) else (best, guessed(data, best))
    if not suffix:
        return found
    return list(dict.fromkeys([*found, safe(stem, suffix)]))


def of_file(title: str, data: bytes, header: str, url: str) -> tuple[str, str]:
    """Title and ending of a notice that is a file itself; the ending is empty where nothing tells it."""
    named, address = from_header(header), _decoded(unquote_to_bytes(PurePosixPath(urlsplit(url).path).name))
    by_name = next((split(name)[1] for name in (named, address, title) if kind(name)), "")
    ending = by_name or guessed(data, address)
    return next(name for name in (title, named, address, "通知") if name).removesuffix(ending), ending


def split(name: str) -> tuple[str, str]:
    """Stem and ending (with its dot) of a file name."""
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix), suffix


def is_free(name: str, taken: set[str]) -> bool:
    """Whether no file system would take the name for one of `taken`."""
    return safe(*split(name), set(taken)) == name


def reserve(name: str, taken: set[str]) -> None:
    """Add a name to `taken`."""
    file_name(*split(name), taken)


def safe(stem: str, suffix: str, taken: set[str] | None = None) -> str:
    """A file name that every system takes and no build passes over; never one of `taken`, which is added to."""
    taken = set() if taken is None else taken
    name = file_name(stem, suffix, set(taken))
    return file_name(f"通知 {stem}" if is_ignored(name) else stem, suffix, taken)


def guessed(data: bytes, name: str = "") -> str:
    """The ending that the content asks for, with its dot; empty where it tells nothing."""
    carrier = sniff(data, name)
    return "" if carrier in _NO_FILES else f".{_ENDINGS.get(carrier, carrier.value)}"


def kind(name: str) -> str:
    """The ending of a name, without its dot, where it is one that offices hand out."""
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    return ending if ending in format_words("webpages")["attachments"] else ""


def _decoded(raw: bytes, said: str = "") -> str:
    """Bytes of a name as text, in the encoding that makes the most Chinese of them.

    The bytes of 通知 in GBK are valid UTF-8, of letters that no name of a file is written in.
    """
    found: list[str] = []
    for encoding in dict.fromkeys([_SAID.get(said.lower(), "utf-8"), "utf-8", "gb18030"]):
        try:
            found.append(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    if not found:
        return raw.decode("gb18030", "replace")
    return found[0] if said.lower() in _SAID else max(found, key=lambda text: -len(_FOREIGN.findall(text)))


def _base_name(name: str) -> str:
    return re.split(r"[/\\]", name)[-1].strip()
