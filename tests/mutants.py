"""Break the product at random, one small change at a time, and see whether a test notices.

    .venv/bin/python -m tests.mutants --seed 1 --count 60 [--rooms extractors,assets] [--rest 900] [--list]

Every change is made in a temporary copy of the tree; `--jobs` says how many at a time, in copies of their own. First
the tests run once with a probe at each place (`tests/reaching.py`). Then each change runs the tests that reach its
place, the likeliest to notice first: for extractors short texts and the golden files, then those that import the
module, which are all that is asked where no test reaches the place. They run in a fork of a process that collected them
before (`tests/warm.py`). What importing reaches takes a process of its own, and there all tests of the room follow, and
those of the other rooms for as long as `--rest` allows. A test that fails is run again without the change: one that
fails there too notices nothing, and its change counts as not judged. The same seed gives the same changes of the same
sources. The answer is 0 when at least 90 of 100 are noticed.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.reaching import EVERY_TEST, Reached, probed
from tests.warm import UNABLE, Question, Warm

ROOT = Path(__file__).parents[1]
ROOMS = ("extractors", "assets", "warehouse", "pipelines", "schemas")
WANTED = 0.9
LEFT_OUT = (".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", ".dagster", "*.duckdb*")
LISTENER = "tests/listening.py"
GOLDEN = "tests/extractors/test_golden.py"
READINGS = "tests/extractors/test_readings.py"
ROOM_TESTS = {
    "extractors": ("tests/extractors", "tests/topics", "tests/raw"),
    "assets": ("tests/assets", "tests/pipelines", "tests/progress", "tests/evidence_check"),
    "warehouse": (
        "tests/warehouse",
        "tests/explorer",
        "tests/export",
        "tests/progress",
        "tests/notebooks",
        "tests/mcp",
    ),
    "pipelines": ("tests/pipelines", "tests/explorer", "tests/notebooks", "tests/mcp"),
    "schemas": ("tests/schemas", "tests/warehouse", "tests/assets", "tests/progress", "tests/export"),
}
OF_NO_ROOM = "tests/repository"
"""Its tests read the sources, which the probes change."""
LONG = ("tests/assets", "tests/extractors", "tests/explorer", "tests/pipelines", "tests/warehouse")
FIRST_SECONDS = 300
ROOM_SECONDS = 900
FEW = 8
"""What so few tests reach may be kept after the first call, for all others: those that import the module follow."""
SLOWER, LATER = 5, 20
"""A change under which a test takes so many times as long, and so many seconds, is noticed."""
MEMORY_KB = 12 << 20
LONGEST = 60
"""Longer texts are statements of SQL and patterns; whose last character goes is seldom another statement."""
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
TELLING = frozenset({"debug", "info", "warning", "error", "exception", "critical", "echo", "print", "secho", "warn"})
SENTENCE = re.compile(r"[一-鿿]{3}.*[，。；：、（]|[一-鿿]{10}")
"""A text for people, such as `文件已损坏，请重新下载`: another wording breaks nothing."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: what stands from `start` to `end` (bytes of the file) is replaced."""

    path: str
    line: int
    kind: str
    start: int
    end: int
    before: str
    after: str

    def applied(self, source: bytes) -> bytes:
        """The source with the change."""
        return source[: self.start] + self.after.encode() + source[self.end :]

    def __str__(self) -> str:
        shown = [re.sub(r"\s+", " ", text) for text in (self.before, self.after)]
        before, after = (text if len(text) <= 90 else f"{text[:87]}..." for text in shown)
        return f"{self.path}:{self.line} [{self.kind}] {before} -> {after}"


class _Sites(ast.NodeVisitor):
    """Walk what a program does: no docstring, annotation, decorator, message or block for type checkers."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path = path
        self.source = source
        self.found: list[Mutant] = []
        self._idle: set[int] = set()
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.JoinedStr | ast.Raise | ast.Assert | ast.Import | ast.ImportFrom):
            return
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in TELLING:
            return
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        if isinstance(node, ast.keyword) and node.arg == "strict":
            # Of zip: an assertion that both are as long.
            return
        if isinstance(node, ast.For | ast.While):
            self._idle.update(id(one) for one in _last(node.body) if isinstance(one, ast.Continue))
        if id(node) in self._idle:
            # Nothing of the loop stands behind it, so that it may as well not be there.
            return
        if isinstance(node, ast.Assign) and "__all__" in [getattr(t, "id", "") for t in node.targets]:
            return
        for kind, target, changed in _changes(node):
            self._add(kind, target, changed)
        for name, child in ast.iter_fields(node):
            if name not in ("annotation", "returns", "decorator_list"):
                for one in child if isinstance(child, list) else [child]:
                    if isinstance(one, ast.AST):
                        self.visit(one)

    def _add(self, kind: str, node: ast.expr | ast.stmt, changed: str) -> None:
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        start, end = self._starts[node.lineno - 1] + node.col_offset, self._starts[end_line - 1] + end_column
        before = self.source[start:end].decode()
        after = f"({changed})" if isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp) else changed
        self.found.append(Mutant(self.path, node.lineno, kind, start, end, before, after))


def _last(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that may be the last to run of a block."""
    last = body[-1]
    yield last
    blocks: list[list[ast.stmt]] = []
    if isinstance(last, ast.If):
        blocks = [last.body, last.orelse]
    elif isinstance(last, ast.Try) and not last.finalbody:
        blocks = [last.orelse or last.body, *(one.body for one in last.handlers)]
    for block in blocks:
        if block:
            yield from _last(block)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.expr | ast.stmt, str]]:
    """Kind, what is replaced, and by what, for each way to break a node."""
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            other = copy.deepcopy(node)
            other.ops[at] = COMPARISONS[type(operator)]()
            yield "comparison", node, ast.unparse(other)
    elif isinstance(node, ast.BoolOp):
        yield (
            "and/or",
            node,
            ast.unparse(ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)),
        )
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "negation", node, ast.unparse(node.operand)
    elif isinstance(node, ast.If | ast.IfExp | ast.While) and isinstance(
        node.test, ast.Name | ast.Call | ast.Attribute
    ):
        yield "negation", node.test, f"(not {ast.unparse(node.test)})"
    elif isinstance(node, ast.Return) and node.value is not None and not _says_nothing(node.value):
        yield "return", node, "return None"
    elif isinstance(node, ast.Continue):
        yield "continue", node, "pass"
    elif isinstance(node, ast.Constant):
        yield from (("constant", node, changed) for changed in _other_values(node.value))


def _says_nothing(node: ast.expr) -> bool:
    """None, or what is as good as None to most who ask: `False`, `""`, `[]`."""
    return not (node.value if isinstance(node, ast.Constant) else getattr(node, "elts", getattr(node, "keys", True)))


def _other_values(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield repr(not value)
    elif isinstance(value, int):
        yield repr(value + 1)
        yield f"({value - 1})"
    elif isinstance(value, float):
        yield repr(value / 2)
    elif isinstance(value, str) and len(value) <= LONGEST and value == value.rstrip() and not SENTENCE.search(value):
        yield repr(value[:-1] if len(value) > 1 else f"{value}X")


def mutants(root: Path, rooms: tuple[str, ...]) -> list[Mutant]:
    """Every change of every product file of the rooms."""
    found = []
    for path in sorted(path for room in rooms for path in (root / room).rglob("*.py")):
        source = path.read_bytes()
        sites = _Sites(path.relative_to(root).as_posix(), source)
        sites.visit(ast.parse(source))
        found += [one for one in sites.found if one.applied(source) != source]
    return found


def chosen(every: list[Mutant], seed: int, count: int) -> list[Mutant]:
    """A sample that holds every kind alike: most of the places are constants."""
    draw = random.Random(seed)
    kinds: dict[str, list[Mutant]] = {}
    for one in every:
        kinds.setdefault(one.kind, []).append(one)
    sample: list[Mutant] = []
    while len(sample) < min(count, len(every)):
        kind = draw.choice(sorted(kind for kind, rest in kinds.items() if rest))
        sample.append(kinds[kind].pop(draw.randrange(len(kinds[kind]))))
    return sample


def likely_tests(root: Path, mutant: Mutant) -> list[str]:
    """The test files that import the module; where the reading is changed, short texts and the golden files first."""
    package, _, module = mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".").rpartition(".")
    imports = re.compile(rf"^(from {package}\.{module} import|from {package} import .*\b{module}\b)", re.MULTILINE)
    found = [READINGS, GOLDEN] if mutant.path.startswith("extractors/") else []
    for path in sorted((root / "tests").rglob("test_*.py")):
        name = path.relative_to(root).as_posix()
        if name not in found and imports.search(path.read_text("utf-8")):
            found.append(name)
    return found


class Tree:
    """A copy of the tree in which one file at a time is changed."""

    def __init__(self, root: Path, place: Path) -> None:
        self.root = place / "tree"
        shutil.copytree(root, self.root, ignore=shutil.ignore_patterns(*LEFT_OUT))
        self.sound: set[str] = set()
        """Tests, and files of tests, that pass without a change."""
        self._written = int(time.time())
        self._warm: Warm | None = None

    def write(self, path: str, source: bytes) -> None:
        """Write a file with a time of its own: what is compiled is found stale by size and whole second."""
        self._written += 2
        (self.root / path).write_bytes(source)
        os.utime(self.root / path, (self._written, self._written))

    def _command(self, tests: Iterable[str], *options: str) -> list[str]:
        there = [test for test in tests if (self.root / test).exists()]
        pytest = [sys.executable, "-m", "pytest", "-n", "0", "-ra", "-p", "no:cacheprovider", "--tb=no"]
        return ["bash", "-c", f'ulimit -d {MEMORY_KB}; exec "$@"', "bash", *pytest, *options, *there]

    def _environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        return {**kept, **more, "PYTHONPATH": str(self.root), "PYTHONUTF8": "1"}

    def failing(self, tests: Iterable[str], seconds: float, *options: str, **listening: str) -> tuple[str, str]:
        """`passed`, `failed` with the first test that did, or `slow` where the time was up: in a process of its own."""
        plugin = {"PYTEST_PLUGINS": "tests.reaching", **listening} if listening else {}
        with tempfile.TemporaryFile("w+") as out:
            process = subprocess.Popen(
                self._command(tests, *options),
                cwd=self.root,
                env=self._environment(**plugin),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                status = process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return "slow", ""
            out.seek(0)
            said = out.read()
        if status in (0, 5):
            return "passed", ""
        first = re.search(r"^(?:FAILED|ERROR) ([^\s\[:]+\.py)(\S*)", said, re.MULTILINE)
        return "failed", "".join(first.groups()) if first else f"exit {status}: {said.strip()[-200:]}"

    def collect(self, tests: Iterable[str]) -> None:
        """Start the process that answers, with the tests of these folders."""
        space = self.root.parent / "warm"
        command = self._command(tests, "-p", "tests.warm", f"--basetemp={space}")
        self._warm = Warm(self.root, command, self._environment())

    def failing_warm(self, path: str, after: bytes, tests: Sequence[str], took: Mapping[str, float]) -> tuple[str, str]:
        """The same as `failing`, in a fork with the changed code, or `unable`; processes it starts read the file."""
        if not self._warm:
            return UNABLE, ""
        before = (self.root / path).read_bytes()
        if after != before:
            self.write(path, after)
        try:
            limits = {name: SLOWER * seconds + LATER for name, seconds in took.items()}
            return self._warm.answer(Question(str(self.root / path), before.decode(), after.decode(), tests, limits))
        finally:
            if after != before:
                self.write(path, before)

    def close(self) -> None:
        """End the process that answers."""
        if self._warm:
            self._warm.close()


def asked_folders(root: Path, sample: list[Mutant], rest: float) -> list[str]:
    """The folders of tests that may notice a change: those of the rooms, or all of them."""
    rooms = {one.path.split("/", 1)[0] for one in sample}
    found = {test for room in rooms for test in ROOM_TESTS[room]}
    if rest:
        found |= {path.parent.relative_to(root).as_posix() for path in root.glob("tests/*/test_*.py")} - {OF_NO_ROOM}
    return sorted(found, key=lambda test: (test not in LONG, test))


def reaching(trees: list[Tree], sample: list[Mutant], folder: Path, tests: list[str]) -> Reached:
    """The tests, and the files of tests, that reach the place of each change; each tree runs some."""
    folder.mkdir()
    root = trees[0].root
    unknown = set[int]()
    before: dict[str, bytes] = {}
    for path in {one.path for one in sample}:
        before[path] = source = (root / path).read_bytes()
        places: list[tuple[int, int, int, bool]] = []
        for number, one in enumerate(sample):
            if one.path != path:
                continue
            place = (number, one.start, one.end, one.kind in ("return", "continue"))
            try:
                ast.parse(probed(source, [*places, place]))
            except SyntaxError:
                unknown.add(number)
            else:
                places.append(place)
        for tree in trees:
            tree.write(path, probed(source, places))
    for tree in trees:
        shutil.copyfile(tree.root / LISTENER, tree.root / "sitecustomize.py")
    shares = [(tree, share) for number, tree in enumerate(trees) if (share := tests[number :: len(trees)])]
    with ThreadPoolExecutor(len(trees)) as pool:
        said = [
            pool.submit(tree.failing, share, 3 * ROOM_SECONDS, MUTANTS_REACHED=str(folder)) for tree, share in shares
        ]
    for half in said:
        print(f"without a change: {' '.join(half.result())}", flush=True)
    for tree in trees:
        (tree.root / "sitecustomize.py").unlink()
        for path, source in before.items():
            tree.write(path, source)
    return Reached.read(folder, unknown, len(sample))


def judge(tree: Tree, mutant: Mutant, reached: set[str], rest: float, took: dict[str, float]) -> tuple[str, str]:
    """`killed`, `slow`, `survived` or `unjudged`, and by which test or after which ones."""
    near = likely_tests(tree.root, mutant)
    if EVERY_TEST in reached:
        return _judge_anew(tree, mutant, reached, rest, near)
    changed = mutant.applied((tree.root / mutant.path).read_bytes())
    beside = {name for name in took if name.split("::", 1)[0] in near}
    tests = _in_order(reached or beside, near, took)
    if not tests:
        return "survived", "no test"
    verdict, by = tree.failing_warm(mutant.path, changed, tests, took)
    if verdict == "passed" and beside and 0 < len(reached) <= FEW:
        tests = _in_order(beside, near, took)
        verdict, by = tree.failing_warm(mutant.path, changed, tests, took)
    if verdict == UNABLE:
        return _judge_anew(tree, mutant, reached, 0, near)
    if verdict == "slow":
        return "slow", by
    if verdict == "passed":
        return "survived", f"the {len(reached)} tests that reach it" if reached else "the tests that import the module"
    if by not in tree.sound:
        file = by.split("::", 1)[0]
        before = [test for test in tests if test.split("::", 1)[0] == file] or [file]
        source = (tree.root / mutant.path).read_bytes()
        if tree.failing_warm(mutant.path, source, before, took)[0] != "passed":
            return "unjudged", f"fails without the change too: {by}"
        tree.sound.add(by)
    return "killed", by


def _in_order(reached: set[str], near: list[str], took: dict[str, float]) -> list[str]:
    """The likeliest files first, then those soonest done; what a file holds stays together."""
    files: dict[str, float] = {}
    for name in reached:
        file = name.split("::", 1)[0]
        files[file] = files.get(file, 0) + took.get(name, 60)
    place = {file: number for number, file in enumerate(near)}
    ranks = {file: (place.get(file, len(near)), seconds, file) for file, seconds in files.items()}
    return sorted(reached, key=lambda name: (ranks[name.split("::", 1)[0]], name))


def _judge_anew(tree: Tree, mutant: Mutant, reached: set[str], rest: float, near: list[str]) -> tuple[str, str]:
    """Judge by processes of their own."""
    source = (tree.root / mutant.path).read_bytes()
    room = mutant.path.split("/", 1)[0]
    everywhere = EVERY_TEST in reached
    files = {name.split("::", 1)[0] for name in reached if name}
    first = near if everywhere else [*(one for one in near if one in files), *sorted(files.difference(near))]
    only = tree.root.parent / "only"
    only.write_text("\n".join(sorted(reached)), "utf-8")
    stages: list[tuple[list[str], float, tuple[str, ...], dict[str, str]]] = []
    if first:
        stages.append((first, FIRST_SECONDS, (), {} if everywhere else {"MUTANTS_ONLY": str(only)}))
    seen = [f"--ignore={test}" for test in (near if everywhere else ())]
    whole = everywhere or not reached
    if whole:
        stages.append((list(ROOM_TESTS[room]), ROOM_SECONDS, tuple(seen), {}))
    if rest:
        others = [f"--ignore={folder}" for folder in ROOM_TESTS[room]]
        stages.append((["tests"], rest, (*seen, *others), {}))
    for number, (tests, seconds, options, listening) in enumerate(stages):
        tree.write(mutant.path, mutant.applied(source))
        try:
            verdict, by = tree.failing(tests, seconds, "-x", *options, **listening)
        finally:
            tree.write(mutant.path, source)
        if verdict == "failed":
            file = by.split("::", 1)[0]
            if file.endswith(".py") and file not in tree.sound:
                if tree.failing([file], ROOM_SECONDS, "-x")[0] != "passed":
                    return "unjudged", f"fails without the change too: {by}"
                tree.sound.add(file)
            return "killed", by
        if verdict == "slow":
            last = number == len(stages) - 1 and rest
            return ("survived", "all tests that the time allowed") if last else ("slow", f"{seconds:.0f} s were up")
    told = "the tests of the room" if whole else f"the {len(reached)} tests that reach it"
    return "survived", "all tests" if rest else told


def main() -> int:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("--seed", type=int, required=True, nargs="+", help="several are judged in one go")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--rooms", default=",".join(ROOMS))
    parser.add_argument(
        "--rest", type=float, default=900, help="seconds for the tests of other rooms; 0 leaves them out"
    )
    parser.add_argument("--jobs", type=int, default=2, help="changes tried at a time")
    parser.add_argument("--list", action="store_true", help="name the changes and run nothing")
    asked = parser.parse_args()
    every = mutants(ROOT, tuple(asked.rooms.split(",")))
    sample = [one for seed in asked.seed for one in chosen(every, seed, asked.count)]
    verdicts: list[str] = []
    trees: SimpleQueue[Tree] = SimpleQueue()

    def judged_in_a_tree(number: int) -> tuple[str, str]:
        if asked.list:
            return "listed", ""
        tree = trees.get()
        try:
            return judge(tree, sample[number], reached.tests[number], asked.rest, reached.seconds)
        finally:
            trees.put(tree)

    with tempfile.TemporaryDirectory(prefix="mutants-") as place, ThreadPoolExecutor(asked.jobs) as pool:
        copies = [Tree(ROOT, Path(place) / str(number)) for number in range(0 if asked.list else asked.jobs)]
        tests = asked_folders(ROOT, sample, asked.rest)
        reached = reaching(copies, sample, Path(place) / "reached", tests) if copies else Reached([])
        for tree in copies:
            tree.collect(tests)
            trees.put(tree)
        for mutant, (verdict, by) in zip(sample, pool.map(judged_in_a_tree, range(len(sample))), strict=True):
            verdicts.append(verdict)
            print(f"{verdict:<8} {mutant}" + (f"\n         {by}" if by else ""), flush=True)
        for tree in copies:
            tree.close()
    print(f"{len(every)} changes possible")
    size = len(sample) // len(asked.seed)
    return max(told(f"seed {seed}", verdicts[number * size :][:size]) for number, seed in enumerate(asked.seed))


def told(name: str, verdicts: list[str]) -> int:
    """Tell how many changes were noticed; 1 if they are too few."""
    judged = [one for one in verdicts if one in ("killed", "slow", "survived")]
    noticed = len(judged) - judged.count("survived")
    print(f"{name}: {dict(Counter(verdicts))}")
    if judged:
        print(f"{name} noticed: {noticed} of {len(judged)} ({noticed / len(judged):.0%})")
    return int(noticed < WANTED * len(judged))


if __name__ == "__main__":
    sys.exit(main())
