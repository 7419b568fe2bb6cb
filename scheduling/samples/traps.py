"""Files with one trap each, and `traps.csv` that says what must come of them.

`expected` is `ok`, `warning:<code>` or `error:<code>`, for the row that `row_key` names (0: the file as a whole).
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

PUPILS = "Leerlingnummer;Roepnaam;Tussenvoegsel;Achternaam;Groep"
ENROLLED = f"{PUPILS};Datum inschrijving;Datum uitschrijving;Leerjaar"
GUARDIANS = (
    "Leerlingnummer;Volgnummer;Relatie;Voorletters;Tussenvoegsel;Achternaam;E-mailadres;Telefoon mobiel;Gezag;"
    "Adres geheim;Huishouden;Toestemming"
)
STAFF = "Code;Roepnaam;Tussenvoegsel;Achternaam;E-mail;Rol;Groepen;Werkdagen"
TWO_PUPILS = (PUPILS, "1001;Noor;van 't;Hof;3", "1002;Bram;;Smit;3")


@dataclass(frozen=True)
class TrapFile:
    """A file, and per row what is expected of it."""

    trap: str
    name: str
    content: bytes
    expected: tuple[tuple[int, str], ...]
    beside: tuple[str, ...] = ()
    """The files without which it says nothing."""


def write_traps(folder: Path) -> list[Path]:
    """Write every trap file and the list of them."""
    folder.mkdir(parents=True, exist_ok=True)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(("trap_id", "file", "row_key", "expected"))
    paths = []
    for trap in TRAPS:
        paths.append(folder / trap.name)
        paths[-1].write_bytes(trap.content)
        writer.writerows((trap.trap, trap.name, row, expected) for row, expected in trap.expected)
    (folder / "traps.csv").write_bytes(out.getvalue().encode("utf-8"))
    return [*paths, folder / "traps.csv"]


def _file(
    trap: str, name: str, lines: Sequence[str], *expected: tuple[int, str], encoding: str = "utf-8", end: str = "\r\n"
) -> TrapFile:
    return TrapFile(trap, f"{trap}_{name}.csv", (end.join(lines) + end).encode(encoding), expected)


def _guardians(trap: str, *rows: str, beside: tuple[str, ...] = ()) -> TrapFile:
    """Guardians of the two pupils; a row ends in what is expected, after `|`."""
    split = [row.split("|") for row in rows]
    expected = tuple((number, code) for number, (_, code) in enumerate(split, start=2))
    file = _file(trap, "verzorgers", (GUARDIANS, *(row for row, _ in split)), *expected)
    return replace(file, beside=tuple(f"{trap}_{name}.csv" for name in beside))


TRAPS: tuple[TrapFile, ...] = (
    _file("T00", "leerlingen", TWO_PUPILS, (2, "ok"), (3, "ok")),
    _guardians(
        "T01",
        "1001;1;moeder;A.;van 't;Hof;a.hof@example.org;+31 00 000 00 01;J;N;A;|ok",
        "1001;2;vader;B.;;Visser;b.visser@example.org;+31 00 000 00 02;J;N;B;|ok",
    ),
    _guardians("T02", "1001;2;vader;B.;;Visser;b.visser@example.org;;N;N;B;|ok"),
    _guardians("T03", "1001;1;moeder;A.;van 't;Hof;a.hof@example.org;+31 00 000 00 01;J;J;A;|ok"),
    _guardians(
        "T04",
        "1001;1;moeder;A.;van 't;Hof;gezin@example.org;;J;N;A;|ok",
        "1001;2;vader;B.;van 't;Hof;gezin@example.org;;J;N;A;|ok",
    ),
    _guardians(
        "T05",
        "1001;1;moeder;A.;van 't;Hof;gezin@example.org;;J;N;A;|ok",
        "1001;2;vader;B.;;Visser;gezin@example.org;;J;N;B;|warning:mailbox_in_two_households",
    ),
    _guardians(
        "T06",
        "1001;1;moeder;A.;van 't;Hof;;;J;N;A;|warning:email_missing",
        "1001;2;vader;B.;van 't;Hof;;;J;N;A;|warning:email_missing",
    ),
    _guardians(
        "T07",
        "1001;1;moeder;A.;van 't;Hof;jan@@example;;J;N;A;|warning:email_broken",
        "1001;2;vader;B.;van 't;Hof;geen;;J;N;A;|warning:email_broken",
        "1002;1;moeder;C.;;Smit;c.smit@example.org ;;J;N;A;|warning:email_tidied",
        "1002;2;vader;D.;;Smit;d.smit@EXAMPLE.ORG;;J;N;A;|warning:email_tidied",
        '1002;3;stiefvader;E.;;Smit;"a@example.org; b@example.org";;J;N;A;|warning:email_several',
    ),
    _file(
        "T09", "leerlingen",
        (PUPILS, "1;Noor;van 't;Hof;3", "2;Bram;van der;Meer;3", "3;Tess;de;Vries;3", "4;Finn;in 't;Veld;3",
         "5;Roos;op den;Kamp;3", "6;Saar;;Smit;3", '7;Levi;;"Vries, de";3'),
        (2, "ok"), (6, "ok"), (8, "warning:prefix_moved"),
    ),
    _file(
        "T10", "leerlingen",
        (PUPILS, "1;Ismaël;;Çelik;3", "2;Zoë;;Şahin;3", "3;Łukasz;;Nowak;3", "4;Linh;;Nguyễn;3", "5;Sean;;O'Brien;3",
         "6;Louis;;d'Hondt;3"),
        (2, "ok"), (3, "ok"), (4, "ok"), (5, "ok"),
    ),
    _file(
        "T10", "leerlingen_cp1252",
        (PUPILS, "1;Ismaël;;Çelik;3", "2;Zoë;;?ahin;3", "3;?ukasz;;Nowak;3"),
        (2, "ok"), (3, "warning:lost_letters"), (4, "warning:lost_letters"), encoding="cp1252",
    ),
    _file("T11", "leerlingen", (PUPILS, "1;Noor;van ’t;Hof – Smit;3"), (2, "ok"), encoding="cp1252"),
    _file("T12", "leerlingen", (PUPILS, "1;IsmaÃ«l;;Smit;3"), (2, "warning:mojibake")),
    _file("T13", "puntkomma", TWO_PUPILS, (2, "ok"), encoding="utf-8-sig"),
    _file("T13", "komma", [line.replace(";", ",") for line in TWO_PUPILS], (2, "ok"), end="\n"),
    _file("T13", "tab", [line.replace(";", "\t") for line in TWO_PUPILS], (2, "ok")),
    _file("T13", "laatste_scheidingsteken", [f"{line};" for line in TWO_PUPILS], (2, "ok")),
    _file("T13", "aanhalingstekens", [f'"{line}"'.replace(";", '";"') for line in TWO_PUPILS], (2, "ok")),
    _file(
        "T13", "regeleinde",
        (f"{PUPILS};Opmerking", '1001;Noor;van \'t;Hof;3;"twee\r\nregels"', "1002;Bram;;Smit;3;"), (2, "ok"), (3, "ok"),
    ),
    _file(
        "T14", "leerlingen", (PUPILS, "001234;Noor;;Hof;3", "1234;Bram;;Smit;4"), (3, "warning:number_looks_alike")
    ),
    _file(
        "T15", "leerlingen",
        (ENROLLED, "1;Noor;;Hof;3;01-08-2025;31-07-2026;3", "1;Noor;;Hof;4;01-08-2026;;4", "2;Bram;;Smit;3;;;3",
         "2;Bram;;Smit;3;;;3"),
        (3, "ok"), (5, "warning:duplicate_row"),
    ),
    _file(
        "T16", "leerlingen",
        (f"{PUPILS};Geboortedatum", "1;Sem;;Bos;3;04-05-2019", "2;Sam;;Bos;3;04-05-2019"), (2, "ok"), (3, "ok"),
    ),
    _file("T17", "leerlingen", (PUPILS, "1;Noor;;Hof;1/2a", "2;Bram;;Hof;4", "3;Tess;;Hof;8"), (2, "ok"), (4, "ok")),
    _guardians(
        "T17",
        "1;1;moeder;A.;;Hof;a.hof@example.org;;J;N;A;|ok",
        "2;1;moeder;A.;;Hof;a.hof@example.org;;J;N;A;|ok",
        "3;1;moeder;A.;;Hof;a.hof@example.org;;J;N;A;|ok",
        beside=("leerlingen",),
    ),
    _file(
        "T18", "leerlingen", (f"{PUPILS};Vestiging", "1;Noor;;Hof;1a;00", "2;Bram;;Hof;1a;01"), (2, "ok"), (3, "ok")
    ),
    _file("T19", "leerlingen", (PUPILS, "1;Noor;;Hof;3"), (2, "ok")),
    _file(
        "T19", "personeel", (STAFF, "HOF;Anna;;Hof;a.hof@example.org;LRK;4;", "VOS;Bo;;Vos;b.vos@example.org;LRK;3;"),
        (2, "ok"), (3, "ok"),
    ),
    _guardians(
        "T19", "1;1;moeder;A.;;Hof;a.hof@example.org;;J;N;A;|ok", beside=("leerlingen", "personeel")
    ),
    _file("T20", "leerlingen", (PUPILS, "1;Noor;;Hof;3"), (2, "ok")),
    _file("T20", "personeel", (STAFF, "HOF;Anna;;Hof;a.hof@example.org;LRK;3;"), (2, "ok")),
    _guardians(
        "T20", "1;1;moeder;A.;;Hof;a.hof@example.org;;J;N;A;|warning:leads_own_child",
        beside=("leerlingen", "personeel"),
    ),
    _guardians(
        "T27", "1001;2;vader (overleden);B.;van 't;Hof;b.hof@example.org;;J;N;A;|warning:guardian_not_active"
    ),
    _guardians(
        "T28",
        "1001;1;moeder;A.;van 't;Hof;a.hof@example.org;;J;N;A;|ok",
        "1001;2;moeder;B.;;Bos;b.bos@example.org;;J;N;A;|ok",
        "1002;1;pleegouder;C.;;Smit;c.smit@example.org;;N;N;A;|ok",
        "1002;2;voogd;;;Stichting Voorbeeld;voogd@example.org;;V;N;A;|ok",
    ),
    _guardians(
        "T29",
        "1001;1;oma;A.;van 't;Hof;oma@example.org;;;N;A;|warning:contact_without_consent",
        "1002;1;broer;B.;;Smit;broer@example.org;;;N;A;J|warning:authority_unknown",
    ),
    _file(
        "T30", "leerlingen",
        (ENROLLED, "1;Noor;;Hof;aangemeld;;;", "2;Bram;;Smit;uitgeschreven;;;", "3;Tess;;Vos;3;;;H",
         "4;Finn;;Bos;3;;01-02-2020;3"),
        (2, "warning:pupil_not_yet"), (3, "warning:pupil_gone"), (4, "warning:pupil_gone"), (5, "warning:pupil_gone"),
    ),
    _file("T31", "leerlingen", (PUPILS, "1001;Noor;van 't;Hof;4", "1002;Bram;;Smit;3"), (2, "ok")),
    _file(
        "T44", "kalender", ("van;tot_en_met;soort;omschrijving", "16-10-2027;31-10-2027;vakantie;herfstvakantie"),
        (2, "ok"),
    ),
    _file(
        "T46", "leerlingen",
        (PUPILS, f"1;Noor;van den;{'Oudenaarden-Schimmelpenninck van Wickevoort tot Sevenaer-Ooij'};3", "2;Bram;;;3"),
        (2, "ok"), (3, "ok"),
    ),
    _file("T46", "te_lang", (PUPILS, f"1;Noor;;{'a' * 10_000};3"), (2, "error:too_long")),
    _file(
        "T47", "leerlingen",
        (PUPILS, '1;"=HYPERLINK(""http://example.org"";""klik"")";;Hof;3'), (2, "warning:formula_like"),
    ),
    _file(
        "T51", "coaccounts",
        ("Stamnummer;Naam;Voornaam;Klas;naam_coaccount1;email_coaccount1;naam_coaccount5;email_coaccount5",
         "027001;Van den Broeck;Lore;3A;Maes;l.maes@example.org;Van den Broeck;j.vdb@example.org"),
        (2, "ok"),
    ),
    _guardians(
        "T52",
        "1001;1;moeder;A.;van 't;Hof;a.hof@example.org;020 000 00 01;J;N;A;|ok",
        "1001;2;vader;B.;;Maes;b.maes@example.org;+32 (0)2 000 00 01;J;N;B;|ok",
    ),
    _file("T53", "leerlingen", (PUPILS, "1;Noor;de;Vries;3", "2;Noor;de;Vries;4"), (2, "ok"), (3, "ok")),
    _file("T54", "personeel", (STAFF, "HOF;Bo;;Vos;b.vos@example.org;LRK;3;"), (2, "ok")),
    _file("R01", "zonder_nummer", (PUPILS, ";Noor;;Hof;3"), (2, "error:missing")),
    _file("R02", "zonder_roepnaam", (PUPILS, "1;;;Hof;3"), (2, "error:missing")),
    _file("R03", "zonder_groep", (PUPILS, "1;Noor;;Hof;"), (2, "error:missing")),
    _file("R04", "te_weinig_cellen", (PUPILS, "1;Noor;Hof;3"), (2, "error:wrong_width")),
    _file("R05", "te_veel_cellen", (PUPILS, "1;Noor;;Hof;3;x"), (2, "error:wrong_width")),
    _file("R06", "besturingsteken", (PUPILS, '1;"Noor\r\nBcc: x@example.org";;Hof;3'), (2, "error:control_characters")),
    _file("R07", "mailkop", (PUPILS, "1;=?utf-8?q?=0ABcc=3A_x=40example.org?=;;Hof;3"), (2, "error:encoded_word")),
    _file("R08", "onbekend", ("Kolom A;Kolom B", "1;2"), (1, "error:unknown_layout")),
)  # fmt: skip
