"""Rosters: who talks with whom, and when.

A tool of its own, without database or web. Read it in this order:

- `problem`        what is asked and what is answered: frozen dataclasses, JSON in and out
- `checker`        recomputes every rule and every figure, sharing no code with the solvers
- `conversations`  start rounds, solved to a proven optimum with HiGHS
- `evenings`       contact evenings: `split` (capacity and bounds), `seating` (a first roster), `annealing` (no waiting)
- `swaps`          rings of families who exchange their times
- `baselines`      what first come, first served would have given
- `instances`      made-up schools to measure on
- `picture`        a roster as a drawing
- `command`        `python -m scheduling.optimiser`

Importing this package loads no solver; only the modules that solve do.
"""
