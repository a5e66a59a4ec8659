"""How the demonstration and its sending process speak: JSON lines over the sender's standard streams.

The sender is told the portal's token first (never on its command line). It asks for portal ids, says when
everything is sent, and then sends a new breathing test for whomever it is told, until its input ends.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TextIO

from clinic_app.app.demo.feed import Addresses, Sent, run_feed, send_messages
from clinic_app.app.demo.live import LiveTests
from clinic_app.app.demo.scenario import DemoClinic
from clinic_app.model.errors import CommonGroundError, EnvironmentFault


class Line:
    """One end of the conversation."""

    def __init__(self, reading: TextIO, writing: TextIO) -> None:
        """Streams of text: what the other side says, and where to say."""
        self._reading = reading
        self._writing = writing

    def say(self, **words: object) -> None:
        """Say one thing."""
        try:
            self._writing.write(json.dumps(words) + "\n")
            self._writing.flush()
        except OSError as error:
            raise _silent() from error

    def hear(self) -> dict[str, Any]:
        """The next thing said; EnvironmentFault DEMO-FEED where the other side has ended."""
        heard = self.hear_or_end()
        if heard is None:
            raise _silent()
        return heard

    def hear_or_end(self) -> dict[str, Any] | None:
        """The next thing said; None at the end."""
        text = self._reading.readline()
        return json.loads(text) if text else None


def send_everything(
    clinic: DemoClinic, mllp: str, portal: str, line: Line, tests: LiveTests, clock: Callable[[], datetime]
) -> None:
    """The sender's side, from the token to the end of its input."""
    token = str(line.hear()["token"])

    def portal_id_for(number: str) -> str:
        line.say(ask=number)
        return str(line.hear()["portal_patient_id"])

    sent = run_feed(clinic, Addresses(mllp, portal, token), portal_id_for)
    line.say(messages=sent.messages, submissions=sent.submissions)
    while (asked := line.hear_or_end()) is not None:
        try:
            outgoing = tests.spirometry(str(asked["test"]), clock())
        except CommonGroundError as error:
            line.say(refused=str(error))
        else:
            send_messages(mllp, [outgoing])
            line.say(sent=outgoing.control_id)


def lead(line: Line, token: str, portal_id_for: Callable[[str], str]) -> Sent:
    """The demonstration's side: gives the token, answers every question, returns what was sent."""
    line.say(token=token)
    while "ask" in (said := line.hear()):
        line.say(portal_patient_id=portal_id_for(str(said["ask"])))
    return Sent(int(said["messages"]), int(said["submissions"]))


def ask_for_test(line: Line, number: str) -> str:
    """Have a new breathing test sent for this person; returns the control id, or why there is none."""
    line.say(test=number)
    said = line.hear()
    return str(said.get("sent") or said.get("refused"))


def _silent() -> EnvironmentFault:
    return EnvironmentFault(
        "DEMO-FEED", "The other half of the demonstration has ended", "Start `commonground demo` again."
    )
