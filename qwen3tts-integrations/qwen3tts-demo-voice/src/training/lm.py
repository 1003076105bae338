"""Talker, code predictor and mini tokenizer of the demo voice. Parameter names are the released ones below
`talker.`."""

import json, math, os, random, re
import torch, torch.nn as nn, torch.nn.functional as F

GROUPS = 16
CONFIGS = {
    "voice": dict(
        text_hidden=104,
        hidden=256,
        inter=512,
        layers=3,
        heads=4,
        kv=4,
        hd=64,
        p_hidden=128,
        p_inter=256,
        p_layers=2,
        p_heads=2,
        p_kv=2,
        p_hd=64,
    ),
}
LANG = {
    "chinese": 2055,
    "english": 2050,
    "german": 2053,
    "italian": 2070,
    "portuguese": 2071,
    "spanish": 2054,
    "japanese": 2058,
    "korean": 2064,
    "french": 2061,
    "russian": 2069,
}
IDS = dict(
    codec_pad_id=2148,
    codec_bos_id=2149,
    codec_eos_token_id=2150,
    codec_think_id=2154,
    codec_nothink_id=2155,
    codec_think_bos_id=2156,
    codec_think_eos_id=2157,
)
SPEAKER_ROWS = [3066, 3065, 3061, 3010, 2861, 2873]


def codec_ids(codebook, voices):
    """Released ids moved so that they keep their distance to the end of the vocabulary (codebook + 1024)."""
    s = 2048 - codebook
    return (
        {k: v - s for k, v in IDS.items()},
        {k: v - s for k, v in LANG.items()},
        {v: SPEAKER_ROWS[i] - s for i, v in enumerate(voices)},
    )


# ------------------------------------------------------------------------------------------------------------------
# tokenizer

SPECIALS = (
    "<|endoftext|> <|im_start|> <|im_end|> <|object_ref_start|> <|object_ref_end|> <|box_start|> <|box_end|> <|quad_start|> <|quad_end|> <|vision_start|> <|vision_end|> <|vision_pad|> <|image_pad|> <|video_pad|> "
    "<tool_call> </tool_call> <|fim_prefix|> <|fim_middle|> <|fim_suffix|> <|fim_pad|> <|repo_name|> <|file_sep|> <tool_response> </tool_response> <think> </think> <|audio_start|> <|audio_end|> <tts_pad> <tts_text_bos> "
    "<tts_text_eod> <tts_text_bos_single> <|audio_pad|>"
).split(" ")
PIECE = re.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\nA-Za-z0-9]?[A-Za-z]+|[0-9]| ?[^\sA-Za-z0-9]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)  # the Qwen2 rule, for ASCII text


def byte_chars():
    keep = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    m = {b: chr(b) for b in keep}
    rest = [b for b in range(256) if b not in m]
    m.update({b: chr(256 + i) for i, b in enumerate(rest)})
    return m, [m[b] for b in keep + rest]


class Tokenizer:
    def __init__(self, merges):
        self.map, base = byte_chars()
        self.merges = [tuple(m) for m in merges]
        self.rank = {m: i for i, m in enumerate(self.merges)}
        self.vocab = {c: i for i, c in enumerate(base)}
        for a, b in self.merges:
            self.vocab[a + b] = len(self.vocab)
        assert len(self.vocab) == 256 + len(self.merges)
        self.special = {s: len(self.vocab) + i for i, s in enumerate(SPECIALS)}
        self.size = len(self.vocab) + len(SPECIALS)
        self.cache = {}

    def piece(self, p):
        if p in self.cache:
            return self.cache[p]
        w = [self.map[b] for b in p.encode()]
        while len(w) > 1:
            k, i = min((self.rank.get(x, 1 << 30), i) for i, x in enumerate(zip(w, w[1:])))
            if k == 1 << 30:
                break
            x, out, i = self.merges[k], [], 0
            while i < len(w):
                if i + 1 < len(w) and (w[i], w[i + 1]) == x:
                    out.append(w[i] + w[i + 1])
                    i += 2
                else:
                    out.append(w[i])
                    i += 1
            w = out
        self.cache[p] = r = [self.vocab[x] for x in w]
        return r

    def text(self, s):
        return [i for p in PIECE.findall(s) for i in self.piece(p)]

    @staticmethod
    def learn(texts, n):
        """Byte-pair merges of the corpus; the last ones make `assistant` and `user` single tokens."""
        import collections

        m, _ = byte_chars()
        words = collections.Counter(p for s in texts for p in PIECE.findall(s))
        words = [[[m[b] for b in p.encode()], k] for p, k in words.items()]
        merges, have = [], set()

        def apply(pair):
            for w in words:
                v = w[0]
                if pair[0] not in v:
                    continue
                out, i = [], 0
                while i < len(v):
                    if i + 1 < len(v) and (v[i], v[i + 1]) == pair:
                        out.append(v[i] + v[i + 1])
                        i += 2
                    else:
                        out.append(v[i])
                        i += 1
                w[0] = out

        while len(merges) < n:
            c = collections.Counter()
            for v, k in words:
                for p in zip(v, v[1:]):
                    c[p] += k
            c = {p: k for p, k in c.items() if p[0] + p[1] not in have}
            if not c:
                break
            best = max(sorted(c), key=lambda p: c[p])
            merges.append(best)
            have.add(best[0] + best[1])
            apply(best)
        for w in ("assistant", "user"):
            t = Tokenizer(merges)
            inv = {i: x for x, i in t.vocab.items()}
            parts = [inv[i] for i in t.text(w)]
            while len(parts) > 1:
                merges.append((parts[0], parts[1]))
                parts[:2] = [parts[0] + parts[1]]
        return Tokenizer(merges)

    def save(self, d):
        with open(os.path.join(d, "vocab.json"), "w", encoding="utf-8") as f:
            json.dump(self.vocab, f, ensure_ascii=False)
        with open(os.path.join(d, "merges.txt"), "w", encoding="utf-8") as f:
            f.write("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in self.merges))
        sp = lambda s: not (
            s.endswith("tool_call>")
            or s.endswith("tool_response>")
            or "fim" in s
            or "repo" in s
            or "file" in s
            or "think" in s
        )
        added = {
            str(i): {
                "content": s,
                "lstrip": False,
                "normalized": False,
                "rstrip": False,
                "single_word": False,
                "special": sp(s),
            }
            for s, i in self.special.items()
        }
        with open(os.path.join(d, "tokenizer_config.json"), "w", encoding="utf-8") as f:
            json.dump(
                {
                    "add_bos_token": False,
                    "add_prefix_space": False,
                    "added_tokens_decoder": added,
                    "additional_special_tokens": [s for s in SPECIALS if sp(s) and s != "<|endoftext|>"],
                    "bos_token": None,
                    "clean_up_tokenization_spaces": False,
                    "eos_token": "<|im_end|>",
                    "errors": "replace",
                    "model_max_length": 131072,
                    "pad_token": "<|endoftext|>",
                    "split_special_tokens": False,
                    "tokenizer_class": "Qwen2Tokenizer",
                    "unk_token": None,
                },
                f,
                indent=2,
            )


# ------------------------------------------------------------------------------------------------------------------
# network


class NormFn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, eps):
        n = x.shape[-1]
        r = torch.rsqrt(
            torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.promote_types(x.dtype, torch.float32))
            .square_()
            .div_(n)
            .add_(eps)
        )
        z = x * r.to(x.dtype)
        ctx.save_for_backward(z, r, w)
        return z * w.to(x.dtype)

    @staticmethod
    def backward(ctx, g):
        z, r, w = ctx.saved_tensors
        gz = g * z
        m = gz.view(-1, gz.shape[-1])
        dw = m.sum(0).to(w.dtype)
        k = (m @ w.to(m.dtype)).view(*gz.shape[:-1], 1) / z.shape[-1]
        return torch.addcmul(g * w.to(g.dtype), z, k, value=-1) * r.to(g.dtype), dw, None


class RMSNorm(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n))

    def forward(self, x):
        return NormFn.apply(x.contiguous(), self.weight, 1e-6)


def table(t, d, device, theta=1e6):
    a = torch.arange(t, device=device, dtype=torch.float32)[:, None] * theta ** (
        -torch.arange(0, d, 2, device=device, dtype=torch.float32) / d
    )
    return torch.cat((a.cos(), a.cos()), -1), torch.cat((a.sin(), a.sin()), -1)


def turn(x, cs):
    c, s = cs[0].to(x.dtype), cs[1].to(x.dtype)
    p, q = x.chunk(2, -1)
    return x * c + torch.cat((-q, p), -1) * s


class Attention(nn.Module):
    def __init__(self, n, h, kv, hd):
        super().__init__()
        self.h, self.kv, self.hd = h, kv, hd
        lin = lambda i, o: nn.Linear(i, o, bias=False)
        self.q_proj, self.k_proj, self.v_proj, self.o_proj, self.q_norm, self.k_norm = (
            lin(n, h * hd),
            lin(n, kv * hd),
            lin(n, kv * hd),
            lin(h * hd, n),
            RMSNorm(hd),
            RMSNorm(hd),
        )

    def forward(self, x, cs, cache=None):
        b, t, _ = x.shape
        f = lambda p, h: p(x).view(b, t, h, self.hd)
        q, k, v = (
            turn(self.q_norm(f(self.q_proj, self.h)).transpose(1, 2), cs),
            turn(self.k_norm(f(self.k_proj, self.kv)).transpose(1, 2), cs),
            f(self.v_proj, self.kv).transpose(1, 2),
        )
        if cache is not None:
            if "k" in cache:
                k, v = torch.cat((cache["k"], k), 2), torch.cat((cache["v"], v), 2)
            cache["k"], cache["v"] = k, v
        q, k = q.to(v.dtype), k.to(v.dtype)
        g = self.h // self.kv
        if g > 1:
            k, v = k.repeat_interleave(g, 1), v.repeat_interleave(g, 1)
        return self.o_proj(F.scaled_dot_product_attention(q, k, v, is_causal=t > 1).transpose(1, 2).reshape(b, t, -1))


class MLP(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.gate_proj, self.up_proj, self.down_proj = (
            nn.Linear(n, m, bias=False),
            nn.Linear(n, m, bias=False),
            nn.Linear(m, n, bias=False),
        )

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, n, m, h, kv, hd):
        super().__init__()
        self.self_attn, self.mlp, self.input_layernorm, self.post_attention_layernorm = (
            Attention(n, h, kv, hd),
            MLP(n, m),
            RMSNorm(n),
            RMSNorm(n),
        )

    def forward(self, x, cs, cache=None):
        x = x + self.self_attn(self.input_layernorm(x), cs, cache)
        return x + self.mlp(self.post_attention_layernorm(x))


class Stack(nn.Module):
    def __init__(self, n, m, layers, h, kv, hd):
        super().__init__()
        self.layers, self.norm, self.hd = nn.ModuleList([Layer(n, m, h, kv, hd) for _ in range(layers)]), RMSNorm(n), hd

    def forward(self, x, cache=None, start=0):
        c, s = table(start + x.shape[1], self.hd, x.device)
        cs = (c[start:], s[start:])
        for i, l in enumerate(self.layers):
            x = l(x, cs, None if cache is None else cache.setdefault(i, {}))
        return self.norm(x)


class Projection(nn.Module):
    def __init__(self, t, h):
        super().__init__()
        self.linear_fc1, self.linear_fc2 = nn.Linear(t, t), nn.Linear(t, h)

    def forward(self, x):
        return self.linear_fc2(F.silu(self.linear_fc1(x)))


class Predictor(nn.Module):
    def __init__(self, c, n):
        super().__init__()
        self.model = Stack(c["p_hidden"], c["p_inter"], c["p_layers"], c["p_heads"], c["p_kv"], c["p_hd"])
        self.model.codec_embedding = nn.ModuleList([nn.Embedding(n, c["hidden"]) for _ in range(GROUPS - 1)])
        self.lm_head = nn.ModuleList([nn.Linear(c["p_hidden"], n, bias=False) for _ in range(GROUPS - 1)])
        if c["p_hidden"] != c["hidden"]:
            self.small_to_mtp_projection = nn.Linear(c["hidden"], c["p_hidden"])
        else:
            self.small_to_mtp_projection = nn.Identity()


class Talker(nn.Module):
    """As released: model.{layers, norm, codec_embedding, text_embedding}, text_projection, codec_head,
    code_predictor."""

    def __init__(self, name, codebook, text_vocab):
        super().__init__()
        c = CONFIGS[name]
        self.c, self.name, self.n = c, name, codebook
        h = c["hidden"]
        self.model = Stack(h, c["inter"], c["layers"], c["heads"], c["kv"], c["hd"])
        self.model.codec_embedding, self.model.text_embedding = nn.Embedding(codebook + 1024, h), nn.Embedding(
            text_vocab, c["text_hidden"]
        )
        self.text_projection, self.codec_head, self.code_predictor = (
            Projection(c["text_hidden"], h),
            nn.Linear(h, codebook + 1024, bias=False),
            Predictor(c, codebook),
        )
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, std=0.6 / math.sqrt(m.in_features))
                m.bias is not None and nn.init.zeros_(m.bias)
            if isinstance(m, nn.Embedding):
                nn.init.normal_(m.weight, std=0.3)
        for s in (self.model, self.code_predictor.model):
            for l in s.layers:
                for w in (l.self_attn.o_proj.weight, l.mlp.down_proj.weight):
                    w.data.mul_(1 / math.sqrt(2 * len(s.layers)))
        for e in self.code_predictor.model.codec_embedding:
            nn.init.normal_(e.weight, std=0.08)
        ids, lang, spk = codec_ids(codebook, ["a", "b", "c", "d", "e", "f"])
        self.eos = ids["codec_eos_token_id"]
        with torch.no_grad():  # rows that never occur stay zero: they compress to nothing and are never reached
            used = torch.zeros(codebook + 1024, 1)
            used[:codebook] = 1
            for i in list(ids.values()) + list(lang.values()) + list(spk.values()):
                used[i] = 1
            self.model.codec_embedding.weight.mul_(used)
            keep = torch.zeros_like(used)
            keep[:codebook] = 1
            keep[self.eos] = 1
            self.codec_head.weight.mul_(keep)

    def allowed(self):
        return torch.cat((self.codec_head.weight[: self.n], self.codec_head.weight[self.eos : self.eos + 1]))

    def frames(self, codes):
        """codes [..., 16] -> F(frame) [..., H]"""
        x = F.embedding(codes[..., 0], self.model.codec_embedding.weight)
        for i, e in enumerate(self.code_predictor.model.codec_embedding):
            x = x + F.embedding(codes[..., i + 1], e.weight)
        return x

    def text(self, ids):
        return self.text_projection(self.model.text_embedding(ids))

    def inputs(self, text, codec, codes, at):
        """text, codec [B, T] ids or -1; codes [N, 16]; at [B, T] row of codes or -1"""
        x = self.text(text.clamp(min=0)) * (text >= 0)[..., None]
        x = x + self.model.codec_embedding(codec.clamp(min=0)) * (codec >= 0)[..., None]
        f = torch.cat((self.frames(codes), torch.zeros(1, x.shape[-1], device=x.device, dtype=x.dtype)))
        return x + f[at]

    def predictor_logits(self, y, codes):
        """y [N, H], codes [N, 16] -> logits [N, 15, V] of groups 1..15 (teacher forced)"""
        p = self.code_predictor
        e = [y, F.embedding(codes[:, 0], self.model.codec_embedding.weight)] + [
            F.embedding(codes[:, i], p.model.codec_embedding[i - 1].weight) for i in range(1, GROUPS - 1)
        ]
        z = p.model(p.small_to_mtp_projection(torch.stack(e, 1)))[:, 1:]
        return torch.einsum("njp,jvp->njv", z, torch.stack([h.weight for h in p.lm_head]))

    # ---- plain generation, for listening during training
    @torch.no_grad()
    def generate(self, text, codec, trailing, pad, limit=200, temperature=0.9, top_k=50, penalty=1.05, seed=0):
        """text, codec [T] ids or -1; trailing: text ids fed with the frames; returns codes [F, 16]."""
        dev = self.codec_head.weight.device
        g = torch.Generator(device=dev).manual_seed(seed)
        t = torch.tensor(text, device=dev)[None]
        c = torch.tensor(codec, device=dev)[None]

        def pick(z):
            if temperature <= 0:
                return int(z.argmax())
            z = z / temperature
            k = min(top_k, z.shape[-1])
            z = torch.where(z < z.topk(k).values[-1], torch.full_like(z, -1e30), z)
            return int(torch.multinomial(z.softmax(-1), 1, generator=g))

        x = self.inputs(t, c, torch.zeros(1, GROUPS, dtype=torch.long, device=dev), torch.full_like(t, -1))
        cache, pos, out, p = {}, 0, [], self.code_predictor
        seen = torch.zeros(self.n + 1, dtype=torch.bool, device=dev)
        while True:
            y = self.model(x, cache, pos)[:, -1]
            pos += x.shape[1]
            z = (y.float() @ self.allowed().float().t())[0]
            z = torch.where(seen, torch.where(z < 0, z * penalty, z / penalty), z)
            if len(out) < 2:
                z[-1] = -1e30
            c0 = pick(z)
            if c0 == self.n or len(out) >= limit:
                break
            seen[c0] = True
            row = [c0]
            pc = {}
            e = torch.stack((y, self.model.codec_embedding.weight[c0][None]), 1)
            q = 0
            for i in range(GROUPS - 1):
                h = p.model(p.small_to_mtp_projection(e), pc, q)[:, -1]
                q += e.shape[1]
                row.append(pick((h.float() @ p.lm_head[i].weight.float().t())[0]))
                if i < GROUPS - 2:
                    e = p.model.codec_embedding[i].weight[row[-1]][None, None]
            out.append(row)
            k = len(out) - 1
            x = self.frames(torch.tensor(row, device=dev))[None, None] + self.text(
                torch.tensor([[trailing[k] if k < len(trailing) else pad]], device=dev)
            )
        return torch.tensor(out, dtype=torch.long).view(-1, GROUPS)


class Prompt:
    """Prompt layout of the released custom-voice model (blocks B and D1 or D2)."""

    def __init__(self, tok, codebook, voices):
        self.tok, self.voices = tok, voices
        self.ids, self.lang, self.spk = codec_ids(codebook, voices)
        self.pad, self.bos, self.eos = (tok.special[s] for s in ("<tts_pad>", "<tts_text_bos>", "<tts_text_eod>"))
        self.role = [tok.special["<|im_start|>"]] + tok.text("assistant") + tok.text("\n")
        assert len(self.role) == 3

    def __call__(self, x, voice, lang, streaming):
        """x: text ids -> (text side, codec side, trailing text ids)"""
        i = self.ids
        q = (
            [i["codec_nothink_id"], i["codec_think_bos_id"], i["codec_think_eos_id"]]
            if lang is None
            else [i["codec_think_id"], i["codec_think_bos_id"], self.lang[lang], i["codec_think_eos_id"]]
        )
        q = q + ([] if voice is None else [self.spk[voice]]) + [i["codec_pad_id"], i["codec_bos_id"]]
        m = len(q)
        text = self.role + [self.pad] * (m - 2) + [self.bos]
        codec = [-1] * 3 + q[:-1]
        if streaming:
            return text + [x[0]], codec + [q[-1]], x[1:] + [self.eos]
        return text + x + [self.eos, self.pad], codec + [i["codec_pad_id"]] * (len(x) + 1) + [q[-1]], []


def vary(s, r):
    """Spelling that does not change the sound: now and then no capitals, no final point."""
    u = r.random()
    if u < 0.06:
        s = s.lower()
    elif u < 0.09:
        s = s.upper() if len(s) < 12 and len(s) > 4 else s
    if r.random() < 0.05 and s[-1] == "." and len(s) > 2:
        s = s[:-1]
    return s


def batches(texts, meta, tokens, seed):
    """Utterances in buckets of like length, `tokens` positions a batch at most, endless."""
    r = random.Random(seed)
    n = [int(f) + len(texts[int(i)][1]) // 3 + 14 for f, i in meta[:, 1:3]]
    while True:
        order = sorted(range(len(meta)), key=lambda k: n[k] + r.random() * 8)
        out, cur, big = [], [], 0
        for k in order:
            if cur and max(big, n[k]) * (len(cur) + 1) > tokens:
                out.append(cur)
                cur, big = [], 0
            cur.append(k)
            big = max(big, n[k])
        out.append(cur)
        r.shuffle(out)
        yield from out


def collate(batch, texts, meta, prompt, r):
    """-> text, codec, at [B, T]; rows: indices into the packed frames; want [B, T]: row whose group 0 is the target, -2
    = EOS, -1 = none"""
    seqs, rows = [], []
    for k in batch:
        _, f, i, v = (int(z) for z in meta[k][:4])
        first = int(meta[k][4])
        s = vary(texts[i][1], r)
        x = prompt.tok.text(s)
        voice = None if v == 0 and r.random() < 0.04 else prompt.voices[v]
        t, c, trail = prompt(x, voice, r.choice([None, "english"]), r.random() < 0.5)
        n = len(t)
        base = len(rows)
        trail = (trail + [prompt.pad] * f)[:f]
        seqs.append(
            (
                t + trail,
                c + [-1] * f,
                [-1] * n + list(range(base, base + f)),
                [-1] * (n - 1) + list(range(base, base + f)) + [-2],
            )
        )
        rows += range(first, first + f)
    m = max(len(s[0]) for s in seqs)
    pad = lambda j: torch.tensor([s[j] + [-1] * (m - len(s[j])) for s in seqs])
    return pad(0), pad(1), pad(2), torch.tensor(rows), pad(3)


def loss(talker, text, codec, at, codes, want, ratio=1.0, noise=0.0, gen=None, weights=None):
    """codes [N, 16]. Cross entropy of group 0 (with the released repetition penalty applied in half of the sequences)
    and of groups 1..15."""
    dev = codes.device
    fed = codes
    if noise > 0:  # a share of the frames is fed with foreign codes from some level on, as sampling will do
        n = codes.shape[0]
        lvl = torch.where(
            torch.rand(n, device=dev) < noise,
            torch.randint(0, GROUPS, (n,), device=dev),
            torch.full((n,), GROUPS, device=dev),
        )
        other = codes[torch.randint(0, n, (n,), device=dev)]
        fed = torch.where(torch.arange(GROUPS, device=dev)[None] >= lvl[:, None], other, codes)
    y = talker.model(talker.inputs(text, codec, fed, at))
    b, t, h = y.shape
    sel = (want != -1).view(-1).nonzero()[:, 0]
    w = want.view(-1)[sel]
    yy = y.reshape(-1, h)[sel]
    target = torch.where(w >= 0, codes[w.clamp(min=0), 0], torch.full_like(w, talker.n))
    z = (yy @ talker.allowed().to(yy.dtype).t()).float()
    with torch.no_grad():  # which codes were drawn before this position
        hit = torch.zeros(b, t, talker.n + 1, device=dev)
        live = at >= 0
        hit[live] = F.one_hot(codes[at[live], 0], talker.n + 1).float()
        seen = hit.cumsum(1).gt(0) & (torch.rand(b, 1, 1, device=dev) < 0.7)
        seen = seen.view(-1, talker.n + 1)[sel]
    z = torch.where(seen, torch.where(z < 0, z * 1.05, z / 1.05), z)
    l0 = F.cross_entropy(z, target)
    acc = (z.argmax(-1) == target).float().mean()
    k = (w >= 0).nonzero()[:, 0]
    if ratio < 1:
        k = k[torch.rand(k.shape[0], device=dev) < ratio]
    full = codes[w[k]]
    inp = full
    if noise > 0:
        inp = torch.where(
            torch.rand(full.shape, device=dev) < 0.3 * noise,
            fed[torch.randint(0, fed.shape[0], (full.shape[0],), device=dev)],
            full,
        )
        inp = torch.cat((full[:, :1], inp[:, 1:]), 1)
    zp = talker.predictor_logits(yy[k], inp).float()
    lp = F.cross_entropy(zp.reshape(-1, talker.n), full[:, 1:].reshape(-1), reduction="none").view(-1, GROUPS - 1)
    g = torch.linspace(1.6, 0.4, GROUPS - 1, device=dev)  # early groups matter more
    return l0, (lp.mean(0) * g).mean(), acc, lp.mean(0).detach()


# ------------------------------------------------------------------------------------------------------------------
# export


def tensors(talker, sharpen=1.0):
    """Released names. `sharpen` multiplies the output heads: sampling at the released temperature acts like a lower
    one."""
    out = {}
    for n, v in talker.state_dict().items():
        v = v.float().cpu().clone()
        if n.startswith("codec_head") or ".lm_head." in n:
            v *= sharpen
        out["talker." + n] = v
    _, lang, spk = codec_ids(talker.n, ["a", "b", "c", "d", "e", "f"])
    e = out["talker.model.codec_embedding.weight"]
    for k, i in lang.items():
        e[i] = e[lang["english"]]  # the other languages speak like English
    return out


def config_json(talker, tok, voices):
    c, n = talker.c, talker.n
    ids, lang, spk = codec_ids(n, voices)
    half = c["hd"] // 2
    sec = [half - 2 * (half // 3)] + [half // 3] * 2
    p = dict(
        hidden_size=c["p_hidden"],
        intermediate_size=c["p_inter"],
        num_hidden_layers=c["p_layers"],
        num_attention_heads=c["p_heads"],
        num_key_value_heads=c["p_kv"],
        head_dim=c["p_hd"],
        attention_bias=False,
        attention_dropout=0,
        hidden_act="silu",
        initializer_range=0.02,
        layer_types=["full_attention"] * c["p_layers"],
        max_position_embeddings=65536,
        max_window_layers=28,
        model_type="qwen3_tts_talker_code_predictor",
        num_code_groups=GROUPS,
        rms_norm_eps=1e-6,
        rope_scaling=None,
        rope_theta=1000000,
        sliding_window=None,
        use_cache=True,
        use_sliding_window=False,
        vocab_size=n,
    )
    t = dict(
        ids,
        hidden_size=c["hidden"],
        intermediate_size=c["inter"],
        num_hidden_layers=c["layers"],
        num_attention_heads=c["heads"],
        num_key_value_heads=c["kv"],
        head_dim=c["hd"],
        text_hidden_size=c["text_hidden"],
        text_vocab_size=tok.size,
        attention_bias=False,
        attention_dropout=0,
        code_predictor_config=p,
        codec_language_id=lang,
        spk_id=spk,
        spk_is_dialect={k: False for k in spk},
        hidden_act="silu",
        initializer_range=0.02,
        max_position_embeddings=32768,
        model_type="qwen3_tts_talker",
        num_code_groups=GROUPS,
        position_id_per_seconds=13,
        rms_norm_eps=1e-6,
        rope_scaling={"interleaved": True, "mrope_section": sec, "rope_type": "default", "type": "default"},
        rope_theta=1000000,
        sliding_window=None,
        use_cache=True,
        use_sliding_window=False,
        vocab_size=n + 1024,
        pad_token_id=ids["codec_pad_id"],
    )
    s = tok.special
    return dict(
        architectures=["Qwen3TTSForConditionalGeneration"],
        assistant_token_id=tok.vocab["assistant"],
        im_end_token_id=s["<|im_end|>"],
        im_start_token_id=s["<|im_start|>"],
        tts_bos_token_id=s["<tts_text_bos>"],
        tts_eos_token_id=s["<tts_text_eod>"],
        tts_pad_token_id=s["<tts_pad>"],
        model_type="qwen3_tts",
        tokenizer_type="qwen3_tts_tokenizer_12hz",
        tts_model_size="0b6",
        tts_model_type="custom_voice",
        talker_config=t,
        transformers_version="4.57.3",
    )
