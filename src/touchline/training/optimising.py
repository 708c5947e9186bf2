"""How the settings of gradient training reach the trainer, whatever is taught."""

from typing import Any

from torch import nn

from touchline.training.devices import DeviceName, PrecisionName
from touchline.training.optimiser_settings import OptimiserSettings
from touchline.training.settings import FitSettings


def fit_settings(
    settings: OptimiserSettings, monitored: str, device: DeviceName, precision: PrecisionName,
    seed: int,
) -> FitSettings:  # fmt: skip
    """Everything that `touchline.training.fitting.fit` is told, but for the learning rates.

    Args:
        settings: how the gradient is followed.
        monitored: the figure that chooses the epoch, larger being better.
        device: where to train.
        precision: of the network while training.
        seed: of all that is random.
    """
    return FitSettings(
        epochs=settings.epochs, warmup_epochs=settings.warmup_epochs,
        minimum_fraction=settings.minimum_fraction, monitor=monitored, mode="max",
        patience=settings.patience, ema_decay=settings.ema_decay,
        gradient_clip=settings.gradient_clip, precision=precision, device=device, seed=seed,
    )  # fmt: skip


def parameter_groups(
    network: nn.Module, encoder: nn.Module, settings: OptimiserSettings
) -> list[dict[str, Any]]:
    """AdamW's groups: the encoder may learn at a rate of its own; a frozen one is left out.

    Args:
        network: the whole of what is taught.
        encoder: the part of it that turns frames into features; frozen where none of its
            parameters wants a gradient.
        settings: the rates and the weight decay.
    """
    own = {id(parameter) for parameter in encoder.parameters()}
    rest = [parameter for parameter in network.parameters() if id(parameter) not in own]
    groups: list[dict[str, Any]] = [{"params": rest, "lr": settings.learning_rate}]
    if any(parameter.requires_grad for parameter in encoder.parameters()):
        rate = settings.encoder_learning_rate or settings.learning_rate
        groups.append({"params": list(encoder.parameters()), "lr": rate})
    return [{**group, "weight_decay": settings.weight_decay} for group in groups]
