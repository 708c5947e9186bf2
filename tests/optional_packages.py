"""Marks of tests that want what is not always installed."""

from importlib.util import find_spec

import pytest

# Looked for, not imported: ultralytics changes functions of Pillow and torch when it is, and only
# `import_ultralytics` puts them back.
needs_ultralytics = pytest.mark.skipif(
    find_spec("ultralytics") is None, reason="the extra touchline[yolo] is not installed"
)
needs_diffusers = pytest.mark.skipif(
    find_spec("diffusers") is None, reason="the extra touchline[synth] is not installed"
)
