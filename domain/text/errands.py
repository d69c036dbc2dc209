"""Sentences that want a text or general knowledge from whoever reads, rather than help: they carry no weight.

Nobody is flagged for asking a helpdesk for a poem, and an assistant behind the ticket may never see it. But what such
a sentence mentions is not what the ticket is about: a story about a thief is no theft, a question about photosynthesis
no fault. So triage reads on as if it were not there. A sentence about the writer's own matter ("explain why my printer
is slow") is no errand, whatever verb it begins with.
"""

from __future__ import annotations

import re

from domain.assessment import Span
from domain.text.fold import fold
from domain.text.sentences import split_sentences

_POLITE = (
    r"(?:(?:please|kindly|now|also|then|hey|hi|hello),?\s+)?(?:(?:can|could|would|will) you (?:please |kindly )?"
    r"|i (?:want|need|would like) you to |help me (?:to )?)?"
)
_MAKE = (
    r"(?:write|compose|draft|create|craft|develop|generate|produce|invent|imagine|tell|give|recite|sing|design|provide"
    r"|prepare|come up with|make|show|draw|plan|suggest|recommend|share|build|read|translate|find|offer)"
)
_PIECE = (
    r"(?:poems?|stor(?:y|ies)|essays?|speech|songs?|lyrics|haikus?|limericks?|jokes?|riddles?|recipes?|novel"
    r"|blog posts?|blog|tweets?|captions?|slogans?|dialogue|screenplay|play|fairy tales?|letter to"
    r"|introduction (?:for|to)|conclusion (?:for|to)"
    r"|paragraphs?|articles? (?:about|on)|report (?:about|on)|overview of|reviews? of|lesson"
    r"|quiz|itinerary|playlist|to-do list|shopping list|meal plan|workout|diet|business plan|press release"
    r"|advertisement|newsletter|headline|tagline|equivalent|translation|synonyms?|definition|examples? of"
    r"|(?:python|javascript|java|php|sql|c\+\+|simple) (?:\w+ )?(?:function|program|script|query|code|class|example)"
    r"|code snippet|function (?:to|that)|program (?:to|that)|restaurants?|movies?|books?|hotels?|gifts?|tips (?:on|for)"
    r"|facts? about|biography|resume|cover letter|template|painting|picture of|logo)"
)
_TELL = (
    r"(?:explain|describe|discuss|summari[sz]e|outline|define|compare|contrast|analy[sz]e|break down|translate"
    r"|elaborate|illustrate|interpret|evaluate|examine|identify|predict|estimate|calculate|solve|classify|recommend|research"
    r"|explore|brainstorm|paraphrase|proofread|simulate|list|name|measure|assess|determine|track|investigate the)"
)
_OWN = re.compile(
    r"\b(?:i|we|me|us|my|our|mine|ours|this|that|these|those|it|its|here|ticket|issue|problem|error|account|access"
    r"|password|server|printer|laptop|vpn|outlook|mailbox|invoice|charge|payment)\b"
)
_QUESTIONS = (
    r"(?:what|who)(?:'s| is| are| was| were) (?:the |an? |some )?(?:\w+ ){0,3}(?:capital|population|difference|meaning"
    r"|definition|history|causes?|functions?|purpose|benefits|symptoms|effects|formula|theory|weather|largest|tallest"
    r"|oldest|author|president|inventor|differences|advantages|principles?|types|kinds|trends?|role)\b",
    r"what(?:'s| is| does) ['\"“‘].{1,80}?['\"”’] (?:in|mean)\b",
    r"who (?:wrote|painted|invented|discovered|composed|directed|founded|won|sang|built)\b",
    r"how (?:do|does|did|are|is) (?:the |an? )?(?:\w+ ){1,4}(?:work|form|evolve|grow|fly|made"
    r"|develop|reproduce|communicate)\b\W*$",
    r"how (?:do|can|would|should) (?:i|you|one|people) (?:say|spell|pronounce|translate|solve|cook|bake|draw|learn|lose"
    r"|grow|invest|play|prove|factor|integrate|differentiate|meditate)\b",
)
_MAKING = re.compile(rf"^\W*{_POLITE}{_MAKE}\b[^\n]{{0,60}}?\b{_PIECE}\b")
_TELLING = re.compile(rf"^\W*{_POLITE}{_TELL}\b")
_ASKING = re.compile(rf"^\W*(?:{'|'.join(_QUESTIONS)})")
_DASH = re.compile(r"\s[-–—|]+\s")
_SHORTEST = 12


def find_errands(text: str) -> tuple[Span, ...]:
    """The errands of a text, in order; a part of a line after a dash counts as a sentence. Linear."""
    return tuple(span for span in _pieces(text) if _is_errand(text[span.start : span.end]))


def _pieces(text: str) -> list[Span]:
    pieces: list[Span] = []
    for sentence in split_sentences(text):
        start = sentence.start
        for dash in _DASH.finditer(text, sentence.start, sentence.end):
            pieces.append(Span(start=start, end=dash.start()))
            start = dash.start()
        pieces.append(Span(start=start, end=sentence.end))
    return [one for one in pieces if one.end - one.start >= _SHORTEST]


def _is_errand(sentence: str) -> bool:
    folded = fold(sentence).text
    if _ASKING.match(folded):
        return True
    if _MAKING.match(folded):
        return True
    return bool(_TELLING.match(folded)) and not _OWN.search(folded)
