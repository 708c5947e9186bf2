"""Photos that a generator made: learnt from besides real ones, never scored."""
