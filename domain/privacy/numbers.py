"""Numbers that carry their own proof: payment cards, bank accounts, numbers that a state gives a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from domain.privacy.kinds import Found, Kind

_DIGITS = re.compile(r"\d+")
_FEWEST_CARD_DIGITS, _MOST_CARD_DIGITS = 12, 19
# Lengths and first digits of the networks, as ISO/IEC 7812 assigns them.
_NETWORK = re.compile(
    r"^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11,13}|35\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}|(?:50|5[6-9]|6\d)\d{10,17})$"
)
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})\d{2}(?=[ -]?[A-Za-z0-9])")
_IBAN_LENGTHS = {
    # ISO 13616 registry: characters of an account number by country.
    country: int(length)
    for length, countries in (
        line.split(":")
        for line in (
            "15:NO", "16:BE", "18:DK FI FO GL NL SD FK", "19:MK SI", "20:AT BA EE KZ LT LU XK MN", "21:CH HR LI LV",
            "22:BG BH CR DE GB GE IE ME RS VA", "23:AE GI IL IQ TL OM SO", "24:AD CZ ES MD PK RO SA SE SK TN VG",
            "25:LY PT ST", "26:IS TR", "27:BI DJ FR GR IT MC MR SM", "28:AL AZ BY CY DO GT HU LB NI PL SV",
            "29:BR EG PS QA UA", "30:JO KW MU", "31:MT SC", "32:LC", "33:RU",
        )
    )
    for country in countries.split()
}  # fmt: skip
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])")
_DNI = re.compile(r"(?<!\w)([XYZ]?\d{7,8})-?([A-HJ-NP-TV-Z])(?!\w)")
_FISCAL = re.compile(r"(?<!\w)[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?!\w)", re.IGNORECASE)
_NIR = re.compile(r"(?<!\w)[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?!\w)")
_PESEL = re.compile(r"(?<![\w.-])\d{11}(?![\w-]|\.\d)")
_PERSONNUMMER = re.compile(r"(?<![\w-])(?:19|20)?(\d{6}[-+]\d{4})(?![\w-])")
_CPF = re.compile(r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)")


def luhn(digits: str) -> bool:
    """Whether the last digit proves the others (ISO/IEC 7812, annex B)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mod97(account: str) -> bool:
    """Whether the two digits after the country prove the rest (ISO 7064, as ISO 13616 uses it)."""
    moved = account[4:] + account[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def cards(text: str) -> Iterator[Found]:
    """Payment cards: 12 to 19 digits with the first digits of a network and the right last one."""
    groups = list(_DIGITS.finditer(text))
    for place, first in enumerate(groups):
        if first.start() and (text[first.start() - 1].isalnum() or text[first.start() - 1] in "_."):
            continue
        end = _card_end(text, groups, place)
        if end is not None:
            yield Found(kind=Kind.CARD, start=first.start(), end=end)


def _card_end(text: str, groups: list[re.Match[str]], place: int) -> int | None:
    """Where the card ends that starts with a group of digits; what stands beside it may be digits too."""
    sizes: list[int] = []
    digits, last = "", groups[place].start()
    for group in groups[place : place + _MOST_CARD_DIGITS]:
        if sizes and text[last : group.start()] not in (" ", "-"):
            return None
        digits, last = digits + group.group(), group.end()
        sizes.append(len(group.group()))
        if len(digits) > _MOST_CARD_DIGITS:
            return None
        ends = last == len(text) or not (text[last].isalnum() or text[last] == "_")
        if ends and len(digits) >= _FEWEST_CARD_DIGITS and _is_grouped(sizes) and _is_card(digits):
            return last
    return None


def accounts(text: str) -> Iterator[Found]:
    """IBANs, in groups of any size."""
    for match in _IBAN_START.finditer(text):
        length = _IBAN_LENGTHS.get(match.group(1).upper())
        end = _take(text, match.start(), length) if length else None
        if end is not None and mod97(re.sub(r"[ -]", "", text[match.start() : end]).upper()):
            yield Found(kind=Kind.IBAN, start=match.start(), end=end)


def state_numbers(text: str) -> Iterator[Found]:
    """Numbers of persons: US, ES, IT, FR, PL, SE and BR, by their check digit where they have one."""
    for pattern, holds in _STATES:
        for match in pattern.finditer(text):
            if holds(match):
                yield Found(kind=Kind.NATIONAL_ID, start=match.start(), end=match.end())


def _is_card(digits: str) -> bool:
    return _NETWORK.match(digits) is not None and luhn(digits)


def _is_grouped(sizes: list[int]) -> bool:
    """Whether the digits stand together, or as they are printed on cards: in fours, or four, six and the rest."""
    return len(sizes) == 1 or sizes[:2] == [4, 6] or all(size == 4 for size in sizes[:-1])


def _take(text: str, start: int, wanted: int) -> int | None:
    """Where `wanted` letters and digits from `start` on end, single blanks and hyphens between them left out."""
    at, taken = start, 0
    while at < len(text) and taken < wanted:
        if text[at].isascii() and text[at].isalnum():
            taken += 1
        elif text[at] not in " -" or text[at - 1] in " -":
            return None
        at += 1
    followed = at < len(text) and (text[at].isalnum() or text[at] == "_")
    return at if taken == wanted and not followed else None


def _spanish(match: re.Match[str]) -> bool:
    body = match.group(1)
    number = body.translate(str.maketrans("XYZ", "012"))
    return len(body) == 8 and "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == match.group(2)


_ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12,
                 14, 16, 10, 22, 25, 24, 23), strict=True))  # fmt: skip
"""What a character at an odd place counts in an Italian fiscal code (decree of 23 December 1976)."""


def _italian(match: re.Match[str]) -> bool:
    code = match.group().upper()
    even = sum(int(char) if char.isdigit() else ord(char) - 65 for char in code[1:15:2])
    return chr(65 + (even + sum(_ODD[char] for char in code[0:15:2])) % 26) == code[15]


def _french(match: re.Match[str]) -> bool:
    number = match.group().replace(" ", "").replace("2A", "19").replace("2B", "18")
    return 97 - int(number[:13]) % 97 == int(number[13:])


def _polish(match: re.Match[str]) -> bool:
    digits = [int(char) for char in match.group()]
    total = sum(weight * digit for weight, digit in zip((1, 3, 7, 9, 1, 3, 7, 9, 1, 3), digits[:10], strict=True))
    month = (digits[2] * 10 + digits[3]) % 20
    return (10 - total % 10) % 10 == digits[10] and _is_day(2000, month, digits[4] * 10 + digits[5])


def _swedish(match: re.Match[str]) -> bool:
    number = re.sub(r"[-+]", "", match.group(1))
    return luhn(number) and _is_day(2000, int(number[2:4]), int(number[4:6]))


def _brazilian(match: re.Match[str]) -> bool:
    digits = [int(char) for char in match.group() if char.isdigit()]
    for place in (9, 10):
        total = sum(digit * weight for digit, weight in zip(digits, range(place + 1, 1, -1), strict=False))
        if total * 10 % 11 % 10 != digits[place]:
            return False
    return len(set(digits)) > 1


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


_STATES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
    (_SSN, lambda _: True), (_DNI, _spanish), (_FISCAL, _italian), (_NIR, _french), (_PESEL, _polish),
    (_PERSONNUMMER, _swedish), (_CPF, _brazilian),
)  # fmt: skip
