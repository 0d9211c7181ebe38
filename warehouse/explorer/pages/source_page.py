"""Picture of the page of a pdf that a fact was read from, with its cell framed, where the source file is at hand."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from warehouse import page_picture
from warehouse.explorer import queries
from warehouse.explorer.rendering import NotFoundError, Site, get_parameter, get_path_id

MAX_CONCURRENT: Final = 2
"""Pages drawn at the same time."""
FORMATS: Final = frozenset({"pdf", "pdf_scan"})


def find_source(raw: Path | None, file: Mapping[str, Any]) -> Path | None:
    """Return the source file of a notice below `raw`; None if it is not there or has no pages to draw."""
    if raw is None or file["format"] not in FORMATS:
        return None
    path = (raw / str(file["source_path"])).resolve()
    return path if path.is_relative_to(raw.resolve()) and path.is_file() else None


def page_picture_endpoint(site: Site) -> Callable[[Request], Response]:
    """Return the endpoint; the parameter `at` is the locator of a cell or paragraph."""
    semaphore = threading.BoundedSemaphore(MAX_CONCURRENT)

    def respond(request: Request) -> Response:
        with site.reader.session() as session:
            file = session.row(queries.file_of_notice(get_path_id(request, "notice_id")))
        place = page_picture.parse_place(get_parameter(request, "at"))
        source = find_source(site.raw, file) if file else None
        if file is None or source is None or place is None:
            raise NotFoundError("没有这一页的图像：原件不在 raw 文件夹中，或不是 PDF。")
        if source.stat().st_size > page_picture.MAX_BYTES:
            raise NotFoundError("原件太大，画不出这一页，请打开原件查看。")
        if _digest(source) != file["sha256"]:
            raise NotFoundError("raw 文件夹中的原件已不是入库时的文件，请运行 wenming build 后再看。")
        with semaphore:
            drawn = page_picture.draw_in_process(source, *place)
        if drawn is None:
            raise NotFoundError("这一页画不出来，请打开原件查看。")
        return Response(drawn, media_type="image/png")

    return respond


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
