"""learning.yaml names features by what models call them; a name that is no feature is a mistake with a mend."""

from __future__ import annotations

from collections.abc import Iterator

from domain.policy.checks.issue import Issue, unknown
from domain.policy.learning import LearningFile
from learning.features import KEYS, NUMBERS

CODES = {"unknown-feature": "learning.yaml leaves out or requires something that is no feature"}
FILE = "learning.yaml"
FEATURES = (*NUMBERS, *KEYS)


def feature_issues(rules: LearningFile) -> Iterator[Issue]:
    """Every name that is no feature."""
    for key, names in (("leave_out", rules.leave_out), ("require", rules.require)):
        for index, name in enumerate(names):
            if name not in FEATURES:
                yield unknown("unknown-feature", FILE, (key, index), "feature", name, FEATURES)
