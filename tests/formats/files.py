"""Small school files for the tests."""

import io
import zipfile
from collections.abc import Sequence

from openpyxl import Workbook

PUPILS = "Leerlingnummer;Roepnaam;Tussenvoegsel;Achternaam;Groep"
GUARDIANS = (
    "Leerlingnummer;Volgnummer;Relatie;Aanhef;Voorletters;Tussenvoegsel;Achternaam;E-mailadres;Telefoon mobiel;Gezag;"
    "Adres geheim;Post ontvangen;Taal;Tolk nodig;Huishouden"
)


def sheet(*lines: str, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    return (end.join(lines) + end).encode(encoding)


def pupils(*rows: str, encoding: str = "utf-8") -> bytes:
    return sheet(PUPILS, *rows, encoding=encoding)


def guardian(
    number: str = "1", position: str = "1", *, relation: str = "moeder", name: str = "A;;Hof",
    email: str = "a@example.org", phone: str = "", authority: str = "J", hidden: str = "N", post: str = "J",
    language: str = "Nederlands", interpreter: str = "N", home: str = "A",
) -> str:  # fmt: skip
    """A row of verzorgers.csv; `name` holds initials, prefix and surname."""
    return ";".join(
        (number, position, relation, "", name, email, phone, authority, hidden, post, language, interpreter, home)
    )


def guardians(*rows: str) -> bytes:
    return sheet(GUARDIANS, *rows)


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(members: Sequence[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return out.getvalue()
