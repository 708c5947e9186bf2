"""Match video decoded where it lies, on a time grid of the caller's choice."""
