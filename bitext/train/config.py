"""What a training run is: every setting that decides its outcome, in one frozen value."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from bitext.errors import FormatError, InputError

__all__ = ["TrainConfig"]


_RANGES = (  # of what the command line sets: least and most
    ("steps", 0, math.inf),
    ("tokens", 0, math.inf),
    ("minutes", 0, math.inf),
    ("patience", 1, math.inf),
    ("cooldown", 0, 1),
    ("lr", 0, 1),
    ("warmup", 0, math.inf),
    ("dropout", 0, 0.99),
    ("batch_tokens", 1, math.inf),
    ("workers", 1, 1024),
    ("seed", 0, 2**31),
)


@dataclass(frozen=True)
class TrainConfig:
    """Settings of a run. Two runs with equal settings and data go through the same losses.

    Lengths are in SentencePiece pieces, times in seconds. `batch_tokens` counts padded tokens (of the
    longer side) of one worker and step; a step is computed about `chunk_tokens` at a time. The rate
    rises linearly over `warmup` steps, then falls with the inverse square root (`half_life`: steps
    after which it has fallen by √2), and over the last `cooldown` share of the run, if its end is
    known (`steps`, `tokens` or `minutes`), linearly to zero; 1 is a linear fall from the beginning.
    `optimiser` is `adamw`, or `muon` for the matrices inside the layers with AdamW for the rest.

    Raises:
        InputError: a number that makes no sense, an optimiser that there is not.
    """

    source_lang: str = "fr"
    target_lang: str = "en"
    # model, when it is made from scratch
    vocabulary: int = 8000
    d_model: int = 256
    ffn: int = 1024
    heads: int = 4
    encoder_layers: int = 6
    decoder_layers: int = 2
    bilingual_start: bool = True
    # data
    max_length: int = 100
    max_ratio: float = 3.0
    weights: dict[str, float] = field(default_factory=dict)
    # optimisation
    optimiser: str = "adamw"
    lr: float = 1.5e-3
    warmup: int = 300
    half_life: int = 40_000
    cooldown: float = 0.2
    batch_tokens: int = 1000
    chunk_tokens: int = 1500
    label_smoothing: float = 0.1
    dropout: float = 0.05
    weight_decay: float = 0.01
    clip: float = 1.0
    ema: float = 0.995
    seed: int = 1
    # machine
    workers: int = 2
    device: str = "cpu"
    bf16: bool = True
    # when to stop, look and save; of these only the end changes the course of the losses, by the rate's last fall
    steps: int | None = None
    tokens: int | None = None
    minutes: float | None = None
    patience: int | None = None
    dev_every: float = 900.0
    dev_segments: int = 300
    bleu_segments: int = 100
    save_every: float = 300.0
    log_every: int = 20

    def __post_init__(self) -> None:
        if self.optimiser not in ("adamw", "muon"):
            raise InputError(f"there is no optimiser {self.optimiser!r}", mend="choose adamw or muon")
        for name, least, most in _RANGES:
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                between = f"from {least:g} to {most:g}" if most < math.inf else f"at least {least:g}"
                raise InputError(f"--{name.replace('_', '-')} is {value:g}", mend=f"give a number {between}")

    def rate(self, step: int, progress: float = 0.0) -> float:
        """The learning rate of a step, counted from 0, when so much of the run is done (0 to 1)."""
        rate = self.lr * min(1.0, (step + 1) / max(1, self.warmup)) * (1 + step / self.half_life) ** -0.5
        if self.cooldown > 0:
            rate *= min(1.0, (1 - progress) / self.cooldown)
        return rate

    def save(self, path: Path) -> None:
        """Write the settings as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> TrainConfig:
        """Read what `save` wrote.

        Raises:
            FormatError: not such a file.
        """
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as e:
            raise FormatError(f"holds no training settings ({e})", path=path, mend="delete the state folder") from None

    def same_course(self, other: TrainConfig) -> bool:
        """Whether a checkpoint made under `other` can be gone on with under these settings."""
        free = dict.fromkeys(("minutes", "patience", "dev_every", "dev_segments", "bleu_segments", "save_every"))
        free |= {
            "log_every": 20,
            "steps": None,
            "tokens": None,
            "lr": 0.0,
            "half_life": 1,
            "cooldown": 0.0,
            "warmup": 0,
        }
        return replace(self, **free) == replace(other, **free)  # type: ignore[arg-type]
