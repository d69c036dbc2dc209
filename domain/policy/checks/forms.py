"""Forms whose questions somebody can answer: fields that depend on something there, values that can be given."""

from __future__ import annotations

from collections.abc import Iterator

from domain.asking import PLACE, VARIABLES
from domain.errors import BadInput
from domain.gathering import COLUMN_FIELDS
from domain.policy.checks.issue import Check, Issue, Path, check, did_you_mean, one_of, unknown
from domain.policy.checks.references import priorities
from domain.policy.checks.rules import can_meet
from domain.policy.forms import Form, FormField
from domain.policy.policy import Policy
from domain.text.patterns import compile_pattern
from domain.text.validity import why_not

CODES = {
    "field-nobody-has": "a required field can neither be found nor asked for, so nobody ever has it",
    "field-never-wanted": "the condition of a field can never hold together with that of its form",
    "depends-on-unknown": "a field depends on one that its form does not have",
    "depends-on-itself": "fields depend on each other in a circle",
    "depends-on-impossible": "a field depends on a value that the other field cannot have",
    "words-for-no-choice": "a field has words for a value that is not among its choices",
    "choice-twice": "a field names the same choice twice",
    "choice-not-valid": "a choice of a field is not valid by the field's own rule",
    "unknown-form-calendar": "the calendar of forms.yaml is not in calendars.yaml",
    "unknown-variable": "a question names something in braces that no ticket has",
    "broken-braces": "a question opens or closes braces that do not belong together",
}


def _fields(policy: Policy) -> Iterator[tuple[Path, Form, FormField]]:
    for place, form in enumerate(policy.forms.forms):
        for index, field in enumerate(form.fields):
            yield ("forms", place, "fields", index), form, field


def _nobody_has(policy: Policy) -> Iterator[Issue]:
    never = {name.casefold() for name in policy.forms.never_wait_for}
    for path, form, field in _fields(policy):
        findable = bool(field.patterns or field.words or field.choices) or field.id in COLUMN_FIELDS
        if findable or not field.required:
            continue
        asked_of = [name.casefold() for name in (field.when.priority or form.when.priority or priorities(policy))]
        if policy.forms.ask_at_most == 0:
            why = "no question is ever sent (ask_at_most is 0)"
        elif asked_of and never.issuperset(asked_of):
            why = "its tickets are never held up by a question (never_wait_for)"
        else:
            continue
        yield Issue(
            "field-nobody-has", "forms.yaml", (*path, "id"),
            f"{field.id!r} has no patterns, words or choices to be found by, and {why}",
            "add patterns or words, let it be asked for, or set `required: false`",
        )  # fmt: skip


def _never_wanted(policy: Policy) -> Iterator[Issue]:
    for path, form, field in _fields(policy):
        if not can_meet(form.when, field.when):
            yield Issue(
                "field-never-wanted", "forms.yaml", (*path, "when"),
                f"no ticket of form {form.id!r} meets the condition of {field.id!r}",
                "widen one of the two conditions, or remove the field",
            )  # fmt: skip


def _dependences(policy: Policy) -> Iterator[Issue]:
    for path, form, field in _fields(policy):
        siblings = {one.id: one for one in form.fields}
        for name, values in field.depends_on.items():
            at = (*path, "depends_on", name)
            if name not in siblings:
                issue = unknown("depends-on-unknown", "forms.yaml", at, f"field of form {form.id!r}", name, siblings)
                yield Issue(issue.code, issue.file, issue.path, issue.problem, issue.mend, at_key=True)
                continue
            other = siblings[name]
            closed = [*other.choices] or ([*other.words] if not other.patterns and other.words else [])
            for index, value in enumerate(values):
                if closed and value.casefold() not in {one.casefold() for one in closed}:
                    yield Issue(
                        "depends-on-impossible", "forms.yaml", (*at, index), f"{name!r} is never {value!r}",
                        did_you_mean(value, closed, one_of(closed)),
                    )  # fmt: skip


def _circles(policy: Policy) -> Iterator[Issue]:
    for place, form in enumerate(policy.forms.forms):
        needs = {one.id: set(one.depends_on) for one in form.fields}
        free: set[str] = set()
        while more := {name for name, others in needs.items() if others & needs.keys() <= free} - free:
            free |= more
        for index, field in enumerate(form.fields):
            if field.id not in free:
                yield Issue(
                    "depends-on-itself", "forms.yaml", ("forms", place, "fields", index, "depends_on"),
                    f"{field.id!r} depends, over others or at once, on itself, so it never matters",
                    "let one of the fields depend on nothing",
                )  # fmt: skip
                break


def _choices(policy: Policy) -> Iterator[Issue]:
    for path, _, field in _fields(policy):
        if not field.choices:
            continue
        for value in field.words:
            if value not in field.choices:
                yield Issue(
                    "words-for-no-choice", "forms.yaml", (*path, "words", value), f"{value!r} is no choice",
                    did_you_mean(value, field.choices, one_of(field.choices)), at_key=True,
                )  # fmt: skip
        seen: set[str] = set()
        for index, choice in enumerate(field.choices):
            if choice.casefold() in seen:
                yield Issue(
                    "choice-twice", "forms.yaml", (*path, "choices", index), f"{choice!r} is a choice already",
                    "remove one of the two",
                )  # fmt: skip
            seen.add(choice.casefold())
            if _readable(field) and (why := why_not(field, choice)) is not None:
                yield Issue(
                    "choice-not-valid", "forms.yaml", (*path, "choices", index), f"{choice!r} {why}",
                    "change the choice, or `kind` and `valid` of the field",
                )  # fmt: skip


def _valid_patterns(policy: Policy) -> Iterator[Issue]:
    for path, _, field in _fields(policy):
        if field.valid is not None:
            try:
                compile_pattern(field.valid)
            except BadInput as error:
                yield Issue("bad-pattern", "forms.yaml", (*path, "valid"), error.message, error.mend)


def _readable(field: FormField) -> bool:
    try:
        return field.valid is None or compile_pattern(field.valid) is not None
    except BadInput:
        return False


def _calendar(policy: Policy) -> Iterator[Issue]:
    name = policy.forms.calendar
    if name is not None and name not in policy.calendar_by_id:
        yield unknown("unknown-form-calendar", "forms.yaml", ("calendar",), "calendar", name, policy.calendar_by_id)


def _questions(policy: Policy) -> Iterator[Issue]:
    for path, _, field in _fields(policy):
        for found in PLACE.finditer(field.question):
            if found.group(1) not in VARIABLES:
                yield Issue(
                    "unknown-variable", "forms.yaml", (*path, "question"),
                    f"there is no {{{{ {found.group(1)} }}}} in a question",
                    did_you_mean(found.group(1), VARIABLES, one_of(VARIABLES)),
                )  # fmt: skip
        rest = PLACE.sub("", field.question)
        if "{{" in rest or "}}" in rest or "{%" in rest:
            yield Issue(
                "broken-braces", "forms.yaml", (*path, "question"), "the braces of the question do not belong together",
                "write {{ ticket.subject }} and its like, and nothing else in braces",
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    check(_nobody_has, "forms", "slas"),
    check(_never_wanted, "forms"),
    check(_dependences, "forms"),
    check(_circles, "forms"),
    check(_choices, "forms"),
    check(_valid_patterns, "forms"),
    check(_calendar, "forms", "calendars"),
    check(_questions, "forms"),
)
