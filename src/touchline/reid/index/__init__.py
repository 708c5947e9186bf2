"""Galleries of millions of crops on the disk, searched without loading them."""
