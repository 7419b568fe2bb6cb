"""How many families who would rather have another time get one, by how many may change times together.

    python -m benchmarks.swaps [--share 40] [--ticks 4] [--seed 1] [--taken]

VLIER's 48 classes and their published start roster; some families tick times of their own leader at random. By the
engine, among those who ticked: free times only, pairs, rings of three, and without a limit. Through the services:
families offer one after the other, and everybody who is asked says yes, also who ticked nothing.
The disk is not waited for. With `--taken` families tick only times that others have.
"""

import argparse
import logging
import random
import secrets
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import event, func, select

from app import create_app
from scheduling.domain.errors import Refused
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.people import Sector
from scheduling.domain.rounds import RoundMode
from scheduling.domain.swaps import ProposalState
from scheduling.domain.years import Region
from scheduling.formats.process import paths_in, read_files
from scheduling.models import Booking, Guardianship, Slot, SwapParty, SwapProposal, db, schema
from scheduling.optimiser.problem import SwapSlot, SwapsProblem
from scheduling.optimiser.swaps import solve_swaps
from scheduling.queries.years import find_year
from scheduling.samples.writing import write_sample
from scheduling.services import imports, rosters, rounds, setup, swaps

YEAR = "2027-2028"
NOW = datetime(2027, 8, 16, 8, 0, tzinfo=UTC)
Wishes = Mapping[int, list[int]]
"""Per talk the ticked times."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--share", type=int, default=40)
    options.add_argument("--ticks", type=int, default=4)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--taken", action="store_true")
    given = options.parse_args()
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            {
                "INSTANCE_PATH": folder, "DATABASE_URL": f"sqlite:///{folder}/vlier.sqlite",
                "SECRET_KEY": "for this measurement only, nothing else", "DRIEHOEK_ENV": "development",
            }
        )  # fmt: skip
        with app.app_context():
            event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
            round_id = a_published_round(Path(folder))
            wishes = some_wishes(round_id, random.Random(given.seed), given)
            show(round_id, wishes)


def a_published_round(folder: Path) -> int:
    schema.upgrade(db.engine)
    setup.set_up(
        school="Vlierhof College", region=Region.SOUTH, email="kantoor@vlierhof.example.org",
        password=secrets.token_hex(), sector=Sector.SECONDARY, year=YEAR, now=NOW,
    )  # fmt: skip
    write_sample("vlier", folder / "files", year=YEAR)
    imports.run(year_id=find_year(YEAR).id, files=read_files(paths_in([folder / "files"])), by=SYSTEM, now=NOW)
    hours = rounds.read_hours(folder / "files/availability.csv")
    plan = rounds.Plan("Start", mode=RoundMode.ROSTER_THEN_SWAP)
    made = rounds.create(plan=plan, hours=hours, by=SYSTEM, now=NOW)
    version_id = rosters.request(round_id=made.id, by=SYSTEM, now=NOW)
    rosters.run_one(version_id=version_id, worker="here", clock=lambda: NOW)
    rosters.publish(round_id=made.id, by=SYSTEM, now=NOW)
    return made.id


def some_wishes(round_id: int, dice: random.Random, given: argparse.Namespace) -> Wishes:
    """So many of a hundred families with a talk of one slot tick so many other times of their leader."""
    held: dict[int, list[int]] = defaultdict(list)
    by_leader: dict[int, list[int]] = defaultdict(list)
    for slot in slots_of(round_id):
        if slot.booking_id or not given.taken:
            by_leader[slot.leader_id].append(slot.id)
        if slot.booking_id:
            held[slot.booking_id].append(slot.id)
    leader_of = {slot.booking_id: slot.leader_id for slot in slots_of(round_id) if slot.booking_id}
    talks = sorted(talk for talk, own in held.items() if len(own) == 1)
    wishes = {}
    for talk in dice.sample(talks, len(talks) * given.share // 100):
        others = [slot_id for slot_id in by_leader[leader_of[talk]] if slot_id not in held[talk]]
        wishes[talk] = dice.sample(others, min(given.ticks, len(others)))
    return wishes


def slots_of(round_id: int) -> list[Slot]:
    return list(db.session.scalars(select(Slot).where(Slot.round_id == round_id).order_by(Slot.starts_at, Slot.id)))


def show(round_id: int, wishes: Wishes) -> None:
    wishers, slots = len(wishes), len(slots_of(round_id))
    free = sum(slot.booking_id is None for slot in slots_of(round_id))
    print(f"{wishers} families tick; {slots} times, {free} of them free.\n")
    print("| who may change times together | families served | share | seconds |")
    print("|---|---:|---:|---:|")
    for label, most, only_free in (
        ("one, to a free time", 1, True), ("chains and pairs: two", 2, False), ("rings: three", 3, False),
        ("any number (the most there is)", None, False),
    ):  # fmt: skip
        begun = time.perf_counter()
        served = by_engine(round_id, wishes, most, only_free)
        print(f"| {label} | {served} | {served / wishers:.1%} | {time.perf_counter() - begun:.1f} |")
    most = most_if_all_say_yes(wishes)
    print(f"| any number, if also who ticked nothing goes anywhere | {most} | {most / wishers:.1%} | |")
    begun = time.perf_counter()
    served, asked, seconds = by_services(round_id, wishes)
    line = f"| through the services, who is asked says yes | {served} | {served / wishers:.1%} |"
    print(f"{line} {time.perf_counter() - begun:.1f} |")
    print(
        f"\n{asked} times a family said yes to a question; an offer or answer took {statistics.median(seconds):.3f} s."
    )


def by_engine(round_id: int, wishes: Wishes, most: int | None, only_free: bool) -> int:
    """Per leader: who could be served when everybody who ticked says yes. With `only_free` nobody leaves first."""
    served = 0
    by_leader: dict[int, list[Slot]] = defaultdict(list)
    for slot in slots_of(round_id):
        by_leader[slot.leader_id].append(slot)
    for slots in by_leader.values():
        held = {slot.id: slot.booking_id for slot in slots}
        wanted = {
            str(slot.booking_id): tuple(str(n) for n in wishes[slot.booking_id] if not (only_free and held[n]))
            for slot in slots
            if slot.booking_id in wishes
        }
        rows = tuple(SwapSlot(str(slot.id), str(slot.booking_id) if slot.booking_id else None) for slot in slots)
        problem = SwapsProblem(slots=rows, wishes={talk: w for talk, w in wanted.items() if w}, max_parties=most)
        served += len(solve_swaps(problem).moves)
    return served


def by_services(round_id: int, wishes: Wishes) -> tuple[int, int, list[float]]:
    """Offers one after the other, then every question is answered with yes. Served is who has a time it ticked."""
    now, asked, seconds = NOW, 0, []
    people = dict(
        db.session.execute(
            select(Booking.id, func.min(Guardianship.guardian_id))
            .join(Guardianship, Guardianship.pupil_id == Booking.pupil_id)
            .where(Booking.round_id == round_id)
            .group_by(Booking.id)
        ).all()
    )
    db.session.rollback()
    for talk, wanted in wishes.items():
        now += timedelta(seconds=1)
        begun = time.perf_counter()
        try:
            swaps.offer(booking_id=talk, slot_ids=wanted, by=Actor(ActorKind.GUARDIAN, people[talk]), now=now)
        except Refused:
            db.session.rollback()
        seconds.append(time.perf_counter() - begun)
    before = -1
    while asked > before:  # as long as somebody who is asked says yes
        before = asked
        for key, talk, home in open_questions():
            now += timedelta(seconds=1)
            begun = time.perf_counter()
            try:
                swaps.accept(key=key, by=Actor(ActorKind.GUARDIAN, person_of(talk, home)), now=now)
            except Refused:
                db.session.rollback()
            else:
                asked += 1
            seconds.append(time.perf_counter() - begun)
    held = {slot.booking_id: slot.id for slot in slots_of(round_id) if slot.booking_id in wishes}
    return sum(held[talk] in wanted for talk, wanted in wishes.items()), asked, seconds


def most_if_all_say_yes(wishes: Wishes) -> int:
    """So many wishers fit on times they ticked, one each: nothing can serve more."""
    has: dict[int, int] = {}

    def finds(talk: int, tried: set[int]) -> bool:
        for slot in wishes[talk]:
            if slot not in tried:
                tried.add(slot)
                if slot not in has or finds(has[slot], tried):
                    has[slot] = talk
                    return True
        return False

    return sum(finds(talk, set()) for talk in wishes)


def open_questions() -> list[tuple[str, int, int | None]]:
    wanted = (
        select(SwapParty.key, SwapParty.booking_id, SwapParty.household_id)
        .join(SwapProposal, SwapProposal.id == SwapParty.proposal_id)
        .where(SwapProposal.state == ProposalState.OPEN, SwapParty.asked, SwapParty.accepted_at.is_(None))
        .order_by(SwapParty.id)
    )
    found = [(key, talk, home) for key, talk, home in db.session.execute(wanted)]
    db.session.rollback()
    return found


def person_of(talk: int, home: int | None) -> int:
    pupil = db.session.get_one(Booking, talk).pupil_id
    wanted = select(Guardianship.guardian_id).where(Guardianship.pupil_id == pupil)
    found = db.session.scalars(wanted.where(Guardianship.household_id == home) if home else wanted).first()
    db.session.rollback()
    return found or 0


if __name__ == "__main__":
    main()
