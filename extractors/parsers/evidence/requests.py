"""What asks for a material: verbs, numbers of words, a bracket of forms; what is inspected or handed in by others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from extractors.normalize import find_matches, strip_whitespace
from extractors.parsers.evidence.counts import NUMBER, combine_counts, count_after, count_before
from extractors.parsers.evidence.model import EvidenceItem
from extractors.parsers.evidence.nouns import find_head_nouns, head_noun_pattern, kind_of
from extractors.parsers.quantities import AT_LEAST, AT_MOST, WITHIN
from extractors.parsers.responsible_units import labelled_bracket
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("evidence")
SENTENCE = re.compile(r"[^。；;！!]+")
_WORDS_IN_BRACKET = re.compile(r"[（(][^（）()]*\d{2,5}字")
_BY_OTHERS = re.compile(r"由[^，,。；;]{0,20}(?:提供|报送|上报)|提供[）)]|提供$")
_MATERIAL_END = re.compile(r"[，,；;。（(]")
_BARE_NAME = re.compile(r"[\u3400-\u9fff]{4,16}")
_FORM_JOINT = re.compile(r"[、，,；;和及与或]|以及")
_AMOUNT_OF_FORM = re.compile(
    rf"(?:各|{AT_LEAST}|{AT_MOST})?{NUMBER}(?:{alternation(_WORDS['counts']['measures'])}|字)(?:以上|左右|{WITHIN})?$"
)
_LONGEST_FORM = 10


def asks_for_material(text: str) -> bool:
    """Return whether a compact text asks for materials with a verb, or by a number of words."""
    return any(request_start(sentence) is not None for sentence in SENTENCE.findall(text))


@cache
def unit_bracket() -> re.Pattern[str]:
    """Return the pattern of a bracket that says who hands in: 【提供材料部门：团委】, （材料提供单位：办公室）."""
    return re.compile(
        rf"{labelled_bracket().pattern}|[【（(\[][^【】（）()\[\]:：]{{0,10}}(?:部门|单位|科室|股室|处室|责任人)"
        r"[:：][^【】（）()\[\]]{1,60}[】）)\]]"
    )


def holds_only_forms(text: str) -> bool:
    """Return whether a bracket lists nothing but forms in which something is shown: 说明报告，实景图片2张."""
    forms = _WORDS["forms"]
    pieces = [_AMOUNT_OF_FORM.sub("", piece) for piece in _FORM_JOINT.split(text)]
    words = [piece for piece in pieces if piece]
    return bool(words) and all(_is_form(word, forms["kinds"], forms["documents"]) for word in words)


def _is_form(word: str, kinds: Sequence[str], documents: Sequence[str]) -> bool:
    if word in documents:
        return True
    noun = next((m for m in find_head_nouns(word) if m.end() == len(word)), None)
    return noun is not None and len(word) <= _LONGEST_FORM and kind_of(noun["noun"]) in kinds


def is_bare_name(sentence: str) -> bool:
    """Return whether a sentence among materials is nothing but a short name: 活动经费投入."""
    return (
        _BARE_NAME.fullmatch(sentence) is not None
        and not _sentence_sign_pattern().search(sentence)
        and not request_verb_pattern().search(sentence)
        and not on_site_pattern().search(sentence)
    )


@cache
def _sentence_sign_pattern() -> re.Pattern[str]:
    """Return the pattern of words that show that a text tells and does not name: 制定…, 逾期不予受理."""
    return re.compile(f"^{alternation(_WORDS['list']['doing'])}|{alternation(_WORDS['general']['not_in_name'])}")


def is_complete_statement(text: str) -> bool:
    """Return whether the text only states that all material is there: 已备齐, 材料齐全."""
    return _complete_pattern().fullmatch(strip_whitespace(text).rstrip("。.！!")) is not None


@cache
def request_verb_pattern() -> re.Pattern[str]:
    """Return the pattern of verbs that request material."""
    words = _WORDS["asking"]
    return re.compile(f"(?<!交流)(?<!移)(?:{alternation([v for v in words['verbs'] if v != '交'])})")


@cache
def _verb_start_pattern() -> re.Pattern[str]:
    return re.compile(alternation(_WORDS["asking"]["verbs"]))


@cache
def _not_submitted_pattern() -> re.Pattern[str]:
    """Return the pattern of what is offered to others or inspected on site."""
    words = _WORDS["excluded"]
    return re.compile(f"(?:{alternation(words['offered'])})$|{alternation(words['on_site'])}")


@cache
def on_site_pattern() -> re.Pattern[str]:
    """Return the pattern of what is looked at on the spot."""
    return re.compile(alternation(_WORDS["excluded"]["on_site"]))


@cache
def nothing_pattern() -> re.Pattern[str]:
    """Return the pattern of a text that asks for nothing."""
    return re.compile(alternation(_WORDS["asking"]["nothing"]))


@cache
def _complete_pattern() -> re.Pattern[str]:
    """Return the pattern of a text that states that all material is present."""
    words = _WORDS["complete"]
    return re.compile(
        f"(?:{alternation(words['what'])})?(?:{alternation(words['all'])})?(?:{alternation(words['there'])})"
    )


@cache
def stated_list_pattern() -> re.Pattern[str]:
    """Return the pattern of a list of material that is said to be there: 活动有记录可查，包括方案、照片（2张）."""
    words = _WORDS["stated"]
    bundle, there = alternation(words["bundles"]), alternation(words["there"])
    return re.compile(
        rf"(?:有[^，,：:（()）、]{{0,8}}?{bundle}(?:{there})?|{bundle}{there})[，,：:（(]?(?:主要)?{alternation(words['lists'])}[:：]?"
        r"(?P<list>(?:[^，,（()）]|[（(][^（()）]*[）)])+)"
    )


def request_start(sentence: str) -> int | None:
    """Return where a sentence begins to request material, None if it does not."""
    for verb in find_matches(request_verb_pattern(), _verb_start_pattern(), sentence):
        around = sentence[max(0, verb.start() - 24) : verb.end() + 1]
        rest = sentence[verb.end() :]
        if _BY_OTHERS.search(around) or rest.startswith(("的", "有关资料", "相关信息")) or not rest:
            continue
        return verb.start()
    words = _WORDS_IN_BRACKET.search(sentence)
    return 0 if words and head_noun_pattern().search(sentence[: words.start()] + "（") else None


def read_unnamed(part: str) -> EvidenceItem | None:
    """Return material whose name is not in the vocabulary: 提供挂包区域."""
    verb = re.match(r"(?:[①-⑳]|\d[)）])?(?:请|须|需|并|可)?(?:提供|提交|上传)(?P<what>.+)$", part)
    if verb is None:
        return None
    material = _MATERIAL_END.split(verb["what"])[0]
    if (
        not 2 <= len(material) <= 24
        or _not_submitted_pattern().search(material)
        or re.search(r"[的了为]$|情况$", material)
    ):
        return None
    if any(word in material for word in _WORDS["excluded"]["offered"]):
        return None
    count = combine_counts(count_before(material), count_after(verb["what"][len(material) :]), "", 1)
    return EvidenceItem("other", count.minimum, count.unit, None, None, None, material)
