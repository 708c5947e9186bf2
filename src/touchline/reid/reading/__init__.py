"""Crops of people as they lie on disk, in any known layout, as one `CropData`."""
