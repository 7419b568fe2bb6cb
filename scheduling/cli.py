"""Commands: for who installs, for cron, for scripts. The promises of exit code and JSON stand in docs/commands.md."""

import functools
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from flask import Flask

from scheduling.domain.errors import Refused
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


COMMANDS: list[click.Command] = []
