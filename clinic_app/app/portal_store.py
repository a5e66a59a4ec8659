"""Opens the embedded portal's store with the connection that the house opens every encrypted file with."""

from datetime import datetime
from functools import partial
from pathlib import Path

from bridges.portal.store.portal_store import PortalStore
from clinic_app.store import sqlcipher


def open_portal_store(path: Path, key: bytes) -> PortalStore:
    """The portal's store; raises EnvironmentFault STORE-MISSING, STORE-KEY, STORE-CORRUPT, STORE-NEWER."""
    return PortalStore(sqlcipher.connect(path, key), partial(sqlcipher.faults, path))


def create_portal_store(path: Path, key: bytes, now: datetime) -> str:
    """Make an empty portal store; returns the token with which this home's bridge reads it."""
    sqlcipher.create(path, key).close()
    with open_portal_store(path, key) as portal:
        return portal.create_token("bridge of this home", now)
