from taught import own_cache, taught, world

__all__ = ["own_cache", "taught", "world"]
