"""Orders about an answer that no person was asked for: how to encode it, what to slip into it. Patterns on folded text.

People write to a helpdesk about its reply too ("please include the ticket number in your reply"). What tells an order
to software apart is that it changes the answer's letters or words, or has it carry a text, link or cause of its own.
"""

from __future__ import annotations

import re

_START = r"(?:^|[\n!?:;|]\s*|\.\s+|\s-+\s+)(?:(?:please|kindly|now|then|also|and|next|instead),?\s+){0,2}"
"""Where a sentence, or a part of a subject after a dash, begins."""
_ANSWER = (
    r"your\s+(?:(?:next|final|whole|entire|own|main|following|every)\s+){0,2}(?:response|reply|replies|answer|output)"
)
_WRITING = rf"(?:{_ANSWER}|your\s+(?:message|text|writing|words|sentences?|content))"
_REWORK = (
    r"(?:convert|replac|substitut|scrambl|encod|encrypt|cipher|revers|misspell|shuffl|swap|rearrang|translat|integrat"
    r"|embed|incorporat|weav|enhanc|modif|alter|rewrit|rephras|transform|introduc|augment|append|insert|render|anagram"
    r"|jumbl|group|remov|combin|flip|invert|merg|mirror|garbl|obfuscat|disguis|conceal|inject|promot|sprinkl|capitali"
    r"|supplement|adorn|decorat|infus|camouflag|blend|mask|shift|permut|randomi|distort|spell)\w*"
)
_ADD = (
    r"(?:add|includ|us|apply|appl|mention|provid|giv|express|writ|compos|deliver|start|begin|end|finish|conclud|offer"
    r"|suggest|recommend|hint|teas|stat|craft|produc|generat|present|mak|creat|put|plac|attach|link|direct|advertis"
    r"|encourag|stress|highlight|emphasi|list|form|speak|answer|respond|reply)\w*"
)
_SLIPPED_IN = (
    r"(?:[\"'“”‘’][^\"“”\n]{4,}|\b(?:www\.|https?:|\w+\.(?:com|net|org|xyz|info|io|ru)\b|\S+@\S+\.\w+)|\b(?:a|an|another|some)"
    r"\s+(?:\w+\s+){0,2}(?:sentence|tip|reminder|headline|statement|recommendation|reason|appeal|fact|joke|slogan|plea"
    r"|advert\w*|promotion|quote|claim|rumou?r|call to action|endorsement|testimonial|myth|warning about|hint|teaser)\b"
    r"|\b(?:vowels?|consonants?|letters?|symbols?|emojis?|emoticons?|anagram\w*|typos|misspell\w*|spaces|punctuation"
    r"|cipher\w*|morse|hexadecimal|binary|base ?\d\d|rot ?13|leet\w*|substitution|abbreviations|rhym\w+|uppercase"
    r"|keywords|gratitude|donations?|headlines?|clickbait)\b)"
)
_GAP = r"(?:(?! - )[^.!?\n]|\.(?=\S)|[!?](?=[\"'”’]))"
"""Within a sentence; the point inside an address or the mark before a closing quote does not
end one, a dash with spaces does."""
_MATTER = (
    r"(?:ticket|case|reference|numbers?|ids?|names?|details|phone|address|dates?|times?|logs?|screenshots?|attachments?"
    r"|copy|cc|quote|price|steps|solution|status|eta|invoice|order|contract|account|serial|subject|answers?"
    r"|version|contact|file|cost)"
)
"""What people ask a helpdesk to put in its answer."""
_LETTERS = (
    r"(?:letters|vowels|consonants|characters|spaces"
    r"|(?:every|each|all)\s+(?:\w+\s+){0,2}(?:letter|vowel|word|character|consonant))"
)

ANSWERING: tuple[tuple[str, str], ...] = (
    ("output", rf"{_START}{_REWORK}\b{_GAP}{{0,160}}\b{_ANSWER}\b"),
    ("output", rf"{_START}(?:{_REWORK}|{_ADD})\b{_GAP}{{0,80}}\b{_LETTERS}\b{_GAP}{{0,60}}\b{_WRITING}\b"),
    ("output", rf"{_START}(?:{_REWORK})\b\s+(?:\w+\s+){{0,3}}{_LETTERS}\s+(?:with|by|into|to|from|in|of|for)\b"),
    ("output", rf"{_START}(?:{_ADD}|mislead\w*)\b(?:(?!\b{_MATTER}\b){_GAP}){{1,120}}\bin {_ANSWER}\b"),
    ("output", rf"{_START}(?:respond|answer|reply|speak|write)\b{_GAP}{{0,20}}\b(?:using|with) (?:only )?words that\b"),
    ("output", rf"{_START}change the (?:language|tone|style|format|order|spelling) of {_ANSWER}\b"),
    (
        "output",
        rf"(?:^|[\n!?:;|]\s*|\.\s+|\s-+\s+)(?:in|within|with|at the (?:end|start|beginning) of|throughout) {_ANSWER},? "
        rf"(?:please )?(?:{_REWORK}|suggest|recommend|includ|add|mention|provid|us|insert|urg|encourag|stat|list|giv"
        r"|hint|teas|advertis|stress|emphasi|offer|claim|reveal|tell|point|direct|link)\w*\b",
    ),
    (
        "output",
        rf"{_START}\w+\b{_GAP}{{0,60}}\b(?:alphanumeric|homophonic|caesar|atbash|vigenere|polybius|pigpen|morse"
        rf"|pig latin|rot ?13|monoalphabetic|transposition)\b{_GAP}{{0,40}}"
        rf"(?:\b{_WRITING}\b|\bsubstitution\b|\bcipher\b)",
    ),
    (
        "output",
        rf"{_START}\w+\b{_GAP}{{0,20}}\b{_WRITING}\b{_GAP}{{0,40}}\b(?:substitution|cipher|anagram\w*|morse|rot ?13"
        r"|base ?\d\d|hexadecimal|binary|leet\w*|emojis?|pig latin|reverse order|backwards|misspellings?)\b",
    ),
)  # fmt: skip

ADDED = re.compile(rf"{_START}{_ADD}\b{_GAP}{{0,160}}\b{_ANSWER}\b{_GAP}{{0,80}}")
"""Something to be put into the answer; an order to software where it is one of `SLIPPED_IN`."""
SLIPPED_IN = re.compile(_SLIPPED_IN)
