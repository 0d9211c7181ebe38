"""Deadlines that come again: 每月25日前, 每季度末, 半年一次, 每周五 → an RRULE whose occurrences are the due days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from dateutil.rrule import rrulestr

from extractors.parsers.deadlines.model import Deadline, Period
from extractors.parsers.deadlines.numerals import NUM, numeral

_UNIT = (
    r"(?:工作日|季度|季(?!节)|月度|月份|月(?!饼)|周(?!边|围|期|密|岁|转|年)|星期|礼拜|学期|学年"
    r"|年度|年(?!级|龄|限|代|轻|终|会|初|中)|旬|日(?!常|程|期|前|后|内)|天)"
)
_COUNT = (
    r"(?:不少于|至少|不低于|开展|进行|组织|召开|报送|更新|调度|举办|集中|学习|检查){0,2}"
    r"(?P<times>[一二两三四五六七八九十]{1,2}|\d{1,2})次"
)
EVERY = (
    rf"每逢?[双单]月|(?:每逢?|按|逐|各|分|每隔|隔)(?:[两二三四五六半一]|[2-6])?个?{_UNIT}"
    rf"|(?:半年度?|[一两三]年|[一两]?个季度|一季度?|[一两三]个?月|一周|两周|一[个]?学期|[2-6]个月)(?=(?:至少|不少于|开展|报送|更新)?(?:[一二两三四六]|\d{{1,2}})次)"
    r"|月月|季季|周周|天天|年年"
    r"|(?:(?<=[，。；、])|^)(?:月度|季度|月报|季报|半年报|周报|年报|[双单]月|(?:季度?|月)(?=[末底]))(?=报送|上报|一次|更新|[末底]|[，。；、]|$)"
)
"""Begins of a recurring phrase; without named groups, to be part of the lexer's pattern."""

_HEAD = re.compile(EVERY)
_TIMES = re.compile(_COUNT)
_DAYS = re.compile(rf"的?(?:{NUM}[日号]?(?:[、,，和及]|[-—~至到])){{0,12}}{NUM}[日号](?!常)")
_PART = re.compile(
    r"的?(?P<part>(?:上旬|中旬|下旬)(?:[、和](?:上旬|中旬|下旬)){0,5}|[上下]半月|月?[底末](?!部|月)|月?初|月?中(?![国央心])|最后一天|最后一个工作日)"
)
_FIRST_DAYS = re.compile(rf"的?(?:前|第)(?P<n>{NUM})个?(?P<u>工作日|天|日)内?")
_AFTER_END = re.compile(
    rf"(?:结束后|后|次月|下月|结束后的?次月)(?:的?)(?P<n>{NUM})(?:个)?(?P<u>工作日|天|日|号)(?:内|之内|以内)?"
)
_WEEK = re.compile(r"的?(?P<n>第[一二三四]|最后一?|首)个?(?:周|星期)(?P<d>[一二三四五六日天])?")
_WEEKDAYS = re.compile(
    r"(?P<d>[一二三四五六日天](?:[、和至到-](?:每?周|星期)?[一二三四五六日天]){0,7})(?![次期报份篇条例题更讲查调评个场])"
)
_QUARTER_MONTH = re.compile(
    r"的?(?P<m>末月|最后一?个?月|首月|第[一二三]个?月|首个月|末[个]?月)份?|(?:次|下一?个?)季度(?P<next>首月|第一个月)?|(?P<end>期?[末底])(?!月)|季?(?P<begin>初)"
)
_CLOSE = re.compile(r"(?:上午|下午)?(?:\d{1,2}(?::\d\d|[时点]))?(?:下班)?(?:之前|以前|前|止|起)?")
_WEEKDAY = dict(zip("一二三四五六日天", ("MO", "TU", "WE", "TH", "FR", "SA", "SU", "SU"), strict=True))
_WORKDAYS = "BYDAY=MO,TU,WE,TH,FR"
_PERIODS = {"季度": (3, 6, 9, 12), "半年": (6, 12), "两月": (2, 4, 6, 8, 10, 12), "学期": (1, 7), "四月": (4, 8, 12)}
_SHORT = {"季": "季度", "月份": "月", "月度": "月", "星期": "周", "礼拜": "周", "天": "日", "年度": "年", "学年": "年"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurring phrase up to `end` of the flat text; `explicit` when it names a day or the end of its unit."""

    unit: str
    text: str
    end: int
    explicit: bool


def _unit_of(head: str) -> tuple[str, int]:
    """The unit and every how many of it a phrase recurs: 每两个月 = (月, 2), 每半年 = (半年, 1)."""
    if "双月" in head or "单月" in head:
        return head[-2:], 1
    if re.match(r"月月|季季|周周|天天|年年", head):
        head = head[:1]
    head = re.sub(r"报$", "", head)
    if "半年" in head:
        return "半年", 1
    bare = re.sub(r"^(?:每隔|每逢|隔|每|按|逐|各|分)", "", head)
    found = re.match(r"([一两二三四五六2-6])?个?(.+)", bare)
    unit = _SHORT.get(found[2], found[2]) if found else bare
    count = (numeral(found[1]) or 1) if found and found[1] else 1
    if head.startswith(("隔", "每隔")) and unit in ("月", "周", "日", "年"):
        count += 1
    return unit, count


def _due_days(text: str) -> str:
    """25日 → 25; 5日、20日 → 5,20; a range is due on its last day (10日至15日 → 15)."""
    days: list[int] = []
    for piece in re.split(r"[、,，和及]", text.strip("的")):
        value = numeral(re.split(r"[-—~至到]", piece)[-1].rstrip("日号"))
        if value and 1 <= value <= 31:
            days.append(-1 if value == 31 else value)
    return "BYMONTHDAY=" + ",".join(str(d) for d in dict.fromkeys(days)) if days else ""


def _part_days(part: str) -> str:
    last = {"上": 10, "初": 10, "中": 20, "下": -1, "底": -1, "末": -1}
    if "工作日" in part:
        return f"{_WORKDAYS};BYSETPOS=-1"
    if "天" in part:
        return "BYMONTHDAY=-1"
    if "半月" in part:
        return "BYMONTHDAY=15" if part.startswith("上") else "BYMONTHDAY=-1"
    marks = [piece.removeprefix("月")[0] for piece in re.split("[、和]", part)]
    return "BYMONTHDAY=" + ",".join(str(last[mark]) for mark in marks)


def _in_month(flat: str, at: int) -> tuple[str, int] | None:
    """What follows a month and says which day of it: the BY… part of the rule and where the phrase ends."""
    if found := _DAYS.match(flat, at):
        days = _due_days(found.group())
        return (days, found.end()) if days else None
    if found := _WEEK.match(flat, at):
        nth = {"一": 1, "二": 2, "三": 3, "四": 4}.get(found["n"][-1], 1) if found["n"][0] != "最" else -1
        if found["d"]:
            return f"BYDAY={nth}{_WEEKDAY[found['d']]}", found.end()
        return f"BYMONTHDAY={nth * 7 if nth > 0 else -1}", found.end()
    for pattern in (_FIRST_DAYS, _AFTER_END):
        if (found := pattern.match(flat, at)) and (count := numeral(found["n"])) and 1 <= count <= 28:
            return f"{_WORKDAYS};BYSETPOS={count}" if found["u"] == "工作日" else f"BYMONTHDAY={count}", found.end()
    if found := _PART.match(flat, at):
        return _part_days(found["part"]), found.end()
    return None


def _months_rule(unit: str, flat: str, at: int) -> tuple[str, int, bool]:
    """The rule of a unit of several months; its due month may be said (每季度首月10日前)."""
    months = list(_PERIODS[unit])
    size = 12 // len(months) if unit != "学期" else 6
    explicit = False
    if found := _QUARTER_MONTH.match(flat, at):
        explicit = True
        at = found.end()
        mark = (found["m"] or "") if not found["begin"] and not found["end"] else ""
        if found["next"] or "首" in mark or "一" in mark[:2] or found["begin"]:
            months = [2, 9] if unit == "学期" else [m - size + 1 for m in months]
        elif "二" in mark:
            months = [m - 1 for m in months]
        elif not found["m"] and not found["end"] and not found["begin"]:
            months = [m - size + 1 for m in months]
    after = _AFTER_END.match(flat, at)
    if after and not explicit:
        months = sorted((m % 12) + 1 for m in months)
    day = _in_month(flat, at)
    text = "FREQ=MONTHLY;BYMONTH=" + ",".join(str(m) for m in months) + ";" + (day[0] if day else "BYMONTHDAY=-1")
    return text, day[1] if day else at, explicit or day is not None


def _by_times(unit: str, count: int, times: int) -> str | None:
    """The rule of k times in a unit, where the year can be cut evenly."""
    if unit == "年" and count == 1 and times in (2, 3, 4, 6, 12):
        step = 12 // times
        months = "" if times == 12 else ";BYMONTH=" + ",".join(str(m) for m in range(step, 13, step))
        return f"FREQ=MONTHLY{months};BYMONTHDAY=-1"
    if unit == "月" and count == 1 and times in (2, 3):
        return f"FREQ=MONTHLY;BYMONTHDAY={'15,-1' if times == 2 else '10,20,-1'}"
    return None


def _rule(unit: str, count: int, flat: str, at: int) -> tuple[str, int, bool] | None:
    interval = f";INTERVAL={count}" if count > 1 else ""
    if unit in ("日", "工作日"):
        return (f"FREQ=WEEKLY;{_WORKDAYS}" if unit == "工作日" else f"FREQ=DAILY{interval}"), at, False
    if unit == "周":
        found = _WEEKDAYS.match(flat, at)
        if not found:
            return f"FREQ=WEEKLY{interval}", at, False
        days = [_WEEKDAY[d] for d in re.findall("[一二三四五六日天]", found["d"])]
        if re.search("[至到-]", found["d"]):
            days = days[-1:]
        return f"FREQ=WEEKLY{interval};BYDAY={','.join(dict.fromkeys(days))}", found.end(), True
    if unit == "旬":
        return "FREQ=MONTHLY;BYMONTHDAY=10,20,-1", at, False
    if unit in ("双月", "单月", "月"):
        if unit == "月" and count in (2, 4):
            return _months_rule("两月" if count == 2 else "四月", flat, at)
        if unit == "月" and count in (3, 6):
            return _months_rule("季度" if count == 3 else "半年", flat, at)
        months = {"双月": ";BYMONTH=2,4,6,8,10,12", "单月": ";BYMONTH=1,3,5,7,9,11"}.get(unit, "")
        day = _in_month(flat, at)
        text = f"FREQ=MONTHLY{interval}{months};{day[0] if day else 'BYMONTHDAY=-1'}"
        return text, day[1] if day else at, day is not None
    if unit in _PERIODS:
        return _months_rule("半年" if unit == "季度" and count == 2 else unit, flat, at)
    if unit == "年":
        end = re.compile("年?[底末]").match(flat, at)
        return f"FREQ=YEARLY{interval};BYMONTH=12;BYMONTHDAY=31", end.end() if end else at, end is not None
    return None


def begins_recurrence(flat: str, at: int) -> bool:
    """True where a recurring phrase may begin somewhere from `at` on."""
    return _HEAD.search(flat, at) is not None


def read_rule(flat: str, at: int) -> Rule | None:
    """The recurring phrase that begins exactly at `at`, with its day, time and 前."""
    head = _HEAD.match(flat, at)
    if not head:
        return None
    unit, count = _unit_of(head.group())
    ruled = _rule(unit, count, flat, head.end())
    if not ruled:
        return None
    text, end, explicit = ruled
    times = _TIMES.match(flat, end)
    if times and not explicit:
        text = _by_times(unit, count, numeral(times["times"]) or 1) or text
        end = times.end()
    close = _CLOSE.match(flat, end)
    if close and close.group().endswith(("前", "止", "起")):
        return Rule(unit, text, close.end(), True)
    return Rule(unit, text, end, explicit)


def due_days(deadline: Deadline, period: Period) -> list[date]:
    """Every due day of a recurring deadline inside the period (else the notice's year) and its own bounds, in order."""
    year = period.base_year()
    if not deadline.recurrence or (year is None and not (period.start and period.end)):
        return []
    base = year or 1
    first = max(d for d in (period.start or date(base, 1, 1), deadline.starts_on) if d)
    last = min(d for d in (period.end or date(base, 12, 31), deadline.ends_on) if d)
    if last < first:
        return []
    rule = rrulestr(deadline.recurrence, dtstart=datetime.combine(first, time()))
    return [
        day.date() for day in rule.between(datetime.combine(first, time()), datetime.combine(last, time()), inc=True)
    ]
