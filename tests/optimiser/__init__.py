"""The optimiser by itself: no database, no web."""
