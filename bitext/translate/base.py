"""What every translator offers, and what an engine must provide to become one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol, runtime_checkable

from bitext.document import Signature, Translation

__all__ = ["Decoding", "Engine", "Hypothesis", "Stats", "Tokens", "Translator"]

Tokens = Sequence[str]
"""The SentencePiece pieces of one text, without the end-of-sentence token."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How to search for a translation; the same fields mean the same in every engine.

    Attributes:
        beam: hypotheses kept at each step; 1 is greedy search.
        length_penalty: exponent of the length that divides a hypothesis' log-probability.
        no_repeat_ngram_size: no sequence of so many tokens occurs twice; 0 allows all.
        repetition_penalty: divides the score of tokens that were used already (CTRL, Keskar et al. 2019); 1 is off.
        max_tokens: the longest output, in tokens. It does not depend on the batch, so that the
            translation of a text does not either.
        hypotheses: how many of the beam are kept at the end; at most `beam`.
    """

    beam: int = 4
    length_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    repetition_penalty: float = 1.0
    max_tokens: int = 256
    hypotheses: int = 1

    def __str__(self) -> str:
        """Only what differs from the defaults, after the beam: `beam4`, `beam8,no_repeat_ngram_size=3`."""
        other = [f"{k}={v}" for k, v in asdict(self).items() if k != "beam" and v != asdict(Decoding())[k]]
        return ",".join([f"beam{self.beam}", *other])


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An engine's output: pieces without end of sentence, log-probabilities with it (one more).

    `others` are the next best of the same text, as many as `Decoding.hypotheses` asks for; they have no
    log-probabilities of tokens. `score` is the search's own: log-probability over length.
    """

    tokens: tuple[str, ...]
    logprobs: tuple[float, ...]
    score: float = 0.0
    others: tuple[Hypothesis, ...] = ()


@dataclass
class Stats:
    """What a translator has done since it was loaded.

    `seconds` is wall time inside the engine; `source_tokens` and `target_tokens` are what the engine
    read and wrote in it, retries and end-of-sentence tokens included.
    """

    segments: int = 0
    source_tokens: int = 0
    target_tokens: int = 0
    batches: int = 0
    seconds: float = 0.0
    remembered: int = 0  # segments that the translation memory had
    passed: int = 0  # segments without anything to translate
    split: int = 0  # segments that were longer than the model's limit
    retried: int = 0
    repaired: int = 0  # of those retried, the ones that came out well

    @property
    def tokens_per_second(self) -> float:
        """Target tokens a second; 0 when nothing was translated."""
        return self.target_tokens / self.seconds if self.seconds else 0.0


class Engine(Protocol):
    """Runs a Marian model on batches of pieces. `MarianTranslator` does all the rest."""

    name: str
    """Name and version, for the signature."""
    compute_type: str

    def generate(self, batches: Iterable[Sequence[Tokens]], decoding: Decoding) -> Iterator[list[Hypothesis]]:
        """The best hypothesis of each text, batch by batch and in order.

        At most a few batches are read ahead of what is yielded.
        """
        ...

    def score(self, batches: Iterable[tuple[Sequence[Tokens], Sequence[Tokens]]]) -> Iterator[list[list[float]]]:
        """Natural-log probabilities of each target's tokens and its end of sentence, by forced decoding."""
        ...


@runtime_checkable
class Translator(Protocol):
    """Translates texts from one language into another.

    Attributes:
        source_lang: ISO 639-1 code, or empty where the model does not say.
        target_lang: the same, of the output.
        name: the model's name, such as `fr-en`.
        signature: model, hash of its weights, engine and decoding settings.
        stats: what was done so far.
    """

    source_lang: str
    target_lang: str
    name: str
    stats: Stats

    @property
    def signature(self) -> Signature: ...

    def translate(self, texts: Iterable[str]) -> list[Translation]:
        """One translation a text, in order."""
        ...

    def stream(self, texts: Iterable[str]) -> Iterator[Translation]:
        """Like `translate`, for endless input: order kept, bounded memory."""
        ...

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> list[Translation]:
        """How probable the model finds each target as a translation of its source (forced decoding).

        Raises:
            ValueError: the two have different lengths.
        """
        ...
