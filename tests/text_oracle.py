"""Asks the model (argument: its folder) for what tests/text_oracle.rs compares: one JSON line in, one out."""
import ast
import json
import pathlib
import re
import sys
import unicodedata

folder = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(folder))
import endings
import qtext

FIELDS = ('title', 'summary', 'content')


def document(case):
    doc = qtext.Doc(*(case.get(name) for name in FIELDS))
    byte = {}
    for name, text in doc.text.items():
        at, byte[name] = 0, [0]
        for c in text:
            at += len(c.encode('utf8'))
            byte[name].append(at)
    tokens = []
    for t in doc.tokens:
        text = doc.text[t.field]
        before = '' if text[t.start - 1:t.start] == '\n' else t.before      # in the model $ also stands before a last newline; signs must touch
        stems = [] if t.cjk else [[s, e, k, l] for s, e, k, l in endings.text_stems(t.raw)]
        tokens.append([t.raw, byte[t.field][t.start], byte[t.field][t.end], t.field, t.sent, t.gap, t.sign, t.split, t.hard, t.cjk, before, t.after,
                       [list(f) for f in t.forms], stems])
    return {'plain': [doc.text[name] for name in FIELDS], 'title': doc.title_len, 'tokens': tokens, 'pairs': [[i, f, c] for i, j, f, c, near in doc.pairs],
            'hashtags': [list(h) for h in doc.hashtags()], 'capitals': sorted(doc.suspicious_fields()),
            'quirk': any(re.search('#[.]*\n', t) for t in doc.text.values())}


def word(case):
    raw = case['word']
    forms = qtext.forms(raw)
    keys = endings.keyword_keys(raw)
    return {'fold': qtext.fold(raw), 'exact': qtext.exact(raw), 'forms': [list(f) for f in forms], 'keys': [[s, k] for s, k in keys.items()],
            'stems': [[s, e, k, l] for s, e, k, l in endings.text_stems(raw)]}


def match(case):
    return {'ending': endings.matches(case['keyword'], case['word'], case.get('alone', True))}


def strings(case):
    """All string constants of the model's own tests."""
    tree = ast.parse((folder/'test_qlang.py').read_text(encoding='utf8'))
    return sorted({n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)})


def characters(case):
    """The fold of every character that this Unicode version knows, and what it is to the tokeniser between two letters."""
    found = []
    for i in range(0x110000):
        c = chr(i)
        if unicodedata.category(c) not in ('Cn', 'Cs', 'Co'):
            found.append([i, ''.join(map(qtext.fold_char, unicodedata.normalize('NFKC', c))), [t.raw for t in qtext.tokenize('a%sb' % c)]])
    return found


sys.stdin.reconfigure(encoding='utf8')
sys.stdout.reconfigure(encoding='utf8')
for line in sys.stdin:
    case = json.loads(line)
    print(json.dumps(globals()[case['kind']](case), ensure_ascii=False))
