"""The parts of a spotter, composed as encoder x time model x heads; each says how far it sees."""
