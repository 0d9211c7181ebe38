"""The colours of kinds in charts and pictures, the most distinct first."""

from __future__ import annotations

from typing import Final

COLOURS: Final = (
    "#2f6f8f",
    "#d98f3f",
    "#6b9a5b",
    "#b45b5b",
    "#7a6ba8",
    "#4fa3a5",
    "#a7844f",
    "#8a8f98",
    "#c9a9a6",
    "#9fb4c4",
    "#c2b280",
    "#b7c9a8",
)
