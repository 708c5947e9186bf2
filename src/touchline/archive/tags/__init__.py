"""Labels as XMP sidecars: keywords that every photo program reads, and the way back."""
