from __future__ import annotations

from pathlib import Path

import pytest

from adapters.policy_folder import load_policy
from app.demo.organisation import DemoOrganisation, load_demo
from domain.policy.policy import Policy

POLICIES = Path(__file__).resolve().parents[3] / "policies"


@pytest.fixture(scope="session")
def demo() -> DemoOrganisation:
    return load_demo(POLICIES / "demo")


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy(POLICIES / "demo")
