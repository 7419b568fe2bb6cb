"""Workers as processes of their own, to be killed: ours, and a careless one that shows what the test can see.

python -m tests.faults.workers careful|careless MOMENT   (the settings stand in the environment)
"""

import os
import smtplib
import sys
from datetime import datetime

from app import create_app
from scheduling import jobs
from scheduling.domain.mailings import OutboxState
from scheduling.models import Outbox, db


def careful(now: datetime) -> None:
    """Our own worker."""
    jobs.drain(now)


def careless(_now: datetime) -> None:
    """Sends, and then writes down that it has sent; takes whatever is there without claiming it."""
    waiting = db.session.query(Outbox).filter(Outbox.state == OutboxState.QUEUED).order_by(Outbox.id).all()
    with smtplib.SMTP(os.environ["MAIL_SERVER"], int(os.environ["MAIL_PORT"])) as line:
        for row in waiting:
            line.sendmail("kantoor@linde.example.org", row.address, f"Subject: {row.message_id}\r\n\r\nhallo\r\n")
            row.state = OutboxState.SENT
            db.session.commit()


if __name__ == "__main__":
    with create_app({"INSTANCE_PATH": os.environ["INSTANCE_PATH"]}).app_context():
        {"careful": careful, "careless": careless}[sys.argv[1]](datetime.fromisoformat(sys.argv[2]))
