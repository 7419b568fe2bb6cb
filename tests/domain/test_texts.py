"""What a school may type for its letters."""

import pytest

from scheduling.domain.texts import TextCompels, TextUnfinished, ensure_inviting


@pytest.mark.parametrize(
    "text, word",
    [
        ("Komen is VERPLICHT.", "VERPLICHT"), ("U moet komen.", "moet"), ("Wij denken: u dient te komen.", "u dient"),
        ("Dear parents, you must come.", "must"),
    ],
)  # fmt: skip
def test_a_text_that_compels_is_refused_with_the_word(text: str, word: str) -> None:
    with pytest.raises(TextCompels) as refused:
        ensure_inviting(text, field="purpose")
    assert (refused.value.word, refused.value.field) == (word, "purpose")


@pytest.mark.parametrize(
    "text, found", [("Beste {naam}, welkom.", "{naam}"), ("Tot ### !", "###"), ("[[leider]]", "[[")]
)
def test_a_text_with_an_open_place_is_refused_with_that_place(text: str, found: str) -> None:
    with pytest.raises(TextUnfinished) as refused:
        ensure_inviting(text, field="route")
    assert (refused.value.found, refused.value.field) == (found, "route")


@pytest.mark.parametrize("text", ["", "Wij ontmoeten elkaar graag. U vertelt over uw kind.", "Welkom! 100% samen."])
def test_an_inviting_text_is_fine(text: str) -> None:
    ensure_inviting(text, field="purpose")
