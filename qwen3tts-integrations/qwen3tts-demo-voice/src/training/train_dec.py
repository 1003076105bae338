"""Trains the codec's decoder and its code vectors on the sound of sound.py. Runs until --cpu minutes of this process
are spent, saves every 2 CPU minutes and on SIGTERM, goes on from the saved state.

python train_dec.py --aud DIR --work DIR [--cpu 30] [--plan 30 | --end SECONDS] [--threads 1] [--rank 0 and --rank 1:
two processes on two cores, faster than two threads; delete WORK/meet before]
--aux: weight of the linear probe that has to find the spectra of WORK/front.pt; --tail: where the trained part ends,
see Voice; --start: another state to begin from
"""

import argparse, signal, glob, json, math, os, sys, time
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
import codec as C, teacher as T

ROWS = 64  # codes of a group that occur (of 256 in the layout)
WIDTHS = (
    12,
    12,
    12,
    12,
    16,
    # dimensions of groups 1..5 in the 64 of the second family: each group has its own, so a nearest-neighbour search by
    # residuals is exact
)
MONOTONE = False  # True: group 5 tells voiced from unvoiced only, sound with one pitch, 16 periods a frame (200 Hz)
GAIN = 0.03  # the head's weights are of the size of the others
STILL = -10.0  # alpha of a Snake that leaves its input as it is


class Voice(nn.Module):
    """The decoder; trained up to its `tail`, the rest is written down by pack(): tail 1: a chunk of 60 samples is a
    linear function of the 128 channels at 400 Hz, tail 2: 12 samples of the 64 channels at 2000 Hz."""

    def __init__(self, tail=1, units=((0, 1, 2), (0,))):
        super().__init__()
        c = C.CONFIGS["voice"]
        self.c, self.tail = c, tail
        self.decoder = C.Decoder(c)
        n, d = ROWS, c["dim"]
        self.e0 = nn.Parameter(torch.randn(n, d) * 0.5)
        self.e1 = nn.ParameterList([nn.Parameter(torch.randn(n, w)) for w in WIDTHS])
        for b in range(4):
            for j in range(3):
                m = self.decoder.decoder[b + 1].block[2 + j]
                m.used = b < tail and j in units[b]
                if not m.used:
                    nn.init.zeros_(m.conv2.conv.weight)
                    nn.init.zeros_(m.conv2.conv.bias)
        for p in self.decoder.decoder[tail + 1 :].parameters():
            p.requires_grad_(False)
        for m in self.decoder.modules():
            if isinstance(m, C.Unit) and not m.used:
                for p in m.parameters():
                    p.requires_grad_(False)
        w = c["decoder"]["decoder_dim"] >> tail
        self.chunk = (60, 12)[tail - 1]
        self.head = nn.Conv1d(w, self.chunk, 2, bias=False)
        nn.init.normal_(self.head.weight, std=1e-2)

    def pitch(self, k):
        return (
            k.clamp(max=1) if MONOTONE else torch.where(k > 0, k.clamp(T.LOW - T.F0_LOW + 1, T.HIGH - T.F0_LOW + 1), k)
        )

    def vectors(self, c):
        """c [B, T, >= 6] -> q0, q1 [B, 64, T]"""
        c = torch.cat((c[..., :5], self.pitch(c[..., 5:6])), -1)
        return self.e0[c[..., 0]].transpose(1, 2), torch.cat(
            [e[c[..., i + 1]] for i, e in enumerate(self.e1)], -1
        ).transpose(1, 2)

    def features(self, c):
        q0, q1 = self.vectors(c)
        d = self.decoder
        x = d.quantizer.rvq_first.output_proj(q0) + d.quantizer.rvq_rest.output_proj(q1)
        x = d.pre_transformer(d.pre_conv(x).transpose(1, 2)).transpose(1, 2)
        for up in d.upsample:
            for m in up:
                x = m(x)
        x = d.decoder[1].block[0](d.decoder[0](x))
        self.z = x  # 256 channels at 50 Hz
        for m in d.decoder[1].block[1:]:
            x = m(x)
        for m in d.decoder[2 : self.tail + 1]:
            x = m(x)
        return d.decoder[self.tail + 1].block[0](x)

    def forward(self, c):
        x = self.features(c)
        with torch.autocast(x.device.type, enabled=False):
            y = GAIN * self.head(F.pad(x.float(), (1, 0)))
        return y.transpose(1, 2).reshape(y.shape[0], -1)

    @torch.no_grad()
    def pack(self):
        """Writes the head into the blocks behind the tail: they only lay the samples out in a row."""
        d = self.decoder.decoder
        for (
            m
        ) in (
            self.decoder.modules()
        ):  # states of another tail may have left something in units that are passed over here
            if isinstance(m, C.Unit) and not m.used:
                m.conv2.conv.weight.zero_()
                m.conv2.conv.bias.zero_()
        for b in range(self.tail, 4):
            t = d[b + 1].block[1].conv
            t.weight.zero_()
            t.bias.zero_()
            if b > self.tail:
                d[b + 1].block[0].alpha.fill_(STILL)
        d[5].alpha.fill_(STILL)
        h, s = self.head, C.RATES[self.tail]
        n = self.chunk // s
        t = d[self.tail + 1].block[1].conv
        w = GAIN * h.weight.view(s, n, -1, 2)  # sample j n + c of the chunk: channel c, step j
        for j in range(s):
            t.weight[:, :n, j] = w[j, :, :, 1].t()
            t.weight[:, :n, s + j] = w[j, :, :, 0].t()
        for b in range(self.tail + 1, 4):
            t, s = d[b + 1].block[1].conv, C.RATES[b]
            m = n // s
            for j in range(s):
                for c in range(m):
                    t.weight[j * m + c, c, j] = 1
            n = m
        o = d[6].conv
        o.weight.zero_()
        o.bias.zero_()
        o.weight[0, 0, -1] = 1

    def books(self):
        """[16][64, 64] vectors of all groups"""
        n, d = ROWS, self.c["dim"]
        out = [self.e0.detach().float()]
        o = 0
        for e, w in zip(self.e1, WIDTHS):
            z = torch.zeros(n, d)
            z[:, o : o + w] = e.detach()
            out.append(z)
            o += w
        out[5] = out[5][self.pitch(torch.arange(n))]
        return out + [torch.zeros(n, d) for _ in range(10)]


class Spectral(nn.Module):
    """Log-mel distance and distance of compressed complex spectra, at three resolutions."""

    SIZES = ((1024, 80), (512, 60), (192, 24))

    def __init__(self):
        super().__init__()
        for n, m in self.SIZES:
            self.register_buffer(f"m{n}", C.mel_bank(n, m, fmax=8500.0))
            self.register_buffer(f"w{n}", torch.hann_window(n))

    def forward(self, x, y, which=None):
        a = b = 0.0
        k = 3 if which is None else 1
        for n, _ in (self.SIZES if which is None else self.SIZES[which : which + 1]):
            z = torch.stft(
                torch.cat((x, y)), n, n // 4, window=getattr(self, f"w{n}"), return_complex=True, pad_mode="constant"
            )
            w = z.real.square() + z.imag.square()
            s = (w + 1e-8).sqrt()
            p, q = s.chunk(2)
            m = getattr(self, f"m{n}")
            e = 3e-5 * n
            a = a + ((m @ p + e).log() - (m @ q + e).log()).abs().mean()
            c = torch.view_as_real(z) * (w + 1e-3).pow(-0.35)[..., None]
            p, q = c.chunk(2)
            b = b + (p - q).abs().mean() / q.abs().mean().clamp(
                min=1e-3
            )  # complex, magnitudes to the power 0.3: the phase is known, so it counts
        return a / k, b / k


def load(folder, dev):
    a, c, n = [], [], []
    for f in sorted(glob.glob(os.path.join(folder, "s*[0-9].npz"))):
        z = np.load(f)
        a.append(z["audio"])
        c.append(z["codes"])
        n.append(z["n"])
    return torch.from_numpy(np.concatenate(a)).to(dev), torch.from_numpy(np.concatenate(c)).to(dev), np.concatenate(n)


def main():
    global MONOTONE
    ap = argparse.ArgumentParser()
    A = ap.add_argument
    A("--aud", required=True)
    A("--work", required=True)
    A("--cpu", type=float, default=30)
    A("--plan", type=float, default=30)
    A("--threads", type=int, default=1)
    A("--batch", type=int, default=4)
    A("--crop", type=int, default=20)
    A("--lr", type=float, default=2e-3)
    A("--steps", type=int, default=1 << 30)
    A("--fp32", action="store_true")
    A("--every", type=int, default=50)
    A("--device", default="cpu")
    A("--rank", type=int)
    A("--tail", type=int, default=2)
    A("--mono", action="store_true")
    A("--start")
    A("--aux", type=float, default=1.0)
    A(
        "--end",
        type=float,
        help="wall time, seconds since 1970, at which the learning rate is to have fallen; in place of --plan",
    )
    o = ap.parse_args()
    dev = torch.device(o.device)
    clock = time.process_time if dev.type == "cpu" else time.time
    MONOTONE = o.mono
    rank = o.rank or 0
    if o.rank is not None:
        import torch.distributed as dist

        dist.init_process_group(
            "gloo", init_method="file://" + os.path.abspath(os.path.join(o.work, "meet")), rank=o.rank, world_size=2
        )
    torch.set_num_threads(o.threads)
    os.makedirs(o.work, exist_ok=True)
    path = os.path.join(o.work, "dec.pt")
    torch.manual_seed(1)
    rng = np.random.default_rng()
    net, spec = Voice(o.tail).to(dev), Spectral().to(dev)
    par = [p for p in net.parameters() if p.requires_grad]
    opt = torch.optim.AdamW(par, lr=o.lr, betas=(0.85, 0.99), weight_decay=1e-4)
    step, spent = 0, 0.0
    names = [k for k, p in net.named_parameters() if p.requires_grad]
    ema = None
    audio, codes, n = load(o.aud, dev)
    files = len(glob.glob(os.path.join(o.aud, "s*[0-9].npz")))
    log = open(os.path.join(o.work, "dec.log"), "a")
    acc = []

    def batch():
        f = o.crop
        at = torch.from_numpy(rng.integers(0, len(codes) - f, o.batch)).to(dev)
        c = codes[at[:, None] + torch.arange(f, device=dev)].long()
        w = audio[(at * 1920)[:, None] + torch.arange(f * 1920, device=dev)].float() / 32768
        return c, w

    def keep():
        torch.save(
            dict(
                net=net.state_dict(),
                opt=opt.state_dict(),
                ema=ema,
                names=names,
                step=step,
                spent=spent,
                tail=o.tail,
                mono=MONOTONE,
            ),
            path + ".tmp",
        )
        os.replace(path + ".tmp", path)

    if os.path.exists(path):
        st = torch.load(path, map_location=dev, weights_only=False)
        net.load_state_dict(st["net"])
        opt.load_state_dict(st["opt"])
        step, spent = st["step"], st["spent"]
        if st.get("mono") and not MONOTONE:
            with torch.no_grad():
                net.e1[4][2:16] = net.e1[4][1] + 0.1 * torch.randn(14, WIDTHS[4])
    elif o.start:  # weights of another state, with a new head by least squares
        st = torch.load(o.start, map_location=dev, weights_only=False)
        net.load_state_dict({k: v for k, v in st["net"].items() if k in net.state_dict()}, strict=False)
        with torch.no_grad():
            if not MONOTONE:
                net.e1[4][2:16] = net.e1[4][1] + 0.3 * torch.randn(14, WIDTHS[4])
            m = net.head.in_channels
            a = torch.zeros(2 * m, 2 * m, dtype=torch.float64)
            b = torch.zeros(2 * m, net.chunk, dtype=torch.float64)
            for _ in range(30):
                c, w = batch()
                x = F.pad(net.features(c).float(), (1, 0))
                x = torch.cat((x[..., :-1], x[..., 1:]), 1)[..., 1920 // net.chunk :]
                x = x.transpose(1, 2).reshape(-1, 2 * m).double()
                y = w[:, 1920:].reshape(-1, net.chunk).double()
                a += x.t() @ x
                b += x.t() @ y
            s = torch.linalg.solve(a + 1e-3 * a.diagonal().mean() * torch.eye(2 * m), b).float()
            net.head.weight.copy_(torch.stack((s[:m].t(), s[m : 2 * m].t()), -1) / GAIN)
            print("head fitted", flush=True)
    else:  # every convolution's output gets unit spread on a first batch
        hooks = []

        def scale(t):
            def f(m, _, y):
                b = 0 if m.bias is None else m.bias[:, None]
                s = t / (y - b).std().clamp(min=1e-6)
                m.weight.data.mul_(s)
                if m.bias is not None:
                    m.bias.data.zero_()
                return (y - b) * s

            return f

        for k, m in net.decoder.named_modules():
            if (
                isinstance(m, (nn.Conv1d, nn.ConvTranspose1d))
                and not k.startswith("quantizer")
                and m.weight.requires_grad
            ):
                hooks.append(m.register_forward_hook(scale(0.3 if k.endswith("conv2.conv") else 1.0)))
        with torch.no_grad():
            net(batch()[0])
        for h in hooks:
            h.remove()
    if os.path.exists(path):
        ema = st.get("ema")
    ema = ema or [p.detach().clone() for p in par]
    front = None
    if o.aux and os.path.exists(
        os.path.join(o.work, "front.pt")
    ):  # a linear probe of the 256 channels at 50 Hz has to find the spectra that the sound was made from
        import front as X

        front = X.Front()
        fs = torch.load(os.path.join(o.work, "front.pt"), weights_only=False)
        front.load_state_dict(fs["net"], strict=False)
        fw = torch.cat((fs["sd"][:25] / fs["sd"][1:25].mean(), torch.full((5,), 0.5)))
        fw[0] = 0.5
        fw = (fw / fw.mean()).repeat(4)
        probe = nn.Linear(256, 120)
        a = torch.zeros(257, 257, dtype=torch.float64)
        b = torch.zeros(257, 120, dtype=torch.float64)
        with torch.no_grad():
            for _ in range(40):
                c, w = batch()
                net(c)
                x = net.z.transpose(1, 2)[:, 8:].reshape(-1, 256).double()
                x = torch.cat((x, torch.ones_like(x[:, :1])), 1)
                y = front(c).view(len(c), -1, 120)[:, 8:].reshape(-1, 120).double()
                a += x.t() @ x
                b += x.t() @ y
            q = torch.linalg.solve(a + 1e-4 * a.diagonal().mean() * torch.eye(257), b).float()
            probe.weight.copy_(q[:256].t())
            probe.bias.copy_(q[256])
        par = par + list(probe.parameters())
        opt2 = torch.optim.AdamW(probe.parameters(), lr=1e-3, weight_decay=1e-4)
    stop = []
    signal.signal(signal.SIGTERM, lambda *a: stop.append(1))  # a polite kill saves first
    t0 = last = saved = clock()
    w0 = time.time()
    pre, shared, begun = 0.9, None, step

    def part():
        return (time.time() - w0) / (o.end - w0) if o.end else spent / (o.plan * 60)

    while True:
        now = clock()
        spent += now - last
        last = now
        if stop or now - t0 > o.cpu * 60 or step >= o.steps:
            break
        if step % 200 == 199 and len(glob.glob(os.path.join(o.aud, "s*[0-9].npz"))) != files:
            audio, codes, n = load(o.aud, dev)
            files = len(glob.glob(os.path.join(o.aud, "s*[0-9].npz")))
        p = min(1.0, shared if shared is not None else part())
        lr = o.lr * min(1, (step - begun + 1) / 100) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * p)))
        for g in opt.param_groups:
            g["lr"] = lr
        c, w = batch()
        with torch.autocast(dev.type, torch.bfloat16, enabled=not o.fp32):
            y = net(c)
        y = y.float()[:, 1920:]
        w = w[:, 1920:]
        mel, mag = spec(y, w, step % 3)
        d = y - w
        dp = d[:, 1:] - pre * d[:, :-1]
        wp = w[:, 1:] - pre * w[:, :-1]
        l1 = d.abs().mean() / w.abs().mean()
        l2 = dp.abs().mean() / wp.abs().mean()
        loss = 1.5 * mel + 1.0 * mag + 0.3 * l1 + 0.4 * l2
        extra = torch.zeros(())
        if front is not None:
            with torch.no_grad(), torch.autocast(dev.type, torch.bfloat16):
                goal = front(c).view(len(c), -1, 120)[:, 4:].float()
            extra = ((probe(net.z.float().transpose(1, 2)[:, 4:]) - goal).square() * fw).mean()
            loss = loss + o.aux * extra
            probe.zero_grad(set_to_none=True)
        net.zero_grad(set_to_none=True)
        loss.backward()
        if o.rank is not None:
            live = [p for p in par if p.grad is not None]
            g = torch.cat([p.grad.view(-1) for p in live] + [torch.tensor([part()])])
            dist.all_reduce(g)
            g /= 2
            i = 0
            shared = float(g[-1])  # the learning rate must be the same in both
            for p in live:
                p.grad.copy_(g[i : i + p.numel()].view_as(p))
                i += p.numel()
        gn = torch.nn.utils.clip_grad_norm_(par, 3.0)
        opt.step()
        front is not None and opt2.step()
        step += 1
        torch._foreach_lerp_(
            ema, [p.detach() for p in par[: len(ema)]], 1 - min(0.998, (step - begun) / (step - begun + 20))
        )
        acc.append([float(v.detach()) for v in (mel, mag, l1, l2, gn, extra)])
        if step % o.every == 0 and rank == 0:
            m = np.mean(acc, 0)
            acc = []
            s = json.dumps(
                dict(
                    step=step,
                    cpu=round(spent / 60, 2),
                    mel=round(m[0], 4),
                    mag=round(m[1], 4),
                    l1=round(m[2], 4),
                    l2=round(m[3], 4),
                    gn=round(m[4], 2),
                    front=round(m[5], 4),
                    s=round(clock() - now, 3),
                    hours=round(len(codes) / 45000, 2),
                )
            )
            print(s, flush=True)
            log.write(s + "\n")
            log.flush()
        if clock() - saved > 120 and rank == 0:
            keep()
            saved = clock()
    if rank == 0:
        keep()


if __name__ == "__main__":
    main()
