"""A pupil changes class or leaves after the evening was planned (T31): each talk goes to who teaches the child now."""

from datetime import timedelta

import pytest

from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import LIVE
from scheduling.formats.reading import read_file
from scheduling.models import Booking, Outbox, Pupil, TalkRequest, db
from scheduling.queries import requests as asking
from scheduling.services import imports, rosters
from tests.asking import AskingSchool, a_lesson
from tests.builders import NOW, TUESDAY, a_leader, household_of, some_slots
from tests.formats.files import pupils

pytestmark = pytest.mark.usefixtures("any_context")

DAY = timedelta(days=1)


class PlannedSchool(AskingSchool):
    """Layla's family speaks Anna (mentor), Bo (maths) and Cas (English) about Sami, and reads it in a letter."""

    def __init__(self, **more: bool) -> None:
        super().__init__(NOW + DAY)
        self.times(first=TUESDAY, count=12)
        self.dina = a_leader("dina")
        a_lesson(self.dina, self.four, "Engels")
        some_slots(self.evening, self.dina, count=12, first=TUESDAY, room="lokaal dina", opened=False)
        home = household_of(self.layla).id
        for place, teacher, subject in (
            (1, self.anna, ""), (2, self.bo, "wiskunde"), (3, self.cas, "Engels"),
        ):  # fmt: skip
            db.session.add(
                TalkRequest(
                    round_id=self.evening.id, pupil_id=self.sami.id, household_id=home, teacher_id=teacher.id,
                    place=place, subject=subject, asked_at=NOW, guardian_id=self.layla.id, **more,
                )
            )  # fmt: skip
        for pupil, parent in ((self.noor, self.layla), (self.mila, self.ruud)):
            db.session.add(
                TalkRequest(
                    round_id=self.evening.id, pupil_id=pupil.id, household_id=household_of(parent).id,
                    teacher_id=(self.karin if pupil is self.noor else self.anna).id, asked_at=NOW,
                )
            )  # fmt: skip
        db.session.commit()
        version_id = rosters.request(round_id=self.evening.id, seconds=5, by=SYSTEM, now=NOW)
        rosters.run_one(version_id=version_id, worker="test", clock=lambda: NOW)
        rosters.publish(round_id=self.evening.id, by=SYSTEM, now=NOW)
        # Dina has no talk yet, and shows her times all the same.
        some_slots(self.evening, self.dina, count=1, first=TUESDAY + DAY, room="lokaal dina")
        db.session.query(Booking).update({Booking.invited_at: NOW})
        db.session.commit()

    def reads(self, **classes: str) -> None:
        """A new list of pupils: who is in which class now; who is not named stays where she was."""
        everybody = {"Sami": "2a", "Noor": "4b", "Mila": "2a"} | classes
        rows = [
            f"{pupil.number};{pupil.given_name};;Yilmaz;{everybody[pupil.given_name]}"
            for pupil in (self.sami, self.noor, self.mila)
            if everybody[pupil.given_name]
        ]
        file = read_file("x.csv", pupils(*rows))
        assert imports.run(year_id=self.evening.year_id, files=[file], by=SYSTEM, now=NOW + DAY).saved
        db.session.expire_all()

    def talks(self, pupil: Pupil) -> dict[str, tuple[int, int]]:
        """By whom: when, in minutes after the first time, and how often calendars were told of a change."""
        wanted = db.session.query(Booking).filter(Booking.pupil_id == pupil.id, Booking.status.in_(LIVE))
        return {
            talk.leader.code: (int((talk.starts_at - TUESDAY).total_seconds() // 60), talk.ical_sequence)
            for talk in wanted
        }

    def asked(self, pupil: Pupil) -> list[str]:
        rows = asking.standing_requests(db.session(), self.evening.id, [pupil.id])
        return [row.teacher.code for row in rows]


def letters() -> list[Letter]:
    return [row.letter for row in db.session.query(Outbox).order_by(Outbox.id)]


def test_the_mentor_is_followed_by_the_mentor_a_subject_by_the_subject_and_who_still_teaches_the_child_keeps_it():
    """T31 on an evening of several talks."""
    school = PlannedSchool()
    before = school.talks(school.sami)
    school.reads(Sami="4b")
    assert school.asked(school.sami) == ["karin", "bo", "dina"]
    after = school.talks(school.sami)
    assert after["bo"] == before["bo"], "Bo teaches both classes"
    assert {code: changes for code, (_at, changes) in after.items()} == {"bo": 0, "karin": 1, "dina": 1}
    assert len({at for at, _changes in after.values()}) == 3, "nobody is in two places at once"
    assert letters() == [Letter.CHANGED] * 4, "both parents hear of the two talks that moved, and of nothing else"


def test_whom_the_family_asked_already_is_not_asked_twice_and_the_old_talk_is_called_off():
    """T31: two English teachers asked is one too many once one of them teaches the child no more."""
    school = PlannedSchool()
    a_lesson(school.dina, school.two, "Engels")
    db.session.add(
        TalkRequest(
            round_id=school.evening.id, pupil_id=school.sami.id, household_id=household_of(school.layla).id,
            teacher_id=school.dina.id, place=4, subject="Engels", asked_at=NOW,
        )
    )  # fmt: skip
    db.session.commit()
    school.reads(Sami="4b")
    assert school.asked(school.sami) == ["karin", "bo", "dina"]
    assert "cas" not in school.talks(school.sami)
    assert letters().count(Letter.CANCELLED) == 2


def test_that_the_old_teacher_would_like_to_see_the_family_does_not_pass_to_the_new_one():
    school = PlannedSchool(obligatory=True)
    school.reads(Sami="4b")
    rows = asking.standing_requests(db.session(), school.evening.id, [school.sami.id])
    assert {row.teacher.code: row.obligatory for row in rows} == {"karin": False, "bo": True, "dina": False}


def test_of_a_pupil_who_leaves_nothing_is_asked_any_more_and_every_talk_is_called_off():
    school = PlannedSchool()
    school.reads(Sami="")
    assert (school.asked(school.sami), school.talks(school.sami)) == ([], {})
    assert letters() == [Letter.CANCELLED] * 6
    assert school.asked(school.noor) == ["karin"], "the sister's talk stands"
