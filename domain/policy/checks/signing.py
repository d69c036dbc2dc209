"""Approvals that can be decided: by people who are there, in an order of time that works, without circles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from domain.delegation import circles, written
from domain.policy.checks.issue import Check, Issue, check, unknown
from domain.policy.checks.references import is_zone
from domain.policy.policy import Policy
from domain.policy.signing import ApprovalRule

CODES = {
    "approver-left": "somebody who has left still holds a role that decides",
    "quorum-without-leavers": "fewer people than the quorum are left to decide",
    "unknown-alternates": "the role of the alternates is not in people.yaml",
    "alternates-missing": "a time for alternates without a role that is asked then, or the other way round",
    "alternates-same-people": "the alternates are no other people than the approvers",
    "approval-times-out-of-order": "reminder, alternates and expiry do not follow each other",
    "unknown-parameter": "what is signed names a field that no form has",
    "unknown-fact": "an approval rule asks for a fact that no form has, or for a value that it cannot take",
    "nobody-is-told": "an approval rule reminds or asks alternates, and no notification rule tells them",
    "one-address-two-signatures": "two people of a quorum have the same e-mail address",
    "unknown-delegate": "a delegation names somebody who is neither a person nor a technician",
    "delegation-to-oneself": "somebody delegates to themselves",
    "delegation-backwards": "a delegation ends before it starts",
    "delegation-circle": "delegations run in a circle",
    "delegation-of-nothing": "somebody delegates decisions who has none to make",
    "unknown-approval-rule": "a delegation is limited to an approval rule that is not there",
}

RESERVED = ("request", "rule")
"""Parameters of an action that are not fields of forms."""


def _roles(rule: ApprovalRule) -> Iterator[tuple[str, str]]:
    yield "approvers", rule.approvers
    if rule.alternates is not None:
        yield "alternates", rule.alternates


def _leavers(policy: Policy) -> Iterator[Issue]:
    deciding = {role for rule in policy.approvals.rules for _, role in _roles(rule)}
    for role, holders in policy.people.roles.items():
        for place, name in enumerate(holders):
            person = policy.somebody.get(name)
            if person is not None and person.left is not None and role in deciding:
                yield Issue(
                    "approver-left", "people.yaml", ("roles", role, place),
                    f"{name!r} is gone from {person.left.isoformat()} on and still holds {role!r}, which decides",
                    "take them out of the role, and name who decides instead",
                )  # fmt: skip
    for place, rule in enumerate(policy.approvals.rules):
        names = dict.fromkeys(policy.people.roles.get(rule.approvers, ()))
        known = [policy.somebody[name] for name in names if name in policy.somebody]
        left = [person.id for person in known if person.left is None]
        if len(left) < rule.quorum <= len(known):
            yield Issue(
                "quorum-without-leavers", "approvals.yaml", ("rules", place, "quorum" if rule.quorum > 1 else "id"),
                f"{rule.quorum} must agree and of the holders of {rule.approvers!r} {len(left)} are still there",
                "name somebody else in the role, or lower the quorum",
            )  # fmt: skip
        mails = [person.email.casefold() for person in known]
        if rule.quorum > 1 and len(set(mails)) < len(mails):
            twice = next(mail for mail in mails if mails.count(mail) > 1)
            yield Issue(
                "one-address-two-signatures", "approvals.yaml", ("rules", place, "approvers"),
                f"two holders of {rule.approvers!r} have the address {twice}: one person could sign twice",
                "keep one of the two entries",
            )  # fmt: skip


def _alternates(policy: Policy) -> Iterator[Issue]:
    for place, rule in enumerate(policy.approvals.rules):
        if rule.alternates is None:
            if rule.alternate_after is not None:
                yield Issue(
                    "alternates-missing", "approvals.yaml", ("rules", place, "alternate_after"),
                    "nobody is named who is asked then", "add `alternates:` with a role of people.yaml",
                )  # fmt: skip
            continue
        if rule.alternate_after is None:
            yield Issue(
                "alternates-missing", "approvals.yaml", ("rules", place, "alternates"),
                "no time is given after which they are asked", "add `alternate_after:` in minutes",
            )  # fmt: skip
        if rule.alternates not in policy.people.roles:
            path = ("rules", place, "alternates")
            yield unknown("unknown-alternates", "approvals.yaml", path, "role", rule.alternates, policy.people.roles)
        elif set(policy.people.roles[rule.alternates]) <= set(policy.people.roles.get(rule.approvers, ())):
            yield Issue(
                "alternates-same-people", "approvals.yaml", ("rules", place, "alternates"),
                f"every holder of {rule.alternates!r} is an approver already",
                "name a role with other people, or leave alternates out",
            )  # fmt: skip


def _times(policy: Policy) -> Iterator[Issue]:
    for place, rule in enumerate(policy.approvals.rules):
        named = [("remind_after", rule.remind_after), ("alternate_after", rule.alternate_after)]
        steps = [(name, minutes) for name, minutes in named if minutes is not None]
        steps.append(("decide_within", rule.decide_within))
        for (name, minutes), (following, later) in pairwise(steps):
            if minutes >= later:
                yield Issue(
                    "approval-times-out-of-order", "approvals.yaml", ("rules", place, name),
                    f"{name} {minutes} does not come before {following} {later}",
                    "remind first, then ask the alternates, then expire",
                )  # fmt: skip


def _facts(policy: Policy) -> Iterator[Issue]:
    fields = {field.id: field for form in policy.forms.forms for field in form.fields}
    for place, rule in enumerate(policy.approvals.rules):
        for index, name in enumerate(rule.parameters):
            if name not in fields or name in RESERVED:
                path = ("rules", place, "parameters", index)
                yield unknown("unknown-parameter", "approvals.yaml", path, "field of a form", name, fields)
        for name, values in rule.facts.items():
            if name not in fields:
                issue = unknown(
                    "unknown-fact", "approvals.yaml", ("rules", place, "facts", name), "field of a form", name, fields
                )
                yield Issue(issue.code, issue.file, issue.path, issue.problem, issue.mend, at_key=True)
                continue
            closed = {value.casefold() for value in fields[name].words}
            for index, value in enumerate(values):
                if closed and not fields[name].patterns and value.casefold() not in closed:
                    at = ("rules", place, "facts", name, index)
                    yield unknown("unknown-fact", "approvals.yaml", at, "value", value, fields[name].words)


def _told(policy: Policy) -> Iterator[Issue]:
    heard = {occasion for rule in policy.notifications.rules for occasion in rule.on}
    for place, rule in enumerate(policy.approvals.rules):
        wanted = [("remind_after", rule.remind_after is not None, "approval_reminder")]
        wanted.append(("alternates", rule.alternates is not None, "approval_alternates"))
        for key, given, occasion in wanted:
            if given and occasion not in heard:
                yield Issue(
                    "nobody-is-told", "approvals.yaml", ("rules", place, key),
                    f"no rule of notifications.yaml speaks on {occasion}",
                    f"add a rule with `\"on\": [{occasion}]` and `to: [approvers]`",
                )  # fmt: skip


def _delegations(policy: Policy) -> Iterator[Issue]:
    rules = [rule.id for rule in policy.approvals.rules]
    for place, one in enumerate(policy.people.delegations):
        path = ("delegations", place)
        for key, who in (("from", one.from_), ("to", one.to)):
            if who not in policy.somebody:
                known = policy.somebody
                yield unknown("unknown-delegate", "people.yaml", (*path, key), "person or technician", who, known)
        if one.from_ == one.to:
            yield Issue(
                "delegation-to-oneself", "people.yaml", (*path, "to"), f"{one.to!r} decides for themselves anyway",
                "name somebody else, or remove the delegation",
            )  # fmt: skip
        if one.last < one.first:
            yield Issue(
                "delegation-backwards", "people.yaml", (*path, "last"), "the delegation ends before it starts",
                "swap first and last",
            )  # fmt: skip
        for index, name in enumerate(one.only):
            if name not in rules:
                yield unknown(
                    "unknown-approval-rule", "people.yaml", (*path, "only", index), "approval rule", name, rules
                )


def _of_nothing(policy: Policy) -> Iterator[Issue]:
    deciding = {role for rule in policy.approvals.rules for _, role in _roles(rule)}
    having = {name for role in deciding for name in policy.people.roles.get(role, ())}
    having |= {one.to for one in policy.people.delegations}
    for place, one in enumerate(policy.people.delegations):
        if one.from_ in policy.somebody and one.from_ not in having:
            yield Issue(
                "delegation-of-nothing", "people.yaml", ("delegations", place, "from"),
                f"{one.from_!r} holds no role that an approval asks for", "name the approver, or remove the delegation",
            )  # fmt: skip


def _circles(policy: Policy) -> Iterator[Issue]:
    # Without a zone, which is said elsewhere, days have no start.
    if not is_zone(policy.head.zone):
        return
    places = {one.id: place for place, one in reversed(list(enumerate(written(policy))))}
    for one, people in circles(written(policy)):
        if len(people) > 1:
            yield Issue(
                "delegation-circle", "people.yaml", ("delegations", places[one.id], "to"),
                f"{' → '.join((*people, people[0]))}: in the end nobody decides",
                "end the circle with somebody who decides themselves",
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    check(_leavers, "approvals", "people", "technicians"),
    check(_alternates, "approvals", "people"),
    check(_times, "approvals"),
    check(_facts, "approvals", "forms"),
    check(_told, "approvals", "notifications"),
    check(_delegations, "approvals", "people", "technicians"),
    check(_of_nothing, "approvals", "people", "technicians"),
    check(_circles, "head", "people"),
)
