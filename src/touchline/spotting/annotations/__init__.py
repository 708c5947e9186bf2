"""Events on disk: the layouts that matches and predictions come in, read and written."""
