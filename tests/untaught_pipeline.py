"""A whole Stable Diffusion that knows nothing, as small as wanted, in a folder as diffusers has it.

Every class is the real one; only widths and weights are not those of a published pipeline.
"""

from pathlib import Path
from typing import Any

import torch

from touchline.synth.config import LoraSettings, SynthConfig
from touchline.synth.diffusers_package import from_diffusers

TOKENS = 77
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789,."
_CORRECT = {
    "DDIMScheduler": {"steps_offset": 1, "clip_sample": False},
    "DDPMScheduler": {"steps_offset": 1, "clip_sample": False},
    "PNDMScheduler": {"steps_offset": 1},
}
"""Without these a pipeline complains while it is put together."""
_START, _END = "<|startoftext|>", "<|endoftext|>"


def save_pipeline(
    folder: Path,
    *,
    unet_channels: tuple[int, ...] = (16, 32),
    unet_heads: int = 2,
    unet_layers: int = 1,
    vae_channels: tuple[int, ...] = (8, 16, 16),
    words: int = 16,
    scheduler: str = "DDIMScheduler",
    prediction: str = "epsilon",
    seed: int = 0,
) -> Path:
    """Write such a pipeline; all its weights are random.

    Args:
        folder: where to.
        unet_channels: feature maps of the UNet at each resolution; attention at all but the last.
        unet_heads: of each attention.
        unet_layers: blocks at each resolution.
        vae_channels: feature maps of the VAE at each resolution.
        words: length of the text encoder's embeddings.
        scheduler: the class that samples, one of `_CORRECT`.
        prediction: what the UNet predicts.
        seed: of the weights.
    """
    plain = len(unet_channels) - 1
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        from_diffusers("StableDiffusionPipeline")(
            tokenizer=_tokenizer(),
            text_encoder=_text_encoder(words),
            unet=from_diffusers("UNet2DConditionModel")(
                sample_size=64, block_out_channels=unet_channels, layers_per_block=unet_layers,
                norm_num_groups=8, cross_attention_dim=words, attention_head_dim=unet_heads,
                down_block_types=("CrossAttnDownBlock2D",) * plain + ("DownBlock2D",),
                up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * plain,
            ),
            vae=from_diffusers("AutoencoderKL")(
                sample_size=512, block_out_channels=vae_channels, norm_num_groups=4,
                down_block_types=("DownEncoderBlock2D",) * len(vae_channels),
                up_block_types=("UpDecoderBlock2D",) * len(vae_channels),
            ),
            scheduler=from_diffusers(scheduler)(
                beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
                prediction_type=prediction, **_CORRECT[scheduler],
            ),
            safety_checker=None, feature_extractor=None, requires_safety_checker=False,
        ).save_pretrained(folder)  # fmt: skip
    return folder


def lora_config(pipeline: Path, size: int = 64, **settings: Any) -> SynthConfig:
    """A configuration that adapts a pipeline."""
    return SynthConfig(
        data=Path("none"), generator="lora", size=size,
        lora=LoraSettings(pipeline=str(pipeline), **{"sample_steps": 3, **settings}),
    )  # fmt: skip


def _tokenizer() -> Any:
    """A tokenizer that spells: each letter is a token, and another one where it ends a word."""
    tokens = [*_LETTERS, *(f"{letter}</w>" for letter in _LETTERS), _START, _END]
    return from_diffusers("CLIPTokenizer", "transformers")(
        vocab={token: place for place, token in enumerate(tokens)}, merges=[],
        model_max_length=TOKENS,
    )  # fmt: skip


def _text_encoder(words: int) -> Any:
    count = 2 * len(_LETTERS) + 2
    settings = from_diffusers("CLIPTextConfig", "transformers")(
        vocab_size=count, hidden_size=words, intermediate_size=2 * words, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=TOKENS, bos_token_id=count - 2,
        eos_token_id=count - 1, pad_token_id=count - 1,
    )  # fmt: skip
    return from_diffusers("CLIPTextModel", "transformers")(settings)
