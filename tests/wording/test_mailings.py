"""What the office reads about letters."""

import pytest

from scheduling.domain.mailings import Letter
from scheduling.wording.mailings import letter_name


@pytest.mark.usefixtures("context")
def test_every_letter_has_a_name_of_its_own_for_the_office() -> None:
    names = {letter_name(letter) for letter in Letter}
    assert len(names) == len(Letter), "a letter that did not arrive is listed by its name"
