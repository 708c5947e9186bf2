"""A name in, a network that turns pictures into features out."""
