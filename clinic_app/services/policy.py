"""The policy table: role × action × kinds × purpose, and whether consent is asked. What no rule allows is
denied.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clinic_app.model.access import SYSTEM, Action, Purpose
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.facts import FactKind

ROLES = frozenset(
    {
        "clinician",
        "coordinator",
        "administrator",
        "it",
        "improvement_lead",
        "research_data_manager",
        SYSTEM,
    }
)
"""Roles that a clinic can give to an account."""

EVERY_KIND = frozenset(FactKind)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: what a role may do with which kinds of facts, why, and whether consent is asked."""

    role: str
    actions: frozenset[Action]
    kinds: frozenset[FactKind]
    purposes: frozenset[Purpose]
    consent: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules of a clinic."""

    rules: tuple[Rule, ...]

    def asks_consent(
        self, roles: Sequence[str], action: Action, kinds: Sequence[FactKind], purpose: Purpose
    ) -> bool | None:
        """None: denied. Otherwise whether consent must be looked at. No kinds named means all of them.

        Each kind must be allowed by some rule of some role; it goes without consent where one of these asks
        none.
        """
        fitting = [
            rule
            for rule in self.rules
            if rule.role in roles and action in rule.actions and purpose in rule.purposes
        ]
        wanted = frozenset(kinds) or EVERY_KIND
        allowed = frozenset[FactKind]().union(*(rule.kinds for rule in fitting))
        free = frozenset[FactKind]().union(*(rule.kinds for rule in fitting if not rule.consent))
        return not wanted <= free if wanted <= allowed else None


def policy_from(text: str) -> Policy:
    """Read ``resources/policy/policy.toml``. Raises EnvironmentFault SETTINGS-INVALID that says what is
    wrong.
    """
    try:
        data = tomllib.loads(text)
        if set(data) - {"version", "rule"}:
            raise ValueError(f"unknown keys {sorted(set(data) - {'version', 'rule'})}")
        return Policy(tuple(_rule(row) for row in data["rule"]))
    except (ValueError, KeyError, TypeError) as error:
        raise EnvironmentFault(
            "SETTINGS-INVALID",
            f"the policy table cannot be used ({error})",
            "Restore policy.toml from the package, or correct the row.",
        ) from error


def _rule(row: dict[str, Any]) -> Rule:
    if set(row) != {"role", "actions", "kinds", "purposes", "consent"}:
        raise ValueError(f"a rule has the keys {sorted(row)}")
    if row["role"] not in ROLES or not isinstance(row["consent"], bool):
        raise ValueError(f"role {row['role']!r}, consent {row['consent']!r}")
    kinds = EVERY_KIND if row["kinds"] == ["*"] else frozenset(map(FactKind, row["kinds"]))
    return Rule(
        row["role"],
        frozenset(map(Action, row["actions"])),
        kinds,
        frozenset(map(Purpose, row["purposes"])),
        row["consent"],
    )
