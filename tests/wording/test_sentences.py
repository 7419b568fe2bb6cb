"""What stands first in a sentence gets a capital, and nothing else changes."""

from pathlib import Path

import pytest
from markupsafe import Markup

from scheduling.wording.sentences import at_start

HERE = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("text, said", [
    ("klas H4B", "Klas H4B"),
    ("thursday 9 September", "Thursday 9 September"),
    ("iemand van het CLB", "Iemand van het CLB"),
    ("één gesprek", "Één gesprek"),
    ("", ""),
])  # fmt: skip
def test_only_the_first_letter_changes(text, said):
    assert at_start(text) == said


def test_what_was_safe_on_a_page_stays_so_and_nothing_else_becomes_so():
    assert isinstance(at_start(Markup("<b>a</b>")), Markup)
    assert not isinstance(at_start("<b>"), Markup)


def test_no_page_makes_small_letters_of_a_class_or_a_month():
    """Jinja's own `capitalize` writes the rest of a text in small letters: class H4B became class h4b."""
    places = [*(HERE / "templates").rglob("*.*"), *(HERE / "scheduling").rglob("*.py")]
    written = [str(place.relative_to(HERE)) for place in places if "capitalize" in place.read_text(encoding="utf-8")]
    assert written == []
