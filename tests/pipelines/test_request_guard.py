"""What a page of another site can do to `wenming up` and to a notebook: nothing; and what a run may be told: little."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import dagster as dg
import httpx
import pytest

from notebooks import NOTEBOOKS
from pipelines import dagster_page, notebook_page
from pipelines.commands import up
from pipelines.definitions import EXPORT_JOB, FETCH_JOB, JOB, build_definitions
from pipelines.errors import SettingsError
from pipelines.settings import Settings, load_settings
from tests.pipelines.sample_notices import as_text
from warehouse.request_guard import Application, GuardRules, KnownHosts, RequestGuard

OWN = "http://127.0.0.1:3000"
FOREIGN: tuple[dict[str, str], ...] = (
    {"origin": "http://attacker.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:9999"},
    {"host": "attacker.example"},
    {"host": "attacker.example:3000", "origin": "http://attacker.example:3000"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
    {"referer": "http://attacker.example/page"},
)
STARTED = """mutation ($p: ExecutionParams!) { launchRun(executionParams: $p) { __typename
  ... on RunConfigValidationInvalid { errors { message } } ... on PythonError { message } } }"""
SWITCHED = """mutation ($s: ScheduleSelector!) { startSchedule(scheduleSelector: $s) { __typename } }"""
REPOSITORY = {"repositoryName": "__repository__", "repositoryLocationName": "pipelines.definitions"}
SWITCH = {"s": {**REPOSITORY, "scheduleName": "nightly_fetch"}}


def launch(resources: dict[str, Any]) -> dict[str, Any]:
    return {"p": {"selector": {**REPOSITORY, "jobName": JOB}, "runConfigData": {"resources": resources}}}


def ask(app: Application, method: str, path: str, **given: Any) -> httpx.Response:
    """One request to the application in this process."""

    async def requests() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=OWN, timeout=120) as web:
            return await web.request(method, path, **given)

    return anyio.run(requests)


def graphql(app: Application, query: str, variables: dict[str, Any], **headers: str) -> httpx.Response:
    return ask(app, "POST", "/graphql", json={"query": query, "variables": variables}, headers=headers)


def connected(app: Application, path: str, **headers: str) -> str:
    """The type of the first message that an attempt to open a websocket is answered with."""
    sent: list[str] = []

    async def tried() -> None:
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": b"",
            "subprotocols": [],
            "headers": [
                (name.encode(), value.encode()) for name, value in ({"host": "127.0.0.1:3000"} | headers).items()
            ],
        }

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"} if not sent else {"type": "websocket.disconnect", "code": 1000}

        async def send(message: Any) -> None:
            sent.append(message["type"])

        await app(scope, receive, send)

    anyio.run(tried)
    return sent[0]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with raw/ and Dagster's home, which the settings of this module's tests name."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "raw").mkdir()
    (folder / "raw" / "甲.md").write_text(as_text("甲州"), "utf-8")
    up.prepare_home(folder / "home")
    return folder


@pytest.fixture
def environment(workspace: Path, monkeypatch: pytest.MonkeyPatch, plain_settings: None) -> Path:
    monkeypatch.setenv(up.HOME_VARIABLE, str(workspace / "home"))
    monkeypatch.setenv("WENMING_RAW", str(workspace / "raw"))
    monkeypatch.setenv("WENMING_WAREHOUSE", str(workspace / "w.duckdb"))
    return workspace


def switched_on() -> list[str]:
    """Schedules that somebody switched on."""
    with dg.DagsterInstance.get() as instance:
        return [one.origin.instigator_name for one in instance.all_instigator_state() if one.status.value == "RUNNING"]


def runs() -> int:
    with dg.DagsterInstance.get() as instance:
        return instance.get_runs_count()


def test_no_other_site_drives_the_pages_of_dagster(environment: Path) -> None:
    evil = environment / "evil.duckdb"
    overriding = launch({"build": {"config": {"warehouse": str(evil), "cluster": "tcp://192.0.2.1:8786"}}})
    with dagster_page.open_workspace(read_only=False) as context:
        app = dagster_page.create_guarded_app(context, KnownHosts())
        for headers in FOREIGN:
            for query, variables in ((STARTED, overriding), (STARTED, launch({})), (SWITCHED, SWITCH)):
                assert graphql(app, query, variables, **headers).status_code == 403
            assert ask(app, "POST", "/report_asset_materialization/warehouse", headers=headers).status_code == 403
        for headers in ({"origin": "http://attacker.example"}, {"host": "attacker.example"}):
            assert connected(app, "/graphql", **headers) == "websocket.close"
        assert connected(app, "/graphql", origin=OWN) == "websocket.accept"
        # Neither may a link or a form, where no header tells of another site.
        parameters = {"query": SWITCHED, "variables": json.dumps(SWITCH)}
        for method in ("GET", "HEAD", "POST"):
            assert ask(app, method, "/graphql", params=parameters).status_code == 403
            assert ask(app, method, "/graphql/", params=parameters).status_code == 403
        for kind in ("text/plain", "application/graphql", "application/x-www-form-urlencoded"):
            result = ask(app, "POST", "/graphql", content=SWITCHED, headers={"content-type": kind})
            assert result.status_code == 403
        assert (switched_on(), runs()) == ([], 0)

        # The page itself may, and still no run is told where to write or what to connect to.
        assert ask(app, "GET", "/").status_code == 200
        refused = graphql(app, STARTED, overriding, origin=OWN).json()["data"]["launchRun"]
        assert refused["__typename"] == "RunConfigValidationInvalid"
        assert runs() == 0
        assert graphql(app, SWITCHED, SWITCH, origin=OWN).json()["data"]["startSchedule"] == {
            "__typename": "ScheduleStateResult"
        }
        assert switched_on() == ["nightly_fetch"]
    assert not evil.exists()


def test_the_pages_of_dagster_are_read_only_unless_writable(environment: Path) -> None:
    with dagster_page.open_workspace(read_only=True) as context:
        app = dagster_page.create_guarded_app(context, KnownHosts())
        before = switched_on()
        answers = [
            graphql(app, STARTED, launch({}), origin=OWN).json()["data"]["launchRun"]["__typename"],
            graphql(app, SWITCHED, SWITCH, origin=OWN).json()["data"]["startSchedule"]["__typename"],
        ]
        assert answers == ["UnauthorizedError"] * 2
        assert ask(app, "POST", "/report_asset_materialization/warehouse").status_code == 403
        assert graphql(app, "{ version }", {}).json()["data"]["version"]
        assert (switched_on(), runs()) == (before, 0)


def test_up_is_read_only_unless_writable(tmp_path: Path) -> None:
    page = up.process_commands(Settings(), read_only=True)["webserver"]
    assert page[1:3] == ["-m", "pipelines.dagster_page"]
    assert "--read-only" in page
    assert "--read-only" not in up.process_commands(Settings(), read_only=False)["webserver"]


@pytest.mark.parametrize(
    ("job", "resource"),
    [(JOB, "build"), (JOB, "staging"), (EXPORT_JOB, "export"), (FETCH_JOB, "fetch")],
)
def test_no_run_decides_where_to_write(tmp_path: Path, job: str, resource: str) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "甲.md").write_text(as_text("甲州"), "utf-8")
    settings = Settings(raw=tmp_path / "raw", warehouse=tmp_path / "w.duckdb", workers=1)
    chosen = {name: str(tmp_path / "evil") for name in ("raw", "warehouse", "folder", "staging", "lake", "cluster")}
    result = {"resources": {resource: {"config": chosen}}}
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(dg.DagsterInvalidConfigError):
        build_definitions(settings).resolve_job_def(job).execute_in_process(run_config=result)
    assert sorted(tmp_path.rglob("*")) == before


def test_no_other_site_reaches_a_notebook() -> None:
    pytest.importorskip("marimo")
    app = notebook_page.create_guarded_app(next(iter(NOTEBOOKS)))
    for headers in FOREIGN:
        for path in ("/api/kernel/instantiate", "/api/kernel/run"):
            assert ask(app, "POST", path, headers=headers).status_code == 403
    assert connected(app, "/ws", origin="http://attacker.example") == "websocket.close"
    assert connected(app, "/ws", host="attacker.example") == "websocket.close"
    assert ask(app, "GET", "/health", headers={"origin": OWN}).status_code == 200


async def _answering(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize(
    ("host", "named", "requests", "known"),
    [
        ("127.0.0.1", (), "localhost:3000", True),
        ("127.0.0.1", (), "192.0.2.5", False),
        ("127.0.0.1", (), "server", False),
        ("127.0.0.1", ("docs.example",), "Docs.example", True),
        ("0.0.0.0", (), "192.0.2.5:3000", True),
        ("0.0.0.0", (), "[2001:db8::1]:3000", True),
        ("0.0.0.0", (), "server:3000", True),
        ("0.0.0.0", (), "attacker.example", False),
        ("0.0.0.0", ("docs.example",), "docs.example", True),
    ],
)
def test_the_names_by_which_a_server_is_reached(host: str, named: tuple[str, ...], requests: str, known: bool) -> None:
    app = RequestGuard(_answering, KnownHosts.for_host(host, named), GuardRules())
    assert (ask(app, "GET", "/", headers={"host": requests}).status_code == 200) is known


def test_a_proxy_may_keep_the_name_to_itself() -> None:
    app = RequestGuard(_answering, KnownHosts.for_host("127.0.0.1", ("docs.example",)), GuardRules())
    assert ask(app, "POST", "/", headers={"origin": "https://docs.example"}).status_code == 200
    assert ask(app, "POST", "/", headers={"origin": "https://other.example"}).status_code == 403


@pytest.mark.parametrize("token", ["", "  "])
def test_an_empty_token_is_an_error(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    with pytest.raises(SettingsError, match="口令是空的"):
        load_settings(token=token)
    monkeypatch.setenv("WENMING_TOKEN", token)
    with pytest.raises(SettingsError, match="口令是空的"):
        load_settings()
