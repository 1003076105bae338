"""Small Qwen3-TTS 12 Hz codec: Mimi encoder, split RVQ, causal decoder. Parameter names are the released ones below
`encoder.` and `decoder.`.

One set of codebooks is trained (names of the encoder side) and written twice on export. PyTorch only; runs on CPU and
CUDA.
"""

import math
import torch, torch.nn as nn, torch.nn.functional as F

CONFIGS = {
    "voice": dict(
        codebook_size=256,
        dim=64,
        decoder=dict(
            latent_dim=128,
            decoder_dim=256,
            hidden_size=96,
            intermediate_size=192,
            head_dim=32,
            num_attention_heads=3,
            num_hidden_layers=1,
        ),
        encoder=dict(
            num_filters=8,
            hidden_size=96,
            intermediate_size=192,
            head_dim=32,
            num_attention_heads=3,
            num_hidden_layers=1,
        ),
    ),
}
GROUPS, WINDOW, RATES, RATIOS = 16, 72, (8, 5, 4, 3), (2, 2)


def rope(x, theta=10000.0):
    """x [B, heads, T, d], positions from 0, split-half pairing."""
    d, t = x.shape[-1], x.shape[-2]
    inv = theta ** (-torch.arange(0, d, 2, device=x.device, dtype=torch.float32) / d)
    a = torch.arange(t, device=x.device, dtype=torch.float32)[:, None] * inv
    c, s = a.cos().to(x.dtype), a.sin().to(x.dtype)
    p, q = x.chunk(2, -1)
    return torch.cat((p * c - q * s, q * c + p * s), -1)


class SnakeFn(torch.autograd.Function):
    """x + sin(x)^2 in the type of x"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        s = torch.sin(x)
        return torch.addcmul(x, s, s)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return torch.addcmul(g, g, torch.sin(x + x))


class Snake(nn.Module):
    """alpha and beta stay 0: the convolutions around can scale as well, and their gradients cost more than all else
    here."""

    def __init__(self, n):
        super().__init__()
        self.alpha, self.beta = nn.Parameter(torch.zeros(n), False), nn.Parameter(torch.zeros(n), False)

    def forward(self, x):
        return (
            x if float(self.alpha[0]) < -5 else SnakeFn.apply(x)
        )  # a large negative alpha: x as it is, see train_dec.pack


class Conv(nn.Module):
    """Causal convolution: left padding k - s with the dilation counted, right padding up to a whole number of
    strides."""

    def __init__(self, i, o, k, stride=1, dilation=1, groups=1, bias=True, mode="constant"):
        super().__init__()
        self.conv = nn.Conv1d(i, o, k, stride=stride, dilation=dilation, groups=groups, bias=bias)
        self.mode = mode
        self.left, self.stride = (k - 1) * dilation + 1 - stride, stride

    def forward(self, x):
        r = -x.shape[-1] % self.stride
        return self.conv(F.pad(x, (self.left, r), mode=self.mode) if self.left or r else x)


class TConv(nn.Module):
    def __init__(self, i, o, k, stride):
        super().__init__()
        self.conv = nn.ConvTranspose1d(i, o, k, stride=stride)
        self.cut = k - stride

    def forward(self, x):
        y = self.conv(x)
        return y[..., : y.shape[-1] - self.cut] if self.cut else y


class RMSNorm(nn.Module):
    def __init__(self, n, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n))
        self.eps = eps

    def forward(self, x):
        y = x.float()
        return self.weight * (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + self.eps)).to(x.dtype)


class Scale(nn.Module):
    def __init__(self, n, v):
        super().__init__()
        self.scale = nn.Parameter(torch.full((n,), v))

    def forward(self, x):
        return self.scale * x


class Attention(nn.Module):
    def __init__(self, n, heads, hd, window=None):
        super().__init__()
        self.h, self.hd, self.window = heads, hd, window
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(n, heads * hd, bias=False) for _ in range(3))
        self.o_proj = nn.Linear(heads * hd, n, bias=False)

    def forward(self, x):
        b, t, _ = x.shape
        f = lambda p: p(x).view(b, t, self.h, self.hd).transpose(1, 2)
        q, k, v = rope(f(self.q_proj)), rope(f(self.k_proj)), f(self.v_proj)
        mask = None
        if self.window and t > self.window:
            i = torch.arange(t, device=x.device)
            mask = (i[:, None] >= i[None]) & (i[:, None] - i[None] < self.window)
        return self.o_proj(
            F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
            .transpose(1, 2)
            .reshape(b, t, -1)
        )


class SwiGLU(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.gate_proj, self.up_proj, self.down_proj = (
            nn.Linear(n, m, bias=False),
            nn.Linear(n, m, bias=False),
            nn.Linear(m, n, bias=False),
        )

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class GeluMLP(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(n, m, bias=False), nn.Linear(m, n, bias=False)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Layer(nn.Module):
    def __init__(self, n, m, heads, hd, decoder):
        super().__init__()
        norm = (lambda: RMSNorm(n, 1e-5)) if decoder else (lambda: nn.LayerNorm(n, eps=1e-5))
        self.self_attn, self.mlp = Attention(n, heads, hd, WINDOW if decoder else None), (
            SwiGLU if decoder else GeluMLP
        )(n, m)
        self.input_layernorm, self.post_attention_layernorm = norm(), norm()
        self.self_attn_layer_scale, self.mlp_layer_scale = Scale(n, 0.1), Scale(n, 0.1)

    def forward(self, x):
        x = x + self.self_attn_layer_scale(self.self_attn(self.input_layernorm(x)))
        return x + self.mlp_layer_scale(self.mlp(self.post_attention_layernorm(x)))


# ----------------------------------------------------------------------------------------------------------------
# encoder


class ResBlock(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.block = nn.ModuleList([nn.ELU(), Conv(n, n // 2, 3), nn.ELU(), Conv(n // 2, n, 1)])

    def forward(self, x):
        y = x
        for b in self.block:
            y = b(y)
        return x + y


class Seanet(nn.Module):
    def __init__(self, nf, hidden):
        super().__init__()
        l, n = [Conv(1, nf, 7)], nf
        for r in (4, 5, 6, 8):
            l += [ResBlock(n), nn.ELU(), Conv(n, 2 * n, 2 * r, stride=r)]
            n *= 2
        self.layers = nn.ModuleList(l + [nn.ELU(), Conv(n, hidden, 3)])

    def forward(self, x):
        for m in self.layers:
            x = m(x)
        return x


class Stack(nn.Module):
    def __init__(self, n, c, decoder):
        super().__init__()
        self.layers = nn.ModuleList(
            [
                Layer(n, c["intermediate_size"], c["num_attention_heads"], c["head_dim"], decoder)
                for _ in range(c["num_hidden_layers"])
            ]
        )

    def forward(self, x):
        for m in self.layers:
            x = m(x)
        return x


class Codebook(nn.Module):
    """EMA codebook; the vectors are embed_sum / cluster_usage."""

    def __init__(self, n, d):
        super().__init__()
        self.ready = False
        self.register_buffer("initialized", torch.zeros(1))
        self.register_buffer("cluster_usage", torch.ones(n))
        self.register_buffer("embed_sum", torch.randn(n, d) * 0.1)

    def vectors(self):
        return self.embed_sum / self.cluster_usage.clamp(min=1e-5)[:, None]

    def forward(self, x, keep=None, train=False, decay=0.99):
        """x [N, d] -> codes [N]; keep [N] marks the rows that count for the statistics."""
        e = self.vectors()
        codes = (e.pow(2).sum(1) - 2 * x @ e.t()).argmin(1)
        if train:
            n = e.shape[0]
            w = torch.ones_like(x[:, 0]) if keep is None else keep.to(x.dtype)
            use = torch.zeros(n, device=x.device, dtype=x.dtype).index_add_(0, codes, w)
            tot = torch.zeros_like(e).index_add_(0, codes, x * w[:, None])
            self.cluster_usage.mul_(decay).add_(use, alpha=1 - decay)
            self.embed_sum.mul_(decay).add_(tot, alpha=1 - decay)
            floor = 0.1 * w.sum() / n
            dead = self.cluster_usage < floor  # dead codes restart at a vector of this batch
            fresh = x[torch.randint(0, x.shape[0], (n,), device=x.device)]
            start = (4 * floor).clamp(min=1e-3)
            self.embed_sum.copy_(torch.where(dead[:, None], fresh * start, self.embed_sum))
            self.cluster_usage.copy_(torch.where(dead, start.expand(n), self.cluster_usage))
        return codes

    def start(self, x):
        """First batch: random rows of it, a little Lloyd."""
        n = self.embed_sum.shape[0]
        e = x[torch.randperm(x.shape[0], device=x.device).repeat(-(-n // x.shape[0]))[:n]].clone()
        for _ in range(8):
            c = (e.pow(2).sum(1) - 2 * x @ e.t()).argmin(1)
            u = torch.zeros(n, device=x.device).index_add_(0, c, torch.ones_like(x[:, 0]))
            s = torch.zeros_like(e).index_add_(0, c, x)
            e = torch.where(
                (u > 0)[:, None], s / u.clamp(min=1)[:, None], x[torch.randint(0, x.shape[0], (n,), device=x.device)]
            )
        use = x.shape[0] / n
        self.cluster_usage.fill_(use)
        self.embed_sum.copy_(e * use)
        self.initialized.fill_(1)


class VQLayer(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.codebook = Codebook(n, d)


class RVQ(nn.Module):
    def __init__(self, levels, n, d, width):
        super().__init__()
        self.input_proj, self.output_proj = nn.Conv1d(width, d, 1, bias=False), nn.Conv1d(d, width, 1, bias=False)
        self.layers = nn.ModuleList([VQLayer(n, d) for _ in range(levels)])

    def forward(self, z, levels=None, train=False, bypass=False):
        """z [B, width, T] -> (quantised with straight-through [B, d, T], codes [B, levels, T], commitment). levels [B]:
        how many to keep per item."""
        x = self.input_proj(z)
        b, d, t = x.shape
        f = x.transpose(1, 2).reshape(-1, d).float()
        r, q, codes, commit = f, torch.zeros_like(f), [], 0.0
        if bypass:
            return (
                x.float(),
                torch.zeros(b, len(self.layers), t, dtype=torch.long, device=x.device),
                0.02 * f.pow(2).mean(),
            )
        for i, l in enumerate(self.layers):
            keep = None if levels is None else (levels > i).repeat_interleave(t)
            cb = l.codebook
            with torch.no_grad():
                if train and not cb.ready:
                    if cb.initialized.item() == 0:
                        cb.start(r.detach())
                    cb.ready = True
                e = cb.vectors()
                c = cb(r.detach(), keep, train)
                v = e[c]
            w = 1.0 if keep is None else keep.to(f.dtype)[:, None]
            commit = commit + ((r - v) ** 2 * w).mean()
            r = r - v * w
            q = q + v * w
            codes.append(c.view(b, t))
        q = f + (q - f).detach()
        return q.view(b, t, d).transpose(1, 2), torch.stack(codes, 1), commit / len(self.layers)


class Quantizer(nn.Module):
    def __init__(self, n, d, width):
        super().__init__()
        self.semantic_residual_vector_quantizer, self.acoustic_residual_vector_quantizer = RVQ(1, n, d, width), RVQ(
            GROUPS - 1, n, d, width
        )


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        e = c["encoder"]
        h = e["hidden_size"]
        self.encoder, self.encoder_transformer, self.downsample = (
            Seanet(e["num_filters"], h),
            Stack(h, e, False),
            Conv(h, h, 4, stride=2, bias=False, mode="replicate"),
        )
        self.quantizer = Quantizer(c["codebook_size"], c["dim"], h)

    def latent(self, wav):
        return self.downsample(self.encoder_transformer(self.encoder(wav[:, None]).transpose(1, 2)).transpose(1, 2))

    def encode(self, wav):
        """wav [B, 1920 T] -> codes [B, 16, T]"""
        z = self.latent(wav).float()
        q = self.quantizer
        return torch.cat((q.semantic_residual_vector_quantizer(z)[1], q.acoustic_residual_vector_quantizer(z)[1]), 1)


# ----------------------------------------------------------------------------------------------------------------
# decoder


class ConvNeXt(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.dwconv, self.norm = Conv(n, n, 7, groups=n), nn.LayerNorm(n, eps=1e-6)
        self.pwconv1, self.pwconv2 = nn.Linear(n, 4 * n), nn.Linear(4 * n, n)
        self.gamma = nn.Parameter(torch.full((n,), 0.1))

    def forward(self, x):
        return x + (
            self.gamma * self.pwconv2(F.gelu(self.pwconv1(self.norm(self.dwconv(x).transpose(1, 2)))))
        ).transpose(1, 2)


class Unit(nn.Module):
    """One that is not `used` has a last convolution of zeros: the identity."""

    used = True

    def __init__(self, n, d):
        super().__init__()
        self.act1, self.conv1, self.act2, self.conv2 = Snake(n), Conv(n, n, 7, dilation=d), Snake(n), Conv(n, n, 1)

    def forward(self, x):
        return x + self.conv2(self.act2(self.conv1(self.act1(x)))) if self.used else x


class Block(nn.Module):
    def __init__(self, i, o, r):
        super().__init__()
        self.block = nn.ModuleList([Snake(i), TConv(i, o, 2 * r, r), Unit(o, 1), Unit(o, 3), Unit(o, 9)])

    def forward(self, x):
        for m in self.block:
            x = m(x)
        return x


class PreTransformer(Stack):
    def __init__(self, c):
        h = c["hidden_size"]
        super().__init__(h, c, True)
        self.norm, self.input_proj, self.output_proj = (
            RMSNorm(h, 1e-5),
            nn.Linear(c["latent_dim"], h),
            nn.Linear(h, c["latent_dim"]),
        )

    def forward(self, x):
        return self.output_proj(self.norm(super().forward(self.input_proj(x))))


class Projections(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.input_proj, self.output_proj = nn.Conv1d(2 * d, d, 1, bias=False), nn.Conv1d(d, 2 * d, 1, bias=False)


class DecoderQuantizer(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.rvq_first, self.rvq_rest = Projections(d), Projections(d)


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        d = c["decoder"]
        L, w = d["latent_dim"], d["decoder_dim"]
        self.quantizer, self.pre_conv, self.pre_transformer = (
            DecoderQuantizer(c["dim"]),
            Conv(2 * c["dim"], L, 3),
            PreTransformer(d),
        )
        self.upsample = nn.ModuleList([nn.ModuleList([TConv(L, L, r, r), ConvNeXt(L)]) for r in RATIOS])
        blocks = [Block(w >> i, w >> (i + 1), r) for i, r in enumerate(RATES)]
        self.decoder = nn.ModuleList([Conv(L, w, 7)] + blocks + [Snake(w >> 4), Conv(w >> 4, 1, 7)])

    def forward(self, q0, q1, clamp=True):
        """q0, q1 [B, dim, T]: the vectors of group 0 and the sum of the vectors of groups 1..15."""
        x = self.quantizer.rvq_first.output_proj(q0) + self.quantizer.rvq_rest.output_proj(q1)
        x = self.pre_transformer(self.pre_conv(x).transpose(1, 2)).transpose(1, 2)
        for up in self.upsample:
            for m in up:
                x = m(x)
        for m in self.decoder:
            x = m(x)
        x = x[:, 0]
        return x.clamp(-1, 1) if clamp else x


class Codec(nn.Module):
    def __init__(self, name, phones):
        super().__init__()
        self.name, c = name, CONFIGS[name]
        self.c = c
        self.encoder, self.decoder = Encoder(c), Decoder(c)
        self.phones = nn.Linear(c["dim"], 4 * phones)
        self.n_phones = phones  # training aid: group 0 must tell the phones of its frame

    @torch.no_grad()
    def calibrate(self, wav, phones):
        """Scales the convolutions on a first batch so that every output has unit spread; without it the latents start
        almost constant and the codebooks collapse."""
        hooks = []

        def scale(target):
            def f(m, _, y):
                s = target / (y - (m.bias[:, None] if m.bias is not None else 0)).std().clamp(min=1e-6)
                m.weight.mul_(s)
                if m.bias is not None:
                    y = (y - m.bias[:, None]) * s
                    m.bias.zero_()
                    return y
                return y * s

            return f

        for n, m in self.named_modules():
            if (
                isinstance(m, (nn.Conv1d, nn.ConvTranspose1d))
                and "output_proj" not in n
                and not n.startswith("decoder.quantizer")
            ):
                small = n.endswith(("block.3.conv", "conv2.conv"))
                last = n == f"decoder.decoder.{len(RATES) + 2}.conv"
                hooks.append(
                    m.register_forward_hook(
                        scale(0.02 if last else 0.4 if small else 0.5 if n.startswith("decoder") else 1.0)
                    )
                )
        self(wav, phones, train=False, bypass=True)
        for h in hooks:
            h.remove()

    def vectors(self, codes):
        """codes [B, 16, T] -> q0, q1"""
        q = self.encoder.quantizer
        a = q.acoustic_residual_vector_quantizer.layers
        q0 = F.embedding(codes[:, 0], q.semantic_residual_vector_quantizer.layers[0].codebook.vectors())
        q1 = sum(F.embedding(codes[:, i + 1], l.codebook.vectors()) for i, l in enumerate(a))
        return q0.transpose(1, 2), q1.transpose(1, 2)

    def decode(self, codes):
        return self.decoder(*self.vectors(codes))

    def forward(self, wav, phones, dropout=0.5, train=True, frozen=False, amp=False, bypass=False):
        """bypass: no quantisation (the first steps, until the latents have spread; the codebooks then start from
        them)."""
        dev = wav.device.type
        with torch.set_grad_enabled(train and not frozen):
            with torch.autocast(dev, torch.bfloat16, enabled=amp):
                z = self.encoder.latent(wav)
            z = z.float()
            q = self.encoder.quantizer
            b = z.shape[0]
            up = train and not frozen
            levels = None
            if train and dropout > 0:
                n = torch.randint(1, GROUPS, (b,), device=z.device)
                levels = torch.where(torch.rand(b, device=z.device) < dropout, n, torch.full_like(n, GROUPS - 1))
            q0, c0, k0 = q.semantic_residual_vector_quantizer(z, None, up, bypass)
            q1, c1, k1 = q.acoustic_residual_vector_quantizer(z, levels, up, bypass)
            ph = self.phones(q0.transpose(1, 2)).view(b, -1, self.n_phones)  # [B, 4 T, phones]
            ph = F.cross_entropy(ph.reshape(-1, self.n_phones), phones.reshape(-1))
        return self.decoder(q0, q1, clamp=False), torch.cat((c0, c1), 1), k0 + k1, ph


# ----------------------------------------------------------------------------------------------------------------
# losses


def mel_bank(n_fft, bands, rate=24000, fmax=12000.0):
    hz = lambda m: 700 * (10 ** (m / 2595) - 1)
    mel = lambda f: 2595 * math.log10(1 + f / 700)
    p = torch.tensor([hz(mel(0) + i * (mel(fmax) - mel(0)) / (bands + 1)) for i in range(bands + 2)])
    g = torch.arange(n_fft // 2 + 1) * rate / n_fft
    up, dn = (g[None] - p[:-2, None]) / (p[1:-1] - p[:-2])[:, None], (p[2:, None] - g[None]) / (p[2:] - p[1:-1])[
        :, None
    ]
    return torch.minimum(up, dn).clamp(min=0)


class Spectral(nn.Module):
    """L1 of log-mel and of log and linear magnitude at several resolutions."""

    SIZES = ((2048, 128), (1024, 96), (512, 64), (256, 40), (128, 20))

    def __init__(self):
        super().__init__()
        for n, m in self.SIZES:
            self.register_buffer(f"m{n}", mel_bank(n, m), persistent=False)
            self.register_buffer(f"w{n}", torch.hann_window(n), persistent=False)

    def forward(self, x, y):
        a = b = 0.0
        for n, _ in self.SIZES:
            s = (
                lambda v: torch.stft(
                    v, n, n // 4, window=getattr(self, f"w{n}"), return_complex=True, pad_mode="constant"
                )
                .abs()
                .clamp(min=1e-6)
            )
            p, q = s(x), s(y.detach())
            m = getattr(self, f"m{n}")
            e = 2e-5 * n  # soft floor about 60 dB below speech: without it near-silent bins own the gradient
            a = a + ((m @ p + e).log10() - (m @ q + e).log10()).abs().mean()
            b = b + ((p + e).log10() - (q + e).log10()).abs().mean() + (p - q).abs().mean() / q.mean().clamp(min=1e-3)
        return a / len(self.SIZES), b / len(self.SIZES)


# ----------------------------------------------------------------------------------------------------------------
# discriminators


class Disc(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def run(self, x):
        f = []
        for i, l in enumerate(self.layers):
            x = l(x)
            if i + 1 < len(self.layers):
                x = F.leaky_relu(x, 0.1)
                f.append(x)
        return x, f


class Period(Disc):
    def __init__(self, p, w):
        c = [1, w, 2 * w, 4 * w, 4 * w]
        super().__init__(
            [nn.Conv2d(c[i], c[i + 1], (5, 1), (3, 1), (2, 0)) for i in range(4)]
            + [nn.Conv2d(c[4], 1, (3, 1), 1, (1, 0))]
        )
        self.p = p

    def forward(self, x):
        x = F.pad(x, (0, -x.shape[-1] % self.p))
        return self.run(x.view(x.shape[0], 1, -1, self.p))


class Stft(Disc):
    def __init__(self, n, w):
        super().__init__(
            [
                nn.Conv2d(2, w, (3, 9), 1, (1, 4)),
                nn.Conv2d(w, w, (3, 9), (1, 2), (1, 4)),
                nn.Conv2d(w, w, (3, 9), (1, 2), (1, 4)),
                nn.Conv2d(w, w, (3, 3), 1, 1),
                nn.Conv2d(w, 1, (3, 3), 1, 1),
            ]
        )
        self.n = n
        self.register_buffer("win", torch.hann_window(n), persistent=False)

    def forward(self, x):
        with torch.autocast(x.device.type, enabled=False):
            s = torch.stft(
                x[:, 0].float(), self.n, self.n // 4, window=self.win, return_complex=True, pad_mode="constant"
            )
            m = s.abs() + 1e-4
            s = torch.view_as_real(s * (m**-0.5))  # square-root magnitude
        return self.run(s.permute(0, 3, 2, 1).contiguous())


class Discriminators(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.d = nn.ModuleList(
            [Period(p, width) for p in (2, 3, 5, 7, 11)] + [Stft(n, width) for n in (2048, 1024, 512)]
        )

    def forward(self, x):
        return [d(x) for d in self.d]


def gan_d(real, fake):
    return sum(F.relu(1 - r.float()).mean() + F.relu(1 + f.float()).mean() for (r, _), (f, _) in zip(real, fake)) / len(
        real
    )


def gan_g(real, fake):
    adv = sum(-f.float().mean() for f, _ in fake) / len(fake)
    fm = sum(
        (a.float() - b.detach().float()).abs().mean() / b.detach().float().abs().mean().clamp(min=1e-3)
        for (_, r), (_, f) in zip(real, fake)
        for b, a in zip(r, f)
    ) / sum(len(r) for _, r in real)
    return adv, fm


# ----------------------------------------------------------------------------------------------------------------
# export


def tensors(codec):
    """Released names -> float32 tensors."""
    out, sd = {}, codec.state_dict()
    for n, v in sd.items():
        if n.startswith(("encoder.", "decoder.")):
            out[n] = v.float().cpu()
    q = codec.encoder.quantizer
    for part, r in (
        ("rvq_first", q.semantic_residual_vector_quantizer),
        ("rvq_rest", q.acoustic_residual_vector_quantizer),
    ):
        for i, l in enumerate(r.layers):
            b = f"decoder.quantizer.{part}.vq.layers.{i}._codebook."
            out[b + "embedding_sum"], out[b + "cluster_usage"] = (
                l.codebook.embed_sum.float().cpu().clone(),
                l.codebook.cluster_usage.float().cpu().clone(),
            )
    return out


def config_json(name):
    c = CONFIGS[name]
    d, e = c["decoder"], c["encoder"]
    n = c["codebook_size"]
    dec = dict(
        d,
        attention_bias=False,
        attention_dropout=0.0,
        codebook_dim=2 * c["dim"],
        codebook_size=n,
        hidden_act="silu",
        layer_scale_initial_scale=0.01,
        max_position_embeddings=8000,
        num_key_value_heads=d["num_attention_heads"],
        num_quantizers=GROUPS,
        num_semantic_quantizers=1,
        rms_norm_eps=1e-5,
        rope_theta=10000,
        semantic_codebook_size=n,
        sliding_window=WINDOW,
        upsample_rates=list(RATES),
        upsampling_ratios=list(RATIOS),
        vector_quantization_hidden_dimension=2 * c["dim"],
    )
    enc = dict(
        e,
        **{"_frame_rate": 12.5},
        attention_bias=False,
        attention_dropout=0.0,
        audio_channels=1,
        codebook_dim=c["dim"],
        codebook_size=n,
        compress=2,
        dilation_growth_rate=2,
        dtype="float32",
        hidden_act="gelu",
        initializer_range=0.02,
        kernel_size=7,
        last_kernel_size=3,
        layer_scale_initial_scale=0.01,
        max_position_embeddings=8000,
        norm_eps=1e-5,
        normalize=False,
        num_key_value_heads=e["num_attention_heads"],
        num_quantizers=GROUPS,
        num_residual_layers=1,
        num_semantic_quantizers=1,
        pad_mode="constant",
        residual_kernel_size=3,
        rope_theta=10000.0,
        sampling_rate=24000,
        sliding_window=250,
        transformers_version="4.57.0.dev0",
        trim_right_ratio=1.0,
        upsample_groups=e["hidden_size"],
        upsampling_ratios=[8, 6, 5, 4],
        use_cache=False,
        use_causal_conv=True,
        use_conv_shortcut=False,
        use_streaming=False,
        vector_quantization_hidden_dimension=c["dim"],
    )
    return dict(
        architectures=["Qwen3TTSTokenizerV2Model"],
        model_type="qwen3_tts_tokenizer_12hz",
        encoder_valid_num_quantizers=16,
        input_sample_rate=24000,
        output_sample_rate=24000,
        decode_upsample_rate=1920,
        encode_downsample_rate=1920,
        decoder_config=dec,
        encoder_config=enc,
        transformers_version="4.57.3",
    )
