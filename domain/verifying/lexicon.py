"""The words a sentence may use freely, the words that turn its meaning, and words that mean the same.

English, because that is what the rules of rephrasing know; in another language a sentence stands only word for word.
The lists hold ordinary function words and helpdesk prose, chosen by hand; what they do is measured by
`tierwise eval verifier`.
"""

from __future__ import annotations


def listed(words: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(words.split())


FUNCTION = listed(
    "a an the this that these those it its itself he him his she her they them their theirs there here i me my mine we"
    " us our ours you your yours who whom whose which what where why how and or but nor so yet as of at by for from in"
    " into on onto to with within about over under between among through during per via than then also too as well"
    " be is are was were been being am have has had having do does did doing get gets got getting gotten"
    " will would shall should can could may might must ought let lets just very really quite rather still already"
    " again now currently present presently meanwhile however therefore thus hence because since while whereas though"
    " although if whether once when whenever unless until till such same own other another any either else like ok okay"
    " please kindly not no never n't s t d ll ve re m e.g i.e etc e g ie eg up out off down back away along"
    " one ones yes ah oh hi hello dear regards thanks thank moreover furthermore additionally besides further namely"
    " upon towards toward onto going gonna across around against without"
)
"""Words that carry no fact by themselves."""

REPORTING = listed(
    "report reports reported reporting say says said saying state states stated write writes wrote written writing note"
    " notes noted mention mentions mentioned describe describes described according explain explains explained add"
    " adds added tell tells told ask asks asked asking request requests requested indicate indicates indicated"
)
"""Words that say that somebody said something; who said it is looked up."""

COMMON = listed(
    "requester requesters user users customer customers client clients caller technician technicians support helpdesk"
    " engineer engineers agent team ticket tickets case cases issue issues problem problems incident incidents matter"
    " internally publicly internal note message comment event thing things something regarding concerning currently"
    " person people party side situation part work status priority tier owner assignee"
)
"""Nouns of every ticket; they need no source, but what is said about them does."""

NEGATIONS = listed(
    "not no never cannot neither nor without hardly nobody nothing none unable lack lacks lacking n't nowhere"
    " dont doesnt didnt isnt arent wasnt werent wont wouldnt cant couldnt shouldnt havent hasnt hadnt nt"
)
HEDGES = listed(
    "might may could would maybe perhaps possibly probably likely apparently seemingly presumably supposedly"
    " potentially if whether unless suspect suspects suspected think thinks thought believe believes assume"
    " assumes assumed expect expects expected suppose supposed seem seems seemed hope hopes hoping"
)
"""Words after which everything in the clause is supposed or possible rather than so."""

PLANNING = listed("might may could would should will shall must please kindly can cannot")
"""What follows these at once is not (yet) so."""
PLANNING_WITH_TO = listed(
    "tell told plan plans planning intend intends intended want wants wanted need needs needed try tries tried trying"
    " attempt attempted ask asked asks request requested going scheduled promise promised expect expected able supposed"
    " planned advised ought have has required hope hoping want wants wanted decided agreed ready waiting like"
)
"""What follows these and "to"."""

QUANTITIES: dict[str, str] = {
    word: group
    for group, words in {
        "all": "all every each everyone everybody entire whole everything both completely fully entirely totally",
        "some": "some several few partly partially sometimes occasionally partial",
        "many": "many most lots lot majority often frequently numerous mostly usually multiple",
        "none": "none nobody nothing noone zero",
        "only": "only solely merely alone single sole",
        "always": "always constantly permanently continuously",
        "twice": "twice",
        "half": "half",
        "dozens": "dozen dozens hundreds thousands hundred thousand million millions",
        "first": "first firstly",
        "last": "last final finally latest",
    }.items()
    for word in words.split()
}
OTHERS = listed("he she they him her them his their someone somebody it who")
REQUESTERS = listed("requester requesters customer customers client clients caller user users")
TECHNICIANS = listed("technician technicians support helpdesk engineer engineers agent agents")

_GROUPS = (
    "resolve solve fix repair rectify remedy sort settle correct mend",
    "resolution solution fix remedy",
    "restart reboot relaunch",
    "replace swap exchange substitute",
    "remove delete erase drop",
    "create add make generate set",
    "install deploy roll put",
    "check verify inspect examine review look investigate analyse analyze test assess",
    "send forward transmit submit mail email dispatch",
    "receive get obtain",
    "share provide give supply hand",
    "inform notify tell advise update let",
    "need require want request",
    "begin start commence initiate",
    "stop end cease halt terminate",
    "finish complete conclude",
    "fail break malfunction crash",
    "show display appear present see",
    "happen occur arise",
    "help assist support aid",
    "change modify alter adjust update edit amend",
    "increase raise enlarge grow",
    "decrease reduce lower shrink cut",
    "allow permit enable let",
    "block prevent bar deny",
    "attach enclose append",
    "find discover detect identify notice observe",
    "confirm acknowledge",
    "close shut",
    "ask request enquire inquire",
    "try attempt endeavour",
    "use utilise utilize employ",
    "work function operate run perform",
    "login logon sign log",
    "access reach enter open",
    "error failure fault",
    "problem issue trouble difficulty",
    "screenshot screen capture image picture photo",
    "quick fast rapid prompt soon asap",
    "slow sluggish",
    "big large huge",
    "small little minor",
    "right correct proper accurate",
    "wrong incorrect false mistaken inaccurate faulty",
    "missing absent lacking",
    "person people individual employee staff colleague colleagues",
    "customer client requester user",
    "technician engineer support",
    "assign allocate route transfer move reassign",
    "escalate raise",
    "contact call phone reach",
    "reply answer respond response",
    "approve authorise authorize",
    "wait await pending",
    "urgent critical important pressing",
    "persist remain continue stay exist",
    "cause reason root",
    "buy purchase order",
    "laptop notebook",
    "computer pc machine workstation",
    "phone telephone",
    "file document",
    "folder directory",
    "email mail message e-mail",
    "configuration setting config setup configure",
    "info information detail details data",
    "application app program software",
    "version release",
    "production prod live",
    "database db",
    "additional further extra more another",
    "newest latest recent current",
    "prior previous earlier former",
    "ensure sure guarantee",
    "affect impact hit",
    "able can",
    "back return restore",
    "whole entire all",
    "instant immediate immediately",
    "vendor supplier provider",
    "schedule plan arrange",
    "meeting call session",
    "discuss talk speak",
    "wish hope like want",
    "attempt try",
    "follow pursue",
    "lock",
    "unlock",
    "reset",
    "upgrade update",
    "download",
    "upload",
    "print",
    "down offline unavailable",
    "identical same",
    "execute run launch",
    "load open",
    "choose select pick",
    "press click hit push",
    "reveal show",
    "comprise include contain hold",
    "necessary needed required",
    "possible feasible",
    "duplicate copy",
    "link url address",
    "reoccur recur return",
    "transaction operation",
    "kind type sort",
    "amount sum total value",
    "team group department",
)

IRREGULAR: dict[str, str] = {
    form: base
    for base, forms in {
        "send": "sent", "go": "went gone goes", "find": "found", "tell": "told", "say": "said",
        "write": "wrote written",
        "break": "broke broken", "run": "ran", "rebuild": "rebuilt", "build": "built", "take": "took taken",
        "give": "gave given", "make": "made", "keep": "kept", "leave": "left", "lose": "lost", "pay": "paid",
        "sell": "sold", "buy": "bought", "bring": "brought", "think": "thought", "see": "saw seen",
        "know": "knew known", "show": "shown", "speak": "spoke spoken", "begin": "began begun", "hold": "held",
        "understand": "understood", "stand": "stood", "come": "came", "become": "became", "fall": "fell fallen",
        "freeze": "froze frozen", "hang": "hung", "steal": "stole stolen", "choose": "chose chosen",
        "withdraw": "withdrew withdrawn", "draw": "drew drawn", "grow": "grew grown", "drive": "drove driven",
        "lead": "led", "meet": "met", "spend": "spent", "mean": "meant", "stick": "stuck", "catch": "caught",
        "do": "did done", "get": "got gotten", "forget": "forgot forgotten", "teach": "taught", "feel": "felt",
        "overwrite": "overwrote overwritten", "rise": "rose risen", "undo": "undid undone", "redo": "redid redone",
        "have": "had has",
    }.items()
    for form in forms.split()
}  # fmt: skip
UNCHANGED_PAST = listed("set reset put cut shut split reread read hit let cost quit")
"""Verbs whose past looks like the present."""

UNNEGATED = listed("under until unit units unique union unless unix unto uncle universal university undergo understand")


def groups() -> tuple[tuple[str, ...], ...]:
    """The groups of words that may stand for each other."""
    return tuple(tuple(group.split()) for group in _GROUPS)
