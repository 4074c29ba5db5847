"""Builds a tiny random Marian model that is real in every file."""

from __future__ import annotations

import json
from pathlib import Path

SENTENCES = [
    "Le chat noir dort sur le vieux mur du jardin.",
    "Les enfants du village jouent près de la rivière.",
    "Demain matin, le conseil municipal votera le budget.",
    "La boulangère a vendu trente pains avant midi.",
    "Il pleut depuis trois jours, et la route est coupée.",
    "Personne n'a répondu à la lettre du directeur.",
    "Où avez-vous trouvé cette carte ancienne ?",
    "« Nous partirons à l'aube », dit le capitaine.",
    "Elle n'aime ni le café ni le thé, mais boit du lait.",
    "Le train de 18 h 45 arrive au quai numéro 7.",
    "The black cat sleeps on the old garden wall.",
    "The children of the village play near the river.",
    "Tomorrow morning the town council will vote the budget.",
    "The baker had sold thirty loaves before noon.",
    "It has been raining for three days and the road is closed.",
    "Nobody answered the headmaster's letter.",
    "Where did you find this old map?",
    "'We leave at dawn,' said the captain.",
    "She likes neither coffee nor tea but drinks milk.",
    "The 6.45 p.m. train arrives at platform 7.",
]


def build_marian(out: Path, *, seed: int = 0, codes: tuple[str, ...] = (), same_spm: bool = False) -> Path:
    """Write a Marian directory with random weights: 2+1 layers, 16 wide, its own SentencePiece models.

    Args:
        out: the directory.
        seed: of the weights.
        codes: language codes of a multilingual model, such as `>>fra<<`.
        same_spm: one SentencePiece model for both sides instead of two (as OPUS-MT has).
    """
    import sentencepiece
    import torch
    from transformers import GenerationConfig, MarianConfig, MarianMTModel

    out.mkdir(parents=True)
    pieces: dict[str, None] = {}
    for side, lines in (("source", SENTENCES[:10]), ("target", SENTENCES[10:])):
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(SENTENCES if same_spm else lines), model_prefix=str(out / side), vocab_size=90,
            hard_vocab_limit=False, minloglevel=2, character_coverage=1.0,
        )  # fmt: skip
        (out / f"{side}.model").rename(out / f"{side}.spm")
        (out / f"{side}.vocab").unlink()
        model = sentencepiece.SentencePieceProcessor(model_file=str(out / f"{side}.spm"))
        pieces |= dict.fromkeys(model.id_to_piece(i) for i in range(3, model.get_piece_size()))
    tokens = ["</s>", "<unk>", *codes, *pieces, "<pad>"]
    (out / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}), "utf-8")
    config = MarianConfig(
        vocab_size=len(tokens), d_model=16, encoder_layers=2, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, max_position_embeddings=64,
        activation_function="swish", scale_embedding=True, pad_token_id=len(tokens) - 1, eos_token_id=0,
        forced_eos_token_id=0, decoder_start_token_id=len(tokens) - 1, init_std=0.5, dropout=0.0,
    )  # fmt: skip
    torch.manual_seed(seed)
    network = MarianMTModel(config)
    with torch.no_grad():  # trained models have biases, and a <pad> that is not zero
        network.final_logits_bias.normal_(0, 0.5)
        network.model.shared.weight[-1].normal_(0, 0.5)
    network.generation_config = GenerationConfig(
        decoder_start_token_id=len(tokens) - 1, eos_token_id=0, pad_token_id=len(tokens) - 1, max_length=60
    )
    network.save_pretrained(out)
    languages = {"source_lang": "fr", "target_lang": "" if codes else "en", "tokenizer_class": "MarianTokenizer"}
    (out / "tokenizer_config.json").write_text(json.dumps(languages))
    (out / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Tiny\n\nA random model\nfor tests.\n")
    return out
