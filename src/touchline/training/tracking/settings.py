"""Which services follow a training besides `results.csv` and TensorBoard, which always do."""

from typing import Literal

from pydantic import Field

from touchline.settings import Settings

Extra = Literal["wandb", "mlflow"]


class TrackingSettings(Settings):
    """Who else follows the training; `results.csv` and TensorBoard always do."""

    wandb: bool = False
    """Weights & Biases; needs the extra touchline[wandb]."""
    offline: bool = True
    """Weights & Biases keeps its records in the run's folder, for `wandb sync`; false sends them as
    `wandb login` and WANDB_MODE say."""
    mlflow: str | None = None
    """A folder, or the address of an MLflow store or server; needs the extra touchline[mlflow]."""
    project: str = Field(default="touchline", min_length=1)
    """The project of Weights & Biases, and MLflow's experiment."""

    @property
    def extras(self) -> tuple[Extra, ...]:
        """The services asked for, by the name of their extra and their package."""
        asked: dict[Extra, bool] = {"wandb": self.wandb, "mlflow": self.mlflow is not None}
        return tuple(name for name, wanted in asked.items() if wanted)
