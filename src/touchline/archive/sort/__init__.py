"""Labelled photos into folders: plan, let a person edit, apply, undo."""
