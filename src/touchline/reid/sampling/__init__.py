"""Which crops stand together in a batch."""
