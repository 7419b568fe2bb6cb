"""A whole sample school on this machine, from its files to the letters in a mailbox that belongs to the demo.

`make demo` calls it. Everything is done by the commands a school would use; only the two sign-in pages and the mailbox
exist nowhere else. It never runs with DRIEHOEK_ENV=production.
"""

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import create_app
from scheduling.domain.buddies import BuddyKind, Wish
from scheduling.domain.checklists import Answer as Degree
from scheduling.domain.checklists import Asked as Known
from scheduling.domain.checklists import Moment
from scheduling.domain.class_tasks import Asked
from scheduling.domain.contact_parents import Reach
from scheduling.domain.gathering_topics import DAYS_BEFORE
from scheduling.domain.gatherings import Answer, Coming, Details
from scheduling.domain.information_poll import WantedPeriod
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.links import HolderKind
from scheduling.domain.moments import MomentKind, Timing
from scheduling.domain.people import Person
from scheduling.domain.plans import AgreedMoment, Agreement, ContactForm, InfoNeed, Initiative
from scheduling.domain.questionnaires import Asked as Party
from scheduling.domain.questionnaires import Item, Said, Side
from scheduling.domain.school import SchoolWishes
from scheduling.domain.timeslots import local
from scheduling.domain.year_plans import PlannedKind, PlanWishes
from scheduling.domain.years import Period, Region, start_window, year_label, year_of, year_period
from scheduling.formats.holidays import holidays_of
from scheduling.queries import examples, leaders, years
from scheduling.queries import plans as plan_queries
from scheduling.queries.buddies import board
from scheduling.queries.checklists import class_list
from scheduling.queries.contact_parents import classes_of_year, the_class
from scheduling.queries.contacts import class_logs
from scheduling.queries.gatherings import gathering_page
from scheduling.queries.questionnaires import Choice
from scheduling.queries.school import find_school
from scheduling.queries.year_plans import PlanLine, lines_of
from scheduling.samples.writing import write_sample
from scheduling.services import (
    buddies,
    checklists,
    class_tasks,
    contact_parents,
    contacts,
    gatherings,
    links,
    plans,
    questionnaires,
    year_plans,
)
from scheduling.services import gathering_topics as topics
from scheduling.services import school as school_service
from scheduling.services import staff as staff_service
from scheduling.web.staff import enter_as

HERE = Path(__file__).resolve().parents[1]
OFFICE = "kantoor@demo.example.org"
PASSWORD = "een wachtwoord alleen voor de demo"  # noqa: S105 - this school is invented and lives on this machine only
ROUND = "Startgesprekken"
SAID = (Answer(Coming.YES, adults=2, children=1), Answer(Coming.YES, adults=1), Answer(Coming.PERHAPS, adults=2),
        Answer(Coming.NO))  # fmt: skip
"""What homes answer to the first reception, in turn."""


WANTED = ((InfoNeed.YES, "oktober"), (InfoNeed.YES, "oktober"), (InfoNeed.MAYBE, "november"), (InfoNeed.NO, ""))
"""What families say about an evening with the whole group."""


@dataclass(frozen=True)
class Sample:
    """What the commands need to know of a sample school."""

    name: str
    title: str
    region: Region
    sector: str


CONTACT = Agreement(
    forms=(ContactForm.CALL, ContactForm.SCHOOL_VISIT_DAY), agreed_on=date.min, agreed_with="", family_was_there=True,
    goal="Leest elke dag een kwartier", info_need=InfoNeed.YES, initiative=Initiative.SCHOOL,
    moments=(
        AgreedMoment(Timing(MomentKind.IN_MONTH, month=11), ContactForm.CALL, purpose="hoe het lezen gaat"),
        AgreedMoment(
            Timing(MomentKind.MONTH_BEGIN, month=6), ContactForm.SCHOOL_VISIT_DAY, with_pupil=True, is_review=True
        ),
    ),
)  # fmt: skip
"""What the mentor of the demo agrees on with families."""
STATES = ("agreed", "proposed", "changed", "wish", "none")

SAMPLES = {
    "linde": Sample("linde", "De Linde", Region.MIDDLE, "po"),
    "vlier": Sample("vlier", "Vlierhof College", Region.SOUTH, "vo"),
}


def main(arguments: list[str]) -> int:
    """Build the school, send its letters, and serve it until told to stop."""
    asked = _arguments().parse_args(arguments)
    if os.environ.get("DRIEHOEK_ENV") == "production":
        print(
            "The demo does not run with DRIEHOEK_ENV=production: its sign-in pages need no password.", file=sys.stderr
        )
        return 1
    sample = SAMPLES[asked.school]
    mailbox = Mailbox()
    with mailbox.open() as smtp_port:
        environment = _environment(asked.folder / sample.name, asked.port, smtp_port)
        app = create_app(environment)
        with app.app_context():
            build(app, sample, asked.folder / sample.name)
        doors = Doors(app, mailbox)
        print("\n".join(doors.addresses(environment["BASE_URL"])), flush=True)
        if not asked.once:
            serve(app, environment, asked.port)
    return 0


def build(app: Flask, sample: Sample, folder: Path) -> None:
    """From the school's files to letters in the mailbox, command by command."""
    year = next_start_year(sample.region, datetime.now(UTC).date())
    files = folder / "files"
    write_sample(sample.name, files, year=year)
    school = ("--school", sample.title, "--region", sample.region.value, "--sector", sample.sector)
    command(app, "setup", *school, "--email", OFFICE, "--password", PASSWORD, "--year", year)
    tell_about_the_school()
    command(app, "import", str(files), "--year", year)
    command(app, "rounds", "create", "--kind", "start_conversation", "--name", ROUND,
            "--availability", str(files / "availability.csv"))  # fmt: skip
    command(app, "rosters", "generate", ROUND, "--seconds", "60")
    command(app, "rosters", "publish", ROUND)
    command(app, "mailings", "send", ROUND, "--letter", "invitation")
    plan_the_year(year, datetime.now(UTC))
    agree_on_contact(shown_mentor(), datetime.now(UTC))
    remember_calls(shown_mentor(), datetime.now(UTC))
    plan_with_the_class(shown_mentor(), datetime.now(UTC))
    begin_lists(shown_mentor(), datetime.now(UTC))
    command(app, "jobs", "drain")


def plan_the_year(label: str, now: datetime) -> None:
    """A year plan; the families of the first evening with receptions are invited, and some homes answered."""
    year = years.find_year(label)
    year_plans.propose(year=year, wishes=PlanWishes(), by=SYSTEM, now=now)
    receptions = [line for line in lines_of(year.id) if line.planned.kind is PlannedKind.RECEPTION]
    evening = [line.id for line in receptions if line.planned.day == receptions[0].planned.day]
    gatherings.invite(planned_ids=evening, by=SYSTEM, now=now)
    office = Actor(ActorKind.STAFF, examples.account_of(OFFICE).id)
    for number, home in enumerate(gathering_page(evening[0], now).homes[:9]):
        said = SAID[number % len(SAID)]
        gatherings.answer(planned_id=evening[0], wisher=home.wisher, answer=said, by=office, now=now)
    hold_a_circle(year.id, office, now)


def hold_a_circle(year_id: int, office: Actor, now: datetime) -> None:
    """The first parent circle: every class has a contact parent, a topic and a trip to help with; one has no yes."""
    soon = now.date() + timedelta(days=DAYS_BEFORE)
    circles = (one for one in lines_of(year_id) if one.planned.kind is PlannedKind.PARENT_CIRCLE)
    line = next((one for one in circles if one.planned.day > soon), None)
    if line is None:
        return
    parents = {class_id: the_class(class_id, now).candidates[:2] for class_id in classes_of_year(year_id)}
    stands = {
        class_id: [Actor(ActorKind.GUARDIAN, one.guardian_id) for one in people]
        for class_id, people in parents.items()
        if people
    }
    for class_id, (by, *_more) in stands.items():
        shown = parents[class_id][0].name.called
        contact_parents.say_yes(class_id=class_id, shown_as=shown, reach=Reach.FORM, by=by, now=now)
    gatherings.invite(planned_ids=[line.id], by=SYSTEM, now=now)
    homes = gathering_page(line.id, now).homes
    for home in homes[:-1]:
        gatherings.answer(planned_id=line.id, wisher=home.wisher, answer=Answer(Coming.YES, 1), by=office, now=now)
    for class_id, people in stands.items():
        _asks_for_help(class_id, people, line, now)


def _asks_for_help(class_id: int, parents: Sequence[Actor], circle: PlanLine, now: datetime) -> None:
    """A contact parent of this class gives a topic for the circle, and asks who drives; another parent does."""
    topics.give(planned_id=circle.id, class_id=class_id, text="Fietsen bij het hek", by=parents[0], now=now)
    trip = Asked("Meerijden naar het museum", 3, title="Schoolreis", day=circle.planned.day + timedelta(days=8))
    task = class_tasks.ask(class_id=class_id, asked=trip, by=parents[0], now=now)
    class_tasks.sign_up(task_id=task, by=parents[-1], now=now)


def shown_mentor() -> int:
    """The mentor whose pages the demo opens."""
    found = examples.two_families_that_could_swap(ROUND, datetime.now(UTC))
    return examples.leader_of(found[0]).id


def agree_on_contact(mentor_id: int, now: datetime) -> None:
    """A class in which families are in every state: agreed, a change that waits, a proposal, a wish, nothing yet."""
    year_id, by, today = leaders.year_at(now).id, Actor(ActorKind.STAFF, mentor_id), local(now).date()
    groups = plan_queries.agreements_by_class(year_id, leader_id=mentor_id, today=today)
    rows = [row for group in groups for row in group.rows if row.home.guardians and row.plan is None]
    for number, row in enumerate(rows[:15]):
        parent = Person(HolderKind.GUARDIAN, row.home.guardians[0].id)
        whose = {
            "pupil_id": row.pupil.id, "household_id": row.home.household_id, "year_id": year_id,
            "leader_id": mentor_id, "by": by, "now": now,
        }  # fmt: skip
        agreed = replace(CONTACT, agreed_on=today, agreed_with=row.home.guardians[0].name.full)
        state = STATES[number % len(STATES)]
        if state == "none":
            continue
        plan_id = plans.agree(agreement=agreed, seen_version=0, **whose)
        answer = {"plan_id": plan_id, "seen_version": 1, "person": parent, "by": parent.actor, "now": now}
        if state == "wish":
            plans.wish_other(words="Liever mailen, overdag kan ik niet bellen.", **answer)
        elif state != "proposed":
            plans.confirm(**answer)
        if state == "changed":
            plans.agree(agreement=replace(agreed, moments=CONTACT.moments[:1]), seen_version=1, **whose)


def remember_calls(mentor_id: int, now: datetime) -> None:
    """Three families whom the mentor means to call this week."""
    year_id, by = leaders.year_at(now).id, Actor(ActorKind.STAFF, mentor_id)
    for log in class_logs(mentor_id, year_id, today=local(now).date())[:3]:
        contacts.remember(
            pupil_id=log.row.pupil.id, household_id=log.row.home.household_id, year_id=year_id, leader_id=mentor_id,
            by=by, now=now,
        )  # fmt: skip


def plan_with_the_class(mentor_id: int, now: datetime) -> None:
    """Some families said when an evening together is welcome; the mentor plans an informal meeting of the class."""
    year, by = leaders.year_at(now), Actor(ActorKind.STAFF, mentor_id)
    logs = class_logs(mentor_id, year.id, today=local(now).date())
    for log, (need, period) in zip(logs[3:], WANTED, strict=False):
        agreement = Agreement(
            (ContactForm.CALL,), local(now).date(), log.row.pupil.name.given, True, info_need=need, info_period=period,
            together=False,
        )  # fmt: skip
        plans.agree(
            pupil_id=log.row.pupil.id, household_id=log.row.home.household_id, year_id=year.id, agreement=agreement,
            seen_version=log.row.version, leader_id=mentor_id, by=by, now=now,
        )  # fmt: skip
    class_id = logs[0].row.pupil.class_id
    facts = years.find_year(year.label)
    meeting = year_plans.add_within(
        year=facts, kind=PlannedKind.INFORMAL_MEETING, groups=(class_id,), period=WantedPeriod.NOVEMBER, by=by, now=now
    )
    gatherings.set_up(
        planned_id=meeting, version=0, details=Details(theme="sociale media", with_pupils=True), by=by, now=now
    )  # fmt: skip


def begin_lists(mentor_id: int, now: datetime) -> None:
    """Twelve parents answered the questionnaire, the mentor began the checklist, and two parents fit each other."""
    year_id = leaders.year_at(now).id
    mentor, office = (Actor(ActorKind.STAFF, one) for one in (mentor_id, examples.account_of(OFFICE).id))
    class_id, class_name = leaders.classes_of(mentor_id, year_id)[0]
    questionnaires.start(year_id=year_id, send=False, by=office, now=now)
    about = Choice("", year_id, class_name, "", "")
    for number in range(12):
        said = Said({(item, side): (number + len(item)) % 3 + 2 for item in Item for side in Side})
        questionnaires.answer(asked=Party.PARENT, choice=about, said=said, mark=f"demo {number}", now=now)
    pupil = class_list(class_id, mentor_id, now).rows[0]
    checklists.write(
        class_id=class_id, pupil_id=pupil.pupil_id, moment=Moment.AUTUMN,
        answers={Known.BACKGROUND: Degree.A_LITTLE, Known.EASY_SELF: Degree.FAIRLY},
        step="Vragen hoe de eerste weken waren.", by=mentor, now=now,
    )  # fmt: skip
    own, every = (board(year_id, whose, now).parents for whose in (mentor_id, None))
    for (guardian_id, _name), offers in ((own[0], False), (every[-1], True)):
        wish = Wish(BuddyKind.LANGUAGE, offers=offers, topic="Pools")
        buddies.note(guardian_id=guardian_id, wish=wish, year_id=year_id, leader_id=None, by=office, now=now)


def tell_about_the_school() -> None:
    """What the office would fill in on the page about the school."""
    known = find_school()
    if known is None:
        raise SystemExit("setup made no school")
    wishes = SchoolWishes(
        name=known.name, phone="000 - 000 00 00", email=OFFICE, address="Lindelaan 1",
        route="De ingang is aan het plein.",
        separated_parents=known.separated_parents, feed_detail=known.feed_detail, walking_minutes=known.walking_minutes,
    )  # fmt: skip
    school_service.change(wishes=wishes, by=SYSTEM, now=datetime.now(UTC))


def next_start_year(region: Region, today: date) -> str:
    """The school year of the first start window that has not begun yet."""
    label = year_of(today, region)
    return label if today < _window(label, region).starts_on else year_label(int(label[:4]) + 1)


def _window(label: str, region: Region) -> Period:
    year = year_period(label, region)
    return start_window(year, [holiday.period for holiday in holidays_of(region, year)])


def command(app: Flask, *words: str) -> None:
    """Run one of our own commands; stop the demo where it refuses."""
    print(f"flask {' '.join(words[:2])} …", file=sys.stderr)
    done = app.test_cli_runner().invoke(args=list(words))
    if done.exit_code:
        raise SystemExit(f"{words[0]}: {done.output}{done.stderr}")


def serve(app: Flask, environment: dict[str, str], port: int) -> None:
    """Pages here, letters by a worker beside us, until interrupted."""
    from waitress.server import create_server

    worker = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "worker"], cwd=HERE, env=os.environ | environment
    )
    server: Any = create_server(app, host="127.0.0.1", port=port, threads=4)
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        worker.terminate()
        worker.wait(timeout=20)


@dataclass
class Mailbox:
    """A mail server of our own on the loopback address, which keeps what it gets in memory."""

    letters: list[EmailMessage] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def open(self) -> Iterator[int]:
        port = _free_port()
        controller = Controller(self, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            yield port
        finally:
            controller.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """aiosmtpd calls this for every message."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        with self.lock:
            self.letters.append(message)
        return "250 OK"


class Doors:
    """The pages that only the demo has: sign in with one button, and read the letters."""

    def __init__(self, app: Flask, mailbox: Mailbox) -> None:
        self.app = app
        self.mailbox = mailbox
        self.colleagues: dict[str, str] = {}
        pages = Blueprint("demo", __name__, url_prefix="/demo")
        pages.get("/enter/<key>")(self.show_button)
        pages.post("/enter/<key>")(self.let_in)
        pages.get("/mailbox")(self.list_letters)
        pages.get("/mailbox/<int:number>")(self.show_letter)
        pages.get("/mailbox/<int:number>/html")(self.show_html)
        pages.get("/mailbox/<int:number>/invite.ics")(self.download_calendar)
        app.register_blueprint(pages)

    def addresses(self, base: str) -> list[str]:
        """One line per door, as promised in the README."""
        now = datetime.now(UTC)
        with self.app.app_context():
            found = examples.two_families_that_could_swap(ROUND, now)
            mentor = examples.leader_of(found[0])
            parents = [links.issue(guardian_id=each.guardian_id, by=SYSTEM, now=now) for each in found]
            staff_service.set_password(
                token=staff_service.new_password_key(staff_id=mentor.id, now=now), password=PASSWORD, now=now
            )
        return [
            f"office: {base}/demo/enter/{self._key(OFFICE)}",
            f"mentor: {base}/demo/enter/{self._key(mentor.email)}",
            *(f"parent: {base}/g/{token}" for token in parents),
            f"mailbox: {base}/demo/mailbox",
        ]

    def show_button(self, key: str) -> ResponseReturnValue:
        self.colleagues.get(key) or abort(404)
        return render_template("demo/enter.html", key=key)

    def let_in(self, key: str) -> ResponseReturnValue:
        email = self.colleagues.get(key) or abort(404)
        enter_as(staff_service.sign_in(email=email, password=PASSWORD, now=datetime.now(UTC), origin="demo"))
        return redirect(url_for("staff.start"), code=303)

    def list_letters(self) -> ResponseReturnValue:
        wanted = request.args.get("to", "").strip().lower()
        letters = [
            (number, letter["To"], letter["Subject"])
            for number, letter in enumerate(self.mailbox.letters)
            if wanted in str(letter["To"]).lower()
        ]
        return render_template("demo/mailbox.html", letters=letters[::-1][:200], count=len(letters), wanted=wanted)

    def show_letter(self, number: int) -> ResponseReturnValue:
        letter = self._letter(number)
        text = letter.get_body(("plain",))
        page = render_template(
            "demo/letter.html", number=number, letter=letter, text=text.get_content() if text else "",
            has_calendar=_calendar(letter) is not None,
        )  # fmt: skip
        return page, {
            "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'"
        }

    def show_html(self, number: int) -> ResponseReturnValue:
        body = self._letter(number).get_body(("html",))
        policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
        headers = {"Content-Security-Policy": policy, "X-Frame-Options": "SAMEORIGIN"}
        return Response(body.get_content() if body else "", mimetype="text/html", headers=headers)

    def download_calendar(self, number: int) -> ResponseReturnValue:
        data = _calendar(self._letter(number)) or abort(404)
        return Response(data, mimetype="text/calendar")

    def _letter(self, number: int) -> EmailMessage:
        if number >= len(self.mailbox.letters):
            abort(404)
        return self.mailbox.letters[number]

    def _key(self, email: str) -> str:
        key = secrets.token_urlsafe(24)
        self.colleagues[key] = email
        return key


def _calendar(letter: EmailMessage) -> bytes | None:
    for part in letter.walk():
        if part.get_content_type() == "text/calendar":
            return part.get_payload(decode=True) or None
    return None


def _environment(folder: Path, port: int, smtp_port: int) -> dict[str, str]:
    """Settings of a demo: its own database, made anew, and its own mail server."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return {
        "DRIEHOEK_ENV": "development",
        "DATABASE_URL": f"sqlite:///{folder / 'driehoek.sqlite'}",
        "SECRET_KEY": secrets.token_hex(32),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(smtp_port),
        "MAIL_USE_TLS": "0",
        "MAIL_USE_SSL": "0",
        "MAIL_USERNAME": "",
        "MAIL_DEFAULT_SENDER": "De school <kantoor@demo.example.org>",
        "MAIL_PER_MINUTE": "0",
        "MAIL_PER_DAY": "0",
    }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--school", choices=sorted(SAMPLES), default="linde")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--once", action="store_true", help="do everything but serve")
    parser.add_argument("--folder", type=Path, default=HERE / "demo-data", help="where the demo keeps its files")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
