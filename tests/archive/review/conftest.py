from empty_catalogs import quick_commits
from postgresql_server import (
    postgresql_catalog_url,
    postgresql_server,
    postgresql_tables,
    postgresql_url,
)

__all__ = [
    "postgresql_catalog_url",
    "postgresql_server",
    "postgresql_tables",
    "postgresql_url",
    "quick_commits",
]
