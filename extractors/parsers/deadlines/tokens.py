"""Tokenizer of deadline texts: normalization, rewriting of notations, recurring phrases, tokens.

Numerals and widths are normalized first; every pattern is bounded, so that the time is linear in the length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from extractors.normalize import OffsetText, drop_with_offsets
from extractors.parsers.deadlines.anchors import holiday_pattern, holiday_start_pattern
from extractors.parsers.numerals import CALENDAR_NUMBER, parse_calendar_number, parse_integer

_REWRITE_UNITS = "月|季度|季|年|周|半年"
_REWRITE_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # 自3月1日起至10月31日: 起 before 至 is redundant.
    (re.compile(r"(?<!即日)(?<!之日)起(?=[至到]|[-~—–])"), ""),
    (re.compile(r"[”\"’](?=节?(?:之?前|以前|期间)|当[天日])"), ""),
    # 20××年3月: the year of a form says no more than no year.
    (re.compile(r"20(?:[*＊×xX_＿○〇]{2}|[*＊]{1,4})年(?=\d)"), ""),
    (re.compile(r"前[三3]个?季度"), "1月至9月"),
    (re.compile(r"前[两二2]个?季度"), "1月至6月"),
    (re.compile(r"(?<![上下每])半年[末底]"), "每半年"),
    (re.compile(rf"(?:[\d一二两三四五六]{{1,4}}次)?/({_REWRITE_UNITS})(?![\u4e00-\u9fff])"), r"每\1"),
    (re.compile(r"(?<![A-Za-z])[Qq]([1-4])(?!\d)"), r"第\1季度"),
    # 6月15前: the day without its 日.
    (
        re.compile(
            r"(?<!\d)((?:1[0-2]|0?[1-9])月)(3[01]|[12]\d|0?[1-9])"
            r"(?=之?前|以前|[，,。；;]|$|(?:[-~至到]|[—–]{1,2})(?:20\d\d年)?\d{1,2}月\d)"
        ),
        r"\1\2日",
    ),
    # A scan reads 五一 as 五ー.
    (re.compile(r"(?<=[三五六七八十])ー(?=[^\d一二三四五六七八九十]|$)"), "一"),
    (re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)"), r"\1-\2-\3"),
    # 5.1-31: the month of the first day is that of the last.
    (
        re.compile(
            r"(?<![\d.])((?:1[0-2]|0?[1-9])\.)(\d{1,2}(?:[-~至到]|[—–]+))([12]\d|3[01])(?=之?前|以前|[，,。；;、）)]|$)"
        ),
        r"\1\2\1\3",
    ),
)
_REWRITE_SIGN = re.compile(r"起|20[*＊×xX_＿○〇]|”|\"|’|/|Q|q|ー|前[三3两二2]|半年|20\d{6}|月\d|\d\.\d{1,2}[-~至到—–]")
"""Every rule needs one of these. Alternatives that begin with a literal are searched much faster than a class."""
_UNDETERMINED = re.compile(
    r"(?:时间|时限|日期)?(?:待定|另定|另行通知|另行确定|按[时期](?:完成|报送|上报)?|如期完成|(?:当月|每?次月)?(?:底|\d{1,2}[日号])前)[。；]?"
)
_RECURRENCE_UNIT = (
    r"(?:工作日|季度|季(?!节)|月度|月份|月(?!饼)|周(?!边|围|期|密|岁|转|年)|星期|礼拜|学期|学年"
    r"|年度|年(?!级|龄|限|代|轻|终|会|初|中)|旬|日(?!常|程|期|前|后|内)|天)"
)
_TIMES = (
    r"(?:不少于|至少|不低于|开展|进行|组织|召开|报送|更新|调度|举办|集中|学习|检查){0,2}"
    r"(?P<times>[一二两三四五六七八九十]{1,2}|\d{1,2})次"
)
RECURRENCE_START = (
    rf"每逢?[双单]月|(?:每逢?|按|逐|各|分|每隔|隔)(?:[两二三四五六半一]|[2-6])?个?{_RECURRENCE_UNIT}"
    rf"|(?:半年度?|[一两三]年|[一两]?个季度|一季度?|[一两三]个?月|一周|两周|一[个]?学期|[2-6]个月)(?=(?:至少|不少于|开展|报送|更新)?(?:[一二两三四六]|\d{{1,2}})次)"
    r"|月月|季季|周周|天天|年年"
    r"|(?:(?<=[，。；、])|^)(?:月度|季度|月报|季报|半年报|周报|年报|[双单]月|(?:季度?|月)(?=[末底]))(?=报送|上报|一次|更新|[末底]|[，。；、]|$)"
)
"""Start of a recurring phrase, without named groups: it is part of the token pattern."""
_RECURRENCE_HEAD = re.compile(RECURRENCE_START)
_TIMES_PER_UNIT = re.compile(_TIMES)
_MONTH_DAYS = re.compile(
    rf"的?(?:{CALENDAR_NUMBER}[日号]?(?:[、,，和及]|[-—~至到])){{0,12}}{CALENDAR_NUMBER}[日号](?!常)"
)
_PART = r"(?:[上中下]{1,2}旬|月?[底末](?![部端]|月)|月?初|月?中(?![国央心]))"
_MONTH_PART = re.compile(
    rf"的?(?P<part>(?:[上中下][、和]){{1,2}}[上中下]旬|{_PART}(?:[、和及]{_PART}){{0,5}}|[上下]半月|最后一天|最后一个工作日)"
)
_FIRST_DAYS = re.compile(rf"的?(?:(?:前|第)(?P<n>{CALENDAR_NUMBER})个?|首个?)(?P<u>工作日|天|日)内?")
_FIRST_WORKDAY = re.compile(r"的?(?:第[一1]个?|首个?)工作日")
_AFTER_END = re.compile(
    rf"(?:结束后|后|次月|下月|结束后的?次月)(?:的?)(?:第?(?P<n>{CALENDAR_NUMBER})个?|首个?)(?P<u>工作日|天|日|号)(?:内|之内|以内)?"
)
_WEEK_OF_MONTH = re.compile(r"的?(?P<n>第[一二三四]|最后一?|首)个?(?:周|星期)(?P<d>[一二三四五六日天])?")
_WEEKDAYS = re.compile(
    r"(?P<d>[一二三四五六日天](?:[、和至到-](?:每?周|星期)?[一二三四五六日天]){0,7})(?![次期报份篇条例题更讲查调评个场])"
)
_QUARTER_MONTH = re.compile(
    r"的?(?P<m>末月|最后一?个?月|首月|第[一二三]个?月|首个月|末[个]?月)份?|(?:次|下一?个?)季度(?P<next>首月|第一个月)?|(?P<end>期?[末底])(?!月)|季?(?P<begin>初)"
)
_RECURRENCE_END = re.compile(r"(?:上午|下午)?(?:\d{1,2}(?::\d\d|[时点]))?(?:下班)?(?:之前|以前|前|止|起)?")
_RRULE_WEEKDAYS = dict(zip("一二三四五六日天", ("MO", "TU", "WE", "TH", "FR", "SA", "SU", "SU"), strict=True))
_WORKDAYS = "BYDAY=MO,TU,WE,TH,FR"
_PERIOD_MONTHS = {
    "季度": (3, 6, 9, 12),
    "半年": (6, 12),
    "两月": (2, 4, 6, 8, 10, 12),
    "学期": (1, 7),
    "四月": (4, 8, 12),
}
_UNIT_SYNONYMS = {
    "季": "季度",
    "月份": "月",
    "月度": "月",
    "星期": "周",
    "礼拜": "周",
    "天": "日",
    "年度": "年",
    "学年": "年",
}
_DATE_OF_HOLIDAY = re.compile(r"(\d{1,2})\.(\d{1,2})")
_HALF_WIDTH = str.maketrans("０１２３４５６７８９／－．：～　", "0123456789/-.:~ ")
_FULL_WIDTH_CHARACTER = re.compile(f"[{''.join(map(chr, _HALF_WIDTH))}]")
_SKIPPED = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]+")
_CHINESE_YEAR = "[〇零○一二三四五六七八九]{4}"
_YEARS_OF_CENTURY = 100
_FIRST_OF_LAST_CENTURY = 80
_FAR_YEAR = r"[1-9]\d{3}(?=年(?:度?[初底末内]|\d{1,2}月))"
"""2101年1月: a year that no notice means, and no part of the month either."""
_FOLLOWED_BY_NUMBER = rf"(?=(?:[-~－–—、,，和及与至到或]|以及|—+)第?{CALENDAR_NUMBER})"
_DIGITS = r"\d〇零○一二两三四五六七八九十廿卅"
_WEEKDAY = "(?:星期|周|礼拜)[一二三四五六日天]"
_LUNAR_DAY = (
    r"(?:(?:农历|阴历)(?:[\u4e00-\u9fff]月|[\d一二三四五六七八九十]{1,2}月)|[正腊冬]月|[二三四五六七八九十]月(?=[初廿]))"
    "(?:初|廿|卅)?[\\d一二三四五六七八九十]{0,3}日?"
)
"""What a bracket behind a date calls the same day: 2月10日（正月初一）."""
_PUNCTUATION = "（(—–─―\\-~－−〜；;。\n、，,和及与或/）)"
"""Brackets, joints and separators."""
_TOKEN_STARTS = (
    rf"[{_DIGITS}]{{1,4}}[年月日号时点季个周学以.:至到{_PUNCTUATION}]",
    rf"第[{_DIGITS}]|[首末][个季]",
    r"每|[按逐各分隔][\d半一二两三四五六个工季月周星礼学年旬日天]",
    r"半年|季[度季报末底]|[双单]月|月[月度报初中底末]|[周天][周天报]|年[年报初末底内终中]",
    r"[农阴]历|[正腊元]月|[次翌明来当今本全整]年|岁末",
    r"[上下][、和上下中半旬一年午班]|中[、下旬午]|最[后迟晚]|[早晚]|凌晨|当[天日]",
    r"(?<=[年月份度])[初末底内中]|(?<=[日号])(?:星期|周)",
    r"[前起止内至到]|[之以][前后内日及]|左右|开始|不[迟晚]|截[至止]|[自从]即|即日|为止",
    rf"[{_PUNCTUATION}]",
)
"""First characters of any token except holidays."""
_SINGLE_CHARACTER_TOKENS = (
    dict.fromkeys("、，,和及与或", "enum") | dict.fromkeys("；;。\n", "strong") | dict.fromkeys("至到", "range")
)
"""Characters that are always a token."""


@dataclass(frozen=True, slots=True)
class RecurrenceRule:
    """A recurring phrase.

    Attributes:
        unit: The unit that recurs.
        text: The RRULE.
        end: The index after the phrase in the normalized text.
        is_explicit: Whether it names a day or the end of its unit.
    """

    unit: str
    text: str
    end: int
    is_explicit: bool


class Token(NamedTuple):
    """A piece of the normalized text.

    Attributes:
        kind: The kind of token, a key of the token pattern.
        start: The index of its first character.
        end: The index after its last character.
        text: Its wording.
        numbers: The numbers it contains.
        rule: The rule of a recurring phrase.
    """

    kind: str
    start: int
    end: int
    text: str
    numbers: tuple[int, ...] = ()
    rule: RecurrenceRule | None = None


def apply_rewrite_rules(normalized: OffsetText) -> OffsetText:
    """Return the text with special notations replaced by equivalent plain ones."""
    if not _REWRITE_SIGN.search(normalized.text):
        return normalized
    for pattern, replacement in _REWRITE_RULES:
        normalized = normalized.substitute(pattern, replacement)
    return normalized


def is_undetermined(text: str) -> bool:
    """Return whether the text names no day at all: 待定, 按时完成, 25日前 without a month."""
    return _UNDETERMINED.fullmatch(text) is not None


def may_contain_recurrence(normalized: str, start: int) -> bool:
    """Return whether a recurring phrase may begin at or after `start`."""
    return _RECURRENCE_HEAD.search(normalized, start) is not None


def parse_recurrence(normalized: str, start: int) -> RecurrenceRule | None:
    """Return the recurring phrase that begins exactly at `start`, with its day, time and 前."""
    head = _RECURRENCE_HEAD.match(normalized, start)
    if not head:
        return None
    unit, count = _parse_unit(head.group())
    parsed = _unit_rule(unit, count, normalized, head.end())
    if not parsed:
        return None
    text, end, is_explicit = parsed
    times = _TIMES_PER_UNIT.match(normalized, end)
    if times and not is_explicit:
        text = _times_rule(unit, count, parse_calendar_number(times["times"]) or 1) or text
        end = times.end()
    end_match = _RECURRENCE_END.match(normalized, end)
    if end_match and end_match.group().endswith(("前", "止", "起")):
        return RecurrenceRule(unit, text, end_match.end(), True)
    return RecurrenceRule(unit, text, end, is_explicit)


def flatten(text: str) -> OffsetText:
    """Return `text` without whitespace and invisible characters, digits and their punctuation half-width."""
    compact, offsets = drop_with_offsets(text, _SKIPPED)
    return OffsetText(
        text, compact.translate(_HALF_WIDTH) if _FULL_WIDTH_CHARACTER.search(compact) else compact, offsets
    )


@lru_cache(maxsize=1024)
def tokenize(normalized: str) -> tuple[Token, ...]:
    """Return the tokens of a normalized text in order; text that is no token is skipped."""
    tokens: list[Token] = []
    position = 0
    token_starts, token_pattern = _token_start_pattern(), _token_pattern()
    while start_match := token_starts.search(normalized, position):
        position = start_match.start()
        if kind := _SINGLE_CHARACTER_TOKENS.get(normalized[position]):
            tokens.append(Token(kind, position, position + 1, normalized[position]))
            position += 1
        elif match := token_pattern.match(normalized, position):
            token = _make_token(normalized, match)
            position = max(token.end, position + 1)
            tokens.append(token)
        else:
            position += 1
    return tuple(_infer_units(_dates_of_ranges(tokens)))


def _parse_unit(head: str) -> tuple[str, int]:
    """Return the unit of a phrase and its interval: 每两个月 = (月, 2), 每半年 = (半年, 1)."""
    if re.match(r"月月|季季|周周|天天|年年", head):
        head = head[:1]
    head = re.sub(r"报$", "", head)
    if "半年" in head:
        return "半年", 1
    if re.search("半个?月", head):
        return "半月", 1
    unit_text = re.sub(r"^(?:每隔|每逢|隔|每|按|逐|各|分)", "", head)
    match = re.match(r"([一两二三四五六2-6])?个?(.+)", unit_text)
    unit = _UNIT_SYNONYMS.get(match[2], match[2]) if match else unit_text
    count = (parse_calendar_number(match[1]) or 1) if match and match[1] else 1
    if head.startswith(("隔", "每隔")) and unit in ("月", "周", "日", "年"):
        count += 1
    return unit, count


def _by_month_day(text: str) -> str:
    """Return BYMONTHDAY of listed days: 25日 → 25; 5日、20日 → 5,20; a range by its last day (10日至15日 → 15)."""
    days: list[int] = []
    for piece in re.split(r"[、,，和及]", text.strip("的")):
        value = parse_calendar_number(re.split(r"[-—~至到]", piece)[-1].rstrip("日号"))
        if value and 1 <= value <= 31:
            days.append(-1 if value == 31 else value)
    return "BYMONTHDAY=" + ",".join(str(d) for d in dict.fromkeys(days)) if days else ""


def _by_month_part(part: str) -> str:
    last_days = {"上": 10, "初": 10, "中": 20, "下": -1, "底": -1, "末": -1}
    if "工作日" in part:
        return f"{_WORKDAYS};BYSETPOS=-1"
    if "天" in part:
        return "BYMONTHDAY=-1"
    if "半月" in part:
        return "BYMONTHDAY=15" if part.startswith("上") else "BYMONTHDAY=-1"
    # 中下旬 ends with its last part.
    marks = [piece.removeprefix("月").removesuffix("旬")[-1] for piece in re.split("[、和及]", part)]
    return "BYMONTHDAY=" + ",".join(dict.fromkeys(str(last_days[mark]) for mark in marks))


def _parse_day_in_month(normalized: str, start: int) -> tuple[str, int] | None:
    """Return the BY… part of a rule for the day written after a month, and the index after it."""
    if match := _MONTH_DAYS.match(normalized, start):
        days = _by_month_day(match.group())
        return (days, match.end()) if days else None
    if match := _WEEK_OF_MONTH.match(normalized, start):
        nth = {"一": 1, "二": 2, "三": 3, "四": 4}.get(match["n"][-1], 1) if match["n"][0] != "最" else -1
        if match["d"]:
            return f"BYDAY={nth}{_RRULE_WEEKDAYS[match['d']]}", match.end()
        return f"BYMONTHDAY={nth * 7 if nth > 0 else -1}", match.end()
    for pattern in (_FIRST_DAYS, _AFTER_END):
        if (
            (match := pattern.match(normalized, start))
            and (count := parse_calendar_number(match["n"]) if match["n"] else 1)
            and 1 <= count <= 28
        ):
            return f"{_WORKDAYS};BYSETPOS={count}" if match["u"] == "工作日" else f"BYMONTHDAY={count}", match.end()
    if match := _MONTH_PART.match(normalized, start):
        return _by_month_part(match["part"]), match.end()
    return None


def _multi_month_rule(unit: str, normalized: str, start: int) -> tuple[str, int, bool]:
    """Return the rule of a unit of several months, with the due month if written (每季度首月10日前)."""
    months = list(_PERIOD_MONTHS[unit])
    size = 12 // len(months) if unit != "学期" else 6
    is_explicit = False
    if match := _QUARTER_MONTH.match(normalized, start):
        is_explicit = True
        start = match.end()
        month_name = (match["m"] or "") if not match["begin"] and not match["end"] else ""
        if match["next"] or "首" in month_name or "一" in month_name[:2] or match["begin"]:
            months = [2, 9] if unit == "学期" else [m - size + 1 for m in months]
        elif "二" in month_name:
            months = [m - 1 for m in months]
        elif not match["m"] and not match["end"] and not match["begin"]:
            months = [m - size + 1 for m in months]
    after_end = _AFTER_END.match(normalized, start)
    if after_end and not is_explicit:
        months = sorted((m % 12) + 1 for m in months)
    elif not is_explicit and _FIRST_DAYS.match(normalized, start):
        months = [2, 9] if unit == "学期" else [m - size + 1 for m in months]
    day = _parse_day_in_month(normalized, start)
    text = "FREQ=MONTHLY;BYMONTH=" + ",".join(str(m) for m in months) + ";" + (day[0] if day else "BYMONTHDAY=-1")
    return text, day[1] if day else start, is_explicit or day is not None


def _times_rule(unit: str, count: int, times: int) -> str | None:
    """Return the rule of k times in a unit if the unit divides evenly."""
    if unit == "年" and count == 1 and times in (2, 3, 4, 6, 12):
        step = 12 // times
        months = "" if times == 12 else ";BYMONTH=" + ",".join(str(m) for m in range(step, 13, step))
        return f"FREQ=MONTHLY{months};BYMONTHDAY=-1"
    if unit == "月" and count == 1 and times in (2, 3):
        return f"FREQ=MONTHLY;BYMONTHDAY={'15,-1' if times == 2 else '10,20,-1'}"
    return None


def _unit_rule(unit: str, count: int, normalized: str, start: int) -> tuple[str, int, bool] | None:
    interval = f";INTERVAL={count}" if count > 1 else ""
    if unit in ("日", "工作日"):
        return (f"FREQ=WEEKLY;{_WORKDAYS}" if unit == "工作日" else f"FREQ=DAILY{interval}"), start, False
    if unit == "周":
        match = _WEEKDAYS.match(normalized, start)
        if first := _FIRST_WORKDAY.match(normalized, start):
            return f"FREQ=WEEKLY{interval};BYDAY=MO", first.end(), True
        if not match:
            return f"FREQ=WEEKLY{interval}", start, False
        days = [_RRULE_WEEKDAYS[d] for d in re.findall("[一二三四五六日天]", match["d"])]
        if re.search("[至到-]", match["d"]):
            days = days[-1:]
        return f"FREQ=WEEKLY{interval};BYDAY={','.join(dict.fromkeys(days))}", match.end(), True
    if unit == "半月":
        return "FREQ=MONTHLY;BYMONTHDAY=15,-1", start, False
    if unit == "旬":
        return "FREQ=MONTHLY;BYMONTHDAY=10,20,-1", start, False
    if unit in ("双月", "单月", "月"):
        if unit == "月" and count in (2, 4):
            return _multi_month_rule("两月" if count == 2 else "四月", normalized, start)
        if unit == "月" and count in (3, 6):
            return _multi_month_rule("季度" if count == 3 else "半年", normalized, start)
        months = {"双月": ";BYMONTH=2,4,6,8,10,12", "单月": ";BYMONTH=1,3,5,7,9,11"}.get(unit, "")
        day = _parse_day_in_month(normalized, start)
        text = f"FREQ=MONTHLY{interval}{months};{day[0] if day else 'BYMONTHDAY=-1'}"
        return text, day[1] if day else start, day is not None
    if unit in _PERIOD_MONTHS:
        return _multi_month_rule("半年" if unit == "季度" and count == 2 else unit, normalized, start)
    if unit == "年":
        if first := _FIRST_WORKDAY.match(normalized, start):
            return f"FREQ=YEARLY{interval};BYMONTH=1;{_WORKDAYS};BYSETPOS=1", first.end(), True
        end = re.compile("年?[底末]").match(normalized, start)
        return f"FREQ=YEARLY{interval};BYMONTH=12;BYMONTHDAY=31", end.end() if end else start, end is not None
    return None


@cache
def _token_start_pattern() -> re.Pattern[str]:
    """Return a pattern of the first characters of any token; cheaper than trying every kind of token."""
    return re.compile("|".join([*_TOKEN_STARTS, holiday_start_pattern()]))


@cache
def _token_pattern() -> re.Pattern[str]:
    """Return the pattern of all tokens; the kind of a token is the name of its group."""
    pieces = {
        "schoolyear": r"(?<!\d)20\d\d(?:[-~/至到]|[—–]+)20\d\d学年度?",
        "numeric": r"(?<![\d.])(?:(?:19|20)\d\d|2[1-9]\d\d(?=[./-]\d{1,2}[./-]\d))(?P<ns>[./-])(?:1[0-2]|0?[1-9])"
        r"(?:(?P=ns)(?:[12]\d|3[01]|0?[1-9]))?日?(?![\d年])月?",
        "every": RECURRENCE_START,
        "holiday": holiday_pattern(),
        "lunar": rf"(?:农历|阴历)(?:正|腊|冬|{CALENDAR_NUMBER})月(?:初?{CALENDAR_NUMBER}日?)"
        rf"|(?:正|腊)月(?:初?{CALENDAR_NUMBER})日?",
        "year": rf"(?<![\d〔])(?:(?:19|20)\d\d|{_CHINESE_YEAR}|\d\d(?=年\d{{1,2}}月)|{_FAR_YEAR})"
        r"年度?(?!来|以来|级|版)",
        "relyear": r"(?:次|翌|明|第二|下一?|来)年度?(?=底|末|内|初|\d|[一二三四五六七八九十]|[上下]半年)"
        r"|(?:当|今|本)年度?(?!级)",
        "half": r"(?<!每)(?:上(?=[、和]?下半年)|[上下]半年)",
        "quarter": r"(?<!每)(?:第?[一二三四1-4]|首|末)个?季度",
        "yearpart": r"(?<![\d一二三四五六七八九十几多近半])年[初末底内终中](?!期|国|央|共|考|学)"
        r"|(?<=年)[初末底内](?!级)|(?<=年度)[末底内]|全年度?|整年|岁末",
        "month": rf"(?<![\d.第])(?:{CALENDAR_NUMBER}|元)月份?(?!饼)",
        "part": r"(?:上、?中|中、?下|上|中|下)旬|[上下前后]半月|(?<=[月份])[初底末](?!中|级|步|审|评|部|线|册|层)"
        r"|(?<=月)中(?![国央华心共学小考期])|(?<=季度)[末底]|月[初中底末](?!国|央|华)"
        r"|(?:第[一二三四]个?|最后一?个?)(?:周|星期)|最后一天"
        rf"|(?:第{CALENDAR_NUMBER}个?|首个?|最后一?个?)工作日",
        "day": rf"(?<![\d.第〕\]}}a-zA-Z]){CALENDAR_NUMBER}[日号](?!常|程|志|报|记|文|内|之内|以内|召)",
        "short": r"(?<![\d./])(?:1[0-2]|0?[1-9])[./](?:[12]\d|3[01]|0?[1-9])(?![\d分%％.月日年级/个张次])",
        "bare": r"(?<![\d.])(?:(?:19|20)\d\d|第?(?:1[0-2]|[12]\d|3[01]|0?[1-9])"
        rf"|第?[一二三四五六七八九十]{{1,3}})(?!\d){_FOLLOWED_BY_NUMBER}",
        "time": r"(?:上午|下午|中午|晚上?|早上?|凌晨)?\d{1,2}(?::\d{2}|[时点](?:\d{1,2}分?|整|半)?)|下班"
        r"|(?<=[日号）)])(?:上午|下午|中午|晚上|当天|当日)",
        "weekday": rf"[（(]{_WEEKDAY}[）)]|(?<=[日号])(?:星期|周)[一二三四五六日天]"
        rf"|(?<=[日号])[（(](?:{_WEEKDAY}[，,、]?)?{_LUNAR_DAY}(?:[，,、]?{_WEEKDAY})?[）)]"
        rf"|(?<=[日号])[（(](?:{holiday_pattern()})[）)](?=之?前|以前|[至到~-]|[—–])",
        "around": r"前后|左右",
        "since": r"(?:之日)?起(?!草|步|点|来|到)|以后|之后|开始(?!之?前|以前)",
        "until": r"截至|截止[到至]|截止(?=\d)|不迟于|不晚于|最迟|最晚|(?:从|自)?即日起(?:至|到|[-~]|[—–]+)",
        "before": r"之前|以前|以内|前(?!后|往|述|提(?![供交报前出升醒]))|截止|为止"
        r"|止(?![^，。；、）)])|内(?=[，。；、）)完]|$)",
        "range": r"[—–─―]+|[-~－−〜]|至|到",
        "strong": r"[；;。\n]",
        "enum": r"以及|[、，,和及与或/]",
        "open": r"[（(]",
        "close": r"[）)]",
    }
    return re.compile("|".join(f"(?P<{kind}>{body})" for kind, body in pieces.items()))


def _make_token(normalized: str, match: re.Match[str]) -> Token:
    kind = match.lastgroup or "word"
    start, end, text = match.start(), match.end(), match.group()
    if match["numeric"] is not None:
        return Token("numeric", start, end, text, tuple(int(d) for d in re.findall(r"\d+", text)))
    if kind == "every":
        rule = parse_recurrence(normalized, start)
        return (
            Token("every", start, rule.end, normalized[start : rule.end], rule=rule)
            if rule
            else Token("word", start, end, text)
        )
    numbers = _token_numbers(kind, text)
    return Token(kind if numbers is not None else "word", start, end, text, numbers or ())


def _century(short_year: int) -> int:
    """Return the century of a year of two digits: 22年6月, 99年12月."""
    return 2000 if short_year < _FIRST_OF_LAST_CENTURY else 1900


def _token_numbers(kind: str, text: str) -> tuple[int, ...] | None:
    """Return the numbers of a token, None if they are out of range."""
    if kind in ("schoolyear", "short"):
        return tuple(int(d) for d in re.findall(r"\d+", text))
    if kind == "year":
        value = parse_integer(text.rstrip("度").rstrip("年"))
        return None if value is None else (value + _century(value) if value < _YEARS_OF_CENTURY else value,)
    if kind == "month":
        value = 1 if text.startswith("元") else parse_calendar_number(text.rstrip("份").rstrip("月"))
        return (value,) if value and 1 <= value <= 12 else None
    if kind == "day":
        value = parse_calendar_number(text[:-1])
        return (value,) if value and 1 <= value <= 31 else None
    if kind == "bare":
        value = parse_calendar_number(text.lstrip("第"))
        return (value,) if value else None
    if kind == "quarter":
        value = {"首": 1, "末": 4}.get(text[0]) or parse_calendar_number(re.sub(r"[第个季度]", "", text))
        return (value,) if value else None
    if kind == "lunar":
        month, day = text.removeprefix("农历").removeprefix("阴历").split("月", 1)
        first = {"正": 1, "腊": 12, "冬": 11}.get(month) or parse_calendar_number(month)
        second = parse_calendar_number(day.strip("初日"))
        return (first, second) if first and second and first <= 12 and second <= 30 else None
    return ()


def _dates_of_ranges(tokens: list[Token]) -> list[Token]:
    """Return the tokens with 5.1 and 10.1 as dates where they begin or end a range of dates: 5.1—5.31, 9.15至10.1."""
    days = [_as_date(token) for token in tokens]
    settled = list(tokens)
    for i, token in enumerate(tokens[1:-1], 1):
        first, last = days[i - 1], days[i + 1]
        if token.kind == "range" and first and last and first.end == token.start and token.end == last.start:
            settled[i - 1], settled[i + 1] = first, last
    return settled


def _as_date(token: Token) -> Token | None:
    """Return a date of digits, and a holiday that is named by one: 10.31, 5.1."""
    if token.kind in ("short", "numeric"):
        return token
    match = _DATE_OF_HOLIDAY.fullmatch(token.text) if token.kind == "holiday" else None
    return token._replace(kind="short", numbers=(int(match[1]), int(match[2]))) if match else None


def _infer_units(tokens: list[Token]) -> list[Token]:
    """Give a bare number the unit of the number that ends its enumeration or range: 3、6、9月, 一至三季度."""
    limits = {"month": 12, "day": 31, "quarter": 4, "year": 2999}
    settled = list(tokens)
    for i in range(len(settled) - 3, -1, -1):
        number, separator, following = settled[i], settled[i + 1], settled[i + 2]
        if number.kind != "bare" or separator.kind not in ("enum", "range"):
            continue
        is_joined = number.end == separator.start and separator.end == following.start
        if (
            is_joined
            and following.kind in limits
            and number.numbers[0] <= limits[following.kind]
            and (following.kind == "year") == (number.numbers[0] > 31)
        ):
            settled[i] = Token(following.kind, number.start, number.end, number.text, number.numbers)
    return settled
