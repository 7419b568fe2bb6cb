"""Driehoek plans a school's year of contact with parents.

The floors, bottom up; imports go down only (a test holds it):

1. `domain`      what the school decides: rules in plain Python
2. `formats`     school files in, sheets out · `optimiser` rosters · `wording` what is said to people
3. `models`      what is remembered: tables and constraints
4. `queries`     what pages and letters show: read-only questions
5. `services`    what users can do: one function, one transaction
6. `mail`        what leaves the house: letters, calendar files, the post
7. `web`, `cli`, `jobs`   the doors
"""
