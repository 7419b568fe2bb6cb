"""Every text has an English translation, with the same placeholders, and the compiled catalogue is the newest."""

import re
import runpy
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from scheduling.domain.texts import compelling_words

HERE = Path(__file__).resolve().parents[2]
TOOL = runpy.run_path(str(HERE / "tools" / "translations.py"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def catalogue(language: str, kind: str = "po") -> Catalog:
    path = HERE / "scheduling" / "translations" / language / "LC_MESSAGES" / f"messages.{kind}"
    with path.open("rb") as source:
        return read_po(source) if kind == "po" else read_mo(source)


def texts(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


def ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


@pytest.fixture(scope="module")
def template() -> Catalog:
    return TOOL["collect"]()


@pytest.mark.parametrize("language", TOOL["LANGUAGES"])
def test_every_text_is_translated(language, template):
    known = catalogue(language)
    missing = [m.id for m in template if m.id and (m.id not in known or not TOOL["is_translated"](known[m.id]))]
    assert missing == [], "run `make translate`, then fill in the catalogue"


@pytest.mark.parametrize("language", TOOL["LANGUAGES"])
def test_a_translation_keeps_the_placeholders(language):
    for message in catalogue(language):
        wanted = {place for text in ids(message) for place in PLACEHOLDER.findall(text)}
        for text in texts(message) if message.id else ():
            assert set(PLACEHOLDER.findall(text)) <= wanted, text
            assert set(PLACEHOLDER.findall(text)) or not wanted or len(ids(message)) > 1, text


@pytest.mark.parametrize("language", TOOL["LANGUAGES"])
def test_what_is_compiled_is_what_is_written(language):
    compiled = {ids(m): texts(m) for m in catalogue(language, "mo") if m.id}
    written = {ids(m): texts(m) for m in catalogue(language) if m.id and TOOL["is_translated"](m)}
    assert compiled == written, "run `make translate`"


def test_no_text_compels(template):
    words = re.compile(r"\b(verplicht\w*|moet u|u moet|dient u|u dient)\b", re.I)
    assert [m.id for m in template if any(words.search(text) for text in ids(m))] == []


@pytest.mark.parametrize("language", TOOL["LANGUAGES"])
def test_no_translation_compels(language):
    said = [text for message in catalogue(language) if message.id for text in texts(message)]
    assert [text for text in said if compelling_words(text, language)] == []
