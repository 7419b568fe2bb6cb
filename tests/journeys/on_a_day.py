"""The app's own processes, on a chosen day; the settings stand in the environment.

python -m tests.journeys.on_a_day SECONDS_FROM_NOW serve SOCKET | worker
"""

import os
import socket
import sys
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from waitress.server import create_server

from app import create_app
from scheduling import jobs


def serve(app: Flask, listening: str) -> None:
    """Pages, on a socket that is open already."""
    create_server(app, sockets=[socket.socket(fileno=int(listening))], threads=4).run()


def work(app: Flask) -> None:
    """Our own worker, until it is told to stop."""
    with app.app_context():
        jobs.worker.main(args=[], standalone_mode=False)


if __name__ == "__main__":
    moment = datetime.now(UTC) + timedelta(seconds=float(sys.argv[1]))
    with time_machine.travel(moment, tick=True):
        {"serve": serve, "worker": work}[sys.argv[2]](
            create_app({"INSTANCE_PATH": os.environ["INSTANCE_PATH"]}), *sys.argv[3:]
        )
