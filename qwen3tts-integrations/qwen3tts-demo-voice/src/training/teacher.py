"""The teacher: flite's slt voice as parameters (./teach), its codes, and its sound with a pitch locked to the codec's
frames.

Codes of a frame (80 ms, four parts of 20 ms): 0 which parts begin a phone (4 bits), 1..4 the phone of each part, 5
pitch (whole periods in the frame, 0 = unvoiced),
6 which text token is being said (mod 64), 7 which phone of it, 8 how many parts this phone has lasted so far; 9..15
always 0.
Groups 6..8 sound like nothing (zero vectors in the codec): they are the language model's own notes. The sound comes one
frame after its codes, so the codec hears one frame ahead.
"""

import os, struct, subprocess
import numpy as np

RATE, FRAME, SUB, HOP = 24000, 1920, 480, 120
PHONES = "pau aa ae ah ao aw ax axr ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p r s sh t th uh uw v w y z zh ssil".split()
PHONE = {p: i for i, p in enumerate(PHONES)}
F0_LOW, F0_HIGH, CODES = 8, 22, 9
HERE = os.path.dirname(os.path.abspath(__file__))


def run(items, binary=None, f0only=False, stretch=1.08):
    """items: (id, text) -> yields (id, frames [n, c], [(phone, end, token, stress)], tokens)"""
    p = subprocess.run(
        [binary or os.path.join(HERE, "teach"), "-d", str(stretch)] + (["-f"] if f0only else []),
        input="".join(f"{i}\t{t}\n" for i, t in items).encode(),
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    o = 0
    while o < len(p):
        i, n, m, c, k = struct.unpack_from("<5i", p, o)
        o += 20
        segs = []
        for _ in range(m):
            segs.append((p[o : o + 8].split(b"\0")[0].decode(),) + struct.unpack_from("<fii", p, o + 8))
            o += 20
        yield i, np.frombuffer(p, "<f4", n * c, o).reshape(n, c), segs, k
        o += 4 * n * c


def texts():
    """The texts of texts.tsv without the held-out ones, always in the same order"""
    import random, re

    no = {l.strip() for f in ("held.txt", "long.txt") for l in open(os.path.join(HERE, f), encoding="utf-8")}
    rows = sorted({l.rstrip("\n").split("\t")[1] for l in open(os.path.join(HERE, "texts.tsv"), encoding="utf-8")} - no)
    rows = [s for s in rows if re.fullmatch(r"[A-Za-z' ,.?!]+", s) and "  " not in s]
    random.Random(3).shuffle(rows)
    return [s for s in rows if len(s.split()) >= 3]


def layout(segs, lead=1, tail=5, pause=10):
    """Phones on the 20 ms grid -> (phone ids [S], segment index per part, [(start part, end part, start s, end s)]); S
    is a multiple of 4."""
    spans, at, prev = [], 0, 0.0
    last = len(segs) - 1
    for i, (p, end, *_) in enumerate(segs):
        d = (
            max(1, int(round(end / 0.02)) - int(round(prev / 0.02)))
            if p != "pau"
            else max(1, int(round((end - prev) / 0.02)))
        )
        if p == "pau":
            d = lead if i == 0 else min(d, pause) if i < last else tail
        spans.append([at, at + d, prev, end])
        at += d
        prev = end
    spans[-1][1] += -at % 4
    return (
        np.array([PHONE[segs[i][0]] for i, s in enumerate(spans) for _ in range(s[0], s[1])]),
        np.array([i for i, s in enumerate(spans) for _ in range(s[0], s[1])]),
        spans,
    )


def warp(spans, n):
    """For each 5 ms hop of the new time the position in flite's 5 ms frames."""
    out = []
    for a, b, s, e in spans:
        k = (b - a) * 4
        f = (np.arange(k) + 0.5) / k
        w = s + (e - s) * f
        if (e - s) > (b - a) * 0.02 * 1.5:
            w = (
                (e - (1 - f) * (b - a) * 0.02) if a == 0 else s + f * (b - a) * 0.02
            )  # a shortened pause is cut, not squeezed
        out.append(w / 0.005)
    return np.clip(np.concatenate(out), 0, n - 1)


def pitch(f0, ph):
    """f0 per 5 ms hop (0 unvoiced) -> whole periods per frame [T] (0: no voiced hop)"""
    t = len(f0) // 16
    f = f0.reshape(t, 16)
    v = f > 0
    k = np.zeros(t, np.int64)
    prev = None
    for i in range(t):
        if v[i].sum() < 2:
            continue
        m = f[i][v[i]].mean() * 0.08
        r = int(round(m))
        if prev is not None and abs(m - prev) < 0.62:
            r = prev
        k[i] = prev = min(max(r, F0_LOW), F0_HIGH)
    return k


LOW, HIGH = 12, 16  # pitches that the decoder knows: 150, 162, 175, 187, 200 Hz


def classes(k):
    """periods per frame as the decoder says them"""
    return np.where(k > 0, np.clip(k, LOW, HIGH), 0)


def analyse(frames, segs):
    """-> phones [S], segment index [S], spans, hops (position in flite's frames), f0 per hop, k [T]"""
    ph, seg, spans = layout(segs)
    pos = warp(spans, len(frames))
    f0 = frames[np.round(pos).astype(int), 0]
    return ph, seg, spans, pos, f0, pitch(f0, ph)


def codes(ph, seg, k, word=None, slot=None):
    """[T, 9]; word, slot per segment"""
    t = len(ph) // 4
    c = np.zeros((t, CODES), np.int64)
    new = np.r_[True, seg[1:] != seg[:-1]].reshape(t, 4)
    c[:, 0] = new @ np.array([8, 4, 2, 1])
    c[:, 1:5] = ph.reshape(t, 4)
    c[:, 5] = np.where(k > 0, k - F0_LOW + 1, 0)
    if word is not None:
        last = seg.reshape(t, 4)[:, 3]
        c[:, 6] = word[last] % 64
        c[:, 7] = np.minimum(slot[last], 63)
        run = np.zeros(len(seg), np.int64)
        for i in range(1, len(seg)):
            run[i] = run[i - 1] + 1 if seg[i] == seg[i - 1] else 0
        c[:, 8] = np.minimum(run[3::4], 31)
    return c


# ---------------------------------------------------------------------------------------------------------------- sound

N = 1536
ALPHA, BETA, GAIN = 0.42, 0.4, 1.5 / 32768
_w = np.arange(N // 2 + 1) / N * RATE
_keep = np.clip((8000 - _w) / 700, 0, 1)
_o = np.minimum(_w, 8000) / 8000 * np.pi
_wt = _o + 2 * np.arctan2(ALPHA * np.sin(_o), 1 - ALPHA * np.cos(_o))
BASIS = np.exp(-1j * np.arange(25)[:, None] * _wt[None]).astype(
    np.complex64
)  # a mel cepstrum's minimum phase response is exp(c @ BASIS)


def _bands():
    edges = [0, 1000, 2000, 4000, 6000, 8000]
    b = np.zeros((5, len(_w)))
    for i in range(5):
        lo, hi = edges[i], edges[i + 1]
        up = np.clip((_w - lo + 250) / 500, 0, 1) if i else np.ones_like(_w)
        dn = np.clip((hi + 250 - _w) / 500, 0, 1) if i < 4 else np.ones_like(_w)
        b[i] = up * dn
    return (b / b.sum(0).clip(1e-9)).astype(np.float32)


BANDS = _bands()
NOISE = np.random.default_rng(7).standard_normal(FRAME).astype(np.float32)


def response(mc):
    """Postfiltered as flite does: sharper formants, same energy."""
    a = np.exp(mc @ BASIS)
    m2 = mc.copy()
    m2[:, 2:] *= 1 + BETA
    m2[:, 1] -= BETA * ALPHA * mc[:, 2]
    b = np.exp(m2 @ BASIS)
    r = np.sqrt((np.abs(a[:, : 1025 * N // 2048]) ** 2).mean(1) / (np.abs(b[:, : 1025 * N // 2048]) ** 2).mean(1))
    return b * (r[:, None] * _keep)


def sound(frames, pos, f0, k):
    """float32 [1920 * (T + 1)]: one silent frame, then the sound"""
    t = len(k)
    n = t * FRAME
    y = np.zeros(n + 2 * N, np.float32)
    i0 = np.floor(pos).astype(int)
    fr = (pos - i0)[:, None]
    i1 = np.minimum(i0 + 1, len(frames) - 1)
    par = frames[i0] * (1 - fr) + frames[i1] * fr
    H = response(par[:, 1:26].astype(np.float32))
    st = np.clip(par[:, 26:31], 0, 1) @ BANDS
    v = f0 > 0
    # noise: the same 80 ms of it in every frame, in Hann windows of 10 ms every 5 ms
    win = np.hanning(2 * HOP + 1)[:-1].astype(np.float32)
    noise = np.tile(NOISE, t + 2)
    h = np.arange(len(pos))
    seg = noise[(h * HOP + FRAME - HOP // 2)[:, None] + np.arange(2 * HOP)[None]] * win
    X = np.fft.rfft(seg, N) * H * np.where(v[:, None], 1 - st, 1.0) * (1.5**0.5)
    z = np.fft.irfft(X, N)
    for i in range(len(pos)):
        a = i * HOP - HOP // 2 + N // 2
        y[a : a + N] += z[i]
    # pulses: phase is whole at every frame border
    kk = k.astype(float)
    b0 = b1 = m = kk  # no glide between frames: every pitch is one pattern of pulses
    u = (np.arange(FRAME) + 1) / FRAME
    idx, frac, amp = [], [], []
    for i in range(t):
        if not k[i]:
            continue
        ph = np.where(u < 0.5, b0[i] * u + (m[i] - b0[i]) * u * u, 0.0)
        q = u - 0.5
        mid = b0[i] * 0.5 + (m[i] - b0[i]) * 0.25
        ph = np.where(u < 0.5, ph, mid + m[i] * q + (b1[i] - m[i]) * q * q)
        ph = np.r_[0.0, ph]
        c = np.arange(int(k[i]))
        s = np.searchsorted(ph, c, side="right") - 1
        d = ph[s + 1] - ph[s]
        idx.append(i * FRAME + s)
        frac.append((c - ph[s]) / d)
        amp.append(np.sqrt(1 / (d * 1.5)))
    if idx:
        idx, frac, amp = np.concatenate(idx), np.concatenate(frac), np.concatenate(amp)
        hop = np.minimum(idx // HOP, len(pos) - 1)
        ok = v[hop]
        idx, frac, amp, hop = idx[ok], frac[ok], amp[ok], hop[ok]
        X = (
            H[hop]
            * st[hop]
            * (1.5 * amp)[:, None]
            * np.exp(-2j * np.pi * np.arange(N // 2 + 1)[None] / N * frac[:, None])
        )
        z = np.fft.irfft(X, N)
        for i, a in enumerate(idx):
            y[N // 2 + a : N // 2 + a + N] += z[i]
    out = np.zeros(n + FRAME, np.float32)
    out[FRAME:] = y[N // 2 : N // 2 + n]
    e = 120
    out[-e:] *= np.linspace(1, 0, e)
    return out * GAIN
