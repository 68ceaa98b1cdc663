"""Prints the cases of the oracle's own tests as JSON Lines, each with what the test wants and what the oracle answers.

python3 dump_cases.py ORACLE_DIRECTORY
The helpers of test_qlang.py are defined first; here they are replaced before its cases run, so that no case is copied."""
import json
import pathlib
import sys

oracle = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(oracle))
sys.argv = ['test_qlang.py']
import qlang  # noqa: E402

source = (oracle / 'test_qlang.py').read_text(encoding='utf8')
helpers, cases = source.split('WORDS60 = ', 1)
cases = 'WORDS60 = ' + cases.split('# --- anchors are sound', 1)[0] + cases[cases.index('TABLE = {'):].split('# --- the language says', 1)[0]
space = {}
exec(compile(helpers, 'helpers', 'exec'), space)
LISTS = space['LISTS']


def emit(case, **want):
    try:
        said = qlang.answer(case)
    except RecursionError:
        return
    print(json.dumps({'case': case, 'oracle': said, **want}, ensure_ascii=False))


def case_of(query, text):
    texts, meta = ([text], {}) if isinstance(text, str) else ([t for t in text if isinstance(t, str)], text[-1] if isinstance(text[-1], dict) else {})
    case = dict(zip(('title', 'summary', 'content'), texts))
    if isinstance(query, dict):
        return {'watch': query, **case, **meta}
    return {'query': query, 'lists': LISTS, **case, **meta}


class Recorded:
    """Stands for a document."""

    def __init__(self, *texts, **meta):
        self.case = {**dict(zip(('title', 'summary', 'content'), texts)), **meta}


def both(query, finds, misses):
    for text, want in [(t, True) for t in finds] + [(t, False) for t in misses]:
        emit(case_of(query, text), match=want)


def refused(query, part, column=None):
    emit({'query': query, 'lists': LISTS}, refusal=part, column=column)


def matched(query, text, *want):
    emit(case_of(query, text), match=True, texts=list(want))


def answer(case):
    emit(case)
    return qlang.answer(case)


def watch_hits(watch, doc, lists=None):
    emit({'watch': watch, **doc.case})
    return qlang.watch_hits(watch, qlang.Doc(*(doc.case.get(k) for k in ('title', 'summary', 'content'))), lists)


space.update(both=both, refused=refused, matched=matched, answer=answer, watch_hits=watch_hits, Doc=Recorded, check=lambda *a: None)
exec(compile(cases, 'cases', 'exec'), space)
