"""One line of JSON per event, without names, addresses or tokens: ids, endpoints, codes and durations only."""

import json
import logging
from datetime import UTC, datetime

KEPT = ("endpoint", "method", "status", "milliseconds", "reference", "job", "counts", "outbox_id", "round_id")
"""The only extra facts that a log line may carry."""


class AsJson(logging.Formatter):
    """Format a record as one line of JSON; newlines cannot forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: getattr(record, key) for key in KEPT if hasattr(record, key)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = _places(record)
        return json.dumps(line, ensure_ascii=False)


def set_up(level: int = logging.INFO) -> None:
    """Send the house's own log to standard error, once."""
    logger = logging.getLogger("scheduling")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(AsJson())
        logger.addHandler(handler)
        logger.propagate = False
    logger.setLevel(level)


def _places(record: logging.LogRecord) -> list[str]:
    """Where it went wrong, without the values that were there: those may be somebody's name."""
    places = []
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places
