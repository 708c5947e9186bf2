from taught import own_cache, taught, world
from taught_reidentifier import actions, reid_run

__all__ = ["actions", "own_cache", "reid_run", "taught", "world"]
