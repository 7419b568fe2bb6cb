"""Commands: for who installs, for cron, for scripts. The promises of exit code and JSON stand in docs/commands.md."""

import functools
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from flask import Flask
from flask.cli import with_appcontext

from scheduling.domain.errors import Refused
from scheduling.domain.people import Sector
from scheduling.domain.years import Region
from scheduling.services import setup as setups
from scheduling.wording.refusals import sentence

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


COMMANDS: list[click.Command] = [set_up]
