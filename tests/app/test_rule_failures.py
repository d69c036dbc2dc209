"""An expression that fails on a ticket holds nothing up, and is seen: on the decision and by the doctor."""

from __future__ import annotations

from pathlib import Path

from adapters.storage import records
from adapters.storage.store import Store
from app.data_dir import DataDir
from app.doctor import examine
from app.settings import Settings
from domain.assessment import Action, Decision, RuleFailure
from tests.conftest import NOW

FAILURE = RuleFailure(file="escalation.yaml", key="rules[0].when.if", error="divide by zero")


def test_the_doctor_names_the_expression_that_failed_last(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    home = DataDir(settings.data_dir)
    home.create()
    store = Store.open(home.records)
    for number, failures in enumerate(((), (FAILURE,))):
        decision = Decision(
            id=f"dec_{number}", ticket_id="T-1", at=NOW, action=Action.WATCH, risk=0, threshold=60, why=("low",),
            policy="1.0.0", rule_failures=failures,
        )  # fmt: skip
        store.write(
            lambda c, one=decision: records.decisions.put(  # type: ignore[misc]
                c, settings.tenant, one, id=one.id, ticket_id="T-1", at=NOW
            )
        )
    store.close()

    check = next(one for one in examine(settings) if one.name == "rules")

    assert not check.ok
    assert "1 expressions failed in the newest 2 decisions" in check.detail
    assert "escalation.yaml rules[0].when.if: divide by zero" in check.detail
    assert "rules.md" in check.mend
