"""Search: what a person types, as a query of the catalog and as rows."""
