"""A fetch that ends at any of its writes: the next one brings what is missing, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from assets.fetch import download_notice, fetch_state, manifest
from tests.assets.city import add_source, files, furnish, run_fetch
from tests.assets.city import manifest as rows_of
from tests.assets.site import running

P = ParamSpec("P")
T = TypeVar("T")
pytestmark = pytest.mark.fuzz


class KilledError(BaseException):
    """Nothing handles it, as nothing handles the end of a process."""


class Countdown:
    """Ends the run before or after its n-th write; `left` above 0 afterwards tells that it had fewer."""

    def __init__(self, writes: int) -> None:
        self.left = writes

    def around(self, write: Callable[P, T]) -> Callable[P, T]:
        """`write` with two moments to end at."""

        def counted(*arguments: P.args, **more: P.kwargs) -> T:
            self._tick()
            made = write(*arguments, **more)
            self._tick()
            return made

        return counted

    def _tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise KilledError


def killed_at(moment: int, raw: Path) -> bool:
    """Run a fetch that ends at its n-th moment; False where it has fewer."""
    countdown = Countdown(moment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(download_notice, "write_new", countdown.around(fetch_state.write_new))
        patch.setattr(manifest, "write_atomically", countdown.around(fetch_state.write_atomically))
        patch.setattr(fetch_state.SourceMemory, "store", countdown.around(fetch_state.SourceMemory.store))
        try:
            run_fetch(raw)
        except KilledError:
            return True
    return False


def by_path(raw: Path) -> dict[str, dict[str, str]]:
    return {row["path"]: row for row in rows_of(raw)}


def test_a_run_that_ends_at_any_write_is_completed_by_the_next(tmp_path: Path) -> None:
    with running() as site:
        furnish(site)
        whole = tmp_path / "whole"
        add_source(whole, site)
        run_fetch(whole)
        for moment in count(1):
            raw = tmp_path / str(moment)
            add_source(raw, site)
            if not killed_at(moment, raw):
                break
            if (raw / "manifest.csv").exists():
                assert set(by_path(raw)) <= set(files(raw)), moment
            assert not run_fetch(raw).failed, moment
            assert (files(raw), by_path(raw)) == (files(whole), by_path(whole)), moment
            assert run_fetch(raw, days=1).notable == [], moment
        assert moment > 20
