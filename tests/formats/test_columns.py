"""A list that only one school has: what its columns seem to mean, and what is asked of the office."""

import pytest

from scheduling.domain.imports import SchoolFile
from scheduling.formats.columns import (
    NAMEABLE,
    fields_of,
    header_fingerprint,
    likely_layout,
    needed_of,
    propose_columns,
)
from scheduling.formats.reading import LAYOUTS, read_file
from scheduling.wording.columns import column_name, counts_text, grouped_columns, list_name
from tests.formats.files import sheet

SAME_IN_DUTCH = ("code", "status")


def unknown(*lines: str) -> SchoolFile:
    file = read_file("eigen.csv", sheet(*lines))
    assert file.table is not None
    assert file.layout == ""
    return file


def meant(layout: str, *lines: str) -> dict[str, str]:
    file = unknown(*lines)
    assert file.table is not None
    return {file.table.header[place]: field for place, field in propose_columns(file.table, layout).items()}


def test_columns_are_proposed_by_their_header_by_a_word_in_it_and_by_what_stands_in_them() -> None:
    proposed = meant(
        "pupils", "Lln. nr;Kind (roepnaam);Familienaam;Zit nu in groep;Sinds;Contact;BSN",
        "1;Noor;Hof;3;01-02-2019;n@example.org;1", "2;Bram;Bos;4;03-04-2018;b@example.org;2",
    )  # fmt: skip
    assert proposed == {
        "Lln. nr": "number", "Kind (roepnaam)": "given_name", "Familienaam": "surname", "Zit nu in groep": "class_name",
        "Sinds": "birth_date", "Contact": "email",
    }  # fmt: skip


def test_an_empty_column_and_a_number_of_the_state_are_not_proposed() -> None:
    assert meant("pupils", "Onderwijsnummer leerling;Leeg", "1;", "2;") == {}


@pytest.mark.parametrize(
    ("header", "layout"),
    [
        ("Lln;Kind;Groep nu", "pupils"),
        ("Lln;Familienaam ouder;Mail thuis;Relatie kind;Post", "guardians"),
        ("Ruimte;Etage", "pupils"),
    ],
)
def test_the_kind_of_list_is_the_one_that_explains_most_columns(header: str, layout: str) -> None:
    assert likely_layout(unknown(header, *[";" * header.count(";") + "x"])) == layout


def test_the_same_header_in_other_capitals_is_the_same_list_and_another_order_is_not() -> None:
    assert header_fingerprint(["Lln Nr", "E-mail"]) == header_fingerprint(["LLN_NR ", "email"])
    assert header_fingerprint(["a", "b"]) != header_fingerprint(["b", "a"])


def test_every_kind_of_list_and_every_field_of_it_has_a_name_for_the_office(context) -> None:
    for layout in NAMEABLE:
        fields = fields_of(layout)
        assert set(needed_of(layout)) == NAMEABLE[layout] <= set(fields)
        assert [field for field in fields if column_name(field) == field and field not in SAME_IN_DUTCH] == []
        assert sum(len(group) for _, group in grouped_columns(fields)) == len(fields)
    assert [layout.name for layout in LAYOUTS if list_name(layout.name) == layout.name] == []
    assert counts_text({}) == "geen rijen die tellen"
    assert counts_text({"pupil": 1, "class": 2, "guardian": 0}) == "een leerling, 2 klassen"
