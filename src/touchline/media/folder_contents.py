"""What lies in folders of media, told by name alone."""

VIDEO_ENDINGS = (".mp4", ".mkv", ".mov", ".avi", ".webm", ".m4v", ".ts")

COMPANIONS = frozenset({
    ".xmp", ".thm", ".aae", ".pp3", ".dop", ".on1", ".cos", ".ini", ".db", ".csv", ".json",
    ".jsonl", ".parquet", ".html", ".lnk",
})  # fmt: skip
"""Endings that lie beside photos by right; in a folder they are passed over without a word."""

SERVICE_FOLDERS = frozenset({"@eaDir", "__MACOSX"})
"""Folders that storage boxes and archivers leave behind; they hold thumbnails, not photos."""
