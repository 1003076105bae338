"""Adds words to a vocabulary and corrects pronunciations, without new training: the table of the text embedding is
built from pron.json whenever weights are loaded.

python extend.py LEX FILE      lines "word" or "word: phones" (marks 1 for the stressed syllable); a word in small
letters is added in all its forms
"""

import json, os, re, sys
import lexicon as X, lm as L


def main():
    lex, path = sys.argv[1:3]
    merges = [tuple(m) for m in json.load(open(os.path.join(lex, "merges.json")))]
    pron = json.load(open(os.path.join(lex, "pron.json")))
    tok = L.Tokenizer(merges)
    sp = L.byte_chars()[0][32]
    rows = [l.split("#")[0].strip() for l in open(path) if l.split("#")[0].strip()]
    given = {
        l.split(":")[0].strip(): [p if p[-1] in "01" else p + "0" for p in l.split(":")[1].split()]
        for l in rows
        if ":" in l
    }
    words = [l.split(":")[0].strip() for l in rows]
    said = X.say([w.lower() for w in words if w not in given])
    for w in words:
        p = given.get(w) or [f"{a}{b}" for a, b in said[w.lower()]][: X.MAX]
        forms = (
            [w] if w[0] == "'" else [" " + w, w, " " + w.capitalize(), w.capitalize()] if w.islower() else [" " + w, w]
        )
        for f in forms:
            parts = [{i: s for s, i in tok.vocab.items()}[i] for i in tok.piece(f)]
            while len(parts) > 1:
                m = (parts[0], parts[1])
                merges.append(m)
                new = L.Tokenizer(merges)
                s = m[0] + m[1]
                if s not in tok.vocab and s not in pron and s != f.replace(" ", sp):
                    a = [x for x in (pron.get(m[0], []) + pron.get(m[1], []))][: X.MAX]
                    pron[s] = a or p
                tok = new
                parts = [{i: s for s, i in tok.vocab.items()}[i] for i in tok.piece(f)]
            pron[parts[0]] = p
    json.dump(merges, open(os.path.join(lex, "merges.json"), "w"))
    json.dump(pron, open(os.path.join(lex, "pron.json"), "w"))
    print(len(words), "words;", tok.size, "tokens")


if __name__ == "__main__":
    main()
