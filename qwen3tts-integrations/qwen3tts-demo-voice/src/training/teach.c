/* Reads lines "id<TAB>text"; writes what flite's slt voice would say, as parameters, for each line:
   int32 id, frames, segments, channels, tokens;
   segments x (char name[8], float end, int32 token, int32 stress);
   frames x channels floats (0: F0, 1..25: mel cepstrum, last 5: band strengths; F0 alone with -f).
   Two functions of the shared libflite are replaced. Build:

   cc -O2 -rdynamic teach.c -lflite_cmu_us_slt -lflite_usenglish -lflite_cmulex -lflite -lm -ldl -o teach */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <flite/cst_cg.h>
#include <flite/flite.h>
#include <string.h>
cst_voice *register_cmu_us_slt(const char *);
static float *buf;
static int nf, nc, f0only;
static size_t cap;

cst_wave *mlsa_resynthesis(const cst_track *p, const cst_track *s, cst_cg_db *db, cst_audio_streaming_info *a,
                           int m) { /* in place of flite's: keeps the parameters, makes no sound */
    int m1 = p->num_channels, m2 = s ? 5 : 0, i;
    (void)a;
    (void)m;
    (void)db;
    nf = p->num_frames;
    nc = f0only ? 1 : m1 + m2;
    if ((size_t)nf * nc > cap) {
        cap = 2 * (size_t)nf * nc;
        buf = realloc(buf, cap * 4);
    }
    for (i = 0; i < nf; i++) {
        if (f0only) {
            buf[i] = p->frames[i][0];
            continue;
        }
        memcpy(buf + (size_t)i * nc, p->frames[i], 4 * m1);
        if (m2)
            memcpy(buf + (size_t)i * nc + m1, s->frames[i], 20);
    }
    cst_wave *w = new_wave();
    cst_wave_resize(w, 1, 1);
    w->sample_rate = 16000;
    return w;
}

cst_track *mlpg(const cst_track *p, cst_cg_db *db) { /* with -f only F0 is wanted; otherwise the real one */
    static cst_track *(*real)(const cst_track *, cst_cg_db *);
    if (!f0only) {
        if (!real)
            real = (cst_track * (*)(const cst_track *, cst_cg_db *)) dlsym(RTLD_NEXT, "mlpg");
        return real(p, db);
    }
    cst_track *o = new_track();
    cst_track_resize(o, p->num_frames, 1);
    for (int i = 0; i < p->num_frames; i++)
        o->frames[i][0] = p->frames[i][0];
    return o;
}

int main(int argc, char **argv) {
    static char line[8192];
    float stretch = 1.0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-f"))
            f0only = 1;
        else if (!strcmp(argv[i], "-d"))
            stretch = atof(argv[++i]);
    }
    flite_init();
    cst_voice *v = register_cmu_us_slt(NULL);
    cst_cg_db *db = val_cg_db(feat_val(v->features, "cg_db"));
    feat_set_float(v->features, "duration_stretch", stretch);
    if (argc > 1 && !strcmp(argv[1], "-i")) {
        printf("rate %d alpha %g beta %g gain %g f0 %g %g mixed %d num %d order %d mlpg %d\n", db->sample_rate,
               db->mlsa_alpha, db->mlsa_beta, db->gain, db->f0_mean, db->f0_stddev, db->mixed_excitation, db->ME_num,
               db->ME_order, db->do_mlpg);
        for (int j = 0; j < db->ME_num; j++) {
            for (int i = 0; i < db->ME_order; i++)
                printf("%g ", db->me_h[j][i]);
            printf("\n");
        }
        return 0;
    }
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\r\n")] = 0;
        char *text = strchr(line, '\t');
        if (!text)
            continue;
        *text++ = 0;
        nf = nc = 0;
        cst_utterance *u = flite_synth_text(text, v);
        cst_item *s, *t;
        int head[5] = {atoi(line), nf, 0, nc, 0};
        for (s = relation_head(utt_relation(u, "Segment")); s; s = item_next(s))
            head[2]++;
        for (t = relation_head(utt_relation(u, "Token")); t; t = item_next(t)) {
            item_set_int(t, "nr", head[4]++);
        }
        fwrite(head, 4, 5, stdout);
        for (s = relation_head(utt_relation(u, "Segment")); s; s = item_next(s)) {
            char name[8] = {0};
            float end = item_feat_float(s, "end");
            int k = -1, st = 0;
            const cst_item *y = path_to_item(s, "R:SylStructure.parent.parent.R:Token.parent");
            if (y)
                k = item_feat_int(y, "nr");
            y = path_to_item(s, "R:SylStructure.parent");
            if (y && item_feat_present(y, "stress"))
                st = atoi(item_feat_string(y, "stress"));
            strncpy(name, item_feat_string(s, "name"), 7);
            fwrite(name, 1, 8, stdout);
            fwrite(&end, 4, 1, stdout);
            fwrite(&k, 4, 1, stdout);
            fwrite(&st, 4, 1, stdout);
        }
        fwrite(buf, 4, (size_t)nf * nc, stdout);
        delete_utterance(u);
    }
    return 0;
}
