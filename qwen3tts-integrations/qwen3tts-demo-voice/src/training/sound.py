"""sound.py OUT A B [mono]: sound for texts A..B (teacher.texts), in shards of 50, with the spectra of run/front.pt if
there is one, else flite's own"""

import sys, os, numpy as np, torch

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
torch.set_num_threads(1)
import teacher as T, front as F


def main():
    out, a, b = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rows = T.texts()
    path = os.path.join(T.HERE, "run", "front.pt")
    os.makedirs(out, exist_ok=True)
    for s in range(a, b, 50):
        p = os.path.join(out, f"s{s:05d}.npz")
        au, co, ln = [], [], []
        if os.path.exists(p):
            continue
        for i, fr, segs, k in T.run([(j, rows[j]) for j in range(s, min(s + 50, b, len(rows)))]):
            if len(fr) < 40:
                continue
            ph, seg, spans, pos, f0, kk = T.analyse(fr, segs)
            n = np.where(kk > 0, 16, 0) if len(sys.argv) > 4 else T.classes(kk)
            y = F.sound(ph, seg, f0, kk, path, n) if os.path.exists(path) else T.sound(fr, pos, f0, n)
            c = np.concatenate((T.codes(ph, seg, kk), np.zeros((1, T.CODES), np.int64)))
            assert len(c) * 1920 == len(y)
            au.append((np.clip(y, -1, 1) * 32767).astype(np.int16))
            co.append(c.astype(np.uint8))
            ln.append(len(c))
        np.savez(p + ".tmp.npz", audio=np.concatenate(au), codes=np.concatenate(co), n=np.array(ln))
        os.rename(p + ".tmp.npz", p)


if __name__ == "__main__":
    main()
