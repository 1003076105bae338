"""Trains the language model on aligned texts. Runs until --cpu minutes of this process are spent, saves every 2 CPU
minutes, goes on from the saved state.

python train_lm.py --lex DIR --work DIR [--cpu 30] [--threads 1]
"""

import argparse, signal, json, math, os, random, sys, time
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
import lm as L, teacher as T

N, USED, KEEP = 256, 9, (16, 64, 64, 64, 64, 32, 256, 32, 64)  # codebook; informative groups; codes that occur in each
WEIGHT = (1.5, 1, 1, 1, 1, 0.4, 1, 1, 0.5)
SLOTS, DIMS, TEXT = 12, 8, 104
PLANES, ONE, SLOT, OWN, FLAG, NEXT, NFLAG, THEN, OUT, FREE = (
    6,
    12,
    13,
    28,
    124,
    132,
    172,
    180,
    204,
    228,
)  # where things lie in the 256 numbers of a position, see construct


def phone_vectors():
    """[phones, 7]: far apart, fixed"""
    r = np.random.default_rng(11)
    v = r.standard_normal((len(T.PHONES), DIMS - 1))
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    for _ in range(400):
        d = v[:, None] - v[None]
        n = (d**2).sum(-1) + np.eye(len(v)) * 9
        v = v + 0.01 * (d / n[..., None] ** 2).sum(1)
        v /= np.linalg.norm(v, axis=1, keepdims=True)
    return (v * 3).astype(np.float32)


def text_table(tok, pron):
    """Frozen rows of the text embedding: 12 slots of a phone (7 numbers) and its stress (1), then flags. The rows of
    tokens that are not spoken are random there."""
    e = np.zeros((tok.size, TEXT), np.float32)
    pv = phone_vectors()
    r = np.random.default_rng(12)
    start = L.byte_chars()[0][32]
    f = SLOTS * DIMS
    for s, ph in pron.items():
        i = tok.vocab[s]
        for j, p in enumerate(ph[:SLOTS]):
            e[i, j * DIMS : j * DIMS + 7] = pv[T.PHONE[p[:-1]]]
            e[i, j * DIMS + 7] = 2.0 if p[-1] == "1" else 1.0
        e[i, f] = 2
        e[i, f + 1] = len(ph) / 4
        e[i, f + 2] = 2 if s[0] == start or s[0].isupper() else -2
    for i in range(tok.size):
        if not e[i].any():
            e[i, f + 3 :] = r.standard_normal(5) * 2.5
            e[i, f] = -2
    return torch.from_numpy(e).to(torch.bfloat16).float()


def construct(t):
    """First weights, from which training starts: the parts of the task that are known need not be found.
    Text rows pass through the projection unchanged. In layer 0 the heads look at the token being said (twice), the next
    and the one after: group 6 of the last frame notes how far back that is, and RoPE turns the note
    into attention. The feed-forward part of layer 0 then picks, by the note of group 7, the phone being said and the
    two after it. While the text is read (cPAD), the heads look one token back.
    """
    c = t.c
    hd = c["hd"]
    th = 1e6 ** (-torch.arange(PLANES) * 2.0 / hd)
    k = torch.arange(N)[:, None] * th
    four = torch.cat((k.cos(), k.sin()), 1)
    R = 2 * PLANES
    e = t.code_predictor.model.codec_embedding
    big = 10.0
    with torch.no_grad():
        pv = torch.from_numpy(phone_vectors()) / 3
        for m in [t.model.codec_embedding] + list(e):
            m.weight[:, :FREE] = 0
            m.weight[:, FREE:] *= 0.3 / m.weight[:4, FREE:].std().clamp(min=0.01)
        for i in range(4):
            e[i].weight[: len(pv), FREE:] *= 0.3
            e[i].weight[: len(pv), FREE + 7 * i : FREE + 7 * i + 7] += 1.5 * pv
        e[5].weight[:, :R] = four * 1.5
        t.model.codec_embedding.weight[L.codec_ids(N, [])[0]["codec_pad_id"], :R] = four[1] * 1.5
        for j in range(15):
            e[6].weight[j, SLOT + j] = 3.0
        p = t.text_projection
        p.linear_fc1.weight.copy_(torch.eye(TEXT))
        p.linear_fc1.bias.fill_(8.0)
        p.linear_fc2.weight.zero_()
        p.linear_fc2.bias.zero_()
        for d in range(TEXT):
            p.linear_fc2.weight[OWN + d, d] = 1
            p.linear_fc2.bias[OWN + d] = -8.0
        p.linear_fc2.bias[ONE] = big
        l = t.model.layers[0]
        a = l.self_attn
        a.q_proj.weight.zero_()
        a.k_proj.weight.zero_()
        a.v_proj.weight.zero_()
        a.o_proj.weight.zero_()
        for h in range(4):
            o = (0, 0, 1, 2)[h]
            w, x = a.q_proj.weight[h * hd : (h + 1) * hd], a.k_proj.weight[h * hd : (h + 1) * hd]
            for j in range(PLANES):
                co, si = math.cos(th[j] * o), math.sin(th[j] * o)
                w[j, j], w[j, PLANES + j] = co, si
                w[hd // 2 + j, PLANES + j], w[hd // 2 + j, j] = -co, si
                x[j, ONE] = 1
            w[hd // 2 - 1, ONE] = 0.1  # keeps q from being zero where there is no note: its norm would blow up
            src = [
                list(range(OWN, OWN + 64)),
                list(range(OWN + 64, OWN + TEXT)),
                list(range(OWN, OWN + 40)) + list(range(FLAG, FLAG + 8)),
                list(range(OWN, OWN + 16)) + list(range(FLAG, FLAG + 8)),
            ][h]
            dst = [
                list(range(OWN, OWN + 64)),
                list(range(OWN + 64, OWN + TEXT)),
                list(range(NEXT, NEXT + 40)) + list(range(NFLAG, NFLAG + 8)),
                list(range(THEN, THEN + 24)),
            ][h]
            for i, (s, d) in enumerate(zip(src, dst)):
                a.v_proj.weight[h * hd + i, s] = 1
                a.o_proj.weight[d, h * hd + i] = 1
        a.q_norm.weight.fill_(2.6)
        a.k_norm.weight.fill_(2.6)
        f = l.mlp
        u = 0
        for o in range(3):
            for s in range(SLOTS):
                for d in range(DIMS):
                    f.gate_proj.weight[u] = 0
                    f.up_proj.weight[u] = 0
                    f.down_proj.weight[:, u] = 0
                    f.gate_proj.weight[u, ONE] = -0.6
                    if s - o >= 0:
                        f.gate_proj.weight[u, SLOT + s - o] = 4.0
                    f.up_proj.weight[u, OWN + s * DIMS + d] = 1
                    f.down_proj.weight[OUT + o * DIMS + d, u] = 0.2
                    u += 1
        f.down_proj.weight[:FREE, u:] = 0
        # predictor: every position gets a copy of what the talker knows (lag, phone number, the phones to come), and
        # the head of group 6 starts from "one frame further on, same token"
        p = t.code_predictor
        w, b = p.small_to_mtp_projection.weight, p.small_to_mtp_projection.bias
        src = list(range(R)) + list(range(SLOT, SLOT + 15)) + list(range(OUT, OUT + 24)) + list(range(NEXT, NEXT + 8))
        n = len(src)
        w[:64] = 0
        b[:64] = 0
        for i, s in enumerate(src):
            w[i, s] = 1
        w[n, ONE] = 1
        b[n + 1] = 2.0
        a = p.model.layers[0].self_attn
        h2 = c["p_hd"]
        a.q_proj.weight[:h2] = 0
        a.k_proj.weight[:h2] = 0
        a.v_proj.weight[:h2] = 0
        a.o_proj.weight[:, :h2] = 0
        a.q_proj.weight[h2 // 2 - 1, n + 1] = 1
        a.k_proj.weight[h2 // 2 - 1, n] = 1
        a.k_proj.weight[h2 // 2 - 2, n + 1] = 0.5
        for i in range(n):
            a.v_proj.weight[i, i] = 1
            a.o_proj.weight[64 + i, i] = 1
        w[64:, FREE:] *= 3
        for i in range(4):
            g = p.lm_head[i].weight
            g *= 0.3
            g[: len(pv), 64 + R + 15 : 64 + R + 22] += 2.0 * pv
        g = p.lm_head[5].weight
        g *= 0.1
        g[:, 64 : 64 + R] += 2.0 * torch.cat(((k - th).cos(), (k - th).sin()), 1)
        for q in p.model.layers:
            q.self_attn.o_proj.weight[:, h2:] *= 0.3
            q.mlp.down_proj.weight *= 0.3
        for q in t.model.layers[1:]:
            q.self_attn.o_proj.weight[:OUT] *= 0.1
            q.mlp.down_proj.weight[:OUT] *= 0.1


def build(tok, pron):
    torch.manual_seed(1)
    t = L.Talker("voice", N, tok.size)
    t.model.text_embedding.weight.data.copy_(text_table(tok, pron))
    construct(t)
    t.model.text_embedding.weight.requires_grad_(False)
    with torch.no_grad():
        keep = torch.zeros(N + 1024, 1)
        keep[: KEEP[0]] = 1
        keep[t.eos] = 1
        t.codec_head.weight.mul_(keep)
        for i in range(15):
            n = KEEP[i + 1] if i + 1 < USED else 0
            t.code_predictor.lm_head[i].weight[n:] = 0
            t.code_predictor.model.codec_embedding[i].weight[n:] = 0
            if n == 0:
                for m in (t.code_predictor.lm_head[i], t.code_predictor.model.codec_embedding[i]):
                    m.weight.requires_grad_(False)
    return t


def restore(t, state, table):
    """Weights from a saved state; the frozen table is always built anew, so that words can be added."""
    t.load_state_dict({k: v for k, v in state.items() if k != "model.text_embedding.weight"}, strict=False)
    t.model.text_embedding.weight.data.copy_(table)


def tokenizer(lex):
    return L.Tokenizer([tuple(m) for m in json.load(open(os.path.join(lex, "merges.json")))]), json.load(
        open(os.path.join(lex, "pron.json"))
    )


class Rows:
    def __init__(self, lex):
        z = np.load(os.path.join(lex, "rows.npz"))
        a, b = np.r_[0, np.cumsum(z["nid"])], np.r_[0, np.cumsum(z["nf"])]
        ids, codes = z["ids"], z["codes"].astype(np.int64)
        self.rows = [(ids[a[i] : a[i + 1]].tolist(), codes[b[i] : b[i + 1]]) for i in range(len(z["nid"]))]


def variants(tok, pron):
    """Token of a word that begins a text -> its form inside a text; -> its form without the capital."""
    inv = {i: s for s, i in tok.vocab.items()}
    sp = L.byte_chars()[0][32]
    inside, low = {}, {}
    for s in pron:
        if s[0].isalpha() and s[0].isupper():
            if sp + s in pron and pron[sp + s] == pron[s]:
                inside[tok.vocab[s]] = tok.vocab[sp + s]
            elif sp + s.lower() in pron and pron[sp + s.lower()] == pron[s]:
                inside[tok.vocab[s]] = tok.vocab[sp + s.lower()]
            if s.lower() in pron and pron[s.lower()] == pron[s]:
                low[tok.vocab[s]] = tok.vocab[s.lower()]
    return inside, low


def joined(a, b, inside):
    """Two texts in a row, or None."""
    if b[0][0] not in inside:
        return None
    c = b[1].copy()
    c[:, 6] += len(a[0])
    c[0, 0] &= 7
    return a[0] + [inside[b[0][0]]] + b[0][1:], np.concatenate((a[1], c))


def sample(rows, prompt, r, streaming, marks, low={}):
    """One sequence: text side, codec side, rows of codes [T, 9] with the lag of this layout. Now and then without the
    last point or the first capital."""
    ids, codes = rows
    codes = codes.copy()
    x = list(ids)
    if x[-1] in marks and len(x) > 2 and r.random() < 0.08:
        x = x[:-1]
    if x[0] in low and r.random() < 0.08:
        x[0] = low[x[0]]
    text, codec, trail = prompt(x, "slt", r.choice([None, "english"]), streaming)
    P = len(text)
    first = P - (1 if streaming else len(x) + 2)
    t = np.arange(len(codes))
    codes[:, 6] = (P + t - first - codes[:, 6]) % N
    return text, codec, (trail + [prompt.pad] * len(codes))[: len(codes)], codes


def collate(seqs):
    base, rows, out = 0, [], []
    for text, codec, trail, codes in seqs:
        n, f = len(text), len(codes)
        out.append(
            (
                text + trail,
                codec + [-1] * f,
                [-1] * n + list(range(base, base + f)),
                [-1] * (n - 1) + list(range(base, base + f)) + [-2],
            )
        )
        base += f
        rows.append(codes)
    m = max(len(o[0]) for o in out)
    pad = lambda j: torch.tensor([o[j] + [-1] * (m - len(o[j])) for o in out])
    return pad(0), pad(1), pad(2), pad(3), torch.from_numpy(np.concatenate(rows))


def ce(z, y, unused):
    """Cross entropy where `unused` further classes have logit 0."""
    lse = torch.logaddexp(torch.logsumexp(z, -1), z.new_full((), math.log(max(unused, 1e-9))))
    return lse - z.gather(-1, y[..., None])[..., 0]


def yrow(i, n):
    return torch.div(i, n, rounding_mode="floor")


def loss(t, text, codec, at, want, codes, noise=0.0, ratio=1.0):
    fed = codes
    if noise > 0:  # foreign phones and pitch in some of the frames that are fed back
        k = torch.rand(len(codes), 1, device=codes.device) < noise
        o = codes[torch.randint(0, len(codes), (len(codes),), device=codes.device)]
        m = torch.zeros(USED, dtype=torch.bool, device=codes.device)
        m[1:6] = True
        fed = torch.where(k & m, o, codes)
    x = (
        t.text(text.clamp(min=0)) * (text >= 0)[..., None]
        + F.embedding(codec.clamp(min=0), t.model.codec_embedding.weight) * (codec >= 0)[..., None]
    )
    e = t.code_predictor.model.codec_embedding
    f = F.embedding(fed[:, 0], t.model.codec_embedding.weight)
    for i in range(1, USED):
        f = f + F.embedding(fed[:, i], e[i - 1].weight)
    x = x + torch.cat((f, f.new_zeros(1, f.shape[1])))[at]
    y = t.model(x)
    sel = (want != -1).view(-1).nonzero()[:, 0]
    w = want.view(-1)[sel]
    yy = y.reshape(-1, y.shape[-1])[sel]
    goal = torch.where(w >= 0, codes[w.clamp(min=0), 0], torch.full_like(w, KEEP[0]))
    z = (yy @ torch.cat((t.codec_head.weight[: KEEP[0]], t.codec_head.weight[t.eos : t.eos + 1])).t()).float()
    l0 = ce(z, goal, N - KEEP[0])
    acc0 = (z.argmax(-1) == goal).float().mean()
    k = (w >= 0).nonzero()[:, 0]  # the first frame of every sequence and a share of the others
    start = torch.zeros(len(k), dtype=torch.bool, device=k.device)
    start[
        torch.cat((k.new_zeros(1), (yrow(sel[k], y.shape[1])[1:] != yrow(sel[k], y.shape[1])[:-1]).nonzero()[:, 0] + 1))
    ] = True
    if ratio < 1:
        some = start | (torch.rand(len(k), device=k.device) < ratio)
        k, start = k[some], start[some]
    c = codes[w[k]]
    p = t.code_predictor
    ph = [yy[k], F.embedding(c[:, 0], t.model.codec_embedding.weight)] + [
        F.embedding(c[:, i], e[i - 1].weight) for i in range(1, USED - 1)
    ]
    h = p.model(p.small_to_mtp_projection(torch.stack(ph, 1)))[:, 1:]
    ls, ac = [l0.mean()], [acc0]
    for i in range(1, USED):
        zi = (h[:, i - 1] @ p.lm_head[i - 1].weight[: KEEP[i]].t()).float()
        li = ce(zi, c[:, i], N - KEEP[i])
        if i == 6:
            li = li * torch.where(start, 8.0, 1.0)  # where to start counting from is asked once a sentence
        ls.append(li.mean())
        ac.append((zi.argmax(-1) == c[:, i]).float().mean())
        if i == 6:
            first = (zi.argmax(-1) == c[:, i])[start].float().mean()
    return (
        sum(a * b for a, b in zip(WEIGHT, ls)),
        [float(v.detach()) for v in ls],
        [float(v) for v in ac] + [float(first)],
    )


def main():
    ap = argparse.ArgumentParser()
    A = ap.add_argument
    A("--lex", required=True)
    A("--work", required=True)
    A("--cpu", type=float, default=30)
    A("--plan", type=float, default=30)
    A("--threads", type=int, default=1)
    A("--tokens", type=int, default=1600)
    A("--lr", type=float, default=2e-3)
    A("--noise", type=float, default=0.04)
    A("--ratio", type=float, default=0.4)
    A("--join", type=float, default=0.3)
    A("--steps", type=int, default=1 << 30)
    A("--fp32", action="store_true")
    A("--every", type=int, default=50)
    A("--device", default="cpu")
    o = ap.parse_args()
    dev = torch.device(o.device)
    clock = time.process_time if dev.type == "cpu" else time.time
    torch.set_num_threads(o.threads)
    os.makedirs(o.work, exist_ok=True)
    path = os.path.join(o.work, "lm.pt")
    tok, pron = tokenizer(o.lex)
    t = build(tok, pron).to(dev)
    prompt = L.Prompt(tok, N, ["slt"])
    inside, low = variants(tok, pron)
    marks = {tok.vocab[c] for c in ".!?"}
    par = [p for p in t.parameters() if p.requires_grad]
    mat = [p for k, p in t.named_parameters() if p.requires_grad and p.dim() > 1 and "embedding" not in k]
    ids = {id(p) for p in mat}
    opt = torch.optim.AdamW(
        [dict(params=mat, weight_decay=0.02), dict(params=[p for p in par if id(p) not in ids], weight_decay=0.0)],
        lr=o.lr,
        betas=(0.9, 0.98),
    )
    step, spent = 0, 0.0
    ema = [p.detach().clone() for p in par]
    if os.path.exists(path):
        st = torch.load(path, map_location=dev, weights_only=False)
        restore(t, st["net"], text_table(tok, pron))
        opt.load_state_dict(st["opt"])
        step, spent = st["step"], st["spent"]
        ema = st["ema"]
    names = [k for k, p in t.named_parameters() if p.requires_grad]

    def keep():
        torch.save(
            dict(
                net={k: v for k, v in t.state_dict().items() if k != "model.text_embedding.weight"},
                opt=opt.state_dict(),
                ema=ema,
                names=names,
                step=step,
                spent=spent,
            ),
            path + ".tmp",
        )
        os.replace(path + ".tmp", path)

    rows = Rows(o.lex).rows
    r = random.Random(time.time())
    hold = set(random.Random(5).sample(range(len(rows)), 64))
    train = [x for i, x in enumerate(rows) if i not in hold]
    val = [rows[i] for i in sorted(hold)]

    def batches():
        while True:
            order = sorted(range(len(train)), key=lambda i: len(train[i][1]) + r.random() * 10)
            out, cur, big = [], [], 0
            for i in order:
                n = len(train[i][1]) + len(train[i][0]) + 12
                if cur and max(big, n) * (len(cur) + 1) > o.tokens:
                    out.append(cur)
                    cur, big = [], 0
                cur.append(i)
                big = max(big, n)
            out.append(cur)
            r.shuffle(out)
            for b in out:
                s, b = r.random() < 0.3, [train[i] for i in b]
                if r.random() < o.join:  # several texts in a row
                    k = r.choice((2, 3, 4, 5, 6, 7, 8, 10))
                    c = [b[i : i + k] for i in range(0, len(b) - k + 1, k)]
                    new = []
                    for g in c:
                        x = g[0]
                        for y in g[1:]:
                            x = x and joined(x, y, inside)
                        if x:
                            new.append(x)
                    b = new or b
                yield collate([sample(x, prompt, r, s, marks, low) for x in b])

    vb = [collate([sample(x, prompt, random.Random(1), s, set()) for x in val]) for s in (False, True)]
    long = []
    for i in range(0, 56, 7):
        x = val[i]
        for y in val[i + 1 : i + 7]:
            x = x and joined(x, y, inside)
        if x:
            long.append(x)
    vb.append(collate([sample(x, prompt, random.Random(1), False, set()) for x in long]))
    feed = batches()
    log = open(os.path.join(o.work, "lm.log"), "a")
    acc = []
    names_ = ["c0", "p0", "p1", "p2", "p3", "f0", "tok", "slot", "run"]
    stop = []
    signal.signal(signal.SIGTERM, lambda *a: stop.append(1))  # a polite kill saves first
    t0 = last = saved = clock()
    while True:
        now = clock()
        spent += now - last
        last = now
        if stop or now - t0 > o.cpu * 60 or step >= o.steps:
            break
        p = min(1.0, spent / (o.plan * 60))
        lr = o.lr * min(1, (step + 1) / 60) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * p)))
        for g in opt.param_groups:
            g["lr"] = lr
        b = [x.to(dev) for x in next(feed)]
        with torch.autocast(dev.type, torch.bfloat16, enabled=not o.fp32):
            l, ls, ac = loss(t, *b, noise=o.noise, ratio=o.ratio)
        opt.zero_grad(set_to_none=True)
        l.backward()
        gn = float(torch.nn.utils.clip_grad_norm_(par, 30.0))
        opt.step()
        step += 1
        acc.append(ls + ac + [gn])
        with torch.no_grad():
            torch._foreach_lerp_(ema, [x.detach() for x in par], 1 - min(0.998, step / (step + 20)))
        if step % o.every == 0:
            m = np.mean(acc, 0)
            acc = []
            d = dict(
                step=step,
                cpu=round(spent / 60, 2),
                loss={n: round(float(v), 3) for n, v in zip(names_, m)},
                acc={n: round(float(v), 3) for n, v in zip(names_ + ["first"], m[USED:])},
                gn=round(float(m[-1]), 2),
                s=round(clock() - now, 3),
            )
            if step % (o.every * 5) == 0:
                with torch.no_grad(), torch.autocast(dev.type, torch.bfloat16, enabled=not o.fp32):
                    v = [loss(t, *[x.to(dev) for x in b]) for b in vb]
                for n, q in zip(("val", "val_streaming", "val_long"), v):
                    d[n] = {k: round(x, 3) for k, x in zip(names_ + ["first"], q[2])}
            s = json.dumps(d)
            print(s, flush=True)
            log.write(s + "\n")
            log.flush()
        if clock() - saved > 120:
            keep()
            saved = clock()
    keep()


if __name__ == "__main__":
    main()
