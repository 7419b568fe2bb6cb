"""What was read is mended in the browser: rows, answers, the meaning of columns. Nothing is saved meanwhile."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.models import ColumnMapping, Guardian, Guardianship, ImportAnswer, JournalLine, Pupil, db
from tests import builders
from tests.visitor import Page, Visitor

PUPILS = (
    "Leerlingnummer;Roepnaam;Tussenvoegsel;Achternaam;Groep\r\n"
    "0901;Sami;;Yilmaz;3\r\n"
    "0902;{second};van der;Berg;3\r\n"
    "0903;Tess;;Vos;{third}\r\n"
)
GOOD = PUPILS.format(second="Noor", third="3")
GUARDIANS = "Leerlingnummer;Relatie;Achternaam;E-mailadres;Gezag;Huishouden\r\n"
OWN_LIST = (
    "Lln nr;Naam kind;Familie;Stamklas nu;Onderwijsnummer;Mail thuis\r\n"
    "0901;Sami;Yilmaz;3;123456782;sami@example.org\r\n"
    "0902;Noor;van der Berg;3;123456783;noor@example.org\r\n"
)


@pytest.fixture
def office(app: Flask) -> Visitor:
    with app.app_context():
        builders.a_school()
        builders.a_year()
        return Visitor(app).signs_in(builders.an_office_worker())


def choose(visitor: Visitor, *files: tuple[str, str], encoding: str = "utf-8") -> Page:
    return visitor.chooses_files(*((name, text.encode(encoding)) for name, text in files))


def pupils(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {pupil.number: pupil.name.full for pupil in db.session.scalars(select(Pupil).order_by(Pupil.number))}


# Rows


def test_rows_with_an_error_are_mended_one_after_another_and_then_everything_can_be_saved(
    app: Flask, office: Visitor
) -> None:
    page = choose(office, ("leerlingen.csv", PUPILS.format(second="", third="")))
    assert "Bewaar alles" not in page.text
    page = page.follows("Verbeter de rijen hier")
    assert page.heading == "Rij 3 van leerlingen.csv"
    assert "Nog 2 rijen met een fout" in page.text
    assert "In deze rij staat ook: 0902 · van der · Berg · 3" in page.text
    first = page.soup.find("input", {"name": "cell-1"})
    assert first["aria-invalid"] == "true"
    assert first.find_parent("details") is None
    assert page.soup.find("input", {"name": "cell-3"}).find_parent("details") is not None
    page = page.presses("Lees de rij zo", **{"cell-1": "Noor"})
    assert page.heading == "Rij 4 van leerlingen.csv"
    assert "Die rij is goed" in page.text
    page = page.presses("Lees de rij zo", **{"cell-4": "3"})
    assert page.heading == "Klaar om te bewaren"
    assert "2 rijen verbeterd" in page.text
    assert pupils(app) == {}
    page.presses("Bewaar alles")
    assert pupils(app) == {"0901": "Sami Yilmaz", "0902": "Noor van der Berg", "0903": "Tess Vos"}


def test_a_row_that_is_still_wrong_comes_back_with_what_was_typed(office: Visitor) -> None:
    page = choose(office, ("leerlingen.csv", PUPILS.format(second="", third="3"))).follows("Verbeter de rijen hier")
    page = page.presses("Lees de rij zo", **{"cell-3": "Bos"})
    assert page.heading == "Rij 3 van leerlingen.csv"
    assert page.soup.find("input", {"name": "cell-3"})["value"] == "Bos"


def test_a_row_can_be_left_out_on_purpose_which_is_said_and_can_be_taken_back(app: Flask, office: Visitor) -> None:
    page = choose(office, ("leerlingen.csv", PUPILS.format(second="", third="3"))).follows("Verbeter de rijen hier")
    page = page.presses("Laat deze rij weg")
    assert page.heading == "Klaar om te bewaren"
    assert "Een rij weggelaten" in page.text
    again = page.follows("rij 3").presses("Zet terug zoals in het bestand")
    assert "De rij staat er weer zoals in het bestand" in again.text
    again.presses("Laat deze rij weg").presses("Bewaar alles")
    assert set(pupils(app)) == {"0901", "0903"}
    with app.app_context():
        line = db.session.scalars(select(JournalLine).filter_by(action="imports.save")).one()
        assert line.facts["rows_left_out"] == 1


def test_a_row_with_too_many_cells_shows_what_does_not_fit(office: Visitor) -> None:
    page = choose(office, ("leerlingen.csv", GOOD.replace("0902;Noor;", "0902;Noor;;")))
    page = page.follows("Verbeter de rijen hier")
    assert "Er zijn meer cellen dan koppen. Achteraan staat nog: 3." in page.text
    page = page.presses("Lees de rij zo", **{"cell-2": "van der", "cell-3": "Berg", "cell-4": "3"})
    assert page.heading == "Klaar om te bewaren"


def test_a_row_or_a_file_that_is_not_there_says_so(office: Visitor) -> None:
    page = choose(office, ("leerlingen.csv", GOOD))
    for address in ("files/0/rows/99", "files/7/rows/3", "lists/0", "lists/7"):
        assert "is er niet" in office.opens(f"{page.address}/{address}", status=404).text
    assert "is er niet" in office.opens("/staff/office/imports/999/files/0/rows/3", status=404).text
    office.posts("/staff/office/imports/999/answers", status=404)


def test_two_files_of_one_name_are_told_apart(office: Visitor) -> None:
    page = choose(office, ("lijst.csv", GOOD), ("lijst.csv", PUPILS.format(second="", third="3")))
    assert page.follows("Verbeter de rijen hier").heading == "Rij 3 van lijst (2).csv"


def test_a_child_of_an_edexml_file_is_mended_as_a_row_of_a_list(app: Flask, office: Visitor) -> None:
    file = (
        "<EDEX><groepen><groep key='g1'><naam>3</naam></groep></groepen><leerlingen>"
        "<leerling key='0901'><achternaam>Yilmaz</achternaam><roepnaam>Sami</roepnaam><groep key='g1'/></leerling>"
        "<leerling key='0902'><achternaam>Berg</achternaam><groep key='g1'/></leerling>"
        "</leerlingen></EDEX>"
    )
    page = choose(office, ("edex.xml", file))
    assert page.heading == "Nog niets bewaard: 1 rij vraagt een verbetering"
    page = page.follows("Verbeter de rijen hier")
    assert "In deze rij staat ook: leerling · 0902 · Berg · 3" in page.text
    page = page.presses("Lees de rij zo", **{"cell-3": "Noor"})
    assert page.heading == "Klaar om te bewaren"
    page.presses("Bewaar alles")
    assert pupils(app) == {"0901": "Sami Yilmaz", "0902": "Noor Berg"}


# Questions


def test_damaged_letters_are_repaired_when_the_office_says_so(app: Flask, office: Visitor) -> None:
    page = choose(office, ("leerlingen.csv", PUPILS.format(second="IsmaÃ«l", third="3")))
    assert "Zijn er letters beschadigd in leerlingen.csv?" in page.text
    assert "IsmaÃ«l → Ismaël" in page.text
    (key,) = names_of_questions(page)
    page = page.presses("Neem deze antwoorden mee", **{key: "repair"})
    assert "Uw antwoorden tellen mee" in page.text
    assert page.soup.find("input", {"name": key, "value": "repair"}).has_attr("checked")
    page.presses("Bewaar alles")
    assert pupils(app)["0902"] == "Ismaël van der Berg"


def test_the_right_one_of_two_addresses_is_chosen(app: Flask, office: Visitor) -> None:
    parents = GUARDIANS + "0901;moeder;Yilmaz;a@example.org; b@example.org;J;A\r\n".replace(
        "a@example.org; b@example.org", '"a@example.org; b@example.org"'
    )
    page = choose(office, ("leerlingen.csv", GOOD), ("ouders.csv", parents))
    assert "Welk adres is het juiste?" in page.text
    (key,) = names_of_questions(page)
    page = page.presses("Neem deze antwoorden mee", **{key: "1"})
    (again,) = names_of_questions(page)
    assert again == key
    page.presses("Bewaar alles")
    with app.app_context():
        assert db.session.scalars(select(Guardian.email)).all() == ["b@example.org"]


def test_of_a_mailbox_in_two_homes_the_office_chooses_the_reader_and_the_choice_lasts(
    app: Flask, office: Visitor
) -> None:
    parents = GUARDIANS + ("0901;moeder;Yilmaz;gezin@example.org;J;A\r\n0901;vader;Kaya;gezin@example.org;J;B\r\n")
    files = (("leerlingen.csv", GOOD), ("ouders.csv", parents))
    page = choose(office, *files)
    assert "Wie leest gezin@example.org?" in page.text
    (key,) = names_of_questions(page)
    mother = page.soup.find("label", string=lambda text: text and "Alleen Yilmaz (moeder)" in text)
    value = (mother or page.soup.find("span", string=lambda t: t and "Alleen Yilmaz" in t).find_parent("label")).input
    page.presses("Neem deze antwoorden mee", **{key: value["value"]}).presses("Bewaar alles")
    assert mailboxes(app) == {"Yilmaz": "gezin@example.org", "Kaya": ""}
    page = choose(office, *files)
    assert page.soup.find("input", {"name": key, "checked": True})["value"] == value["value"]
    page.presses("Bewaar alles")
    assert mailboxes(app) == {"Yilmaz": "gezin@example.org", "Kaya": ""}
    with app.app_context():
        answer = db.session.scalars(select(ImportAnswer)).one()
        assert "gezin" not in answer.key + answer.choice


def test_numbers_without_their_zeros_are_the_same_pupils_when_the_office_says_so(app: Flask, office: Visitor) -> None:
    choose(office, ("leerlingen.csv", GOOD)).presses("Bewaar alles")
    page = choose(office, ("leerlingen.csv", GOOD.replace("\r\n0", "\r\n")))
    assert "Bij 3 leerlingen ontbreken nullen vooraan" in page.text
    assert "901 Sami → 0901 Sami" in page.text
    (key,) = names_of_questions(page)
    page = page.presses("Neem deze antwoorden mee", **{key: "same"})
    assert counted(page, "Leerlingen") == ["0", "0", "3", "0"]
    page.presses("Bewaar alles")
    assert set(pupils(app)) == {"0901", "0902", "0903"}


def test_of_two_namesakes_the_office_says_whose_parent_it_is_and_is_not_asked_again(
    app: Flask, office: Visitor
) -> None:
    children = ("leerlingen.csv", PUPILS.format(second="Noor", third="3") + "0904;Noor;van der;Berg;4\r\n")
    parents = (
        "ouders.csv",
        "Roepnaam;Achternaam;E-mailadres ouder/verzorger 1\r\nNoor;van der Berg;berg@example.org\r\n",
    )
    page = choose(office, children, parents)
    assert "Welke Noor van der Berg is het?" in page.text
    assert "ouders.csv, rij 2: berg@example.org is ouder van Noor van der Berg. Zo heten meer leerlingen." in page.text
    assert "nummer 0902, in 3" in page.text
    assert "nummer 0904, in 4" in page.text
    (key,) = names_of_questions(page)
    second = page.soup.find_all("input", {"name": key})[1]["value"]
    page = page.presses("Neem deze antwoorden mee", **{key: second})
    page.presses("Bewaar alles")
    with app.app_context():
        child = db.session.scalars(select(Pupil).join(Guardianship).join(Guardian)).one()
        assert child.number == "0904"
        assert "0904" not in db.session.scalars(select(ImportAnswer)).one().choice
    page = choose(office, children, parents)
    assert page.soup.find("input", {"name": key, "value": second}).has_attr("checked")
    assert counted(page, "Ouders") == ["0", "0", "1", "0"]


def test_of_parents_with_another_systems_codes_the_office_says_who_is_who_and_they_stay_themselves(
    app: Flask, office: Visitor
) -> None:
    parents = "Leerlingnummer;Relatie;Voorletters;Achternaam;E-mailadres;Gezag;Huishouden\r\n" + (
        "0901;moeder;A.;Yilmaz;;J;A\r\n0901;vader;B.;Yilmaz;;J;A\r\n0903;moeder;C.;Vos;;J;A\r\n"
    )
    choose(office, ("leerlingen.csv", GOOD), ("ouders.csv", parents)).presses("Bewaar alles")
    before = guardians(app)
    assert set(before) == {"A. Yilmaz", "B. Yilmaz", "C. Vos"}
    codes = "Code;Achternaam;Email;Leerlingcodes\r\no1;Yilmaz;;0901\r\no2;Yilmaz;;0901\r\no3;Vos;;0903\r\n"
    page = choose(office, ("zermelo.csv", codes))
    assert "Wie is Yilmaz (o1)?" in page.text
    assert "Wie is Yilmaz (o2)?" in page.text
    assert "Vos (o3)?" not in page.text, "nobody else can be meant"
    first, second = names_of_questions(page)
    assert "Yilmaz" not in first + second
    choices = [field["value"] for field in page.soup.find_all("input", {"name": first})]
    assert len(choices) == 3
    page = page.presses("Neem deze antwoorden mee", **{first: choices[1], second: choices[0]})
    assert counted(page, "Ouders") == ["0", "3", "0", "0"]
    page.presses("Bewaar alles")
    assert guardians(app) == before
    with app.app_context():
        told = {one.external_id: one.initials for one in db.session.scalars(select(Guardian))}
    assert told == {"o1": "B.", "o2": "A.", "o3": "C."}
    assert "Wie is" not in choose(office, ("zermelo.csv", codes)).text, "now the codes are known"


def test_a_choice_that_is_none_is_refused(office: Visitor) -> None:
    page = choose(office, ("leerlingen.csv", PUPILS.format(second="IsmaÃ«l", third="3")))
    (key,) = names_of_questions(page)
    office.posts(f"{page.address}/answers", status=422, **{key: "burn"})


# Lists of the school's own


def test_an_unknown_list_is_explained_once_and_known_the_next_time(app: Flask, office: Visitor) -> None:
    page = choose(office, ("eigen.csv", OWN_LIST))
    assert "Deze indeling kennen we niet" in page.text
    page = page.follows("Leg deze lijst uit")
    assert "Onderwijsnummer" in page.text
    assert "123456782" not in page.html
    chosen = {
        field["name"]: field.find("option", selected=True)
        for field in page.soup.find_all("select", id=re.compile("cell"))
    }
    assert {name: option["value"] for name, option in chosen.items()} == {
        "cell-0": "number", "cell-1": "given_name", "cell-2": "surname", "cell-3": "class_name", "cell-5": "email",
    }  # fmt: skip
    page = page.presses("Lees de lijst zo")
    assert page.heading == "Klaar om te bewaren"
    page.presses("Bewaar alles")
    assert pupils(app) == {"0901": "Sami Yilmaz", "0902": "Noor van der Berg"}
    page = choose(office, ("volgend jaar.csv", OWN_LIST.replace("Sami", "Samir")))
    assert page.heading == "Klaar om te bewaren"
    page = office.opens("/staff/office/imports")
    assert "Lijsten die u zelf uitlegde" in page.text
    page = page.presses("Vergeet deze lijst")
    assert "Vergeten." in page.text
    assert "Deze indeling kennen we niet" in choose(office, ("eigen.csv", OWN_LIST)).text
    with app.app_context():
        assert db.session.scalars(select(ColumnMapping)).all() == []


def test_an_explanation_can_be_changed_while_the_files_wait(app: Flask, office: Visitor) -> None:
    page = choose(office, ("eigen.csv", OWN_LIST)).follows("Leg deze lijst uit")
    page = page.presses("Lees de lijst zo", **{"cell-1": "surname", "cell-2": "given_name"})
    page = page.follows("Verander de kolommen")
    assert page.soup.find("select", {"name": "cell-1"}).find("option", selected=True)["value"] == "surname"
    page = page.presses("Lees de lijst zo", **{"cell-1": "given_name", "cell-2": "surname"})
    page.presses("Bewaar alles")
    assert pupils(app)["0901"] == "Sami Yilmaz"


def test_a_file_chosen_by_mistake_is_left_out_and_the_others_go_on(app: Flask, office: Visitor) -> None:
    page = choose(office, ("leerlingen.csv", GOOD), ("brief.csv", "Beste ouders,\r\ntot dinsdag"))
    assert "Bewaar alles" not in page.text
    page = page.presses("Laat dit bestand weg")
    assert "Dat bestand telt niet mee" in page.text
    assert "brief.csv" not in page.text
    office.posts(f"{page.address}/files/0/leave-out", status=404)
    page.presses("Bewaar alles")
    assert len(pupils(app)) == 3


def test_what_is_missing_or_chosen_twice_is_said_with_the_choices_kept(office: Visitor) -> None:
    page = choose(office, ("eigen.csv", OWN_LIST)).follows("Leg deze lijst uit")
    page = page.presses("Lees de lijst zo", status=422, **{"cell-1": "given_name", "cell-0": "", "cell-3": ""})
    assert "Kies ook een kolom voor leerlingnummer en klas of groep" in page.text
    assert page.soup.find("select", {"name": "cell-1"}).find("option", selected=True)["value"] == "given_name"
    page = page.presses("Lees de lijst zo", status=422, **{"cell-0": "number", "cell-1": "number", "cell-3": ""})
    assert "U koos twee kolommen voor leerlingnummer" in page.text


def test_another_kind_of_list_offers_other_meanings(office: Visitor) -> None:
    page = choose(office, ("eigen.csv", OWN_LIST)).follows("Leg deze lijst uit")
    page = page.presses("Toon de kolommen voor deze soort", kind="guardians")
    assert "Soort lijst: ouders en verzorgers" in page.text
    assert page.soup.find("select", {"name": "cell-5"}).find("option", selected=True)["value"] == "email"
    office.opens(f"{page.address}?kind=nothing", status=404)


def test_a_file_says_what_it_was_taken_for_and_which_columns_nobody_reads(office: Visitor) -> None:
    page = choose(
        office, ("leerlingen.csv", GOOD.replace("Groep\r\n", "Groep;Schoenmaat\r\n").replace(";3\r\n", ";3;31\r\n"))
    )
    assert "leerlingen.csv : leerlingen 3 leerlingen" in page.text.replace("leerlingen.csv:", "leerlingen.csv :")
    assert "Niet gelezen kolommen: Schoenmaat" in page.text


def test_an_unknown_list_alone_is_no_row_to_mend(office: Visitor) -> None:
    page = choose(office, ("leerlingen.csv", PUPILS), ("lijst.csv", "Kleur;Vorm\nrood;rond\n"))
    assert page.heading == "Nog niets bewaard: 1 lijst kennen wij niet"
    assert "Leg uit wat de kolommen betekenen, of laat het bestand weg." in page.text
    assert "Verbeter de rijen hier" not in page.text


def test_the_problems_can_be_downloaded_as_csv_too(office: Visitor) -> None:
    page = choose(office, ("leerlingen.csv", PUPILS.format(second="", third="3")))
    address = next(link for link in page.links() if link.endswith("problems.csv"))
    text = office.client.get(address).data.decode("utf-8-sig")
    assert '"leerlingen.csv";"3";"Roepnaam";"fout"' in text


def names_of_questions(page: Page) -> list[str]:
    form = page.soup.find("section", {"aria-labelledby": "vragen"})
    return list(dict.fromkeys(field["name"] for field in form.find_all("input", {"type": "radio"}))) if form else []


def mailboxes(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {guardian.surname: guardian.email for guardian in db.session.scalars(select(Guardian))}


def guardians(app: Flask) -> dict[str, int]:
    """By name, whoever they are to this house."""
    with app.app_context():
        return {one.name.full: one.id for one in db.session.scalars(select(Guardian)) if one.active}


def counted(page: Page, kind: str) -> list[str]:
    row = page.soup.find("th", string=kind).find_parent("tr")
    return [cell.get_text() for cell in row.find_all("td")]
