"""Dagster asset of fetching, in a job of its own; what it downloads is new below raw/ for the main job."""

from __future__ import annotations

import dagster as dg

from assets.asset_keys import OWNERS
from assets.fetch.fetch import FetchOptions, fetch
from assets.fetch.fetch_state import FetchEvent, FetchReport
from assets.fetch.sources import SOURCES_FILE
from assets.resources import FetchResource

GROUP = "fetching"
FETCHED = dg.AssetKey(["raw", "fetched"])
MAX_EVENTS = 200
"""Maximum number of events shown by a run; all are in the log below raw/."""


@dg.asset(
    key=FETCHED,
    description="下载的通知：按 raw/sources.toml 查看各来源，把新通知及附件放入 raw 文件夹并登记；改版另存新文件。",
    group_name=GROUP,
    owners=OWNERS,
    kinds={"http", "file"},
)
def fetched_files(fetch: FetchResource) -> dg.MaterializeResult[None]:
    """Download new notices from every source; fail if no source at all could be read."""
    if not (fetch.raw_path / SOURCES_FILE).is_file():
        return dg.MaterializeResult(metadata={"说明": f"没有 {SOURCES_FILE}，没有要查看的来源"})
    report = run_fetch(fetch)
    logger = dg.get_dagster_logger()
    for problem in report.problems:
        logger.warning(problem)
    for event in report.events:
        if event.failed:
            logger.warning(f"{event.source}：{event.outcome} {event.title} {event.url} {event.text}")
    metadata = _report_metadata(report)
    if (report.sources or report.problems) and report.stopped >= set(report.sources):
        raise dg.Failure("没有一个来源可以读取，请核对网络和 raw/sources.toml", metadata=metadata)
    return dg.MaterializeResult(metadata=metadata)


def run_fetch(resource: FetchResource) -> FetchReport:
    """Fetch from all sources once."""
    return fetch(resource.raw_path, FetchOptions(resource.agent))


def _report_metadata(report: FetchReport) -> dict[str, dg.MetadataValue]:
    columns = ("来源", "结果", "标题", "网址", "文件", "说明")
    schema = dg.TableSchema([dg.TableColumn(name, "string") for name in columns])
    records = [
        dg.TableRecord(dict(zip(columns, _event_cells(event), strict=True))) for event in report.notable[:MAX_EVENTS]
    ]
    counts: dict[str, dg.MetadataValue] = {
        str(outcome): dg.MetadataValue.int(n) for outcome, n in report.counts().items()
    }
    return counts | {
        "来源数": dg.MetadataValue.int(len(report.sources)),
        "逐条": dg.MetadataValue.table(records, schema),
        "不可用的来源": dg.MetadataValue.json(list(report.problems)),
    }


def _event_cells(event: FetchEvent) -> tuple[str, ...]:
    return event.source, str(event.outcome), event.title, event.url, event.path, event.text
