from taught import own_cache, same_threads, taught, world

__all__ = ["own_cache", "same_threads", "taught", "world"]
