"""The catalog: every photo, video, crop, prediction and decision of an archive, in a database."""
