"""What hand-overs have taught about the forms of the policy in force."""

from __future__ import annotations

from adapters.policy_folder import load_policy
from adapters.storage.history import SqlHistory
from app.bootstrap import open_records, policy_folder
from app.data_dir import DataDir
from app.settings import Settings
from domain.asked_back import LearnedField, learn_fields
from domain.base import Record
from domain.policy.forms import FormField
from domain.policy.policy import Policy


class LearnedCategory(Record):
    """One category: its hand-overs, and the fields that were asked back for."""

    category: str
    handovers: int
    fields: tuple[LearnedField, ...]
    asked: tuple[str, ...]
    """Fields that are asked for beforehand because of this: not required, and worth asking."""


class LearnedReport(Record):
    """What was learned; `mode` is the policy's `learn`."""

    mode: str
    categories: tuple[LearnedCategory, ...]


async def learned_fields(settings: Settings) -> LearnedReport:
    """For every category of the policy with a hand-over, what was asked back for until now.

    Raises `BadPolicy`, `Misconfigured`, `DiskFull`.
    """
    policy = load_policy(policy_folder(settings, DataDir(settings.data_dir)))
    with open_records(settings) as (store, clock, tenant):
        history, at = SqlHistory(store.engine), clock.now()
        found = []
        for category in policy.categories.categories:
            fields = fields_of(policy, category.id)
            # The helpdesk may call it by any of its names; each ticket has one of them.
            names = dict.fromkeys(name.lower() for name in (category.id, category.name, *category.aliases))
            seen = [await history.asked_back(tenant, name, at) for name in names]
            whole = seen[0].model_copy(
                update={
                    "category": category.id, "handovers": sum(one.handovers for one in seen),
                    "questions": tuple(pair for one in seen for pair in one.questions),
                }
            )  # fmt: skip
            if whole.handovers:
                taught = learn_fields(fields, whole)
                optional = {one.id for one in fields if not one.required}
                asked = tuple(one.field for one in taught if one.worth_asking and one.field in optional)
                found.append(
                    LearnedCategory(category=category.id, handovers=whole.handovers, fields=taught, asked=asked)
                )
        return LearnedReport(mode=policy.forms.learn, categories=tuple(found))


def fields_of(policy: Policy, category: str) -> tuple[FormField, ...]:
    """The fields of every form that tickets of the category can meet, each once."""
    wanted: dict[str, FormField] = {}
    for form in policy.forms.forms:
        if not form.when.category or category in form.when.category:
            for field in form.fields:
                wanted.setdefault(field.id, field)
    return tuple(wanted.values())


def render(report: LearnedReport) -> str:
    """The report for people."""
    if not report.categories:
        return "no hand-over is known yet: import a history, or let tickets go up"
    lines = []
    for one in report.categories:
        lines.append(f"{one.category}: {one.handovers} hand-overs")
        for field in one.fields:
            use = _use(field, one, report.mode)
            lines.append(f"  {field.field}: asked back in {field.cases} of {field.handovers}; {use}")
        if not one.fields:
            lines.append("  nothing was asked back for")
    return "\n".join(lines)


def _use(field: LearnedField, category: LearnedCategory, mode: str) -> str:
    if not field.worth_asking:
        return "too seldom to be worth a question"
    if field.field not in category.asked:
        return "required already"
    return {"apply": "asked beforehand", "suggest": "noted in the handoff", "off": "not used (learn: off)"}[mode]
