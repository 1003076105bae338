"""Vocabulary of the demo voice: whole words as tokens, each with its pronunciation, which becomes its row of the text
embedding.

python lexicon.py TEXTS MERGES_700 OUT      -> OUT/merges.json, OUT/pron.json (token string -> phones with stress
marks), OUT/rows.npz (texts as aligned token and phone sequences)
"""

import collections, json, os, re, sys
import numpy as np
import lm as L, teacher as T

MAX = 12  # phones of a token
RULES = dict(
    a="ae",
    b="b",
    c="k",
    d="d",
    e="eh",
    f="f",
    g="g",
    h="hh",
    i="ih",
    j="jh",
    k="k",
    l="l",
    m="m",
    n="n",
    o="aa",
    p="p",
    q="k",
    r="r",
    s="s",
    t="t",
    u="ah",
    v="v",
    w="w",
    x="k s",
    y="iy",
    z="z",
)


def say(words):
    """Words alone -> phones; the mark 1 or 0 is the stress of the syllable"""
    out = {}
    todo = sorted(set(words))
    for i, f, segs, k in T.run(list(enumerate(todo)), f0only=True):
        out[todo[i]] = [(p, s) for p, e, t, s in segs if p != "pau"]
    return out


def split(ph, parts):
    """Phones of a word over its tokens, by least edits against what the tokens say alone. -> counts"""
    if len(parts) == 1:
        return [len(ph)]
    flat = [(p[0], i) for i, x in enumerate(parts) for p in x]
    n, m = len(ph), len(flat)
    D = np.full((n + 1, m + 1), 1e9)
    D[0] = np.arange(m + 1)
    D[:, 0] = np.arange(n + 1)
    V = set("aa ae ah ao aw ax axr ay eh er ey ih iy ow oy uh uw".split())
    c = lambda a, b: 0 if a == b else 0.6 if (a in V) == (b in V) else 1.5
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            D[i, j] = min(D[i - 1, j - 1] + c(ph[i - 1][0], flat[j - 1][0]), D[i - 1, j] + 1, D[i, j - 1] + 1)
    own = [0] * n
    i, j = n, m
    while i > 0:
        if j > 0 and abs(D[i, j] - D[i - 1, j - 1] - c(ph[i - 1][0], flat[j - 1][0])) < 1e-6:
            own[i - 1] = flat[j - 1][1]
            i -= 1
            j -= 1
        elif j > 0 and abs(D[i, j] - D[i, j - 1] - 1) < 1e-6:
            j -= 1
        else:
            own[i - 1] = flat[min(j, m - 1)][1] if m else 0
            i -= 1
    return [own.count(k) for k in range(len(parts))]


def main():
    texts, merges700, out = sys.argv[1:4]
    os.makedirs(out, exist_ok=True)
    rows = sorted({l.rstrip("\n").split("\t")[1] for l in open(texts, encoding="utf-8")})
    rows = [s for s in rows if re.fullmatch(r"[A-Za-z' ,.?!]+", s) and "  " not in s]
    cnt = collections.Counter(p for s in rows for p in L.PIECE.findall(s) if re.search("[A-Za-z]", p))
    low = collections.Counter()
    for p, k in cnt.items():
        low[p.strip().lower()] += k
    only = (
        set(open(sys.argv[4], encoding="utf-8").read().split("\n")) if len(sys.argv) > 4 else None
    )  # the vocabulary comes from all texts, the aligned rows from these
    if only:
        rows = [s for s in rows if s in only]
    tok = L.Tokenizer([tuple(m) for m in json.load(open(merges700))])
    iso = say([w for w in low if low[w] >= 3 or not only])

    def complete(p):
        global tok
        w = [inv[i] for i in tok.piece(p)]
        while len(w) > 1:
            m = (w[0], w[1])
            tok.merges.append(m)
            tok.rank[m] = len(tok.merges) - 1
            if m[0] + m[1] not in tok.vocab:
                tok.vocab[m[0] + m[1]] = len(tok.vocab)
                inv[len(tok.vocab) - 1] = m[0] + m[1]
            tok.cache.clear()
            w = [inv[i] for i in tok.piece(p)]

    globals()["tok"] = tok
    inv = {i: s for s, i in tok.vocab.items()}
    base = len(tok.vocab)
    fit = lambda w: w in iso and 0 < len(iso[w]) <= MAX
    best = [w for w, k in low.most_common() if fit(w) and re.fullmatch("[a-z]+", w)]
    for r, w in enumerate(best):
        k = low[w]
        if k >= 3:
            complete(" " + w)
        if cnt[w.capitalize()] >= 1 and k >= 5 or r < 3000:
            complete(w.capitalize())
        if cnt[" " + w.capitalize()] >= 2:
            complete(" " + w.capitalize())
        if r < 1500:
            complete(w)
    for w in ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d"):
        complete(w)
    merges = list(tok.merges)
    json.dump(merges, open(os.path.join(out, "merges.json"), "w"))
    tok = L.Tokenizer(merges)
    inv = {i: s for s, i in tok.vocab.items()}
    raw = {c: b for b, c in L.byte_chars()[0].items()}
    text = lambda s: bytes(raw[c] for c in s).decode("utf-8", "replace")
    # what each token says alone
    alone = {}
    frag = [text(s).strip() for s in tok.vocab if re.fullmatch(r" ?[A-Za-z']+", text(s))]
    iso2 = dict(iso)
    iso2.update(
        say([f.lower() for f in frag if re.search("[aeiouy]", f.lower()) and len(f) > 1 and f.lower() not in iso])
    )
    names = dict(zip("0123456789", "zero one two three four five six seven eight nine".split()))
    num = say(list(names.values()))
    letter = say([c for c in "abcdefghijklmnopqrstuvwxyz"])
    for s in tok.vocab:
        x = text(s)
        if re.fullmatch("[0-9]", x):
            alone[s] = num[names[x]]
        elif re.fullmatch("[A-Z]", x) or re.fullmatch(" [A-Za-z]", x):
            alone[s] = letter[x.strip().lower()]
        elif re.fullmatch(r" ?[A-Za-z']+", x):
            w = x.strip().lower()
            alone[s] = iso2[w] if w in iso2 and iso2[w] else [(q, 0) for c in w if c in RULES for q in RULES[c].split()]
        if s in alone:
            alone[s] = alone[s][:MAX]
    # texts, aligned
    votes = collections.defaultdict(collections.Counter)
    keep = []
    for i, f, segs, k in T.run(list(enumerate(rows)), f0only=True):
        s = rows[i]
        w = s.split(" ")
        if k != len(w) or len(f) < 20:
            continue
        say_w = [[] for _ in w]
        pieces = []
        for q, (p, e, t, st) in enumerate(segs):
            if p != "pau":
                say_w[t].append((p, st, q))
        word_of, slot_of, ids, ok = np.full(len(segs), -1), np.zeros(len(segs), int), [], True
        ends = []
        for n, x in enumerate(w):
            t = tok.text((" " if n else "") + x)
            let = [j for j, y in enumerate(t) if inv[y] in alone]
            if say_w[n] and not let:
                ok = False
                break
            c = split([(p, 0) for p, _, _ in say_w[n]], [alone[inv[t[j]]] for j in let]) if let else []
            o = 0
            for j, m in zip(let, c):
                ph = say_w[n][o : o + m]
                o += m
                votes[inv[t[j]]][tuple((p, st) for p, st, _ in ph)] += 1
                for z, (_, _, q) in enumerate(ph):
                    word_of[q] = len(ids) + j
                    slot_of[q] = min(z, MAX)
            tail = [j for j in range(len(t)) if j > (let[-1] if let else -1)]
            ends.append(len(ids) + tail[0] if tail else -1)
            ids += t
        if not ok:
            continue
        last = -1
        nw = 0
        for q, (p, e, t, st) in enumerate(
            segs
        ):  # a pause belongs to the punctuation before it; the first to the mark before the text, the last to the end
            if p != "pau":
                nw = t + 1
                last = word_of[q]
                continue
            if q == 0:
                word_of[q] = -1
            elif q == len(segs) - 1:
                word_of[q] = ends[-1] if ends[-1] >= 0 else len(ids)
            elif nw and ends[nw - 1] >= 0:
                word_of[q] = ends[nw - 1]
            else:
                word_of[q] = last
                slot_of[q] = MAX + 1
        ph, seg, spans, pos, f0, kk = T.analyse(f, segs)
        c = T.codes(ph, seg, kk, word_of, slot_of)
        assert (word_of >= -1).all()
        c = c.astype(np.int16)
        c[:, 6] = word_of[
            seg.reshape(-1, 4)[:, 3]
        ]  # the token itself; what the code says depends on the layout of the prompt
        keep.append((ids, c, s))
    pron = {s: list(v.most_common(1)[0][0])[:MAX] for s, v in votes.items() if sum(v.values()) >= 2 or s not in alone}
    pron = {s: pron.get(s) or alone[s] for s in alone}
    json.dump({s: [f"{p}{st}" for p, st in v] for s, v in pron.items()}, open(os.path.join(out, "pron.json"), "w"))
    np.savez_compressed(
        os.path.join(out, "rows.npz"),
        ids=np.concatenate([k[0] for k in keep]).astype(np.int32),
        nid=np.array([len(k[0]) for k in keep]),
        codes=np.concatenate([k[1] for k in keep]),
        nf=np.array([len(k[1]) for k in keep]),
    )
    open(os.path.join(out, "rows.txt"), "w").write("\n".join(k[2] for k in keep))
    print(
        len(rows),
        "texts,",
        len(keep),
        "aligned,",
        len(tok.vocab),
        "tokens,",
        len(merges),
        "merges,",
        sum(len(k[1]) for k in keep),
        "frames,",
        sum(len(k[0]) for k in keep),
        "text tokens",
    )


if __name__ == "__main__":
    main()
