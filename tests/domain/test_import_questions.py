"""What only the office knows about its files: asked once, with a default, and the answer holds."""

from collections.abc import Mapping
from datetime import date

import pytest

from scheduling.domain.import_questions import (
    ALL,
    ASKED_ONE_BY_ONE,
    KEEP,
    NONE,
    REPAIR,
    SAME,
    TWO,
    NoSuchChoice,
    Question,
    QuestionKind,
    questions_of_files,
    settle_mailboxes,
    settle_numbers,
    still_to_tell,
    with_answer,
)
from scheduling.domain.imports import SchoolFile, combine
from scheduling.formats.reading import read_file, read_table_again
from tests.formats.files import GUARDIANS, guardian, guardians, pupils, sheet

TODAY = date(2027, 9, 1)
SHARED = guardians(
    guardian("1", "1", name="L;;Yilmaz", email="gezin@example.org", home="A"),
    guardian("1", "2", relation="vader", name="B;;Kaya", email="Gezin@example.org", home="B"),
)


def read(data: bytes, name: str = "a.csv") -> SchoolFile:
    return read_file(name, data)


def numbers(files: list[SchoolFile]) -> list[str]:
    return [getattr(record, "number", "") or getattr(record, "pupil_number", "") for f in files for record in f.records]


def asked_of(*files: SchoolFile, known: Mapping[str, str] | None = None) -> list[Question]:
    return settle_numbers(files, known or {}, {})[1]


# T12: damaged text


def test_damaged_text_is_asked_once_per_file_with_two_examples() -> None:
    file = read(pupils("1;IsmaÃ«l;;Bos;3", "2;ZoÃ«;;Bos;3", "3;JosÃ©;;Bos;3"))
    (question,) = questions_of_files([file], {})
    assert (question.kind, question.holds) == (QuestionKind.DAMAGED_TEXT, KEEP)
    assert question.examples == (("IsmaÃ«l", "Ismaël"), ("ZoÃ«", "Zoë"))
    assert file.table is not None
    repaired = read_table_again(file, with_answer(file.table, question, REPAIR))
    assert [record.given_name for record in repaired.records] == ["Ismaël", "Zoë", "José"]
    assert "mojibake" not in {one.code for one in repaired.problems}
    (again,) = questions_of_files([repaired], {question.key: REPAIR})
    assert again.answer == REPAIR
    assert repaired.table is not None
    assert read_table_again(repaired, with_answer(repaired.table, again, KEEP)) == file


def test_a_whole_file_asks_nothing() -> None:
    assert questions_of_files([read(pupils("1;Ismaël;;Bos;3")), read(b"geen;lijst\n1;2\n")], {}) == []


# T07: several addresses


def test_of_several_addresses_in_one_cell_one_is_chosen_or_none() -> None:
    row = guardian(name="A;van;Hof", email='"a@example.org; b@example.org"')
    file = read(sheet(GUARDIANS, row, guardian("2", email="geen")))
    (question,) = questions_of_files([file], {})
    assert (question.holds, question.place.row, question.facts["who"]) == (NONE, 2, "A van Hof")
    assert [choice.facts.get("email", "") for choice in question.choices] == ["a@example.org", "b@example.org", ""]
    assert file.table is not None
    chosen = read_table_again(file, with_answer(file.table, question, "1"))
    assert chosen.records[0].email == "b@example.org"
    (again,) = questions_of_files([chosen], {question.key: "1"})
    assert again.key == question.key
    assert chosen.table is not None
    assert read_table_again(chosen, with_answer(chosen.table, again, NONE)) == file


def test_an_answer_that_is_no_choice_is_refused() -> None:
    (question,) = questions_of_files([read(pupils("1;IsmaÃ«l;;Bos;3"))], {})
    with pytest.raises(NoSuchChoice):
        question.ensure_choice("burn")


# T14: leading zeros


def test_numbers_that_differ_by_zeros_are_two_pupils_until_the_office_says_otherwise() -> None:
    files = [read(pupils("001234;Noor;;Hof;3", "1234;Bram;;Bos;3"))]
    (question,) = asked_of(*files)
    assert (question.kind, question.holds) == (QuestionKind.NUMBERS_ALIKE, TWO)
    assert (question.facts["name"], question.facts["other_name"]) == ("Bram", "Noor")
    assert numbers(settle_numbers(files, {}, {question.key: TWO})[0]) == ["001234", "1234"]
    assert numbers(settle_numbers(files, {}, {question.key: SAME})[0]) == ["001234", "001234"]


def test_zeros_that_a_spreadsheet_dropped_are_one_question_for_the_whole_file() -> None:
    files = [
        read(pupils("1;Noor;;Hof;3", "2;Bram;;Bos;3")),
        read(guardians(guardian("1"), guardian("3", email="c@example.org")), "b.csv"),
    ]
    known = {"001": "noor", "002": "Bram", "003": "Tess"}
    (question,) = asked_of(*files, known=known)
    assert (question.kind, question.facts["count"]) == (QuestionKind.ZEROS_LOST, "3")
    assert question.examples[0] == ("1 Noor", "001 noor")
    assert numbers(settle_numbers(files, known, {question.key: SAME})[0]) == ["001", "002", "001", "003"]
    assert numbers(settle_numbers(files, known, {})[0]) == ["1", "2", "1", "3"]


def test_the_spelling_that_the_house_knows_stays() -> None:
    files = [read(pupils("0007;Noor;;Hof;3"))]
    (question,) = asked_of(*files, known={"7": "Noor"})
    assert numbers(settle_numbers(files, {"7": "Noor"}, {question.key: SAME})[0]) == ["7"]


def test_two_pupils_whom_the_house_knows_already_are_not_asked_about() -> None:
    assert asked_of(read(pupils("007;Noor;;Hof;3", "7;Bram;;Bos;3")), known={"007": "Noor", "7": "Bram"}) == []


def test_a_school_that_counts_so_is_not_asked_pupil_by_pupil() -> None:
    rows = [
        f"{zeros}{n};{name};;Bos;3" for n in range(1, ASKED_ONE_BY_ONE + 2) for zeros, name in (("0", "A"), ("", "B"))
    ]
    assert asked_of(read(pupils(*rows))) == []


def test_numbers_of_zeros_only_are_left_alone() -> None:
    assert asked_of(read(pupils("0;Noor;;Hof;3", "00;Noor;;Hof;3"))) == []


# T05: one mailbox in two homes


def test_a_mailbox_in_two_homes_is_read_by_both_until_the_office_chooses() -> None:
    image = combine([read(pupils("1;Sami;;Kaya;3")), read(SHARED)], on=TODAY)
    same, (question,) = settle_mailboxes(image, {})
    assert same == image
    assert question.holds == ALL
    by_names = {choice.facts.get("names"): choice.value for choice in question.choices}
    assert set(by_names) == {"L Yilmaz (moeder)", "B Kaya (vader)", None}
    settled, (answered,) = settle_mailboxes(image, {question.key: by_names["B Kaya (vader)"]})
    assert answered.answer == by_names["B Kaya (vader)"]
    assert {one.record.surname: one.record.email for one in settled.guardians} == {
        "Yilmaz": "", "Kaya": "Gezin@example.org",
    }  # fmt: skip
    assert {one.record.surname for one in settled.relations if one.record.email} == {"Kaya"}
    assert [one.external_id for one in settled.guardians] == [one.external_id for one in image.guardians]


def test_an_answer_about_homes_that_are_no_more_is_no_answer() -> None:
    image = combine([read(pupils("1;Sami;;Kaya;3")), read(SHARED)], on=TODAY)
    _, (question,) = settle_mailboxes(image, {})
    _, (again,) = settle_mailboxes(image, {question.key: "another home"})
    assert again.answer == ""


def test_a_key_tells_nobody_who_is_asked_about() -> None:
    image = combine([read(pupils("1;Sami;;Kaya;3")), read(SHARED)], on=TODAY)
    _, (question,) = settle_mailboxes(image, {})
    assert "gezin" not in question.key
    assert not any("ilmaz" in choice.value for choice in question.choices)


def test_what_was_answered_is_told_no_more() -> None:
    files = [read(pupils("1;Sami;;Kaya;3", "001234;Noor;;Hof;3", "1234;Bram;;Bos;3")), read(SHARED)]
    image = combine(files, on=TODAY)
    _, about_mailboxes = settle_mailboxes(image, {})
    questions = [*asked_of(*files), *about_mailboxes]
    open_codes = {one.code for one in still_to_tell(image.problems, questions)}
    assert {"number_looks_alike", "mailbox_in_two_households"} <= open_codes
    answers = {question.key: question.default for question in questions}
    _, numbers_answered = settle_numbers(files, {}, answers)
    _, mailboxes_answered = settle_mailboxes(image, answers)
    left = {one.code for one in still_to_tell(image.problems, [*numbers_answered, *mailboxes_answered])}
    assert not left & {"number_looks_alike", "mailbox_in_two_households"}
