"""What leaves the house: from finished facts to bytes on the wire."""

from flask import Flask
from flask_mail import Mail


def init_app(app: Flask) -> None:
    """Flask-Mail reads and checks the mail settings; our own post does the sending."""
    Mail(app)
