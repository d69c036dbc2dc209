"""docs/reference/rules.md, rendered from the names and limits of expressions, so that it cannot drift from them."""

from __future__ import annotations

from domain.rules.context import LONGEST_LIST, LONGEST_TEXT, VARIABLES
from domain.rules.dialect import DEEPEST, LONGEST, MACROS
from domain.rules.mending import FUNCTIONS

_KINDS = {
    "text": "text", "number": "whole number", "yes_no": "true or false", "texts": "list of texts", "moment": "moment",
}  # fmt: skip

_PAGE = """\
# Expressions in rules

<!-- Rendered by `adapters/policy_folder/rules_page.py` from the code; a test compares. Change the code instead. -->

Every condition (`when`) of a policy can carry an `if`: an expression in [CEL](https://cel.dev) that must hold besides
the condition's other lines.

```yaml
- id: vip-runs-late
  when:
    category: [vpn, network]
    if: requester.vip && sla.resolution.used_percent >= 60 && !sla.resolution.breached
  to_tier: L2
```

`tierwise policy check DIR` compiles every expression, checks its types and names each mistake with line and column in
the YAML file, however the text is written there. Categories, priorities, tiers, teams and technicians that an
expression compares with must be in the policy.

## What an expression can ask about

Every name always has a value: what is not known is an empty text, 0 or false. Comparing respects case;
`ticket.text.matches('(?i)vpn')` does not. A name costs something only where it is used.

| name | value | meaning |
|---|---|---|
{variables}

## Operators and functions

`==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `&&`, `||`, `!`, `? :`, arithmetic on numbers, and {functions}.
`{macros}` ask about the entries of a list: `ticket.tags.exists(tag, tag.startsWith('vip'))`. Times:
`now.getHours('Europe/Berlin') >= 18`, `now - timestamp('2026-01-01T00:00:00Z') > duration('48h')`.

## Limits

An expression has at most {longest} characters and {deepest} brackets within one another. A macro does not stand
within a macro; lists have at most {list} entries; a text of a ticket is seen up to {text} characters (of a longer one
the first and the last half as many). Texts and lists cannot be joined, and `map`, `filter`, `has` and `dyn` are left
out, so no value grows. Patterns are RE2, which runs in linear time, and must be one fixed text. CEL's own interpreter
stops at 10,000 iterations. Together they bound every evaluation by the length of the expression and of what it is
given.

## When an expression fails

A well-formed expression can still fail on a ticket (a division by zero, `ticket.tags[0]` of a ticket without tags).
That never holds a ticket up:

| the rule is in | it then counts as |
|---|---|
| approvals.yaml | holding: the approval is asked for. Signing once too often does no harm |
| escalation.yaml, forms.yaml, notifications.yaml, playbooks | not holding: the next rule speaks |

Each failure is on the decision (`rule_failures` of `GET /v1/tickets/{{id}}`), in the log (`rule failed`) and, for the
newest decisions, in `tierwise doctor`.

## Examples that test the rules

escalation.yaml, forms.yaml, approvals.yaml, notifications.yaml and playbooks can hold `tests`: small tickets, and what
the rules of that file must make of them. `tierwise policy check` runs them once nothing else is wrong. A failing one
names what spoke instead.

```yaml
tests:
  - name: a VIP who cannot work goes to the specialists
    ticket: {{priority: high, category: vpn, requester: {{vip: true}}}}
    risk: 70
    expect: desk-to-specialists       # an id, a list of ids, or none
    sets: {{to_tier: L2, priority: high}}
```
"""


def render_rules_reference() -> str:
    """The whole page as Markdown."""
    rows = (f"| `{name}` | {_KINDS[one.kind]} | {one.meaning} |" for name, one in VARIABLES.items())
    functions = ", ".join(f"`{name}`" for name in FUNCTIONS if name not in MACROS)
    return _PAGE.format(
        variables="\n".join(rows), functions=functions, macros="`, `".join(MACROS), longest=f"{LONGEST:,}",
        deepest=DEEPEST, list=LONGEST_LIST, text=f"{LONGEST_TEXT:,}",
    )  # fmt: skip
