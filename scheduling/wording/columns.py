"""The kinds of school list and what their columns mean, in the office's words."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import ngettext


def list_name(layout: str) -> str:
    """What kind of list this is, and whose: "ouders en verzorgers, Zermelo"."""
    return {
        "": _("onbekende indeling"),
        "pupils": _("leerlingen"),
        "pupils_by_name": _("leerlingen zonder nummer"),
        "guardians": _("ouders en verzorgers"),
        "parents_by_number": _("ouders bij leerlingnummers"),
        "staff": _("personeel"),
        "classes": _("klassen"),
        "rooms": _("lokalen"),
        "calendar": _("kalender"),
        "availability": _("tijden voor een ronde"),
        "lessons": _("lessen"),
        "group_pupils": _("leerlingen in lesgroepen"),
        "contact_parents": _("contactouders"),
        "edexml": _("leerlingen, groepen en leerkrachten, EDEXML"),
        "oneroster_users": _("personen, OneRoster"),
        "oneroster_roles": _("rollen, OneRoster"),
        "oneroster_classes": _("klassen, OneRoster"),
        "oneroster_enrollments": _("wie in welke klas zit, OneRoster"),
        "oneroster_orgs": _("vestigingen, OneRoster"),
        "oneroster_sessions": _("schooljaren, OneRoster"),
        "oneroster_demographics": _("geboortedata, OneRoster"),
        "oneroster_manifest": _("inhoudsopgave, OneRoster"),
        "oneroster_courses": _("vakken, OneRoster"),
        "oneroster_other": _("een lijst die wij niet nodig hebben, OneRoster"),
        "icalendar": _("kalender, iCalendar"),
        "magister": _("leerlingen, Magister"),
        "decibel": _("leerlingen, Magister (Decibel)"),
        "zermelo_parents": _("ouders en verzorgers, Zermelo"),
        "social_schools_pupils": _("leerlingen, Social Schools"),
        "social_schools_parents": _("ouders en verzorgers, Social Schools"),
        "flemish_pupils": _("leerlingen, Vlaamse schoollijst"),
        "flemish_relations": _("ouders en verzorgers, Vlaamse relaties"),
        "smartschool": _("leerlingen met co-accounts, Smartschool"),
        "students": _("studenten, mbo"),
        "student_list": _("studentenlijst"),
    }.get(layout, layout)


def counts_text(counts: Mapping[str, int]) -> str:
    """ "240 leerlingen, 10 klassen"."""
    words = {
        "pupil": lambda n: ngettext("een leerling", "%(num)s leerlingen", n),
        "guardian": lambda n: ngettext("een rij over ouders", "%(num)s rijen over ouders", n),
        "staff": lambda n: ngettext("een collega", "%(num)s collega's", n),
        "class": lambda n: ngettext("een klas", "%(num)s klassen", n),
        "room": lambda n: ngettext("een lokaal", "%(num)s lokalen", n),
        "day": lambda n: ngettext("een regel kalender", "%(num)s regels kalender", n),
        "availability": lambda n: ngettext("een tijd", "%(num)s tijden", n),
        "lesson": lambda n: ngettext("een les", "%(num)s lessen", n),
        "group_pupil": lambda n: ngettext("een plaats in een lesgroep", "%(num)s plaatsen in een lesgroep", n),
        "contact_parent": lambda n: ngettext("een contactouder", "%(num)s contactouders", n),
        "user": lambda n: ngettext("een persoon", "%(num)s personen", n),
        "role": lambda n: ngettext("een rol", "%(num)s rollen", n),
        "roster_class": lambda n: ngettext("een klas", "%(num)s klassen", n),
        "enrollment": lambda n: ngettext("een plaats in een klas", "%(num)s plaatsen in een klas", n),
        "course": lambda n: ngettext("een vak", "%(num)s vakken", n),
        "org": lambda n: ngettext("een vestiging", "%(num)s vestigingen", n),
        "session": lambda n: ngettext("een periode", "%(num)s periodes", n),
        "birth": lambda n: ngettext("een geboortedatum", "%(num)s geboortedata", n),
    }
    said = (words[kind](count) if kind in words else str(count) for kind, count in counts.items() if count)
    return ", ".join(said) or _("geen rijen die tellen")


def column_name(field: str) -> str:
    """What a column means."""
    for start, owner in _owners().items():
        if field.startswith(start):
            return _("%(what)s van %(whom)s", what=_part(field.removeprefix(start)), whom=owner)
    return _part(field)


def grouped_columns(fields: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields with their names, by whom they are about. Shape: [(group, [(field, name), …]), …]."""
    groups: dict[str, list[tuple[str, str]]] = {}
    owners = _owners()
    for field in fields:
        owner = next((name for start, name in owners.items() if field.startswith(start)), "")
        groups.setdefault(owner, []).append((field, column_name(field)))
    return list(groups.items())


def _owners() -> dict[str, str]:
    return {
        **{f"parent_{number}_": _("ouder %(number)s", number=number) for number in range(1, 7)},
        "father_": _("de vader"),
        "mother_": _("de moeder"),
    }


def _part(field: str) -> str:
    return {
        "adult_on": _("dag waarop de student 18 wordt"),
        "authority": _("gezag"),
        "birth_date": _("geboortedatum"),
        "building": _("gebouw"),
        "class_name": _("klas of groep"),
        "classes": _("klassen"),
        "code": _("code"),
        "consent": _("toestemming"),
        "email": _("mailadres"),
        "ends_on": _("laatste dag"),
        "enrolled_on": _("datum van inschrijving"),
        "floor": _("verdieping"),
        "given_name": _("roepnaam"),
        "group": _("klas of groep"),
        "guardian": _("code van de ouder"),
        "household": _("huishouden (A of B)"),
        "initials": _("voorletters"),
        "interpreter": _("tolk"),
        "kind": _("soort dag"),
        "label": _("omschrijving"),
        "language": _("taal"),
        "leader_1": _("mentor of leerkracht"),
        "leader_2": _("tweede mentor of leerkracht"),
        "leaders": _("mentor of leerkracht"),
        "left_on": _("datum van uitschrijving"),
        "level": _("niveau"),
        "location": _("vestiging"),
        "name": _("naam"),
        "number": _("leerlingnummer"),
        "parents_permitted": _("toestemming voor ouders"),
        "phone": _("telefoon"),
        "phone_secret": _("geheim telefoonnummer"),
        "position": _("volgnummer"),
        "prefix": _("tussenvoegsel"),
        "receives_post": _("krijgt post"),
        "relation": _("relatie"),
        "roles": _("rol"),
        "room": _("lokaal"),
        "salutation": _("aanhef"),
        "secret_address": _("geheim adres"),
        "starts_on": _("eerste dag"),
        "status": _("status"),
        "subject": _("vak"),
        "surname": _("achternaam"),
        "workdays": _("werkdagen"),
        "year_level": _("leerjaar"),
    }.get(field, field)
