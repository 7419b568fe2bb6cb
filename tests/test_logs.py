"""What the log says, and what it never says."""

import json
import logging
import sys

from scheduling.logs import AsJson


def line(message="request", error=None, **facts):
    record = logging.makeLogRecord({"msg": message, "levelno": logging.INFO, "levelname": "INFO", "name": "x"} | facts)
    if error:
        record.exc_info = error
    return AsJson().format(record)


def test_a_line_is_one_line_of_json_whatever_is_in_it():
    text = line("two\nlines", endpoint="family.home")
    assert "\n" not in text
    assert json.loads(text)["endpoint"] == "family.home"


def test_only_known_facts_are_written():
    assert "layla" not in line(email="layla@example.org", endpoint="family.home")


def test_an_error_says_where_but_never_what_was_there():
    try:
        raise ValueError("layla@example.org")
    except ValueError:
        text = line("failed", error=sys.exc_info())
    assert "layla" not in text
    assert "ValueError" in text
    assert "test_logs.py" in text
