"""What an expression of a policy costs beside a condition of plain lines, and other CEL libraries beside ours."""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from domain.policy.base import When
from domain.policy.examples import RuleTest
from domain.rules.context import Facts
from domain.rules.dialect import compile_expression
from domain.rules.evaluating import evaluate
from domain.rules.examples import example_opinion, example_ticket

PLAIN = 'priority == "high" && risk >= 60 && "vpn" in tags'
OURS = "ticket.priority == 'high' && risk >= 60 && 'vpn' in ticket.tags"
UNKNOWN = "nobody == 1"


def run(rounds: int = 2000) -> dict[str, float]:
    """Microseconds, medians of single runs; `accepts_unknown_name` is 1 where what is not there compiles."""
    from adapters.policy_folder import load_policy
    from app.bootstrap import DEFAULT_POLICY
    from domain.matching import holds

    policy = load_policy(DEFAULT_POLICY)
    example = RuleTest.model_validate(
        {
            "name": "bench",
            "risk": 70,
            "expect": "none",
            "ticket": {"priority": "high", "tags": ["vpn"], "text": "Down."},
        }
    )
    ticket, opinion = example_ticket(example), example_opinion(example)
    lines, expression = When(priority=("high",), risk_at_least=60), When.model_validate({"if": OURS})
    results = {
        "ours_compile_us": _median(lambda: compile_expression.__wrapped__(OURS), rounds // 10),
        "ours_first_evaluation_us": _median(lambda: evaluate(OURS, Facts(ticket, policy, opinion)), rounds),
        "condition_of_lines_us": _median(lambda: holds(lines, ticket, policy, opinion), rounds),
        "condition_with_expression_us": _median(lambda: holds(expression, ticket, policy, opinion), rounds),
    }
    for name, measure in (("cel_expr_python", _google), ("cel", _rust), ("celpy", _python)):
        if importlib.util.find_spec(name) is not None:
            results |= {f"{name}_{key}": value for key, value in measure(rounds // 10).items()}
    return results


def _median(work: Callable[[], object], rounds: int) -> float:
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return round(median(spent) * 1e6, 1)


def _accepts(compile_: Callable[[str], object]) -> float:
    try:
        compile_(UNKNOWN)
    except (RuntimeError, ValueError):
        return 0
    return 1


GIVEN = {"priority": "high", "risk": 70, "tags": ["vpn", "x"]}


def _google(rounds: int) -> dict[str, float]:
    cel: Any = importlib.import_module("cel_expr_python.cel")  # Any: libraries without types, compared as they come
    kinds = {"priority": cel.Type.STRING, "risk": cel.Type.INT, "tags": cel.Type.List(cel.Type.STRING)}
    environment = cel.NewEnv(variables=kinds)
    program = environment.compile(PLAIN)
    return {
        "compile_us": _median(lambda: environment.compile(PLAIN), rounds),
        "evaluate_us": _median(lambda: program.eval(data=GIVEN).plain_value(), rounds),
        "accepts_unknown_name": _accepts(environment.compile),
    }


def _rust(rounds: int) -> dict[str, float]:
    cel: Any = importlib.import_module("cel")
    program = cel.compile(PLAIN)
    return {
        "compile_us": _median(lambda: cel.compile(PLAIN), rounds),
        "evaluate_us": _median(lambda: program.execute(GIVEN), rounds),
        "accepts_unknown_name": _accepts(cel.compile),
    }


def _python(rounds: int) -> dict[str, float]:
    celpy: Any = importlib.import_module("celpy")
    environment = celpy.Environment()

    def compiled(expression: str) -> Any:
        return environment.program(environment.compile(expression))

    program, given = compiled(PLAIN), {name: celpy.json_to_cel(value) for name, value in GIVEN.items()}
    return {
        "compile_us": _median(lambda: compiled(PLAIN), rounds),
        "evaluate_us": _median(lambda: program.evaluate(given), rounds),
        "accepts_unknown_name": _accepts(compiled),
    }
