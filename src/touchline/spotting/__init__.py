"""A match video in, a timeline of ball actions out: reading, learning, predicting and scoring."""
