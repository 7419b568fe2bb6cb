"""EDEXML 2.1: pupils, classes and staff, no parents."""

from datetime import date

import pytest

from scheduling.domain.imports import ClassRecord, PupilRecord, StaffRecord
from scheduling.domain.people import StaffRole
from scheduling.formats.reading import read_file

EDEX = """<?xml version="1.0" encoding="UTF-8"?>
<EDEX>
  <school><schooljaar>2027-2028</schooljaar><brincode>99AA</brincode><xsdversie>2.1</xsdversie></school>
  <groepen>
    <groep key="g1"><naam>1/2a</naam><jaargroep>C</jaargroep></groep>
    <groep key="g3"><naam>3</naam><jaargroep>3</jaargroep></groep>
    <samengestelde_groep key="p1"><naam>Plusgroep</naam></samengestelde_groep>
  </groepen>
  <leerlingen>
    <leerling key="001">
      <achternaam>Hof</achternaam><voorvoegsel>van 't</voorvoegsel><voorletters-1>N</voorletters-1>
      <roepnaam>Zoë</roepnaam><geboortedatum>2019-05-04</geboortedatum><jaargroep>2</jaargroep>
      <groep key="g1"/><samengestelde_groepen><samengestelde_groep key="p1"/></samengestelde_groepen>
    </leerling>
    <leerling key="002"><roepnaam>Bo</roepnaam><jaargroep>3</jaargroep><groep key="g3"/><bsn>999999990</bsn></leerling>
    <leerling key="003"><roepnaam>Oud</roepnaam><jaargroep>H</jaargroep></leerling>
  </leerlingen>
  <leerkrachten>
    <leerkracht key="ABC"><achternaam>Wit</achternaam><voorvoegsel>de</voorvoegsel><roepnaam>Anna</roepnaam>
      <emailadres>abc@example.net</emailadres><rol>LRK</rol><groepen><groep key="g1"/><groep key="g3"/></groepen>
    </leerkracht>
    <leerkracht key="OUD1"><achternaam>Hulp</achternaam><rol>OUD</rol></leerkracht>
  </leerkrachten>
</EDEX>
"""


def test_pupils_sit_in_their_own_class_and_not_in_the_plus_group():
    file = read_file("EDEX.XML", EDEX.encode())
    assert file.layout == "edexml"
    assert file.records == (
        ClassRecord("1/2a"),
        ClassRecord("3", year_level="3"),
        PupilRecord("001", "Zoë", "1/2a", "van 't", "Hof", "N", date(2019, 5, 4), year_level="2"),
        PupilRecord("002", "Bo", "3", year_level="3"),
        PupilRecord("003", "Oud", "", year_level="H"),
        StaffRecord("ABC", "Anna", "de", "Wit", "abc@example.net", (StaffRole.LEADER,), ("1/2a", "3")),
    )
    assert [problem.code for problem in file.problems] == ["national_number_dropped"]
    assert "999999990" not in repr(file)


def test_a_pupil_without_a_class_is_an_error():
    file = read_file("EDEX.XML", EDEX.replace('<groep key="g3"/><bsn>', "<bsn>").encode())
    assert ("missing", "groep") in [(problem.code, problem.column) for problem in file.problems]


@pytest.mark.parametrize(
    "data",
    [
        b"<EDEX><leerlingen>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><EDEX>&b;</EDEX>',
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><EDEX>&f;</EDEX>',
    ],
)
def test_broken_xml_and_xml_with_entities_are_refused(data):
    assert [problem.code for problem in read_file("x.xml", data).problems] == ["broken_xml"]


def test_xml_of_another_kind_is_an_unknown_layout():
    assert [problem.code for problem in read_file("x.xml", b"<?xml version='1.0'?><a/>").problems] == ["unknown_layout"]
