"""Finding models, saying what is wrong with damaged ones, converting and caching."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from pathlib import Path

import pytest
from tiny_marian import SENTENCES

from bitext.errors import BitextError, ModelError, OutputError
from bitext.translate import convert, describe, find, list_models, load
from bitext.translate.convert import converted
from bitext.translate.models import user_models


def edit(path: Path, **changes: object) -> None:
    value = json.loads(path.read_text("utf-8"))
    value.update(changes)
    path.write_text(json.dumps(value), "utf-8")


def test_describe(tiny: Path) -> None:
    info = describe(tiny)
    assert (info.name, info.found, info.source_lang, info.target_lang) == ("fr-en", "directory", "fr", "en")
    assert (info.encoder_layers, info.decoder_layers, info.d_model) == (2, 1, 16)
    assert info.summary == "A random model for tests."
    assert info.size == sum(f.stat().st_size for f in tiny.iterdir())
    import torch
    from transformers import MarianMTModel

    network = MarianMTModel.from_pretrained(tiny)
    trained = {p.data_ptr(): p.numel() for n, p in network.named_parameters() if "embed_positions" not in n}
    assert info.parameters == sum(trained.values())
    assert torch.isfinite(network.final_logits_bias).all()


def test_the_shipped_model_is_found_by_name_from_anywhere(
    shipped_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fr-en").mkdir()  # a folder that happens to have its name
    monkeypatch.chdir(tmp_path)
    info = describe("fr-en")
    assert (info.found, info.path) == ("shipped", shipped_model)
    assert "fr-en" in [m.name for m in list_models()]


def test_user_models_are_found_and_listed(tiny: Path) -> None:
    shutil.copytree(tiny, user_models() / "mine")
    shutil.copytree(tiny, user_models() / "Some-Group" / "opus-mt-fr-en")
    shutil.copytree(tiny, user_models() / "broken")
    (user_models() / "broken" / "config.json").write_text("{")
    names = {m.name: m.found for m in list_models()}
    assert names["mine"] == "user" and names["Some-Group/opus-mt-fr-en"] == "user" and "broken" not in names
    assert find("Some-Group/opus-mt-fr-en").name == "Some-Group/opus-mt-fr-en"
    with pytest.raises(ModelError, match=r"broken/config.json, line 1: is not valid JSON"):
        find("broken")


def test_languages_from_the_name(tiny: Path, tmp_path: Path) -> None:
    (tiny / "tokenizer_config.json").unlink()
    other = tiny.rename(tmp_path / "opus-mt-en-fr")
    assert (find(other).source_lang, find(other).target_lang) == ("en", "fr")
    nameless = other.rename(tmp_path / "model")
    assert (find(nameless).source_lang, find(nameless).target_lang) == ("", "")


def test_the_limit_is_the_models_own_if_it_says_so(tiny: Path) -> None:
    edit(tiny / "tokenizer_config.json", split_tokens=17)
    assert load(tiny, threads=1).limit == 17
    assert load(tiny, threads=1, limit=9).limit == 9


@pytest.mark.parametrize("name", ["nothing-here", "../nowhere", "/no/such/dir", "a/b/c", "Helsinki-NLP/..", "é"])
def test_no_such_model(name: str) -> None:
    with pytest.raises(ModelError, match="there is no model"):
        find(name)


def test_hub_ids_are_never_fetched_by_loading() -> None:
    with pytest.raises(ModelError) as e:
        load("Helsinki-NLP/opus-mt-fr-en")
    assert str(e.value) == (
        "the model Helsinki-NLP/opus-mt-fr-en is not on this machine; "
        "fetch it with bitext models pull Helsinki-NLP/opus-mt-fr-en."
    )


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


DAMAGE = {
    "config missing": (lambda d: (d / "config.json").unlink(), "config.json is missing"),
    "config empty": (lambda d: (d / "config.json").write_text(""), "config.json: is empty"),
    "config no JSON": (
        lambda d: (d / "config.json").write_text('{"a":\n1,}'),
        "config.json, line 2: is not valid JSON",
    ),
    "config a list": (lambda d: (d / "config.json").write_text("[1]"), "does not hold a JSON object"),
    "config binary": (lambda d: (d / "config.json").write_bytes(b"\xff\xfe\x00"), "is not UTF-8"),
    "not Marian": (lambda d: edit(d / "config.json", model_type="t5"), "describes a t5 model, not a Marian one"),
    "no width": (lambda d: edit(d / "config.json", d_model=None), "d_model is missing"),
    "heads": (
        lambda d: edit(d / "config.json", encoder_attention_heads=3),
        "multiple of the number of attention heads",
    ),
    "separate": (lambda d: edit(d / "config.json", share_encoder_decoder_embeddings=False), "separate vocabularies"),
    "wider": (lambda d: edit(d / "config.json", encoder_ffn_dim=64), r"fc1.weight of shape \(32, 16\) where"),
    "deeper": (lambda d: edit(d / "config.json", encoder_layers=3), "lacks the tensor model.encoder.layers.2"),
    "weights missing": (
        lambda d: (d / "model.safetensors").unlink(),
        "neither model.safetensors nor pytorch_model.bin",
    ),
    "weights cut": (lambda d: _cut(d / "model.safetensors"), "model.safetensors: is truncated"),
    "weights empty": (lambda d: (d / "model.safetensors").write_bytes(b""), "model.safetensors: is empty"),
    "weights text": (lambda d: (d / "model.safetensors").write_text("<html>" * 99), "header cannot be read"),
    "LFS": (
        lambda d: (d / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid x"),
        "is a Git LFS pointer, not the file itself; run git lfs pull",
    ),
    "vocabulary of another": (
        lambda d: (d / "vocab.json").write_text('{"<unk>": 0, "</s>": 1, "<pad>": 2}'),
        "has 3 tokens but config.json says",
    ),
    "vocabulary holes": (lambda d: edit(d / "vocab.json", more=7_000), "does not number its tokens"),
    "no unk": (lambda d: (d / "vocab.json").write_text('{"</s>": 0}'), "has no <unk> token"),
    "spm missing": (lambda d: (d / "source.spm").unlink(), "source.spm is missing"),
    "spm damaged": (lambda d: (d / "target.spm").write_bytes(b"\x07" * 50), "target.spm: is not a SentencePiece model"),
    "start": (
        lambda d: edit(d / "config.json", decoder_start_token_id=9_999),
        "decoder_start_token_id is not in vocab",
    ),
}


@pytest.mark.parametrize("engine", ["ct2", "transformers"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_models_say_which_file_and_what_to_do(tiny: Path, damage: str, engine: str) -> None:
    do, said = DAMAGE[damage]
    do(tiny)
    with pytest.raises(ModelError, match=said) as e:
        load(tiny, engine=engine, threads=1)
    assert e.value.mend and e.value.path is not None and str(tiny) in str(e.value.path)


@pytest.mark.parametrize("engine", ["ct2", "transformers"])
def test_damaged_pickles(tiny: Path, engine: str) -> None:
    (tiny / "model.safetensors").unlink()
    (tiny / "pytorch_model.bin").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(ModelError, match=r"pytorch_model\.bin: cannot be loaded"):
        load(tiny, engine=engine, threads=1)


def test_a_pickle_that_lacks_a_tensor(tiny: Path) -> None:
    import torch
    from safetensors.torch import load_file

    state = load_file(tiny / "model.safetensors")
    del state["model.encoder.layers.1.fc1.weight"]
    torch.save(state, tiny / "pytorch_model.bin")
    (tiny / "model.safetensors").unlink()
    for engine in ("ct2", "transformers"):
        with pytest.raises(ModelError, match=r"lacks the tensor model\.encoder\.layers\.1\.fc1\.weight"):
            load(tiny, engine=engine, threads=1)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_a_pickle_cannot_run_code(tiny: Path, tmp_path: Path) -> None:
    import pickle

    class Evil:
        def __reduce__(self):  # type: ignore[no-untyped-def]
            return (Path.touch, (tmp_path / "owned",))

    (tiny / "model.safetensors").unlink()
    (tiny / "pytorch_model.bin").write_bytes(pickle.dumps(Evil()))
    for engine in ("ct2", "transformers"):
        with pytest.raises(ModelError):
            load(tiny, engine=engine, threads=1)
    assert not (tmp_path / "owned").exists()


def test_convert(tiny: Path, tmp_path: Path) -> None:
    out = convert(tiny, tmp_path / "out", "int8")
    assert {"model.bin", "config.json", "shared_vocabulary.json", "source.spm"} <= {f.name for f in out.iterdir()}
    with pytest.raises(OutputError, match="is there already"):
        convert(tiny, out)
    assert convert(tiny, out, "float32", force=True) == out
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").write_text("x")
    with pytest.raises(OutputError, match="is not a converted model, so it is not replaced"):
        convert(tiny, tmp_path / "precious", force=True)
    with pytest.raises(ModelError, match="there is no compute type 'int2'"):
        convert(tiny, tmp_path / "new", "int2")
    with pytest.raises(ModelError, match="is a converted CTranslate2 model"):
        find(out)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_the_cache_mends_itself(tiny: Path) -> None:
    before = load(tiny, threads=1).translate(SENTENCES[:3])
    cached, temporary = converted(find(tiny), "int8")
    assert temporary is None
    (cached / "model.bin").write_bytes((cached / "model.bin").read_bytes()[:500])
    assert load(tiny, threads=1).translate(SENTENCES[:3]) == before
    (cached / "model.bin").unlink()
    assert load(tiny, threads=1).translate(SENTENCES[:3]) == before


def test_other_weights_are_converted_anew(tiny: Path) -> None:
    first, _ = converted(find(tiny), "int8")
    from safetensors.numpy import load_file, save_file

    state = load_file(tiny / "model.safetensors")
    save_file({k: v + 0.1 for k, v in state.items()}, tiny / "model.safetensors", {"format": "pt"})
    second, _ = converted(find(tiny), "int8")
    assert first != second


def test_without_a_cache_it_works_too(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    expected = load(tiny, threads=1).translate(SENTENCES[:3])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert load(tiny, threads=1).translate(SENTENCES[:3]) == expected
    assert not list(tmp_path.glob("bitext-*"))  # nothing is left behind


def _load(path: str, queue: multiprocessing.Queue) -> None:
    queue.put(load(path, threads=1, beam=1).translate(SENTENCES[:2])[0].text)


def test_processes_that_convert_at_once(tiny: Path) -> None:
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    processes = [context.Process(target=_load, args=(str(tiny), queue)) for _ in range(2)]
    for p in processes:
        p.start()
    texts = {queue.get(timeout=60) for _ in processes}
    for p in processes:
        p.join()
    assert [p.exitcode for p in processes] == [0, 0] and len(texts) == 1
    cached, _ = converted(find(tiny), "int8")
    assert [p for p in cached.parent.iterdir() if p.name.startswith(".")] == []


def test_errors_are_the_packages_own(tiny: Path) -> None:
    (tiny / "vocab.json").unlink()
    with pytest.raises(BitextError) as e:
        describe(tiny)
    assert str(e.value).endswith("copy the model again.")
