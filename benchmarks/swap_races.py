"""A thousand races about swaps, by processes of their own; every rule is looked at after each.

    python -m benchmarks.swap_races [--rounds 1000] [--database postgresql+psycopg://…] [--without-guard]

The database named must be empty; without one a SQLite file is made. `--without-guard` lets the players hold nothing
still and take times without looking: it shows that the races are races.
"""

import argparse
import itertools
import logging
import random
import tempfile
import time
from collections import Counter

from app import create_app
from scheduling.models import db, schema
from tests.concurrency import swap_races
from tests.concurrency.players import playing


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=1000)
    options.add_argument("--database", default="")
    options.add_argument("--without-guard", action="store_true")
    given = options.parse_args()
    logging.disable(logging.INFO)
    played: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            {
                "INSTANCE_PATH": folder, "DATABASE_URL": given.database or f"sqlite:///{folder}/races.sqlite",
                "SECRET_KEY": "a key for measuring only, long enough for anyone", "BASE_URL": "http://127.0.0.1",
                "DRIEHOEK_ENV": "production",
            }
        )  # fmt: skip
        with app.app_context():
            schema.upgrade(db.engine)
            engine = db.engine.dialect.name
        dice = random.Random(1)
        prepare = swap_races.without_guards if given.without_guard else None
        with playing(app, swap_races.AT_ONCE, prepare) as players, app.app_context():
            ground = swap_races.Ground()
            for case, families in itertools.islice(itertools.cycle(swap_races.CASES), given.rounds):
                played[case.__name__] += 1
                try:
                    swap_races.run(players, ground, case, families, dice)
                except Exception as fault:
                    if not given.without_guard:
                        raise
                    logging.debug("broken: %s", fault)
                    broken[case.__name__] += 1
                    db.session.rollback()
    print(f"{engine}, guard {'off' if given.without_guard else 'on'}: {time.perf_counter() - begun:.0f} s\n")
    print("| case | rounds | a rule broken |")
    print("|---|---:|---:|")
    for name, count in played.items():
        print(f"| {name.replace('_', ' ')} | {count} | {broken[name]} |")
    print(f"| all | {played.total()} | {broken.total()} |")


if __name__ == "__main__":
    main()
