"""A playbook of one's own, through the public door: a YAML file in a copied policy folder and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.clock import SetClock
from adapters.policy_folder import check_policy, load_policy
from app.bootstrap import DEFAULT_POLICY, open_services
from app.settings import Settings
from retrieval.embeddings import HashEmbedder
from tests.api.house import DOOMED, House, local_client, quiet
from tests.api.test_playbooks import step, steps, wrote
from tests.conftest import NOW
from tests.tickets import ticket

OWN = """\
id: badge-readers
name: Badge readers
similar_to:
  - The badge reader at the door shows a red light and does not open.
steps:
  - {id: power, text: Is the reader powered?, done_when: {words: [reader has power]}}
  - {id: controller, text: Restart the door controller., kind: action, needs: [power]}
  - {id: guard, text: Tell the guard to open by hand., kind: notify, who: service_owner}
"""


@pytest.fixture(name="copied")
def copied_policy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_POLICY, tmp_path / "policy"))


@pytest.fixture(name="own")
def house_with_own_playbook(copied: Path, tmp_path: Path) -> Iterator[House]:
    (copied / "playbooks" / "badge-readers.yaml").write_text(OWN, encoding="utf-8")
    assert check_policy(copied) == ()
    clock = SetClock(NOW)
    settings = Settings(data_dir=tmp_path / "data", poll_seconds=0.02, sweep_seconds=3600)
    with open_services(settings, embedder=HashEmbedder(), clock=clock, policy=load_policy(copied)) as services:
        yield House(services, clock, local_client(services))


def test_a_users_own_playbook_needs_only_a_yaml_file(own: House) -> None:
    body = f"The badge reader at the door shows a red light and does not open. {DOOMED}"
    own.send(ticket("P-8", subject="Badge reader red light", body=body, category="other", requester="r-8"))
    escalation = own.get("/v1/escalations?ticket=P-8")["items"][0]
    assert escalation["playbook"] == "badge-readers"
    assert escalation["playbook_how"]["how"] == "similarity"
    assert escalation["playbook_how"]["score"] >= 0.5

    own.send(quiet("P-8"), wrote("w1", "The reader has power."))
    step(own, escalation["id"], "controller", "done")
    states = {id: one["state"] for id, one in steps(own, escalation["id"]).items()}
    assert states == {"power": "done", "controller": "done", "guard": "open"}
