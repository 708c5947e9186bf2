"""Low-rank adapters (LoRA) in a Stable Diffusion that somebody else has taught."""
