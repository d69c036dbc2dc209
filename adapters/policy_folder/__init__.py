"""Policy folders on disk: reading, checking, and the schemas of their files."""

from __future__ import annotations

from adapters.policy_folder.finding import Finding
from adapters.policy_folder.folder import check_policy, load_policy
from adapters.policy_folder.schemas import policy_schemas

__all__ = ["Finding", "check_policy", "load_policy", "policy_schemas"]
