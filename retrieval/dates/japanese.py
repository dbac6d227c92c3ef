"""The forms of dates in Japanese, in the order of precedence, and the days that they mean."""

import datetime as dt
from re import Match

from retrieval.dates import calendar, counted
from retrieval.dates.calendar import DaySpan
from retrieval.dates.tense import tense_marks
from retrieval.patterns import lazy_pattern

_DIGITS = {digit: number for number, digit in enumerate("〇一二三四五六七八九")} | {"零": 0}
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_PARTS_NAMED = {
    "early": "上旬 初旬 初め はじめ 初頭 頭 序盤",
    "mid": "中旬 半ば なかば 中盤",
    "late": "下旬 末 終わり 暮れ",
    "first": "前半 上半期",
    "second": "後半 下半期",
}
_PARTS = {word: part for part, words in _PARTS_NAMED.items() for word in words.split()}
_SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}


def _steps(*words: str, first: int) -> dict[str, int]:
    """Words that count from an article's date, by how far."""
    return {word: step for step, listed in enumerate(words, first) for word in listed.split()}


_NEAR_YEARS = _steps("一昨年 おととし", "昨年 去年 前年", "今年 本年 同年", "来年 翌年", "再来年", first=-2)
_NEAR_MONTHS = _steps("先々月", "先月 前月", "今月 本月", "来月", "再来月", first=-2)
_NEAR_WEEKS = _steps("先々週", "先週 前週", "今週", "来週", "再来週", first=-2)
_NEAR_DAYS = _steps(
    "一昨日 おととい",
    "昨日 きのう 昨夜 昨晩",
    "今日 本日 きょう 今朝 今夜 今晩",
    "明日 あした あす",
    "明後日 あさって",
    first=-2,
)
_UNITS = {"年": "year", "週間": "week", "日": "day", **{f"{counter}月": "month" for counter in "かヶカヵケ箇"}}
_WEEKDAYS = "月火水木金土日"
_N = r"(?:\d{1,2}|[〇一二三四五六七八九十]{1,3})"
_M, _D = "(?:1[0-2]|0?[1-9])", r"(?:[12]\d|3[01]|0?[1-9])"
_YEAR = (
    r"(?P<year>(?:西暦)?(?:1[5-9]|20)\d\d|[一二][〇零一二三四五六七八九]{3}"
    rf"|(?:{'|'.join(_ERAS)})(?:元|\d{{1,2}}|[一二三四五六七八九十]{{1,3}}))"
)
_YEARS_NEAR = rf"(?P<near>{'|'.join(sorted(_NEAR_YEARS, key=len, reverse=True))})(?!度末)"
_PART = rf"(?:の?(?P<part>{'|'.join(_PARTS)}))?"
_UP_TO = r"\s?(?:から|[~〜～\-–—ー・、と])\s?"
_WEEKDAY_BEHIND = r"(?:\s?\([月火水木金土日](?:曜日?)?(?:・?祝)?\))?"
_NO_COUNT = "(?![間目後前]|以[上内]|連続|本|銀|米|系|程|帰り|中[^旬])"
"""What makes of so many days no day of a month: '3日間', '27日目'."""
_MONTH_BEGINS = "(?<![かヶカヵケ箇0-9一二三四五六七八九十])"


def _number(written: str) -> int:
    """Return a number written in figures or in kanji, by places or with tens."""
    if written.isdigit() and written.isascii():
        return int(written)
    if "十" not in written and "百" not in written:
        return int("".join(str(_DIGITS[digit]) for digit in written))
    hundreds, _, rest = written.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    found = 100 * (_DIGITS[hundreds] if hundreds else "百" in written)
    return int(found + 10 * (_DIGITS[tens] if tens else bool(ten)) + (_DIGITS[ones] if ones else 0))


def _year_said(written: str) -> int:
    for era, before in _ERAS.items():
        if written.startswith(era):
            count = written.removeprefix(era)
            return before + (1 if count == "元" else _number(count))
    return _number(written.removeprefix("西暦"))


def _year_of(match: Match[str], published: dt.date | None) -> int | None:
    """The year that a match says, or that is counted from the article's date; None where neither is known."""
    said = match.groupdict()
    if said.get("year"):
        return _year_said(match["year"])
    if said.get("near") and published is not None:
        return published.year + _NEAR_YEARS[match["near"]]
    return None


_PLANNED = lazy_pattern(
    r"(?P<ahead>予定|見通し|見込み|見込む|方針|計画|だろう|でしょう|する見|調整し|目指[すし]|に向け)"
)


def _is_ahead(match: Match[str]) -> bool:
    """Whether the words behind a date speak of what is yet to come."""
    return tense_marks(_PLANNED, match.string).first_from(match.end()) is not None


def _part(span: DaySpan, match: Match[str]) -> DaySpan:
    part = match.groupdict().get("part")
    return calendar.part(span, _PARTS[part]) if part else span


def _day(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '2023年11月27日', '令和5年11月27日', '昨年11月27日' or '11月27日', with a second day or without."""
    month, day, year = _number(match["month"]), _number(match["day"]), _year_of(match, published)
    if year is None:
        if published is None or match.groupdict().get("near"):
            return None
        first = counted.nearest_day(published, month, day, ahead=_is_ahead(match))
    else:
        first = dt.date(year, month, day)
    until = match.groupdict().get("until")
    if not until:
        return calendar.day(first)
    later = match.groupdict().get("until_month")
    number = _number(later) if later else month
    return calendar.days(first, dt.date(first.year + (number < month), number, _number(until)))


def _month(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '2023年11月', '昨年11月上旬' or '11月'."""
    number, year = _number(match["month"]), _year_of(match, published)
    if year is not None:
        return _part(calendar.month(year, number), match)
    if published is None or match.groupdict().get("near"):
        return None
    return _part(counted.nearest_month(published, number, ahead=_is_ahead(match)), match)


def _months(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '2023年4月から6月'."""
    year = _year_of(match, published)
    return None if year is None else calendar.months(year, _number(match["month"]), _number(match["until"]))


def _whole_year(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '2023年', '昨年', '2024年初め' or '昨年末'; the end of a year is its last month."""
    year = _year_of(match, published)
    if year is not None and match["part"] in {"末", "暮れ"}:
        return calendar.month(year, 12)
    return None if year is None else _part(calendar.year(year), match)


def _season(match: Match[str], published: dt.date | None) -> DaySpan | None:
    year = _year_of(match, published)
    return None if year is None else counted.season(year, _SEASONS[match["season"]], 3)


def _quarter(match: Match[str], published: dt.date | None) -> DaySpan | None:
    year = _year_of(match, published)
    return None if year is None else counted.season(year, 3 * _number(match["quarter"]) - 2, 3)


def _fiscal_year(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '2023年度' or '来年度': from April to March."""
    near = {"今": 0, "本": 0, "昨": -1, "前": -1, "来": 1}
    if match.groupdict().get("year"):
        return counted.season(_year_said(match["year"]), 4, 12)
    if published is None:
        return None
    return counted.season(published.year - (published.month < 4) + near[match["fiscal"]], 4, 12)  # noqa: PLR2004


def _decade(match: Match[str], _: dt.date | None) -> DaySpan:
    part = match["part"]
    return counted.decade(_year_said(match["year"]), _PARTS[part] if part else "")


def _years(match: Match[str], _: dt.date | None) -> DaySpan:
    return counted.years(_year_said(match["year"]), _year_said(match["until"]))


def _near_month(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '先月', '今月下旬' or '来月3日'."""
    if published is None:
        return None
    month = calendar.month(published.year, published.month + _NEAR_MONTHS[match["near_month"]])
    if match["day"]:
        return calendar.day(month.first.replace(day=_number(match["day"])))
    return _part(month, match)


def _day_alone(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '27日', as reports say of the days before them."""
    if published is None:
        return None
    return calendar.day(counted.nearest_of_month(published, _number(match["day"]), ahead=_is_ahead(match)))


def _days_alone(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '27日から30日'."""
    if published is None:
        return None
    first = counted.nearest_of_month(published, _number(match["day"]), ahead=_is_ahead(match))
    last = _number(match["until"])
    return calendar.days(first, first.replace(day=last)) if last > first.day else None


def _near_week(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '先週', '来週末' or '今週の月曜日'."""
    if published is None:
        return None
    step = _NEAR_WEEKS[match["near_week"]]
    if match["weekday"]:
        return counted.weekday(published, _WEEKDAYS.index(match["weekday"]), week=step, ahead=False)
    return counted.weekend(published, step) if match["end"] else counted.week(published, step)


def _weekday(match: Match[str], published: dt.date | None) -> DaySpan | None:
    if published is None:
        return None
    return counted.weekday(published, _WEEKDAYS.index(match["weekday"]), week=None, ahead=_is_ahead(match))


def _near_day(match: Match[str], published: dt.date | None) -> DaySpan | None:
    return None if published is None else counted.steps_away(published, _NEAR_DAYS[match["word"]], "day")


def _away(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '3日前' or '2年後'."""
    if published is None:
        return None
    count = _number(match["count"])
    return counted.steps_away(published, -count if match["way"] == "前" else count, _UNITS[match["unit"]])


def _past(match: Match[str], published: dt.date | None) -> DaySpan | None:
    """Read '過去3年間'."""
    unit = match["unit"].removesuffix("間")
    return None if published is None else counted.past(published, _number(match["count"]), _UNITS.get(unit, "week"))


_UNIT = "年|[かヶカヵケ箇]月|週間|日"
_COUNT = r"(?P<count>\d{1,3}|[一二三四五六七八九十]{1,3})"
FORMS = tuple(
    (lazy_pattern(pattern), reading)
    for pattern, reading in (
        # so many days, months or years from the article's date, which look like days, months and years
        (rf"(?:過去|この|直近の?|ここ){_COUNT}(?P<unit>(?:{_UNIT})間?)", _past),
        (rf"(?<![\d第]){_COUNT}(?P<unit>{_UNIT})(?P<way>[前後])(?![半])", _away),
        # days, of one month or two, with their year or without
        (
            (
                rf"(?:{_YEAR}年|{_YEARS_NEAR}の?)(?P<month>{_N})月(?P<day>{_N})日?{_WEEKDAY_BEHIND}{_UP_TO}"
                rf"(?:(?P<until_month>{_N})月)?(?P<until>{_N})日{_NO_COUNT}"
            ),
            _day,
        ),
        (rf"(?:{_YEAR}年|{_YEARS_NEAR}の?)\s?(?P<month>{_N})月\s?(?P<day>{_N})日", _day),
        (rf"(?<![\d/.])(?P<year>(?:19|20)\d\d)[/.](?P<month>{_M})[/.](?P<day>{_D})(?![\d/])", _day),
        (
            (
                rf"{_MONTH_BEGINS}(?P<month>{_N})月(?P<day>{_N})日?{_WEEKDAY_BEHIND}{_UP_TO}"
                rf"(?:(?P<until_month>{_N})月)?(?P<until>{_N})日{_NO_COUNT}"
            ),
            _day,
        ),
        (rf"{_MONTH_BEGINS}(?P<month>{_N})月(?P<day>{_N})日", _day),
        # months, seasons and quarters of a year
        (rf"(?:{_YEAR}年|{_YEARS_NEAR}の?)(?P<month>{_N})月?(?:から|[~〜～\-–])(?P<until>{_N})月", _months),
        (rf"(?:{_YEAR}年|{_YEARS_NEAR}の?)\s?(?P<month>{_N})月{_PART}", _month),
        (rf"(?:{_YEAR}年|{_YEARS_NEAR})の?(?:第(?P<quarter>[1-4一二三四])四半期)", _quarter),
        (rf"(?:{_YEAR}年|{_YEARS_NEAR})の?(?P<season>[春夏秋冬])", _season),
        (rf"(?P<near_month>{'|'.join(_NEAR_MONTHS)})の?(?:(?P<day>{_N})日{_NO_COUNT}|{_PART})", _near_month),
        # years
        (rf"{_YEAR}年代{_PART}", _decade),
        (rf"{_YEAR}年?(?:から|[~〜～\-–])(?P<until>(?:19|20)\d\d)年", _years),
        (rf"{_YEAR}年度(?!末)", _fiscal_year),
        (r"(?P<fiscal>[今本昨前来])年度(?!末)", _fiscal_year),
        (rf"{_YEAR}年{_PART}(?![間])", _whole_year),
        (rf"{_YEARS_NEAR}{_PART}", _whole_year),
        # counted from the article's date
        (
            rf"(?P<near_week>{'|'.join(_NEAR_WEEKS)})(?:(?P<end>末)|の?(?P<weekday>[{_WEEKDAYS}])曜日?)?",
            _near_week,
        ),
        (rf"(?<![^\W\d_])(?P<word>{'|'.join(sorted(_NEAR_DAYS, key=len, reverse=True))})(?![ぁ-ん]?世界)", _near_day),
        (rf"(?P<word>{'|'.join(word for word in _NEAR_DAYS if word[0] not in 'きあお')})", _near_day),
        (rf"(?P<weekday>[{_WEEKDAYS}])曜日?", _weekday),
        (rf"{_MONTH_BEGINS}(?P<month>{_M}|十[一二]?|[一二三四五六七八九])月(?![面例刊収給]){_PART}", _month),
        (rf"(?<![\d月第同毎])(?P<day>{_N})日?(?:から|[~〜～\-–・、])(?P<until>{_N})日{_NO_COUNT}", _days_alone),
        (rf"(?<![\d月か一二三四五六七八九十第同毎前後数])(?P<day>[12]\d|3[01]|[1-9])日{_NO_COUNT}", _day_alone),
    )
)
"""A pattern and its reading: a group `year` has the year where a match says one, or else its days are counted."""
