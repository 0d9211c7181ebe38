"""Read what a form sends: fields, or fields and files, within limits of size and number.

Both kinds of body are parsed here: the server needs no further package for it, and files go to disk without being held
in memory.
"""

from __future__ import annotations

import mmap
import re
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from warehouse.explorer.editing import UploadedFile
from warehouse.explorer.rendering import BadRequestError

MAX_FIELDS_BYTES: Final = 512 << 10
"""Size of the fields of a form; the longest text of a cell has some 30,000 characters."""
MAX_FIELDS: Final = 500
MAX_FILES: Final = 200
MAX_HEADER_BYTES: Final = 8_192
"""Size of the headers of one part."""
MAX_BOUNDARY: Final = 70
FORM_TYPE: Final = "application/x-www-form-urlencoded"
MULTIPART_TYPE: Final = "multipart/form-data"
TOO_LARGE: Final = "提交的内容太大，没有保存。"
MALFORMED: Final = "提交的内容不完整，没有保存，请重新提交。"
_COPY_BYTES: Final = 1 << 20
_NAMES: Final = re.compile(r';[ \t]{0,9}(name|filename)="([^"]{0,2000})"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The fields of a form in order, and its files, which are gone when the request is over."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)
    files: list[UploadedFile] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return the first value of a field as it was typed, without control characters but line breaks."""
        text = self.fields.get(name, [""])[0].replace("\r\n", "\n").replace("\r", "\n")
        return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc").strip()

    def value(self, name: str) -> str:
        """Return the first value of a field on one line; "" if it is missing."""
        return " ".join(self.text(name).split())


@asynccontextmanager
async def read_submitted(request: Request, max_upload_bytes: int) -> AsyncIterator[Submitted]:
    """Read the body of a request and yield what it says.

    Raises:
        BadRequestError: It is too large, incomplete, or of another kind.
    """
    kind, parameters = _content_type(request.headers.get("content-type", ""))
    boundary = parameters.get("boundary", "")
    if kind == FORM_TYPE:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FIELDS_BYTES:
                raise BadRequestError(TOO_LARGE)
        yield Submitted(_parse_fields(body))
    elif kind == MULTIPART_TYPE and boundary.isascii() and 0 < len(boundary) <= MAX_BOUNDARY:
        with tempfile.TemporaryDirectory(prefix="wenming-") as name:
            path = Path(name) / "body"
            await _save_body(request, path, max_upload_bytes + MAX_FIELDS_BYTES)
            yield await run_in_threadpool(parse_multipart, path, boundary.encode(), Path(name))
    else:
        raise BadRequestError(MALFORMED)


def parse_multipart(body: Path, boundary: bytes, folder: Path) -> Submitted:
    """Return the fields and files of a multipart body; each file is copied into `folder`.

    Raises:
        BadRequestError: The body is incomplete, or has too many or too large parts.
    """
    submitted = Submitted({}, [])
    fields: dict[str, list[str]] = {}
    size = 0
    if body.stat().st_size == 0:
        raise BadRequestError(MALFORMED)
    with body.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for (name, file), start, end in _split_parts(data, boundary):
            if file is None:
                size += end - start
                if size > MAX_FIELDS_BYTES or sum(map(len, fields.values())) >= MAX_FIELDS:
                    raise BadRequestError(TOO_LARGE)
                fields.setdefault(name, []).append(data[start:end].decode("utf-8", "replace"))
            elif file:
                if len(submitted.files) >= MAX_FILES:
                    raise BadRequestError(f"一次最多 {MAX_FILES} 个文件，没有保存。")
                path = folder / f"file{len(submitted.files)}"
                _copy(data, start, end, path)
                submitted.files.append(UploadedFile(file, path))
    return Submitted(fields, submitted.files)


def _split_parts(data: mmap.mmap, boundary: bytes) -> Iterator[tuple[tuple[str, str | None], int, int]]:
    """Yield name and file name (None for a field) of each part, and where its content begins and ends."""
    mark = b"--" + boundary
    if data[: len(mark)] != mark:
        raise BadRequestError(MALFORMED)
    position = len(mark)
    while data[position : position + 2] == b"\r\n":
        content = data.find(b"\r\n\r\n", position, position + MAX_HEADER_BYTES)
        end = data.find(b"\r\n" + mark, content + 2 if content >= 0 else position)
        if content < 0 or end < 0:
            raise BadRequestError(MALFORMED)
        start = content + 4
        yield _part_names(data[position + 2 : start]), start, max(end, start)
        position = end + 2 + len(mark)
    if data[position : position + 2] != b"--":
        raise BadRequestError(MALFORMED)


def _copy(data: mmap.mmap, start: int, end: int, path: Path) -> None:
    with path.open("wb") as target:
        for position in range(start, end, _COPY_BYTES):
            target.write(data[position : min(position + _COPY_BYTES, end)])


async def _save_body(request: Request, path: Path, limit: int) -> None:
    size = 0
    with path.open("wb") as target:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise BadRequestError(f"一次上传的文件合计不得超过 {limit >> 20} MB，没有保存。")
            await run_in_threadpool(target.write, chunk)


def _content_type(text: str) -> tuple[str, dict[str, str]]:
    header = Message()
    header["content-type"] = text
    parameters = header.get_params(failobj=[]) or []
    return header.get_content_type(), {str(name).lower(): str(value) for name, value in parameters[1:]}


def _part_names(headers: bytes) -> tuple[str, str | None]:
    """Return the name of a part and that of its file, as browsers write them; None for a part that is no file."""
    found = {name.lower(): value for name, value in _NAMES.findall(headers.decode("utf-8", "replace"))}
    if "name" not in found:
        raise BadRequestError(MALFORMED)
    file = found.get("filename")
    return found["name"], None if file is None else file.replace("%22", '"')


def _parse_fields(body: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise BadRequestError(TOO_LARGE) from error
