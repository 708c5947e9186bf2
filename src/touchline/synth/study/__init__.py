"""Whether synthetic photos help a classifier on real ones."""
