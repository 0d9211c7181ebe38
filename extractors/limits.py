"""How much one file may cost. Every limit is a guard against hostile or broken files, not a business rule."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds a reader keeps; a file beyond one is refused with `ReadError`.

    The defaults admit any notice seen in practice several hundred times over and hold one file well under a
    gigabyte of memory.
    """

    max_bytes: int = 200 * MIB
    """Size of the file itself, in bytes."""
    max_expanded_bytes: int = 1024 * MIB
    """Size of all members of a package once inflated, in bytes (pictures included, which are never inflated)."""
    max_part_bytes: int = 64 * MIB
    """Size of one inflated member that is read (one XML part), in bytes."""
    max_ratio: float = 200.0
    """Inflated size divided by stored size, of one member and of the package; office XML stays below 60."""
    ratio_grace_bytes: int = 8 * MIB
    """Below this inflated size the ratio is not judged: small and highly regular is harmless."""
    max_members: int = 20_000
    """Members of a package."""
    max_nodes: int = 4_000_000
    """XML elements in one part."""
    max_archive_files: int = 500
    """Files in an archive and the archives in it; more are a whole disk, not a notice."""
    max_archive_depth: int = 2
    """Archives inside each other that are opened."""
    max_depth: int = 24
    """Tables, text boxes and notes standing inside each other."""
    max_cells: int = 5_000_000
    """Rows times columns of one table."""
    max_columns: int = 1_000
    """Columns of one table; a cell that claims to span more is cut to the table's own grid."""
    max_pages: int = 3_000
    """Pages of a pdf or another carrier of fixed pages."""
    max_page_side: float = 14_400.0
    """Width or height of a page, in points (the largest a pdf may state, about 5 m)."""
    max_page_marks: int = 200_000
    """Characters on one page, and segments of drawn paths on one page; a dense page has some 5,000 of each."""


DEFAULT_LIMITS = Limits()
