"""Tuning: spaces of settings, studies that processes share, and what is reported of them."""
