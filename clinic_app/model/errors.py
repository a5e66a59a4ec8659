"""The three error families, and the form that every message to a person has.

A message says what happened, that nothing was lost, and what to do next; its code never changes once
released.
"""


class CommonGroundError(Exception):
    """An error that a person will read.

    Attributes:
        code: stable name such as ``KEY-MISSING``.
        what: what happened, one sentence without the full stop, no patient data.
        mend: what to do, one or more whole sentences.
    """

    exit_status = 1

    def __init__(self, code: str, what: str, mend: str) -> None:
        """Keep the three parts; ``what`` is stored without its full stop."""
        super().__init__(code, what, mend)
        self.code = code
        self.what = what.rstrip(".")
        self.mend = mend

    def __str__(self) -> str:
        """The one line that goes to standard error or to a message card."""
        return f"{self.code}: {self.what}. Nothing was lost. {self.mend}"


class SenderFault(CommonGroundError):
    """What was sent cannot be used as it is: a negative acknowledgement or quarantine follows."""


class EnvironmentFault(CommonGroundError):
    """Disk, network, key store, clock or another program failed: say it, retry, stay read-only."""


class ProgramFault(CommonGroundError):
    """A bug of ours: to be reported."""


class UseFault(CommonGroundError):
    """The command was called wrongly (exit status 2)."""

    exit_status = 2


class AccessDenied(CommonGroundError):
    """The gate refused; the refusal itself has been recorded."""
