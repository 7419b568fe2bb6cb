"""To be hung on the app by its owner."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Hang the pages on the app."""
