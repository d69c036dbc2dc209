"""What the people of a closed ticket write: the slots of the ticket, and the requester's first message."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from app.demo.story import Cause, DemoRequester, Language, Opening, Site, Story, Voices
from domain.errors import BadInput

_DAYS: dict[Language, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi"),
}
_ROOMS: dict[Site, tuple[str, ...]] = {
    "Hamburg": ("C2.114", "C2.131", "C3.207", "B1.021", "B2.118", "A4.009", "hall 3 office"),
    "Toronto": ("T2-033", "T2-051", "T1-014", "T3-207", "the dock office"),
}
_HELLOS = frozenset({"hi", "hello", "hallo", "moin", "guten", "bonjour"})
_SHORT = 90
"""Openings shorter than this are from people in a hurry: little is added to them."""


@dataclass(frozen=True)
class Slots:
    """The values of a ticket's slots."""

    values: dict[str, str]

    def fill(self, text: str) -> str:
        """The text with its slots filled. Raises `BadInput` for a slot nobody knows."""
        try:
            # A slot's value may hold slots itself, for example a technician's note inside a hand-over.
            return text.format_map(self.values).format_map(self.values) if "{" in text else text
        except (KeyError, ValueError, IndexError) as error:
            raise BadInput(f"the text {text[:60]!r} has an unknown slot: {error}", mend="add it to `slots`") from error

    def with_(self, **more: str) -> Slots:
        """These slots and some more."""
        return Slots({**self.values, **more})


class Deck:
    """Deals the entries of a list so that none comes again before all were dealt."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._left: dict[tuple[str, ...], list[str]] = {}

    def deal(self, entries: tuple[str, ...]) -> str:
        """One entry."""
        left = self._left.get(entries)
        if not left:
            left = list(entries)
            self._rng.shuffle(left)
            self._left[entries] = left
        return left.pop()


def slots_for(
    rng: random.Random,
    story: Story,
    requester: DemoRequester,
    colleagues: list[DemoRequester],
    at: datetime,
    language: Language,
) -> Slots:
    """The slots of one ticket."""
    near = [one for one in colleagues if one.site == requester.site and one.id != requester.id]
    values = {
        "device": requester.device, "site": requester.site, "name": requester.name, "first": requester.first,
        "role": requester.role, "room": rng.choice(_ROOMS[requester.site]),
        "colleague": rng.choice(near).name, "when": _DAYS[language][(at.weekday() - rng.randint(1, 4)) % 5],
    }  # fmt: skip
    for name, choices in story.slots.items():
        values[name] = rng.choice(choices[requester.site] if isinstance(choices, dict) else choices)
    return Slots(values)


def subject_line(rng: random.Random, opening: Opening, slots: Slots) -> str:
    """The subject: the opening's own, with something added, or the first words of the text, as people do."""
    subject, text = slots.fill(opening.subject), slots.fill(opening.text)
    way = rng.random()
    if way < 0.3:
        return subject
    if way < 0.5:
        return slots.fill(f"{subject} {rng.choice(('({device})', '- {room}', '/ {site}', '({first})'))}")
    words = text.replace("\n", " ").split()
    start = 1 if words[0].rstrip(",.!").lower() in _HELLOS else 0
    cut = " ".join(words[start : start + rng.randint(5, 9)]).rstrip(",.:;")
    return cut if way < 0.75 else f"{subject}: {cut}" if way < 0.9 else subject.lower()


def first_message(
    rng: random.Random,
    deck: Deck,
    voices: Voices,
    story: Story,
    opening: Opening,
    cause: Cause,
    requester: DemoRequester,
    slots: Slots,
) -> str:
    """What the requester writes to open the ticket."""
    text = slots.fill(opening.text)
    if opening.lang != "en":
        said = (
            text,
            *(slots.fill(deck.deal(voices.extras[opening.lang])) for _ in range(rng.choice((1, 1, 2)))),
        )
        sign = slots.fill(rng.choice(voices.signs[opening.lang][requester.voice]))
        return "\n".join(part for part in (" ".join(said), sign) if part)
    terse = len(text) < _SHORT or requester.voice == "terse"
    first = " ".join(part for part in (text, slots.fill(deck.deal(cause.clues))) if part)
    more = [deck.deal(story.details) for _ in range(1 if terse else rng.choice((0, 1, 1, 2)))]
    if not terse or rng.random() < 0.5:
        more.append(deck.deal(story.impacts))
    greeting = rng.choice(voices.greetings["en"][requester.voice])
    sign = rng.choice(voices.signs["en"][requester.voice])
    paragraphs = (greeting, first, " ".join(slots.fill(one) for one in more if one), slots.fill(sign))
    return "\n\n".join(part for part in paragraphs if part)
