"""Distances corrected by who shares neighbours with whom (k-reciprocal re-ranking), kept sparse."""
