"""Which photos must stay together: the union of the groups that are given and those that are found."""
