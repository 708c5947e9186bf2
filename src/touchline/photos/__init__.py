"""A photo in, a label out: reading, audit, splitting, learning, scoring and labelling."""
