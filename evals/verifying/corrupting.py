"""True claims made false in one way each. Every corruption says something that its sources do not."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.asof import standing
from domain.handoff import Claim
from domain.summarising.statements import source_texts
from domain.ticket import ActorRole, Ticket


@dataclass(frozen=True)
class Material:
    """What a corruption may draw from."""

    ticket: Ticket
    rng: random.Random
    foreign: Sequence[str]
    """True sentences of other tickets."""
    private: Sequence[str]
    """Sentences of internal notes that no public message repeats."""


Corruption = Callable[[Claim, Material], Claim | None]

_IDENTIFIER = re.compile(r"(?<![\w.])(?=[\w.-]*\d)(?=[\w.-]*[a-z])[\w-]{4,}(?:\.\w+)*(?!\w)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.:/-])\d{1,6}(?![\w:/-]|\.\d)")
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3]):([0-5]\d)(?!\d)")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has been|have been|can|could|will|does|do|did|has|have)\b(?! (?:not|n't))", re.IGNORECASE
)
_NOT = re.compile(
    r"\b(?:(is|are|was|were|does|do|did|has|have|can|could|will) ?not"
    r"|(is|are|was|were|does|do|did|has|have|could)n't)\b",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"\b(?:we|i) (?:will|shall) (?:also )?(check|update|provide|share|send|fix|apply|deploy|investigate"
    r"|release|test)\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\b(?:please|kindly) (?:also )?(check|update|provide|share|send|fix|apply|deploy|test|restart|confirm)\b",
    re.IGNORECASE,
)
_PASTS = {"send": "sent", "apply": "applied"}
_HEDGED = re.compile(r"\b(?:might|may|could|should) be\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:we|i) (?=(?:have )?(?:\w+ed|found|did|ran|sent)\b)", re.IGNORECASE)
_UNITS = (
    ("minutes", "hours"),
    ("hours", "days"),
    ("days", "weeks"),
    ("min", "h"),
    ("gb", "mb"),
    ("seconds", "minutes"),
)
_HOSTS = ("srv-app-07", "db02.corp.example", "10.20.30.41", "fin-ws-118", "proxy3.intra.example:8443")
_COMMANDS = (
    "sfc /scannow",
    "systemctl restart nginx",
    "gpupdate /force",
    "netsh winsock reset",
    "kubectl rollout undo",
)
_NAMES = ("Miranda Keller", "Tobias", "Mrs Okafor", "Li Wei", "J. Fernandez", "Yusuf Demir")
_TEAMS = ("the Network team", "the Oracle group", "Payments Engineering", "the field service team")
_DEEDS = (
    "The database was reindexed.", "A refund was issued.", "The certificate has been reissued.",
    "The account was deprovisioned.", "The vendor has been notified.", "The firewall was reconfigured.",
    "A new ticket was created for this.", "The manager approved it.", "The disk was defragmented and the node drained.",
    "The laptop was reimaged.", "An on-site visit took place.", "The ticket was escalated to the vendor.",
)  # fmt: skip


def identifier(claim: Claim, given: Material) -> Claim | None:
    """One character of an identifier."""
    found = list(_IDENTIFIER.finditer(claim.text))
    if not found:
        return None
    match = given.rng.choice(found)
    at = given.rng.choice([index for index in range(match.start(), match.end()) if claim.text[index].isalnum()])
    pool = "0123456789" if claim.text[at].isdigit() else "abcdefghjkmnpqrstuvwxyz"
    new = given.rng.choice([one for one in pool if one != claim.text[at].lower()])
    return _put(claim, claim.text[:at] + new + claim.text[at + 1 :])


def number(claim: Claim, given: Material) -> Claim | None:
    """Another number."""
    found = list(_NUMBER.finditer(claim.text))
    if not found:
        return None
    match = given.rng.choice(found)
    return _replace(claim, match, str(int(match.group()) + given.rng.choice((1, 3, 7, 40))))


def moment(claim: Claim, given: Material) -> Claim | None:
    """Another time of day, or one that nobody told."""
    match = _CLOCK.search(claim.text)
    if match:
        return _replace(claim, match, f"{(int(match[1]) + 3) % 24:02}:{match[2]}")
    return _end(
        claim,
        f"at {given.rng.randrange(7, 22)}:{given.rng.randrange(1, 59):02} on {given.rng.randrange(2, 28)} March 2019",
    )


def host(claim: Claim, given: Material) -> Claim | None:
    """A host that nobody named."""
    return _end(claim, f"on {given.rng.choice(_HOSTS)}")


def command(claim: Claim, given: Material) -> Claim | None:
    """A command that nobody ran."""
    return _end(claim, f"after running {given.rng.choice(_COMMANDS)}")


def name(claim: Claim, given: Material) -> Claim | None:
    """A person whom nobody named."""
    return _end(claim, f"together with {given.rng.choice(_NAMES)}")


def team(claim: Claim, given: Material) -> Claim | None:
    """A team that nobody named."""
    return _end(claim, f"with {given.rng.choice(_TEAMS)}")


def done(claim: Claim, given: Material) -> Claim | None:
    """A deed that nobody did."""
    return _put(claim, f"{claim.text.rstrip(' .')}. {given.rng.choice(_DEEDS)}")


def negation(claim: Claim, _given: Material) -> Claim | None:
    """A denial dropped, or one added."""
    match = _NOT.search(claim.text)
    if match:
        return _replace(claim, match, match[1] or match[2])
    match = _AUXILIARY.search(claim.text)
    if match is None or claim.text.rstrip().endswith("?"):
        return None
    word, _, rest = match.group().partition(" ")
    return _replace(claim, match, f"{word} not{' ' + rest if rest else ''}")


def status(claim: Claim, given: Material) -> Claim | None:
    """The opposite of where the ticket stands."""
    now = standing(given.ticket)
    said = ("The ticket is resolved.", "The ticket has been closed.", "Status: resolved.")
    other = ("The ticket is still open.", "It is not yet resolved.", "Status: in progress.")
    return _put(claim, f"{claim.text.rstrip(' .')}. {given.rng.choice(said if now.open else other)}")


def source_swapped(claim: Claim, given: Material) -> Claim | None:
    """Another event of the ticket, which does not hold it."""
    words = set(re.findall(r"\w{4,}", claim.text.lower()))
    texts = source_texts(given.ticket)
    others = [
        id for id, text in texts.items()
        if id not in claim.sources and text and len(words & set(re.findall(r"\w{4,}", text.lower()))) * 2 < len(words)
    ]  # fmt: skip
    return Claim(text=claim.text, sources=(given.rng.choice(others),)) if others and len(words) >= 2 else None


def source_invented(claim: Claim, given: Material) -> Claim | None:
    """An event that does not exist."""
    return Claim(text=claim.text, sources=(f"e{given.rng.randrange(900, 9999)}",))


def quantity(claim: Claim, given: Material) -> Claim | None:
    """How many, otherwise than anybody said."""
    held = " ".join(source_texts(given.ticket).get(id, "") for id in claim.sources).lower()
    words = [
        one
        for one in ("all users", "half of them", "twice", "several times", "nobody else")
        if one.split()[0] not in held
    ]
    return _end(claim, f"for {words[0]}" if words and words[0].endswith("users") else words[0]) if words else None


def promise_kept(claim: Claim, _given: Material) -> Claim | None:
    """What was promised or asked for, as done."""
    for pattern in (_PROMISE, _REQUEST):
        match = pattern.search(claim.text)
        if match and not re.search(r"\bwe have\b", claim.text, re.IGNORECASE):
            verb = match[1].lower()
            return _replace(claim, match, f"we have {_PASTS.get(verb, verb + ('d' if verb.endswith('e') else 'ed'))}")
    return None


def certain(claim: Claim, _given: Material) -> Claim | None:
    """What may be, as what is."""
    match = _HEDGED.search(claim.text)
    return _replace(claim, match, "is") if match and not claim.text.rstrip().endswith("?") else None


def actor(claim: Claim, given: Material) -> Claim | None:
    """Somebody else did it."""
    event = given.ticket.event(claim.sources[0])
    match = _FIRST.search(claim.text)
    if match is None or event is None or event.role not in (ActorRole.REQUESTER, ActorRole.TECHNICIAN):
        return None
    other = "the technician " if event.role == ActorRole.REQUESTER else "the requester "
    return _replace(claim, match, other)


def foreign(claim: Claim, given: Material) -> Claim | None:
    """A sentence of another ticket."""
    return _put(claim, given.rng.choice(given.foreign)) if given.foreign else None


def unit(claim: Claim, _given: Material) -> Claim | None:
    """The same number of something else."""
    for one, other in _UNITS:
        match = re.search(rf"(?<=\d )\b{one}\b|(?<=\d){one}\b", claim.text, re.IGNORECASE)
        if match:
            return _replace(claim, match, other)
    return None


def speaker(claim: Claim, given: Material) -> Claim | None:
    """Put into the other one's mouth."""
    roles = {event.role for id in claim.sources if (event := given.ticket.event(id)) is not None}
    if len(roles) != 1 or claim.text.rstrip().endswith("?"):
        return None
    other = {ActorRole.REQUESTER: "technician", ActorRole.TECHNICIAN: "requester"}.get(roles.pop() or ActorRole.BOT)
    return _put(claim, f"The {other} reports that {claim.text}") if other else None


def private(claim: Claim, given: Material) -> Claim | None:
    """An internal sentence; it is put into the text for the requester."""
    return _put(claim, given.rng.choice(given.private)) if given.private else None


KINDS: dict[str, Corruption] = {
    "identifier": identifier, "number": number, "time": moment, "host": host, "command": command, "name": name,
    "team": team, "done added": done, "negation": negation, "status": status, "source swapped": source_swapped,
    "source invented": source_invented, "quantity": quantity, "promise as done": promise_kept, "certainty": certain,
    "actor": actor, "foreign sentence": foreign, "unit": unit, "speaker": speaker, "private": private,
}  # fmt: skip


def _put(claim: Claim, text: str) -> Claim | None:
    return Claim(text=text, sources=claim.sources) if text != claim.text else None


def _end(claim: Claim, more: str) -> Claim | None:
    return _put(claim, f"{claim.text.rstrip(' .?!')} {more}.")


def _replace(claim: Claim, match: re.Match[str], other: str) -> Claim | None:
    return _put(claim, claim.text[: match.start()] + other + claim.text[match.end() :])
