"""Holiday sets and iCalendar files as plain days, so that what a policy says is all in its records and its stamp.

It happens when the folder is read: the domain knows no country and reads no file, and two machines with other
versions of the holiday tables differ in the policy's stamp instead of in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from adapters.policy_folder import ical
from adapters.policy_folder.finding import Finding
from adapters.policy_folder.ical import FIRST_YEAR, LAST_YEAR, read_ical
from domain.policy.checks.issue import Issue, did_you_mean, one_of
from domain.policy.checks.issue import Path as KeyPath
from domain.policy.time import Calendar, CalendarsFile, HolidaySet, SpecialDay

CODES = {
    **ical.CODES,
    "unknown-country": "a holiday set is for a country that the holiday tables do not have",
    "unknown-subdivision": "a holiday set is for a state or province that its country does not have",
    "unknown-holiday-category": "a holiday set asks for a category that its country does not have",
    "empty-holiday-set": "a holiday set has no holidays",
}
_FILE = "calendars.yaml"


@dataclass(frozen=True)
class SpeltOut:
    """Calendars with every holiday as a special day, and what is wrong with the sets and files they name."""

    calendars: CalendarsFile
    issues: tuple[Issue, ...]
    findings: tuple[Finding, ...]


class _Wrong(Exception):
    def __init__(self, code: str, key: str, problem: str, mend: str) -> None:
        super().__init__(problem)
        self.code, self.key, self.problem, self.mend = code, key, problem, mend


def spelt_out(calendars: CalendarsFile, folder: Path) -> SpeltOut:
    """Adds the days of all sets and files, for `FIRST_YEAR` to `LAST_YEAR`. Never raises."""
    issues: list[Issue] = []
    findings: dict[str, list[Finding]] = {}
    told = []
    for place, calendar in enumerate(calendars.calendars):
        days = dict(_of_sets(calendar, ("calendars", place), issues))
        days |= _of_files(calendar, ("calendars", place), folder, issues, findings)
        told.append(_with(calendar, days))
    flat = tuple(one for found in findings.values() for one in found)
    return SpeltOut(CalendarsFile(calendars=tuple(told)), tuple(issues), flat)


def _with(calendar: Calendar, days: dict[date, str]) -> Calendar:
    """What is written by hand for a day beats what a set or file says of it."""
    by_hand = {*calendar.holidays, *(one.date for one in calendar.special_days if one.known_from is None)}
    added = tuple(SpecialDay(date=day, name=days[day]) for day in sorted(days) if day not in by_hand)
    return calendar.model_copy(update={"special_days": (*calendar.special_days, *added)}) if added else calendar


def _of_sets(calendar: Calendar, path: KeyPath, issues: list[Issue]) -> Iterator[tuple[date, str]]:
    for index, one in enumerate(calendar.holiday_sets):
        try:
            yield from public_holidays(one)
        except _Wrong as wrong:
            at = (*path, "holiday_sets", index, wrong.key)
            issues.append(Issue(wrong.code, _FILE, at, wrong.problem, wrong.mend))


@lru_cache(maxsize=64)
def public_holidays(one: HolidaySet) -> tuple[tuple[date, str], ...]:
    """The holidays of a set, with their English names where the tables have them."""
    import holidays

    countries = holidays.list_supported_countries(include_aliases=True)
    if one.country not in countries:
        mend = did_you_mean(one.country, countries, "write the two-letter ISO 3166 code, for example DE")
        raise _Wrong("unknown-country", "country", f"there are no holiday tables for {one.country!r}", mend)
    if one.subdivision is not None and one.subdivision not in countries[one.country]:
        known = countries[one.country]
        mend = did_you_mean(one.subdivision, known, one_of(known) if known else "leave `subdivision` out")
        raise _Wrong("unknown-subdivision", "subdivision", f"{one.country} has no {one.subdivision!r}", mend)
    made = type(holidays.country_holidays(one.country))
    for category in one.categories:
        if category not in made.supported_categories:
            mend = did_you_mean(category, made.supported_categories, one_of(made.supported_categories))
            raise _Wrong("unknown-holiday-category", "categories", f"{one.country} has no {category!r}", mend)
    language = "en_US" if "en_US" in made.supported_languages else made.default_language
    found = holidays.country_holidays(
        one.country, subdiv=one.subdivision, years=range(FIRST_YEAR, LAST_YEAR + 1), language=language,
        categories=one.categories or None,
    )  # fmt: skip
    if not found:
        raise _Wrong("empty-holiday-set", "country", "the set has no holidays", "name a subdivision or categories")
    return tuple(sorted(found.items()))


def _of_files(
    calendar: Calendar, path: KeyPath, folder: Path, issues: list[Issue], findings: dict[str, list[Finding]]
) -> dict[date, str]:
    days: dict[date, str] = {}
    for index, file in enumerate(calendar.ical):
        try:
            with (folder / file).open("rb") as stream:
                raw = stream.read(ical.LARGEST + 1)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            mend = "put the file beside calendars.yaml, or remove it here"
            issues.append(Issue("ical-missing", _FILE, (*path, "ical", index), f"{file}: {reason}", mend))
            continue
        read = read_ical(file, raw)
        findings[file] = read.findings
        days |= dict(read.days)
    return days
