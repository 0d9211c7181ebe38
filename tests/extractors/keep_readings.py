"""Keep texts in `tests/readings` that notice changes of the code which no text there notices yet.

    .venv/bin/python -m tests.extractors.keep_readings --seconds 1200 [--under extractors/layout] [--kinds constant]

The changes are those of `tests.mutants` inside the functions of extractors. Each is tried with the kept texts that
reach its line. If all of them are read as before, variants of them are drawn until one is not: where a comparison is
changed, of the texts whose two sides come nearest to each other, for it is a bound met exactly that tells `<` from
`<=`. The variant is shortened as far as it still notices, and its line is added to its table: what the sound code reads
of it.

Whatever changes meanwhile, the command may be run again: it adds to what is kept and takes nothing away. It keeps other
texts on another machine, for a slow one tries fewer.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import signal
import sys
import time
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from tests import answers
from tests.extractors import readings
from tests.extractors.changed_code import SUBJECTS, Changed, Nearness, Sources, Text, read_within, stop, unlike
from tests.extractors.readings import table_of, text_of_table
from tests.extractors.text_variants import variants
from tests.mutants import ROOT, Mutant, mutants

WITH_KEPT, WITH_VARIANTS, TO_SHORTEN = 1.0, 5.0, 0.6
"""Seconds for each change."""
LONGEST_LINE = 2200
"""Characters of a line that is added: longer ones cost more than they tell."""
ENOUGH = 300
"""Variants that meet the bound and are read alike: the change seems to change nothing."""
ORIGINS, NEAREST = 150, 20
"""Kept texts that variants are drawn of, and how many of them count as near to the bound."""


class Keeper:
    """The kept texts, the lines that each reaches, and the search for more."""

    def __init__(self, seed: int, under: str, folder: Path, subjects: Iterable[str]) -> None:
        self.draw = random.Random(seed)
        self.texts: dict[str, list[str]] = {}
        self.found: dict[Text, Any] = {}
        self.lines: dict[tuple[str, int], list[tuple[float, Text]]] = defaultdict(list)
        self.added = Counter[str]()
        self.sources = Sources()
        self.folder, self.traced = folder, str(ROOT / under)
        for subject in subjects:
            self.texts[subject] = [given for given, _ in table_of(subject, folder)]
            self.found |= {(subject, given): kept for given, kept in table_of(subject, folder)}
        for text in self.found:
            self._trace(text)
        self.sources.look()

    def _trace(self, text: Text) -> None:
        """Note the lines of the product that a text reaches, and how long its reading takes."""
        reached = set[tuple[str, int]]()

        def step(frame: FrameType, event: str, _value: object) -> Any:
            if event == "line":
                reached.add((frame.f_code.co_filename, frame.f_lineno))
            return step

        def call(frame: FrameType, _event: str, _value: object) -> Any:
            return step if frame.f_code.co_filename.startswith(self.traced) else None

        began = time.monotonic()
        self.sources.forget()
        sys.settrace(call)
        try:
            read_within(text)
        finally:
            sys.settrace(None)
        took = time.monotonic() - began
        for line in reached:
            insort(self.lines[line], (took, text))

    def reaching(self, mutant: Mutant) -> list[Text]:
        """The kept texts that reach a change, the soonest read first."""
        lines = [mutant.line]
        if mutant.kind == "constant" and (name := self.sources.renewed(mutant)[0]):
            lines = self.sources.lines_of(mutant.path, name)
        reached = sorted({one for line in lines for one in self.lines.get((str(ROOT / mutant.path), line), [])})
        return [text for _, text in reached]

    def try_out(self, mutant: Mutant) -> str:
        """Keep a text for a change if none notices it yet; what became of it."""
        texts = self.reaching(mutant)
        if not texts:
            return "not reached"
        changed = Changed(self.sources, mutant)
        if not changed:
            return "not exchanged"
        until = time.monotonic() + WITH_KEPT
        for text in texts:
            if unlike(changed.read(text), self.found[text]):
                return "noticed"
            if time.monotonic() > until:
                break
        variant = self._variant(changed, texts)
        if variant is None:
            return "open"
        self._keep(self._shortened(changed, variant))
        return "kept"

    def _variant(self, changed: Changed, texts: list[Text]) -> Text | None:
        """A text that notices a change: of each kept text the nearest variant so far is varied on."""
        until = time.monotonic() + WITH_VARIANTS
        nearest: list[tuple[Text, Nearness]] = []
        for text in texts[:ORIGINS] if len(texts) <= ORIGINS else self.draw.sample(texts, ORIGINS):
            nearest.append((text, changed.probe(text)[1]))
            if time.monotonic() > until - WITH_VARIANTS / 2:
                break
        nearest.sort(key=lambda one: one[1].distance)
        tried = 0
        while time.monotonic() < until and tried < ENOUGH:
            if self.draw.random() < 0.02:
                nearest.sort(key=lambda one: one[1].distance)
            place = self.draw.randrange(len(nearest) if self.draw.random() < 0.4 else min(NEAREST, len(nearest)))
            (subject, given), best = nearest[place]
            text = subject, variants(given, self.texts[subject], best.gap or 0.0, self.draw)
            if text in self.found:
                continue
            sound, near = changed.probe(text)
            if isinstance(sound, BaseException) or len(json.dumps([text[1], sound], ensure_ascii=False)) > LONGEST_LINE:
                continue
            if changed.is_worth(near):
                if changed.notices(text, sound):
                    return text
                tried += 1
            if near <= best:
                nearest[place] = text, near
        return None

    def _shortened(self, changed: Changed, text: Text) -> Text:
        until = time.monotonic() + TO_SHORTEN
        size = max(1, len(text[1]) // 2)
        while size and time.monotonic() < until:
            at = 0
            while at < len(text[1]) and time.monotonic() < until:
                shorter = text[0], text[1][:at] + text[1][at + size :]
                sound = read_within(shorter)
                is_sound = shorter not in self.found and not isinstance(sound, BaseException)
                if is_sound and changed.notices(shorter, sound):
                    text = shorter
                else:
                    at += size
            size //= 2
        return text

    def _keep(self, text: Text) -> None:
        subject, given = text
        self.sources.forget()
        self.found[text] = found = readings.reading(subject, given, SUBJECTS)
        line = text_of_table([(given, found)])
        with Path(self.folder, f"{subject}.jsonl").open("a", encoding="utf-8", newline="\n") as table:
            table.write(line)
        self.texts[subject].append(given)
        self.added[subject] += len(line.encode())
        self._trace(text)


def _rank(mutant: Mutant) -> int:
    """Bounds first, then numbers: texts that are drawn by lot meet them best."""
    if mutant.kind == "comparison":
        return 0 if re.search(r" [<>]=? ", mutant.before) else 2
    return 1 if mutant.before.isdecimal() else 3


def main() -> int:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m tests.extractors.keep_readings")
    parser.add_argument("--seconds", type=float, default=1200)
    parser.add_argument("--under", default="extractors", help="a folder or file whose changes are tried")
    parser.add_argument("--kinds", default="comparison,constant")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kilobytes", type=int, default=300, help="what may be added at most")
    asked = parser.parse_args()
    until = time.monotonic() + asked.seconds
    signal.signal(signal.SIGALRM, stop)
    room = asked.under.split("/")[0]
    of_extractors = room == "extractors"
    folder, subjects = (readings.READINGS, readings.SUBJECTS) if of_extractors else (answers.WRITINGS, answers.SUBJECTS)
    keeper = Keeper(asked.seed, asked.under, folder, subjects)
    kinds = asked.kinds.split(",")
    every = [one for one in mutants(ROOT, (room,)) if one.kind in kinds and one.path.startswith(asked.under)]
    keeper.draw.shuffle(every)
    every.sort(key=_rank)
    became = Counter[tuple[str, str]]()
    for mutant in every:
        if time.monotonic() > until or sum(keeper.added.values()) > asked.kilobytes << 10:
            break
        verdict = keeper.try_out(mutant)
        became[mutant.kind, verdict] += 1
        if verdict in ("kept", "open"):
            print(f"{verdict:<8} {mutant}", flush=True)
    for (kind, verdict), count in sorted(became.items()):
        print(f"{kind}: {verdict} {count}")
    print("bytes added:", dict(keeper.added))
    return 0


if __name__ == "__main__":
    sys.exit(main())
