"""Parents read short, friendly, plain Dutch: on their pages, in their letters, and when something is refused."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest
from babel.messages.extract import extract_from_dir

HERE = Path(__file__).resolve().parents[2]
TOOL = runpy.run_path(str(HERE / "tools" / "translations.py"))

FOR_PARENTS = (
    "templates/base.html", "templates/refused.html", "templates/family/", "templates/links/", "templates/mail/",
    "templates/macros/family.html", "templates/macros/frame.html", "templates/print/letters.html",
    "scheduling/mail/letters.py", "scheduling/web/errors.py", "scheduling/web/family/",
    "scheduling/wording/bookings.py", "scheduling/wording/dates.py", "scheduling/wording/errors.py",
    "scheduling/wording/plans.py", "scheduling/wording/topics.py",
)  # fmt: skip
FOR_COLLEAGUES = ("templates/mail/set_password/", "templates/mail/trial/")

FOR_CHILDREN = "templates/print/card.html"
"""A card speaks to a child of six: there "je" is the polite form."""

LONGEST = 20
MEAN = 12
STIFF = re.compile(
    r"\b(verplicht\w*|moet u|u moet|dient u|u dient|middels|teneinde|conform|reeds|derhalve|aldus|alsmede|gelieve|"
    r"betreffende|omtrent|hieromtrent|inzake|jegens|desgewenst|indien|tevens|voorts|echter|ingevolge|krachtens|"
    r"alvorens|mits|tenzij|heden|thans|zulks|bijgaand|hierbij|onderstaand\w*|bovenstaand\w*|ten behoeve van|"
    r"ter attentie van|in verband met|met betrekking tot|ten aanzien van|door middel van|zorg dragen|"
    r"ondergetekende|verzoeken wij|wordt verzocht|s\.v\.p\.|d\.m\.v\.|m\.b\.t\.|i\.v\.m\.|o\.a\.|t/m|a\.u\.b\.)",
    re.I,
)
PASSIVE = re.compile(r"\b(wordt|worden|werd|werden)\b", re.I)
PARTICIPLE = re.compile(r"\b((?:ge|be|ver|ont|her|er)\w{2,}(?:d|t|en)|\w{2,}ge\w{2,}(?:d|t|en))\b", re.I)
OTHER_FORM = re.compile(r"(?<!van )\b(u heeft|heeft u|u kan|kan u|u zal|u wil)\b", re.I)
"""We say "u hebt", "u kunt", "u zult" and "u wilt" everywhere."""

FAMILIAR = re.compile(r"\b(je|jij|jou|jouw|jullie)\b", re.I)
CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b")
ENGLISH_CLOCK = re.compile(r"\b([01]?\d|2[0-3])\.[0-5]\d\b(?! uur)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def said() -> Iterator[tuple[str, str]]:
    """Every text, with the file it comes from."""
    options = {"templates/**.html": {"trimmed": "true", "silent": "false"}, "templates/**.txt": {"silent": "false"}}
    found = extract_from_dir(HERE, TOOL["METHODS"], options, TOOL["KEYWORDS"], directory_filter=TOOL["_is_ours"])
    for file, _line, message, _comments, _context in found:
        for text in message if isinstance(message, tuple) else (message,):
            yield file, text


@pytest.fixture(scope="module")
def all_texts() -> dict[str, str]:
    """Text → the file where it stands, colleagues' pages too."""
    return {text: file for file, text in said()}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Text that parents read → the file where it stands."""
    return {text: file for file, text in said() if file.startswith(FOR_PARENTS) and not file.startswith(FOR_COLLEAGUES)}


@pytest.fixture(scope="module")
def sentences(texts: dict[str, str]) -> dict[str, str]:
    """Sentence → the file where it stands. A placeholder counts as one word."""
    plain = {PLACEHOLDER.sub("x", text): file for text, file in texts.items()}
    return {part: file for text, file in plain.items() for part in re.split(r"(?<=[.!?:;])\s+", text) if part}


def length(sentence: str) -> int:
    return len(re.findall(r"\w[\w'’-]*", sentence))


def test_there_is_something_to_read(texts: dict[str, str]):
    unread = [place for place in FOR_PARENTS if not any(file.startswith(place) for file in texts.values())]
    assert unread == []


def test_no_sentence_is_longer_than_twenty_words(sentences: dict[str, str]):
    assert {one: file for one, file in sentences.items() if length(one) > LONGEST} == {}


def test_sentences_are_short_on_average(sentences: dict[str, str]):
    whole = [length(one) for one in sentences if one.endswith((".", "?", "!"))]
    assert mean(whole) <= MEAN


def test_nothing_is_said_in_the_passive(sentences: dict[str, str]):
    found = {one: file for one, file in sentences.items() if PASSIVE.search(one) and PARTICIPLE.search(one)}
    assert found == {}


def test_no_stiff_words(all_texts: dict[str, str]):
    assert {text: file for text, file in all_texts.items() if STIFF.search(text)} == {}


def test_every_grown_up_is_addressed_with_u(all_texts: dict[str, str]):
    familiar = {text: file for text, file in all_texts.items() if FAMILIAR.search(text)}
    assert {text: file for text, file in familiar.items() if file != FOR_CHILDREN} == {}


def test_u_takes_one_form_of_the_verb(all_texts: dict[str, str]):
    assert {text: file for text, file in all_texts.items() if OTHER_FORM.search(text)} == {}


def test_times_are_written_as_in_dutch_letters(texts: dict[str, str]):
    found = {text: file for text, file in texts.items() if CLOCK.search(text) or ENGLISH_CLOCK.search(text)}
    assert found == {}


@pytest.mark.parametrize(("sentence", "is_passive"), [
    ("Het gesprek wordt verplaatst.", True), ("Uw gegevens worden niet bewaard.", True),
    ("De brief werd gisteren verstuurd.", True), ("Sami wordt acht jaar.", False), ("Wij bellen u.", False),
])  # fmt: skip
def test_a_passive_sentence_is_recognised(sentence: str, is_passive: bool):
    assert bool(PASSIVE.search(sentence) and PARTICIPLE.search(sentence)) is is_passive
