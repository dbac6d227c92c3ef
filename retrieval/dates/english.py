"""The forms of dates in English, in the order of precedence."""

import datetime as dt
import re
from collections.abc import Callable, Sequence

from retrieval.dates import english_readings as read
from retrieval.dates.calendar import DaySpan
from retrieval.dates.english_readings import DAYS, MONTHS, ONES, TENS
from retrieval.patterns import lazy_pattern

_FULL_MONTH = "|".join(name.capitalize() for name in MONTHS)
_MONTH_NAME = rf"{_FULL_MONTH}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
_MONTH, _UNTIL_MONTH = rf"(?P<month>{_MONTH_NAME})", rf"(?P<until_month>{_MONTH_NAME})"
_WEEKDAY_NAME = "|".join(name.capitalize() for name in DAYS)
_ON = rf"\b(?:(?P<weekday>{_WEEKDAY_NAME}),?\s+(?:the\s+)?\(?)?"
"""The weekday that may stand before a day."""
_NUMBER, _TH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:st|nd|rd|th)?"
_DAY, _UNTIL_DAY = rf"(?P<day>{_NUMBER}){_TH}", rf"(?P<until>{_NUMBER}){_TH}"
_YEAR_NUMBER = r"(?:1[5-9]\d\d|20\d\d)"
_OF_YEAR = rf"(?:(?P<year>{_YEAR_NUMBER})(?![\w%])|(?P<near>[Tt]his|[Ll]ast|[Nn]ext|[Tt]he previous) year\b)"
_WITH_YEAR = rf",?\s+(?:of\s+)?{_OF_YEAR}"
_PART = (
    r"(?:(?P<part>[Ee]arly|[Mm]id|[Ll]ate|[Ee]arlier|[Ll]ater|[Tt]he (?:beginning|start|middle|end) of"
    r"|[Tt]he (?:first|second|latter) half of|(?:beginning|end|middle) of)[\s-](?:in\s+)?)?"
)
_SEASON = r"(?P<season>[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)"
_QUARTER = (
    r"(?:(?P<quarter>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ff]inal|1st|2nd|3rd|4th)[\s-]quarter|(?P<short>Q[1-4]))"
)
_COUNT = rf"(?P<count>\d{{1,3}}|an?|(?:{'|'.join(TENS)})[ -](?:{'|'.join(ONES[:9])})|{'|'.join((*ONES, *TENS))})"
_UNITS = r"(?P<unit>day|week|fortnight|month|year)s?"
_NO_YEAR_BEHIND = "".join(f"(?<!{word} )" for word in ("Agenda", "Vision", "[Rr]esolution", "[Rr]esolutions", r"No\."))
_COUNTED = (
    r"people|soldiers|men|women|species|years|miles|kilomet(?:er|re)s|met(?:er|re)s|feet|acres|members|students|troops"
    r"|tons|tonnes|km|kg|yen|dollars|workers|jobs|vessels|prisoners|homes|votes|Agenda|agenda|goals?|[Vv]ision|hours"
)
_YEAR_BEGINS = rf"(?:(?<![\w.,$€£¥#/-])|(?<=[Mm]id-)){_NO_YEAR_BEHIND}"
_YEAR = rf"{_YEAR_BEGINS}(?P<year>{_YEAR_NUMBER})(?![\w%/-]|[.,]\d|\s+(?:{_COUNTED})\b|\s\((?:19|20)\d\d\))"
_UP_TO = r"\s?(?:[–—-]|to|through|until)\s?"
_AND_DAY = rf"\s(?:and|&)\s(?=\d{{1,2}}(?:[,.;)]|\s(?:in|for|at|to|with|{_YEAR_NUMBER}|{_FULL_MONTH})|$))"
_TO_DAY = (
    rf"(?:(?:{_UP_TO}|{_AND_DAY}){_UNTIL_DAY}|{_UP_TO}{_UNTIL_MONTH}\s+(?P<until_day>\d{{1,2}}){_TH})(?!\d|[.,]\d|%)"
)
_NO_WORLD = "".join(rf"(?<!\b{word} )" for word in "is are enjoy face faces world of use than".split())
"""Words before 'today' where it means these times."""

DATE_WORD = lazy_pattern(
    rf"\d|{_MONTH_NAME}|{_SEASON}|(?i:year|month|week|day|night|tomorrow|morning|afternoon|evening)"
)
"""Each form has a word with one of these; many texts have none."""
FORMS = tuple(
    (lazy_pattern(pattern), reading)
    for pattern, reading in (
        (r"\b(?P<year>(?:19|20)\d\d)-(?P<number>0[1-9]|1[0-2])-(?P<day>[0-3]\d)\b", read.iso),
        # days, of one month or two, with their year or without
        (rf"{_ON}{_MONTH}\s+{_DAY}{_TO_DAY}{_WITH_YEAR}", read.day_range),
        (rf"{_ON}{_DAY}(?:{_UP_TO}|{_AND_DAY}){_UNTIL_DAY}\s+{_MONTH}{_WITH_YEAR}", read.day_range),
        (rf"{_ON}{_MONTH}\s+{_DAY}{_WITH_YEAR}", read.day_of_month),
        (rf"{_ON}{_DAY}\s+(?:of\s+|day of )?{_MONTH}{_WITH_YEAR}", read.day_of_month),
        (rf"{_ON}{_MONTH}\s+{_DAY}{_TO_DAY}", read.day_range),
        (rf"{_ON}{_DAY}(?:{_UP_TO}|{_AND_DAY}){_UNTIL_DAY}\s+{_MONTH}(?!\w)", read.day_range),
        (rf"{_ON}{_MONTH}\s+{_DAY}(?!\d|[.,:]\d|%|\s*(?:percent|million|billion)\b)", read.day_of_month),
        (rf"{_ON}{_DAY}\s+(?:of\s+)?{_MONTH}(?!\w)", read.day_of_month),
        # months, seasons and quarters of a year
        (rf"\b{_MONTH}{_UP_TO}{_UNTIL_MONTH}{_WITH_YEAR}", read.month_range),
        (rf"\b{_PART}{_MONTH}{_WITH_YEAR}", read.month),
        (rf"\b{_SEASON}(?:\s+of)?\s+{_OF_YEAR}", read.season),
        (rf"\b(?P<near>[Tt]his|[Ll]ast|[Nn]ext|[Pp]ast) (?:past )?{_SEASON}\b(?!\s+\d)", read.season),
        (rf"\b{_QUARTER}(?:\s+of)?,?\s+{_OF_YEAR}", read.quarter),
        # years
        (rf"\b{_PART}(?:the )?(?P<year>1\d\d0|20\d0)['’]?s\b", read.decade),
        (rf"{_YEAR_BEGINS}(?P<year>{_YEAR_NUMBER})[–—-](?P<until>\d\d(?:\d\d)?)(?![\w%/-]|[.,]\d)", read.year_range),
        (
            (
                rf"\b(?:[Ff]rom|[Bb]etween)\s+(?P<year>{_YEAR_NUMBER})\s+(?:to|and|until|through)\s+"
                rf"(?P<until>{_YEAR_NUMBER})\b"
            ),
            read.year_range,
        ),
        (rf"\b{_PART}(?P<near>[Tt]his|[Ll]ast|[Nn]ext|[Tt]he previous) (?:fiscal )?year\b", read.year),
        (rf"(?<!\w){_PART}{_YEAR}", read.year),
        # counted from the article's date
        (rf"(?i:\b{_COUNT} {_UNITS} ago\b)", read.ago),
        (rf"(?i:\b(?:the\s+)?(?:past|last|previous)\s+(?!an?\b){_COUNT}\s+{_UNITS}\b)", read.past_units),
        (
            rf"\b{_PART}(?P<near>[Tt]his|[Ll]ast|[Pp]ast|[Nn]ext|[Tt]he previous) (?P<unit>week|weekend|month)\b",
            read.near_unit,
        ),
        (r"(?i:\b(?:over|in|during|within) the (?:past|last) (?P<unit>year|month|week)\b)", read.past_units),
        (
            (
                rf"(?i:\b(?=[tyl]){_NO_WORLD}(?P<word>today(?!['’]s (?:world|challeng|realit))|yesterday|tomorrow"
                r"|tonight|last night|this (?:morning|afternoon|evening))\b)"
            ),
            read.near_day,
        ),
        (
            (
                rf"\b(?:(?P<near>[Tt]his past|[Tt]his|[Ll]ast|[Nn]ext) )?(?P<weekday>{_WEEKDAY_NAME})\b"
                rf"(?! to {_WEEKDAY_NAME})"
            ),
            read.weekday,
        ),
        (
            rf"\b(?:(?P<near>[Tt]his past|[Tt]his|[Ll]ast|[Pp]ast|[Nn]ext) )?{_PART}{_MONTH}(?!\w|\s+\d)",
            read.month,
        ),
    )
)
"""A pattern and its reading: a group `year` has the year where a match says one, or else its days are counted."""
_WITHOUT_MONTH = tuple(form for form in FORMS if "(?P<month>" not in form[0].pattern)
_ANY_MONTH = lazy_pattern("|".join(name.capitalize()[:3] for name in MONTHS))


def forms_in(text: str) -> Sequence[tuple[re.Pattern[str], Callable[[re.Match[str], dt.date | None], DaySpan | None]]]:
    """Return the date forms to look for in a text; the costly forms with a month only if the text names a month."""
    return FORMS if _ANY_MONTH.search(text) else _WITHOUT_MONTH
