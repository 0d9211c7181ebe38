"""Errors that the user can fix, importable without what raises them."""

from __future__ import annotations

from typing import Final

WRONG_USAGE: Final = 2
"""Exit status."""


class UserError(Exception):
    """An error that the user can fix; the text is Chinese and names the remedy."""

    def __init__(self, message: str, exit_code: int = WRONG_USAGE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class SettingsError(UserError):
    """A setting is invalid; the text names the setting, its value and the remedy."""
