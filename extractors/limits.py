"""Limits on the cost of one file. They guard against hostile or broken files; none is a business rule."""

from __future__ import annotations

from dataclasses import dataclass, fields

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that readers enforce; a file beyond one is refused with `ReadError`.

    The defaults admit any notice seen in practice several hundred times over and keep one file well under a gigabyte of
    memory.
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
    """Below this inflated size the ratio is not checked: small and highly regular is harmless."""
    max_members: int = 20_000
    """Members of a package."""
    max_nodes: int = 4_000_000
    """XML elements in one part."""
    max_archive_files: int = 500
    """Files in an archive and the archives in it; more are a whole disk, not a notice."""
    max_archive_depth: int = 2
    """Levels of nested archives that are opened: 1 opens an archive, but none in it, 0 none at all."""
    max_depth: int = 24
    """Levels of nested tables, text boxes and notes."""
    max_cells: int = 5_000_000
    """Rows times columns of one table."""
    max_columns: int = 1_000
    """Columns of one table; a larger span of a cell is truncated to the grid of the table."""
    max_pages: int = 3_000
    """Pages of a pdf or another format with fixed pages."""
    max_page_side: float = 14_400.0
    """Width or height of a page, in points (the maximum of pdf, about 5 m)."""
    max_page_marks: int = 200_000
    """Characters, and segments of paths, on one page; a dense page has some 5,000 of each."""

    max_recognised_pictures: int = 40
    """Pictures among the text of one file that are recognised (OCR), a second each; 0 recognises none, scanned pages
    neither."""

    def __post_init__(self) -> None:
        """Refuse what is no bound: there is no way to read a file without one."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None or value < 0:
                raise ValueError(f"{field.name} is a number from 0 on, not {value}")


DEFAULT_LIMITS = Limits()
