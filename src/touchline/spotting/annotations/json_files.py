"""JSON as it is found: with a byte order mark, cut short, or nested beyond reason."""

import json
from pathlib import Path
from typing import Any

NAMES_AS_BYTES = "surrogateescape"
"""How bytes of a file name that are no UTF-8 go through text and come back."""


def read_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        ValueError: with the reason in words, when it cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig", NAMES_AS_BYTES))
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"is not valid JSON: {error.msg} in {place}") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not valid JSON: {error}") from error
