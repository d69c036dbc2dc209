"""What one sentence of a claim may not do: each check yields the words it stumbles over, with the kind of block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.text.fold import fold
from domain.text.language import guess_language
from domain.ticket import ActorRole
from domain.verifying.lexicon import COMMON, FUNCTION, NEGATIONS, PLANNING_WITH_TO, QUANTITIES, REPORTING, listed
from domain.verifying.matching import Ground, Place, context
from domain.verifying.reading import Sentence, Word, run_of
from domain.verifying.stems import kin, stem
from domain.verifying.values import Value, agree, values_of
from domain.verifying.verdict import BlockKind

Found = Iterator[tuple[BlockKind, str]]

_QUOTED = re.compile('["“”«]([^"“”«»\n]{3,400})["“”»]')
_SMALL = 1
"""A spelled "one" is an article as often as a number."""
_CALENDAR = listed(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow tonight morning evening night"
    " noon midnight weekend afternoon"
)
_PREPOSITIONS = frozenset(("from", "to", "by"))
_IS = listed("is are s am seems looks")
_OUTNUMBERED = 3
"""So many more neighbouring words speak for another place than for any place of the identifier."""


@dataclass(frozen=True)
class Case:
    """A sentence of a claim beside its sources."""

    sentence: Sentence
    ground: Ground
    licensed: frozenset[str] = frozenset()
    """Stems that where the ticket stands lets one say."""


def findings(case: Case) -> Found:
    """Everything the sentence stumbles over."""
    yield from _values(case)
    yield from _identifiers(case)
    yield from _quotes(case)
    yield from _words(case)
    yield from _quantities(case)
    yield from _denials(case)
    for index, word in enumerate(case.sentence.words):
        yield from _marks(case, index, word)
    yield from _reporters(case)
    yield from _bindings(case)


def _values(case: Case) -> Found:
    known = [value for source in case.ground.sources for value in source.values]
    folded = fold(case.sentence.text).text
    for value in values_of(case.sentence.text):
        if value.spelled and _is_article(value):
            continue
        if not any(agree(value, one) for one in known):
            kind: BlockKind = "number" if value.kind == "amount" else "time"
            yield kind, folded[value.span.start : value.span.end]


def _is_article(value: Value) -> bool:
    reading = value.readings[0]
    return getattr(reading, "dimension", "") is None and getattr(reading, "written", 0) == _SMALL


def _identifiers(case: Case) -> Found:
    told = [value.span for value in values_of(case.sentence.text)]
    for word in case.sentence.words:
        inside = any(one.start <= word.span.start and word.span.end <= one.end for one in told)
        if word.hard and not inside and not case.ground.holds_token(word.text):
            yield "identifier", word.text


def _quotes(case: Case) -> Found:
    for match in _QUOTED.finditer(case.sentence.text):
        words = run_of(match[1]).split()
        if words and not case.ground.holds_run(words):
            yield "quote", match[1]


def _words(case: Case) -> Found:
    values = [value.span for value in values_of(case.sentence.text)]
    missing: list[Word] = []
    for word in case.sentence.words:
        free = word.hard or word.text in COMMON or word.text in REPORTING or word.text in QUANTITIES
        if free or word.stem in case.licensed or case.ground.of(word):
            continue
        if any(one.start <= word.span.start < one.end for one in values):
            continue
        missing.append(word)
    if missing and _foreign(case):
        yield "language", " ".join(word.text for word in missing[:8])
        return
    for word in missing:
        if word.text in _CALENDAR:
            yield "time", word.text
        elif word.capital:
            yield "name", word.text
        else:
            yield ("done" if word.past and not word.hedged else "word"), word.text
    for token in case.sentence.tokens:
        if token in _TURNING and not _holds(case, token):
            yield "word", token


_STRICT = frozenset(("all", "none", "half", "dozens"))
_TURNING = listed("before after above below more less fewer off")


def _holds(case: Case, token: str) -> bool:
    return token in case.ground.tokens or any(one in case.ground.places for one in kin(stem(token)))


def _foreign(case: Case) -> bool:
    own = guess_language(case.sentence.text)
    theirs = {guess_language(text) for source in case.ground.sources for text in source.texts}
    return own is not None and own not in theirs and theirs != {None}


def _quantities(case: Case) -> Found:
    """How many goes with what it is said of: "all users" needs a sentence that says it of them."""
    tokens = case.sentence.tokens
    for at, token in enumerate(tokens):
        group = QUANTITIES.get(token)
        if group is None:
            continue
        noun = next((one for one in tokens[at + 1 : at + 4] if one not in FUNCTION and one not in QUANTITIES), None)
        if not any(_counts(sentence, token, group, noun) for sentence in case.ground.sentences):
            yield "quantity", token if noun is None else f"{token} {noun}"


def _counts(sentence: Sentence, token: str, group: str, noun: str | None) -> bool:
    if all(QUANTITIES.get(one) != group for one in sentence.tokens):
        return any(one in sentence.stems for one in kin(stem(token))) and group not in _STRICT
    return noun is None or noun not in COMMON or bool(kin(stem(noun)) & sentence.stems)


def _denials(case: Case) -> Found:
    """A denial needs one in the sentence it was taken from, whatever word it stands before."""
    own = next((one for one in case.sentence.tokens if one in NEGATIONS), None)
    if own is None:
        return
    stems = case.sentence.stems
    overlap = [(len(one.stems & stems), one) for one in case.ground.sentences]
    best = max((count for count, _ in overlap), default=0)
    if best and not any(_denies(one) for count, one in overlap if count * 3 >= best):
        yield "negation", own


def _denies(sentence: Sentence) -> bool:
    return any(one in NEGATIONS for one in sentence.tokens) or any(one.denied for one in sentence.words)


def _marks(case: Case, index: int, word: Word) -> Found:
    """Denied against asserted, planned against done, and who did it: as the likeliest places of the word have it."""
    places = case.ground.likeliest(case.sentence, index)
    if not places:
        return
    if word.denied is not None and all(
        place.word.denied is not None and place.word.denied != word.denied for place in places
    ):
        yield "negation", word.text
        return
    if word.hard or word.text in COMMON or word.text in REPORTING or word.text in QUANTITIES:
        return
    if not word.hedged and not word.planned and word.denied is not True:
        if word.past and all(_only_planned(place) for place in places):
            yield ("modality" if word.before in _IS else "done"), word.text
            return
        if _asserted(word) and all(place.word.planned for place in places):
            yield "modality", word.text
            return
    acts = word.past or word.subject in ("requester", "technician")
    if acts and word.subject is not None and not any(_same_actor(word, place) for place in places):
        yield "actor", f"{word.subject} … {word.text}"


def _asserted(word: Word) -> bool:
    """Whether the sentence clearly says of something that it does this or is so."""
    if word.text.endswith("ing") or word.text in PLANNING_WITH_TO:
        return False
    return word.subject is not None or word.before in _IS or word.text.endswith("s")


def _only_planned(place: Place) -> bool:
    return place.word.planned or place.word.hedged


def _same_actor(word: Word, place: Place) -> bool:
    """Whether whoever the claim says does it may be who the source says."""
    if word.subject in ("other", "second", None) or word.subject == place.word.subject:
        return True
    author = place.source.role
    if place.word.subject == "other":
        return True
    speaker = {ActorRole.REQUESTER: "requester", ActorRole.TECHNICIAN: "technician"}.get(author) if author else None
    if place.word.subject == "second":
        other = {"requester": "technician", "technician": "requester"}.get(speaker or "")
        return other is None or word.subject == other
    claimed = "technician" if word.subject == "first" else word.subject
    if place.word.subject in ("requester", "technician"):
        return claimed == place.word.subject
    return speaker is None or claimed == speaker


def _reporters(case: Case) -> Found:
    """Who is said to have said it must have written one of the sources."""
    roles = {source.role for source in case.ground.sources}
    if None in roles or not roles:
        return
    for word in case.sentence.words:
        if word.text not in REPORTING or word.subject not in ("requester", "technician"):
            continue
        if any(place.word.subject == word.subject for place in case.ground.of(word)):
            continue
        wanted = ActorRole.REQUESTER if word.subject == "requester" else ActorRole.TECHNICIAN
        if wanted not in roles:
            yield "actor", f"{word.subject} … {word.text}"


def _bindings(case: Case) -> Found:
    """An identifier or number that stands in the sources, but with something else than the claim puts it with."""
    told = [value.span for value in values_of(case.sentence.text)]
    for index, word in enumerate(case.sentence.words):
        inside = any(one.start <= word.span.start and word.span.end <= one.end for one in told)
        if not word.hard or (inside and not word.text.isdigit()):
            continue
        places = case.ground.of(word)
        if not places:
            continue
        if word.before in _PREPOSITIONS:
            seen = {place.word.before for place in places}
            if word.before not in seen and seen <= _PREPOSITIONS:
                yield "attribution", f"{word.before} {word.text}"
                continue
        if word.text.isdigit():
            yield from _counted(case, index, word, places)
        elif _elsewhere(case, index, places):
            yield "attribution", word.text


def _counted(case: Case, index: int, word: Word, places: list[Place]) -> Found:
    """A number goes with the noun that follows it."""
    noun = case.sentence.words[index + 1] if index + 1 < len(case.sentence.words) else None
    if noun is None or noun.hard:
        return
    wanted = kin(noun.stem)
    if any(wanted & _beside(place) for place in places):
        return
    if any(_number_before(place) for place in case.ground.of(noun)):
        yield "attribution", f"{word.text} {noun.text}"


def _beside(place: Place) -> frozenset[str]:
    words = place.sentence.words[max(0, place.index - 1) : place.index + 3]
    return frozenset(one.stem for one in words)


def _number_before(place: Place) -> bool:
    return place.index > 0 and place.sentence.words[place.index - 1].text.isdigit()


def _elsewhere(case: Case, index: int, places: list[Place]) -> bool:
    """Whether the words around the identifier speak for a place that holds another one in its stead."""
    wanted = context(case.sentence, index)
    own = max(len(place.around & wanted) for place in places)
    best = 0
    for source in case.ground.sources:
        for sentence in source.sentences:
            if any(one.hard and one.stem != case.sentence.words[index].stem for one in sentence.words):
                best = max(best, len(sentence.stems & wanted))
    return best >= own + _OUTNUMBERED and own <= best // 3
