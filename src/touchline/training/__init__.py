"""Training by gradient, whatever the task: schedules, mixing, averaging, resuming."""
