"""The whole run of a large school, by commands, mail and pages alone.

Vlierhof College: 1,200 pupils in 48 classes come in from the school's own files, every pupil gets a time, every family
a letter over real SMTP; one family confirms, one chooses another time, one cannot come; the leader's calendar, the
letters and the pages all say the same.
"""

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask

from scheduling.samples.writing import write_sample
from tests.journeys import vlier
from tests.journeys.vlier import IN_AUGUST, OFFICE, PASSWORD, ROUND, YEAR, event_of, same_moment
from tests.mail.relays import LocalRelay
from tests.visitor import Page, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


class School:
    """Vlierhof as its office knows it: commands, pages, and the letters that arrived."""

    def __init__(self, app: Flask, folder: Path, relay: LocalRelay) -> None:
        self.app, self.folder, self.relay = app, folder, relay

    def command(self, *words: str) -> Any:
        return vlier.command(self.app, *words)

    def bookings(self) -> dict[str, SimpleNamespace]:
        return vlier.bookings_of(self.app)

    def post(self) -> dict[str, Any]:
        """Let everything that is due go out."""
        return self.command("jobs", "drain")

    def letters(self, since: int = 0) -> list[EmailMessage]:
        return self.relay.mailroom.since(since)

    def family_of(self, letter: EmailMessage) -> Page:
        """Come in by the link in a letter: look, and press the one button."""
        return Visitor(self.app).opens(vlier.link_in(letter)).presses("Bekijk en antwoord")


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    from app import create_app
    from scheduling.models import db
    from tests.conftest import SETTINGS

    folder = tmp_path_factory.mktemp("vlier")
    write_sample("vlier", folder / "files", year=YEAR)
    with LocalRelay() as relay, time_machine.travel(IN_AUGUST, tick=True):
        given = {"INSTANCE_PATH": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'vlier.sqlite'}"}
        app = create_app(SETTINGS | given | relay.settings)
        yield School(app, folder, relay)
        with app.app_context():
            db.engine.dispose()


def test_a_large_school_from_its_files_to_the_leaders_calendar(school: School):
    """One story; each step builds on the one before."""
    for step in STEPS:
        step(school)


def the_files_of_the_school_come_in(school: School):
    school.command(*vlier.SETUP)
    done = school.command("import", str(school.folder / "files"), "--year", YEAR)
    assert done["saved"]
    assert done["counts"]["pupils"]["new"] == 1200
    assert done["counts"]["classes"]["new"] == 48
    again = school.command("import", str(school.folder / "files"), "--year", YEAR)
    assert again["counts"]["pupils"] == {"new": 0, "changed": 0, "unchanged": 1200, "left": 0}


def every_pupil_gets_a_time_and_no_roster_can_be_better(school: School):
    made = school.command(
        "rounds", "create", "--kind", "start_conversation", "--name", ROUND, "--availability",
        str(school.folder / "files" / "availability.csv"),
    )  # fmt: skip
    assert made["slots"] > 1200
    draft = school.command("rosters", "generate", ROUND, "--seconds", "120")
    assert (draft["status"], draft["placed"], draft["unplaced"]) == ("optimal", 1200, [])
    assert draft["score"]["objective"] == draft["bound"]["objective"]
    assert not school.bookings(), "a draft is no promise"
    done = school.command("rosters", "publish", ROUND)
    assert len(done["published"]) == 60
    assert done["changed_meanwhile"] == []
    talks = school.bookings()
    assert len(talks) == len({talk.pupil for talk in talks.values()}) == 1200
    assert not school.letters(), "publishing sends nothing"


def every_letter_goes_out_once_and_its_calendar_says_what_the_roster_says(school: School):
    sent = school.command("mailings", "send", ROUND, "--letter", "invitation")
    assert sent["queued"] > 1200
    assert school.command("mailings", "send", ROUND, "--letter", "invitation")["queued"] == 0
    assert school.post()["sent"] == sent["queued"]
    letters = school.letters()
    assert len(letters) == sent["queued"]
    reached = vlier.letters_say_what_the_roster_says(letters, school.relay.mailroom.addresses, school.bookings())
    assert len(reached) + len(sent["on_paper"]) == 1200
    assert school.post()["sent"] == 0


def one_family_confirms_one_chooses_another_time_and_one_cannot_come(school: School):
    talks, before = school.bookings(), len(school.letters())
    letters = vlier.three_families_of_one_leader(school.letters(), school.relay.mailroom.addresses, talks)
    yes, other, no = (event_of(letter).uid for letter in letters)
    school.family_of(letters[0]).presses("Ja, deze tijd past")
    chosen = choose_another(school.family_of(letters[1]))
    school.family_of(letters[2]).follows("Wij kunnen niet").presses("Wij komen niet")
    assert school.post()["failed"] == 0
    now = school.bookings()
    assert (now[yes].status, now[yes].starts_at) == ("confirmed", talks[yes].starts_at)
    assert now[other].starts_at != talks[other].starts_at
    assert same_moment(now[other].starts_at, datetime.fromisoformat(chosen))
    assert no not in now
    assert len(now) == 1199
    news = {event.uid: event for event in map(event_of, school.letters(before)) if event.uid in (other, no)}
    assert (news[other].method, news[other].sequence) == ("REQUEST", 1)
    assert same_moment(now[other].starts_at, news[other].starts_at)
    assert (news[no].method, news[no].sequence) == ("CANCEL", 1)
    assert chosen in moments_on(school.family_of(letters[1]))


def the_leaders_calendar_and_page_say_the_same(school: School):
    talks = school.bookings()
    office = Visitor(school.app).opens("/staff/sign-in").presses("Log in", email=OFFICE, password=PASSWORD).visitor
    changed = next(talk for talk in talks.values() if talk.ical_sequence == 1)
    own = [talk for talk in talks.values() if talk.leader == changed.leader]
    assert "confirmed" in {talk.status for talk in own}
    address = school.command("feeds", "new", "--staff", changed.leader)["feed"]
    answer = office.client.get(urlsplit(address).path)
    starts = {datetime.fromisoformat(talk.starts_at) for talk in own}
    assert set(vlier.live_starts(answer.get_data(as_text=True))) == starts
    page = office.opens(f"/staff/office/leaders/{_leader_id(school.app, changed.leader)}/list")
    assert starts <= {datetime.fromisoformat(moment) for moment in moments_on(page)}


def the_office_sees_how_far_the_round_is(school: School):
    office = Visitor(school.app).opens("/staff/sign-in").presses("Log in", email=OFFICE, password=PASSWORD).visitor
    page = office.opens("/staff/office/rounds").follows(ROUND)
    assert "1199/1200" in page.text
    assert "dit rooster kan niet beter" in page.text
    assert "De gezinnen zijn aan zet" in page.text


def choose_another(home: Page) -> str:
    """The family's own page, a free time, check, confirm; the moment that was chosen."""
    times = home.follows("Kies een andere tijd")
    slot = times.soup.find("input", attrs={"type": "radio", "name": "slot"})
    done = times.presses("Verder", slot=str(slot["value"])).presses("Bevestig")
    return moments_on(done)[0]


def moments_on(page: Page) -> list[str]:
    return [str(moment["datetime"]) for moment in page.soup.find_all("time")]


def _leader_id(app: Flask, code: str) -> int:
    from scheduling.models import Staff, db

    with app.app_context():
        return int(db.session.query(Staff.id).filter_by(code=code).scalar())


STEPS = (
    the_files_of_the_school_come_in,
    every_pupil_gets_a_time_and_no_roster_can_be_better,
    every_letter_goes_out_once_and_its_calendar_says_what_the_roster_says,
    one_family_confirms_one_chooses_another_time_and_one_cannot_come,
    the_leaders_calendar_and_page_say_the_same,
    the_office_sees_how_far_the_round_is,
)
