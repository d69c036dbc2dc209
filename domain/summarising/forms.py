"""What a sentence does: asks, promises, reports a fix, names a cause. Told by its words, in English help-desk prose.

A sentence in another language simply carries no label; choosing falls back to who wrote it and when.
"""

from __future__ import annotations

import re
from enum import StrEnum

from domain.text.fold import fold


class Form(StrEnum):
    """What a sentence does. A sentence may do several things."""

    CHASE = "chase"
    ACKNOWLEDGE = "acknowledge"
    MEETING = "meeting"
    CLOSING = "closing"
    COURTESY = "courtesy"
    POINTER = "pointer"
    ASK = "ask"
    INSTRUCT = "instruct"
    CHECKED = "checked"
    DONE = "done"
    CAUSE = "cause"
    FAILED = "failed"
    WORKS = "works"
    PROMISE = "promise"
    PROBLEM = "problem"
    IMPACT = "impact"


IDLE = frozenset({Form.CHASE, Form.ACKNOWLEDGE, Form.MEETING, Form.CLOSING, Form.COURTESY, Form.POINTER})
"""Forms that carry no fact about the case by themselves."""

_FIX = (
    r"fix|resolve|solve|deploy|appl(?:y|i)|update|upgrade|add|remove|delete|restart|reset"
    r"|change|create|enable|disable"
    r"|correct|configure|reconfigure|install|reinstall|replace|rebuild|migrate|start|stop"
    r"|clear|clean|grant|unlock|adjust"
    r"|increase|extend|modif(?:y|i)|set|run|execute|reboot|roll back|restore|patch|sync"
    r"|renew|swap|recreate|re-?enrol|push"
    r"|import|drop|kill|move|copy|repair|release|assign|link|activate|register|switch|turn"
    r"|disconnect|reconnect|edit|whitelist"
)
_PAST = (
    r"(?:re-?)?(?:fixed|resolved|solved|deployed|applied|updated|upgraded|added|removed"
    r"|deleted|restarted|reset|changed|created"
    r"|enabled|disabled|corrected|configured|reconfigured|installed|reinstalled"
    r"|uninstalled|replaced|rebuilt|migrated|started"
    r"|stopped|cleared|cleaned|granted|unlocked|adjusted|increased|extended|modified|set"
    r"|executed|rebooted|rolled back|restored"
    r"|patched|synced|renewed|swapped|recreated|re-?enrolled|pushed|imported|dropped"
    r"|killed|moved|copied|repaired|released"
    r"|activated|registered|switched|turned (?:on|off)|disconnected|reconnected|edited"
    r"|whitelisted|handled|implemented|sorted"
    r"|reverted|reprocessed|truncated|rescheduled|reissued|flushed|raised|lowered|purged|ran"
    r"|made|merged|delivered|ended|transported|freed|exchanged|paired|mapped|rolled out|rerouted|reseated"
    r"|calibrated|shipped|unblocked|archived|rewired|plugged (?:in|out)|done)"
)
_NOT_YET = (
    r"(?:not|n't|never|will|to|should|must|can|could|may|might|would|if|once|until|when"
    r"|after being|unless|before|wait\w*"
    r"|without|be)"
)

_PATTERNS: dict[Form, str] = {
    Form.CHASE: (
        r"\b(?:any (?:new )?(?:updates?|news|progress|feedback)|remind(?:er|ing)"
        r"|waiting (?:for )?(?:your|you)\b"
        r"|(?:kind|your) feedback|follow(?:ing)?[- ]up|provide (?:us )?(?:with )?(?:an "
        r"|any |the )?updates?|due date"
        r"|status of (?:this|the|my) ticket|update (?:us|me) (?:on|about)|still waiting"
        r"|is there (?:an? |any )?updates?"
        r"|(?:please|kindly) (?:your )?(?:advi[sc]e|updates?|support|help)\s*[.!?]*$"
        r"|^(?:please|kindly)\W*$|^your (?:help|support|advice)"
        r"|^(?:please|kindly|pls)(?: your)? (?:advi[sc]e|help|support|check|assist"
        r"|look)(?: (?:on|into|this|the|in|with|us|me|matter|issue|problem|case|it|and"
        r"|same|urgently|asap))*\W*$)"
    ),
    Form.ACKNOWLEDGE: (
        r"\b(?:(?:will|shall|'ll|let me|going to|gonna) (?:also )?(?:check|look|verify"
        r"|investigate|review|get back|come back|revert|contact"
        r"|keep you|let you know|inform you|update (?:you|the ticket|this ticket))"
        r"|get back to you|(?:has been|is|been|will be) assigned(?: to)?"
        r"|keep you (?:posted|updated|informed)|(?:we are|we're|i am"
        r"|i'm) (?:still )?(?:checking|working on|looking|investigating)|still (?:under"
        r"|working)"
        r"|under (?:our )?(?:investigation|process\w*|development)|^noted\b"
        r"|have received your|looking into|forwarded to)"
    ),
    Form.MEETING: (
        r"\b(?:join(?:ed)?\b|(?:webex|zoom|anydesk|teamviewer|teams) (?:link|meeting"
        r"|session)|meeting link|suggest a (?:suitable )?time|suitable time"
        r"|remote (?:session|control|connection)|(?:can|could|shall) (?:we|you"
        r"|i) (?:connect|call|meet)|please (?:re)?connect|(?:below|new) session"
        r"|connect (?:today|tomorrow|now|on)|(?:call|ring) me|schedule a (?:call|meeting"
        r"|session)|on vacation|arrange (?:a |to )?(?:call|meeting|connect))"
    ),
    Form.CLOSING: (
        r"\b(?:clos(?:e|ed|ing) (?:the|this|it|that)\b|(?:consider|considered"
        r"|considering) (?:this|the|it|as)\b|(?:ticket|issue|case) (?:is |as |will be "
        r"|to be |can be )*clos"
        r"|feel free|hesitate|open a new ticket|can be closed|proceed (?:with|to) clos|further assistance)"
    ),
    Form.COURTESY: (
        r"^(?:(?:ok(?:ay)?|many|well|great|perfect|yes|noted|and|with|so|very|a lot"
        r"|much)\W+)*(?:thank(?:s| you|ing)|thx|appreciate|sorry|apolog|welcome"
        r"|you'?re welcome|have a (?:nice|good|great)|hope (?:you|this)|ok(?:ay)?\W*$"
        r"|yes\W*$|no problem|happy to|good morning|good afternoon)"
    ),
    Form.POINTER: (
        r"\b(?:(?:find|see|refer(?: to)?|check|in) (?:the |an? )?(?:attach|below|enclosed"
        r"|screenshots?|screen ?shots?)|(?:is|are|as|file|screenshot) attached"
        r"|attached (?:is|are|the|for|here)|^attached\b)"
    ),
    Form.ASK: (
        r"(?:\?\s*$|\b(?:please|kindly|could you|can you|would you|can we"
        r"|appreciate if you) (?:also |then |kindly |please |re)*"
        r"(?:provide|share|send|confirm|let (?:us|me) know|attach|specify|clarify|tell"
        r"|test|check|advi[sc]e|explain|verify|suggest|upload|help|support))"
    ),
    Form.INSTRUCT: (
        rf"(?:\b(?:you|users?|they|we) (?:only |just |also )?(?:need|needs|have|has|should"
        rf"|must|can|may) (?:only |just |also )?(?:to )?(?:be )?(?:{_FIX}|use|enter|open"
        rf"|select|click|sign|log|go)\w*"
        rf"|\b(?:please|kindly|then|and|first|next|now|just|simply|try to|make sure to"
        rf"|\d[.)-]) (?:{_FIX}|use|enter|open|select|click|sign (?:in|out)|log (?:in|out"
        rf"|off|on)|go to|re-?\w+)\b"
        rf"|^(?:\W|\d)*(?:{_FIX}|use|enter|open|select|click|sign (?:in|out)|log (?:in|out"
        rf"|off|on)|go to|make sure|take (?:a )?backup)\b)"
    ),
    Form.DONE: rf"(?:(?<!\w){_PAST}\b|\b(?:we|i) (?:{_FIX})\b)",
    Form.CAUSE: (
        r"\b(?:because|due to|owing to|root cause|caused? (?:by|was|is|of)|the (?:cause"
        r"|reason)\b|reason (?:is|was|for|behind)|(?:issue|problem|error|case|this"
        r"|it) (?:is|was|came|comes|are)(?: \w+)? (?:from|related to|relate)"
        r"|found (?:that|the|a|an|out|two|some|there)|turn(?:s|ed) out|we noticed"
        r"|noticed that|as a result of|result(?:s|ed|ing)? from|culprit|led to|leads to"
        r"|related to|which means|after (?:checking|investigat\w+|troubleshooting"
        r"|we checked))"
    ),
    Form.FAILED: (
        r"\b(?:still (?:\w+ ){0,4}(?:same|not|no|fail\w*|error\w*|open|pending|the|have"
        r"|facing|see|get\w*|happen\w*|occur\w*|stuck|appear\w*|exist\w*|there|reported"
        r"|slow|down|broken|crash\w*)|same (?:issue|error|problem|result|behaviou?r"
        r"|scenario)"
        r"|(?:did|does|do|is|was|are|has|have|could|can)(?: ?n[o']t"
        r"|not) (?:\w+ )?(?:help\w*|work\w*|solve\w*|fix\w*|resolve\w*|change anything"
        r"|make (?:a|any) difference)|not (?:yet )?(?:solved|resolved|fixed|working"
        r"|helped)|no (?:luck|effect|success)|(?:made|makes|make) no (?:difference|change)"
        r"|without success"
        r"|persist\w*|(?:issue|error|problem|it|this) (?:has |is |was )?(?:happen\w*"
        r"|occur\w*|appear\w*|repeat\w*|came|back|come|recur\w*)(?: again"
        r"| back)?\b.{0,20}\bagain|(?:came|come|comes|is|are) back\b|unfortunately"
        r"|(?:locked|blocked|down|dead|gone|offline|broken|crashed|frozen|disconnected|dropped"
        r"|stopped|failed|failing|happened|happening)(?: out)? again"
        r"|to no avail|in vain|only (?:helped|lasted|worked) (?:for|until))"
    ),
    Form.WORKS: (
        r"\b(?:work(?:s|ing|ed) (?:now|fine|again|well|properly|correctly|perfectly|ok"
        r"|as expected)|(?:now|is|are|it|all|everything) (?:\w+ )?(?:work(?:s|ing)|fine"
        r"|ok(?:ay)?|good)\b|(?:issue|problem|error|it|this|that|case|all"
        r"|been) (?:\w+ ){0,3}(?:fixed|resolved|solved|gone|sorted)"
        r"|confirm(?:ed|ing|s)?\b|(?:tested|test) (?:and )?(?:done|ok|success\w*|fine)"
        r"|successful(?:ly)?|can close|no (?:more|longer|further) (?:\w+ )?(?:issues?"
        r"|errors?|problems?)|(?:that|this|it) (?:did it|helped|fixed|solved|worked)"
        r"|back to normal|problem solved)"
    ),
    Form.CHECKED: (
        r"(?:\b(?:we|i|team|he|she|they|have|has|had|been|was|were|and|also"
        r"|after)(?: \w+){0,2} |^\W*)(?:checked|compared|tried|tested|investigated"
        r"|verified|reviewed|analy[sz]ed|traced|simulated|examined|inspected|looked (?:at"
        r"|into)|reproduced|confirmed|ruled out|asked|contacted|reported|raised)\b"
    ),
    Form.PROMISE: (
        r"(?:(?<!\bit )(?<!\bthis )(?<!\bthat )(?<!\byou )(?<!\busers )(?<!\bwhich )\b(?:will"
        r"|shall)\b|\b(?:we|i)'ll\b|\bgoing to\b|\bplan(?:ned|ning)? to\b"
        r"|\bto be (?:done|deployed|checked|delivered|fixed|released)\b|\bscheduled (?:for|to)\b)"
    ),
    Form.PROBLEM: (
        r"\b(?:errors?|issues?|problems?|fail\w*|unable|can ?not|can'?t|couldn'?t"
        r"|could not|not \w+|n't \w+|stuck|missing|wrong\w*|incorrect\w*|down|crash\w*"
        r"|slow\w*|hang\w*|hung|freez\w*|frozen|denied|reject\w*|time(?:d)? ?-?out"
        r"|stop(?:s|ped)|broken|lost"
        r"|disappear\w*|duplicat\w*|invalid|blocked|locked|refus\w*|without|instead"
        r"|vulnerabilit\w*|bugs?|needs?|want|request\w*|require\w*|would like"
        r"|unexpected\w*|keeps?|no longer|suddenly|nothing|never)\b"
    ),
    Form.IMPACT: (
        r"\b(?:all (?:of )?(?:our |the |my )?(?:users?|staff|customers?|branches"
        r"|colleagues|sites|offices|people|teams?)|everyone|everybody|nobody|no one"
        r"|customers? (?:\w+ ){0,3}(?:complain\w*|claim\w*|wait\w*|affected|call\w*)"
        r"|urgent\w*|critical\w*|blocked|blocking|blocker"
        r"|can(?:no|')?t work|cannot work|unable to work|standstill|deadline"
        r"|as soon as possible|asap|end of (?:the )?(?:day|week|month|quarter|year)"
        r"|impact\w*|affect\w*|high(?:est)? (?:priority|importance)|top priority|losing"
        r"|penalt\w*|outage"
        r"|\d+ (?:users?|people|customers?|colleagues|persons?|clients?|branches|devices"
        r"|machines|transactions|orders|employees)|production (?:is|stop\w*|down|line)"
        r"|month[- ]end|payroll|go[- ]live)\b"
    ),
}  # fmt: skip
_COMPILED = {form: re.compile(pattern) for form, pattern in _PATTERNS.items()}
_LEADING_ASK = re.compile(
    r"^\W*(?:please|kindly|pls|could you|can you|can we|would you|may we)\W+(?:also |then "
    r"|kindly |please |us )*"
    r"(?:provide|share|send|confirm|let (?:us|me) know|attach|specify|clarify|tell"
    r"|advi[sc]e|explain|suggest|upload)\b"
)
_PENDING_DONE = re.compile(
    rf"\b{_NOT_YET}(?: \w+){{0,2}} (?:be |been |get |being )?{_PAST}\b"
    rf"|n't (?:\w+ ){{0,2}}{_PAST}\b"
)


def forms_of(sentence: str) -> frozenset[Form]:
    """Everything the sentence does, by its words. Linear in its length; the first 2,000 characters count."""
    text = fold(sentence[:2000]).text
    found = {form for form, pattern in _COMPILED.items() if pattern.search(text)}
    if Form.DONE in found and (not _done(text) or _LEADING_ASK.match(text)):
        found.discard(Form.DONE)
    if Form.WORKS in found and (Form.FAILED in found or Form.ASK in found):
        found.discard(Form.WORKS)
    return frozenset(found)


def _done(text: str) -> bool:
    """Whether some work is reported as done, not wished for, planned or denied."""
    left = _PENDING_DONE.sub(" ", text)
    return bool(_COMPILED[Form.DONE].search(left))
