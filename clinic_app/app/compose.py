"""Builds the parts of one home and wires them; each part is made when it is first asked for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from clinic_app.app.account import this_account
from clinic_app.app.context import Context
from clinic_app.model.access import SYSTEM, Actor
from clinic_app.model.entries import BATCH, LOAD, RawEntry, Translation
from clinic_app.model.errors import AccessDenied
from clinic_app.model.facts import Source, Statement
from clinic_app.model.words import Words
from clinic_app.ports.secrets import Secrets
from clinic_app.services.gate import Gate
from clinic_app.services.policy import Policy, policy_from
from clinic_app.services.rostering import Rostering
from clinic_app.store.intake import IntakeView
from clinic_app.store.sql import SqlStore, open_store
from clinic_app.system.paths import Home
from clinic_app.system.resources import Resources
from clinic_app.system.secrets import open_secrets
from clinic_app.system.settings import Settings, load_settings
from clinic_app.system.words import words_for

if TYPE_CHECKING:
    from bridges.hl7.profile import SiteProfile
    from bridges.portal.store.portal_store import PortalStore
    from clinic_app.app.profiles import Dialects

# The bridges' modules are loaded where they are first needed: measured, they cost a tenth of the time from
# the start to the patient list, which needs none of them.

ADMINISTRATOR = "administrator"
MLLP = "mllp"
"""Channel of the listener under ``[bridge]``; a further one is ``mllp:NAME``."""


class HomeParts:
    """What every command uses of one home: settings, keys, store, and the gates; a context manager.

    Attributes:
        context: home and clock.
        writer: process role under which access rows are numbered.
    """

    def __init__(self, context: Context, language: str | None = None, writer: str = "command") -> None:
        context.home.require()
        self.context = context
        self.writer = writer
        self._language = language
        self._open: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._open:
            self._open.pop()()

    @property
    def home(self) -> Home:
        """The home."""
        return self.context.home

    def now(self) -> datetime:
        """The present in this machine's zone: its calendar day is "today"."""
        return self.context.clock.now().astimezone()

    @cached_property
    def settings(self) -> Settings:
        """The checked settings."""
        return load_settings(self.home)

    @cached_property
    def secrets(self) -> Secrets:
        """Where the keys are."""
        return open_secrets(self.home, self.settings.keys)

    @cached_property
    def resources(self) -> Resources:
        """The shipped data."""
        return Resources()

    @cached_property
    def words(self) -> Words:
        """Sentences in the chosen language."""
        return words_for(self._language or self.settings.clinic.language)

    @cached_property
    def store(self) -> SqlStore:
        """The main store."""
        store = open_store(self.home.main_db, self.secrets.get("main"))
        self._open.append(store.close)
        return store

    @cached_property
    def policy(self) -> Policy:
        """Who may do what."""
        return policy_from(self.resources.text("policy/policy.toml"))

    @cached_property
    def actor(self) -> Actor:
        """The operating-system account that runs this, with its roles here."""
        account = this_account()
        with self.store.snapshot() as snapshot:
            return Actor(account, snapshot.account_roles(account), self.writer)

    @cached_property
    def gate(self) -> Gate:
        """The gate for the person at this machine."""
        return Gate(self.store, self.context.clock, self.policy, self.actor)

    def system_gate(self) -> Gate:
        """The gate for feeds and worker."""
        return Gate(self.store, self.context.clock, self.policy, Actor(SYSTEM, (SYSTEM,), self.writer))


class Clinic(HomeParts):
    """The wired parts of one home, with what the EHR's messages mean there."""

    _dialects: "Dialects | None" = None

    @property
    def profile(self) -> "SiteProfile":
        """The EHR's dialect, by the settings."""
        return self.profiles[MLLP]

    @property
    def profiles(self) -> "Mapping[str, SiteProfile]":
        """The dialect of every listener, by channel."""
        return self.dialects.by_channel

    @property
    def dialects(self) -> "Dialects":
        """The dialects of listeners and senders."""
        if self._dialects is None:
            self.reload_profiles()
        assert self._dialects is not None
        return self._dialects

    def profile_names(self) -> Mapping[str, str]:
        """Name of the profile of every listener, by channel."""
        own = {f"{MLLP}:{one.name}": one.profile for one in self.settings.channel}
        return {MLLP: self.settings.bridge.profile, **own}

    def reload_profiles(self) -> None:
        """Read them anew; where one cannot be used all stay as they were.

        Raises EnvironmentFault PROFILE-INVALID, PROFILE-MISSING.
        """
        from clinic_app.app.profiles import load_dialects  # noqa: PLC0415 - start-up, see above

        self._dialects = load_dialects(self.home, self.profile_names(), self.resources)

    def profile_version(self) -> str:
        """Name and digest of the profile (of all, where there are several), kept with each fact."""
        versions = (f"{profile.name} {profile.version}" for profile in self.dialects.by_name.values())
        return ", ".join(dict.fromkeys(versions))

    def translator(self, dialects: "Dialects | None" = None) -> Callable[[RawEntry], Translation]:
        """What an entry means, by its channel; under other dialects than those in use where they are
        given.
        """
        from bridges.fhir import translate as fhir_translation  # noqa: PLC0415 - start-up, see above
        from bridges.hl7 import batches, history  # noqa: PLC0415
        from bridges.hl7 import translate as hl7_translation  # noqa: PLC0415
        from bridges.hl7.roster import mention_of  # noqa: PLC0415
        from bridges.mllp.broken import translate_broken  # noqa: PLC0415

        dialects = dialects or self.dialects
        usual = dialects.by_channel[MLLP]

        def translate(entry: RawEntry) -> Translation:
            said, raw = meaning(entry), entry.raw
            if entry.channel == LOAD:
                if entry.type.startswith(history.PREFIX):
                    said, raw = history.translate_row(raw, entry.type.removeprefix(history.PREFIX), usual)
                said = replace(said, statements=tuple(map(_loaded, said.statements)))
            if usual.roster is None or entry.channel == "fhir" or entry.type == BATCH:
                return said
            own = dialects.of(entry.channel, entry.sender)
            own = own if own.roster is not None else replace(own, roster=usual.roster)
            return replace(said, mention=mention_of(raw, own, translate_broken(entry) is None))

        def meaning(entry: RawEntry) -> Translation:
            broken = translate_broken(entry)
            if broken is not None:
                return broken
            if entry.type == BATCH:
                return batches.split(entry.raw).translation()
            if entry.channel == "fhir":
                return fhir_translation.translate(entry)
            return hl7_translation.translate(entry.raw, dialects.of(entry.channel, entry.sender))

        return translate

    @cached_property
    def rostering(self) -> Rostering:
        """Who gets facts, by the roster that the profile names."""
        from clinic_app.app.roster_file import RosterFile  # noqa: PLC0415 - start-up, see above

        return Rostering(RosterFile(self.home.profiles, lambda: self.profile.roster))

    @cached_property
    def _intake_view(self) -> IntakeView:
        view = IntakeView(self.home.intake_db, self.secrets.get("intake"))
        self._open.append(view.close)
        return view

    def intake_reader(self) -> IntakeView:
        """The bridge's file of raw messages, to read."""
        return self._intake_view

    def portal_store(self) -> "PortalStore":
        """The embedded portal's own store, opened; a context manager."""
        from clinic_app.app.portal_store import open_portal_store  # noqa: PLC0415 - start-up, see above

        return open_portal_store(self.home.portal_db, self.secrets.get("portal"))


def _loaded(stated: Statement) -> Statement:
    """Marked as history that a person loaded."""
    return replace(stated, source=Source.LOADED)


def require_administrator(actor: Actor) -> None:
    """Raise AccessDenied unless the account administers this home."""
    if ADMINISTRATOR not in actor.roles:
        raise AccessDenied(
            "ACCESS-DENIED",
            f"The account {actor.account} does not administer this home",
            "Ask an administrator of this clinic.",
        )
