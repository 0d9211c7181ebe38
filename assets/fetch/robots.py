"""robots.txt as RFC 9309 reads it: groups, the longest rule wins, `*` and `$`, Crawl-delay.

The parser of the standard library takes `*` for a letter and the first rule for the decisive one, so it would fetch
what a site forbids with `Disallow: /*.doc$`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urlsplit

TOKEN: Final = "wenming-fetch"
"""The name by which a robots.txt may address this program."""
MOST_BYTES: Final = 500 * 1024
LONGEST_DELAY: Final = 60.0
_SAFE: Final = "/*$?=&;:@!,()'+~"


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for this program: (path pattern, allowed), and the seconds asked for between requests."""

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether an address may be fetched; where two rules are as long, the allowing one holds."""
        parts = urlsplit(url)
        path = _plain((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        if path == "/robots.txt":
            return True
        fitting = [(len(pattern), allowed) for pattern, allowed in self.rules if _fits(pattern, path)]
        return max(fitting)[1] if fitting else True


def parse(data: bytes) -> Robots:
    """The rules of the group that names this program, else of the group for everybody."""
    named: list[tuple[str, str]] = []
    common: list[tuple[str, str]] = []
    agents: list[str] = []
    is_named = rules_began = False
    for line in data[:MOST_BYTES].decode("utf-8-sig", "replace").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            agents = [value.lower()] if rules_began else [*agents, value.lower()]
            rules_began = False
            is_named = is_named or value.lower() == TOKEN
        elif key in ("allow", "disallow", "crawl-delay"):
            rules_began = True
            if TOKEN in agents:
                named.append((key, value))
            if "*" in agents:
                common.append((key, value))
    return _robots(named if is_named else common)


def _robots(lines: list[tuple[str, str]]) -> Robots:
    rules = tuple((_plain(value), key == "allow") for key, value in lines if key != "crawl-delay" and value)
    delays = [float(value) for key, value in lines if key == "crawl-delay" and re.fullmatch(r"\d{1,6}(\.\d+)?", value)]
    return Robots(rules, min(max(delays, default=0.0), LONGEST_DELAY))


def _plain(path: str) -> str:
    """One spelling of a path: Chinese and percent-encoded letters alike."""
    return quote(unquote_to_bytes(path), safe=_SAFE)


def _fits(pattern: str, path: str) -> bool:
    """Whether the path begins with the pattern. Linear: pieces between stars are looked for one after the other."""
    anchored = pattern.endswith("$")
    first, *rest = (pattern[:-1] if anchored else pattern).split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not anchored or path == first
    at = len(first)
    last = rest.pop() if anchored else ""
    for piece in rest:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return not anchored or (path.endswith(last) and len(path) - len(last) >= at)
