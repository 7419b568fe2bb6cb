"""The app as in the race, but it rests after every question to the database: what changes meanwhile would show."""

import time

from sqlalchemy import event

from scheduling.models import db
from tests.concurrency.server import app

__all__ = ["app"]

A_MOMENT = 0.005


def rest(*_: object) -> None:
    time.sleep(A_MOMENT)


with app.app_context():
    event.listen(db.engine, "after_cursor_execute", rest)
