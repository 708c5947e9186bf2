"""Clip classification: a few seconds of a match in, the ball actions in them out."""
