"""The files that a run which learnt from reviews has beside those of every run."""

TABLE = "photos.csv"
"""The photos learnt from and their classes, as `photos train` reads them."""

CHANGES = "changes.csv"
"""Untouched photos, and what each was called before and after."""

RECORD = "relearnt.json"
"""The figures."""
