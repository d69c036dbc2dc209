"""`tierwise eval sla`: the SLA conformance suite, for Tierwise or for the answers of another product."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import JsonValue

from domain.asof import as_of
from domain.base import Record
from domain.errors import BadInput
from domain.sla.clocks import SlaClock, sla_clocks
from domain.sla.ledger import LedgerRow, ledger
from evals.predictions import check_ending, open_text, write_rows
from evals.sla.agreement import Agreement, compare
from evals.sla.cases import Case, Question, policy_of, read_cases, ticket_of

OWN = Path(__file__).parent
"""The suite that comes with Tierwise."""
_ASKED = (
    "promised", "used", "remaining", "status", "due", "breached", "breached_at", "started", "stopped", "target",
    "cycle", "state",
)  # fmt: skip
_MOMENTS = ("due", "breached_at", "started", "stopped")
_MINUTE = timedelta(minutes=1)
_SHOWN = 10


@dataclass(frozen=True)
class SlaRow:
    """One question: what was expected, what came, whether it is the same."""

    id: str
    expected: dict[str, JsonValue]
    got: dict[str, JsonValue]
    ok: bool


class SlaReport(Record):
    """How many questions were answered right, and which were not."""

    cases: int
    questions: int
    right: int
    sources: tuple[str, ...]
    """The public issues that cases stem from."""
    wrong: tuple[str, ...]
    """Ids of questions that were answered otherwise."""
    answers_of: str
    """Whose answers were scored: tierwise, or the file of answers."""


class OracleReport(Record):
    """What came of comparing random cases with the minute oracle."""

    seed: int
    cases: int
    clocks: int
    minutes: int
    agreeing: int
    """Cases in which everything was the same."""
    disagreements: tuple[str, ...]
    seconds_product: float
    seconds_oracle: float


def run_sla(cases: Path | None, predictions: Path | None, answers: Path | None = None) -> SlaReport:
    """Asks every question and writes a row for each to `predictions`. Raises `BadInput` for files that make no sense.

    With `answers` (JSON Lines of `id` and `got`) those are scored; a question that is not answered is wrong.
    """
    if predictions is not None:
        check_ending(predictions)
    known = read_cases(cases or OWN)
    given = None if answers is None else _answers(answers)
    rows = [row for case in known for row in (_asked(case) if given is None else _scored(case, given))]
    if predictions is not None:
        write_rows(predictions, [asdict(row) for row in rows], columns=("id", "expected", "got", "ok"))
    return SlaReport(
        cases=len(known), questions=len(rows), right=sum(row.ok for row in rows),
        sources=tuple(sorted({case.source for case in known if case.source})),
        wrong=tuple(row.id for row in rows if not row.ok),
        answers_of="tierwise" if answers is None else str(answers),
    )  # fmt: skip


def run_oracle(count: int, seed: int, progress: Callable[[int], None] = lambda _: None) -> OracleReport:
    """Compares random cases with the oracle that walks minute by minute."""
    return oracle_report(compare(count, seed, progress))


def oracle_report(found: Agreement) -> OracleReport:
    """The comparison as it is printed."""
    told = tuple(
        f"case {one.number} {one.clock}: {one.what}: oracle {one.oracle}, product {one.product}"
        for one in found.disagreements[:_SHOWN]
    )
    return OracleReport(
        seed=found.seed, cases=found.cases, clocks=found.clocks, minutes=found.minutes,
        agreeing=found.cases - len({one.number for one in found.disagreements}), disagreements=told,
        seconds_product=round(found.seconds_product, 3), seconds_oracle=round(found.seconds_oracle, 3),
    )  # fmt: skip


def write_questions(cases: Path | None, path: Path) -> None:
    """Every case as one self-contained JSON object, its questions with their ids and without their answers.

    Raises `BadInput`.
    """
    if path.suffix == ".csv":
        raise BadInput(f"{path}: questions are JSON Lines", mend="name the file .jsonl")
    write_rows(path, [_plain(case) for case in read_cases(cases or OWN)])


def _plain(case: Case) -> dict[str, JsonValue]:
    whole: dict[str, JsonValue] = case.model_dump(mode="json", exclude_none=True, exclude={"ask", "why"})
    asked: list[JsonValue] = []
    for number, one in enumerate(case.ask, 1):
        row = one.model_dump(mode="json", exclude_none=True, include={"at", "clock", "minute"})
        asked.append({"id": f"{case.id}#{number}", **row, "answer": [*expected(one)]})
    return {**whole, "ask": asked}


def expected(question: Question) -> dict[str, JsonValue]:
    """The answers that a question gives, moments in UTC."""
    found: dict[str, JsonValue] = {}
    for name in _ASKED:
        value = getattr(question, name)
        if value is not None:
            found[name] = _moment(value) if isinstance(value, datetime) else value
    return found


def _asked(case: Case) -> list[SlaRow]:
    policy, ticket = policy_of(case), ticket_of(case)
    rows = []
    for number, question in enumerate(case.ask, 1):
        cut = as_of(ticket, question.at)
        clocks = {clock.clock: clock for clock in sla_clocks(cut, policy, question.at)}
        clock = clocks.get(question.clock)
        minutes = ledger(cut, policy, question.at, question.clock) if question.minute else ()
        rows.append(_row(case, number, question, _facts(clock, minutes, question)))
    return rows


def _facts(clock: SlaClock | None, rows: tuple[LedgerRow, ...], question: Question) -> Mapping[str, JsonValue]:
    if clock is None:
        return {"promised": False}
    asked = question.minute
    state = next((row.state for row in rows if asked is not None and row.start <= asked < row.end), None)
    return {
        "promised": True, "used": clock.used_minutes, "remaining": clock.remaining_minutes, "status": clock.status,
        "due": _moment(clock.due_at) or "none", "breached": clock.breached, "breached_at": _moment(clock.breached_at),
        "started": _moment(clock.started_at), "stopped": _moment(clock.stopped_at), "target": clock.target,
        "cycle": clock.cycle, "state": state,
    }  # fmt: skip


def _scored(case: Case, given: Mapping[str, Mapping[str, JsonValue]]) -> list[SlaRow]:
    return [
        _row(case, number, question, given.get(f"{case.id}#{number}", {}))
        for number, question in enumerate(case.ask, 1)
    ]


def _row(case: Case, number: int, question: Question, facts: Mapping[str, JsonValue]) -> SlaRow:
    wanted = expected(question)
    got: dict[str, JsonValue] = {name: facts.get(name) for name in wanted}
    same = all(_same(name, wanted[name], got[name]) for name in wanted)
    return SlaRow(id=f"{case.id}#{number}", expected=wanted, got=got, ok=same)


def _same(name: str, wanted: JsonValue, got: JsonValue) -> bool:
    if isinstance(wanted, float | int) and not isinstance(wanted, bool):
        # A microsecond is a sixty-millionth of a minute: nothing that is told apart lies below this.
        return isinstance(got, float | int) and not isinstance(got, bool) and abs(wanted - got) < 1e-9
    if name in _MOMENTS and isinstance(wanted, str) and isinstance(got, str) and wanted != "none":
        try:
            return datetime.fromisoformat(wanted) == datetime.fromisoformat(got)
        except (ValueError, TypeError):
            return False
    return wanted == got


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _answers(path: Path) -> Mapping[str, Mapping[str, JsonValue]]:
    found: dict[str, Mapping[str, JsonValue]] = {}
    try:
        with open_text(path) as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, dict) or not isinstance(row.get("got"), dict) or "id" not in row:
                    raise BadInput(f"{path}:{number}: not an answer", mend='write {"id": "case#1", "got": {…}}')
                found[str(row["id"])] = row["got"]
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}", mend="check the path") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadInput(f"{path}: not JSON Lines: {error}", mend="write one JSON object a line") from error
    return found


def render(report: SlaReport) -> str:
    """The report for people."""
    lines = [
        f"{report.right} of {report.questions} questions right, in {report.cases} cases ({report.answers_of})",
        f"issues of other products that cases stem from: {len(report.sources)}: {', '.join(report.sources)}",
    ]
    lines += [f"wrong: {one}" for one in report.wrong[:_SHOWN]]
    more = len(report.wrong) - _SHOWN
    return "\n".join([*lines, *([f"… and {more} more"] if more > 0 else [])])


def render_oracle(report: OracleReport) -> str:
    """The comparison for people."""
    share = 100 * report.agreeing / report.cases if report.cases else 100.0
    faster = report.seconds_oracle / report.seconds_product if report.seconds_product else 0.0
    lines = [
        f"{report.agreeing} of {report.cases} random cases agree ({share:.2f} %), seed {report.seed}: "
        f"{report.clocks} clocks, {report.minutes} minutes classified",
        f"product {report.seconds_product:.1f} s, oracle {report.seconds_oracle:.1f} s ({faster:.0f} times as long)",
    ]
    return "\n".join([*lines, *report.disagreements])
