from taught_reidentifier import actions, reid_run

__all__ = ["actions", "reid_run"]
