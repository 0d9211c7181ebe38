"""Scoring rules: how the points of a standard are won and lost. `str -> list[ScoringRule]`, pure.

A sentence is cut into score tokens (an award, a deduction, a cap, a grade, a veto); each becomes a rule on the
condition written before it. `points` is never negative: the effect `deduct` subtracts it. A range (加1-5分) has no
`points`, its upper end is the `cap`. An award in brackets after a clause (1分) is on the condition of that clause.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from extractors.normalize import OffsetText, find_matches
from extractors.parsers.grades import find_grade_options
from extractors.parsers.numerals import parse_decimal, parse_quantity
from extractors.parsers.points import SignedPoints, bare_points, bracket_points, find_brackets, signed_points
from extractors.parsers.quantities import compact_text
from extractors.vocabulary import alternation, load_toml

__all__ = ["ScoringRule", "may_score", "read_scoring"]

Effect = Literal["award", "deduct", "cap", "grade", "veto"]
_WORDS: Final = load_toml("scoring")
_NUMBER: Final = r"\d{1,4}(?:\.\d{1,3})?"
_CHINESE: Final = r"[一二两三四五六七八九十]{1,3}"
_DASH: Final = r"[-—–－~～至到]{1,4}"
_AWARD_VERBS: Final[frozenset[str]] = frozenset(_WORDS["verbs"]["award"])
_DEDUCT_VERBS: Final[frozenset[str]] = frozenset(_WORDS["verbs"]["deduct"])
_DEPENDENT_STARTS: Final[tuple[str, ...]] = tuple(_WORDS["condition"]["leaning"])
_POINTS: Final = re.compile(
    rf"(?P<cap>{alternation(_WORDS['verbs']['cap'])}[^，,。；;：（）\d、一二两三四五六七八九十]{{0,6}}?)?"
    rf"(?P<verb>{alternation([*_AWARD_VERBS, *_DEDUCT_VERBS])})?(?:{_DASH})?"
    rf"(?<![\d.])(?:(?P<low>{_NUMBER})分?{_DASH}(?P<high>{_NUMBER})|(?P<value>{_NUMBER})|(?P<spelled>{_CHINESE}))"
    r"个?分(?P<tail>封顶|为限|为止|以内|计算)?(?![钟之类工解享析管步期级局院校公制米布]|值|及?以[上下])"
)
_CAP: Final = re.compile(alternation(_WORDS["verbs"]["cap"]))
_POINTS_START: Final = re.compile(
    r"[\d一二两三四五六七八九十\-—－–~～至到"
    + "".join({word[0] for word in (*_WORDS["verbs"]["cap"], *_AWARD_VERBS, *_DEDUCT_VERBS)})
    + "]"
)
_UNNUMBERED_DEDUCTION: Final = re.compile(
    r"(?P<times>(?<!\d)\d{1,3}(?:[-—–~～至]\d{1,3})?倍)扣分|(?:酌情|视情况|视情|相应|适当|予以|给予|根据具体情况|双倍|加倍)扣(?:除一定分值|分)"
)
_SHARE_DEDUCTED: Final = re.compile(r"扣除一定分值|扣除相应分值|扣除全部分值")
_GRADE: Final = re.compile(
    r"(?:为|得|评为|定为|计|是)(?P<letter>[A-E])(?:级|等|档)?(?![A-Za-z0-9]|级以上)"
    r"|(?<![A-Za-z0-9])(?P<key>[A-E])(?:级|等|档)?(?:=|为|得|计|按|：|:|得分率)+(?P<share>\d{1,3}(?:\.\d+)?)%(?!以|及以)"
)
_GRADES: Final = re.compile(
    r"(?P<keys>[A-E](?:[/、][A-E]){1,4})(?:级|等|档)?(?:四档|三档)?(?:分别|依次|各)?(?:=|为|得|计|按|：|:)+(?P<shares>\d{1,3}%?(?:[/、]\d{1,3}%?){1,4})"
)
_GRADE_NAMES: Final = alternation(_WORDS["grades"]["words"])
_GRADE_NAME_BEFORE: Final = re.compile(
    rf"(?:[“\"'‘]?{_GRADE_NAMES}|(?<![A-Za-z])[A-E])(?:等次|等级|档次|档|级|者|的)?[”\"'’]?(?:或同等[^，,。；;]{{0,8}})?(?:的|为|者|单位)?[，,：:]?$"
)
_TIER: Final = re.compile(
    r"(?<!\d)\d+(?:\.\d+)?(?:%|分)?(?:[-—–~～至]\d+(?:\.\d+)?)?[^\d，,。；;]{0,3}(?:以上|以下|以内|及以上)|(?<!\d)\d+[-—–~～至]\d+[^\d分]|[≥≤<>＞＜]"
)
_LOWERED: Final = re.compile(alternation(_WORDS["grades"]["lowered"]))
_ZERO: Final = re.compile(alternation(_WORDS["zero"]["words"]))
_VETO: Final = re.compile("|".join(_WORDS["veto"]["patterns"]))
_FIRST_WORDS: Final = re.compile(r"(?:\(\?:)?([^()\[]+)")
"""The words with which a pattern of the vocabulary begins: 取消, or 实行|予以|直接 of a group."""
_VETO_START: Final = re.compile(
    "|".join(
        {word[:2] for of in map(_FIRST_WORDS.match, _WORDS["veto"]["patterns"]) if of for word in of[1].split("|")}
    )
)
"""Their first two characters: 不, 一 and 年 alone stand in most texts."""
_EXCLUSIVE: Final = re.compile(alternation(_WORDS["exclusive"]["words"]))
_UNTIL: Final = re.compile(rf"[，,]?{alternation(_WORDS['until']['words'])}")
_IS_NEXT: Final = re.compile(rf"[，,]{_NUMBER}分$")
"""The 2分 of 扣3分，2分: of the kind of the points before it."""
_LETTER = re.compile("[A-E]")
_NUMBERED: Final = re.compile(r"[\d一二两三四五六七八九十]个?分")
_LETTER_OR_DEDUCTION: Final = re.compile("[A-E扣]")
_ZERO_OR_LOWERED: Final = re.compile(alternation([*_WORDS["zero"]["words"], *_WORDS["grades"]["lowered"]]))
"""Every scoring rule contains one of these three or a veto; 分 alone is in 分工 and 充分."""
_PASSIVES = ("被", "受到", "遭到", "遭")
_WITHIN_CLAUSE = re.compile(r"[^，,。；;（）：:]{0,8}")
_AFTER_PASSIVE = re.compile(r"[的者时]?[，,]?[^，,。；;（）：:]{0,8}")
_OUTER_MARK = re.compile(r"^(?:[（(]?[一二三四五六七八九十]{1,3}[）)、]|[（(]?\d{1,2}(?:[）)、]|[.．](?!\d)))")
_ENDS_WITH_JOINT = re.compile(r"(?:、|或|和|及|/)$")
_SENTENCE = re.compile(r"[^。；;！!\n]+[。；;！!\n]?")
_ITEM_START = re.compile(r"[：:【】\[\]]|(?:(?<=[，,。；;、：:）\n])|^)[①-⑳]|(?<!\d)[1-9]\d?[)）.．、](?!\d)")
"""What a condition begins behind; ① behind a word (主次干道①) is the mark of a note."""
_WORD_CHARACTER = re.compile(r"[\u3400-\u9fffA-Za-z]")
_LEADING_AWARD = re.compile(r"[（【\[][^，,（）]{0,30}?分[，,；;]")
_MAX_RECENT = 40
_CLAUSE = re.compile(r"[^，,。；;（）\n]{0,160}")
_MIN_CONDITION = 4
_MAX_CONDITION = 160
_MARKS_BETWEEN = "，,、。；;\n "
_EDGES = "，,、：:。；;的（）()【】[]—-"


@dataclass(frozen=True, slots=True)
class _ScoreToken:
    """A token at `start:end` of a sentence; its condition ends at `condition_end`."""

    start: int
    end: int
    condition_end: int
    effect: Effect
    points: Decimal | None = None
    cap: Decimal | None = None
    is_tier: bool = False


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """One scoring rule.

    Attributes:
        effect: What the rule does with the points.
        condition: The condition as written.
        points: The points, 0 or more.
        cap: The maximum.
        raw: The exact piece of the text.
        group: Rules of one text with the same group exclude each other.
    """

    effect: Effect
    condition: str | None
    points: Decimal | None
    cap: Decimal | None
    raw: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class _RuleMatch:
    """A rule with its position in the text.

    Attributes:
        is_bracketed: Whether it is an award alone in a bracket.
        is_tier: Whether it is one of several tiers.
    """

    position: int
    sentence: int
    rule: ScoringRule
    is_bracketed: bool = False
    is_tier: bool = False


def read_scoring(text: str, subject: str | None = None) -> list[ScoringRule]:
    """Return every scoring rule of a standard or scoring cell, in the order of the text.

    Args:
        text: The text.
        subject: What the points of a line with nothing but points with a sign (+5, 扣分：10) are for.
    """
    if subject is None or not any(signed_points(line) for line in text.splitlines()):
        return _read_rules(text)
    rules: list[ScoringRule] = []
    for line in text.splitlines():
        signed = signed_points(line)
        rules += [_signed_rule(points, subject) for points in signed] if signed else _read_rules(line)
    return rules


def may_score(compact: str) -> bool:
    """Return whether a text without whitespace may hold a scoring rule with points, a veto or a grade by letter."""
    return (
        ("分" in compact and _NUMBERED.search(compact) is not None)
        or _LETTER_OR_DEDUCTION.search(compact) is not None
        or _ZERO_OR_LOWERED.search(compact) is not None
        or any(find_matches(_VETO, _VETO_START, compact))
    )


def _signed_rule(signed: SignedPoints, subject: str) -> ScoringRule:
    condition = "，".join(filter(None, [_trim_condition(subject), signed.condition]))
    if _CAP.search(signed.condition):
        return ScoringRule("cap", condition, None, signed.points or signed.cap, signed.raw)
    return ScoringRule("deduct" if signed.is_deduction else "award", condition, signed.points, signed.cap, signed.raw)


def _read_rules(text: str) -> list[ScoringRule]:
    compact = compact_text(text)
    if not may_score(compact.text):
        return [match.rule for match in _group_tiers(_listed_grades(compact, []))]
    matches: list[_RuleMatch] = []
    floor = 0
    for sentence_number, (start, end) in enumerate(_sentence_spans(compact.text)):
        if not may_score(compact.text[start:end]) and not _EXCLUSIVE.search(compact.text, start, end):
            continue
        awards = _bracket_awards(compact, start, end, sentence_number, floor)
        floor = end if awards else floor
        rules = _sentence_rules(compact, start, end, sentence_number, {match.position for match in awards})
        recent = [*matches[-_MAX_RECENT:], *awards]
        del matches[-_MAX_RECENT:]
        recent = _apply_caps(recent, rules)
        matches += _group_exclusive(compact.text[start:end], recent, sentence_number)
    matches += _listed_grades(compact, matches)
    return [match.rule for match in _group_tiers(sorted(matches, key=lambda match: match.position))]


def _listed_grades(compact: OffsetText, matches: Sequence[_RuleMatch]) -> list[_RuleMatch]:
    """Return the grades of lists A, B, … that say no points of their own."""
    listed: list[_RuleMatch] = []
    for option in find_grade_options(compact.text):
        if not option.is_named or any(option.start <= match.position < option.end for match in matches):
            continue
        raw = compact.source_of(option.start, option.end)
        rule = ScoringRule("grade", compact.text[option.start : option.end], None, None, raw)
        listed.append(_RuleMatch(option.start, -1, rule, is_tier=True))
    return listed


def _sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the ranges of the sentences, each with the award in brackets behind its full stop.

    制度健全。（10分）经费到位。（5分） has its awards behind its sentences, （10分）制度健全。（5分）经费到位。 before.
    """
    spans = [match.span() for match in _SENTENCE.finditer(text)]
    awards = [bracket for bracket in find_brackets(text) if bracket_points(bracket.group(1))]
    if not awards or not _WORD_CHARACTER.search(text, 0, awards[0].start()):
        return spans
    behind = {award.start(): award.end() for award in awards}
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        first = start
        while joined and first in behind:
            first = behind[first]
        if first > start:
            joined[-1] = joined[-1][0], first
        if first < end:
            joined.append((first, end))
    return joined


def _tokenize(sentence: str) -> list[_ScoreToken]:
    """Return the tokens of a sentence in order; of overlapping ones the first."""
    tokens = sorted(
        [*_point_tokens(sentence), *_word_tokens(sentence), *_grade_tokens(sentence)], key=lambda m: (m.start, -m.end)
    )
    accepted: list[_ScoreToken] = []
    for token in tokens:
        if not accepted or token.start >= accepted[-1].end:
            accepted.append(token)
    following: list[_ScoreToken | None] = [*accepted[1:], None]
    return [token for token, after in zip(accepted, following, strict=False) if not _is_event(sentence, token, after)]


def _is_event(sentence: str, token: _ScoreToken, following: _ScoreToken | None) -> bool:
    """Return whether a veto is what happened and costs the points behind it: 被撤销称号扣4分, 被取消资格的，扣5分."""
    if token.effect != "veto" or following is None or following.effect not in ("deduct", "award"):
        return False
    is_passive = sentence[: token.start].endswith(_PASSIVES)
    between = _AFTER_PASSIVE if is_passive else _WITHIN_CLAUSE
    return between.fullmatch(sentence, token.end, following.start) is not None


def _point_tokens(sentence: str) -> Iterator[_ScoreToken]:
    """Yield tokens with a number of points: 加2分, 扣1分, 最多加10分, “优秀”10分, 加5分、3分、1分."""
    last: _ScoreToken | None = None
    bare = {match.start() for match in bare_points(sentence)}
    for match in find_matches(_POINTS, _POINTS_START, sentence) if "分" in sentence else ():
        token = _point_token(sentence, match, last)
        is_next = last is not None and last.end == match.start() - 1 and _IS_NEXT.match(sentence, last.end, match.end())
        if token is None and match["value"] and (is_next or match.start() in bare):
            effect = last.effect if last is not None and is_next else "award"
            token = _ScoreToken(match.start(), match.end(), match.start(), effect, parse_decimal(match["value"]))
        if token:
            last = token
            yield token


def _point_token(sentence: str, match: re.Match[str], last: _ScoreToken | None) -> _ScoreToken | None:
    verb = match["verb"]
    before = sentence[max(0, match.start() - 24) : match.start()]
    if match["spelled"] and not verb:
        return None
    low, high = _point_range(match)
    end = match.end()
    until = _UNTIL.match(sentence, end)
    end = until.end() if until else end
    condition_end = match.start()
    if match["cap"] or match["tail"] in ("封顶", "为限"):
        return _ScoreToken(match.start(), end, condition_end, "cap", cap=high or low)
    follows_grade = bool(_GRADE_NAME_BEFORE.search(before))
    if verb is None:
        if follows_grade:
            return _ScoreToken(
                match.start(), end, condition_end, "grade", low if high is None else None, high, is_tier=True
            )
        is_joined = last is not None and last.end == match.start() - 1 and _ENDS_WITH_JOINT.search(before)
        return _ScoreToken(match.start(), end, condition_end, last.effect, low, high) if is_joined and last else None
    if high is not None:
        effect: Effect = "deduct" if verb in _DEDUCT_VERBS else "award"
        return _ScoreToken(match.start(), end, condition_end, effect, None, high)
    if verb in _DEDUCT_VERBS:
        return _ScoreToken(match.start(), end, condition_end, "deduct", low)
    is_tier = follows_grade or (verb not in ("加", "另加", "再加") and bool(_TIER.search(_last_part(before))))
    is_alternative = before.endswith("或") or (sentence[end : end + 1] == "或")
    return _ScoreToken(
        match.start(), end, condition_end, "grade" if follows_grade else "award", low, is_tier=is_tier or is_alternative
    )


def _last_part(before: str) -> str:
    """Return the text after the last comma."""
    return re.split(r"[，,。；;：:]", before.rstrip("，,的"))[-1]


def _point_range(match: re.Match[str]) -> tuple[Decimal, Decimal | None]:
    if match["low"]:
        return parse_decimal(match["low"]), parse_decimal(match["high"])
    if match["spelled"]:
        return parse_quantity(match["spelled"]), None
    return parse_decimal(match["value"]), None


def _word_tokens(sentence: str) -> Iterator[_ScoreToken]:
    """Yield tokens without a number of points: 不得分, 3-5倍扣分, 降一级, 一票否决."""
    for match in _ZERO.finditer(sentence):
        yield _ScoreToken(match.start(), match.end(), match.start(), "award", Decimal(0))
    for pattern in (_UNNUMBERED_DEDUCTION, _SHARE_DEDUCTED) if "扣" in sentence else ():
        for match in pattern.finditer(sentence):
            if not sentence.startswith("的", match.end()):
                yield _ScoreToken(
                    match.start(), match.end(), match.end() if match.lastgroup == "times" else match.start(), "deduct"
                )
    for match in _LOWERED.finditer(sentence):
        yield _ScoreToken(match.start(), match.end(), match.end(), "grade", is_tier=True)
    for match in find_matches(_VETO, _VETO_START, sentence):
        yield _ScoreToken(match.start(), match.end(), match.start(), "veto")


def _grade_tokens(sentence: str) -> Iterator[_ScoreToken]:
    """Yield grades: 符合上述4项为A, A=100%, A/B/C/D=100/66/33/0%."""
    if not _LETTER.search(sentence):
        return
    for match in _GRADES.finditer(sentence):
        keys, shares = re.split("[/、]", match["keys"]), re.split("[/、]", match["shares"])
        if len(keys) == len(shares):
            yield _ScoreToken(match.start(), match.end(), match.end(), "grade", is_tier=True)
    for match in _GRADE.finditer(sentence):
        yield _ScoreToken(match.start(), match.end(), match.end(), "grade", is_tier=True)


def _bracket_awards(compact: OffsetText, start: int, end: int, sentence_number: int, floor: int) -> list[_RuleMatch]:
    """Return the awards in brackets, on the condition of the text before (else after) the bracket.

    Behind a sentence that only takes points away they are for the standard before that sentence, from `floor` on.
    """
    matches: list[_RuleMatch] = []
    sentence = compact.text[start:end]
    last = 0
    for bracket in find_brackets(sentence):
        awards = bracket_points(bracket.group(1))
        for points in awards:
            first, stop = _clause_of_bracket(sentence, last, bracket.start(), bracket.end())
            clause_start, clause_end = start + first, start + stop
            if any(token.effect == "deduct" for token in _tokenize(sentence[first:stop])):
                clause_start, clause_end = _standard_before(compact.text, floor, start) or (clause_start, clause_end)
            condition = _trim_condition(compact.text[clause_start:clause_end])
            raw = compact.source_of(
                min(clause_start, start + bracket.start()), max(clause_end, start + bracket.end())
            ).lstrip(_MARKS_BETWEEN)
            rule = ScoringRule("award", condition, points, None, raw)
            matches.append(_RuleMatch(start + bracket.start(), sentence_number, rule, is_bracketed=True))
        last = bracket.end() if awards else last
    return matches


def _standard_before(text: str, floor: int, end: int) -> tuple[int, int] | None:
    """Return the range of the sentences before `end` that neither give nor take points, None if there are none."""
    earliest = max(floor, end - _MAX_CONDITION)
    start = max((mark.end() for mark in _ITEM_START.finditer(text, earliest, end)), default=earliest)
    stop = start
    for sentence in _SENTENCE.finditer(text, start, end):
        if _tokenize(sentence.group()):
            break
        stop = sentence.end()
    return (start, stop) if _WORD_CHARACTER.search(text, start, stop) else None


def _clause_of_bracket(sentence: str, last: int, bracket_start: int, bracket_end: int) -> tuple[int, int]:
    """Return the range of the text before a bracket, or of the clause after it at the beginning of a sentence.

    The text begins behind the award or rule before it or at its item mark. What follows in it with points of its own
    (，否则不得分) is no part of it.
    """
    earliest = max(last, bracket_start - _MAX_CONDITION)
    if not _WORD_CHARACTER.search(sentence, earliest, bracket_start):
        if last:
            return bracket_start, bracket_start
        clause_match = _CLAUSE.match(sentence, bracket_end)
        clause = clause_match.group() if clause_match else ""
        first = next(iter(_tokenize(clause)), None)
        return bracket_end, bracket_end + (first.start if first else len(clause))
    start = max((m.end() for m in _ITEM_START.finditer(sentence, earliest, bracket_start)), default=earliest)
    if not _WORD_CHARACTER.search(sentence, start, bracket_start):
        start = earliest
    end = bracket_start
    for token in reversed(_tokenize(sentence[start:bracket_start])):
        token_start, token_end = start + token.start, start + token.end
        if _WORD_CHARACTER.search(sentence, token_end, end):
            return token_end, end
        before = max(sentence.rfind(mark, start, token_start) for mark in "，,")
        if before < 0:
            return start, end
        end = before
    return start, end


def _sentence_rules(
    compact: OffsetText, start: int, end: int, sentence_number: int, award_positions: set[int]
) -> list[_RuleMatch]:
    """Return the rules of one sentence that are written with a verb, a grade or a veto."""
    sentence = compact.text[start:end]
    spans = deque((b.start(), b.end()) for b in find_brackets(sentence) if start + b.start() in award_positions)
    matches: list[_RuleMatch] = []
    last = 0
    for token in _tokenize(sentence):
        while spans and spans[0][1] <= token.start:
            last = max(last, spans.popleft()[1])
        inside = spans[0] if spans and spans[0][0] <= token.start else None
        if inside and token.effect in ("award", "cap") and token.points != 0:
            last = max(last, token.end)
            continue
        if inside and (award := _LEADING_AWARD.match(sentence, inside[0], token.start)):
            last = max(last, award.end())
        condition_start = _condition_start(sentence, last, token.start)
        condition = _trim_condition(sentence[condition_start : token.condition_end])
        if condition is None and token.effect == "veto" and sentence[token.end : token.end + 1] in ("：", ":"):
            condition = _trim_condition(sentence[token.end :])
        if condition is None and matches and token.effect == matches[-1].rule.effect:
            condition = matches[-1].rule.condition
        raw = compact.source_of(start + condition_start, start + token.end).strip(_MARKS_BETWEEN)
        rule = ScoringRule(token.effect, condition, token.points, token.cap, raw)
        matches.append(_RuleMatch(start + token.start, sentence_number, rule, is_tier=token.is_tier))
        last = token.end
    return matches


def _trim_condition(text: str) -> str | None:
    """Strip the marks at the ends and close an open bracket; None for an empty condition."""
    text = _OUTER_MARK.sub("", text.strip(_MARKS_BETWEEN)).strip(_EDGES)
    return (text + "）" if text.count("（") > text.count("）") else text) or None


def _condition_start(sentence: str, last: int, end: int) -> int:
    """Return where a condition begins that ends at `end`: behind the rule before it (at `last`) or its item mark.

    A part that is too short or depends on the part before takes that in: 下列行为：每次扣2分.
    """
    earliest = max(last, end - _MAX_CONDITION)
    starts = [earliest, *(m.end() for m in _ITEM_START.finditer(sentence, earliest, end) if m.end() <= end)]
    index = len(starts) - 1
    for _ in range(2):
        part = sentence[starts[index] : end].strip(_EDGES)
        if index and (len(part) <= _MIN_CONDITION or part.startswith(_DEPENDENT_STARTS)):
            index -= 1
    return starts[index]


def _apply_caps(matches: list[_RuleMatch], rules: list[_RuleMatch]) -> list[_RuleMatch]:
    """Apply caps to the single rule they follow; other caps stay rules of their own."""
    capped = list(matches)
    for rule_match in rules:
        if rule_match.rule.effect != "cap":
            capped.append(rule_match)
            continue
        in_sentence = [
            i
            for i, match in enumerate(capped[-_MAX_RECENT:], max(0, len(capped) - _MAX_RECENT))
            if match.sentence == rule_match.sentence and not match.is_bracketed
        ]
        candidates = in_sentence or [i for i, match in enumerate(matches) if not match.is_bracketed]
        open_rules = [i for i in candidates if capped[i].rule.effect in ("award", "deduct", "grade")]
        if len(open_rules) == 1 and rule_match.rule.cap is not None:
            open_match = capped[open_rules[0]]
            capped[open_rules[0]] = replace(open_match, rule=replace(open_match.rule, cap=rule_match.rule.cap))
        else:
            capped.append(rule_match)
    return capped


def _group_exclusive(sentence: str, matches: list[_RuleMatch], sentence_number: int) -> list[_RuleMatch]:
    """Put the ungrouped awards before 不重复计分 or 就高不就低 into one group."""
    if not _EXCLUSIVE.search(sentence):
        return matches
    group = f"一{sentence_number + 1}"
    return [
        replace(match, rule=replace(match.rule, group=group))
        if match.rule.effect == "award" and not match.is_bracketed and match.rule.group is None
        else match
        for match in matches
    ]


def _group_tiers(matches: list[_RuleMatch]) -> list[_RuleMatch]:
    """Put adjacent tiers (6项以上得3分，4-5项得2分) and grades into one group."""
    grouped = list(matches)
    run: list[int] = []
    for i, match in enumerate([*matches, None]):
        if match is not None and match.is_tier and match.rule.group is None:
            run.append(i)
            continue
        if match is not None and (match.is_bracketed or match.rule.effect == "cap"):
            continue
        if len(run) > 1:
            for j in run:
                grouped[j] = replace(grouped[j], rule=replace(grouped[j].rule, group=f"档{run[0] + 1}"))
        run = []
    return grouped
