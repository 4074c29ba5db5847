"""Two engines, one model: same pieces, same greedy outputs, same scores."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_marian import SENTENCES, build_marian

from bitext.errors import ModelError
from bitext.translate import load
from bitext.translate.base import Decoding
from bitext.translate.directory import MarianDirectory
from bitext.translate.tokenizer import MarianPieces

FRENCH = [
    "Le maire a promis de rouvrir la piscine avant l'été.",
    "Bonjour !",
    "Trois cents habitants ont signé la pétition, selon le journal local.",
    "Je ne sais pas.",
    "« Nous n'avons rien décidé », a répondu la ministre, « et nous ne déciderons rien sans vous. »",
    "Le musée est fermé le mardi.",
    "Malgré la pluie, les coureurs sont arrivés plus tôt que prévu à Lyon, où le public les attendait.",
    "Combien coûte ce livre ?",
    "En 2019, la production a baissé de 12,5 % par rapport à l'année précédente.",
    "Les chercheurs de l'université ont publié leurs résultats dans une revue.",
    "Il faut que tu viennes demain.",
    "La Commission européenne présentera son rapport au Parlement en septembre.",
    "Ma sœur habite à côté de l'église.",
    "Les négociations entre les deux pays ont repris à Genève.",
    "Un incendie a détruit une partie du marché couvert.",
    "Elle a refusé l'offre parce que le salaire était trop bas.",
    "Le chien du voisin aboie toute la nuit.",
    "Ce droit est garanti par l'article 10 de la Convention.",
    "Les élèves doivent rendre leur devoir avant vendredi.",
    "Merci de votre aide.",
]


def pieces_equal(directory: Path, texts: list[str], target: str | None = None) -> None:
    from transformers import MarianTokenizer

    theirs = MarianTokenizer.from_pretrained(directory)
    ours = MarianPieces(MarianDirectory(directory, "x"), target)
    for text in texts:
        assert [*ours.ids(ours.encode(text)), ours.vocab["</s>"]] == theirs(text).input_ids, text
        if ours.codes:  # a code stands in the source only
            continue
        assert [*ours.ids(ours.encode_target(text)), ours.vocab["</s>"]] == theirs(text_target=text).input_ids, text
        ids = theirs(text_target=text).input_ids
        if ours.vocab["<unk>"] not in ids:
            known = theirs.convert_ids_to_tokens(ids)
            assert ours.decode(known) == theirs.decode(ids, skip_special_tokens=True)


def test_pieces_are_those_of_marian_tokenizer(tiny_source: Path) -> None:
    pieces_equal(tiny_source, [*SENTENCES, *FRENCH, "", "  deux  espaces ", "emoji 🎉 et 漢字", "un\u00a0insécable"])


def test_pieces_of_a_joint_model(tmp_path: Path) -> None:
    pieces_equal(build_marian(tmp_path / "m", same_spm=True), SENTENCES)


def test_pieces_of_the_shipped_model(shipped_model: Path) -> None:
    pieces_equal(shipped_model, [*SENTENCES, *FRENCH, "œuvre, Œdipe", "«\u202fbon\u202f»"])


def test_characters_that_the_vocabulary_lacks_are_spelled_plainly(tiny_source: Path) -> None:
    pieces = MarianPieces(MarianDirectory(tiny_source, "x"))
    assert pieces.spell("Le chat dort, é à ù.") == "Le chat dort, é à ù."  # all known
    assert pieces.spell("añ łe “mur” 漢") == 'an le "mur" 漢'
    assert pieces.spell("œ") == "oe"


def test_language_codes(tmp_path: Path) -> None:
    directory = build_marian(tmp_path / "opus-mt-en-roa", codes=(">>fra<<", ">>spa<<"))
    pieces_equal(directory, [">>fra<< The old map.", ">>spa<<The old map."], "fra")
    model = MarianDirectory(directory, "x")
    assert MarianPieces(model, "fr").encode("a map")[0] == ">>fra<<"
    assert MarianPieces(model, "spa").encode("a map")[0] == ">>spa<<"
    assert MarianPieces(model, "spa").encode(">>fra<< a map")[0] == ">>fra<<"
    with pytest.raises(ModelError, match="choose the target among fra, spa"):
        MarianPieces(model)
    with pytest.raises(ModelError, match="does not know the target language 'deu'"):
        MarianPieces(model, "deu")


@pytest.mark.parametrize("beam", [1, 4])
def test_engines_agree_on_the_tiny_model(tiny_source: Path, beam: int) -> None:
    ct2 = load(tiny_source, compute_type="float32", beam=beam, threads=1, repair=False)
    reference = load(tiny_source, engine="transformers", beam=beam, repair=False)
    texts = SENTENCES[:10]
    ours, theirs = ct2.translate(texts), reference.translate(texts)
    if beam == 1:
        assert [t.tokens for t in ours] == [t.tokens for t in theirs]
    assert len({t.tokens for t in ours}) > 5  # the model is random, but not deaf
    for a, b in zip(ours, theirs, strict=True):
        if a.tokens == b.tokens:
            assert a.token_logprobs == pytest.approx(b.token_logprobs, abs=1e-3)


def test_forced_decoding_agrees(tiny_source: Path) -> None:
    ct2 = load(tiny_source, compute_type="float32", threads=1)
    reference = load(tiny_source, engine="transformers")
    sources, targets = [*SENTENCES[:10], "", "chat"], [*SENTENCES[10:], "cat", ""]
    ours, theirs = ct2.score(sources, targets), reference.score(sources, targets)
    for a, b in zip(ours, theirs, strict=True):
        assert a.tokens == b.tokens and a.tokens[-1] == "</s>"
        assert len(a.token_logprobs) == len(a.tokens)
        assert a.token_logprobs == pytest.approx(b.token_logprobs, abs=1e-3)
        assert a.score == pytest.approx(sum(a.token_logprobs) / len(a.tokens), abs=1e-4)
        assert all(x <= 0 for x in a.token_logprobs)


def test_a_translation_scores_as_it_was_translated(tiny_source: Path) -> None:
    translator = load(tiny_source, compute_type="float32", beam=1, threads=1, repair=False)
    for source, found in zip(SENTENCES[:5], translator.translate(SENTENCES[:5]), strict=True):
        hypothesis = next(translator.engine.generate([[translator._pieces.encode(source)]], translator.decoding))[0]
        forced = next(translator.engine.score([([translator._pieces.encode(source)], [hypothesis.tokens])]))[0]
        assert found.token_logprobs == pytest.approx(forced, abs=1e-4)


def test_the_score_is_a_distribution(tiny_source: Path) -> None:
    """Over all one-token continuations the probabilities sum to one, without `<pad>` among them."""
    import math

    for engine in ("ct2", "transformers"):
        translator = load(tiny_source, engine=engine, compute_type="float32", threads=1)
        vocab = [t for t in translator.model.vocab if t not in ("</s>", "<pad>")]
        source = translator._pieces.encode("Le chat noir")
        rows = next(translator.engine.score([([source] * len(vocab), [[t] for t in vocab])]))
        end = next(translator.engine.score([([source], [[]])]))[0][0]
        assert sum(math.exp(r[0]) for r in rows) + math.exp(end) == pytest.approx(1, abs=1e-3), engine


def test_engines_agree_on_the_shipped_model(shipped_model: Path) -> None:
    ct2 = load(shipped_model, compute_type="float32", beam=1, threads=1, repair=False)
    reference = load(shipped_model, engine="transformers", beam=1, repair=False)
    ours, theirs = ct2.translate(FRENCH), reference.translate(FRENCH)
    assert [t.text for t in ours] == [t.text for t in theirs]
    pairs = [t.text for t in ours]
    for a, b in zip(ct2.score(FRENCH, pairs), reference.score(FRENCH, pairs), strict=True):
        assert a.token_logprobs == pytest.approx(b.token_logprobs, abs=1e-3)


def test_repair_settings_mean_the_same_in_both_engines(tiny_source: Path) -> None:
    texts = SENTENCES[:10]
    for decoding in (
        Decoding(1, no_repeat_ngram_size=2, max_tokens=40),
        Decoding(1, repetition_penalty=1.5, max_tokens=20),
    ):
        out = []
        for engine in ("ct2", "transformers"):
            translator = load(tiny_source, engine=engine, compute_type="float32", threads=1)
            batch = [translator._pieces.encode(t) for t in texts]
            out.append([h.tokens for h in next(translator.engine.generate([batch], decoding))])
        assert out[0] == out[1]


@pytest.mark.slow
def test_engines_agree_on_the_article(shipped_model: Path) -> None:
    """200 segments of real text: greedy, float32, not one differs."""
    from bitext.shipped import shipped

    text = shipped("corpus", "kazakhstan.fr.txt").read_text("utf-8").split()
    segments = [" ".join(text[i : i + 5 + i % 23]) for i in range(0, len(text) - 30, max(1, (len(text) - 30) // 180))]
    segments = [*segments[:180], *FRENCH]
    assert len(segments) == 200
    ct2 = load(shipped_model, compute_type="float32", beam=1, threads=1, repair=False)
    reference = load(shipped_model, engine="transformers", beam=1, repair=False)
    assert [t.text for t in ct2.translate(segments)] == [t.text for t in reference.translate(segments)]


@pytest.mark.slow
def test_conversion_is_ctranslate2s_own_where_pad_is_zero(tiny: Path, tmp_path: Path) -> None:
    """The Marian models of the hub have a zero `<pad>`: there CTranslate2's converter must agree."""
    import ctranslate2
    import torch
    from ctranslate2.converters import TransformersConverter
    from safetensors.torch import load_file, save_file

    state = load_file(tiny / "model.safetensors")
    state["model.shared.weight"][-1] = 0
    save_file(state, tiny / "model.safetensors", {"format": "pt"})
    TransformersConverter(str(tiny)).convert(str(tmp_path / "theirs"))
    theirs = ctranslate2.Translator(str(tmp_path / "theirs"), intra_threads=1)
    ours = load(tiny, compute_type="float32", beam=1, threads=1, repair=False)
    for text in SENTENCES[:10]:
        tokens = ours._pieces.encode(text)
        longest = ours.decoding.max_tokens
        found = theirs.translate_batch([[*tokens, "</s>"]], beam_size=1, disable_unk=True, max_decoding_length=longest)
        assert list(next(ours.engine.generate([[tokens]], ours.decoding))[0].tokens) == found[0].hypotheses[0]
    assert torch.all(state["model.shared.weight"][-1] == 0)


def test_bfloat16_and_pickled_weights_are_the_same_model(tiny: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    state = {k: v.to(torch.bfloat16) for k, v in load_file(tiny / "model.safetensors").items()}
    save_file(state, tiny / "model.safetensors", {"format": "pt"})
    first = load(tiny, compute_type="float32", beam=1, threads=1)
    before, hash_ = first.translate(SENTENCES[:4]), first.model.hash
    torch.save(state, tiny / "pytorch_model.bin")
    (tiny / "model.safetensors").unlink()
    second = load(tiny, compute_type="float32", beam=1, threads=1)
    assert second.translate(SENTENCES[:4]) == before
    assert second.model.hash != hash_  # other files, other signature
