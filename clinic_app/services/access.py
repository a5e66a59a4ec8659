"""Accounts, and the access log that a patient can read."""

from collections.abc import Sequence
from datetime import datetime

from clinic_app.model.access import AccessRow, Action, Purpose
from clinic_app.model.identity import Identifier
from clinic_app.ports.store import Store
from clinic_app.services.gate import Gate

FIRST_ROLES = ("clinician", "administrator")
"""Roles of the account that made the home."""


def who_looked(gate: Gate, patient: Identifier, limit: int = 200) -> Sequence[AccessRow]:
    """Rows about this person, newest first, without the feeds' own; reading the log is itself logged."""
    with gate.reading(Action.READ_ACCESS_LOG, (patient,)) as view:
        return view.accesses(view.person(patient), limit)


def add_first_account(store: Store, account: str) -> None:
    """Give the first account its roles: the one step before there is anybody whom the gate could ask."""
    with store.unit() as unit:
        if not unit.account_roles(account):
            unit.add_account(account, FIRST_ROLES)


def roles_of(store: Store, account: str) -> tuple[str, ...]:
    """Roles of an account, for making its Actor; empty where it is unknown (the gate then denies all)."""
    with store.snapshot() as view:
        return view.account_roles(account)


def add_account(gate: Gate, account: str, roles: Sequence[str], now: datetime) -> None:
    """Give an account its roles (administrators only)."""
    with gate.writing(Action.ADMINISTER, (), purpose=Purpose.OPERATION) as unit:
        unit.add_account(account, roles)
        unit.append_change((), ("account",), (), now)
