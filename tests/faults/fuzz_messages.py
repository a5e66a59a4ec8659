"""Hostile messages: whole ones of every family, changed by words that the readers themselves look for.

The dictionary is taken from the source of the readers and from the profiles, so that it grows with them.
"""

import ast
import random
import re
from collections.abc import Sequence
from pathlib import Path

from bridges.hl7.profile import SiteProfile
from bridges.hl7.translate import FAMILIES, IDENTITY_EVENTS

LARGEST = 250_000
_MARKS = "^~\\&"

SEGMENTS = (
    "EVN|A01|20260301080000|||17^Ames^Jo|20260301075900",
    "PID|1||7^^^NORTH^MR~99^^^CITY^SS||Ives^Ann^^^^^L||20100102|F|||||||en||||||||||||||N",
    "PD1||||12^Roe^Sam",
    "PV1|1|O|CF^12^1^NORTH||||||||||||||||V7|||||||||||||||||||||||||20260301080000|20260301090000",
    "MRG|8^^^NORTH^MR",
    "AL1|1|DA|7980^Penicillin^RXN|SV|Rash~Hives|20200101",
    "IAM|1|FA|256349002^Peanut^SCT|MO|Hives|A||||||20200101|||||C",
    "DG1|1||E84.0^Cystic fibrosis^ICD-10-CM||20100301|F||||||||||12^Roe^Sam||||P5|A",
    "PRB|AD|20260101|190905008^CF^SCT|P1|||20100301|||||||ACTIVE|20100301",
    "ORC|NW|P1^EHR|F1^LAB||IP||^^^202603010900||202603010855|||12^Roe^Sam",
    "OBR|1|P1|F1|81458-2^PFT^LN|||202603010900||||||||SPU&Sputum|||||||20260301||LAB|F",
    "OBX|1|NM|20150-9^FEV1^LN||2.5|L|1-9|N|||F|||20260301090000",
    "OBX|2|SN|19926-5^FEV1/FVC^LN||<^0.7|%|||||C",
    "OBX|3|CWE|630-4^Culture^LN|1|52499004^Pseudomonas aeruginosa^SCT||||||P",
    "OBX|4|CWE|18906-8^Ciprofloxacin^LN|1|4|ug/mL||R|||F",
    "OBX|5|ST|6463-4^Bacteria^LN|1|No growth||||||F",
    "OBX|6|ED|PDF^Letter^L||^application^pdf^Base64^QUJD||||||F",
    "OBX|7|TX|X1^Note^L||a\\.br\\b \\T\\ c \\X41\\ \\Z1\\ \\H\\ \\||||||F",
    "NTE|1|L|grade A\\.br\\by hand",
    "SPM|1|S1^EHR||119334006^Sputum^SCT|||||||||||||202603010900",
    "TQ1|1||BID|||||20260301|20260401",
    "RXO|1^Trikafta^L|1||TAB",
    "RXE|^BID^^20260301^20260401|1^Ivacaftor 150 mg^L|1||TAB||take with fat",
    "RXD|1|1^Creon^L|20260301|10|CAP||RX1",
    "RXA|0|1|20260301||140^Influenza^CVX|0.5|mL||00|12^Roe^Sam|||||LOT1||||CP|A",
    "RXR|PO",
    "RXC|A|2^Tobramycin^L|300|mg",
    "SCH|P9|A5|||||CHK^Check-up|30|30|min|^^30^20260401090000||||||||||||||Booked",
    "AIS|1||CF^CF clinic|20260401090000|||30|min",
    "AIL|1||CF^12^1^NORTH",
    "AIP|1||12^Roe^Sam",
    "RGS|1",
    "TXA|1|PN|TX|20260301||20260301|||12^Roe^Sam|||D1^EHR|D0^EHR||||AU||AV",
    "ZPF|1|FEV1|2.5|L|20260301|F",
    "ZAL|1|Penicillin|Rash",
    "PID|1||7^^^NORTH^MR~8^^^NORTH^MR||Ives^Ann^^^^^A~Yves^Anne^^^^^L||20100102|M",
    "PID|1||7||Ives^Ann||20100102|F",
    "PID|1|7^^^NORTH^MR|||Ives^Ann||20100102|F",
    "PV1|1|I|^^^^^^^^Ward 3||||||||||||||||||||||||||||||||||||||||||20260301",
    "MRG|7^^^NORTH^MR",
    "IAM|1|DA|^Latex|||D|||||||||||E",
    "AL1|1|DA|NKDA^No known drug allergies^L",
    "DG1|1||^^||Asthma|20100301|W",
    "DG1|2|||||W",
    "DG1|3||E84^CF^I10||20100301|F|||||||||||||||Q",
    "PRB|DE|20260101|190905008^CF^SCT|P1",
    "ORC|SC|P1|F1||CM",
    "ORC|DC|P1|F1||DC",
    "ORC|CA|P1|F1||CA",
    "ORC|RE|P1|F1||RP",
    "ORC|UA|P1|F1",
    "OBR|2||F2|18725-2^Sens^LN|||202603010900|||||||||||||||||P|630-4&Culture&LN^1^P. aeruginosa|||P1^F1",
    "OBX|4|SN|18906-8^Ciprofloxacin^LN|1|<=^4|ug/mL||S|||F",
    "RXA|0|1|20260301||998^None^CVX|999|||||||||||||NA",
    "RXA|0|1|20260301||140^Flu^CVX||||||||||||00^Declined^NIP||RE|D",
    "TXA|1|^Letter of the clinic|TX||||20260301|||||D2|||||IP||UN",
    "TXA|1|DS|TX|20260301|||||||D1^EHR|||||LA||CA",
    "SCH|P9|A5|||||^|30|hr|||20260401090000||||||||||||||Cancelled",
    "RXE|^^^20260301^^^PRN|^Kaftrio^|||TAB||^twice a day",
    "RXO|^Trikafta|1||TAB||||||||||||||2",
    "BHS|^~\\&|LAB|NORTH|CG|CLINIC|20260301|||note|B1",
    "BTS|2",
    "FHS|^~\\&|LAB|NORTH|CG|CLINIC|20260301",
    "FTS|1",
)
_FAMILIES = {
    "ADT": "EVN PD1 PV1 AL1 IAM DG1",
    "SIU": "SCH PRB RGS AIS AIL AIP",
    "ORU": "PV1 ORC OBR OBX1 OBX2 NTE OBX3 OBX4 OBX5 SPM",
    "RDE": "ORC RXE RXR RXC TQ1",
    "RDS": "ORC RXO RXD RXR",
    "RAS": "ORC RXO RXA RXR",
    "ORM": "ORC OBR NTE RXO RXR",
    "OML": "ORC TQ1 OBR SPM",
    "OMG": "ORC OBR",
    "MDM": "EVN TXA OBX7 OBX6",
    "VXU": "ORC RXA RXR OBX1",
    "PPR": "PRB PRB",
    "ZZZ": "PV1",
}
_HOSTILE = (
    "", '""', " ", "\\", "\\F", "\\E\\", "\\X0D0A\\", "\\XZZ\\", "\\C2842\\", "\\Z9\\", "\\.sp3\\", "\\.fi\\",
    "\\.in+999999999\\", "\0", "\x0b", "\x1c", "\n", "\u202e", "ä", "\ufeff", "\ud7ff", "𝔉", "0", "-1",
    "1e9", "1E999", "NaN", "1.2.3", ",5", "2,5", "9" * 400, "<", "<=0.1", ">9", "1-2", "1:2", "2+",
    "20260301", "2026", "202613", "20260230", "20260329023000", "20260301080000.1234+0130",
    "20260301080000-9999", "00000000", "0001", "99991231", "UNICODE UTF-8", "8859/1", "ASCII", "UNICODE",
    "UTF-16", "ISO IR87", "<script>", "' OR 1=1--", "%s{0}", "&&&", "^^^^^^^^", "~~~", "|||",
)  # fmt: skip


def words_of(files: Sequence[Path], profiles: Sequence[SiteProfile]) -> list[str]:
    """Every short text that the readers or the profiles speak of, and what breaks readers."""
    found = set(_HOSTILE)
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= 30:
                found.add(node.value)
    for profile in profiles:
        tables = (*profile.measurements, *profile.cultures, *profile.panels, *profile.organisms.codes)
        known = (
            *tables,
            *profile.organism_codes,
            *profile.medicines.codes,
            *profile.organisms.no_growth_codes,
        )
        found.update(f"{code}^{code}^{system}" for system, code in known)
        found.update((*profile.units, *profile.organisms.names, *profile.medicines.names, *profile.absent))
        found.update(profile.identifiers.types)
    return sorted(found)


def seeds() -> list[bytes]:
    """One rich message of every type that is read, and envelopes around two."""
    by_name = {line[:3] + (line[4] if line.startswith("OBX") else ""): line for line in SEGMENTS}
    made = []
    for number, kind in enumerate((*sorted(FAMILIES), *sorted(IDENTITY_EVENTS), "ZZZ^Z01", "ORU", "ADT")):
        lines = [f"MSH|{_MARKS}|LAB|NORTH|CG|CLINIC|20260301||{kind}|M{number}|P|2.5.1||||||UNICODE UTF-8"]
        names = [
            "PID",
            *_FAMILIES[kind[:3]].split(),
            *(["MRG"] if kind[4:] in ("A18", "A30", "A34", "A36", "A39", "A40", "A47") else []),
        ]
        made.append("".join(f"{line}\r" for line in (*lines, *(by_name[name] for name in names))).encode())
    envelope = b"FHS|^~\\&|LAB|NORTH\rBHS|^~\\&|LAB|NORTH|||||||B1\r%s%sBTS|2\rFTS|1\r"
    return [*made, envelope % (made[0], made[1])]


def results_of(profiles: Sequence[SiteProfile]) -> list[str]:
    """Every code that an order or a result may have, as OBX-3 writes it."""
    found: set[str] = set()
    for profile in profiles:
        systems = {name: sent for sent, name in profile.systems.items()}
        for system, code in (
            *profile.measurements,
            *profile.cultures,
            *profile.panels,
            *profile.organism_codes,
        ):
            found.add(f"{code}^{code}^{systems.get(system, system)}")
    found.update(("GER1^Quick^99LIS", "USTX2^Strip^99LIS", "8251-1^Comment^LN", "^free text", "^", ""))
    return sorted(found)


_TYPES = ("NM", "NM", "SN", "ST", "TX", "FT", "CE", "CWE", "CNE", "ED", "RP", "DT", "", "XX")
_VALUES = (
    "2.5", "0.76", "76", "<0.5", "2,5", "2.5 L", "> 4 mg/dL", "95%", "<^5", "^1^:^128", ">=^7^-^9",
    "3^three^L", "2.1~2.2", "", '""', "No growth", "Normal flora",
    "Moderate growth of Pseudomonas aeruginosa", "MRSA~Aspergillus fumigatus", "pending", "4", "1e3",
    "52499004^Pseudomonas aeruginosa^SCT", "^Burkholderia cepacia", "X9^Unheard of^L",
    "264868006^No growth^SCT", "S", "R", "-2", "999",
)  # fmt: skip
_STATUSES = ("F", "F", "F", "P", "C", "W", "X", "D", "I", "R", "S", "", "Q", "N", "O", "U")
_FLAGS = ("", "", "R", "S", "I", "N", "H", "HH", "POS", "NEG", "S~R", "SDD", "NS")
_SUB_IDS = ("", "1", "2", "1.1", "a")


class Mutator:
    """Changes messages; the same seed makes the same changes."""

    def __init__(self, chance: random.Random, words: Sequence[str], profiles: Sequence[SiteProfile]) -> None:
        self._chance = chance
        self._words = words
        self._shortest = [word for word in words if len(word) <= 2]
        self._short = [word for word in words if len(word) <= 4]
        self._codes = results_of(profiles)
        self._units = sorted({unit for profile in profiles for unit in profile.units})
        self._rows = [row for profile in profiles for row in profile.z_rows]
        self._ways = (
            *[self._field] * 8,
            *[self._part] * 6,
            *[self._segments] * 6,
            *[self._result] * 4,
            self._own,
            self._time,
            self._time,
            self._header,
            self._repetition,
            self._bytes,
            self._separators,
            self._encoding,
            self._line_ends,
            self._twice,
        )

    def changed(self, raw: bytes, other: bytes) -> bytes:
        """The message with one to five changes; ``other`` is a message to take segments from."""
        for _ in range(self._chance.choice((1, 1, 2, 3, 5))):
            raw = self._chance.choice(self._ways)(raw, other)
        if self._chance.random() < 0.002:
            raw = self._grown(raw)
        return raw[:LARGEST]

    def _word(self) -> bytes:
        which = self._chance.random()
        if which < 0.25:
            return b""
        words = self._shortest if which < 0.55 else self._short if which < 0.75 else self._words
        return self._chance.choice(words).encode("utf-8", "surrogatepass")

    def _time(self, raw: bytes, _: bytes) -> bytes:
        """Another time in the place of one: any precision, any zone, days that no calendar has."""
        pick = self._chance.choice
        text = f"{pick((1890, 1999, 2026, 9999)):04}{pick((0, 1, 3, 10, 12, 13)):02}"
        text += f"{pick((0, 1, 28, 29, 30, 31)):02}"
        text += (
            f"{pick((0, 2, 23, 24)):02}{pick((0, 30, 59, 60)):02}{pick((0, 59, 60)):02}.{pick((0, 1234)):04}"
        )
        text = text[: pick((0, 4, 6, 8, 10, 12, 14, 16, 19))] + pick(
            ("", "", "+0100", "-0500", "+1500", "Z", "+01:00")
        )
        places = [found.span() for found in re.finditer(rb"[0-9]{8,14}", raw)] or [(0, 0)]
        start, end = pick(places)
        return raw[:start] + text.encode() + raw[end:]

    def _result(self, raw: bytes, _: bytes) -> bytes:
        """One more result, or order, of a code that is known somewhere."""
        pick = self._chance.choice
        lines = raw.split(b"\r")
        if self._chance.random() < 0.25:
            tied = pick(("", "", "", "630-4&Culture&LN^1", "^1^Pseudomonas aeruginosa", "^2"))
            parent = pick(("", "", "P1", "P1^F1", "F1", "X9"))
            number = pick(("F1", "F2", "", "P1"))
            line = f"OBR|2|{pick(('P1', '', 'P2'))}|{number}|{pick(self._codes)}|||202603010900" + "|" * 8
            line += (
                f"{pick(('', 'SPU&Sputum', '&Throat'))}" + "|" * 10 + f"{pick(_STATUSES)}|{tied}|||{parent}"
            )
        else:
            unit = (
                pick(self._units) if self._chance.random() < 0.5 else pick(("", "L", "%", "ug/mL", "mg/dL"))
            )
            line = f"OBX|1|{pick(_TYPES)}|{pick(self._codes)}|{pick(_SUB_IDS)}|{pick(_VALUES)}"
            line += (
                f"|{unit}||{pick(_FLAGS)}|||{pick(_STATUSES)}|||{pick(('', '20260301', '202603010800+0100'))}"
            )
        lines.insert(self._chance.randrange(1, len(lines) + 1), line.encode())
        return b"\r".join(lines)

    def _own(self, raw: bytes, _: bytes) -> bytes:
        """A segment of a sender's own, as a profile reads it, from a sender who has them."""
        row = self._chance.choice(self._rows)
        fields: dict[int, dict[int, bytes]] = {}
        for place in row.fields.values():
            if not isinstance(place, str):
                value = self._chance.choice(_VALUES).encode() if self._chance.random() < 0.7 else self._word()
                fields.setdefault(place[0], {})[place[1] or 1] = value
        for place, text in row.when:
            fields.setdefault(place[0], {})[place[1] or 1] = text.encode()
        line = [row.segment.encode()]
        for number in range(1, max(fields) + 1):
            found = fields.get(number, {})
            line.append(b"^".join(found.get(part, b"") for part in range(1, max(found, default=0) + 1)))
        lines = raw.split(b"\r")
        lines.insert(self._chance.randrange(1, len(lines) + 1), b"|".join(line))
        return b"\r".join(lines)

    def _field(self, raw: bytes, _: bytes) -> bytes:
        """Another word in a field."""
        lines = raw.split(b"\r")
        at = self._chance.randrange(len(lines))
        fields = lines[at].split(b"|")
        place = self._chance.randrange(1, len(fields) + 3)
        fields += [b""] * (place + 1 - len(fields))
        fields[place] = self._word()
        lines[at] = b"|".join(fields)
        return b"\r".join(lines)

    def _part(self, raw: bytes, _: bytes) -> bytes:
        """Another word in a component or subcomponent."""
        lines = raw.split(b"\r")
        at = self._chance.randrange(len(lines))
        fields = lines[at].split(b"|")
        place = self._chance.randrange(len(fields))
        mark = self._chance.choice((b"^", b"^", b"^", b"&"))
        parts = fields[place].split(mark)
        number = self._chance.randrange(len(parts) + 2)
        parts += [b""] * (number + 1 - len(parts))
        parts[number] = self._word()
        fields[place] = mark.join(parts)
        lines[at] = b"|".join(fields)
        return b"\r".join(lines)

    def _repetition(self, raw: bytes, _: bytes) -> bytes:
        """A field twice, or two fields as one."""
        fields = raw.split(b"|")
        at = self._chance.randrange(len(fields))
        fields[at] = self._chance.choice((b"~", b"|", b"^")).join((self._word(), fields[at]))
        return b"|".join(fields)

    def _segments(self, raw: bytes, other: bytes) -> bytes:
        """Segments left out, doubled, moved, or taken from another message."""
        lines = raw.split(b"\r")
        at = self._chance.randrange(len(lines))
        alike = [line.encode() for line in SEGMENTS if line[:3].encode() == lines[at][:3]]
        match self._chance.randrange(8):
            case 0:
                del lines[at]
            case 4 | 5 if alike:
                lines[at] = self._chance.choice(alike)
            case 1:
                lines.insert(at, lines[at])
            case 2:
                self._chance.shuffle(lines)
            case 3:
                lines.insert(at, self._chance.choice(other.split(b"\r")))
            case _:
                lines.insert(at, self._chance.choice(SEGMENTS).encode())
        return b"\r".join(lines)

    def _header(self, raw: bytes, _: bytes) -> bytes:
        """Another type, character set, version, sender, or acknowledgement mode."""
        head, end, rest = raw.partition(b"\r")
        fields = head.split(b"|")
        fields += [b""] * (21 - len(fields))
        values = {
            2: ("LAB", "KIS", "LIS", "ELSE", ""),
            3: ("NORTH", "", "", "^1.2.3^ISO"),
            6: ("20260301080000+0100", "20260301-0500", "20260301080000-0500", "2026", ""),
            8: (*FAMILIES, *IDENTITY_EVENTS, "ACK", "MCF"),
            9: ("", "M1"),
            10: ("P", "T", "D", "P^T"),
            11: ("2.1", "2.2", "2.3.1", "2.8.2", "3.0", ""),
            14: ("AL", "NE", "ER", "SU"),
            15: ("AL", "NE", "ER", "SU"),
            17: ("UNICODE UTF-8", "8859/1", "UTF-16", "ASCII", "~ISO IR87", "8859/15", "nonsense", "UNICODE"),
        }
        place = self._chance.choice(list(values))
        fields[place] = self._chance.choice(values[place]).encode()
        return b"|".join(fields) + end + rest

    def _bytes(self, raw: bytes, _: bytes) -> bytes:
        """Bytes flipped, cut out, or put in."""
        at = self._chance.randrange(len(raw) + 1)
        match self._chance.randrange(4):
            case 0:
                return raw[:at]
            case 1:
                return raw[:at] + self._chance.randbytes(self._chance.randrange(1, 4)) + raw[at + 1 :]
            case 2:
                return raw[:at] + raw[at + self._chance.randrange(1, 40) :]
            case _:
                return raw[:at] + self._word() + raw[at:]

    def _separators(self, raw: bytes, _: bytes) -> bytes:
        """Other separators, declared or not."""
        marks = self._chance.sample(b"|^~\\&#$%!*@+:/", 5)
        table = bytes.maketrans(b"|^~\\&", bytes(marks))
        cut = raw.find(b"\r") if self._chance.random() < 0.3 else len(raw)
        return raw[:cut].translate(table) + raw[cut:]

    def _encoding(self, raw: bytes, _: bytes) -> bytes:
        """The same text in other bytes, whatever MSH-18 says."""
        codec = self._chance.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "latin-1"))
        return raw.decode("utf-8", "replace").encode(codec, "replace")

    def _line_ends(self, raw: bytes, _: bytes) -> bytes:
        """Line feeds, both, doubled ones, or a return within a field."""
        return raw.replace(b"\r", self._chance.choice((b"\n", b"\r\n", b"\n\r", b"\r\r", b" \r")))

    def _twice(self, raw: bytes, other: bytes) -> bytes:
        """Two messages in one, with or without an envelope."""
        between = self._chance.choice((b"", b"\r", b"\x0b", b"\x1c\r\x0b", b"BTS|1\rBHS|^~\\&|X\r"))
        ends = self._chance.choice(((b"", b""), (b"BHS|^~\\&|X\r", b"BTS|2\r"), (b"FHS|^~\\&\r", b"FTS|x\r")))
        return ends[0] + raw + between + other + ends[1]

    def _grown(self, raw: bytes) -> bytes:
        """A part of it some thousand times."""
        at = self._chance.randrange(len(raw) + 1)
        part = raw[at : at + self._chance.choice((1, 3, 40, 200))]
        return raw[:at] + part * min(20_000, LARGEST // (len(part) + 1)) + raw[at:]
