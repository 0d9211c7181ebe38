"""Texts that name materials without a verb that asks for them.

A bracket may say in what form something is to be shown: 召开会议（会议记录、图片）. A column may consist of nothing but
materials, whatever its header says: 学习制度（红头文件）, 设施照片4张.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from extractors.normalize import strip_whitespace
from extractors.parsers.evidence.model import EvidenceItem
from extractors.parsers.evidence.nouns import find_general_nouns, find_head_nouns, kind_of
from extractors.parsers.evidence.parser import read_evidence
from extractors.parsers.evidence.requests import asks_for_material, request_start, unit_bracket
from extractors.vocabulary import alternation, load_toml

__all__ = ["is_material_list", "names_material", "read_material_row"]

_WORDS: Final = load_toml("evidence")
_MIN_SHARE: Final = 0.6
"""Of the texts of a column, for it to be a list of materials."""
_MIN_TEXTS: Final = 3
_SENTENCE: Final = re.compile(r"[^。；;！!\n]+")
_AMOUNT: Final = re.compile(
    r"[”」]?(?:等(?:相关|有关|佐证)?(?:资料|材料)?)?(?:各|共|不少于|至少|每[月季年次]?)*(?:\d{1,4}|[一二两三四五六七八九十]{1,3})?(?:[-—~～至]\d{1,4})?"
    rf"{alternation(_WORDS['counts']['measures'])}?(?:以上|左右|以内)?(?:（[^（）]*）)*[）)]?等?"
)
_DOING: Final = re.compile(alternation(_WORDS["list"]["doing"]))
_ACCOUNT: Final = re.compile(alternation(_WORDS["list"]["account"]))
_MARK: Final = re.compile(r"(?:[①-⑳]|[（(]?\d{1,2}[）)、.．](?!\d))?")
_EXAMPLE: Final = re.compile(alternation(_WORDS["list"]["examples"]))
_OFFICIAL_FORM: Final = re.compile(f"[（(]{alternation(_WORDS['copies']['looks'])}")
_ONLY_SHOWN: Final[frozenset[str]] = frozenset(_WORDS["forms"]["kinds"]) - {"report"}
"""Kinds that are never what is to be done: a text that ends with 的…图片 names the picture."""


def is_material_list(texts: Iterable[str | None]) -> bool:
    """Return whether most texts of a column name materials and not something to do; those that ask say nothing."""
    named = [names_material(text) for text in texts if text and not asks_for_material(strip_whitespace(text))]
    return len(named) >= _MIN_TEXTS and sum(named) >= _MIN_SHARE * len(named)


def names_material(text: str) -> bool:
    """Return whether a text is the name of a material, with its number or form."""
    sentences = _SENTENCE.findall(unit_bracket().sub("", strip_whitespace(text)))
    if not sentences:
        return False
    last = _with_even_marks(sentences[-1])
    noun = _last_noun(last)
    return noun is not None and _is_name(last, noun)


def _with_even_marks(sentence: str) -> str:
    return sentence.replace("(", "（").replace(")", "）").strip("，,、")


def _last_noun(sentence: str) -> re.Match[str] | None:
    """Return the noun of material that a sentence ends with, None if it ends with none."""
    return next((m for m in reversed(list(find_head_nouns(sentence))) if _ends_text(sentence, m)), None)


def _is_name(sentence: str, noun: re.Match[str]) -> bool:
    """Return whether a sentence that ends with a noun of material is its name, and tells nothing of it."""
    body, before = sentence[_match_end(_MARK, sentence) :], sentence[: noun.start()]
    if _ACCOUNT.match(body):
        return "（" in before
    return not _DOING.match(body) or (kind_of(noun["noun"]) in _ONLY_SHOWN and "的" in before)


def read_material_row(text: str) -> list[EvidenceItem]:
    """Return the materials of a row of a column that lists materials: of the sentences that name or ask for some."""
    sentences = [
        _asked_part(sentence) for sentence in _SENTENCE.findall(unit_bracket().sub("", strip_whitespace(text)))
    ]
    return read_evidence("；".join(filter(None, sentences)))


def _asked_part(sentence: str) -> str:
    if _EXAMPLE.match(sentence):
        return ""
    if _names_material_among_others(sentence):
        return sentence
    start = request_start(sentence)
    return "" if start is None else sentence[start:]


def _names_material_among_others(sentence: str) -> bool:
    """Return whether a sentence names a material, given that its column does.

    What begins with a verb does so as well where the verb belongs to the name: 开展活动的方案, 组织义诊照片.
    """
    if _OFFICIAL_FORM.search(sentence):
        return True
    text = _with_even_marks(sentence)
    noun = _last_noun(text)
    if noun is None:
        return not _DOING.match(text) and any(_ends_text(text, m) for m in find_general_nouns(text))
    if _is_name(text, noun):
        return True
    if _ACCOUNT.match(text):
        return False
    return kind_of(noun["noun"]) in _WORDS["counts"]["pictures"] or "的" in text[: noun.start()]


def _match_end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _ends_text(text: str, noun: re.Match[str]) -> bool:
    """Return whether nothing but a number or a bracket follows a noun, or it is the last one of a closing bracket."""
    rest = text[noun.end() :]
    if _AMOUNT.fullmatch(rest):
        return True
    before = text[: noun.start()]
    return before.count("（") > before.count("）") and _AMOUNT.fullmatch(rest.removesuffix("）")) is not None
