"""The front network: the teacher's spectra as a function of the codes alone (mel cepstra and band strengths, four times
a 20 ms part). The sound that the decoder is taught is made from its spectra, so nothing in it depends on what the codes
do not say.

python front.py --work DIR [--rows 4500] [--steps 2700] [--start DEC]      -> DIR/front.pt; the texts from row 4000 on.
About 4 CPU minutes
"""

import argparse, os, sys, time
import numpy as np, torch, torch.nn as nn
import teacher as T, train_dec as D

ALPHA = 1.3  # how much of the spread that averaging takes away is given back


class Front(nn.Module):
    """The decoder up to its first up-sampling block, and a linear layer."""

    def __init__(self):
        super().__init__()
        self.v = D.Voice(1)
        self.out = nn.Linear(256, 120)
        for m in (self.v.decoder.decoder[1:], self.v.head):
            m.requires_grad_(False)

    def forward(self, c):
        v = self.v
        q0, q1 = v.vectors(c.long())
        d = v.decoder
        x = d.quantizer.rvq_first.output_proj(q0) + d.quantizer.rvq_rest.output_proj(q1)
        x = d.pre_transformer(d.pre_conv(x).transpose(1, 2)).transpose(1, 2)
        for up in d.upsample:
            for m in up:
                x = m(x)
        return self.out(d.decoder[1].block[0](d.decoder[0](x)).transpose(1, 2)).reshape(c.shape[0], c.shape[1], 480)


def own(k):
    return (
        k.startswith(("out.", "v.e0", "v.e1", "v.decoder.decoder.0."))
        or k.startswith("v.decoder.")
        and not k.startswith("v.decoder.decoder.")
    )


_net = None


def spectra(c, path):
    """codes [T, 9] -> [16 T, 30]"""
    global _net
    if _net is None:
        st = torch.load(path, weights_only=False)
        net = Front()
        net.load_state_dict(st["net"], strict=False)
        _net = net.eval(), st["mu"].numpy(), st["sd"].numpy(), st["un"].numpy()
    net, mu, sd, un = _net
    with torch.no_grad():
        z = net(torch.from_numpy(c)[None])[0].view(-1, 30).numpy()
    g = (1 - un[:25]) ** (-0.5 * ALPHA)
    g[0] = 1
    z[:, :25] *= g
    return z * sd + mu


def sound(ph, seg, f0, k, path, periods=None):
    """As teacher.sound, with the spectra of the front network; periods: pitch of the sound if not that of the codes"""
    y = spectra(np.concatenate((T.codes(ph, seg, k), np.zeros((1, T.CODES), np.int64))), path)[16:]
    fr = np.concatenate((np.zeros((len(y), 1)), y), 1).astype(np.float32)
    return T.sound(
        np.concatenate((fr, fr[-1:])), np.arange(len(y)).astype(float), f0, T.classes(k) if periods is None else periods
    )


def data(rows):
    C, P = [], []
    for i, fr, segs, k in T.run(list(enumerate(rows))):
        if len(fr) < 40:
            continue
        ph, seg, spans, pos, f0, kk = T.analyse(fr, segs)
        i0 = np.floor(pos).astype(int)
        r = (pos - i0)[:, None]
        i1 = np.minimum(i0 + 1, len(fr) - 1)
        par = (fr[i0] * (1 - r) + fr[i1] * r)[:, 1:].astype(np.float16)
        C.append(np.concatenate((T.codes(ph, seg, kk), np.zeros((1, T.CODES), int))))
        P.append(np.concatenate((np.repeat(par[:1], 16, 0), par)))  # one frame later, as the sound
    return torch.from_numpy(np.concatenate(C).astype(np.uint8)), torch.from_numpy(np.concatenate(P)).view(-1, 480)


def main():
    ap = argparse.ArgumentParser()
    A = ap.add_argument
    A("--work", required=True)
    A("--rows", type=int, default=4500)
    A("--steps", type=int, default=2700)
    A("--lr", type=float, default=2e-3)
    A("--start", help="a saved decoder or front to start from")
    o = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rows = T.texts()[4000 : 4000 + o.rows]
    c, p = data(rows)
    n, nv = len(c), min(3000, len(c) // 10)
    q = p.view(-1, 30)[::7].float()
    mu, sd = q.mean(0), q.std(0) + 1e-6
    print(n, "frames", flush=True)
    w = torch.cat((sd[:25] / sd[1:25].mean(), torch.full((5,), 0.5)))
    w[0] = 0.5
    w /= w.mean()
    net = Front()
    if o.start:
        st = torch.load(o.start, weights_only=False)["net"]
        mine = net.state_dict()
        net.load_state_dict(
            {
                k: x
                for k, x in [(k if k in mine else "v." + k, x) for k, x in st.items()]
                if k in mine and own(k) and mine[k].shape == x.shape
            },
            strict=False,
        )
    par = [x for x in net.parameters() if x.requires_grad]
    opt = torch.optim.AdamW(par, lr=o.lr, weight_decay=1e-3)
    rng = np.random.default_rng(0)
    t = time.process_time()
    acc = []

    def get(at, f):
        i = at[:, None] + torch.arange(f)
        return c[i], ((p[i].float().view(len(at), f, 16, 30) - mu) / sd).view(len(at), f, 480)

    def val():
        e = []
        with torch.no_grad():
            for a in range(0, nv - 200, 200):
                x, y = get(torch.tensor([a]), 200)
                e.append(((net(x) - y)[:, 4:] ** 2).view(-1, 30))
        return torch.cat(e).mean(0)

    for s in range(o.steps):
        for g in opt.param_groups:
            g["lr"] = o.lr * min(1, (s + 1) / 50) * (0.02 + 0.98 * (1 - s / o.steps))
        x, y = get(torch.from_numpy(rng.integers(nv, n - 26, 16)), 24)
        with torch.autocast("cpu", torch.bfloat16):
            z = net(x)
        l = (((z.float() - y)[:, 2:] ** 2).view(-1, 30) * w).mean()
        opt.zero_grad(set_to_none=True)
        l.backward()
        nn.utils.clip_grad_norm_(par, 1.0)
        opt.step()
        acc.append(float(l.detach()))
        if s % 300 == 299 or s == o.steps - 1:
            v = val()
            print(
                s + 1,
                "train",
                round(float(np.mean(acc[-200:])), 4),
                "held out",
                round(float((v * w).mean()), 4),
                "unexplained",
                round(float(v.mean()), 4),
                round(time.process_time() - t, 1),
                "s",
                flush=True,
            )
    torch.save(
        dict(net={k: x for k, x in net.state_dict().items() if own(k)}, mu=mu, sd=sd, un=val()),
        os.path.join(o.work, "front.pt"),
    )


if __name__ == "__main__":
    main()
