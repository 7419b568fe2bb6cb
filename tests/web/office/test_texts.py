"""The office writes what a round is for, looks at a real family's letter first, and prints cards for the children."""

from collections.abc import Iterator
from html import unescape

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask

from scheduling.domain.people import Sector
from scheduling.models import Guardian, JournalLine, Outbox, Round, School, Staff, db
from tests.visitor import Page, Visitor
from tests.worlds import NOW, World, a_world_to_visit

LINK = "https://linde.example.org/voor-ouders"


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
            db.session.get(Guardian, made.layla.id).language = "tr"
            db.session.commit()
        yield made


@pytest.fixture
def office(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(db.session.get(Staff, world.office.id))


def texts_page(office: Visitor, world: World, language: str = "nl") -> Page:
    return office.opens(f"/staff/office/rounds/{world.start.id}/texts", language=language)


def letter_on(page: Page) -> BeautifulSoup:
    frame = page.soup.find("iframe")
    assert frame.has_attr("sandbox")
    assert not frame["sandbox"], "no scripts, no forms, no way out"
    return BeautifulSoup(unescape(str(frame["srcdoc"])), "html.parser")


def as_layla(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(db.session.get(Guardian, world.layla.id))


def test_the_page_is_found_from_the_round_and_shows_the_languages_families_read(office, world):
    page = office.opens(f"/staff/office/rounds/{world.start.id}").follows("Teksten")
    tabs = page.soup.find("nav", attrs={"aria-label": "Talen van deze ronde"})
    assert [" ".join(tab.get_text().split()) for tab in tabs.find_all("a")] == [
        "Nederlands · 4 lezers",
        "Türkçe (Turks) · 1 lezer",
    ]
    assert tabs.find(attrs={"aria-current": "page"}).get_text().strip().startswith("Nederlands")
    assert page.follows("Türkçe").soup.find("h2").get_text() == "Türkçe (Turks)"


def test_a_language_that_nobody_reads_leads_back_to_dutch(office, world):
    assert texts_page(office, world, "zz").soup.find("h2").get_text() == "Nederlands"
    office.posts(f"/staff/office/rounds/{world.start.id}/texts?language=zz", paragraph="Hallo")
    assert texts_page(office, world).soup.find("textarea").get_text().strip() == ""


def test_what_is_kept_stands_on_the_familys_page_in_its_language(app, office, world):
    page = texts_page(office, world).presses(
        "Bewaar", paragraph="Wij lezen.\n\nSamen.", title_1="Lees dit", link_1=LINK
    )
    assert "De teksten zijn bewaard" in page.text
    assert "Wij lezen." in texts_page(office, world).soup.find("textarea").get_text()
    layla = as_layla(app, world)
    talk = layla.opens(f"/family/talks/{world.start.id}/{world.sami.id}")
    assert (
        "Waar het gesprek over gaat Wij lezen. Samen. Om u voor te bereiden Lees dit (linde.example.org)" in talk.text
    )
    link = talk.soup.find("a", href=LINK)
    assert link["rel"] == ["noopener", "noreferrer"]
    texts_page(office, world, "tr").presses("Bewaar", paragraph="Birlikte okuyoruz.")
    own = layla.opens(f"/family/talks/{world.start.id}/{world.sami.id}").soup.find("p", string="Birlikte okuyoruz.")
    assert (own["lang"], own["dir"]) == ("tr", "ltr")


def test_a_page_without_own_texts_says_nothing_extra(app, office, world):
    assert "Waar het gesprek over gaat" not in as_layla(app, world).opens(
        f"/family/talks/{world.start.id}/{world.sami.id}"
    ).text  # fmt: skip


def test_a_word_that_compels_or_an_open_place_is_named_before_anything_is_kept(app, office, world):
    page = texts_page(office, world)
    assert "Hier staat “moet”" in page.presses("Bewaar", paragraph="U moet komen.", status=422).text
    assert "open plek: [naam]" in page.presses("Bewaar", paragraph="Beste [naam]", status=422).text
    refused = page.presses("zonder te bewaren", paragraph="Dag XXX", title_1="Zo", link_1="javascript:x", status=422)
    assert "open plek: XXX" in refused.text
    assert refused.soup.find("textarea").get_text().strip() == "Dag XXX"
    wrong = page.presses("Bewaar", title_1="Zo", link_1="javascript:alert(1)", status=422)
    assert "geen adres van een webpagina" in wrong.soup.find(id="link_1-error").get_text()
    turkish = texts_page(office, world, "tr").presses("Bewaar", paragraph="Gelmek zorunludur.", status=422)
    assert "Hier staat “zorunludur”" in turkish.text
    with app.app_context():
        assert db.session.get(Round, world.start.id).purpose == ""


def test_everything_that_is_wrong_is_named_at_once(office, world):
    page = office.posts(
        f"/staff/office/rounds/{world.start.id}/texts?language=nl", status=422,
        paragraph="U moet komen, [naam]. Het is verplicht.", title_1="Lees dit", link_1="voorbeeld",
        title_2="", link_2="https://school.example.org",
    )  # fmt: skip
    wrong = [link["href"] for link in page.soup.select(".errors a")]
    assert wrong == ["#paragraph"] * 3 + ["#link_1", "#title_2"]
    assert page.soup.find("textarea", id="paragraph").get_text().strip() == "U moet komen, [naam]. Het is verplicht."


def test_a_real_familys_letter_is_looked_at_first_and_nothing_is_kept_or_sent(app, office, world):
    with app.app_context():
        before = (db.session.query(Outbox).count(), db.session.query(JournalLine).count())
    page = texts_page(office, world, "tr")
    choices = [one.get_text() for one in page.soup.find("select", id="family").find_all("option")]
    assert choices == ["Layla Yilmaz (Sami, 3)", "Layla Yilmaz (Noor, 6)"], "who reads Turkish"
    second = page.soup.find_all("option")[1]["value"]
    shown = page.presses("zonder te bewaren", paragraph="Birlikte okuyoruz.", title_1="Oku", link_1=LINK, family=second)
    letter = letter_on(shown)
    assert "Beste Layla Yilmaz" in letter.get_text()
    assert "Noor" in letter.h1.get_text()
    assert letter.find("p", string="Birlikte okuyoruz.")["lang"] == "tr"
    assert "Startgesprek van Noor op" in shown.text
    assert LINK in shown.soup.find("pre").get_text()
    assert shown.soup.find("textarea").get_text().strip() == "Birlikte okuyoruz."
    assert "'unsafe-inline'" in shown.answer.headers["Content-Security-Policy"].split("style-src")[1].split(";")[0]
    assert "'unsafe-inline'" not in texts_page(office, world).answer.headers["Content-Security-Policy"]
    reminder = shown.presses("zonder te bewaren", letter="reminder")
    assert "Tot gauw" in letter_on(reminder).h1.get_text()
    with app.app_context():
        assert (db.session.query(Outbox).count(), db.session.query(JournalLine).count()) == before
        assert "tr" not in texts_page(office, world, "tr").soup.find("textarea").get_text()


def test_a_letter_on_paper_has_the_text_and_the_whole_address(app, office, world):
    texts_page(office, world).presses("Bewaar", paragraph="Wij lezen.\n\nSamen.", title_1="Lees dit", link_1=LINK)
    with app.app_context():
        db.session.get(Guardian, world.petra.id).email = ""
        db.session.commit()
    printed = office.posts(f"/staff/office/mailings/{world.start.id}/paper")
    sheet = next(one for one in printed.soup.find_all("article") if "Petra" in one.get_text())
    assert [part.get_text() for part in sheet.find_all("p", string=["Wij lezen.", "Samen."])] == [
        "Wij lezen.",
        "Samen.",
    ]
    assert f"Om u voor te bereiden Lees dit {LINK}" in " ".join(sheet.get_text(" ").split())
    assert sheet.find("a") is None


def test_what_is_typed_is_never_run_in_a_preview(office, world):
    shown = texts_page(office, world).presses("zonder te bewaren", paragraph="1 < 2 & 3 > 2 'ja' \"nee\"")
    assert "1 < 2 & 3 > 2 'ja' \"nee\"" in letter_on(shown).get_text()


def test_the_cards_of_a_round_a_class_or_families_without_mail(app, office, world):
    page = office.opens(f"/staff/office/rounds/{world.start.id}").follows("Kaarten voor de kinderen")
    assert page.heading == "4 kaarten voor de kinderen"
    card = next(one for one in page.soup.find_all("article") if "Sami" in one.get_text())
    words = " ".join(card.get_text(" ").split())
    assert words == (
        "Hoi Sami , Kom je met ons praten, samen met je ouders? dinsdag 31 augustus 15.00 uur lokaal 3 met Bas Jansen "
        "Jij vertelt zelf. Waar ben je trots op? Wat wil je leren? De Linde groep 3"
    )
    assert [article["lang"] for article in page.soup.find_all("article")] == ["nl"] * 4
    assert page.follows("groep 6").heading == "2 kaarten voor de kinderen"
    with app.app_context():
        db.session.get(Guardian, world.petra.id).email = ""
        db.session.commit()
    assert "Hoi Daan ," in page.follows("Gezinnen zonder mail").text


def test_a_leader_prints_the_cards_of_the_own_talks(app, world):
    with app.app_context():
        bas = Visitor(app).signs_in(db.session.get(Staff, world.bas.id))
    page = bas.opens("/staff/leader/").follows("Kaarten voor de kinderen")
    assert page.heading == "2 kaarten voor de kinderen"
    assert page.follows("Terug naar het rooster").address == "/staff/leader/"


def test_a_secondary_school_has_no_cards(app, office, world):
    with app.app_context():
        db.session.get(School, 1).sector = Sector.SECONDARY
        db.session.commit()
    assert "Kaarten voor de kinderen" not in office.opens(f"/staff/office/rounds/{world.start.id}").text
    office.opens(f"/staff/office/rounds/{world.start.id}/cards", status=404)
