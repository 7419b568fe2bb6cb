"""The web door."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Hang the pages on the app."""
