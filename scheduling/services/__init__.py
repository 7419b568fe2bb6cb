"""What users can do: one function = one use case = one transaction. Load → ask the rule → change → write letters."""
