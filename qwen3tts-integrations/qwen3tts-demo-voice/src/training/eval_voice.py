"""Judges what there is: the codec alone (the teacher's codes through the decoder) and the language model with it (codes
made by the reference generation of lm.py).

python eval_voice.py --lex DIR --work DIR --held FILE [--what codec,lm] [--n 20] [--streaming]
"""

import argparse, os, wave
import numpy as np, torch
import judge as J, lm as L, teacher as T, train_dec as D, train_lm as M


def save(p, y):
    with wave.open(p, "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(24000)
        w.writeframes((np.clip(y, -1, 1) * 32767).astype("<i2").tobytes())


def talker(lex, work):
    tok, pron = M.tokenizer(lex)
    t = M.build(tok, pron)
    st = torch.load(os.path.join(work, "lm.pt"), weights_only=False)
    M.restore(t, st["net"], M.text_table(tok, pron))
    own = dict(t.named_parameters())
    for k, v in zip(st["names"], st["ema"]):
        own[k].data.copy_(v)
    return tok, t.eval(), st["step"]


@torch.no_grad()
def generate(t, prompt, ids, streaming, limit=700, temperature=0.0, gen=None):
    a, c, trail = prompt(list(ids), "slt", "english", streaming)
    e, p = t.code_predictor.model.codec_embedding, t.code_predictor
    x = (
        t.text(torch.tensor([a]))
        + torch.nn.functional.embedding(torch.tensor([c]).clamp(min=0), t.model.codec_embedding.weight)
        * (torch.tensor([c]) >= 0)[..., None]
    )
    cache, pos, out = {}, 0, []
    head = t.codec_head.weight[: M.KEEP[0]]
    end = t.codec_head.weight[t.eos]
    pick = lambda z: (
        int(z.argmax()) if temperature <= 0 else int(torch.multinomial((z / temperature).softmax(-1), 1, generator=gen))
    )
    while len(out) < limit:
        y = t.model(x, cache, pos)[:, -1]
        pos += x.shape[1]
        z = torch.cat((head @ y[0], (end @ y[0])[None]))
        if len(out) < 2:
            z[-1] = -1e9
        c0 = pick(z)
        if c0 == M.KEEP[0]:
            break
        row = [c0]
        f = t.model.codec_embedding.weight[c0]
        v = torch.stack((y, f[None]), 1)
        pc, q = {}, 0
        for i in range(1, M.USED):
            h = p.model(p.small_to_mtp_projection(v), pc, q)[:, -1]
            q += v.shape[1]
            row.append(int((p.lm_head[i - 1].weight[: M.KEEP[i]] @ h[0]).argmax()))
            g = e[i - 1].weight[row[-1]]
            f = f + g
            v = g[None, None]
        out.append(row)
        k = len(out) - 1
        x = f[None, None] + t.text(torch.tensor([[trail[k] if k < len(trail) else prompt.pad]]))
    return out


def phones(codes):
    """Phones said, from onset bits and phone codes."""
    r = []
    for c in codes:
        for s in range(4):
            if (c[0] >> (3 - s)) & 1 or (not r):
                r.append(c[1 + s])
    return [p for p in r if p]


def main():
    ap = argparse.ArgumentParser()
    A = ap.add_argument
    A("--lex", required=True)
    A("--work", required=True)
    A("--held", required=True)
    A("--what", default="codec,lm")
    A("--n", type=int, default=40)
    A("--streaming", action="store_true")
    A("--temperature", type=float, default=0.0)
    A("--out")
    A("--no-asr", action="store_true")
    o = ap.parse_args()
    torch.set_num_threads(1)
    rows = [l.strip() for l in open(o.held) if l.strip()][: o.n]
    st = torch.load(os.path.join(o.work, "dec.pt"), weights_only=False)
    D.MONOTONE = st["mono"]
    v = D.Voice(st["tail"])
    v.load_state_dict(st["net"])
    [dict(v.named_parameters())[k].data.copy_(x) for k, x in zip(st["names"], st["ema"])]
    v.eval()
    ref = []
    for i, fr, segs, k in T.run(list(enumerate(rows)), f0only=True):
        ph, seg, spans, pos, f0, kk = T.analyse(fr, segs)
        ref.append(np.concatenate((T.codes(ph, seg, kk), np.zeros((1, T.CODES), np.int64))))

    def wav(c):
        with torch.no_grad():
            return v(torch.as_tensor(np.asarray(c))[None])[0].numpy()

    if "codec" in o.what:
        ys = [wav(c) for c in ref]
        print(
            "decoder at step",
            st["step"],
            "CPU minutes",
            round(st["spent"] / 60, 1),
            "WER",
            "-" if o.no_asr else round(J.rate(list(zip(rows, ys))), 3),
            flush=True,
        )
        if o.out:
            [save(os.path.join(o.out, f"codec_{i}.wav"), y) for i, y in enumerate(ys[:3])]
    if "lm" in o.what:
        tok, t, step = talker(o.lex, o.work)
        prompt = L.Prompt(tok, M.N, ["slt"])
        ys, e, n, fr = [], 0, 0, []
        for i, s in enumerate(rows):
            c = generate(t, prompt, tok.text(s), o.streaming, temperature=o.temperature)
            a, b = phones(ref[i].tolist()), phones(c)
            k = J.errors(a, b)
            e += k
            n += len(a)
            ys.append(wav(c) if c else np.zeros(1920))
            fr.append((len(c), len(ref[i])))
            if i < 3 and len(s) < 100:
                print(
                    "  ",
                    s,
                    "\n     want",
                    " ".join(T.PHONES[p] for p in a),
                    "\n     got ",
                    " ".join(T.PHONES[p] if p < len(T.PHONES) else "?" for p in b),
                )
        print("language model at step", step, "phone errors", round(e / n, 3), "frames made/taught", fr, flush=True)
        if not o.no_asr:
            print("WER", round(J.rate(list(zip(rows, ys))), 3))
        if o.out:
            [save(os.path.join(o.out, f"lm_{i}.wav"), y) for i, y in enumerate(ys[:3])]


if __name__ == "__main__":
    main()
