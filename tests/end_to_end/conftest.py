from taught import own_cache, same_threads, taught, world
from taught_reidentifier import actions, reid_run

__all__ = ["actions", "own_cache", "reid_run", "same_threads", "taught", "world"]
