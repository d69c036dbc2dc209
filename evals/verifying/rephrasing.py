"""True sentences said in other words, by rules: what a model's true sentences look like, without one.

Each style keeps what the sentence says. The synonyms are those of everyday support prose, written down before the
verifier's own and not taken from it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from domain.ticket import ActorRole

_CONTRACTIONS = (
    ("do not", "don't"), ("does not", "doesn't"), ("did not", "didn't"), ("is not", "isn't"), ("are not", "aren't"),
    ("was not", "wasn't"), ("were not", "weren't"), ("cannot", "can't"), ("can not", "can't"), ("will not", "won't"),
    ("have not", "haven't"), ("has not", "hasn't"), ("could not", "couldn't"), ("we are", "we're"), ("it is", "it's"),
    ("i am", "i'm"), ("we have", "we've"), ("we will", "we'll"),
)  # fmt: skip
_SYNONYMS = (
    ("fixed", "resolved"), ("resolved", "fixed"), ("checked", "verified"), ("investigate", "look into"),
    ("provide", "share"), ("share", "send"), ("issue", "problem"), ("problem", "issue"), ("error", "failure"),
    ("restarted", "rebooted"), ("also", "additionally"), ("attached", "enclosed"), ("confirmed", "acknowledged"),
    ("customer", "client"), ("changed", "modified"), ("created", "added"), ("deleted", "removed"),
    ("removed", "deleted"), ("started", "began"), ("happened", "occurred"), ("needed", "required"),
    ("inform", "notify"), ("received", "got"), ("shows", "displays"), ("allowed", "permitted"),
)  # fmt: skip
_FILLER = re.compile(
    r"\b(?:kindly|please be informed that|please note that|as well|just|also|very|really)\b ?", re.IGNORECASE
)
_FIRST = re.compile(
    r"^(?:we|i) (?=(?:have|had|will|are|were|checked|tried|found|need|restarted|fixed|changed|see|saw)\b)",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"^(?:we|i) (?:have )?(\w+ed) (the [\w ]{3,40}?)(?= (?:on|in|at|with|for|from|and|to)\b|[.,;]|$)(.*)$",
    re.IGNORECASE,
)
_TELLS = re.compile(r"^(?:the|this|it|there|we|i|our|my|all|they|an?) (?!to\b)\w+", re.IGNORECASE)
"""A sentence that tells something; one that orders or thanks cannot be reported with "that"."""


@dataclass(frozen=True)
class Said:
    """Who said the sentence, and what chance there is."""

    rng: random.Random
    role: ActorRole | None


def contracted(text: str, _said: Said) -> str:
    """Contractions for full forms, and the other way round."""
    for full, short in _CONTRACTIONS:
        if re.search(rf"\b{full}\b", text, re.IGNORECASE):
            return re.sub(rf"\b{full}\b", short, text, flags=re.IGNORECASE)
        if re.search(rf"\b{re.escape(short)}\b", text, re.IGNORECASE):
            return re.sub(rf"\b{re.escape(short)}\b", full, text, flags=re.IGNORECASE)
    return text


def synonymous(text: str, said: Said) -> str:
    """One or two words for others that mean the same."""
    fitting = [pair for pair in _SYNONYMS if re.search(rf"\b{pair[0]}\b", text, re.IGNORECASE)]
    for word, other in said.rng.sample(fitting, min(2, len(fitting))):
        text = re.sub(rf"\b{word}\b", other, text, count=1, flags=re.IGNORECASE)
    return text


def reported(text: str, said: Said) -> str:
    """Who said it, before it."""
    who = {ActorRole.REQUESTER: "requester", ActorRole.TECHNICIAN: "technician"}.get(said.role) if said.role else None
    if who is None or text.rstrip().endswith("?") or not _TELLS.match(text):
        return text
    verb = said.rng.choice(("reports that", "said that", "writes:", "noted that"))
    return f"The {who} {verb} {text[0].lower()}{text[1:]}"


def passive(text: str, _said: Said) -> str:
    """ "We restarted the server" → "The server was restarted"; plural things "were"."""
    match = _DONE.match(text)
    if match is None:
        return text
    verb, thing, rest = match[1], match[2].strip(), match[3]
    be = "were" if thing.endswith("s") and not thing.endswith("ss") else "was"
    return f"{thing[0].upper()}{thing[1:]} {be} {verb}{rest}"


def third_person(text: str, said: Said) -> str:
    """ "We" and "I" at the beginning as the one who wrote it."""
    who = (
        {ActorRole.REQUESTER: "The requester", ActorRole.TECHNICIAN: "The technician"}.get(said.role)
        if said.role
        else None
    )
    if who is None or not _FIRST.match(text):
        return text
    rest = _FIRST.sub("", text, count=1)
    first, _, more = rest.partition(" ")
    verb = {"have": "has", "are": "is", "were": "was", "need": "needs", "see": "sees"}.get(first.lower(), first)
    return f"{who} {verb} {more}".strip()


def tidied(text: str, _said: Said) -> str:
    """A capital, a full stop, no filler words."""
    text = _FILLER.sub("", text).strip()
    return f"{text[:1].upper()}{text[1:]}" + ("" if text[-1:] in ".!?:;" else ".") if text else text


def cut_to_clauses(text: str, _said: Said) -> str:
    """Two clauses in the other order, where a comma parts them."""
    parts = re.split(r", (?=\w)", text, maxsplit=1)
    if len(parts) != 2 or min(len(one.split()) for one in parts) < 4 or "?" in text:
        return text
    return f"{parts[1].rstrip('.')}; {parts[0]}."


Style = Callable[[str, Said], str]
STYLES: dict[str, Style] = {
    "contracted": contracted, "synonymous": synonymous, "reported": reported, "passive": passive,
    "third person": third_person, "tidied": tidied, "reordered": cut_to_clauses,
}  # fmt: skip


def rephrased(text: str, rng: random.Random, role: ActorRole | None) -> tuple[str, str]:
    """The sentence in one or two styles that change it, and their names; `verbatim` where none does."""
    names: list[str] = []
    # Reporting comes last: it puts the whole sentence behind a "that".
    for name in sorted(rng.sample(list(STYLES), len(STYLES)), key="reported".__eq__):
        if name == "reported" and "third person" in names:
            continue
        changed = STYLES[name](text, Said(rng, role))
        if changed != text:
            text = changed
            names.append(name)
        if len(names) == 2:
            break
    return text, " + ".join(sorted(names)) or "verbatim"
