"""Any number of notices that differ in what they say, made from the published ones.

Every copy gets another place, other document number, years, months, points, departments and wording; layout and
carrier stay those of the seed. The same seed number gives the same bytes again.

    python -m tests.bench.generate FOLDER NUMBER
"""

from __future__ import annotations

import random
import re
import sys
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

HERE = Path(__file__).resolve().parent
NOTICES = HERE.parent / "notices"
PER_FOLDER = 100
EPOCH = (1980, 1, 1, 0, 0, 0)

DOC_NUMBER = re.compile(r"(?<=[〔\[﹝])(20\d\d)([〕\]﹞])(第?)(\d+)(?=号)")
YEAR = re.compile(r"(?<!\d)20[012]\d(?=\s?(?:年|-20))")
MONTH = re.compile(r"(?<!\d)(1[0-2]|[1-9])月(?=[上中下底初份前])")
POINTS = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d)?)(?=\s?分(?:[）)，。；、]|$))")
TEXT_NODE = re.compile(r"(<w:t(?:\s[^>]*)?>)([^<]*)(</w:t>)")

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Words:
    """The contents of words.toml."""

    places: dict[str, str]
    lists: dict[str, list[str]]
    words: dict[str, list[str]]

    @classmethod
    def load(cls) -> Words:
        """Read the word lists beside this file."""
        content = tomllib.loads((HERE / "words.toml").read_text("utf-8"))
        return cls(content["places"], content["lists"], content["words"])


def pick(rng: random.Random, items: Sequence[Item]) -> Item:
    """One of `items`; `random()` alone is promised to give the same numbers in every Python version."""
    return items[int(rng.random() * len(items))]


def changer(words: Words, slug: str, index: int, seed: int) -> Callable[[str], str]:
    """A function that changes text of copy `index` of the notice `slug`, the same way for the same words."""
    rng = random.Random(f"{seed}/{slug}/{index}")
    years, months = 1 + int(rng.random() * 5), 1 + int(rng.random() * 11)
    swaps = {place: pick(rng, words.lists[kind]) for place, kind in words.places.items()}
    for group in words.words.values():
        turn = 1 + int(rng.random() * (len(group) - 1))
        swaps |= {word: group[(at + turn) % len(group)] for at, word in enumerate(group)}
    named = re.compile("|".join(sorted(map(re.escape, swaps), key=len, reverse=True)))

    def points(match: re.Match[str]) -> str:
        value = float(match[1]) + pick(rng, (-0.5, 0.5, 1, 2, 3))
        return f"{value if value > 0 else 1:g}"

    def change(text: str) -> str:
        text = named.sub(lambda match: swaps[match[0]], text)
        text = DOC_NUMBER.sub(lambda m: f"{int(m[1]) - years}{m[2]}{m[3]}{int(m[4]) + 1 + index}", text)
        text = YEAR.sub(lambda match: str(int(match[0]) - years), text)
        text = MONTH.sub(lambda match: f"{(int(match[1]) - 1 + months) % 12 + 1}月", text)
        return POINTS.sub(points, text)

    return change


def change_docx(source: Path, target: Path, change: Callable[[str], str]) -> None:
    """Copy a docx with each text node of its body changed; all other parts keep their bytes."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                body = TEXT_NODE.sub(lambda m: m[1] + change(m[2]) + m[3], content.decode("utf-8"))
                content = body.encode("utf-8")
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)


def generate(folder: Path, number: int, seed: int = 0) -> list[Path]:
    """Write `number` notices below `folder`, text and docx in turn, and return their paths.

    Raises:
        FileNotFoundError: the seed notices are not where the tests keep them.
    """
    seeds = sorted(path for kind in ("docx", "text") for path in (NOTICES / kind).iterdir() if path.is_file())
    if not seeds:
        raise FileNotFoundError(f"no notices below {NOTICES}")
    words = Words.load()
    written = []
    for index in range(number):
        source = seeds[index % len(seeds)]
        target = folder / f"{index // PER_FOLDER:03d}" / f"{index:05d}-{source.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        change = changer(words, source.stem, index, seed)
        if source.suffix == ".docx":
            change_docx(source, target, change)
        else:
            target.write_bytes(change(source.read_bytes().decode("utf-8")).encode("utf-8"))
        written.append(target)
    return written


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
