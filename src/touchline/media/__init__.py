"""Decoding and augmentation of images and video."""
