"""Pages. A view reads, calls one service, answers; a page is guarded by the folder it stands in."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for

from scheduling import logs
from scheduling.queries import school
from scheduling.web import errors, family, feeds, health, language, links, screens, security, staff, year
from scheduling.web.kinds import name_on_page
from scheduling.wording import dates, extra_persons, guests, names, rooms, sentences, single_talks


def init_app(app: Flask) -> None:
    """Hang the doors and everything that pages share on the app."""
    logs.set_up()
    security.init_app(app)
    errors.init_app(app)
    language.init_app(app)
    health.init_app(app)
    for door in (links, family, staff, feeds, screens, year):
        door.init_app(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.filters |= {
        name: getattr(dates, name)
        for name in (
            "day_before", "day_long", "day_short", "period_text", "held_between", "clock", "hour", "hours",
            "day_and_hour", "iso", "duration",
        )
    } | {
        "at_start": sentences.at_start, "where": rooms.where, "way_name": guests.way_name, "kind_name": name_on_page,
        "extra_name": extra_persons.extra_name, "extra_state": extra_persons.extra_state,
        "pupil_part_name": single_talks.pupil_part_name,
        "medium_name": single_talks.medium_name, "medium_name_for_staff": single_talks.medium_name_for_staff,
    }  # fmt: skip
    app.jinja_env.globals["static"] = _static
    app.jinja_env.globals["names"] = names
    app.context_processor(lambda: {"school": school.find_school()})


def _static(name: str) -> str:
    """The address of a static file, which changes when the file does."""
    return url_for("static", filename=name, v=_version(name))


@cache
def _version(name: str) -> str:
    path = Path(__file__).parents[2] / "static" / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
