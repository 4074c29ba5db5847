"""The translator that both engines share: batching, order, limits, reranking, repair, memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bitext.document import Signature, Translation
from bitext.translate.base import Decoding, Engine, Hypothesis, Stats, Tokens
from bitext.translate.batching import SCORE_BUDGET, batches, windows
from bitext.translate.directory import MarianDirectory
from bitext.translate.memory import TranslationMemory
from bitext.translate.prepare import around_endless, clean, join, split, too_long, untranslatable
from bitext.translate.repair import attempts, problems
from bitext.translate.rerank import Channel
from bitext.translate.tokenizer import MarianPieces

__all__ = ["MarianTranslator"]

_FIRST, _MOST = 64, 512  # segments looked ahead
_REMEMBERED = 4096  # pairs whose forced decoding is kept, some 3 kB each
_READABLE = 0.5  # share of characters that the vocabulary must have
_RULES = 3  # of splitting and repair; change it and remembered translations are made anew


@dataclass(slots=True)
class _Piece:
    """A segment, or a part of a long one, on its way through the model."""

    text: str
    tokens: Tokens
    best: Hypothesis | None = None
    output: str = ""
    faults: tuple[str, ...] = ()
    passed: bool = False


@dataclass(slots=True)
class _Job:
    """One distinct text of a window and the pieces it was cut into."""

    text: str
    pieces: list[_Piece] = field(default_factory=list)

    def done(self) -> Translation:
        problems = tuple(dict.fromkeys(f for p in self.pieces for f in p.faults))
        if all(p.passed for p in self.pieces):
            return Translation(self.text, problems=problems)
        logprobs = tuple(round(x, 5) for p in self.pieces if p.best for x in p.best.logprobs)
        return Translation(
            text=join([p.text for p in self.pieces], [p.output for p in self.pieces]),
            score=round(sum(logprobs) / max(1, len(logprobs)), 5),
            tokens=tuple(t for p in self.pieces if p.best for t in (*p.best.tokens, "</s>")),
            token_logprobs=logprobs,
            problems=problems,
        )


class MarianTranslator:
    """A `Translator` from a Marian directory and an engine that runs it.

    Args:
        model: the Marian directory.
        engine: what runs it.
        pieces: its tokeniser.
        decoding: how to search.
        limit: segments of more tokens are split at clauses; at most what the model has positions for.
        budget: tokens in a batch, padding included.
        repair: try other settings on what came out badly.
        channel: chooses among the hypotheses of `decoding`, where there are several; None takes the first.
        memory: where translations are kept between runs, or None.
    """

    def __init__(
        self,
        model: MarianDirectory,
        engine: Engine,
        pieces: MarianPieces,
        *,
        decoding: Decoding,
        limit: int,
        budget: int = 1024,
        repair: bool = True,
        channel: Channel | None = None,
        memory: TranslationMemory | None = None,
    ) -> None:
        self.model, self.engine, self.decoding, self.memory = model, engine, decoding, memory
        self.limit = max(2, min(limit, model.positions - 2))
        self.name, self.source_lang, self.target_lang = model.name, model.source_lang, model.target_lang
        self.stats = Stats()
        self.channel = channel
        self._pieces, self._budget, self._repair = pieces, budget, repair
        self._workers = int(getattr(engine, "workers", 1))
        self._scored: dict[tuple[str, str], Translation] = {}

    @property
    def signature(self) -> Signature:
        """Model, hash of its weights, engine, decoding: what reproduces a translation."""
        how = [str(self.decoding), f"limit={self.limit}"]
        how += [] if self._repair else ["unrepaired"]
        how += [] if self.channel is None else [f"reranked={self.channel.name}"]
        return Signature.of(
            mt=self.name,
            weights=self.model.hash[:12],
            engine=f"{self.engine.name}-{self.engine.compute_type}",
            decoding=",".join(how),
        )

    @property
    def settings(self) -> str:
        """All that decides what a text becomes, for the translation memory."""
        return f"{_RULES}|{self.model.hash}|{self._pieces.prefix}|{self.decoding.max_tokens}|{self.signature}"

    def translate(self, texts: Iterable[str]) -> list[Translation]:
        """One translation a text, in order; see `stream`."""
        return list(self.stream(texts))

    def stream(self, texts: Iterable[str]) -> Iterator[Translation]:
        """Translate a stream in order, looking at most a few hundred segments ahead.

        White space and control characters inside a text become single spaces. A text without letters, an
        address or a handle comes back as it is; so does one in a script the model does not know, with the
        problem *unknown*. What the model got wrong is tried again with other settings; if it stays bad, the
        best attempt is given and its `problems` say so.
        """
        for window in windows(texts, _FIRST, _MOST):
            done = self._window([clean(t) if t else "" for t in window])
            for text in window:
                self.stats.segments += 1
                if text.strip() and not untranslatable(cleaned := clean(text)):
                    yield done[cleaned]
                else:
                    self.stats.passed += 1
                    yield Translation(text)

    def _window(self, texts: list[str]) -> dict[str, Translation]:
        wanted = [t for t in dict.fromkeys(texts) if not untranslatable(t)]
        done: dict[str, Translation] = {}
        if self.memory is not None:
            known = zip(wanted, self.memory.get(wanted), strict=True)
            done = {text: translation for text, translation in known if translation is not None}
            self.stats.remembered += sum(t in done for t in texts)
        known_pieces: dict[str, _Piece] = {}  # what a text says again and again is translated once
        jobs = [self._job(t, known_pieces) for t in wanted if t not in done]
        pieces = [p for p in known_pieces.values() if not p.passed]
        waiting: dict[int, list[_Job]] = {id(p): [] for p in pieces}
        left = dict.fromkeys(map(id, jobs), 0)
        for job in jobs:
            for key in {id(p) for p in job.pieces if not p.passed}:
                waiting[key].append(job)
                left[id(job)] += 1

        def finish(finished: list[_Piece]) -> None:
            """Keep what is complete, at once: a run that is killed here goes on from here."""
            new = []
            for job in (job for piece in finished for job in waiting[id(piece)]):
                left[id(job)] -= 1
                if not left[id(job)]:
                    done[job.text] = job.done()
                    new.append((job.text, done[job.text]))
            if self.memory is not None:
                self.memory.put(new)

        for job in jobs:
            if not left[id(job)]:
                done[job.text] = job.done()
        bad: list[_Piece] = []
        for batch in self._generate(pieces, self.decoding):
            for piece, found in batch:
                piece.best, piece.output = found, self._pieces.decode(found.tokens)
                piece.faults = self._faults(piece, found, piece.output)
            worse = [p for p, _ in batch if p.faults and self._repair]
            bad += worse
            finish([p for p, _ in batch if not (p.faults and self._repair)])
        self._mend(bad, finish)
        return done

    def _job(self, text: str, known: dict[str, _Piece]) -> _Job:
        """The pieces of a text, those of `known` where it has them; new ones are added to it."""
        parts = around_endless(text)
        if len(parts) == 1 and not too_long(text, self.limit):
            piece = known.get(text) or self._piece(text)
            if len(piece.tokens) <= self.limit:
                known[text] = piece
                return _Job(text, [piece])
        self.stats.split += 1
        room = self.limit - (self._pieces.prefix is not None)
        job = _Job(text)
        for part in parts:
            whole = untranslatable(part)
            for t in [part] if whole else split(part, room, self._count):
                known[t] = known.get(t) or self._piece(t)
                job.pieces.append(known[t])
        return job

    def _count(self, texts: list[str]) -> list[int]:
        return self._pieces.count([self._pieces.spell(t) for t in texts])

    def _piece(self, text: str) -> _Piece:
        if untranslatable(text):
            return _Piece(text, [], output=text, passed=True)
        piece = _Piece(text, self._pieces.encode(self._pieces.spell(text)))
        if self._pieces.known(piece.tokens) < _READABLE:  # the model would invent something
            piece.passed, piece.output, piece.faults = True, text, ("unknown",)
        return piece

    def _faults(self, piece: _Piece, found: Hypothesis, output: str) -> tuple[str, ...]:
        return problems(piece.text, output, len(piece.tokens), len(found.tokens))

    def _mend(self, bad: list[_Piece], finish: Callable[[list[_Piece]], None]) -> None:
        """Try the next settings on what is still bad; keep the attempt with the fewest faults, the mildest first."""
        self.stats.retried += len(bad)
        for decoding in attempts(self.decoding):
            if not bad:
                return
            still: list[_Piece] = []
            for batch in self._generate(bad, decoding):
                for piece, found in batch:
                    output = self._pieces.decode(found.tokens)
                    faults = self._faults(piece, found, output)
                    if piece.best is None or len(faults) < len(piece.faults):
                        piece.best, piece.output, piece.faults = found, output, faults
                good = [p for p, _ in batch if not p.faults]
                self.stats.repaired += len(good)
                finish(good)
                still += [p for p, _ in batch if p.faults]
            bad = still
        finish(bad)

    def _generate(self, pieces: list[_Piece], decoding: Decoding) -> Iterator[list[tuple[_Piece, Hypothesis]]]:
        """Run pieces through the engine by length, batch by batch, counting as it goes."""
        groups = batches([len(p.tokens) + 1 for p in pieces], self._budget, at_least=2 * self._workers)
        started = time.perf_counter()
        results = self.engine.generate(([pieces[i].tokens for i in group] for group in groups), decoding)
        for group, found in zip(groups, results, strict=True):
            self.stats.seconds += time.perf_counter() - started
            self.stats.batches += 1
            self.stats.source_tokens += sum(len(pieces[i].tokens) + 1 for i in group)
            self.stats.target_tokens += sum(len(h.logprobs) for h in found)
            rows = [(pieces[i], h) for i, h in zip(group, found, strict=True)]
            yield rows if self.channel is None else self._choose(rows, self.channel)
            started = time.perf_counter()

    def _choose(self, rows: list[tuple[_Piece, Hypothesis]], channel: Channel) -> list[tuple[_Piece, Hypothesis]]:
        """The hypothesis of each piece that the model of the other direction likes best."""
        found = [(h, *h.others) for _, h in rows]
        candidates = [[(self._pieces.decode(h.tokens), h.score) for h in row] for row in found]
        places = channel.choose([p.text for p, _ in rows], candidates)
        return self._complete([(p, row[k]) for (p, _), row, k in zip(rows, found, places, strict=True)])

    def _complete(self, rows: list[tuple[_Piece, Hypothesis]]) -> list[tuple[_Piece, Hypothesis]]:
        """The same with log-probabilities of the tokens where they are missing."""
        bare = [i for i, (_, h) in enumerate(rows) if not h.logprobs]
        groups = [[bare[k] for k in g] for g in batches([len(rows[i][1].tokens) + 1 for i in bare], SCORE_BUDGET)]
        calls = (([rows[i][0].tokens for i in group], [rows[i][1].tokens for i in group]) for group in groups)
        for group, found in zip(groups, self.engine.score(calls), strict=True):
            for i, logprobs in zip(group, found, strict=True):
                rows[i] = (rows[i][0], replace(rows[i][1], logprobs=tuple(logprobs)))
        return rows

    def alternatives(self, text: str, n: int = 5) -> list[Translation]:
        """Up to `n` different translations of one text, the usual one first; none is repaired or remembered.

        A text that is split has as its k-th the k-th of each part.
        """
        if not text.strip() or untranslatable(cleaned := clean(text)):
            return [Translation(text)]
        job = self._job(cleaned, {})
        pieces = [p for p in job.pieces if not p.passed]
        wide = replace(self.decoding, beam=max(n, self.decoding.beam), hypotheses=max(n, self.decoding.beam))
        groups = [[p.tokens] for p in pieces]
        ranked = [
            [h for _, h in self._complete([(piece, h) for h in (found, *found.others)])]
            for piece, (found,) in zip(pieces, self.engine.generate(groups, wide), strict=True)
        ]
        out = self.translate([text])
        for k in range(max(map(len, ranked), default=0)):
            for piece, row in zip(pieces, ranked, strict=True):
                best = row[min(k, len(row) - 1)]
                piece.best, piece.output = best, self._pieces.decode(best.tokens)
                piece.faults = self._faults(piece, best, piece.output)
            if all(job.done().text != t.text for t in out):
                out.append(job.done())
        return out[:n]

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> list[Translation]:
        """Force-decode each target given its source; nothing is split or repaired.

        The last few thousand pairs are remembered, as scores, flags and estimates ask for the same ones.

        The result's `tokens` end with the end of sentence. Where a source or a target is longer than the
        model has positions for, only its beginning is scored and `problems` says *too long*.

        Raises:
            ValueError: the two have different lengths.
        """
        if len(sources) != len(targets):
            raise ValueError(f"{len(sources)} sources for {len(targets)} targets")
        pairs = list(zip(sources, targets, strict=True))
        known = {p: self._scored[p] for p in pairs if p in self._scored}
        if new := [p for p in dict.fromkeys(pairs) if p not in known]:
            found = dict(zip(new, self._decode(new), strict=True))
            known |= found
            self._scored |= found
            while len(self._scored) > _REMEMBERED:
                del self._scored[next(iter(self._scored))]
        return [known[p] for p in pairs]

    def _decode(self, pairs: Sequence[tuple[str, str]]) -> list[Translation]:
        """See `score`."""
        most = self.model.positions - 1
        rows = []
        for source, target in pairs:
            a = self._pieces.encode(self._pieces.spell(clean(source)))
            b = self._pieces.encode_target(self._pieces.spell(clean(target)))
            rows.append((a[:most], b[:most], ("too long",) if max(len(a), len(b)) > most else ()))
        out: list[Translation] = [Translation("")] * len(rows)
        groups = batches([max(len(a), len(b)) + 1 for a, b, _ in rows], SCORE_BUDGET, at_least=2 * self._workers)
        started = time.perf_counter()
        calls = (([rows[i][0] for i in group], [rows[i][1] for i in group]) for group in groups)
        for group, found in zip(groups, self.engine.score(calls), strict=True):
            for i, logprobs in zip(group, found, strict=True):
                rounded = tuple(round(x, 5) for x in logprobs)
                out[i] = Translation(
                    pairs[i][1],
                    round(sum(rounded) / len(rounded), 5),
                    (*rows[i][1], "</s>"),
                    rounded,
                    rows[i][2],
                )
            self.stats.batches += 1
            self.stats.source_tokens += sum(len(rows[i][0]) + 1 for i in group)
            self.stats.target_tokens += sum(map(len, found))
        self.stats.seconds += time.perf_counter() - started
        return out
