"""A contact evening of a large school: from the lists of who teaches whom to the times in the families' letters."""

import itertools
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine

from scheduling.domain.journal import SYSTEM
from scheduling.domain.requests import ChildAsks, Choice
from scheduling.domain.wishes import Wisher
from scheduling.models import Booking, Enrolment, Guardianship, Round, TalkRequest, db
from scheduling.optimiser.command import main as optimise
from scheduling.queries.lessons import teachers_of
from scheduling.samples import systems
from scheduling.samples.vlier import vlier as the_school
from scheduling.samples.writing import write_sample
from scheduling.services import requests
from scheduling.web.clock import now
from tests.journeys import vlier
from tests.journeys.vlier import OFFICE, PASSWORD, YEAR
from tests.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
IN_SEPTEMBER = datetime(2027, 9, 20, 8, 0, tzinfo=UTC)
NAME = "Contactavonden november"


@pytest.fixture
def school(tmp_path: Path) -> Iterator[SimpleNamespace]:
    from app import create_app
    from tests.conftest import SETTINGS

    files = tmp_path / "files"
    write_sample("vlier", files, year=YEAR)
    for name, data in systems.lessons(the_school(YEAR)).items():
        (files / name).write_bytes(data)
    with time_machine.travel(IN_SEPTEMBER, tick=True):
        given = {"INSTANCE_PATH": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'vlier.sqlite'}"}
        app = create_app(SETTINGS | given)
        vlier.command(app, *vlier.SETUP)
        assert vlier.command(app, "import", str(files), "--year", YEAR)["saved"]
        yield SimpleNamespace(app=app, folder=tmp_path)
        with app.app_context():
            db.engine.dispose()


def test_a_contact_evening_from_the_lists_of_teachers_to_publication(school, capsys):
    office = Visitor(school.app).opens("/staff/sign-in").presses("Log in", email=OFFICE, password=PASSWORD).visitor
    made = office.opens("/staff/office/rounds").follows("Maak contactavonden").presses("Maak de avonden")
    assert made.heading == NAME
    with school.app.app_context():
        asked = families_ask(every=4)
    assert asked > 400
    draft = vlier.command(school.app, "rosters", "generate", NAME, "--seconds", "60", "--seed", "2")
    assert draft["placed"] + len(draft["unplaced"]) == asked
    assert draft["score"]["weight"] <= draft["bound"]["weight"]
    the_page_says_what_the_checker_says(school, office, draft, capsys)
    done = vlier.command(school.app, "rosters", "publish", NAME)
    assert done["changed_meanwhile"] == []
    sent = vlier.command(school.app, "mailings", "send", NAME, "--letter", "invitation")
    assert sent["queued"] >= draft["placed"] * 0.9
    with school.app.app_context():
        talks = db.session.query(Booking).filter(Booking.request_id.is_not(None)).all()
        assert len(talks) == len({talk.ical_uid for talk in talks}) == draft["placed"]
        nobody_is_in_two_places(talks)


def families_ask(*, every: int) -> int:
    """The office writes down what every so many homes want: one to three teachers of each child. How many talks."""
    rng = random.Random(7)
    found = db.session.query(Round).one()
    ties = db.session.query(Guardianship.household_id, Guardianship.pupil_id).filter(Guardianship.authority != "no")
    homes: dict[int, set[int]] = {}
    for household_id, pupil_id in ties:
        homes.setdefault(household_id, set()).add(pupil_id)
    here = {pupil_id for (pupil_id,) in db.session.query(Enrolment.pupil_id).filter(Enrolment.present)}
    teachers = teachers_of(here, year_id=found.year_id, on=found.starts_on)
    for household_id in sorted(homes)[::every]:
        asks = {}
        for pupil_id in sorted(homes[household_id] & here):
            own = sorted({teaching.staff_id for teaching in teachers[pupil_id]})
            chosen = rng.sample(own, min(len(own), rng.randint(1, 3)))
            asks[pupil_id] = ChildAsks(tuple(Choice(teacher_id) for teacher_id in chosen))
        said = requests.Said(asks=asks, answers={})
        try:
            requests.say_for(round_id=found.id, wisher=Wisher(household_id), said=said, by=SYSTEM, now=now())
        except requests.requests.NoRequestsHere:
            continue  # a home of adult pupils only: they ask for themselves
    return talks_asked()


def talks_asked() -> int:
    """Two homes that ask one colleague about one child come together: that is one talk."""
    standing = db.session.query(TalkRequest).filter(TalkRequest.withdrawn_at.is_(None))
    return len({(row.pupil_id, row.teacher_id) for row in standing})


def the_page_says_what_the_checker_says(school, office: Visitor, draft, capsys) -> None:
    with school.app.app_context():
        round_id = db.session.query(Round.id).scalar()
    address = f"/staff/office/rounds/{round_id}/rosters/{draft['version']}"
    for part in ("problem", "roster"):
        answer = office.client.get(f"{address}/{part}.json")
        (school.folder / f"{part}.json").write_bytes(answer.data)
    words = ["check", str(school.folder / "problem.json"), str(school.folder / "roster.json"), "--json"]
    assert optimise(words) == 0
    checked = json.loads(capsys.readouterr().out)["score"]
    assert checked == draft["score"]
    page = office.opens(address)
    rows = {row.th.get_text(): [cell.get_text() for cell in row.find_all("td")] for row in page.soup.find_all("tr")}
    assert rows["Punten voor wensen: meer is beter"][:2] == [str(checked["weight"]), str(draft["bound"]["weight"])]
    assert rows["Gezinnen die langer dan een half uur wachten"][0] == str(checked["families_over_30"])
    assert rows["Minuten wachten van alle gezinnen samen"][0] == str(checked["waiting_slots"] * 10)
    first_come = int(rows["Punten voor wensen: meer is beter"][2])
    assert first_come <= checked["weight"]


def nobody_is_in_two_places(talks: list[Booking]) -> None:
    ties = db.session.query(Guardianship.pupil_id, Guardianship.household_id, Guardianship.guardian_id)
    people: dict[tuple[int, int], set[int]] = {}
    for pupil_id, household_id, guardian_id in ties:
        people.setdefault((pupil_id, household_id), set()).add(guardian_id)
    busy: dict[tuple[str, int], list[tuple[datetime, datetime]]] = {}
    for talk in talks:
        coming = [("guardian", one) for one in people.get((talk.pupil_id, talk.household_id or 0), ())]
        for name in [*coming, ("teacher", talk.leader_id), ("pupil", talk.pupil_id)]:
            busy.setdefault(name, []).append((talk.starts_at, talk.ends_at))
    for name, spans in busy.items():
        ordered = sorted(spans)
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(ordered)), name
