"""ADT A18, A30, A34, A36, A39, A40, A47: two numbers are one person, says the EHR. A person here decides.

MRG names the number that is retired, PID the one that stays. Nothing is joined by the message itself. Source:
HL7 2.5.1 chapter 3.3.18-3.3.47 (events), 3.4.10 (MRG).
"""

from bridges.hl7.patient import retired_numbers
from bridges.hl7.reading import Reading
from bridges.hl7.translate_adt import demographics

EVENTS = ("A18", "A30", "A34", "A36", "A39", "A40", "A47")


def translate_merge(reading: Reading, trigger: str) -> None:
    """Note who the person is, and the number that is proposed to be theirs."""
    demographics(reading)
    retired = retired_numbers(reading)
    if len(reading.message.all("MRG")) > 1:
        mend = "Ask the sender to send one merge in a message; nothing here was joined."
        reading.hold("MERGE-UNCLEAR", "the message names several numbers to be merged (MRG)", mend)
    elif not retired:
        mend = "Ask the sender to fill MRG-1; nothing here was joined."
        reading.hold("MERGE-UNCLEAR", "MRG-1 holds no identifier that may be a patient's key", mend)
    elif retired[0] == reading.subject:
        reading.remark("MERGE-OF-ITSELF", "MRG-1 is the number of PID-3, so there is nothing to join")
    else:
        reading.merges.extend(retired)
