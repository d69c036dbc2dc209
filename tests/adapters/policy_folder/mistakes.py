"""One mistake of every kind: what is changed in the small folder, and where the finding must stand."""

# ruff: noqa: E501  (a table is read by rows)

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """`old` becomes `new` in `file`; the finding stands in `found_in` on a line that holds `on`."""

    code: str
    file: str
    old: str
    new: str
    key: str
    on: str
    mend: str
    found_in: str = ""


def _m(code: str, file: str, old: str, new: str, key: str, on: str, mend: str, found_in: str = "") -> Mistake:
    return Mistake(code, file, old, new, key, on, mend, found_in or file)


_LONG = "x" * 501
_QUIET = """\
priority: {high: 5}
unanswered_message: 0
vip: 0
reopened: 0
bounce: 0
reassigned: 0
older_than_usual: 0
resembles_escalated: 0
outbreak: -5
"""

MISTAKES: tuple[Mistake, ...] = (
    # how a file is written
    _m("not-yaml", "slas.yaml", "pause_in: [waiting", "pause_in: [[waiting", "", "[[", "check quotes"),
    _m("tab", "calendars.yaml", "    zone: Europe", "\tzone: Europe", "", "\tzone", "indent with spaces"),
    _m("anchor", "people.yaml", "roles:", "roles: &all", "roles", "&all", "remove the anchor"),
    _m("alias", "people.yaml", "[ceo@example.com, u-17]", "*all", "vips", "*all", "write the value out"),
    _m("merge-key", "policy.yaml", "name: Small", "<<: {name: Small}", "", "<<", "write the keys out"),
    _m("tag", "policy.yaml", "name: Small", "name: !!python/name:os.system Small", "name", "!!python", "remove the tag"),
    _m("second-document", "tiers.yaml", "  - {id: L2", "---\n  - {id: L2", "", "---", "remove the line"),
    _m("duplicate-key", "risk.yaml", "sla:", "at_risk_from: 70\nsla:", "at_risk_from", "at_risk_from: 70", "remove one"),
    _m("key-not-text", "people.yaml", "roles:", "? [a, b]\n: 1\nroles:", "", "[a, b]", "write the key as a word"),
    _m("too-deep", "risk.yaml", "{high: 15}", "[" * 30 + "]" * 30, "priority[0][0]", "[[[[", "write it flatter"),
    _m("nul", "policy.yaml", "name: Small", 'name: "Sm\\0all"', "name", "Sm", "remove"),
    # what a file holds
    _m("unknown-key", "teams.yaml", "calendar: office", "calender: office", "teams[0].calender", "calender", "did you mean 'calendar'?"),
    _m("missing-key", "teams.yaml", "    calendar: office\n", "", "teams[0].calendar", "- id: desk", "add `calendar:`"),
    _m("wrong-type", "technicians.yaml", "capacity: 10", "capacity: many", "technicians[0].capacity", "many", "whole number"),
    _m("unknown-choice", "notifications.yaml", "handed_over", "handed_ober", "rules[0].on[0]", "handed_ober", "did you mean 'handed_over'?"),
    _m("out-of-range", "technicians.yaml", "capacity: 10", "capacity: 501", "technicians[0].capacity", "501", "at most 500"),
    _m("too-few", "notifications.yaml", "to: [requester]", "to: []", "rules[1].to", "to: []", "at least one"),
    _m("bad-id", "teams.yaml", "id: network", "id: Net Work", "teams[1].id", "Net Work", "lower case"),
    _m("bad-version", "policy.yaml", "1.0.0", "v1", "version", "v1", "three numbers"),
    _m("bad-email", "technicians.yaml", "bob@example.com", "bob at example.com", "technicians[1].email", "bob at", "address"),
    _m("bad-language", "risk.yaml", "language: en", "language: English", "signals[0].lists[0].language", "English", "two-letter"),
    _m("bad-date", "calendars.yaml", "2026-12-25", "25.12.2026", "calendars[0].holidays[1]", "25.12", "YYYY-MM-DD"),
    _m("bad-hours", "calendars.yaml", "'08:00-12:00'", "8-12", "calendars[0].hours.mon[0]", "8-12", "HH:MM-HH:MM"),
    _m("hours-backwards", "calendars.yaml", "22:00-24:00", "22:00-06:00", "calendars[1].hours.fri[0]", "22:00", "24:00"),
    _m("hours-overlap", "calendars.yaml", "13:00-17:00", "11:00-17:00", "calendars[0].hours.mon", "mon:", "follow each other"),
    _m("no-working-minute", "calendars.yaml", "{fri: ['22:00-24:00']}", "{fri: []}", "calendars[1].hours", "fri: []", "at least one day"),
    _m("leave-backwards", "technicians.yaml", "last: 2026-12-31", "last: 2026-12-01", "technicians[0].leave[0].last", "leave:", "swap"),
    _m("bands-out-of-order", "risk.yaml", "monitor_from: 40", "monitor_from: 90", "monitor_from", "90", "lower monitor_from"),
    _m("playbook-name", "playbooks/vpn-outage.yaml", "id: vpn-outage", "id: vpn", "id", "id: vpn", "rename the file to vpn.yaml"),
    # ids and names
    _m("duplicate-tier", "tiers.yaml", "id: L2", "id: L1", "tiers[1].id", "Specialists", "its own id"),
    _m("duplicate-team", "teams.yaml", "id: network", "id: desk", "teams[1].id", "id: desk", "its own id"),
    _m("duplicate-technician", "technicians.yaml", "id: bob", "id: ada", "technicians[1].id", "id: ada", "its own id"),
    _m("duplicate-person", "people.yaml", "vips:", "  - {id: carla, name: C, email: c@example.com}\nvips:", "people[1].id", "name: C,", "its own id"),
    _m("duplicate-calendar", "calendars.yaml", "id: night", "id: office", "calendars[1].id", "id: office", "its own id"),
    _m("duplicate-category", "categories.yaml", "id: other", "id: vpn", "categories[2].id", "Anything", "its own id"),
    _m("duplicate-signal", "risk.yaml", "no_hurry:", "  - {id: urgency, points: 1, lists: [{language: de, words: [x]}]}\nno_hurry:", "signals[1].id", "points: 1,", "its own id"),
    _m("duplicate-rule", "escalation.yaml", "id: usual", "id: vip", "rules[1].id", "id: vip", "its own id"),
    _m("duplicate-form", "forms.yaml", "id: login", "id: remote", "forms[1].id", "id: remote", "its own id"),
    _m("duplicate-approval", "approvals.yaml", "id: any-vpn", "id: vpn-abroad", "rules[1].id", "vpn-abroad", "its own id"),
    _m("duplicate-notification", "notifications.yaml", "id: asked", "id: lead", "rules[1].id", "id: lead", "its own id"),
    _m("duplicate-step", "playbooks/vpn-outage.yaml", "id: restart", "id: ping", "steps[1].id", "Restart", "its own id"),
    _m("person-is-technician", "people.yaml", "id: carla", "id: bob", "people[0].id", "id: bob", "remove the entry"),
    _m("team-name-clash", "teams.yaml", "[NOC]", "[helpdesk]", "teams[1].aliases[0]", "[helpdesk]", "another name"),
    _m("category-name-clash", "categories.yaml", "Remote access", "login", "categories[1].name", "login", "another name"),
    _m("email-twice", "technicians.yaml", "bob@example.com", "Ada@example.com", "technicians[1].email", "Ada@", "their own"),
    # references
    _m("unknown-zone", "calendars.yaml", "Asia/Kolkata", "Asia/Kolkatta", "calendars[1].zone", "Kolkatta", "did you mean 'Asia/Kolkata'?"),
    _m("unknown-zone", "policy.yaml", "Europe/Berlin", "../../etc/passwd", "zone", "passwd", "IANA"),
    _m("unknown-calendar", "teams.yaml", "calendar: office", "calendar: ofice", "teams[0].calendar", "ofice", "did you mean 'office'?"),
    _m("unknown-calendar", "technicians.yaml", "shift: night", "shift: nights", "technicians[1].shift", "nights", "'night'"),
    _m("unknown-calendar", "slas.yaml", "calendar: office", "calendar: offices", "targets[0].calendar", "offices", "'office'"),
    _m("unknown-team", "technicians.yaml", "team: network", "team: netwrok", "technicians[1].team", "netwrok", "did you mean 'network'?"),
    _m("unknown-technician", "tiers.yaml", "lead: bob", "lead: bobb", "tiers[1].lead", "bobb", "did you mean 'bob'?"),
    _m("unknown-technician", "teams.yaml", "lead: ada", "lead: zoe", "teams[0].lead", "zoe", "use one of: ada, bob"),
    _m("unknown-category", "teams.yaml", "[vpn]", "[vpn, vnp]", "teams[1].categories[1]", "vnp", "did you mean 'vpn'?"),
    _m("unknown-category", "forms.yaml", "[vpn]", "[vpnn]", "forms[0].when.category[0]", "vpnn", "did you mean 'vpn'?"),
    _m("unknown-category", "approvals.yaml", "[vpn]", "[Remote access]", "rules[0].when.category[0]", "Remote", "use one of: vpn"),
    _m("unknown-category", "playbooks/vpn-outage.yaml", "[vpn]", "[vpnn]", "when.category[0]", "vpnn", "did you mean 'vpn'?"),
    _m("unknown-skill", "technicians.yaml", "[password]", "[passwort]", "technicians[0].skills[0]", "passwort", "did you mean 'password'?"),
    _m("unknown-tier", "escalation.yaml", "  - id: usual\n    to_tier: L2", "  - id: usual\n    to_tier: L3", "rules[1].to_tier", "L3", "L2"),
    _m("unknown-tier", "teams.yaml", "tier: L2", "tier: L3", "teams[1].tier", "tier: L3", "L2"),
    _m("unknown-tier", "escalation.yaml", "[L1]", "[L7]", "rules[0].when.tier[0]", "L7", "L1"),
    _m("unknown-priority", "risk.yaml", "{high: 15}", "{hihg: 15}", "priority.hihg", "hihg", "did you mean 'high'?"),
    _m("unknown-priority", "escalation.yaml", "priority: high", "priority: urgent", "rules[0].priority", "urgent", "use one of: high, normal"),
    _m("unknown-priority", "forms.yaml", "[high]", "[higgh]", "never_wait_for[0]", "higgh", "did you mean 'high'?"),
    _m("unknown-priority", "approvals.yaml", "[high]", "[higgh]", "rules[1].when.priority[0]", "higgh", "did you mean 'high'?"),
    _m("unknown-role", "approvals.yaml", "approvers: security-officer", "approvers: security-oficer", "rules[0].approvers", "oficer", "'security-officer'"),
    _m("unknown-person", "people.yaml", "[carla, bob]", "[karla, bob]", "roles.security-officer[0]", "karla", "did you mean 'carla'?"),
    _m("unknown-recipient", "notifications.yaml", "team_lead", "teamlead", "rules[0].to[0]", "teamlead", "did you mean 'team_lead'?"),
    _m("default-without-target", "slas.yaml", "default_priority: normal", "default_priority: norml", "default_priority", "norml", "did you mean 'normal'?"),
    # who is there
    _m("empty-team", "technicians.yaml", "team: network", "team: desk", "teams[1].id", "id: network", "team: network", "teams.yaml"),
    _m("nobody-takes-tickets", "technicians.yaml", "capacity: 10", "capacity: 0", "teams[0].id", "id: desk", "capacity of 1", "teams.yaml"),
    _m("tier-without-team", "teams.yaml", "tier: L2", "tier: L1", "tiers[1].id", "L2", "tier: L2", "tiers.yaml"),
    _m("lead-of-other-tier", "tiers.yaml", "lead: bob", "lead: ada", "tiers[1].lead", "lead: ada", "a team of L2"),
    _m("category-without-team", "teams.yaml", "[password, other]", "[password]", "categories[2].id", "other", "add 'other'", "categories.yaml"),
    _m("role-without-holders", "people.yaml", "[carla, bob]", "[]", "roles.security-officer", "officer", "at least one"),
    _m("holder-twice", "people.yaml", "[carla, bob]", "[carla, bob, carla]", "roles.security-officer[2]", "carla", "remove one"),
    _m("vip-twice", "people.yaml", "u-17]", "u-17, CEO@example.com]", "vips[2]", "CEO", "remove one"),
    # time
    _m("holiday-twice", "calendars.yaml", "2026-12-29,", "2026-12-25,", "calendars[0].holidays[1]", "holidays", "remove one"),
    _m("target-twice", "slas.yaml", "priority: normal", "priority: High", "targets[1].priority", "High", "one target"),
    _m("resolution-before-response", "slas.yaml", "resolution: 240", "resolution: 20", "targets[0].resolution", "resolution: 20,", "longer"),
    _m("target-out-of-reach", "slas.yaml", "resolution: 240, calendar: office", "resolution: 40000, calendar: night", "targets[0]", "night", "lower the target"),
    _m("pause-status-twice", "slas.yaml", "[waiting for requester]", "[on hold, On Hold]", "pause_in[1]", "On Hold", "remove one"),
    # rules and points
    _m("thresholds-out-of-order", "risk.yaml", "at_percent: 80", "at_percent: 50", "sla[1].at_percent", "50", "rising percent"),
    _m("threshold-out-of-reach", "risk.yaml", "priority: {high: 15}\nunanswered_message: 10\n", _QUIET, "at_risk_from", "at_risk_from", "lower"),
    _m("no-hurry-and-signal", "risk.yaml", "[no rush]", "[no rush, Asap]", "no_hurry[0].words[1]", "Asap", "one of the two"),
    _m("word-for-everything", "risk.yaml", "[asap, cannot work]", "[asap, '*']", "signals[0].lists[0].words[1]", "'*'", "before the *"),
    _m("word-for-everything", "categories.yaml", "[vpn]", "['']", "categories[1].words[0]", "''", "before the *"),
    _m("word-for-everything", "approvals.yaml", "[abroad]", "[' ']", "rules[0].when.any_words[0]", "' '", "before the *"),
    _m("rule-goes-down", "escalation.yaml", "tier: [L1]}\n    to_tier: L2", "tier: [L2]}\n    to_tier: L1", "rules[0].when.tier[0]", "[L2]", "L2 or above"),
    _m("unreachable-rule", "escalation.yaml", "{vip: true, tier: [L1]}", "{}", "rules[1].id", "usual", "move it above 'vip'"),
    _m("unreachable-approval", "approvals.yaml", "[vpn], any_words: [abroad]", "[VPN]", "rules[1].id", "any-vpn", "move it above"),
    # forms and approvals
    _m("field-twice", "forms.yaml", "id: place", "id: device", "forms[0].fields[1].id", "id: device", "remove one"),
    _m("field-differs", "forms.yaml", "{category: [password]}\n    fields:\n      - {id: account", "{}\n    fields:\n      - {id: device", "forms[1].fields[0].id", "id: device", "same label"),
    _m("bad-pattern", "forms.yaml", "'\\bPC-\\d+\\b'", "'(PC'", "forms[0].fields[0].patterns[0]", "(PC", "RE2"),
    _m("bad-pattern", "forms.yaml", "'\\bPC-\\d+\\b'", "'(a)\\1'", "forms[0].fields[0].patterns[0]", "(a)", "no back references"),
    _m("pattern-too-long", "forms.yaml", "'\\bPC-\\d+\\b'", f"'{_LONG}'", "forms[0].fields[0].patterns[0]", "xxx", "500"),
    _m("pattern-matches-nothing", "forms.yaml", "'\\bPC-\\d+\\b'", "'\\d*'", "forms[0].fields[0].patterns[0]", "\\d*", "obligatory"),
    _m("value-without-words", "forms.yaml", "[laptop, notebook]", "[]", "forms[0].fields[0].words.laptop", "laptop", "name words"),
    _m("quorum-too-large", "approvals.yaml", "quorum: 2", "quorum: 3", "rules[0].quorum", "quorum: 3", "lower the quorum"),
    # expressions and examples
    _m("rule-syntax", "escalation.yaml", "{vip: true, tier: [L1]}", "{if: risk >}", "rules[0].when.if", "risk >", "brackets"),
    _m("rule-unknown-name", "forms.yaml", "{category: [vpn]}", "{if: ticket.prio == 'high'}", "forms[0].when.if", "ticket.prio", "'ticket.priority'"),
    _m("rule-wrong-type", "approvals.yaml", "[abroad]}", "[abroad], if: risk >= 60.5}", "rules[0].when.if", "60.5", "without a point"),
    _m("rule-not-a-condition", "notifications.yaml", "on: [question_asked]", "on: [question_asked]\n    when: {if: risk}", "rules[1].when.if", "if: risk", "risk >= 60"),
    _m("rule-constant", "playbooks/vpn-outage.yaml", "{category: [vpn]}", "{if: 1 == 1}", "when.if", "1 == 1", "rules.md"),
    _m("rule-too-long", "escalation.yaml", "{vip: true, tier: [L1]}", "{if: '" + "risk > 1 || " * 200 + "declared'}", "rules[0].when.if", "risk > 1", "several rules"),
    _m("rule-too-deep", "escalation.yaml", "{vip: true, tier: [L1]}", "{if: " + "(" * 21 + "declared" + ")" * 21 + "}", "rules[0].when.if", "declared", "flatter"),
    _m("rule-unbounded", "escalation.yaml", "{vip: true, tier: [L1]}", "{if: 'reasons.exists(a, reasons.exists(b, a == b))'}", "rules[0].when.if", "reasons", "two conditions"),
    _m("rule-bad-pattern", "escalation.yaml", "{vip: true, tier: [L1]}", "{if: ticket.text.matches('(a')}", "rules[0].when.if", "(a", "RE2"),
    _m("rule-unknown-value", "escalation.yaml", "{vip: true, tier: [L1]}", "{if: ticket.category == 'vnp'}", "rules[0].when.if", "vnp", "did you mean 'vpn'?"),
    _m("rule-unknown-value", "approvals.yaml", "[abroad]}", "[abroad], if: \"ticket.priority in ['hihg']\"}", "rules[0].when.if", "hihg", "did you mean 'high'?"),
    _m("test-failed", "escalation.yaml", "cooldown: 120", "cooldown: 120\ntests: [{name: a VIP, ticket: {requester: {vip: true}}, expect: usual}]", "tests[0].expect", "a VIP", "mend the rule"),
    _m("test-failed", "escalation.yaml", "cooldown: 120", "cooldown: 120\ntests: [{name: a VIP, ticket: {requester: {vip: true}}, expect: vip, sets: {priority: normal}}]", "tests[0].sets.priority", "a VIP", "mend the rule"),
    _m("test-expects-nobody", "escalation.yaml", "cooldown: 120", "cooldown: 120\ntests: [{name: a VIP, expect: usal}]", "tests[0].expect", "usal", "did you mean 'usual'?"),
    _m("test-sets-unknown", "escalation.yaml", "cooldown: 120", "cooldown: 120\ntests: [{name: a VIP, expect: usual, sets: {prio: high}}]", "tests[0].sets.prio", "prio", "'priority'"),
    _m("bad-moment", "escalation.yaml", "cooldown: 120", "cooldown: 120\ntests: [{name: a VIP, expect: usual, at: 2026-01-07}]", "tests[0].at", "2026-01-07", "T10:00:00"),
    # calendars that learn, and promises
    _m("bad-moment", "calendars.yaml", "    holidays: [", "    special_days: [{date: 2026-10-30, known_from: 2026-10-20}]\n    holidays: [", "calendars[0].special_days[0].known_from", "2026-10-20", "T10:00:00"),
    _m("bad-ical-name", "calendars.yaml", "    holidays: [", "    ical: [../../days.ics]\n    holidays: [", "calendars[0].ical[0]", "days.ics", "beside calendars.yaml"),
    _m("ical-missing", "calendars.yaml", "    holidays: [", "    ical: [days.ics]\n    holidays: [", "calendars[0].ical[0]", "days.ics", "beside calendars.yaml"),
    _m("unknown-country", "calendars.yaml", "    holidays: [", "    holiday_sets: [{country: ZZ}]\n    holidays: [", "calendars[0].holiday_sets[0].country", "ZZ", "ISO 3166"),
    _m("unknown-subdivision", "calendars.yaml", "    holidays: [", "    holiday_sets: [{country: DE, subdivision: HHX}]\n    holidays: [", "calendars[0].holiday_sets[0].subdivision", "HHX", "did you mean 'HH'?"),
    _m("unknown-holiday-category", "calendars.yaml", "    holidays: [", "    holiday_sets: [{country: DE, categories: [publik]}]\n    holidays: [", "calendars[0].holiday_sets[0].categories", "publik", "did you mean 'public'?"),
    _m("hours-overlap", "calendars.yaml", "    holidays: [", "    special_days: [{date: 2026-10-30, hours: ['08:00-12:00', '11:00-13:00']}]\n    holidays: [", "calendars[0].special_days[0].hours", "11:00", "follow each other"),
    _m("special-day-twice", "calendars.yaml", "    holidays: [", "    special_days: [{date: 2026-12-29, hours: ['08:00-12:00']}]\n    holidays: [", "calendars[0].special_days[0]", "2026-12-29", "from when"),
    _m("change-twice", "calendars.yaml", "    holidays: [", "    changes: [{first: 2027-01-01, hours: {mon: ['08:00-12:00']}}, {first: 2027-01-01, hours: {tue: ['08:00-12:00']}}]\n    holidays: [", "calendars[0].changes[1].first", "2027-01-01", "one of the two"),
    _m("change-without-work", "calendars.yaml", "    holidays: [", "    changes: [{first: 2027-01-01, hours: {mon: []}}]\n    holidays: [", "calendars[0].changes[0].hours", "mon: []", "later change"),
    _m("unknown-calendar", "slas.yaml", "calendar: office}", "calendar: office, calendars: {first_response: nite}}", "targets[0].calendars.first_response", "nite", "did you mean 'night'?"),
    _m("duplicate-target", "slas.yaml", "  - {priority: high", "  - {id: high, priority: high, when: {vip: true}, first_response: 9, resolution: 99, calendar: office}\n  - {priority: high", "targets[0].id", "id: high", "an id of its own"),
    _m("target-without-name", "slas.yaml", "{priority: high, ", "{priority: high, first_response: 9, resolution: 99, calendar: office}\n  - {", "targets[1]", "first_response: 30", "a priority or an id"),
    _m("condition-unread", "slas.yaml", "{priority: high, ", "{priority: high, first_response: 9, resolution: 99, calendar: office}\n  - {id: l3, when: {vip: true}, ", "targets[1].when", "vip", "remove the condition"),
    _m("unreachable-target", "slas.yaml", "  - {priority: high", "  - {id: v, priority: high, when: {vip: true}, first_response: 9, resolution: 99, calendar: office}\n  - {id: w, priority: High, when: {vip: true, category: [vpn]}, first_response: 9, resolution: 99, calendar: office}\n  - {priority: high", "targets[1].when", "id: w", "move it above 'v'"),
    _m("unreachable-target", "slas.yaml", "  - {priority: normal", "  - {id: w, priority: high, when: {category: [vpn]}, first_response: 9, resolution: 99, calendar: office}\n  - {priority: normal", "targets[1].when", "id: w", "move it above 'high'"),
    _m("target-without-fallback", "slas.yaml", "{priority: high, ", "{id: v, priority: high, when: {vip: true}, ", "targets[0].when", "vip", "without `when`"),
    _m("unknown-category", "slas.yaml", "  - {priority: high", "  - {id: v, priority: high, when: {category: [vpnn]}, first_response: 9, resolution: 99, calendar: office}\n  - {priority: high", "targets[0].when.category[0]", "vpnn", "did you mean 'vpn'?"),
    _m("unknown-team", "slas.yaml", "  - {priority: high", "  - {id: v, priority: high, when: {team: [netwrok]}, first_response: 9, resolution: 99, calendar: office}\n  - {priority: high", "targets[0].when.team[0]", "netwrok", "did you mean 'network'?"),
    _m("target-out-of-reach", "slas.yaml", "resolution: 240, calendar: office}", "resolution: 40000, calendar: office, calendars: {resolution: night}}", "targets[0]", "night", "lower the target"),
    _m("status-contradiction", "slas.yaml", "pause_in:", "clocks: {resolution: {start: status, start_in: [open, Waiting for Requester]}}\npause_in:", "clocks.resolution.start_in[1]", "Waiting", "one of the two"),
    _m("status-contradiction", "slas.yaml", "pause_in:", "cancel_in: [duplicate]\nclocks: {first_response: {pause_in: [duplicate]}}\npause_in:", "clocks.first_response.pause_in[0]", "duplicate", "one of the two"),
    _m("start-without-status", "slas.yaml", "pause_in:", "clocks: {first_response: {start: status}}\npause_in:", "clocks.first_response.start", "start: status", "add `start_in:`"),
    _m("start-status-unread", "slas.yaml", "pause_in:", "clocks: {first_response: {start_in: [open]}}\npause_in:", "clocks.first_response.start_in", "open", "set `start: status`"),
    _m("continue-within-unread", "slas.yaml", "pause_in:", "on_reopen: reset\ncontinue_within: 60\npause_in:", "continue_within", "60", "remove `continue_within`"),
    # notifications
    _m("bad-clock", "notifications.yaml", "rules:", "digest: {at: '8:00'}\nrules:", "digest.at", "8:00", "HH:MM"),
    _m("bad-digest", "notifications.yaml", "rules:", "digest: {at: '08:00', every_minutes: 60}\nrules:", "digest", "digest", "one of the two"),
    _m("bad-quiet-hours", "notifications.yaml", "rules:", "quiet_hours: [{hours: '20-7'}]\nrules:", "quiet_hours[0].hours", "20-7", "HH:MM-HH:MM"),
    _m("bad-slack-id", "people.yaml", "email: carla", "slack: '@carla', email: carla", "people[0].slack", "@carla", "profile"),
    _m("duplicate-channel", "notifications.yaml", "rules:", "channels: [{id: mail, kind: slack, target: C1}]\nrules:", "channels[0].id", "id: mail", "its own id"),
    _m("unknown-channel", "notifications.yaml", "to: [requester]", "to: [requester]\n    channel: mial", "rules[1].channel", "mial", "did you mean 'mail'?"),
    _m("unknown-channel", "notifications.yaml", "to: [requester]", "to: [requester]\n    fallback: [{channel: slak}]", "rules[1].fallback[0].channel", "slak", "mail"),
    _m("channel-without-target", "notifications.yaml", "rules:", "channels: [{id: ops, kind: teams}]\nrules:", "channels[0].id", "ops", "target"),
    _m("requester-on-channel", "notifications.yaml", "    to: [requester]", "    to: [requester]\n    channel: ops\nchannels: [{id: ops, kind: slack}]", "rules[1].to[0]", "requester", "a rule of their own"),
    _m("fallback-circle", "notifications.yaml", "to: [requester]", "to: [owner]\n    fallback: [{channel: mail}]", "rules[1].fallback[0].channel", "channel: mail", "another channel"),
    _m("unknown-recipient", "notifications.yaml", "to: [requester]", "to: [owner]\n    fallback: [{channel: mail, to: [team_leed]}]", "rules[1].fallback[0].to[0]", "team_leed", "did you mean 'team_lead'?"),
    _m("acknowledge-without-fallback", "notifications.yaml", "to: [requester]", "to: [owner]\n    acknowledge_within: 15", "rules[1].acknowledge_within", "15", "fallback"),
    _m("digest-and-urgent", "notifications.yaml", "to: [requester]", "to: [owner]\n    digest: true\n    urgent: true", "rules[1].digest", "digest", "remove"),
    _m("quiet-forever", "notifications.yaml", "rules:", "quiet_hours: [{days: [mon, tue, wed, thu, fri, sat, sun]}]\nrules:", "quiet_hours[0]", "days", "leave some hours"),
    _m("quiet-without-hours", "notifications.yaml", "rules:", "quiet_hours: [{who: [technicians]}]\nrules:", "quiet_hours[0]", "technicians", "hours"),
    _m("quiet-unknown", "notifications.yaml", "rules:", "quiet_hours: [{who: [tecnicians], hours: '20:00-07:00'}]\nrules:", "quiet_hours[0].who[0]", "tecnicians", "did you mean 'technicians'?"),
    _m("unknown-zone", "notifications.yaml", "rules:", "quiet_hours: [{zone: Europe/Berln, hours: '20:00-07:00'}]\nrules:", "quiet_hours[0].zone", "Berln", "Europe/Berlin"),
    _m("unknown-zone", "people.yaml", "email: carla", "zone: Qqqq, email: carla", "people[0].zone", "Qqqq", "IANA"),
    _m("unknown-role", "notifications.yaml", "rules:", "budget_of: {security-oficer: {messages: 3}}\nrules:", "budget_of.security-oficer", "oficer", "'security-officer'"),
    _m("unknown-priority", "notifications.yaml", "rules:", "critical_priorities: [higgh]\nrules:", "critical_priorities[0]", "higgh", "did you mean 'high'?"),
    _m("template-variable", "notifications.yaml", "to: [team_lead", "subject: 'P {{ priorty }}'\n    to: [team_lead", "rules[0].subject", "priorty", "did you mean 'priority'?"),
    _m("template-variable", "notifications.yaml", "to: [requester]", "text: '{{ details }}'\n    to: [requester]", "rules[1].text", "details", "the requester reads this rule"),
    _m("template-flaw", "notifications.yaml", "to: [team_lead", "text: '{% if title %}'\n    to: [team_lead", "rules[0].text", "if title", "notifications"),
    _m("template-flaw", "notifications.yaml", "to: [team_lead", "text: '{{ title.upper() }}'\n    to: [team_lead", "rules[0].text", "upper", "notifications"),
    _m("slack-id-twice", "people.yaml", "email: carla@example.com}", "email: carla@example.com, slack: U0AAA}\n  - {id: dora, name: Dora, email: dora@example.com, slack: U0AAA}", "people[1].slack", "dora", "their own member id"),
    # signatures
    _m("approver-left", "people.yaml", "email: carla@example.com}", "email: carla@example.com, left: 2026-10-01}", "roles.security-officer[0]", "carla", "take them out"),
    _m("quorum-without-leavers", "technicians.yaml", "email: bob@example.com", "left: 2026-10-01\n    email: bob@example.com", "rules[0].quorum", "quorum: 2", "lower the quorum", "approvals.yaml"),
    _m("one-address-two-signatures", "people.yaml", "carla@example.com", "BOB@example.com", "rules[0].approvers", "security-officer", "keep one", "approvals.yaml"),
    _m("unknown-alternates", "approvals.yaml", "quorum: 2", "alternates: officers\n    alternate_after: 60\n    quorum: 2", "rules[0].alternates", "officers", "use one of: security-officer"),
    _m("alternates-missing", "approvals.yaml", "quorum: 2", "alternate_after: 60\n    quorum: 2", "rules[0].alternate_after", "60", "add `alternates:`"),
    _m("alternates-missing", "approvals.yaml", "quorum: 2", "alternates: security-officer\n    quorum: 2", "rules[0].alternates", "alternates", "alternate_after"),
    _m("alternates-same-people", "approvals.yaml", "quorum: 2", "alternates: security-officer\n    alternate_after: 60\n    quorum: 2", "rules[0].alternates", "alternates", "other people"),
    _m("approval-times-out-of-order", "approvals.yaml", "quorum: 2", "remind_after: 480\n    quorum: 2", "rules[0].remind_after", "480", "remind first"),
    _m("unknown-parameter", "approvals.yaml", "quorum: 2", "parameters: [devise]\n    quorum: 2", "rules[0].parameters[0]", "devise", "did you mean 'device'?"),
    _m("unknown-fact", "approvals.yaml", "quorum: 2", "facts: {devise: [laptop]}\n    quorum: 2", "rules[0].facts.devise", "devise", "did you mean 'device'?"),
    _m("nobody-is-told", "approvals.yaml", "quorum: 2", "remind_after: 60\n    quorum: 2", "rules[0].remind_after", "60", "approval_reminder"),
    _m("unknown-delegate", "people.yaml", "roles:", "delegations:\n  - {from: carla, to: bobb, first: 2026-10-01, last: 2026-10-02, reason: x}\nroles:", "delegations[0].to", "bobb", "did you mean 'bob'?"),
    _m("delegation-to-oneself", "people.yaml", "roles:", "delegations:\n  - {from: carla, to: carla, first: 2026-10-01, last: 2026-10-02, reason: x}\nroles:", "delegations[0].to", "carla", "somebody else"),
    _m("delegation-backwards", "people.yaml", "roles:", "delegations:\n  - {from: carla, to: bob, first: 2026-10-02, last: 2026-10-01, reason: x}\nroles:", "delegations[0].last", "2026-10-01", "swap"),
    _m("delegation-circle", "people.yaml", "roles:", "delegations:\n  - {from: carla, to: bob, first: 2026-10-01, last: 2026-10-09, reason: x}\n  - {from: bob, to: ada, first: 2026-10-05, last: 2026-10-06, reason: x}\n  - {from: ada, to: carla, first: 2026-10-06, last: 2026-10-08, reason: x}\nroles:", "delegations[2].to", "ada", "end the circle"),
    _m("delegation-of-nothing", "people.yaml", "roles:", "delegations:\n  - {from: ada, to: bob, first: 2026-10-01, last: 2026-10-02, reason: x}\nroles:", "delegations[0].from", "ada", "name the approver"),
    _m("unknown-approval-rule", "people.yaml", "roles:", "delegations:\n  - {from: carla, to: ada, first: 2026-10-01, last: 2026-10-02, only: [any-vpm], reason: x}\nroles:", "delegations[0].only[0]", "any-vpm", "did you mean 'any-vpn'?"),
    # learning
    _m("learning-twice", "learning.yaml", "[escalation, sla_breach]", "[escalation, escalation]", "targets[1]", "[escalation, escalation]", "remove one"),
    _m("unknown-feature", "learning.yaml", "[hour]", "[hours]", "leave_out[0]", "[hours]", "did you mean 'hour'?"),
    _m("feature-left-out-and-required", "learning.yaml", "require: []", "require: [hour]", "require[0]", "[hour]", "one of the two lists"),
    # outbreaks
    _m("outbreak-nobody-told", "notifications.yaml", "outbreak_proposed", "handed_to_lead", "", "least_requesters", "add a rule", "outbreaks.yaml"),
    _m("outbreak-lines-crossed", "outbreaks.yaml", "past: 4", "past: 2", "requesters_without_past", "past: 2", "at least 3"),
    _m("outbreak-window-twice", "outbreaks.yaml", "[15, 60]", "[15, 15]", "windows[1]", "[15, 15]", "remove one"),
    # the escalation matrix
    _m("level-twice", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: resolution, at_percent: 50, set: {tags: [x]}}\n  - {id: a, clock: resolution, at_percent: 60, set: {tags: [x]}}\n", "levels[1].id", "id: a", "id of its own"),
    _m("level-changes-nothing", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: resolution, at_percent: 50}\n", "levels[0].id", "id: a", "escalate: true"),
    _m("level-never-due", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: next_response, at_percent: 50, set: {tags: [x]}}\n", "levels[0].clock", "next_response", "another clock"),
    _m("level-out-of-order", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: resolution, at_percent: 50, set: {tags: [x]}}\n  - {id: b, clock: resolution, at_percent: 40, set: {tags: [x]}}\n", "levels[1].id", "id: b", "list it before 'a'"),
    _m("levels-contradict", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: resolution, at_percent: 50, set: {priority: high}}\n  - {id: b, clock: resolution, at_percent: 50, set: {priority: normal}}\n", "levels[1].id", "id: b", "another moment"),
    _m("level-lowers", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, when: {tier: [L2]}, clock: resolution, at_percent: 50, set: {tier: L1}}\n", "levels[0].set.tier", "tier: L1", "never lowered"),
    _m("level-lowers", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, when: {priority: [high]}, clock: resolution, at_percent: 50, set: {priority: normal}}\n", "levels[0].set.priority", "priority: normal", "never lowered"),
    _m("level-owner-elsewhere", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: resolution, at_percent: 50, set: {owner: bob, team: desk}}\n", "levels[0].set.owner", "owner: bob", "somebody of it"),
    _m("unknown-owner", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: resolution, at_percent: 50, set: {owner: bop}}\n", "levels[0].set.owner", "owner: bop", "did you mean 'bob'?"),
    _m("unknown-target", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: resolution, at_percent: 50, set: {sla_target: hihg}}\n", "levels[0].set.sla_target", "hihg", "did you mean 'high'?"),
    _m("unknown-team", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: resolution, at_percent: 50, set: {team: netwrok}}\n", "levels[0].set.team", "netwrok", "did you mean 'network'?"),
    _m("unknown-priority", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: resolution, at_percent: 50, set: {priority: hihg}}\n", "levels[0].set.priority", "hihg", "did you mean 'high'?"),
    _m("tier-above-the-top", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: resolution, at_percent: 50, set: {tier: L3}}\n", "levels[0].set.tier", "tier: L3", "use one of: L1, L2"),
    _m("level-moment", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, clock: resolution, set: {tags: [x]}}\n", "levels[0]", "id: a", "at_percent"),
    _m("level-moment", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, at_percent: 50, set: {tags: [x]}}\n", "levels[0]", "id: a", "name the clock"),
    _m("rule-unknown-name", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels:\n  - {id: a, when: {if: prio == 'x'}, clock: resolution, at_percent: 5, set: {tags: [x]}}\n", "levels[0].when.if", "prio", "priority"),
    _m("rearm-above-the-line", "escalation.yaml", "cooldown: 120", "cooldown: 120\nrearm_below: 70", "rearm_below", "70", "lower it"),
    _m("cooldown-too-short", "escalation.yaml", "cooldown: 120", "cooldown: 120\nde_escalate: {after_minutes: 200}", "cooldown", "120", "at least as long"),
    _m("unknown-target", "escalation.yaml", "priority: high", "sla_target: gold", "rules[0].sla_target", "gold", "one of"),
    # forms
    _m("field-nobody-has", "forms.yaml", "never_wait_for: [high]", "ask_at_most: 0\nnever_wait_for: [high]", "forms[1].fields[0].id", "account", "required: false"),
    _m("field-nobody-has", "forms.yaml", "never_wait_for: [high]", "never_wait_for: [high, normal]", "forms[1].fields[0].id", "account", "required: false"),
    _m("field-never-wanted", "forms.yaml", "question: Where are you?", "question: Where are you?\n        when: {category: [password]}", "forms[0].fields[1].when", "password", "widen"),
    _m("depends-on-unknown", "forms.yaml", "question: Where are you?", "question: Where are you?\n        depends_on: {devise: []}", "forms[0].fields[1].depends_on.devise", "devise", "did you mean 'device'?"),
    _m("depends-on-itself", "forms.yaml", "question: Where are you?", "question: Where are you?\n        depends_on: {place: []}", "forms[0].fields[1].depends_on", "place", "depend on nothing"),
    _m("depends-on-impossible", "forms.yaml", "        patterns: ['\\bPC-\\d+\\b']\n        words: {laptop: [laptop, notebook]}\n      - id: place\n        label: Place", "        words: {laptop: [laptop, notebook]}\n      - id: place\n        depends_on: {device: [labtop]}\n        label: Place", "forms[0].fields[1].depends_on.device[0]", "labtop", "did you mean 'laptop'?"),
    _m("words-for-no-choice", "forms.yaml", "question: Where are you?", "question: Where are you?\n        choices: [home, office]\n        words: {hom: [at home]}", "forms[0].fields[1].words.hom", "hom", "did you mean 'home'?"),
    _m("choice-twice", "forms.yaml", "question: Where are you?", "question: Where are you?\n        choices: [home, Home]", "forms[0].fields[1].choices[1]", "Home", "remove one"),
    _m("choice-not-valid", "forms.yaml", "question: Where are you?", "question: Where are you?\n        kind: number\n        choices: [many]", "forms[0].fields[1].choices[0]", "many", "change the choice"),
    _m("bad-pattern", "forms.yaml", "question: Where are you?", "question: Where are you?\n        valid: '(a'", "forms[0].fields[1].valid", "(a", "RE2"),
    _m("unknown-form-calendar", "forms.yaml", "never_wait_for: [high]", "calendar: offise\nnever_wait_for: [high]", "calendar", "offise", "did you mean 'office'?"),
    _m("unknown-variable", "forms.yaml", "question: Where are you?", "question: 'Where are you with {{ ticket.subjekt }}?'", "forms[0].fields[1].question", "subjekt", "did you mean 'ticket.subject'?"),
    _m("broken-braces", "forms.yaml", "question: Where are you?", "question: 'Where are you {% if x %}?'", "forms[0].fields[1].question", "if x", "nothing else in braces"),
    _m("test-failed", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels: [{id: half, clock: resolution, at_percent: 50, set: {tags: [x]}}]\ntests: [{name: fresh, expect: usual, levels: half}]", "tests[0].levels", "fresh", "mend the rule"),
    _m("test-expects-nobody", "escalation.yaml", "cooldown: 120", "cooldown: 120\nlevels: [{id: half, clock: resolution, at_percent: 50, set: {tags: [x]}}]\ntests: [{name: fresh, expect: usual, levels: [hafl]}]", "tests[0].levels", "hafl", "did you mean 'half'?"),
    # playbooks
    _m("unknown-step", "playbooks/vpn-outage.yaml", "text: Restart it.", "text: Restart it., needs: [pin]", "steps[1].needs[0]", "pin", "did you mean 'ping'?"),
    _m("step-circle", "playbooks/vpn-outage.yaml", "{id: ping, text: Ping the gateway.}", "{id: ping, text: Ping the gateway., needs: [ping]}", "steps[0].needs", "ping", "take one"),
    _m("unknown-field", "playbooks/vpn-outage.yaml", "steps:", "facts: [devise]\nsteps:", "facts[0]", "devise", "did you mean 'device'?"),
    _m("unknown-field", "playbooks/vpn-outage.yaml", "text: Restart it.", "text: Restart it., done_when: {facts: [plase]}", "steps[1].done_when.facts[0]", "plase", "did you mean 'place'?"),
    _m("unknown-step-approval", "playbooks/vpn-outage.yaml", "steps:", "approvals: [any-vpm]\nsteps:", "approvals[0]", "any-vpm", "did you mean 'any-vpn'?"),
    _m("approval-without-step", "playbooks/vpn-outage.yaml", "steps:", "approvals: [any-vpn]\nsteps:", "approvals[0]", "any-vpn", "done_when"),
    _m("unknown-step-notification", "playbooks/vpn-outage.yaml", "steps:", "notify: [lead]\nsteps:", "notify[0]", "lead", "add the notification"),
    _m("unknown-doer", "playbooks/vpn-outage.yaml", "text: Restart it.", "text: Restart it., who: netwrok", "steps[1].who", "netwrok", "did you mean 'network'?"),
    _m("playbook-unreachable", "playbooks/vpn-outage.yaml", "when: {category: [vpn]}\n", "", "id", "id: vpn-outage", "similar_to"),
    _m("step-never-done", "playbooks/vpn-outage.yaml", "text: Restart it.", "text: Restart it., done_when: {}", "steps[1].done_when", "done_when", "name facts"),
    # who has left
    _m("lead-left", "technicians.yaml", "team: network\n", "team: network\n    left: 2026-10-01\n", "teams[1].lead", "lead: bob", "leads it instead", "teams.yaml"),
    _m("lead-left", "technicians.yaml", "team: network\n", "team: network\n    left: 2026-10-01\n", "tiers[1].lead", "lead: bob", "leads it instead", "tiers.yaml"),
    _m("delegate-left", "people.yaml", "  - {id: carla, name: Carla, email: carla@example.com}\n", "  - {id: carla, name: Carla, email: carla@example.com}\n  - {id: dora, name: Dora, email: dora@example.com, left: 2026-10-02}\ndelegations:\n  - {from: carla, to: dora, first: 2026-10-01, last: 2026-10-02, reason: x}\n", "delegations[0].to", "to: dora", "somebody who is there"),
)  # fmt: skip
"""Mistakes that a change of text makes; the others are in `test_check.py`."""
