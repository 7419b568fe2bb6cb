"""What is said about a school file: one sentence per problem, with how to mend it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.import_changes import DraftGone, Outcome, PreviewOutdated, Status
from scheduling.domain.imports import Problem
from scheduling.wording.errors import says

Facts = Mapping[str, str]
KINDS = ("pupils", "guardians", "households", "staff", "classes")


@says(PreviewOutdated)
def _preview_outdated(_error: PreviewOutdated) -> str:
    return _("Er is iets veranderd sinds u dit bekeek. Bekijk het nog eens en bewaar het dan.")


@says(DraftGone)
def _draft_gone(_error: DraftGone) -> str:
    return _("Deze inlezing is er niet meer. Wij houden haar een dag vast. Kies de bestanden opnieuw.")


def problem_sentence(problem: Problem) -> str:
    """The sentence of a problem, in the reader's language."""
    return SENTENCES[problem.code]({"column": problem.column, **problem.facts})


def problem_document(problem: Problem) -> dict[str, Any]:
    """Shape: {file, row, column, code, message, severity}; row 0 is the file as a whole."""
    return {
        "file": problem.file,
        "row": problem.row,
        "column": problem.column,
        "code": problem.code,
        "message": problem_sentence(problem),
        "severity": problem.severity.value,
    }


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """Shape: {counts: {pupils: {new, changed, unchanged, left}, …}, problems: [{…}], saved}."""
    return {
        "counts": {kind: dict(counts) for kind, counts in outcome.counts.items()},
        "problems": [problem_document(problem) for problem in outcome.problems],
        "saved": outcome.saved,
    }


def refused_document(message: str) -> dict[str, Any]:
    """The same shape for an import that was refused as a whole."""
    nobody = {status.value: 0 for status in Status}
    refused = {"file": "", "row": 0, "column": "", "code": "refused", "message": message, "severity": "error"}
    return {"counts": {kind: dict(nobody) for kind in KINDS}, "problems": [refused], "saved": False}


SENTENCES: dict[str, Callable[[Facts], str]] = {
    # The file as a whole
    "not_found": lambda facts: _("Dit bestand is er niet, of het is niet te openen."),
    "empty": lambda facts: _("Dit bestand is leeg."),
    "too_large": lambda facts: _("Dit bestand is groter dan %(limit)s MB. Splits het in twee bestanden.", **facts),
    "too_many_files": lambda facts: _("Dit zijn meer dan %(limit)s bestanden tegelijk. Lees ze in delen in.", **facts),
    "too_many_rows": lambda facts: _(
        "Dit bestand heeft meer dan %(limit)s rijen, of een ingevulde cel ver naar beneden.", **facts
    ),
    "too_many_columns": lambda facts: _(
        "Dit bestand heeft meer dan %(limit)s kolommen, of een ingevulde cel ver naar rechts.", **facts
    ),
    "too_many_cells": lambda facts: _("Dit bestand heeft te veel cellen. Splits het in twee bestanden."),
    "too_heavy": lambda facts: _("Dit bestand vraagt te veel geheugen. Splits het, of bewaar het als CSV."),
    "too_slow": lambda facts: _("Het lezen van dit bestand duurt te lang. Splits het, of bewaar het als CSV."),
    "not_read": lambda facts: _("Dit bestand is niet gelezen. Probeer het nog eens."),
    "not_text": lambda facts: _("Dit is geen CSV, Excel-bestand (.xlsx) of EDEXML. Exporteer het opnieuw."),
    "utf16": lambda facts: _("Dit bestand is als UTF-16 bewaard. Bewaar het als CSV UTF-8."),
    "broken_utf8": lambda facts: _("Dit bestand zegt UTF-8 te zijn, maar is beschadigd. Exporteer het opnieuw."),
    "broken_quotes": lambda facts: _("Vanaf hier kloppen de aanhalingstekens niet. Exporteer het bestand opnieuw."),
    "broken_workbook": lambda facts: _(
        "Dit Excel-bestand is beschadigd of van een andere soort. Bewaar het als .xlsx."
    ),
    "broken_archive": lambda facts: _("Dit zip- of Excel-bestand is beschadigd. Exporteer het opnieuw."),
    "archive_within": lambda facts: _("Dit is een zip in een zip. Pak hem eerst uit."),
    "archive_too_full": lambda facts: _(
        "In deze zip zitten meer dan %(limit)s bestanden. Verdeel ze over meer zips.", **facts
    ),
    "empty_archive": lambda facts: _("In deze zip zit geen enkel bestand."),
    "strange_path": lambda facts: _("Een bestand in deze zip wijst naar een andere map. Maak de zip opnieuw."),
    "no_list": lambda facts: _("Dit bestand is geen lijst. Het is overgeslagen."),
    "pdf": lambda facts: _("Dit is een PDF. Daar halen wij geen lijst uit. Exporteer de lijst als CSV of Excel."),
    "word": lambda facts: _("Dit is een tekst uit Word. Exporteer de lijst als CSV of Excel."),
    "picture": lambda facts: _("Dit is een foto of plaatje. Exporteer de lijst als CSV of Excel."),
    "old_excel": lambda facts: _("Dit is een ouder soort Excel-bestand. Open het in Excel en bewaar het als .xlsx."),
    "open_document": lambda facts: _("Dit is een bestand van LibreOffice. Bewaar het daar als .xlsx of CSV."),
    "numbers": lambda facts: _("Dit is een bestand van Numbers. Exporteer het daar als Excel of CSV."),
    "other_archive": lambda facts: _(
        "Dit ingepakte bestand kunnen wij niet openen. Pak het uit, of maak er een zip van."
    ),
    "web_page": lambda facts: _("Dit is een webpagina zonder lijst. Exporteer de lijst als CSV of Excel."),
    "zero_byte": lambda facts: _("Hier staat een teken dat geen letter is (NUL). Exporteer het bestand opnieuw."),
    "line_too_long": lambda facts: _("Deze regel is veel te lang. Kijk of de regels van het bestand kloppen."),
    "broken_xml": lambda facts: _("Dit XML-bestand is beschadigd of bevat verwijzingen. Exporteer het opnieuw."),
    "macros": lambda facts: _("Dit Excel-bestand bevat macro's. Bewaar het als gewone .xlsx."),
    "locked": lambda facts: _("Dit bestand heeft een wachtwoord. Bewaar het zonder wachtwoord."),
    "unpacks_too_large": lambda facts: _("Dit bestand is uitgepakt te groot. Bewaar de lijst als CSV."),
    "unknown_layout": lambda facts: _(
        "Deze indeling kennen we niet. De kolommen zijn: %(header)s. Leg ze bij Inlezen één keer uit.",
        **facts,
    ),
    "oneroster_incomplete": lambda facts: _(
        "Bij deze bestanden hoort ook %(sheets)s. Kies ze samen, of kies de hele zip.", **facts
    ),
    "oneroster_class_chosen": lambda facts: _(
        "Leerling %(number)s zit in meer klassen, en geen ervan is de eigen klas. Gekozen is %(class_name)s.", **facts
    ),
    "broken_calendar": lambda facts: _("Deze kalender is beschadigd. Exporteer haar opnieuw als .ics."),
    "calendar_too_large": lambda facts: _(
        "Deze kalender heeft meer dan %(limit)s afspraken of is erg groot. Exporteer een schooljaar.", **facts
    ),
    "belongs_to_round": lambda facts: _(
        "Dit bestand met tijden hoort bij het maken van een ronde. Het is overgeslagen."
    ),
    "national_number_dropped": lambda facts: _(
        "De kolom %(column)s bevat een nummer van de overheid. Die is niet gelezen en niet bewaard.", **facts
    ),
    "authority_not_said": lambda facts: _(
        "Dit bestand zegt niets over gezag. Wie wij nog niet kennen, krijgt een uitnodiging. Kijk of dat klopt."
    ),
    # Rows and cells: errors
    "wrong_width": lambda facts: _(
        "Deze rij heeft %(found)s cellen en de kop %(expected)s. Kijk of een scheidingsteken ontbreekt of te veel is.",
        **facts,
    ),
    "missing": lambda facts: _("Hier ontbreekt %(column)s. Vul dit aan.", **facts),
    "too_long": lambda facts: _("%(column)s is te lang: %(found)s tekens, en er passen er %(limit)s.", **facts),
    "control_characters": lambda facts: _(
        "%(column)s bevat een regeleinde of verborgen teken. Typ het opnieuw.", **facts
    ),
    "encoded_word": lambda facts: _('%(column)s bevat "=?". Dat kan een e-mail beschadigen. Haal het weg.', **facts),
    "household_unknown": lambda facts: _("Bij %(column)s staat %(text)s. Bekend zijn A, B en leeg.", **facts),
    "time_unknown": lambda facts: _("%(column)s is geen tijd: %(text)s. Schrijf bijvoorbeeld 15:20.", **facts),
    "date_needed": lambda facts: _("Bij %(column)s ontbreekt een datum. Schrijf bijvoorbeeld 31-08-2027.", **facts),
    "kind_unknown": lambda facts: _(
        "Deze soort dag kennen we niet: %(text)s. Bekend zijn vakantie, feestdag, studiedag, rapport_1 en rapport_2.",
        **facts,
    ),
    "ends_before_start": lambda facts: _("Het einde ligt voor het begin. Verbeter een van beide."),
    "number_used_twice": lambda facts: _(
        "Nummer %(number)s is van twee verschillende leerlingen. Geef een van beiden een ander nummer.", **facts
    ),
    # Rows and cells: warnings
    "row_left_out": lambda facts: _("U liet deze rij weg. Zij telt niet mee."),
    "duplicate_row": lambda facts: _("Deze rij staat er twee keer. Zij telt een keer."),
    "formula_like": lambda facts: _("%(column)s lijkt op een formule. Het is als tekst bewaard.", **facts),
    "shortened": lambda facts: _("%(column)s is te lang. De eerste %(limit)s tekens zijn bewaard.", **facts),
    "mojibake": lambda facts: _(
        "%(column)s ziet er beschadigd uit: %(text)s. Bedoelt u %(repaired)s? Exporteer het bestand als UTF-8.", **facts
    ),
    "lost_letters": lambda facts: _(
        "In %(column)s is mogelijk een letter verloren: %(text)s. Exporteer het bestand als UTF-8.", **facts
    ),
    "email_missing": lambda facts: _("Er is geen e-mailadres. Deze ouder krijgt de brief op papier."),
    "email_broken": lambda facts: _(
        "%(text)s is geen e-mailadres. Deze ouder is zonder adres bewaard en krijgt de brief op papier.", **facts
    ),
    "email_several": lambda facts: _(
        "Hier staan meer adressen: %(text)s. Kies er een. Tot dan krijgt deze ouder de brief op papier.", **facts
    ),
    "email_tidied": lambda facts: _("Het e-mailadres is bewaard als %(text)s.", **facts),
    "date_unknown": lambda facts: _(
        "%(column)s is geen datum: %(text)s. De rij is zonder deze datum bewaard.", **facts
    ),
    "yes_or_no": lambda facts: _("Bij %(column)s staat %(text)s. Bekend zijn J, N en leeg.", **facts),
    "prefix_moved": lambda facts: _("Het tussenvoegsel is voor de achternaam gezet: %(text)s.", **facts),
    "phone_too_long": lambda facts: _("Het telefoonnummer is te lang en niet bewaard."),
    "authority_unknown": lambda facts: _("Het gezag is niet bekend. Deze ouder wordt uitgenodigd. Kijk of dat klopt."),
    "contact_without_consent": lambda facts: _(
        "Deze contactpersoon heeft geen toestemming in het bestand, en wordt niet uitgenodigd."
    ),
    "guardian_not_active": lambda facts: _("Deze persoon is overleden of niet meer actief, en krijgt nooit een brief."),
    "guardian_twice": lambda facts: _(
        "Deze ouder staat twee keer bij leerling %(number)s. De eerste rij telt.", **facts
    ),
    "position_twice": lambda facts: _(
        "Twee ouders van leerling %(number)s hebben hetzelfde volgnummer. Geef ieder een eigen nummer.", **facts
    ),
    "mailbox_in_two_households": lambda facts: _(
        "%(email)s hoort bij ouders in twee huishoudens. Vraag ieder om een eigen adres.", **facts
    ),
    "pupil_gone": lambda facts: _("Leerling %(number)s is al van school. De rij is overgeslagen.", **facts),
    "pupil_not_yet": lambda facts: _("Leerling %(number)s is aangemeld, maar nog niet op school.", **facts),
    "pupil_twice": lambda facts: _(
        "Leerling %(number)s staat er vaker. De nieuwste inschrijving telt: %(class_name)s.", **facts
    ),
    "number_looks_alike": lambda facts: _(
        "Nummer %(number)s lijkt op %(other)s. Het zijn nu twee leerlingen. Kijk of dat klopt.", **facts
    ),
    "staff_code_reused": lambda facts: _(
        "Code %(staff)s was van %(before)s en is nu van %(text)s. Oude gesprekken blijven op naam van %(before)s.",
        **facts,
    ),
    "staff_twice": lambda facts: _("Code %(staff)s staat er twee keer. De eerste rij telt.", **facts),
    "role_unknown": lambda facts: _(
        "Deze rol kennen we niet: %(text)s. De collega is zonder deze rol bewaard.", **facts
    ),
    "workday_unknown": lambda facts: _(
        "Deze werkdagen kennen we niet: %(text)s. Schrijf bijvoorbeeld ma,di,wo.", **facts
    ),
    "no_children": lambda facts: _("Bij deze ouder staat geen leerling. De rij is overgeslagen."),
    "no_consent_to_publish": lambda facts: _(
        "Deze contactouder heeft geen toestemming in het bestand. Andere ouders zien de naam niet."
    ),
    # What the files say, beside what the school knows
    "child_unknown": lambda facts: _(
        "%(name)s staat niet in een lijst met leerlingnummers. De rij is overgeslagen. Lees die lijst ook in.", **facts
    ),
    "child_unclear": lambda facts: _(
        "%(name)s past bij meer leerlingen. De rij is overgeslagen. Zet er een geboortedatum of een nummer bij.",
        **facts,
    ),
    "namesakes_unclear": lambda facts: _(
        "Meer leerlingen heten %(name)s. Zij blijven zoals zij waren. Zet er een geboortedatum of een nummer bij.",
        **facts,
    ),
    "namesakes_by_class": lambda facts: _(
        "Meer leerlingen heten %(name)s. Wij houden hen uit elkaar op hun groep. Een geboortedatum is zekerder.",
        **facts,
    ),
    "pupil_without_class": lambda facts: _(
        "Van leerling %(number)s kennen we de groep niet. De rij is overgeslagen. Lees ook een lijst met groepen in.",
        **facts,
    ),
    "address_of_nobody": lambda facts: _(
        "%(email)s staat bij leerling %(number)s. De ouders die wij kennen hebben een ander adres. "
        "Het is niet bewaard.",
        **facts,
    ),
    "home_unknown": lambda facts: _(
        "Leerling %(number)s heeft twee huizen. Deze ouder staat nu bij het eerste. Kijk of dat klopt.", **facts
    ),
    "guardian_unclear": lambda facts: _(
        "%(name)s bij leerling %(number)s lijkt op een ouder die wij kennen. Zonder antwoord is het iemand anders.",
        **facts,
    ),
    "leads_own_child": lambda facts: _(
        "%(staff)s leidt de klas van het eigen kind, leerling %(number)s. Kies voor dat gesprek een andere leider.",
        **facts,
    ),
    "unknown_teacher": lambda facts: _("Docent %(text)s kennen we niet. Deze lessen zijn overgeslagen.", **facts),
    "lesson_group_unknown": lambda facts: _(
        "%(text)s kennen we niet als klas. De lessen zijn bewaard onder deze naam.", **facts
    ),
    "group_without_lessons": lambda facts: _(
        "Wie lesgeeft aan %(text)s staat er niet bij. Lees de lijst met lessen tegelijk in.", **facts
    ),
    "contact_class_unknown": lambda facts: _("Klas %(text)s kennen we niet. De rij is overgeslagen.", **facts),
    "contact_parent_unknown": lambda facts: _("Deze ouder kennen we niet: %(text)s. De rij is overgeslagen.", **facts),
    "unknown_pupil": lambda facts: _(
        "Leerling %(number)s kennen we niet. Lees eerst de leerlingen in, of beide bestanden tegelijk.", **facts
    ),
    "unknown_staff": lambda facts: _(
        "Collega %(text)s kennen we niet. De klas is zonder deze collega bewaard.", **facts
    ),
    "staff_email_taken": lambda facts: _(
        "%(text)s is al het adres van een collega. Deze collega is zonder adres bewaard.", **facts
    ),
    "day_outside_year": lambda facts: _("Deze dag valt buiten schooljaar %(year)s, en is overgeslagen.", **facts),
    "event_left_out": lambda facts: _("Dit is geen vrije dag of rapport, en overgeslagen: %(text)s.", **facts),
    "event_part_of_day": lambda facts: _("Hier is maar een deel vrij. Het is overgeslagen: %(text)s.", **facts),
    "event_report_unclear": lambda facts: _(
        "Welk rapport is dit? Schrijf rapport 1 of rapport 2. Het is overgeslagen: %(text)s.", **facts
    ),
    "event_repeats": lambda facts: _("Deze herhaling lezen wij niet. Vul haar zelf in: %(text)s.", **facts),
    "event_without_day": lambda facts: _("Hier ontbreekt een datum. Het is overgeslagen: %(text)s.", **facts),
    "days_outside_year": lambda facts: ngettext(
        "%(num)s dag valt buiten schooljaar %(year)s, en is overgeslagen.",
        "%(num)s dagen vallen buiten schooljaar %(year)s, en zijn overgeslagen.",
        int(facts["count"]),
        **facts,
    ),
    "not_a_calendar": lambda facts: _("Dit bestand is geen kalender. Lees het in bij de schoolbestanden."),
    "talks_touched": lambda facts: ngettext(
        "%(num)s gesprek gaat mee naar een andere klas of vervalt (%(names)s). Wie de tijd al kent, krijgt bericht.",
        "%(num)s gesprekken gaan mee naar een andere klas of vervallen (%(names)s). "
        "Wie de tijd al kent, krijgt bericht.",
        int(facts["count"]),
        **facts,
    ),
    "year_level_again": lambda facts: ngettext(
        "%(num)s leerling blijft in hetzelfde leerjaar: %(names)s. Klopt dat?",
        "%(num)s leerlingen blijven in hetzelfde leerjaar: %(names)s. Klopt dat?",
        int(facts["count"]),
        **facts,
    ),
    "class_without_leader": lambda facts: _(
        "Deze groepen hebben nog niemand die de gesprekken leidt: %(names)s.", **facts
    ),
    "leader_not_listed": lambda facts: _(
        "Vorig jaar leidden zij een groep, en zij staan niet in het personeelsbestand: %(names)s. Werken zij hier niet "
        "meer? Zeg dat bij Collega's.",
        **facts,
    ),
    "many_moved": lambda facts: _(
        "%(count)s leerlingen krijgen binnen dit schooljaar een andere groep. Kijk of u het goede schooljaar koos.",
        **facts,
    ),
    "many_left": lambda facts: _(
        "%(count)s leerlingen staan niet meer in het bestand. Kijk of het bestand alle leerlingen bevat.", **facts
    ),
}
"""Per code its sentence; the facts stand in it as the file wrote them."""
