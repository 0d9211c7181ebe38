"""Bounds on one file: each is a number."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.limits import Limits


@pytest.mark.parametrize("value", [None, -1])
@pytest.mark.parametrize("name", ["max_archive_depth", "max_bytes", "max_ratio"])
def test_a_limit_is_a_number(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{name} is a number"):
        Limits(**{name: value})
