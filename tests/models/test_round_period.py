"""A round of an earlier schema gets the days it always had."""

from datetime import date

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from scheduling.domain.rounds import RoundMode
from scheduling.domain.years import Period
from scheduling.models import Booking, Round, Slot, db, schema
from tests.builders import START_WINDOW, a_booking, a_class, a_leader, a_pupil, a_round, a_school, some_slots

pytestmark = pytest.mark.usefixtures("any_context")


def go_back_to(revision: str) -> None:
    """The schema as it was; SQLite rebuilds tables, with foreign keys off as on the way up."""
    db.session.remove()
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with db.engine.connect() as connection:
        _keys(connection, "OFF")
        with connection.execution_options(writer=True).begin():
            config.attributes["connection"] = connection
            command.downgrade(config, revision)
        _keys(connection, "ON")


def _keys(connection: Connection, state: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={state}")


def test_rounds_that_were_there_get_the_days_of_their_slots_else_the_start_window():
    a_school()
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    with_times, without = a_round("Met tijden", classes=[three]), a_round("Zonder tijden", classes=[three])
    slots = some_slots(with_times, anna, count=3)
    talk = a_booking(with_times, a_pupil("Sami", three), slots[1])
    with_times_id, without_id, talk_id = with_times.id, without.id, talk.id
    go_back_to("0003")
    assert not {"starts_on", "ends_on"} & {column["name"] for column in inspect(db.engine).get_columns("round")}
    schema.upgrade(db.engine)
    assert db.session.get(Round, with_times_id).period == Period(date(2027, 8, 31), date(2027, 8, 31))
    assert db.session.get(Round, without_id).period == START_WINDOW
    assert (
        db.session.query(Slot).filter_by(booking_id=talk_id).one().starts_at
        == db.session.get(Booking, talk_id).starts_at
    )


@pytest.mark.parametrize(
    "change",
    ["ends_on = '2027-08-01'", "starts_on = NULL", "slot_minutes = 3", "max_in_a_row = 41", "mode = 'lottery'"],
)
def test_the_database_refuses_a_round_that_makes_no_sense(change):
    a_school()
    found = a_round(classes=[a_class("3")], mode=RoundMode.PICK)
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE round SET {change} WHERE id = :id"), {"id": found.id})
    db.session.rollback()
