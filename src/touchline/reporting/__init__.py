"""Numbers with their intervals, tables, charts and pages: what a person reads. Knows no task."""
