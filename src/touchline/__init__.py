"""Touchline turns football photos and match video into labels that people can trust."""

__version__ = "0.1.0"
