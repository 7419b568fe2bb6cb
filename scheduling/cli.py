"""Commands: for who installs, for cron, for scripts. The promises of exit code and JSON stand in docs/commands.md."""

import functools
import json
import os
import socket
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from scheduling.domain.errors import Refused
from scheduling.domain.journal import PERSONS, SYSTEM, ActorKind
from scheduling.domain.kinds import KINDS, OFFERED, PupilPart
from scheduling.domain.mailings import BATCHES, Letter
from scheduling.domain.people import Sector
from scheduling.domain.rounds import RoundKind, RoundMode
from scheduling.domain.timeslots import local, moment_at
from scheduling.domain.years import NoSuchYear, Period, Region
from scheduling.formats.process import paths_in, read_files
from scheduling.queries import links as link_queries
from scheduling.queries import rosters as roster_queries
from scheduling.queries import rounds as round_queries
from scheduling.queries import years as year_queries
from scheduling.queries.personal_data import person_known_as
from scheduling.services import feeds, imports, links, mailings, people, retention, rosters, rounds
from scheduling.services import setup as setups
from scheduling.wording import personal_data
from scheduling.wording.dates import iso
from scheduling.wording.hours import warning_sentence
from scheduling.wording.imports import outcome_document as imported_document
from scheduling.wording.imports import refused_document
from scheduling.wording.mailings import late_sentence, skip_reason
from scheduling.wording.refusals import sentence
from scheduling.wording.rosters import left_out_sentence, why_not

Command = TypeVar("Command", bound=Callable[..., Any])
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document, and nothing else.")


def init_app(app: Flask) -> None:
    """Hang the commands on `flask --app app`."""
    for command in COMMANDS:
        app.cli.add_command(command)


def now() -> datetime:
    return datetime.now(UTC)


def answer(data: dict[str, Any], as_json: bool, *lines: str) -> None:
    """Print the outcome: one JSON document, or these lines for a person."""
    print(json.dumps(data, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))


def refusing(command: Command) -> Command:
    """A refusal is one clear sentence and exit 1; with --json the document says it too. Never a traceback."""

    @functools.wraps(command)
    def run(*args: Any, **given: Any) -> Any:
        try:
            return command(*args, **given)
        except Refused as error:
            text = sentence(error)
            print(text, file=sys.stderr)
            if given.get("as_json"):
                print(json.dumps({"error": text}, ensure_ascii=False))
            sys.exit(1)

    return run  # type: ignore[return-value]


# The school


@click.command("setup")
@click.option("--school", required=True, help="The name of the school.")
@click.option("--region", required=True, type=click.Choice([region.value for region in Region]))
@click.option("--email", required=True, help="With which the office signs in.")
@click.option("--password", required=True, help="Of the office's account, 8 characters or more.")
@click.option("--sector", type=click.Choice([sector.value for sector in Sector]), help="po when nothing is said.")
@click.option("--year", help="A school year, for example 2027-2028; today's when nothing is said.")
@as_json
@with_appcontext
@refusing
def set_up(
    school: str, region: str, email: str, password: str, sector: str | None, year: str | None, as_json: bool
) -> None:
    """Make the school ready: newest schema, school, school year, holidays, the office's account. Twice is once."""
    made = setups.set_up(
        school=school, region=Region(region), email=email, password=password,
        sector=Sector(sector) if sector else None, year=year, now=now(),
    )  # fmt: skip
    answer(
        {
            "school": made.school,
            "sector": made.sector.value,
            "region": made.region.value,
            "year": made.year,
            "starts_on": made.starts_on.isoformat(),
            "ends_on": made.ends_on.isoformat(),
            "days": made.holidays,
            "account": made.account,
        },
        as_json,
        f"{made.school} ({made.sector.value}, {made.region.value})",
        f"schooljaar {made.year}, {made.starts_on:%d-%m-%Y} t/m {made.ends_on:%d-%m-%Y}, {made.holidays} vakanties",
        f"account: {made.account}",
    )


# School files


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--year", help="A school year, for example 2027-2028; today's when nothing is said.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@as_json
@with_appcontext
def import_files(paths: tuple[Path, ...], year: str | None, dry_run: bool, as_json: bool) -> None:
    """School files in, all of them or nothing: pupils, guardians, staff, classes, rooms, calendars."""
    try:
        meant = _year(year)
        files = read_files(paths_in(paths))
        outcome = imports.run(year_id=meant.id, files=files, by=SYSTEM, now=now(), dry_run=dry_run)
        done = imported_document(outcome)
    except Refused as error:
        done = refused_document(sentence(error))
    for problem in done["problems"] if not as_json else ():
        place = ", ".join(filter(None, (problem["file"], problem["row"] and f"rij {problem['row']}")))
        print(f"{problem['severity']}: {place}: {problem['message']}", file=sys.stderr)
    answer(done, as_json, *(f"{kind}: {found}" for kind, found in done["counts"].items()))
    sys.exit(any(problem["severity"] == "error" for problem in done["problems"]))


def _year(label: str | None) -> year_queries.YearFacts:
    """The school year that was named, else today's, else the one that is there."""
    if label:
        return year_queries.find_year(label)
    today = local(now()).date()
    todays = next((year for year in year_queries.all_years() if today in year.period), None)
    found = todays or year_queries.year_in_use(today)
    if found is None:
        raise NoSuchYear
    return found


# Rounds and rosters


def _moment(_context: click.Context, parameter: click.Parameter, text: str | None) -> datetime | None:
    """A day (`--close` and `--wishes-until` count it in) or a moment, on the school's clock."""
    if not text:
        return None
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text} is no day. Write it as 2027-08-20 or 2027-08-20T08:00.") from None
    if typed.tzinfo is not None:
        return typed
    counts_in = len(text) == len("2027-08-20") and parameter.name != "opens_at"
    return moment_at(typed.date() + timedelta(days=counts_in), typed.time())


def _names(_context: click.Context, _parameter: click.Parameter, text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


@click.group("rounds")
def rounds_group() -> None:
    """Rounds of conversations."""


def _date(_context: click.Context, _parameter: click.Parameter, text: str | None) -> date | None:
    """A day of the calendar."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise click.BadParameter(f"{text} is no day. Write it as 2027-08-20.") from None


def _period(first: date | None, last: date | None) -> Period | None:
    if (first is None) is not (last is None):
        raise click.UsageError("Give --first-day and --last-day together, or neither.")
    return Period(first, last) if first and last else None


@rounds_group.command("create")
@click.option("--kind", type=click.Choice([kind.value for kind in OFFERED]), default="start_conversation")
@click.option("--name", required=True, help="What the round is called; different from others of the year.")
@click.option("--availability", required=True, type=click.Path(path_type=Path), help="Code;Datum;Van;Tot;Lokaal")
@click.option("--classes", callback=_names, help="For these classes only, with commas between them.")
@click.option("--slot-minutes", type=int, help="Without it: 20, and 10 on contact evenings.")
@click.option(
    "--break-after",
    "max_in_a_row",
    type=int,
    help="At most so many talks in a row; 0: no limit. Without it: 4, and 9 on contact evenings.",
)
@click.option(
    "--mode", type=click.Choice([mode.value for mode in RoundMode]), default="roster_then_swap", show_default=True
)
@click.option("--first-day", callback=_date, help="The first day of the talks; without it, of the hours in the file.")
@click.option("--last-day", callback=_date, help="The last day of the talks.")
@click.option("--wishes-until", callback=_moment, help="A day, for example 2027-08-20.")
@click.option("--open", "opens_at", callback=_moment, help="From this day on families may choose.")
@click.option("--close", "closes_at", callback=_moment, help="The last day on which families may choose.")
@click.option(
    "--pupil", type=click.Choice([part.value for part in PupilPart]), help="Without it: as usual in this kind."
)
@click.option("--question", "questions", multiple=True, help="What a reversed conversation begins with; one to five.")
@as_json
@with_appcontext
@refusing
def create_round(
    kind: str, name: str, availability: Path, classes: list[str] | None, slot_minutes: int | None,
    max_in_a_row: int | None, mode: str, first_day: date | None, last_day: date | None, wishes_until: datetime | None,
    opens_at: datetime | None, closes_at: datetime | None, pupil: str | None, questions: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """A round with its slots, cut from the hours in a file."""
    usual = KINDS[RoundKind(kind)]
    plan = rounds.Plan(
        name=name, kind=RoundKind(kind), mode=RoundMode(mode),
        slot_minutes=usual.minutes if slot_minutes is None else slot_minutes,
        max_in_a_row=usual.in_a_row if max_in_a_row is None else max_in_a_row,
        wishes_until=wishes_until, opens_at=opens_at, closes_at=closes_at, period=_period(first_day, last_day),
        pupil_part=PupilPart(pupil) if pupil else None, questions=questions,
    )  # fmt: skip
    made = rounds.create(
        plan=plan, hours=rounds.read_hours(availability), classes=classes, history=True, by=SYSTEM, now=now()
    )  # fmt: skip
    if plan.mode is RoundMode.PICK and opens_at is None:
        rounds.open_for_picking(round_id=made.id, by=SYSTEM, now=now())
    warnings = [
        {"code": warning.kind.value, "subject": warning.subject, "message": warning_sentence(warning)}
        for warning in (*made.warnings, *round_queries.warnings_of(made.id, now()))
    ]
    for warning in warnings if not as_json else ():
        print(warning["message"], file=sys.stderr)
    answer(
        {"id": made.id, "name": name, "slots": made.slots, "warnings": warnings},
        as_json,
        f"{name} ({made.id}): {made.slots}",
    )


@rounds_group.command("show")
@click.argument("wanted", metavar="ROUND")
@as_json
@with_appcontext
@refusing
def show_round(wanted: str, as_json: bool) -> None:
    """Every slot of a round with the talk it holds. ROUND is its id or its name."""
    found = round_queries.find_round(wanted)
    slots = round_queries.show_slots(found.id)
    answer(
        {
            "round": found.id,
            "name": found.name,
            "first_day": found.period.starts_on.isoformat(),
            "last_day": found.period.ends_on.isoformat(),
            "slots": [_slot_document(slot) for slot in slots],
        },
        as_json,
        *(
            f"{slot.leader} {iso(slot.span.starts_at)} {slot.room} {slot.booking.pupil if slot.booking else '-'}"
            for slot in slots
        ),
    )


def _slot_document(slot: round_queries.ShownSlot) -> dict[str, Any]:
    booking = slot.booking
    return {
        "id": slot.id,
        "leader": slot.leader,
        "starts_at": iso(slot.span.starts_at),
        "ends_at": iso(slot.span.ends_at),
        "room": slot.room,
        "booking": booking
        and {
            "id": booking.id,
            "pupil": booking.pupil,
            "household": booking.household,
            "status": booking.status.value,
            "ical_uid": booking.ical_uid,
            "ical_sequence": booking.ical_sequence,
        },
    }


@click.group("rosters")
def rosters_group() -> None:
    """Rosters: made by the optimiser, published by the office."""


@rosters_group.command("generate")
@click.argument("wanted", metavar="ROUND")
@click.option("--seconds", type=click.IntRange(1, 3600), default=rosters.DEFAULT_SECONDS, show_default=True)
@click.option("--work", type=click.IntRange(0), help="Stop after so much work: the same roster on any machine.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@as_json
@with_appcontext
@refusing
def generate_roster(wanted: str, seconds: int, work: int | None, seed: int, as_json: bool) -> None:
    """A draft roster for ROUND (its id or its name), made here and now. Publishes nothing."""
    found = round_queries.find_round(wanted)
    version_id = rosters.request(round_id=found.id, seconds=seconds, seed=seed, work=work, by=SYSTEM, now=now())
    rosters.run_one(version_id=version_id, worker=f"{socket.gethostname()}:{os.getpid()}", clock=now)
    made = roster_queries.version_by_id(version_id)
    unplaced = [{"pupil": talk.number, "reason": talk.reason} for talk in made.unplaced]
    answer(
        {
            "round": found.id, "version": made.number, "status": made.proof, "placed": made.placed,
            "unplaced": unplaced, "score": made.score, "bound": made.bound, "seed": made.seed,
        },
        as_json,
        f"{found.name}, versie {made.number} ({made.proof}): {made.placed} geplaatst, {len(unplaced)} niet",
        *(f"{talk.number}: {why_not(talk.reason, talk.leader_code)}" for talk in made.unplaced),
    )  # fmt: skip


@rosters_group.command("publish")
@click.argument("wanted", metavar="ROUND")
@click.option("--version", type=click.IntRange(1), help="The number of a version; the newest when nothing is said.")
@as_json
@with_appcontext
@refusing
def publish_roster(wanted: str, version: int | None, as_json: bool) -> None:
    """The draft becomes the families' times, leader by leader. Sends no letters."""
    found = round_queries.find_round(wanted)
    done = rosters.publish(round_id=found.id, number=version, by=SYSTEM, now=now())
    answer(
        {"published": list(done.published), "changed_meanwhile": list(done.changed_meanwhile)},
        as_json,
        f"gepubliceerd: {', '.join(done.published) or '-'}",
        f"intussen veranderd: {', '.join(done.changed_meanwhile) or '-'}",
    )
    if done.changed_meanwhile:
        print(left_out_sentence(done.changed_meanwhile, found.name), file=sys.stderr)
    if not done.published:
        sys.exit(1)


# Letters, links and feeds


@click.group("mailings")
def mailings_group() -> None:
    """Letters to a whole round."""


@mailings_group.command("send")
@click.argument("wanted", metavar="ROUND")
@click.option("--letter", required=True, type=click.Choice([letter.value for letter in BATCHES]))
@click.option("--dry-run", is_flag=True, help="Tell who would get what, and send nothing.")
@as_json
@with_appcontext
@refusing
def send_mailing(wanted: str, letter: str, dry_run: bool, as_json: bool) -> None:
    """Queue one letter per talk and mailbox of ROUND (its id or its name). Twice is once."""
    found = round_queries.find_round(wanted)
    sent = mailings.send(round_id=found.id, letter=Letter(letter), by=SYSTEM, now=now(), dry_run=dry_run)
    if sent.late and sent.first_talk_at:
        print(late_sentence(sent.first_talk_at), file=sys.stderr)
    answer(
        {
            "queued": sent.queued,
            "skipped": [{"guardian": one.guardian, "reason": one.reason.value} for one in sent.skipped],
            "on_paper": list(sent.on_paper),
        },
        as_json,
        f"{sent.queued} berichten, {len(sent.on_paper)} op papier",
        *(f"{one.guardian}: {skip_reason(one.reason)}" for one in sent.skipped),
    )


@click.group("links")
def links_group() -> None:
    """Personal links of parents."""


@links_group.command("new")
@click.option("--guardian", required=True, metavar="EXTERNAL_ID", help="The school's own id of the guardian.")
@as_json
@with_appcontext
@refusing
def new_link(guardian: str, as_json: bool) -> None:
    """A fresh personal link, for the parent on the phone. Written in the journal."""
    token = links.issue(guardian_id=link_queries.guardian_known_as(guardian), by=SYSTEM, now=now())
    link = f"{current_app.config['BASE_URL']}/g/{token}"
    answer({"link": link}, as_json, link)


@click.group("feeds")
def feeds_group() -> None:
    """Calendars that leaders subscribe to."""


@feeds_group.command("new")
@click.option("--staff", required=True, metavar="CODE", help="The staff code of the school.")
@as_json
@with_appcontext
@refusing
def new_feed(staff: str, as_json: bool) -> None:
    """A fresh calendar address for a colleague; the older one stops working."""
    token = feeds.issue(staff_id=link_queries.staff_known_as(staff), by=SYSTEM, now=now())
    address = f"{current_app.config['BASE_URL']}/feed/{token}.ics"
    answer({"feed": address}, as_json, address)


@click.group("retention")
def retention_group() -> None:
    """What is kept of families, and until when."""


@retention_group.command("run")
@click.option("--dry-run", is_flag=True, help="Say how much would go, and clear nothing.")
@as_json
@with_appcontext
@refusing
def run_retention(dry_run: bool, as_json: bool) -> None:
    """Clear what was kept long enough, as the worker does each day. Written in the journal, by counts only."""
    cleared = retention.foresee(now=now()) if dry_run else retention.run(by=SYSTEM, now=now())
    lines = [f"{kind}: {count}" for kind, count in cleared.items()]
    answer({"dry_run": dry_run, "cleared": cleared}, as_json, *lines)


@click.group("people")
def people_group() -> None:
    """What the house keeps of one person."""


@people_group.command("export")
@click.argument("external_id", metavar="ID")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in PERSONS]),
    help="Where two people go by the same number or code.",
)
@as_json
@with_appcontext
@refusing
def export_person(external_id: str, kind: str | None, as_json: bool) -> None:
    """Everything that is kept of a pupil (number), a guardian (the school's own id) or a colleague (code).

    Nothing of another home is in it. That it was asked for is written in the journal.
    """
    found_kind, person_id = person_known_as(external_id, ActorKind(kind) if kind else None)
    found = people.hand_over(kind=found_kind, person_id=person_id, by=SYSTEM, now=now())
    answer(personal_data.as_document(found), as_json, *personal_data.as_lines(found))


COMMANDS: list[click.Command] = [
    set_up,
    import_files,
    rounds_group,
    rosters_group,
    mailings_group,
    links_group,
    feeds_group,
    retention_group,
    people_group,
]
