"""A round with a draft that nobody published yet: for tests of changing it by hand. Call it in an app context.

Anna leads Sami, Daan and Aya; Bas leads Lina, who is Sami's sister. Everybody is early: Sami in Anna's first slot, Daan
in her second, Aya in her fourth; Lina in the third of Bas, so that the two follow each other with time to walk.
"""

from dataclasses import dataclass
from datetime import timedelta

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.rosters import VersionStatus
from scheduling.models import ClassGroup, Pupil, RosterTalk, RosterVersion, Round, Slot, Staff, db
from scheduling.queries.snapshots import take_snapshot
from tests.builders import (
    NOW,
    TUESDAY,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    a_year,
    an_office_worker,
    some_slots,
)

SLOT = timedelta(minutes=20)


@dataclass
class Draft:
    """Who is who, and the version."""

    office: Staff
    anna: Staff
    bas: Staff
    three: ClassGroup
    sami: Pupil
    daan: Pupil
    aya: Pupil
    lina: Pupil
    round: Round
    slots: list[Slot]
    version: RosterVersion

    @property
    def by(self) -> Actor:
        return Actor(ActorKind.STAFF, self.office.id)

    @property
    def board(self) -> str:
        """The address of Anna's board."""
        return f"/staff/office/rounds/{self.round.id}/rosters/1/board/{self.anna.id}"


def a_draft_to_change() -> Draft:
    """The round, the families and the draft."""
    a_school()
    a_year()
    office, anna, bas = an_office_worker(), a_leader("anna"), a_leader("bas")
    three, four = a_class("3", leaders=[anna]), a_class("4", leaders=[bas])
    sami, daan, aya = (a_pupil(name, three) for name in ("Sami", "Daan", "Aya"))
    lina = a_pupil("Lina", four)
    a_guardian("Layla", sami, lina)
    a_guardian("Petra", daan)
    a_guardian("Ali", aya)
    found = a_round(classes=[three, four])
    slots = some_slots(found, anna, count=8, opened=False)
    some_slots(found, bas, count=8, opened=False)
    places = {sami.id: (anna, 0), daan.id: (anna, 1), aya.id: (anna, 3), lina.id: (bas, 2)}
    return Draft(office, anna, bas, three, sami, daan, aya, lina, found, slots, _version(found, places))


def a_draft_to_visit() -> Draft:
    """The same, with rows that can still be read after the app context is gone: for tests of pages."""
    db.session().expire_on_commit = False
    found = a_draft_to_change()
    db.session.expunge_all()
    db.session.remove()
    return found


def _version(found: Round, places: dict[int, tuple[Staff, int]]) -> RosterVersion:
    snapshot = take_snapshot(found.id, now=NOW)
    version = RosterVersion(
        round_id=found.id, number=1, status=VersionStatus.DRAFT, proof="optimal", requested_at=NOW,
        score={"objective": 0, "sibling_pairs": 1, "sibling_pairs_adjacent": 1}, bound={"objective": 0},
        snapshot=dict(snapshot.fingerprints),
    )  # fmt: skip
    for planned in snapshot.talks.values():
        leader, place = places[planned.need.pupil_id]
        version.talks.append(
            RosterTalk(
                pupil_id=planned.need.pupil_id, household_id=planned.need.household_id, leader_id=leader.id,
                starts_at=TUESDAY + place * SLOT, slots=planned.slots,
            )
        )  # fmt: skip
    db.session.add(version)
    db.session.commit()
    return version
