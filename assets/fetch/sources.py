"""`raw/sources.toml`: the watched pages as a typed model, with errors that name entry, line and remedy."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from warehouse.filenames import file_name

SOURCES_FILE: Final = "sources.toml"
KIND_LABELS: Final = {"list": "列表页", "feed": "RSS/Atom", "sitemap": "网站地图", "page": "单个页面"}
Kind = Literal["list", "feed", "sitemap", "page"]
Encoding = Literal["utf-8", "gbk", "gb2312", "gb18030", "big5"]
PAGE_PLACEHOLDER: Final = "{page}"
_ENTRY_HEADER: Final = re.compile(r"^[ \t]*\[\[[ \t]*source[ \t]*\]\]", re.MULTILINE)
_BOUNDS: Final = {
    "greater_than_equal": ("ge", "不得小于"),
    "less_than_equal": ("le", "不得大于"),
    "greater_than": ("gt", "须大于"),
}
_REMEDY: Final = "写法见 raw/README.md"


class SourcesError(Exception):
    """The file cannot be used at all; the text is Chinese and names the place and the remedy."""


def _validate_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("须是以 http:// 或 https:// 开头的完整网址")
    if parts.username or parts.password:
        raise ValueError("网址中不得写用户名和口令")
    return text


def _validate_folder(text: str) -> str:
    if text != file_name(text, "", set()) or text.lower().startswith("readme"):
        raise ValueError("须是一个文件夹的名称，不含 / \\ : 等符号，不以点开头，如 110000-某市")
    return text


def _validate_words(words: tuple[str, ...]) -> tuple[str, ...]:
    if any(not word.strip() for word in words):
        raise ValueError("其中有空的字样，请删去")
    return words


Words = Annotated[tuple[str, ...], AfterValidator(_validate_words)]


class Source(BaseModel):
    """One watched page. The descriptions of the fields are used in error messages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=40, description="来源的名称")
    url: Annotated[str, AfterValidator(_validate_url)] = Field(description="网址")
    kind: Kind = Field(default="list", description="网页的种类")
    folder: Annotated[str, AfterValidator(_validate_folder)] = Field(
        default="", description="存放的文件夹", validate_default=False
    )
    publisher: str = Field(default="", description="发布单位")
    take: Words = Field(default=(), description="标题中要有的字样（其一）")
    leave: Words = Field(default=(), description="标题中不要有的字样")
    since: date | None = Field(default=None, description="只取这一天及以后发布的")
    encoding: Encoding | None = Field(default=None, description="网页编码")
    pages: int = Field(default=5, ge=1, le=10_000, description="最多翻看的列表页数")
    depth: int = Field(default=1, ge=1, le=3, description="从列表页到通知的层数")
    page_url: str | None = Field(default=None, description="第几页的网址写法")
    page_from: int = Field(default=2, ge=0, description="第二页的页号")
    attachments: bool = Field(default=True, description="是否下载附件")
    delay: float = Field(default=2.0, ge=0, le=3600, description="两次请求之间的间隔（秒）")
    timeout: float = Field(default=60.0, gt=0, le=3600, description="一次请求的时限（秒）")
    tries: int = Field(default=3, ge=1, le=10, description="一次请求最多尝试的次数")
    max_mb: float = Field(default=100.0, gt=0, le=2048, description="单个文件的大小上限（MB）")
    max_notices: int = Field(default=200, ge=1, description="一次最多下载的新通知数")
    recheck_days: int = Field(default=7, ge=0, description="隔多少天复查一次已下载的通知")
    allow_private: bool = Field(default=False, description="是否允许该网站位于内部网络")

    @model_validator(mode="after")
    def _check_combination(self) -> Source:
        if self.kind in ("list", "sitemap") and not self.take:
            raise ValueError(
                f'{KIND_LABELS[self.kind]}上还有许多别的链接，须用 take 写明标题中要有的字样，如 take = ["测评"]'
            )
        if self.page_url is not None and (self.kind != "list" or self.page_url.count(PAGE_PLACEHOLDER) != 1):
            raise ValueError(
                f"page_url 只用于列表页，其中须有一处 {PAGE_PLACEHOLDER} 代表页号，如 index_{PAGE_PLACEHOLDER}.html"
            )
        return self

    @property
    def folder_name(self) -> str:
        """The name of the folder below raw/."""
        return self.folder or file_name(self.name, "", set())

    @property
    def rules_key(self) -> str:
        """Key of the fields that decide which links and pages are kept; with another key they are read again."""
        return self.model_dump_json(
            include={"kind", "take", "leave", "since", "encoding", "page_url", "page_from", "depth"}
        )

    @property
    def max_bytes(self) -> int:
        """Size above which a download is aborted."""
        return int(self.max_mb * (1 << 20))

    def is_recent(self, published: str) -> bool:
        """Return whether a notice of this date (ISO, empty if unknown) is wanted."""
        return self.since is None or not published or published >= self.since.isoformat()

    def wants(self, title: str) -> bool:
        """Return whether a notice with this title is wanted."""
        compact = "".join(title.split())
        return (not self.take or any("".join(word.split()) in compact for word in self.take)) and not any(
            "".join(word.split()) in compact for word in self.leave
        )


@dataclass(frozen=True, slots=True)
class SourceList:
    """The usable entries in order, and messages about the others (Chinese, with line and remedy)."""

    entries: tuple[Source, ...]
    problems: tuple[str, ...]


def read_sources(path: Path) -> SourceList:
    """Read a sources file; `[defaults]` holds values for entries that do not set them.

    Raises:
        SourcesError: The file is missing, is not TOML, or has other tables than `[defaults]` and `[[source]]`.
    """
    text, tables = _parsed(path)
    unknown = sorted(set(tables) - {"source", "defaults"})
    if unknown:
        raise SourcesError(f"{path} 中有不认识的部分“{unknown[0]}”；只能有 [defaults] 和 [[source]]，{_REMEDY}")
    listed, common = tables.get("source", []), tables.get("defaults", {})
    if (
        not isinstance(listed, list)
        or not isinstance(common, dict)
        or not all(isinstance(entry, dict) for entry in listed)
    ):
        raise SourcesError(f"{path} 的写法不对：每个来源以一行 [[source]] 开头（两层方括号），{_REMEDY}")
    if "name" in common or "url" in common:
        raise SourcesError(f"{path} 的 [defaults] 中不能写 name、url，这两项须写在各个 [[source]] 中")
    starts = [text.count("\n", 0, match.end()) + 1 for match in _ENTRY_HEADER.finditer(text)]
    lines = text.split("\n")
    entries: list[Source] = []
    problems: list[str] = []
    taken: set[str] = set()
    for number, entry in enumerate(listed, 1):
        start = starts[number - 1] if len(starts) == len(listed) else None
        end = starts[number] if start is not None and number < len(starts) else len(lines) + 1
        location = _EntryLocation(
            path, number, str(entry.get("name", "")), start, lines[start : end - 1] if start else []
        )
        try:
            made = Source(**{**common, **entry})
        except ValidationError as error:
            problems += [location.describe(dict(detail)) for detail in error.errors()]
            continue
        if file_name(made.name, "", set(taken)) != file_name(made.name, "", set()):
            # The state of a source is stored under its name, and two sources must not share a file.
            problems.append(f"{location}：名称与前面的来源相同或太相近，请改名")
            continue
        file_name(made.name, "", taken)
        entries.append(made)
    return SourceList(tuple(entries), tuple(problems))


def _parsed(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise SourcesError(f"没有来源文件：{path}。请建立该文件，写明要查看的网页，{_REMEDY}") from error
    except OSError as error:
        raise SourcesError(f"来源文件无法打开：{path}（{error.strerror}），请检查该文件和权限") from error
    except UnicodeDecodeError as error:
        raise SourcesError(f"{path} 不是 UTF-8 编码，请用记事本另存为 UTF-8") from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"at line (\d+), column (\d+)", str(error))
        where = f"第 {match[1]} 行第 {match[2]} 个字符处" if match else "末尾"
        raise SourcesError(
            f'{path} {where}不合 TOML 的写法：文字须写在英文引号里，几个字样写作 ["甲", "乙"]，{_REMEDY}'
        ) from error


@dataclass(frozen=True, slots=True)
class _EntryLocation:
    """Location of an entry: number, name, line of its header (None if unknown) and the lines below."""

    path: Path
    number: int
    name: str
    line: int | None
    body: list[str]

    def __str__(self) -> str:
        named = f"“{self.name}”" if self.name else ""
        return (
            f"{self.path.name}" + (f" 第 {self.line} 行起的" if self.line else " ") + f"第 {self.number} 个来源{named}"
        )

    def describe(self, error: dict[str, Any]) -> str:
        """Describe an error of pydantic in Chinese."""
        location = error["loc"]
        field = str(location[0]) if location else ""
        offset = next((n for n, line in enumerate(self.body, 1) if re.match(rf"\s*{re.escape(field)}\s*=", line)), None)
        line = f"（第 {self.line + offset} 行）" if field and offset and self.line else ""
        if error["type"] == "extra_forbidden":
            known = "、".join(Source.model_fields)
            return f"{self}：不认识的项目“{field}”{line}。可用的项目：{known}"
        if error["type"] == "missing":
            return f"{self}：缺少“{field}”（{_field_label(field)}），请补上"
        if not field:
            return f"{self}：{_describe_reason(error)}"
        return (
            f"{self}：“{field}”（{_field_label(field)}）{line}的值 {error['input']!r} 不可用：{_describe_reason(error)}"
        )


def _field_label(field: str) -> str:
    known = Source.model_fields.get(field)
    return known.description or field if known else field


def _describe_reason(error: dict[str, Any]) -> str:
    context = error.get("ctx") or {}
    if error["type"] == "value_error":
        return str(context["error"])
    if error["type"] == "literal_error":
        literal = Kind if "sitemap" in context["expected"] else Encoding
        return f"只能是 {'、'.join(get_args(literal))} 之一"
    if error["type"] in _BOUNDS:
        key, words = _BOUNDS[error["type"]]
        return f"{words} {context[key]}"
    if error["type"] in ("string_too_short", "string_too_long"):
        return "须有 1 至 40 个字"
    kinds = (
        ("tuple", '须写成 ["甲", "乙"]'),
        ("date", "须是日期，如 2023-01-01（不加引号）"),
        ("bool", "须是 true 或 false"),
    )
    return next(
        (words for kind, words in kinds if kind in error["type"]), "类型不对，请核对应写数字还是写在引号里的文字"
    )
