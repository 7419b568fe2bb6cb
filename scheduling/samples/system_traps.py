"""The same traps in the layout of every system that can carry them.

Which system carries which trap follows from what the trap needs and what the system writes; `docs/formats.md` shows it.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from scheduling.samples.names import LONG_SURNAME
from scheduling.samples.people import Parent
from scheduling.samples.small_schools import CP1252, SYSTEMS, Need, Somebody, parent, small_school
from scheduling.samples.systems import Files


@dataclass(frozen=True)
class Trap:
    """What a trap sets, what it needs for that, and what is told about it."""

    people: tuple[Somebody, ...]
    needs: frozenset[Need] = frozenset()
    told: frozenset[str] = frozenset()
    told_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Per system, where it differs."""
    bend: Callable[[bytes, str], bytes] | None = None
    """What happens to a sheet after it was written, given its encoding."""


def systems_of(trap: str) -> list[str]:
    """The systems that can carry a trap."""
    return [name for name, system in SYSTEMS.items() if TRAPS[trap].needs <= system.carries]


def trap_files(trap: str, system: str) -> Files:
    """The trap as this system hands it over."""
    set_trap, writer = TRAPS[trap], SYSTEMS[system]
    files = writer.write(small_school(set_trap.people))
    if set_trap.bend is None:
        return files
    return {name: set_trap.bend(content, writer.encoding) for name, content in files.items()}


def told_by(trap: str, system: str) -> frozenset[str]:
    """The codes of the problems that must be told."""
    return TRAPS[trap].told_by.get(system, TRAPS[trap].told)


def _in_another_manner(content: bytes, encoding: str) -> bytes:
    """T13: tabs, quotes around every cell, another newline, a separator too many behind every row."""
    text = content.decode(encoding).removeprefix("\ufeff")
    separator = max(";,\t", key=text.split("\n", 1)[0].count)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([*row, ""] for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    return out.getvalue().encode(encoding)


def _as_windows(content: bytes, encoding: str) -> bytes:
    """T11: the bytes 0x80 to 0x9F are curly quotes and dashes."""
    return content if encoding == CP1252 else content.decode("utf-8-sig").encode(CP1252)


def _first_row_twice(content: bytes, encoding: str) -> bytes:
    """T15: a pupil's row is there twice."""
    lines = content.splitlines(keepends=True)
    return b"".join([*lines[:2], *lines[1:]])


def _people(rows: Iterable[tuple[str, str, str, str]]) -> tuple[Somebody, ...]:
    return tuple(Somebody(number, given, surname, prefix) for number, given, prefix, surname in rows)


MOTHER = parent("moeder", "Anna Hof", "a.hof@example.org")
FATHER = parent("vader", "Bert Hof", "b.hof@example.org")
NOOR = Somebody("1001", "Noor", "Hof", parents=(MOTHER, FATHER))
TWO = (Somebody("1001", "Noor", "Hof"), Somebody("1002", "Bram", "Smit"))


def _noor(*parents: Parent) -> tuple[Somebody, ...]:
    return (Somebody("1001", "Noor", "Hof", parents=parents),)


TRAPS: Mapping[str, Trap] = {
    "T01": Trap(_noor(MOTHER, parent("vader", "Bert Visser", "b.visser@example.org", household="B")),
                frozenset({Need.HOMES})),
    "T02": Trap(_noor(MOTHER, parent("vader", "Bert Visser", "b.visser@example.org", authority="N", household="B")),
                frozenset({Need.AUTHORITY, Need.HOMES})),
    "T03": Trap(_noor(parent("moeder", "Anna Hof", "a.hof@example.org", phone="+31 20 000 00 01", secret=True)),
                frozenset({Need.SECRECY})),
    "T04": Trap(_noor(parent("moeder", "Anna Hof", "gezin@example.org"),
                      parent("vader", "Bert Hof", "gezin@example.org")),
                frozenset({Need.BOTH_PARENTS})),
    "T05": Trap(_noor(parent("moeder", "Anna Hof", "gezin@example.org"),
                      parent("vader", "Bert Visser", "gezin@example.org", household="B")),
                frozenset({Need.HOMES}), frozenset({"mailbox_in_two_households"})),
    "T06": Trap(_noor(parent("moeder", "Anna Hof"), parent("vader", "Bert Hof")),
                frozenset({Need.PARENT_NAMES}), frozenset({"email_missing"})),
    "T07": Trap((Somebody("1001", "Noor", "Hof", parents=(parent("moeder", "Anna Hof", "jan@@example"),)),
                 Somebody("1002", "Bram", "Smit", parents=(parent("moeder", "Chris Smit", " c.smit@EXAMPLE.ORG"),)),
                 Somebody("1003", "Tess", "Vos",
                          parents=(parent("moeder", "Dina Vos", "a@example.org; b@example.org"),))),
                frozenset({Need.ADDRESSES}), frozenset({"email_broken", "email_tidied", "email_several"})),
    "T09": Trap(_people((("1", "Noor", "van 't", "Hof"), ("2", "Bram", "van der", "Meer"), ("3", "Tess", "de", "Vries"),
                         ("4", "Finn", "in 't", "Veld"), ("5", "Roos", "op den", "Kamp"), ("6", "Saar", "", "Smit"))),
                frozenset({Need.PREFIXES})),
    "T10": Trap(_people((("1", "Ismaël", "", "Çelik"), ("2", "Zoë", "", "Şahin"), ("3", "Łukasz", "", "Nowak"),
                         ("4", "Linh", "", "Nguyễn"), ("5", "Sean", "", "O'Brien"), ("6", "Louis", "", "d'Hondt"))),
                told_by={"decibel": frozenset({"lost_letters"}), "parnassys": frozenset({"lost_letters"})}),
    "T11": Trap(_people((("1", "Noor", "", "Hof – Smit"), ("2", "Anaïs", "", "D’Haese"))), frozenset({Need.ENCODINGS}),
                bend=_as_windows),
    "T12": Trap(_people((("1", "IsmaÃ«l", "", "Smit"), ("2", "Zoë", "", "Vos"))), told=frozenset({"mojibake"})),
    "T13": Trap(TWO, frozenset({Need.SEPARATORS}),
                bend=_in_another_manner),
    "T14": Trap((Somebody("001234", "Noor", "Hof"), Somebody("1234", "Bram", "Smit")), frozenset({Need.NUMBERS}),
                frozenset({"number_looks_alike"})),
    "T15": Trap(TWO, frozenset({Need.SEPARATORS, Need.NUMBERS}), bend=_first_row_twice),
    "T16": Trap(tuple(Somebody(number, given, "Bos", parents=(MOTHER, FATHER))
                      for number, given in (("1", "Sem"), ("2", "Sam")))),
    "T17": Trap(tuple(Somebody(number, given, "Hof", class_name=name, parents=(MOTHER, FATHER))
                      for number, given, name in (("1", "Noor", "1/2a"), ("2", "Bram", "4"), ("3", "Tess", "8"))),
                frozenset({Need.ADDRESSES})),
    "T18": Trap((Somebody("1", "Noor", "Hof", class_name="1a", location="00", parents=(MOTHER,)),
                 Somebody("2", "Bram", "Hof", class_name="1a", location="01", parents=(MOTHER,))),
                frozenset({Need.LOCATIONS})),
    "T27": Trap(_noor(MOTHER, parent("vader (overleden)", "Bert Hof", "b.hof@example.org")),
                frozenset({Need.RELATIONS}), frozenset({"guardian_not_active"})),
    "T28": Trap((Somebody("1001", "Noor", "Hof", parents=(MOTHER, parent("moeder", "Bo Bos", "b.bos@example.org"))),
                 Somebody("1002", "Bram", "Smit", parents=(
                     parent("pleegouder", "Chris Smit", "c.smit@example.org", authority=""),
                     parent("voogd", " Stichting Voorbeeld", "voogd@example.org", authority="V")))),
                frozenset({Need.RELATIONS})),
    "T29": Trap(_noor(MOTHER, FATHER, parent("oma", "Olga Hof", "oma@example.org", authority="")),
                frozenset({Need.RELATIONS, Need.AUTHORITY}), frozenset({"contact_without_consent"})),
    "T30": Trap((Somebody("1", "Noor", "Hof", class_name="aangemeld"),
                 Somebody("2", "Bram", "Smit", class_name="uitgeschreven"), Somebody("3", "Tess", "Vos")),
                told=frozenset({"pupil_not_yet", "pupil_gone"})),
    "T31": Trap(TWO),
    "T46": Trap((Somebody("1", "Noor", LONG_SURNAME[1], LONG_SURNAME[0]), Somebody("2", "Bram", ""))),
    "T47": Trap((Somebody("1", '=HYPERLINK("http://example.org";"klik")', "Hof"), Somebody("2", "Bram", "Smit")),
                told=frozenset({"formula_like"})),
    "T51": Trap((Somebody("1", "Lore", "Van den Broeck", parents=(MOTHER, FATHER)),), frozenset({Need.PHONES})),
    "T52": Trap(_noor(parent("moeder", "Anna Hof", "a.hof@example.org", phone="+31 20 000 00 01"),
                      parent("vader", "Bert Hof", "b.hof@example.org", phone="+32 2 000 00 01")),
                frozenset({Need.PHONES})),
    "T53": Trap((Somebody("1", "Noor", "Vries", "de", class_name="3"),
                 Somebody("2", "Noor", "Vries", "de", class_name="4", born=date(2017, 3, 2)))),
}  # fmt: skip
