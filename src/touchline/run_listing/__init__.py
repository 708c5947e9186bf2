"""Runs on the disk, whatever their task: listed, shown, compared, removed."""
