"""A small class-conditional diffusion model that is taught from nothing."""
