"""Everything said to people that is not a template: refusals, dates, names. Time zones live here."""
