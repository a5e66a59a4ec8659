"""What a key may look like, and what is said where one is missing or malformed."""

from clinic_app.model.errors import EnvironmentFault

KEY_BYTES = 32
MAX_BYTES = 1024
DATABASE_KEYS = frozenset({"main", "intake", "portal"})


def checked(name: str, value: bytes, place: str) -> bytes:
    """A value of allowed length: 32 bytes for a database's key, 1 to 1,024 for anything else."""
    good = len(value) == KEY_BYTES if name in DATABASE_KEYS else 1 <= len(value) <= MAX_BYTES
    if not good:
        raise malformed(name, place)
    return value


def missing(name: str, place: str) -> EnvironmentFault:
    """The message for a secret that is not where it should be."""
    return EnvironmentFault(
        "KEY-MISSING",
        f"the key {name!r} is not in {place}",
        "Restore the key from its backup; without it the data stay closed. "
        "If the home uses a key file, check [keys] key_file in commonground.toml.",
    )


def malformed(name: str, place: str) -> EnvironmentFault:
    """The message for a value that is no key."""
    return EnvironmentFault(
        "KEY-MALFORMED",
        f"{name} in {place} is not a key as Common Ground writes it",
        "Restore the key from its backup; nothing was opened with it.",
    )
