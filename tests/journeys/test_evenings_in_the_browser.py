"""Contact evenings in a real browser, page by page: a secondary and a primary school, two homes, an ill teacher.

The pages come from a real server and the letters go to a real mail server. Pictures are kept, to be looked at.
"""

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page, expect
from waitress.server import create_server

from scheduling.domain.timeslots import local
from scheduling.models import Booking, Enrolment, Guardian, Guardianship, Round, Slot, TalkRequest, db
from scheduling.optimiser.command import main as optimise
from scheduling.samples import systems
from scheduling.samples.vlier import vlier as the_school
from scheduling.samples.writing import write_sample
from scheduling.services import on_the_day, rosters
from scheduling.web.clock import now
from tests.asking import AskingSchool
from tests.builders import NOW
from tests.evening_worlds import EveningWorld, Stage, an_evening_to_visit
from tests.journeys import vlier
from tests.journeys.test_vlier_evenings import families_ask, talks_asked
from tests.journeys.test_vlier_in_the_browser import signs_in
from tests.journeys.vlier import PASSWORD, YEAR, event_of
from tests.mail.relays import LocalRelay

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1500)]

LONG = 180_000
EVENINGS = "Contactavonden november"


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as running:
        yield running


@pytest.fixture
def served(make_app: Callable[..., Flask], relay: LocalRelay) -> Iterator[tuple[str, Flask]]:
    """The school's server on a Friday in August."""
    with time_machine.travel(NOW, tick=True):
        app = make_app(BASE_URL="http://127.0.0.1", **relay.settings)
        server: Any = create_server(app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}", app
        server.close()
        thread.join(timeout=5)


@pytest.fixture
def office(device: Callable[..., Page]) -> Page:
    page = device(1280)
    page.set_default_timeout(60_000)
    return page


# A secondary school: from the list of lessons to a swap


def test_a_secondary_evening_from_the_list_of_lessons_to_a_swap(
    served: tuple[str, Flask], office: Page, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    relay: LocalRelay, tmp_path: Path, pictures: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Vlierhof College; four of its classes have their evenings."""
    app, files = served[1], tmp_path / "files"
    write_sample("vlier", files, year=YEAR)
    for name, data in systems.lessons(the_school(YEAR)).items():
        (files / name).write_bytes(data)
    vlier.command(app, *vlier.SETUP)
    signs_in(office, vlier.OFFICE)
    reads_the_files(office, sorted(path for path in files.iterdir() if path.suffix == ".csv" and is_known(path.name)))
    announces(office, classes=4)
    with app.app_context():
        assert families_ask(every=1) > 100
        parent = a_parent_who_asks_nothing_yet()
    family = device(360, has_touch=True)
    come_in(family, parent)
    says_whom_to_speak(family, pictures)
    with app.app_context():
        asked = talks_asked()
    figures = gets_a_plan(office, app, asked, pictures)
    the_figures_are_the_checkers(office, figures, tmp_path, capsys)
    talks = gives_the_times(office, figures)
    assert invites(office, app, relay) > talks * 0.9
    swaps_with_another_family(app, device, come_in, relay)


def is_known(name: str) -> bool:
    return name.split(".")[0] in {"leerlingen", "verzorgers", "docenten", "klassen", "lokalen", "lessen"}


def reads_the_files(page: Page, files: list[Path]) -> None:
    page.get_by_role("link", name="Inlezen").first.click()
    page.get_by_label("Kies de bestanden").set_input_files(files)
    page.get_by_role("button", name="Lees en laat zien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Klaar om te bewaren", timeout=LONG)
    page.get_by_role("button", name="Bewaar alles").click()
    expect(page.locator(".note.good")).to_contain_text("nieuwe leerlingen", timeout=LONG)


def announces(page: Page, *, classes: int = 0) -> None:
    """The evenings as the product proposes them, for so many classes (0: those that it proposes)."""
    page.get_by_role("link", name="Rondes", exact=True).click()
    page.get_by_role("link", name=re.compile("Maak contactavonden")).first.click()
    days = [datetime.fromisoformat(page.get_by_label(name).input_value()) for name in ("Eerste avond", "Tweede avond")]
    assert [(day.month, day.isoweekday()) for day in days] == [(11, 2), (11, 4)]
    if classes:
        page.get_by_role("link", name="Kies geen klas").click()
        boxes = page.get_by_role("group", name="Voor welke klassen?").get_by_role("checkbox")
        for number in range(classes):
            boxes.nth(number).check()
    page.get_by_role("button", name="Maak de avonden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(EVENINGS)


def a_parent_who_asks_nothing_yet() -> Guardian:
    """Of a child that takes part: the home's wishes are taken back, to be said again on a phone."""
    request = (
        db.session.query(TalkRequest).filter(TalkRequest.household_id.is_not(None)).order_by(TalkRequest.id).first()
    )
    assert request is not None
    home = request.household_id
    db.session.query(TalkRequest).filter_by(household_id=home).delete()
    db.session.commit()
    ties = db.session.query(Guardianship).filter_by(household_id=home, pupil_id=request.pupil_id)
    parent = db.session.get_one(Guardian, ties.order_by(Guardianship.position)[0].guardian_id)
    db.session.refresh(parent)
    db.session.expunge(parent)
    return parent


def says_whom_to_speak(page: Page, pictures: Path) -> None:
    """The mentor first, then two teachers who really teach the child; the second evening does not suit."""
    page.goto("/family/")
    page.get_by_role("link", name="Kies wie u wilt spreken").click()
    first = page.get_by_role("combobox").first
    assert "mentor" in first.locator("option").nth(1).inner_text()
    children = page.locator("fieldset").filter(has=page.get_by_role("combobox"))
    for child in children.all():
        for place in range(child.get_by_role("combobox").count()):
            child.get_by_role("combobox").nth(place).select_option(index=place + 1)
    page.get_by_role("radio", name="Past niet").last.check()
    page.screenshot(path=pictures / "evening-vlier-asks.png", full_page=True)
    page.get_by_role("button", name="Bewaar mijn keuze").click()
    expect(page.locator(".note.good")).to_contain_text("Bewaard")


def gets_a_plan(page: Page, app: Flask, asked: int, pictures: Path) -> dict[str, list[str]]:
    """Ask for a plan; a worker makes it. The figures as the page shows them, by their name."""
    page.get_by_role("link", name=re.compile("^(Naar het rooster|Roosters)$")).last.click()
    page.get_by_role("button", name="Maak een concept").click()
    expect(page.get_by_role("status")).to_contain_text("Wij maken nu het rooster")
    with app.app_context():
        assert rosters.run_requested(worker="journey", clock=now) == 1
    page.goto(page.url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Plan van de avonden")
    placed, of = map(int, page.locator(".figure b").first.inner_text().split("/"))
    assert of == asked
    assert placed > asked * 0.8
    page.screenshot(path=pictures / "evening-vlier-plan.png", full_page=True)
    return {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts()
        for row in page.get_by_role("region", name="Hoe goed is dit plan?").locator("tbody tr").all()
    }


def the_figures_are_the_checkers(
    page: Page, figures: dict[str, list[str]], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the page shows is what the independent checker counts in what the page hands over."""
    for name, part in (("de wensen", "problem"), ("het plan", "roster")):
        address = page.get_by_role("link", name=name, exact=True).get_attribute("href")
        (folder / f"{part}.json").write_bytes(page.request.get(str(address)).body())
    capsys.readouterr()
    assert optimise(["check", str(folder / "problem.json"), str(folder / "roster.json"), "--json"]) == 0
    checked = json.loads(capsys.readouterr().out)["score"]
    assert figures["Punten voor wensen: meer is beter"][0] == str(checked["weight"])
    assert figures["Gezinnen die langer dan een half uur wachten"][0] == str(checked["families_over_30"])
    assert figures["Minuten wachten van alle gezinnen samen"][0] == str(checked["waiting_slots"] * 10)
    _, bound, first_come = map(int, figures["Punten voor wensen: meer is beter"])
    assert first_come <= checked["weight"] <= bound


def gives_the_times(page: Page, figures: dict[str, list[str]]) -> int:
    talks = next(int(cells[0]) for name, cells in figures.items() if name.startswith("Gesprekken met een tijd"))
    page.get_by_role("button", name=f"Geef {talks} gesprekken deze tijd").click()
    expect(page.get_by_role("status")).to_contain_text(f"{talks} gesprekken hebben nu deze tijd")
    return talks


def invites(page: Page, app: Flask, relay: LocalRelay) -> int:
    """Every letter of the evening; how many appointments they hold."""
    page.get_by_role("link", name="Naar de uitnodigingen").click()
    page.get_by_role("link", name=re.compile("Bekijk wie wat krijgt")).first.click()
    page.get_by_role("button", name=re.compile(r"^Verstuur \d+ uitnodigingen")).click()
    vlier.command(app, "jobs", "drain")
    return sum(len(events_of(letter)) for letter in relay.mailroom.since(0))


def events_of(letter: EmailMessage) -> list[str]:
    """The calendar ids in a letter."""
    calendars = [part.get_content() for part in letter.walk() if part.get_content_type() == "text/calendar"]
    return sorted({uid for calendar in calendars for uid in re.findall(r"^UID:(\S+)", calendar, re.MULTILINE)})


def swaps_with_another_family(
    app: Flask, device: Callable[..., Page], come_in: Callable[[Page, Any], None], relay: LocalRelay
) -> None:
    """One family offers its time, another at the same teacher says yes: both calendars follow."""
    with app.app_context():
        one, other = two_talks_of_one_teacher()
    before = len(relay.mailroom.addresses)
    phone = device(360, has_touch=True)
    come_in(phone, one.parent)
    phone.goto(one.address)
    phone.get_by_role("link", name=re.compile("^Ruil van tijd")).first.tap()
    phone.locator(f"input[name=slot][value='{other.slot_id}']").check()
    phone.get_by_role("button", name=re.compile("aan en zoek een ruil$")).tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Wij zoeken een andere tijd voor u")
    answer = device(360, has_touch=True)
    come_in(answer, other.parent)
    answer.goto("/family/")
    answer.get_by_role("link", name=re.compile("^Bekijk en antwoord")).first.tap()
    answer.get_by_role("button", name=re.compile("^Ja, ik ga naar")).tap()
    expect(answer.get_by_role("heading", level=1)).to_have_text("De ruil is gelukt")
    vlier.command(app, "jobs", "drain")
    moved = {uid for letter in relay.mailroom.since(before) for uid in events_of(letter)}
    assert moved >= {one.uid, other.uid}
    with app.app_context():
        starts = {talk.ical_uid: talk.starts_at for talk in db.session.query(Booking)}
        assert (starts[one.uid], starts[other.uid]) == (other.starts_at, one.starts_at)


class Side:
    """One family's talk, with who comes."""

    def __init__(self, talk: Booking) -> None:
        ties = db.session.query(Guardianship).filter_by(household_id=talk.household_id, pupil_id=talk.pupil_id)
        parent = db.session.get_one(Guardian, ties.order_by(Guardianship.position)[0].guardian_id)
        self.address = f"/family/talks/{talk.round_id}/{talk.pupil_id}?request={talk.request_id}"
        self.uid, self.starts_at, self.slot_id = talk.ical_uid, talk.starts_at, talk.slots[0].id
        db.session.refresh(parent)
        db.session.expunge(parent)
        self.parent = parent


def two_talks_of_one_teacher() -> tuple[Side, Side]:
    """Of two families that each come for one talk only, so that nothing else stands in the way of a swap."""
    talks = list(db.session.query(Booking).filter(Booking.request_id.is_not(None)).order_by(Booking.leader_id))
    homes = [talk.household_id for talk in talks]
    alone = [talk for talk in talks if talk.household_id and homes.count(talk.household_id) == 1]
    for one, other in itertools.pairwise(alone):
        if one.leader_id == other.leader_id and one.household_id != other.household_id:
            return Side(one), Side(other)
    raise AssertionError("no teacher sees two such families")


# A primary school: an evening and a part of it that suit, brothers and sisters one after the other


def test_a_primary_evening_from_the_parts_of_the_evening_that_suit_to_talks_one_after_the_other(
    served: tuple[str, Flask], office: Page, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    tmp_path: Path, pictures: Path,
) -> None:  # fmt: skip
    """De Linde: a Tuesday and a Thursday in November for groups 1 to 7 (T17, T33, T34)."""
    app, files = served[1], tmp_path / "files"
    write_sample("linde", files, year=YEAR)
    at_school = "kantoor@linde.example.org"
    vlier.command(
        app, "setup", "--school", "De Linde", "--region", "NL-MI", "--sector", "po", "--email", at_school,
        "--password", PASSWORD, "--year", YEAR,
    )  # fmt: skip
    assert vlier.command(app, "import", str(files), "--year", YEAR)["saved"]
    signs_in(office, at_school)
    announces(office)
    with app.app_context():
        parent, children = a_family_of_two()
    family = device(360, has_touch=True, script=False)
    come_in(family, parent)
    thursday = says_what_suits(family, pictures)
    office.get_by_role("link", name=re.compile("^(Naar het rooster|Roosters)$")).last.click()
    office.get_by_role("button", name="Maak een concept").click()
    expect(office.get_by_role("status")).to_contain_text("Wij maken nu het rooster")
    with app.app_context():
        assert rosters.run_requested(worker="journey", clock=now) == 1
        eights = db.session.query(Enrolment).filter_by(year_level="8", present=True).count()
        others = db.session.query(Enrolment).filter(Enrolment.year_level != "8", Enrolment.present).count()
    assert eights > 0
    office.goto(office.url)
    office.screenshot(path=pictures / "evening-linde-plan.png", full_page=True)
    figures = office.locator(".figures")
    placed = int(figures.locator("b").first.inner_text().split("/")[0])
    assert others <= placed, "every child of groups 1 to 7, of two homes sometimes twice"
    adjoining, pairs = map(int, figures.get_by_text(re.compile("sluiten aan")).locator("b").inner_text().split("/"))
    assert 0 < adjoining <= pairs
    office.get_by_role("button", name=f"Geef {placed} gezinnen deze tijd").click()
    expect(office.get_by_role("status")).to_contain_text(f"{placed} gezinnen hebben nu deze tijd")
    family.goto("/family/")
    family.screenshot(path=pictures / "evening-linde-home.png", full_page=True)
    moments = [
        datetime.fromisoformat(at) for at in family.locator("article .when time").evaluate_all(
            "times => times.map(at => at.dateTime)"
        )
    ]  # fmt: skip
    assert len(moments) == len(children) == 2
    assert {local(at).date() for at in moments} == {thursday}, "the evening that they chose"
    assert timedelta(minutes=10) <= abs(moments[1] - moments[0]) <= timedelta(minutes=20)
    expect(family.get_by_text("op het gesprek van").first).to_be_visible()


def a_family_of_two() -> tuple[Guardian, list[str]]:
    """A parent of exactly two children, in two groups of 1 to 7."""
    found = db.session.query(Round).one()
    classes = {one.class_id for one in found.classes}
    groups: dict[int, list[int]] = {}
    rows = db.session.query(Guardianship, Enrolment).join(Enrolment, Enrolment.pupil_id == Guardianship.pupil_id)
    for tie, enrolment in rows.filter(Guardianship.position == 1):
        takes_part = enrolment.class_id in classes and enrolment.year_level != "8"
        groups.setdefault(tie.guardian_id, []).append(enrolment.class_id if takes_part else 0)
    guardian_id = next(one for one, own in sorted(groups.items()) if len(own) == len(set(own)) == 2 and 0 not in own)
    parent = db.session.get_one(Guardian, guardian_id)
    names = [tie.pupil.given_name for tie in db.session.query(Guardianship).filter_by(guardian_id=guardian_id)]
    db.session.refresh(parent)
    db.session.expunge(parent)
    return parent, names


def says_what_suits(page: Page, pictures: Path) -> Any:
    """Not on Tuesday; on Thursday gladly, one after the other. Which Thursday."""
    page.goto("/family/")
    page.get_by_role("link", name="Geef uw wensen door").tap()
    days = page.locator("fieldset").filter(has=page.get_by_role("radio", name="Past niet"))
    expect(days).to_have_count(2)
    for number, answer in ((0, "Past niet"), (1, "Past goed")):
        for part in days.nth(number).get_by_role("radio", name=answer).all():
            part.check()
    page.get_by_label("Graag na elkaar, op één dag").check()
    page.screenshot(path=pictures / "evening-linde-wishes.png", full_page=True)
    thursday = days.nth(1).locator("time").first.get_attribute("datetime")
    page.get_by_role("button", name="Bewaar mijn tijden").tap()
    expect(page.locator(".note.good")).to_contain_text("Bewaard")
    return datetime.fromisoformat(str(thursday)).date()


# Two homes of one child


def test_two_homes_each_ask_and_each_come_at_a_time_of_their_own(
    served: tuple[str, Flask], office: Page, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    relay: LocalRelay,
) -> None:  # fmt: skip
    """Mila's parents live apart: each asks on an own phone, neither reads anything of the other (T01 on an evening)."""
    app = served[1]
    with app.app_context():
        db.session().expire_on_commit = False
        school = AskingSchool(NOW + timedelta(days=7))
        school.times(first=NOW + timedelta(days=11, hours=8, minutes=30))
        round_id, mail = school.evening.id, {"Ruud": school.ruud.email, "Els": school.els.email}
        db.session.expunge_all()
    phones = {}
    for name, parent, wants in (("Ruud", school.ruud, ("Anna", "Bo")), ("Els", school.els, ("Cas",))):
        phones[name] = device(360, has_touch=True, script=False)
        come_in(phones[name], parent)
        phones[name].goto("/family/")
        expect(phones[name].get_by_role("link", name="Kies wie u wilt spreken")).to_be_visible()
        phones[name].get_by_role("link", name="Kies wie u wilt spreken").tap()
        for place, teacher in enumerate(wants):
            choice = phones[name].get_by_role("combobox").nth(place)
            value = choice.locator("option").filter(has_text=teacher).get_attribute("value")
            choice.select_option(value)
        phones[name].get_by_role("button", name="Bewaar mijn keuze").tap()
        expect(phones[name].locator(".note.good")).to_contain_text("Bewaard")
    come_in(office, school.office)
    office.goto(f"/staff/office/rounds/{round_id}/rosters")
    office.get_by_role("button", name="Maak een concept").click()
    with app.app_context():
        assert rosters.run_requested(worker="journey", clock=now) == 1
    office.goto(office.url)
    office.get_by_role("button", name="Geef 3 gesprekken deze tijd").click()
    vlier.command(app, "mailings", "send", "Contactavond", "--letter", "invitation")
    vlier.command(app, "jobs", "drain")
    for name, others, wants in (("Ruud", "Els", "Cas"), ("Els", "Ruud", "Bo")):
        phones[name].goto("/family/")
        said = phones[name].inner_text("main")
        assert others not in said, "nothing of the other home"
        assert wants not in said
        letters = [
            letter for letter, address in zip(relay.mailroom.since(0), relay.mailroom.addresses, strict=True)
            if address == mail[name]
        ]  # fmt: skip
        assert letters
        assert not any(others in vlier.text_of(letter) or mail[others] in letter.as_string() for letter in letters)
    with app.app_context():
        spans = sorted((talk.starts_at, talk.ends_at) for talk in db.session.query(Booking))
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans)), "they never meet at a door"


# On the day itself


def test_a_teacher_falls_ill_on_the_evening_itself(
    served: tuple[str, Flask], office: Page, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    relay: LocalRelay, pictures: Path,
) -> None:  # fmt: skip
    """T32: every family hears at once; calendars lose the talk or get the new time, and the hall shows what is left."""
    app = served[1]
    with app.app_context():
        world = an_evening_to_visit(Stage.TODAY)
        talks = [talk for talk in annas_talks(world) if local(talk.starts_at).date() == local(NOW).date()]
        before = {talk.ical_uid: talk.starts_at for talk in talks}
        assert before
    come_in(office, world.office)
    office.goto("/staff/office/leaders")
    office.get_by_role("link", name=re.compile("Anna")).first.click()
    office.get_by_role("link", name="Deze collega kan er niet zijn").click()
    office.get_by_role("button", name="Bekijk wat er gebeurt").click()
    expect(office.get_by_text("Er is nog niets verstuurd")).to_be_visible()
    office.screenshot(path=pictures / "evening-ill.png", full_page=True)
    office.get_by_role("button", name="Verstuur en pas het rooster aan").click()
    expect(office.get_by_text("Gezinnen krijgen meteen bericht")).to_be_visible()
    vlier.command(app, "jobs", "drain")
    told = {}
    for letter in relay.mailroom.since(0):
        if events_of(letter):
            event = event_of(letter)
            told[event.uid] = (event.method, event.starts_at)
    with app.app_context():
        after = {talk.ical_uid: talk.starts_at for talk in annas_talks(world)}
    assert set(told) == set(before), "every family, and nobody else"
    for uid, (method, starts_at) in told.items():
        expected = ("REQUEST", after[uid]) if uid in after else ("CANCEL", before[uid])
        assert (method, starts_at) == expected
        assert after.get(uid) is None or local(after[uid]).date() != local(NOW).date(), "not this evening"
    hall = device(1280)
    hall.goto(f"/hall/{world.tokens['screens']}")
    expect(hall.locator("body")).not_to_contain_text("lokaal anna")


def annas_talks(world: EveningWorld) -> list[Booking]:
    """To come, and not called off."""
    wanted = db.session.query(Booking).filter(
        Booking.leader_id == world.anna.id, Booking.starts_at > now(), Booking.status.in_(("invited", "confirmed"))
    )
    return list(wanted)


def test_a_tap_in_the_classroom_is_read_in_the_hall_and_at_home(
    served: tuple[str, Flask], device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    app = served[1]
    with app.app_context():
        world = an_evening_to_visit(Stage.TODAY)
        on_the_day.run_late(leader_id=world.bo.id, more=0, by=world.by, now=now())
        talk = db.session.query(Booking).filter(Booking.leader_id == world.anna.id, Booking.starts_at > now()).first()
        assert talk is not None
        ties = db.session.query(Guardianship).filter_by(household_id=talk.household_id, pupil_id=talk.pupil_id)
        parent = db.session.get_one(Guardian, ties[0].guardian_id)
        db.session.expunge(parent)
        assert db.session.query(Slot).count()
    anna, family, hall = device(360, has_touch=True, script=False), device(360, script=False), device(1280)
    come_in(anna, world.anna)
    come_in(family, parent)
    hall.goto(f"/hall/{world.tokens['screens']}")
    expect(hall.locator("body")).not_to_contain_text("minuten later")
    anna.goto("/staff/leader/today")
    anna.get_by_role("button", name="+5 minuten").tap()
    anna.get_by_role("button", name="+10 minuten").tap()
    expect(anna.get_by_role("heading", name="U loopt ongeveer 15 minuten uit")).to_be_visible()
    expect(hall.locator(".late")).to_contain_text("ongeveer 15 minuten later", timeout=60_000)  # by itself
    family.goto("/family/")
    expect(family.get_by_text("Het loopt ongeveer 15 minuten uit").first).to_be_visible()
    anna.get_by_role("button", name="Weer op tijd").tap()
    expect(anna.get_by_role("heading", name="U loopt op tijd")).to_be_visible()
    family.goto("/family/")
    expect(family.get_by_text("minuten uit")).to_have_count(0)
