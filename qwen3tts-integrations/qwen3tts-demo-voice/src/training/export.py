"""Writes a trained voice in the released layout, and packs it for the jar.

python export.py --lex DIR --work DIR --out DIR [--zip FILE]      prints the SHA-256 of the archive, for DemoVoice.java
"""

import hashlib, json, os, shutil, struct, zipfile
import numpy as np, torch

# All the same voice: examples written for the released checkpoints name the other nine.
SPEAKERS = "slt vivian serena uncle_fu dylan eric ryan aiden ono_anna sohee".split()

NOTICE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../main/resources/META-INF/NOTICE")


def bf16(a):
    u = np.ascontiguousarray(a, np.float32).view(np.uint32).astype(np.uint64)
    return ((u + 0x7FFF + ((u >> 16) & 1)) >> 16).astype(np.uint16)


def shorten(a, bits=12):
    """Keeps `bits` mantissa bits of a float32 array: still F32, but the zero bytes compress away in a jar."""
    u = np.ascontiguousarray(a, np.float32).view(np.uint32).astype(np.uint64)
    s = 23 - bits
    return (((u + (1 << (s - 1))) >> s) << s).astype(np.uint32).view(np.float32)


def safetensors(path, t, dtype):
    h, off, raw = {"__metadata__": {"format": "pt"}}, 0, []
    for n in sorted(t):
        a = t[n].detach().cpu().numpy() if isinstance(t[n], torch.Tensor) else t[n]
        b = (bf16(a) if dtype == "BF16" else a.astype("<f4")).tobytes()
        h[n] = {"dtype": dtype, "shape": list(a.shape), "data_offsets": [off, off + len(b)]}
        off += len(b)
        raw.append(b)
    j = json.dumps(h).encode()
    j += b" " * (-len(j) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(j)))
        f.write(j)
        f.writelines(raw)


def dump(path, o):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(o, f, indent=2)


def archive(directory, path):
    """The files in order of their names, as always the same bytes."""
    names = sorted(os.path.relpath(os.path.join(d, f), directory) for d, _, fs in os.walk(directory) for f in fs)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for name in names:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with open(os.path.join(directory, name), "rb") as f:
                z.writestr(entry, f.read(), compresslevel=9)
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def write(out, lex, lm_state, dec_state, sharpen=1.5, mantissa=7, ema=True):
    """lm_state, dec_state: what train_lm.py and train_dec.py saved, or None for untrained weights."""
    import codec as C, lm as L, train_lm as M, train_dec as D

    st = os.path.join(out, "speech_tokenizer")
    os.makedirs(st, exist_ok=True)
    p = lambda *n: os.path.join(out, *n)
    tok, pron = M.tokenizer(lex)
    t = M.build(tok, pron)
    if lm_state:
        M.restore(t, lm_state["net"], M.text_table(tok, pron))
        own = dict(t.named_parameters())
        if ema:
            for k, v in zip(lm_state["names"], lm_state["ema"]):
                own[k].data.copy_(v)
    if dec_state:
        D.MONOTONE = dec_state["mono"]
    voice = D.Voice(dec_state["tail"] if dec_state else 1)
    if dec_state:
        voice.load_state_dict(dec_state["net"])
        own = dict(voice.named_parameters())
        for k, v in zip(dec_state["names"], dec_state["ema"]):
            own[k].data.copy_(v)
    voice.pack()
    cfg = L.config_json(t, tok, ["slt"])
    row = cfg["talker_config"]["spk_id"]["slt"]
    cfg["talker_config"]["spk_id"] = {k: row for k in SPEAKERS}
    cfg["talker_config"]["spk_is_dialect"] = {k: False for k in SPEAKERS}
    dump(p("config.json"), cfg)
    tok.save(out)
    safetensors(p("model.safetensors"), L.tensors(t, sharpen), "BF16")
    dump(
        p("generation_config.json"),
        dict(
            do_sample=True,
            repetition_penalty=1.0,
            temperature=0.3,
            top_p=1.0,
            top_k=5,
            subtalker_dosample=False,
            subtalker_temperature=0.3,
            subtalker_top_p=1.0,
            subtalker_top_k=5,
            max_new_tokens=750,
            max_sentence_characters=200,  # an extension: longer texts and several sentences are for the engine to split
        ),
    )
    dump(p("preprocessor_config.json"), {"processor_class": "Qwen3TTSProcessor"})
    dump(p("speech_tokenizer", "config.json"), C.config_json("voice"))
    dump(
        p("speech_tokenizer", "preprocessor_config.json"),
        {
            "feature_extractor_type": "EncodecFeatureExtractor",
            "feature_size": 1,
            "padding_side": "right",
            "padding_value": 0.0,
            "return_attention_mask": True,
            "sampling_rate": 24000,
            "chunk_length_s": None,
            "overlap": None,
        },
    )
    net = C.Codec("voice", 1)
    q = net.encoder.quantizer
    n = C.CONFIGS["voice"]["codebook_size"]
    for v in net.encoder.parameters():
        v.data.zero_()  # the encoder is not trained: zeros, so it says nothing and takes no room
    for v, l in zip(
        voice.books(),
        list(q.semantic_residual_vector_quantizer.layers) + list(q.acoustic_residual_vector_quantizer.layers),
    ):
        l.codebook.embed_sum.zero_()
        l.codebook.embed_sum[: len(v)] = v
        l.codebook.cluster_usage.fill_(1.0)
    net.decoder.load_state_dict(voice.decoder.state_dict())
    t = {k: v.numpy() for k, v in C.tensors(net).items()}
    if mantissa:
        t = {k: shorten(a, mantissa) for k, a in t.items()}
    safetensors(p("speech_tokenizer", "model.safetensors"), t, "F32")
    shutil.copyfile(NOTICE, p("NOTICE"))
    return voice


if __name__ == "__main__":
    import argparse

    ap = argparse.ArgumentParser()
    A = ap.add_argument
    A("--lex", required=True)
    A("--work", required=True)
    A("--out", required=True)
    A("--zip")
    A("--sharpen", type=float, default=1.5)
    o = ap.parse_args()
    get = lambda n: (
        torch.load(os.path.join(o.work, n), weights_only=False) if os.path.exists(os.path.join(o.work, n)) else None
    )
    write(o.out, o.lex, get("lm.pt"), get("dec.pt"), o.sharpen)
    if o.zip:
        print(archive(o.out, o.zip))
