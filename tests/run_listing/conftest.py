from taught import own_cache, taught, world
from taught_generator import generator_run
from taught_reidentifier import actions, reid_run

__all__ = ["actions", "generator_run", "own_cache", "reid_run", "taught", "world"]
