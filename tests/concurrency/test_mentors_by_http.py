"""Mentors move talks while parents book the same times, over HTTP: one is first, and the other reads what is true."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.journal import SYSTEM
from scheduling.domain.rounds import LIVE, RoundMode
from scheduling.models import Booking, Slot, db
from scheduling.services import links
from tests.builders import (
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    household_of,
    some_slots,
)
from tests.concurrency.race import Answer, Browser, serving, token_of
from tests.visitor import Visitor

PAIRS = 10

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Scene:
    """Talks that a mentor would move, parents without a time, and for each pair one free time that both want."""

    cookie: str
    round_id: int
    talks: list[int]
    parents: list[tuple[str, int]]
    wanted: list[int]


def lined_up(app: Flask) -> Scene:
    with app.app_context():
        a_school()
        anna = a_leader("anna")
        three = a_class("3", leaders=[anna])
        found = a_round(classes=[three], mode=RoundMode.PICK, max_in_a_row=0)
        now = datetime.now(UTC)
        first = (now + timedelta(days=30)).replace(hour=8, minute=0, second=0, microsecond=0)
        slots = some_slots(found, anna, count=2 * PAIRS, first=first)
        talks, parents = [], []
        for number in range(PAIRS):
            here, later = (a_pupil(f"Kind{word}{number}", three) for word in ("a", "b"))
            home = household_of(a_guardian(f"Oudera{number}", here))
            talks.append(a_booking(found, here, slots[number], household=home).id)
            token = links.issue(guardian_id=a_guardian(f"Ouderb{number}", later).id, by=SYSTEM, now=now)
            parents.append((token, later.id))
        visitor = Visitor(app).signs_in(anna)
        cookie = visitor.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        scene = Scene(f"{cookie.key}={cookie.value}", found.id, talks, parents, [s.id for s in slots[PAIRS:]])
        db.session.remove()
        return scene


def mentor(port: int, scene: Scene, talk_id: int, slot_id: int) -> Callable[[], Answer]:
    """A mentor has the question open whether this talk goes there; what it is to press."""
    browser = Browser(port)
    browser.cookie = scene.cookie
    status, page = browser.ask("GET", f"/staff/leader/talks/{talk_id}/move/check?slot={slot_id}")
    assert status == 200, page
    hidden = {name: page.split(f'name="{name}" value="')[1].partition('"')[0] for name in ("slot", "seen")}
    return lambda: browser.presses(f"/staff/leader/talks/{talk_id}/move", token_of(page), **hidden)


def parent(port: int, scene: Scene, token: str, pupil_id: int, slot_id: int) -> Callable[[], Answer]:
    """A parent has the question open whether it takes this time; what it is to press."""
    browser = Browser(port)
    browser.comes_by_link(token)
    address = f"/family/talks/{scene.round_id}/{pupil_id}/time/{slot_id}"
    status, page = browser.ask("GET", address)
    assert status == 200, page
    return lambda: browser.presses(address, token_of(page))


def at_once(presses: Sequence[Callable[[], Answer]]) -> list[Answer]:
    gate = threading.Barrier(len(presses))
    answers: dict[int, Answer] = {}

    def press(place: int) -> None:
        gate.wait(timeout=60)
        answers[place] = presses[place]()

    threads = [threading.Thread(target=press, args=(place,)) for place in range(len(presses))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=200)
    return [answers[place] for place in range(len(presses))]


def raced(app: Flask, scene: Scene, folder: Path, module: str = "server") -> list[tuple[Answer, Answer]]:
    """Of each pair what the mentor and the parent were told."""
    with serving(app, folder, f"tests.concurrency.{module}", workers=2, threads=4) as port:
        presses = []
        for talk_id, (token, pupil_id), slot_id in zip(scene.talks, scene.parents, scene.wanted, strict=True):
            presses += [mentor(port, scene, talk_id, slot_id), parent(port, scene, token, pupil_id, slot_id)]
        answers = at_once(presses)
    return list(zip(answers[::2], answers[1::2], strict=True))


def test_a_time_to_which_a_mentor_moves_a_talk_while_a_parent_books_it_is_told_to_one_of_them(
    any_app: Flask, tmp_path: Path
):
    scene = lined_up(any_app)
    pairs = raced(any_app, scene, tmp_path)
    assert {tuple(sorted((one.status, other.status))) for one, other in pairs} == {(303, 409)}
    for one, other in pairs:
        lost = one if one.status == 409 else other
        assert "net gekozen door iemand anders" in lost.page
    with any_app.app_context():
        for talk_id, (_, pupil_id), slot_id, (one, _) in zip(
            scene.talks, scene.parents, scene.wanted, pairs, strict=True
        ):
            holder = db.session.get_one(Booking, db.session.get_one(Slot, slot_id).booking_id)
            assert (holder.id == talk_id) is (one.status == 303)
            assert (holder.pupil_id == pupil_id) is (one.status == 409)
        live = db.session.scalars(select(Booking).where(Booking.status.in_(LIVE))).all()
        assert all([slot.starts_at for slot in talk.slots] == [talk.starts_at] for talk in live)
        assert len(live) == PAIRS + sum(one.status == 409 for one, _ in pairs)


def test_without_looking_whether_a_time_is_free_both_are_told_yes(any_app: Flask, tmp_path: Path):
    scene = lined_up(any_app)
    pairs = raced(any_app, scene, tmp_path, "server_without_guard")
    assert any((one.status, other.status) == (303, 303) for one, other in pairs)


def test_of_two_mentors_who_move_one_talk_one_is_first_and_the_other_reads_where_it_is(any_app: Flask, tmp_path: Path):
    scene = lined_up(any_app)
    with serving(any_app, tmp_path, workers=2, threads=4) as port:
        for talk_id, *two in zip(scene.talks[:5], scene.wanted[:5], scene.wanted[5:], strict=True):
            answers = at_once([mentor(port, scene, talk_id, slot_id) for slot_id in two])
            assert sorted(answer.status for answer in answers) == [303, 409]
            (lost,) = [answer for answer in answers if answer.status == 409]
            assert "Dit gesprek is intussen verplaatst naar" in lost.page
            with any_app.app_context():
                won = two[[answer.status for answer in answers].index(303)]
                assert db.session.get_one(Slot, won).booking_id == talk_id
