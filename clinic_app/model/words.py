"""The port through which sentences are put into the reader's language."""

from typing import Protocol


class Words(Protocol):
    """Looks a sentence up in a catalogue and fills in its named places (``{value}``)."""

    @property
    def language(self) -> str:
        """Two-letter language code, ``en`` or ``es``."""
        ...

    def __call__(self, message: str, /, **values: object) -> str:
        """The translated sentence; the English message itself where the catalogue has none."""
        ...

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The form for ``count`` things; ``{count}`` is filled in."""
        ...

    def __hash__(self) -> int:
        """What was looked up may be kept per catalogue."""
        ...


class English:
    """Words without a catalogue: English as written in the code."""

    language = "en"

    def __call__(self, message: str, /, **values: object) -> str:
        """Fill the named places of the English message."""
        return message.format(**values) if values else message

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Singular for 1, else plural, with ``{count}`` filled in."""
        return (one if count == 1 else many).format(count=count, **values)
