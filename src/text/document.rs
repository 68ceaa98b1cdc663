//! An article as words are looked for in it: fields, words, their forms, and where all of it stands in the plain text.
//!
//! Title and body are one sequence of words; a teaser that the body repeats is left out. Must not know: what is looked for, an article's
//! feed, source or date.

use super::chars::{is_alpha, is_symbol};
use super::endings::{self, Cuts};
use super::fold::Word;
use super::forms::forms;
use super::html::{self, Plain};
use super::pairs::{Pair, pairs};
use super::scan::{Words, symbols_before};
use super::teaser;
use super::token::{Form, Gap, Hashtag, Token};
use crate::model::Field;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

/// A field is set in capitals when more than this share of its letters that have case are capitals.
const CAPITALS_SHARE: f64 = 0.8;
/// Words beside such a field that make its capitals mean nothing.
const SHORT_REST: usize = 40;

/// See the module.
#[derive(Debug, Default)]
pub struct Document {
    plain: [String; 3],
    words: Words,
    title: usize,
    summary: usize,
    hashtags: Vec<Hashtag>,
    capitals: OnceLock<[bool; 3]>,
}

impl Document {
    /// Reads the fields of an article, each HTML or plain text.
    pub fn new(title: &str, summary: &str, content: &str) -> Self {
        Self::of_fields([html::read(title), html::read(summary), html::read(content)])
    }

    /// Reads a text that is no HTML, as a title: a query's words.
    pub fn of_text(text: &str) -> Self {
        Self::of_fields([Plain { text: text.into(), breaks: Vec::new() }, Plain::default(), Plain::default()])
    }

    fn of_fields(fields: [Plain; 3]) -> Self {
        let mut words = Words::default();
        let [title, summary, content] = &fields;
        words.read(title, Field::Title);
        let title_end = words.tokens.len();
        words.read(summary, Field::Summary);
        let summary_end = words.tokens.len();
        words.read(content, Field::Content);
        let mut doc = Self { title: title_end, summary: summary_end, words, ..Self::default() };
        let (in_summary, in_content) = (title_end..summary_end, summary_end..doc.words.tokens.len());
        if doc.repeats(in_content.clone(), doc.whole_words(&summary.text, in_summary.clone())) {
            doc.words.remove(in_summary);
            doc.summary = title_end;
        } else if doc.repeats(in_summary, in_content.clone()) {
            doc.words.remove(in_content);
        }
        doc.plain = fields.map(|field| field.text);
        doc.find_hashtags();
        doc
    }

    /// A teaser's words without the one that was cut at its end.
    fn whole_words(&self, text: &str, range: Range<usize>) -> Range<usize> {
        let Some(cut) = teaser::cut_off(text) else { return range };
        let kept = self.words.tokens.get(range.clone()).unwrap_or_default().iter().take_while(|t| t.end as usize <= cut).count();
        range.start..range.start + kept.saturating_sub(1)
    }

    /// Do the words of one range stand in the other?
    fn repeats(&self, big: Range<usize>, small: Range<usize>) -> bool {
        let with_forms = |range: Range<usize>| range.filter(|&i| !self.words.forms(i).is_empty()).collect::<Vec<_>>();
        small.is_empty() || teaser::contains(&with_forms(big), &with_forms(small), |&a, &b| self.words.same(a, b))
    }

    fn find_hashtags(&mut self) {
        let mut first = 0;
        while first < self.words.tokens.len() {
            let parts = self.words.tokens.iter().skip(first + 1).take_while(|t| t.is_split() && t.gap() == Gap::Nothing).count();
            if parts >= 2 {
                let text: String = (first..=first + parts).filter_map(|i| self.words.forms(i).first()).map(|form| self.words.text(form)).collect();
                let at = self.words.add_text(&text);
                let form = self.words.form(at, text.len() as u32, super::FormKind::Whole);
                self.hashtags.push(Hashtag { first: first as u32, last: (first + parts) as u32, form });
            }
            first += parts + 1;
        }
    }

    /// The plain text of a field; spans are bytes of it.
    pub fn plain(&self, field: Field) -> &str {
        let [title, summary, content] = &self.plain;
        match field {
            Field::Title => title,
            Field::Summary => summary,
            Field::Content => content,
        }
    }

    /// How many words it has, repeated fields left out.
    pub const fn words(&self) -> usize {
        self.words.tokens.len()
    }

    /// How many of them the title has; the body's come after.
    pub const fn title_words(&self) -> usize {
        self.title
    }

    /// Its words: title, summary, content.
    pub fn tokens(&self) -> &[Token] {
        &self.words.tokens
    }

    /// The words of one field. Empty for one that another repeats.
    pub fn field_words(&self, field: Field) -> Range<usize> {
        match field {
            Field::Title => 0..self.title,
            Field::Summary => self.title..self.summary,
            Field::Content => self.summary..self.words.tokens.len(),
        }
    }

    /// The forms of a word, the whole one first; none for a word that folds to nothing.
    pub fn forms(&self, token: usize) -> &[Form] {
        self.words.forms(token)
    }

    /// The forms of all words, in their order.
    pub fn all_forms(&self) -> &[Form] {
        &self.words.forms
    }

    /// The folded letters of a form.
    pub fn text(&self, form: &Form) -> &str {
        self.words.text(form)
    }

    /// A word as published.
    pub fn raw(&self, token: usize) -> &str {
        self.words.tokens.get(token).map_or("", |t| self.plain(t.field()).get(t.start as usize..t.end as usize).unwrap_or(""))
    }

    /// The letters of a word's n-th form as written, one for each folded letter. Reads the word again: for candidates only.
    pub fn letters(&self, token: usize, form: usize) -> String {
        forms(self.raw(token)).into_iter().nth(form).map(|form| form.word.letters).unwrap_or_default()
    }

    /// The symbols `# @ + & $ % .` that touch a word before it.
    pub fn before(&self, token: usize) -> Cow<'_, str> {
        let Some(t) = self.words.tokens.get(token) else { return Cow::Borrowed("") };
        let last = token.checked_sub(1).and_then(|i| self.words.tokens.get(i)).filter(|last| last.field() == t.field());
        let between = self.plain(t.field()).get(last.map_or(0, |l| l.end as usize)..t.start as usize).unwrap_or("");
        symbols_before(between, last.is_none())
    }

    /// The symbols `# @ + & $ %` that touch a word behind it.
    pub fn after(&self, token: usize) -> &str {
        let Some(t) = self.words.tokens.get(token) else { return "" };
        let rest = self.plain(t.field()).get(t.end as usize..).unwrap_or("");
        rest.get(..rest.len() - rest.trim_start_matches(is_symbol).len()).unwrap_or("")
    }

    /// The places where a form of a word may be cut before an ending; none for Han, and for the whole form of a word that has an ending
    /// behind an apostrophe.
    pub fn cuts(&self, token: usize, form: &Form) -> Cuts<'_> {
        let none = self.words.tokens.get(token).is_none_or(|t| t.is_cjk() || t.ends_behind_apostrophe() && form.kind == super::FormKind::Whole);
        endings::cuts(self.text(form), form.letters as usize, form.hash, form.script.filter(|_| !none))
    }

    /// The forms that a word and the next one make when written together.
    pub fn pairs(&self, token: usize) -> impl Iterator<Item = Pair> {
        let (a, b) = (self.words.tokens.get(token), self.words.tokens.get(token + 1));
        let gap = match (a, b) {
            (Some(a), Some(b)) if !a.is_cjk() && !b.is_cjk() && a.field() == b.field() => b.gap(),
            _ => Gap::Far,
        };
        pairs(&self.words, self.forms(token), self.forms(token + 1), gap)
    }

    /// The letters of a pair of this word and the next, folded and as written. Reads the words again: for candidates only.
    pub fn pair_word(&self, token: usize, pair: &Pair) -> Word {
        let part = |token: usize, form: usize| forms(self.raw(token)).into_iter().nth(form).map(|form| form.word).unwrap_or_default();
        let (first, second) = (part(token, pair.first), part(token + 1, pair.second));
        let whole = Word { text: first.text + &second.text, letters: first.letters + &second.letters };
        if pair.singular { whole.start(pair.letters as usize) } else { whole }
    }

    /// The folded letters of a pair of this word and the next.
    pub fn pair_text(&self, token: usize, pair: &Pair) -> String {
        let part = |token: usize, form: usize| self.forms(token).get(form).map_or("", |form| self.text(form));
        let mut text = [part(token, pair.first), part(token + 1, pair.second)].concat();
        if pair.singular {
            text.pop();
        }
        text
    }

    /// Hashtags of three words or more, which also count whole.
    pub fn hashtags(&self) -> &[Hashtag] {
        &self.hashtags
    }

    /// The letters of a hashtag as written.
    pub fn hashtag_letters(&self, tag: &Hashtag) -> String {
        (tag.first..=tag.last).map(|i| self.letters(i as usize, 0)).collect()
    }

    /// Is a word a plural ending that belongs to the one before it (همکاری های)?
    pub fn is_spaced_plural(&self, token: usize) -> bool {
        let before = token.checked_sub(1).and_then(|i| self.words.tokens.get(i));
        let (Some(before), Some(this)) = (before, self.words.tokens.get(token)) else { return false };
        before.field() == this.field()
            && this.gap() != Gap::Far
            && self.forms(token).first().is_some_and(|form| endings::is_spaced_plural(self.text(form)))
    }

    /// Does a phrase go on from a word to the next? Never over the end of a sentence, but for a stop (`sign`) that the phrase itself has there.
    pub fn goes_on(&self, token: usize, sign: Option<char>) -> bool {
        let (Some(a), Some(b)) = (self.words.tokens.get(token), self.words.tokens.get(token + 1)) else { return false };
        a.field() == b.field() && (a.sentence == b.sentence || sign.is_some() && a.sign() == sign && !b.is_hard())
    }

    /// Do two words stand in one sentence?
    pub fn same_sentence(&self, a: usize, b: usize) -> bool {
        let (Some(a), Some(b)) = (self.words.tokens.get(a), self.words.tokens.get(b)) else { return false };
        a.field() == b.field() && a.sentence == b.sentence
    }

    /// Is a field set in capitals, with enough words beside it to know? Capitals prove nothing there.
    pub fn is_set_in_capitals(&self, field: Field) -> bool {
        let [title, summary, content] = self.capitals.get_or_init(|| [Field::Title, Field::Summary, Field::Content].map(|f| self.capitals_in(f)));
        match field {
            Field::Title => *title,
            Field::Summary => *summary,
            Field::Content => *content,
        }
    }

    fn capitals_in(&self, field: Field) -> bool {
        let own = self.field_words(field).len();
        if own == 0 || self.words() - own < SHORT_REST {
            return false;
        }
        let (mut letters, mut cased, mut capitals) = (0_usize, 0_usize, 0_usize);
        for c in self.plain(field).chars().filter(|&c| is_alpha(c)) {
            letters += 1;
            cased += usize::from(c.is_uppercase() || c.is_lowercase());
            capitals += usize::from(c.is_uppercase());
        }
        capitals as f64 > CAPITALS_SHARE * cased as f64 && cased * 2 > letters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(doc: &Document) -> Vec<&str> {
        (0..doc.words()).map(|i| doc.raw(i)).collect()
    }

    #[test]
    fn a_teaser_that_the_body_repeats_is_left_out() {
        let doc = Document::new("Title", "<p>The beginning of the sto…", "The beginning of the story. Its end.");
        assert_eq!(words(&doc), ["Title", "The", "beginning", "of", "the", "story", "Its", "end"]);
        assert_eq!(doc.field_words(Field::Summary), 1..1);
        assert_eq!(doc.text(&doc.forms(5)[0]), "story");
        let doc = Document::new("Title", "The whole story", "whole story");
        assert_eq!(words(&doc), ["Title", "The", "whole", "story"]);
    }

    #[test]
    fn spans_are_bytes_of_the_plain_text() {
        let doc = Document::new("", "", "<p>A&amp;B</p> İran'ın «ECO»");
        assert_eq!(doc.plain(Field::Content), "\nA&B\n İran'ın «ECO»");
        assert_eq!(words(&doc), ["A", "B", "İran'ın", "ECO"]);
        assert_eq!((doc.after(0), doc.before(1).as_ref()), ("&", "&"));
        assert!(!doc.goes_on(1, None) && doc.goes_on(2, None));
    }

    #[test]
    fn hashtags_and_pairs_count_whole() {
        let doc = Document::of_text("#ECOSummit2025 B-52s");
        assert_eq!(words(&doc), ["ECO", "Summit", "2025", "B", "52s"]);
        assert_eq!(doc.text(&doc.hashtags()[0].form), "ecosummit2025");
        assert_eq!(doc.pairs(3).map(|p| doc.pair_text(3, &p)).collect::<Vec<_>>(), ["b52s", "b52"]);
        assert_eq!(doc.pair_word(3, &doc.pairs(3).next().unwrap()).letters, "B52s");
        for pair in doc.pairs(0) {
            assert_eq!(pair.hash, crate::text::hash::hash(&doc.pair_text(0, &pair)));
        }
    }

    #[test]
    fn capitals_prove_nothing_in_a_field_set_in_them() {
        let rest = "Delegates talked for hours. ".repeat(11);
        assert!(Document::new("ECO MEETS IN BAKU", "", &rest).is_set_in_capitals(Field::Title));
        assert!(!Document::new("ECO meets in Baku", "", &rest).is_set_in_capitals(Field::Title));
        assert!(!Document::new("ECO MEETS IN BAKU", "", "Short.").is_set_in_capitals(Field::Title));
    }
}
