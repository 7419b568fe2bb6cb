"""How much a leader's pages cost: the school and the columns of `benchmarks.pages`, with topics and agreements added.

    python -m benchmarks.leader_page [--turns 200] [--database postgresql://…]

The class is full: 25 talks, each with two topics; two of three families have an agreement.
"""

import argparse
import logging
import tempfile
from datetime import date

import time_machine
from flask import Flask

from benchmarks.pages import NOW, fill, make_app, measure, table
from scheduling.domain.plans import ContactForm, InfoNeed
from scheduling.domain.rounds import TopicAuthor
from scheduling.models import Booking, CommunicationPlan, PlanForm, Round, Staff, Topic, db


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--turns", type=int, default=200)
    options.add_argument("--database", default="")
    given = options.parse_args()
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder, time_machine.travel(NOW, tick=True):
        app = make_app(folder, given.database)
        _family, leader, _pages = fill(app)
        addresses = fill_class(app)
        print(table([measure(app, leader, name, path, given.turns) for name, path in addresses], app))


def fill_class(app: Flask) -> list[tuple[str, str]]:
    """Topics and agreements for the first leader's class; the pages to measure."""
    with app.app_context():
        leader = db.session.query(Staff).order_by(Staff.id).first()
        found = db.session.query(Round).one()
        assert leader
        talks = db.session.query(Booking).filter_by(leader_id=leader.id).order_by(Booking.starts_at).all()
        for number, talk in enumerate(talks):
            whose = {"round_id": found.id, "pupil_id": talk.pupil_id, "household_id": talk.household_id}
            db.session.add_all(
                Topic(author=TopicAuthor.GUARDIAN, text=f"Onderwerp {n}", created_at=NOW, **whose) for n in (1, 2)
            )
            if number % 3:
                db.session.add(_plan(talk, found.year_id, leader.id))
        db.session.commit()
        first = talks[0]
        home = f"/staff/leader/pupils/{first.pupil_id}/homes/{first.household_id}/agreement"
    return [
        ("leader: roster of 25 talks", "/staff/leader/"),
        ("leader: list", "/staff/leader/list"),
        ("leader: sheet with topics", "/staff/leader/sheet?topics=1"),
        ("leader: one talk", f"/staff/leader/talks/{first.id}"),
        ("leader: where to move it", f"/staff/leader/talks/{first.id}/move"),
        ("leader: agreements of the class", "/staff/leader/agreements"),
        ("leader: record an agreement", home),
    ]


def _plan(talk: Booking, year_id: int, leader_id: int) -> CommunicationPlan:
    plan = CommunicationPlan(
        year_id=year_id, pupil_id=talk.pupil_id, household_id=talk.household_id, rhythm="na elk rapport",
        goal="Samen lezen", agreed_on=date(2027, 8, 20), agreed_with="Ouder", info_need=InfoNeed.YES,
        recorded_by=leader_id, recorded_at=NOW,
    )  # fmt: skip
    plan.forms = [PlanForm(form=ContactForm.CALL), PlanForm(form=ContactForm.HOME_VISIT)]
    return plan


if __name__ == "__main__":
    main()
