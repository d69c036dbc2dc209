"""A text read word by word: stems, whether each is denied, whether it is only asked or planned, and who does it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from domain.assessment import Span
from domain.text.fold import Folded, fold
from domain.text.sentences import split_sentences
from domain.verifying.lexicon import (
    COMMON,
    FUNCTION,
    HEDGES,
    NEGATIONS,
    OTHERS,
    PLANNING,
    PLANNING_WITH_TO,
    REQUESTERS,
    TECHNICIANS,
    UNCHANGED_PAST,
    UNNEGATED,
    listed,
)  # fmt: skip
from domain.verifying.stems import is_past, stem

Subject = Literal["first", "second", "other", "requester", "technician"]

_TOKEN = re.compile(r"[^\W_](?:[\w.:/\\@#%&+=~?'-]*\w)?|_+\w[\w.:/\\@-]*|[.,;:!?()\n–—-]|[^\w\s]")
_CLITICS = {"'ll": "will", "'ve": "have", "'re": "are", "'m": "am", "'d": "d", "'s": "s"}
_BREAKS = frozenset(".,;:!?()–—\n")
_CONJUNCTIONS = listed("but however although though because since while whereas so then which who")
_FAILING = listed("fail fails failed failing unable stopped stops stop refuses refused")
_WE = listed("i we")
_YOU = listed("you")
_WHOSE = listed("him her them his their")
_TO = "to"
_ASIDE = frozenset("-()")
_THAT = "that"
_OPENERS = listed("informed inform you note noted aware advised fyi")
"""What stands before "that" when somebody only begins to tell: "please be informed that"."""
_AND = listed("and or")
_ANEW = listed("will shall can is are was were has have had it we i they he she")
"""Where a verb begins anew, an earlier denial of something else does not reach."""
_SCOPE = 3
"""So many content words after a denial may belong to it; only the first surely does."""
_CLAUSE = 1
"""After so many content words, "we" begins a clause that an earlier "if" does not reach."""
_TO_REACH = 4
_SUBJECT_REACH = 4
"""Light words between a subject and its verb."""
_HARD = re.compile(r"[\d_@\\]|\w[.:/#%&+=~?]\w")
_LONGEST_READ = 20_000


@dataclass(frozen=True)
class Word:
    """A content word or an identifier. `denied` is none where that cannot be told."""

    text: str
    stem: str
    span: Span
    """In the folded text."""
    hard: bool
    denied: bool | None
    hedged: bool
    planned: bool
    """Right after "will", "please", "try to" and their like: what is asked, planned or possible is this word."""
    past: bool
    subject: Subject | None
    capital: bool
    """Written with a capital inside a sentence."""
    before: str
    """The word right before it, function words included."""


@dataclass(frozen=True)
class Sentence:
    """A sentence: its content words, and all its tokens as they stand (folded)."""

    text: str
    words: tuple[Word, ...]
    tokens: tuple[str, ...]
    question: bool
    stems: frozenset[str] = field(default=frozenset())


@lru_cache(maxsize=2048)
def read(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text. Linear; the first 20,000 characters count."""
    text = text[:_LONGEST_READ]
    return tuple(_sentence(text[one.start : one.end]) for one in split_sentences(text))


@lru_cache(maxsize=2048)
def run_of(text: str) -> str:
    """The text as one run of tokens with spaces around, punctuation left out: for finding texts word for word."""
    tokens = [one for one in _TOKEN.findall(fold(text).text) if one[-1].isalnum() or one[-1] == "_"]
    return f" {' '.join(tokens)} "


def is_hard(token: str) -> bool:
    """Whether a folded token is an identifier, number, host, path, address or version rather than a word."""
    if not _HARD.search(token):
        return False
    parts = token.split("/")
    return not (len(parts) == 2 and all(part.isalpha() for part in parts))


@dataclass
class _State:
    denial: int = 0
    """Content words that the denial may still reach; the first is denied for sure."""
    sure: bool = False
    hedged: bool = False
    planned: bool = False
    planning: int = 0
    """Tokens within which a "to" still belongs to "asked", "plans" and their like."""
    subject: Subject | None = None
    reach: int = 0
    started: bool = False
    since_hedge: int = 0
    """Content words since what hedges the clause."""
    last_planned: bool = False


def _sentence(text: str) -> Sentence:
    folded = fold(text)
    question = text.rstrip().endswith("?")
    words: list[Word] = []
    tokens: list[str] = []
    state = _State(hedged=question)
    before = ""
    for token, start, end in _tokens(folded):
        if token in _BREAKS or token in _CONJUNCTIONS or (token == _THAT and before in _OPENERS):
            state = _State(hedged=question or (state.hedged and token in _ASIDE))
        elif not (token[-1].isalnum() or token[-1] == "_"):
            continue
        else:
            tokens.append(token)
            word = _take(token, Span(start=start, end=end), state, folded, text, before)
            if word is not None:
                words.append(word)
            before = token
    stems = frozenset(one.stem for one in words)
    return Sentence(text, tuple(words), tuple(tokens), question, stems)


def _tokens(folded: Folded) -> Iterator[tuple[str, int, int]]:
    for match in _TOKEN.finditer(folded.text):
        token, start, end = match.group(), match.start(), match.end()
        if "'" in token:
            yield from _parts(token, start)
        elif ("-" in token or "/" in token) and not is_hard(token):
            position = start
            for part in re.split(r"[-/]", token):
                if part:
                    yield part, position, position + len(part)
                position += len(part) + 1
        else:
            yield token, start, end


def _parts(token: str, start: int) -> Iterator[tuple[str, int, int]]:
    """A contraction as its words."""
    if token.endswith("n't"):
        base = {"ca": "can", "wo": "will", "sha": "shall"}.get(token[:-3], token[:-3])
        yield base or "not", start, start + len(token) - 3
        yield "n't", start + len(token) - 3, start + len(token)
        return
    base, mark, rest = token.partition("'")
    if base:
        yield base, start, start + len(base)
    ending = _CLITICS.get(mark + rest, rest)
    if ending:
        yield ending, start + len(base), start + len(token)


def _take(token: str, span: Span, state: _State, folded: Folded, text: str, before: str) -> Word | None:
    """Moves the state over a token; the word, when the token is one that carries something."""
    first, state.started = not state.started, True
    if token in NEGATIONS:
        state.denial, state.sure = _SCOPE, True
    hedge = token in HEDGES
    to_planned = token == _TO and state.planning > 0
    state.planning = _TO_REACH if token in PLANNING_WITH_TO else max(0, state.planning - 1)
    if token in FUNCTION or (token in NEGATIONS and token not in _FAILING):
        _move_subject(token, state)
        if token in _ANEW and not state.sure:
            state.denial = 0
        if token in _WE and state.since_hedge >= _CLAUSE:
            state.hedged = False
        state.hedged |= hedge
        state.planned |= token in PLANNING or to_planned or (token in _AND and state.last_planned)
        return None
    bare, undone = _unnegated(token)
    denied: bool | None = (not undone) if state.sure else (None if state.denial else undone)
    imperative = first and not is_past(token) and not token.endswith(("s", "ing")) and not is_hard(token)
    at = folded.at[span.start]
    word = Word(
        text=token, stem=token if is_hard(token) else stem(bare), span=span, hard=is_hard(token), denied=denied,
        hedged=state.hedged or imperative, planned=state.planned, past=is_past(token) or token in UNCHANGED_PAST,
        subject=state.subject if state.reach else None, capital=not first and text[at].isupper(), before=before,
    )  # fmt: skip
    state.last_planned, state.planned = state.planned, False
    state.since_hedge = 0 if hedge else state.since_hedge + 1
    state.sure, state.denial = False, max(0, state.denial - 1)
    if _fails(token):
        state.denial, state.sure = _SCOPE, True
    state.hedged |= hedge
    if not _move_subject(token, state):
        state.subject, state.reach = None, 0
    return word


def _fails(token: str) -> bool:
    """Whether what follows does not happen: "fails to open", "stopped working"."""
    return token in _FAILING


def _unnegated(token: str) -> tuple[str, bool]:
    """An adjective without its "un": unavailable is available, denied."""
    if token.startswith("un") and len(token) > 6 and token not in UNNEGATED and token.endswith(("ble", "ful")):
        return token[2:], True
    if token in ("unresolved", "unsolved", "unanswered", "unfixed", "unconfirmed", "unchanged", "unassigned"):
        return token[2:], True
    return token, False


def _move_subject(token: str, state: _State) -> bool:
    """Notes a subject; whether the token was one, or a light word that leaves it standing."""
    kind = _subject(token)
    if kind is not None:
        state.subject, state.reach = kind, _SUBJECT_REACH
        return True
    if token in FUNCTION or token in COMMON:
        state.reach = max(0, state.reach - 1)
        return True
    return False


def _subject(token: str) -> Subject | None:
    if token in _WE:
        return "first"
    if token in _YOU:
        return "second"
    if token in REQUESTERS:
        return "requester"
    if token in TECHNICIANS:
        return "technician"
    return "other" if token in OTHERS and token not in _WHOSE else None
