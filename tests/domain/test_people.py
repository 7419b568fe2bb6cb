"""Names as people use them, and who is grown up."""

from datetime import date

import pytest

from scheduling.domain.people import Authority, Name, dotted, is_adult, may_be_invited


@pytest.mark.parametrize(
    ("written", "shown"), [("FG", "F.G."), ("F.G.", "F.G."), ("ThM", "Th.M."), ("É", "É."), ("", "")]
)
def test_initials_are_shown_with_dots(written, shown):
    assert dotted(written) == shown


def test_a_parent_known_by_initials_keeps_the_surname():
    assert Name("F.G.", "te", "Velde").called == "F.G. te Velde"
    assert Name("Layla", "", "Yilmaz").called == "Layla"


def test_a_prefix_is_shown_but_not_sorted_on():
    noor = Name("Noor", "van 't", "Hof")
    assert noor.full == "Noor van 't Hof"
    assert noor.sort_key == ("hof", "noor")


def test_names_with_marks_stand_where_people_look_for_them():
    names = [Name("Sem", "", name) for name in ("Zandstra", "Öztürk", "Visser", "d'Hondt", "Çelik", "Łukasz", "Adams")]
    assert [name.surname for name in sorted(names, key=lambda name: name.sort_key)] == [
        "Adams", "Çelik", "d'Hondt", "Łukasz", "Öztürk", "Visser", "Zandstra"
    ]  # fmt: skip


def test_a_pupil_may_have_one_name_only():
    assert Name("Noor").full == "Noor"


@pytest.mark.parametrize(
    ("born", "on", "adult"),
    [
        (date(2009, 9, 1), date(2027, 8, 31), False),
        (date(2009, 9, 1), date(2027, 9, 1), True),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
        (None, date(2027, 9, 1), False),
    ],
)
def test_a_pupil_is_grown_up_from_the_eighteenth_birthday(born, on, adult):
    assert is_adult(born, on) is adult


def test_a_parent_without_authority_is_not_invited_and_an_unknown_one_is():
    assert not may_be_invited(Authority.NO, active=True)
    assert may_be_invited(Authority.UNKNOWN, active=True)
    assert not may_be_invited(Authority.YES, active=False)
