"""Learning on from reviews: a probe taught again with them, and what that changed."""
