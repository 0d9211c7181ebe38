"""Bodies of forms: what browsers send, what is cut off, too large or hostile, and names of files as they were."""

from __future__ import annotations

from pathlib import Path

import anyio
import httpx
import pytest
from starlette.requests import Request

from warehouse.explorer import submitted
from warehouse.explorer.rendering import BadRequestError
from warehouse.explorer.submitted import Submitted, parse_multipart, read_submitted


def parsed(tmp_path: Path, body: bytes, boundary: bytes = b"B") -> Submitted:
    path = tmp_path / "body"
    path.write_bytes(body)
    return parse_multipart(path, boundary, tmp_path)


def read(body: bytes, content_type: str, limit: int = 1 << 20) -> Submitted:
    """What the endpoint reads; contents of files instead of their paths, which are gone."""

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def work() -> Submitted:
        headers = [(b"content-type", content_type.encode())]
        request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
        async with read_submitted(request, limit) as form:
            return Submitted(form.fields, [type(one)(one.name, Path(one.path.read_text())) for one in form.files])

    return anyio.run(work)


def test_what_a_client_sends_is_read_back(tmp_path: Path) -> None:
    contents = [b"", b"\r\n", b"\r\n--", b"x\r\n--B", bytes(range(256)) * 9000]
    sent = httpx.Request(
        "POST",
        "http://x/",
        data={"a": "一\r\n二", "empty": "", "b": ["1", "2"]},
        files=[("files", (f'第"{n}"份.docx', content)) for n, content in enumerate(contents)] + [("files", ("", b""))],
    )
    boundary = sent.headers["content-type"].rpartition("=")[2].encode()
    form = parsed(tmp_path, sent.read(), boundary)
    assert form.fields["b"] == ["1", "2"]
    assert (form.text("a"), form.value("a"), form.text("empty"), form.value("none")) == ("一\n二", "一 二", "", "")
    assert [one.name for one in form.files] == [f'第"{n}"份.docx' for n in range(len(contents))]
    assert [one.path.read_bytes() for one in form.files] == contents


PART = b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x" + PART + b"--B--",
        PART,
        PART + b"--B",
        PART[:-3],
        PART + b"--B\r\nContent-Disposition: form-data\r\n\r\nv\r\n--B--",
        b'--B\r\nContent-Disposition: form-data; name="a"' + b" " * 9000 + b"\r\n\r\nv\r\n--B--",
    ],
    ids=["empty", "no mark", "no end", "half an end", "cut off", "no name", "long headers"],
)
def test_what_is_incomplete_is_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(BadRequestError, match="不完整"):
        parsed(tmp_path, body)
    assert parsed(tmp_path, PART + b"--B--\r\n").fields == {"a": ["v"]}


def test_there_are_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = b'--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nv\r\n'
    monkeypatch.setattr(submitted, "MAX_FILES", 2)
    assert len(parsed(tmp_path, file * 2 + b"--B--").files) == 2
    with pytest.raises(BadRequestError, match="最多 2 个文件"):
        parsed(tmp_path, file * 3 + b"--B--")
    monkeypatch.setattr(submitted, "MAX_FIELDS", 2)
    assert parsed(tmp_path, PART * 2 + b"--B--").fields == {"a": ["v", "v"]}
    with pytest.raises(BadRequestError, match="太大"):
        parsed(tmp_path, PART * 3 + b"--B--")
    monkeypatch.setattr(submitted, "MAX_FIELDS_BYTES", 3)
    kind = "application/x-www-form-urlencoded"
    assert read(b"a=1", kind).fields == {"a": ["1"]}
    for body in (b"a=12", b"a=" + b"x" * 99):
        with pytest.raises(BadRequestError, match="太大"):
            read(body, kind)
    monkeypatch.setattr(submitted, "MAX_FIELDS_BYTES", 99)
    with pytest.raises(BadRequestError, match="太大"):
        read(b"a=1&b=2&c=3", kind)
    whole = file + b"--B--"
    assert [one.path for one in read(whole, "multipart/form-data; boundary=B", len(whole) - 99).files] == [Path("v")]
    with pytest.raises(BadRequestError, match="合计不得超过"):
        read(whole + b"x" * 10, "multipart/form-data; boundary=B", len(whole) - 99)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/json", "multipart/form-data", f"multipart/form-data; boundary={'B' * 71}"]
)
def test_other_kinds_of_bodies_are_refused(kind: str) -> None:
    with pytest.raises(BadRequestError, match="不完整"):
        read(PART + b"--B--", kind)


def test_control_characters_are_left_out() -> None:
    form = Submitted({"a": ["一\x00二\x1b\t三\r\n四\r"]})
    assert form.text("a") == "一二\t三\n四"
    assert form.value("a") == "一二 三 四"
