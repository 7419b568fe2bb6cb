"""What a school may type for its letters."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.errors import Invalid
from scheduling.domain.texts import (
    LinkBroken,
    LinkHalf,
    LinkHidesItsPlace,
    OwnText,
    PreparationLink,
    ReadText,
    TextCompels,
    TextTooLong,
    TextUnfinished,
    ensure_inviting,
    ensure_own_text,
    text_for,
)


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


@pytest.mark.parametrize(
    "text, found",
    [
        ("Beste [naam ouder], welkom.", "[naam ouder]"), ("Wij zien u op <dag>.", "<dag>"), ("Tot XXX!", "XXX"),
        ("Lokaal xxxx", "xxxx"), ("Neem mee: ____", "____"), ("Dag $naam", "$naam"), ("Dag %naam%", "%naam%"),
    ],
)  # fmt: skip
def test_however_a_school_marks_what_is_still_open_it_is_named(text: str, found: str) -> None:
    with pytest.raises(TextUnfinished) as refused:
        ensure_inviting(text, field="paragraph")
    assert refused.value.found == found


@pytest.mark.parametrize(
    "language, text, word",
    [
        ("tr", "Gelmek zorunludur.", "zorunludur"), ("ar", "يجب الحضور", "يجب"), ("pl", "Musi Pan przyjść.", "Musi"),
        ("uk", "Ви повинні прийти.", "повинні"), ("en", "You have to come.", "have to"),
        ("tr", "Dit is verplicht.", "verplicht"),
    ],
)  # fmt: skip
def test_a_paragraph_invites_in_its_own_language(language: str, text: str, word: str) -> None:
    with pytest.raises(TextCompels) as refused:
        ensure_own_text(paragraph=text, links=[], language=language)
    assert (refused.value.word, refused.value.field) == (word, "paragraph")


def test_what_was_typed_is_tidied_and_empty_links_are_left_out() -> None:
    text = ensure_own_text(
        paragraph="  Wij lezen samen.\r\n\r\nWelkom. ",
        links=[("", " "), (" Zo\tgaat het ", " HTTPS://Linde.Example.ORG/A ")],
    )
    assert text.paragraph == "Wij lezen samen.\n\nWelkom."
    assert text.links == (PreparationLink("Zo gaat het", "https://linde.example.org/A"),)
    assert text.links[0].host == "linde.example.org"
    assert not ensure_own_text(paragraph=" ", links=[("", "")])


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "data:text/html,x", "ftp://linde.example.org/", "//linde.example.org/",
        "linde.example.org",        "https://", "https:///pad", "https://linde/", "https://127.0.0.1/", "https://[::1]/",
        "https://a b.example.org/",
        "https://linde.example.org\\@evil.example.com/", "https://linde.example.org:99999/", "https://-a.example.org/",
        "https://linde.example.org/\u202etxt.exe", "mailto:kantoor@linde.example.org", "https://linde.example.org/\nBcc:",
        'https://linde.example.org/"onclick',
    ],
)  # fmt: skip
def test_an_address_that_is_no_plain_web_page_is_refused(address: str) -> None:
    with pytest.raises(LinkBroken) as refused:
        ensure_own_text(paragraph="", links=[("Zo gaat het", address)])
    assert refused.value.field == "link_1"


@pytest.mark.parametrize(
    "address",
    ["https://anna:geheim@linde.example.org/", "https://linde.example.org@evil.example.com/", "https://@a.example/"],
)
def test_an_address_that_hides_where_it_leads_is_refused(address: str) -> None:
    with pytest.raises(LinkHidesItsPlace):
        ensure_own_text(paragraph="", links=[("Zo gaat het", address)])


def test_a_host_in_other_letters_is_shown_as_the_web_knows_it() -> None:
    kept = ensure_own_text(paragraph="", links=[("Zo", "https://lindе.example.org:8443/")]).links[0]
    assert kept.host == "xn--lind-y4d.example.org:8443", "its last letter is Cyrillic"


def test_an_open_place_in_an_address_would_keep_every_letter_in_the_house() -> None:
    with pytest.raises(TextUnfinished) as refused:
        ensure_own_text(paragraph="", links=[("Zo", "https://linde.example.org/###")])
    assert refused.value.field == "link_1"


@pytest.mark.parametrize(
    "paragraph, links, field, kind",
    [
        ("a" * 1001, [], "paragraph", TextTooLong),
        ("", [("a" * 81, "https://linde.example.org/")], "title_1", TextTooLong),
        ("", [("", ""), ("Zo", "https://linde.example.org/" + "a" * 500)], "link_2", TextTooLong),
        ("", [("", "https://linde.example.org/")], "title_1", LinkHalf),
        ("", [("", ""), ("", ""), ("Zo", "")], "link_3", LinkHalf),
        ("", [("U moet dit lezen", "https://linde.example.org/")], "title_1", TextCompels),
    ],
)
def test_a_refusal_names_the_field(
    paragraph: str, links: list[tuple[str, str]], field: str, kind: type[Invalid]
) -> None:
    with pytest.raises(kind) as refused:
        ensure_own_text(paragraph=paragraph, links=links)
    assert refused.value.field == field


def test_each_part_is_read_in_the_own_language_else_in_dutch_else_it_is_the_products() -> None:
    dutch, english = (
        PreparationLink("Zo", "https://linde.example.org/nl"),
        PreparationLink("How", "https://linde.example.org/en"),
    )
    texts = {"nl": OwnText("Welkom.", (dutch,)), "tr": OwnText("Hoş geldiniz."), "en": OwnText("", (english,))}
    assert text_for("tr", texts) == ReadText("Hoş geldiniz.", "tr", (dutch,), "nl")
    assert text_for("en", texts) == ReadText("Welkom.", "nl", (english,), "en")
    assert text_for("pl", texts) == text_for("nl", texts) == ReadText("Welkom.", "nl", (dutch,), "nl")
    assert text_for("pl", {}) == ReadText()


@given(st.text(max_size=60))
def test_no_address_that_is_kept_leads_elsewhere_than_it_shows(typed: str) -> None:
    for address in (typed, f"https://{typed}", f"https://linde.example.org{typed}"):
        try:
            kept = ensure_own_text(paragraph="", links=[("Zo", address)]).links
        except Invalid:
            continue
        for link in kept:
            parts = urlsplit(link.address)
            assert parts.scheme in ("http", "https")
            assert parts.netloc == link.host
            assert "@" not in link.host
            assert link.address.isprintable()
