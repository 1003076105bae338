"""Loads an exported voice with the official classes.

python verify.py --model DIR --reference QWEN3_TTS_CHECKOUT --lex DIR      (transformers 4.57)

1 no missing, unexpected or misshaped tensor; 2 tokenizer equal to the own one; 3 greedy codes of lm.py equal to the
official run, both layouts, with and without a language;
4 decoder causal: the audio of a prefix of the codes is a prefix of the audio; own decoder equal to the official one.
"""

import argparse, importlib.machinery, json, os, sys, types, warnings


def boot(ref):
    """The official package imports sox and torchaudio for other codecs; empty stand-ins are enough here."""

    def stub(n):
        m = types.ModuleType(n)
        m.__spec__ = importlib.machinery.ModuleSpec(n, None)
        sys.modules[n] = m
        return m

    for n in ("sox", "torchaudio", "torchaudio.compliance", "torchaudio.compliance.kaldi"):
        stub(n)
    sys.modules["torchaudio"].__version__ = "0"
    sys.modules["torchaudio"].compliance = sys.modules["torchaudio.compliance"]
    sys.modules["torchaudio.compliance"].kaldi = sys.modules["torchaudio.compliance.kaldi"]
    sys.path.insert(0, ref)
    warnings.filterwarnings("ignore")


def main():
    ap = argparse.ArgumentParser()
    A = ap.add_argument
    A("--model", required=True)
    A("--reference", required=True)
    A("--lex", required=True)
    o = ap.parse_args()
    boot(o.reference)
    import torch, transformers

    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import codec as C, lm as L, train_lm as M
    from transformers import Qwen2TokenizerFast
    from qwen_tts import Qwen3TTSModel
    from safetensors.torch import load_file

    m = Qwen3TTSModel.from_pretrained(o.model, dtype=torch.float32, attn_implementation="eager")
    m.processor.tokenizer = Qwen2TokenizerFast.from_pretrained(o.model)

    def compare(what, st, sd):
        miss, extra, bad = (
            sorted(set(sd) - set(st)),
            sorted(set(st) - set(sd)),
            [k for k in st if k in sd and st[k].shape != sd[k].shape],
        )
        diff = max(
            float((st[k].float() - sd[k].float()).abs().max()) for k in st if k in sd and st[k].shape == sd[k].shape
        )
        print(
            f"{what}: {len(st)} tensors, missing {miss}, unexpected {extra}, misshaped {bad}, loaded difference {diff}",
            flush=True,
        )

    st = load_file(os.path.join(o.model, "model.safetensors"))
    compare("main file", st, m.model.state_dict())
    codec = m.model.speech_tokenizer.model
    ct = load_file(os.path.join(o.model, "speech_tokenizer", "model.safetensors"))
    compare("codec file", ct, codec.state_dict())
    tok, _ = M.tokenizer(o.lex)
    n = M.N
    texts = [
        "Good morning, this is the first test of the new voice.",
        "Hello, world!",
        "I can't find 25 of 'em...",
        "It's 3.14 o'clock (really)",
        "  two  spaces\tand a tab",
        "ALL CAPS? yes!!\n\nnew",
        "Kubernetes isn't a word.",
    ]
    hf = lambda s: m.processor.tokenizer(s)["input_ids"]
    print(
        f"tokenizer: {len(texts)} texts, different {[s for s in texts if hf(s) != tok.text(s)]}; role ids {hf('<|im_start|>assistant' + chr(10) + 'hi')[:3]}",
        flush=True,
    )
    talker = L.Talker("voice", n, tok.size)
    talker.load_state_dict({k[len("talker.") :]: v.float() for k, v in st.items()})
    talker.eval()
    prompt = L.Prompt(tok, n, ["slt"])
    same = []
    for s in texts[:2]:
        for stream in (False, True):
            for lang in ("auto", "english"):
                with torch.no_grad():
                    codes, _ = m.model.generate(
                        input_ids=m._tokenize_texts([m._build_assistant_text(s)]),
                        languages=[lang],
                        speakers=["slt"],
                        non_streaming_mode=not stream,
                        do_sample=False,
                        subtalker_dosample=False,
                        max_new_tokens=40,
                        repetition_penalty=1.0,
                        top_k=50,
                        top_p=1.0,
                        temperature=0.9,
                    )
                a, b, c = prompt(tok.text(s), "slt", None if lang == "auto" else lang, stream)
                z = talker.generate(a, b, c, prompt.pad, limit=39, temperature=0, penalty=1.0)
                k = min(len(z), len(codes[0]))
                same.append(len(z) == len(codes[0]) and bool((z[:k] == codes[0][:k].cpu()).all()))
    print(f"greedy codes equal to the official run (2 texts x 2 layouts x 2 languages): {same}", flush=True)
    q = torch.randint(0, 64, (1, 16, 100))
    own = C.Codec("voice", 1)
    own.load_state_dict({k: v for k, v in ct.items() if "_codebook." not in k}, strict=False)
    for part, r in (
        ("rvq_first", own.encoder.quantizer.semantic_residual_vector_quantizer),
        ("rvq_rest", own.encoder.quantizer.acoustic_residual_vector_quantizer),
    ):
        for i, l in enumerate(r.layers):
            l.codebook.embed_sum.copy_(ct[f"decoder.quantizer.{part}.vq.layers.{i}._codebook.embedding_sum"])
            l.codebook.cluster_usage.fill_(1)
    with torch.no_grad():
        full = codec.decoder(q)[0, 0]
        print(
            f"decoder: prefix = whole within {max(float((codec.decoder(q[:, :, :k])[0, 0] - full[:1920 * k]).abs().max()) for k in (1, 7, 60)):.1e}; own decoder within {float((own.decode(q)[0] - full).abs().max()):.1e}"
        )


if __name__ == "__main__":
    main()
