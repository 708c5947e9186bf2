"""From distances to ranked lists: what is compared, in which order, and in which file."""
