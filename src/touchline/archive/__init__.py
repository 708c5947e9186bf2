"""What happens to labelled photos: files of labels, sorted folders, XMP sidecars."""
