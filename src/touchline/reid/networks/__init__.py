"""Networks that turn a crop into a feature vector."""
