"""The settings, typed, with their origin.

A value comes from the command line, else from an environment variable `WENMING_…`, else from `wenming.toml` in the
current folder (or the file that `WENMING_CONFIG` names), else from the default below.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from pipelines.errors import SettingsError
from pipelines.record_folders import USUAL_NAME, find_record_folder
from warehouse.clock import ZONE_NAME
from warehouse.store_options import DEFAULT_SNAPSHOTS, DEFAULT_WAIT

PREFIX: Final = "WENMING_"
CONFIG_VARIABLE: Final = "WENMING_CONFIG"
MIB: Final = 1 << 20
CRON_FIELDS: Final = 5
CRON_LETTERS: Final = frozenset("0123456789*/,-LW#? ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
WAREHOUSE: Final = Path("warehouse") / USUAL_NAME
DEFAULT_CONFIG: Final = Path("wenming.toml")


def _count_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _beside_warehouse(folder: str) -> Callable[[dict[str, Any]], Path]:
    """Return a default factory for a folder beside the warehouse file."""
    return lambda given: find_record_folder(given.get("warehouse", WAREHOUSE)) / folder


class Settings(BaseSettings):
    """All settings; the description of each field is what `wenming config` prints."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    raw: Path = Field(default=Path("raw"), description="存放通知原件的文件夹")
    warehouse: Path = Field(default=WAREHOUSE, description="发布的数据仓库文件（DuckDB）")
    corrections: Path = Field(
        default_factory=_beside_warehouse("corrections"),
        description="存放人工更正记录（CSV）的文件夹，不设则在仓库文件旁",
    )
    progress: Path = Field(
        default_factory=_beside_warehouse("progress"),
        description="存放进展台账（历次导入的填报）的文件夹，不设则在仓库文件旁",
    )
    queries: Path = Field(
        default_factory=_beside_warehouse("queries"),
        description="存放网页上保存的查询（每条一个 .sql 文件）的文件夹，不设则在仓库文件旁",
    )
    lake: Path | None = Field(
        default=None, description="数据湖（按地区和年份分区的 Parquet）的文件夹，每次发布后随之更新；不设则不写"
    )
    exports: Path = Field(
        default_factory=_beside_warehouse("exports"), description="定期写出任务清单和提醒的文件夹，不设则在仓库文件旁"
    )
    export_persons: bool = Field(default=True, description="定期写出的清单中是否写人名（责任领导、责任人）")
    template: Path | None = Field(default=None, description="本单位的任务交办单模板（docx），不设则用自带的模板")
    workers: int = Field(default_factory=_count_cores, ge=1, le=256, description="同时读取文件的进程数")
    cluster: str | None = Field(
        default=None, description="用多台机器读取时调度器的地址，如 tls://10.0.0.5:8786；不设则在本机读取"
    )
    cluster_plain: bool = Field(
        default=False, description="调度器在另一台机器上时，可以不用证书连接（tcp://）；只在没有外人的网络中使用"
    )
    timeout: float = Field(default=120.0, gt=0, description="读取一个文件的时限（秒）")
    memory_mb: int = Field(default=2048, ge=256, description="读取一个文件的内存上限（MB）")
    max_mb: float = Field(default=200.0, gt=0, description="单个文件的大小上限（MB），超过则不读取")
    expanded_mb: float = Field(default=1024.0, gt=0, description="压缩格式（docx 等）解压后的大小上限（MB）")
    fetch_cron: str = Field(default="0 2 * * *", description="定时下载新通知的时刻（cron 写法：分 时 日 月 星期）")
    fetch_timezone: str = Field(default=ZONE_NAME, description="该时刻所用的时区")
    fetch_agent: str = Field(
        default="Mozilla/5.0 (compatible; wenming-fetch)",
        pattern=r"^[\x20-\x7e]{1,200}$",
        description="下载通知时向网站报的名称",
    )
    lock_wait: float = Field(
        default=DEFAULT_WAIT,
        ge=0,
        le=3600,
        description="仓库文件被其他程序以可写方式打开时，最多等多少秒（等不到则退出，退出码为 3）",
    )
    editions: int = Field(
        default=DEFAULT_SNAPSHOTS, ge=0, le=1000, description="除现在的仓库外，保留最近几版（0 为不保留）"
    )
    token: SecretStr | None = Field(default=None, description="打开网页资料库（wenming serve）要输入的口令")
    editor_token: SecretStr | None = Field(
        default=None, description="在网页上更正、上传、导入要输入的口令；两个口令都不设的，只在本机打开的网页可以修改"
    )
    host_names: str = Field(default="", description="访问各网页时还可用的主机名，如反向代理的域名；几个名称用逗号分开")

    watch_every: float = Field(default=15.0, ge=0.1, le=3600, description="自动监测 raw：每隔多少秒看一次")
    watch_settle: float = Field(default=10.0, ge=0, le=3600, description="自动监测 raw：文件多少秒不再变化才读取")
    watch_longest: float = Field(
        default=900.0, gt=0, le=86400, description="自动监测 raw：总有文件在变时，最多等多少秒就先读其余的"
    )
    nightly_cron: str = Field(
        default="0 3 * * *", description="定时重建仓库、更新清单的时刻（cron 写法：分 时 日 月 星期）"
    )
    nightly_timezone: str = Field(default=ZONE_NAME, description="定时重建的时刻所用的时区")
    fresh_hours: float = Field(
        default=36.0, gt=0, le=8760, description="仓库超过多少小时没有核对过，在 Dagster 中显示为过期"
    )
    webhook: SecretStr | None = Field(
        default=None, description="构建失败时通知的地址（企业微信、钉钉群机器人的 Webhook），不设则只写日志"
    )
    dagster_home: Path | None = Field(
        default=None, description="wenming up 存放运行记录的文件夹，不设则为仓库旁的 .dagster"
    )
    up_host: str = Field(default="127.0.0.1", min_length=1, description="wenming up 的网页地址，默认只供本机使用")
    up_port: int = Field(default=3000, ge=1, le=65535, description="wenming up 的网页端口")

    @field_validator("nightly_cron", "fetch_cron")
    @classmethod
    def _five_fields(cls, text: str) -> str:
        if len(text.split()) != CRON_FIELDS or set(text) - CRON_LETTERS:
            raise ValueError("须为五段，如 0 2 * * *（每天 2 时）")
        return text

    @field_validator("nightly_timezone", "fetch_timezone")
    @classmethod
    def _known_zone(cls, text: str) -> str:
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("没有这个时区，请写如 Asia/Shanghai") from error
        return text

    @field_validator("token", "editor_token")
    @classmethod
    def _not_empty(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not secret.get_secret_value().strip():
            raise ValueError("口令是空的。请写一个口令；不要口令，请去掉这一选项或环境变量")
        return secret

    @field_validator("webhook")
    @classmethod
    def _web_address(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None or not secret.get_secret_value().strip():
            # A compose file passes an empty string if the variable is not set.
            return None
        parts = urlsplit(secret.get_secret_value())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("须为 http:// 或 https:// 开头的完整地址")
        return secret

    @property
    def named_hosts(self) -> tuple[str, ...]:
        """The names of `host_names`."""
        return tuple(name for name in re.split(r"[,，、\s]+", self.host_names) if name)

    @property
    def max_bytes(self) -> int:
        """Size above which a file is not opened."""
        return int(self.max_mb * MIB)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources by priority: command line, environment, TOML file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file())


def config_file() -> Path:
    """Return the path of the TOML file, whether it exists or not."""
    return Path(os.environ.get(CONFIG_VARIABLE, DEFAULT_CONFIG))


def load_settings(**given: object) -> Settings:
    """Return the settings; `given` are values from the command line, None if not given.

    Raises:
        SettingsError: A value is invalid, or the TOML file is broken or has an unknown setting.
    """
    values = {name: value for name, value in given.items() if value is not None}
    named = os.environ.get(CONFIG_VARIABLE)
    if named and not Path(named).is_file():
        raise SettingsError(f"环境变量 {CONFIG_VARIABLE} 所指的设置文件不存在：{named}")
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("；".join(_describe_error(dict(detail)) for detail in error.errors())) from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"设置文件 {config_file()} 无法读取，请检查其 TOML 写法（{error}）") from error


def setting_origin(name: str) -> str:
    """Return in Chinese where the value of a setting comes from."""
    variable = f"{PREFIX}{name.upper()}"
    if any(key.upper() == variable for key in os.environ):
        return f"环境变量 {variable}"
    if name in TomlConfigSettingsSource(Settings, config_file())():
        return f"设置文件 {config_file()}"
    return "默认值"


def _describe_error(error: dict[str, object]) -> str:
    location = error["loc"]
    name = str(location[0]) if isinstance(location, tuple) and location else "?"
    if error["type"] == "extra_forbidden":
        return f"设置文件 {config_file()} 中有不认识的设置“{name}”，可用的设置见 wenming config"
    field = Settings.model_fields.get(name)
    meaning = field.description if field and field.description else name
    secret = field is not None and SecretStr in (field.annotation, *get_args(field.annotation))
    value = "（不显示）" if secret else repr(error["input"])
    return f"设置“{name}”（{meaning}）的值 {value} 不可用：{_describe_bound(error)}"


def _describe_bound(error: dict[str, object]) -> str:
    context = error.get("ctx")
    if error["type"] == "value_error" and isinstance(context, dict):
        return str(context["error"])
    if error["type"] == "string_pattern_mismatch":
        return "只能用英文字母、数字和常用符号，不超过 200 个字符"
    bounds = {
        "greater_than_equal": ("ge", "不得小于"),
        "less_than_equal": ("le", "不得大于"),
        "greater_than": ("gt", "须大于"),
    }
    key, words = bounds.get(str(error["type"]), ("", "类型不对，应为数字或路径"))
    return f"{words} {context[key]}" if key and isinstance(context, dict) else words
