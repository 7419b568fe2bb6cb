"""Lists of common names, from which the samples put together people who do not exist."""

GIVEN = (
    "Emma", "Noor", "Lotte", "Saar", "Fenna", "Julia", "Tess", "Evi", "Sofie", "Zoë", "Mila", "Nora", "Yara", "Lina",
    "Elif", "Zeynep", "Amira", "Samira", "Hana", "Maja", "Zofia", "Daria", "Salma", "Inaya", "Roos", "Femke", "Jasmijn",
    "Aïsha", "Chloé", "Maud", "Fleur", "Pien", "Isa", "Veerle", "Selin", "Naomi", "Ruth", "Liv", "Bo", "Robin",
    "Daan", "Sem", "Milan", "Levi", "Luuk", "Bram", "Finn", "Thijs", "Mees", "Sam", "Ismaël", "Yusuf", "Emir", "Adam",
    "Bilal", "Omar", "Jakub", "Kacper", "Maksym", "Ilias", "Noah", "Lucas", "Jesse", "Stijn", "Ruben", "Gijs", "Teun",
    "Jonas", "Tygo", "Dex", "Hugo", "Floris", "Joris", "Kerem", "Deniz", "Rayan", "Nathan", "André", "René", "Björn",
)  # fmt: skip

SURNAMES = (
    ("", "Bakker"), ("", "Visser"), ("", "Smit"), ("", "Meijer"), ("", "Mulder"), ("", "Bos"), ("", "Vos"),
    ("", "Peters"), ("", "Hendriks"), ("", "Dekker"), ("", "Brouwer"), ("", "Dijkstra"), ("", "Kuipers"),
    ("", "Veenstra"), ("", "Kramer"), ("", "Scholten"), ("", "Prins"), ("", "Huisman"), ("", "Postma"), ("", "Kok"),
    ("van 't", "Hof"), ("van der", "Meer"), ("de", "Vries"), ("in 't", "Veld"), ("op den", "Kamp"), ("van", "Dijk"),
    ("de", "Boer"), ("van den", "Berg"), ("ter", "Haar"), ("van der", "Linden"), ("de", "Wit"), ("den", "Ouden"),
    ("te", "Velde"), ("van", "Leeuwen"), ("", "Jansen-de Boer"), ("", "O'Brien"), ("", "d'Hondt"), ("", "Müller"),
    ("", "Yıldız"), ("", "Çelik"), ("", "Demir"), ("", "Öztürk"), ("", "Kaya"), ("", "Arslan"), ("el", "Amrani"),
    ("", "Benali"), ("", "Haddad"), ("", "Saïdi"), ("", "Azzouzi"), ("", "Kowalska"), ("", "Nowak"), ("", "Wójcik"),
    ("", "Kowalczyk"), ("", "Shevchenko"), ("", "Tesfay"), ("", "Mehari"), ("", "Abdi"), ("", "Nguyễn"), ("", "Tran"),
    ("", "Silva"), ("dos", "Santos"), ("", "Fernandes"), ("", "Winterdijk"), ("", "Zandstra"), ("van", "Rooij"),
    ("van der", "Heijden"), ("", "Koster"), ("", "Willems"), ("", "Schouten"), ("", "Groen"), ("van", "Beek"),
    ("", "Timmermans"), ("", "Driessen"), ("", "Verhoeven"), ("", "Sanders"), ("", "Hermans"), ("", "Blom"),
)  # fmt: skip

INITIALS = "ABCDEFGHJKLMNPRSTVWZ"
LONG_SURNAME = ("van den", "Oudenaarden-Schimmelpenninck van Wickevoort tot Sevenaer-Ooij")
"""60 letters: the longest that the layouts must carry (T46)."""

GIVEN_FLEMISH = (
    "Lore", "Febe", "Marie", "Louise", "Nette", "Hanne", "Jolien", "Oona", "Camille", "Juliette", "Élise", "Anaïs",
    "Amina", "Nour", "Yasmina", "Imane", "Lien", "Fien", "Amber", "Margaux", "Wout", "Seppe", "Lowie", "Arne",
    "Jef", "Vic", "Maurice", "Gust", "Ferre", "Warre", "Mathis", "Théo", "Loïc", "Rémi", "Bilal", "Karim", "Ayoub",
    "Mehdi", "Rayan", "Elias",
)  # fmt: skip
SURNAMES_FLEMISH = (
    "Van den Broeck", "Vandenberghe", "De Smet", "De Clercq", "Van Damme", "Van der Auwera", "Peeters", "Janssens",
    "Maes", "Willems", "Claes", "Goossens", "Wouters", "De Backer", "Vermeulen", "Van de Velde", "Verstraete",
    "Desmedt", "Lemmens", "D'hondt", "T'Jampens", "Coppens", "Michiels", "Aerts", "Bogaerts", "Segers",
)  # fmt: skip
"""In Flanders the prefix is a part of the surname, with a capital (T51)."""
SURNAMES_FRENCH = ("Dubois", "Lambert", "Lefèvre", "Delcourt", "François", "Renard")
SURNAMES_ARABIC = ("El Amrani", "Benali", "El Khattabi", "Haddad", "Bouazza", "Saïdi")
