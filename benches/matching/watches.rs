//! Watches as desks have them, about the words of the articles: single words, phrases, acronyms, a few with conditions.

use newswatch::model::{KeywordSpec, Located, WatchSpec};

pub struct Watches<'a> {
    rng: fastrand::Rng,
    words: Vec<&'a str>,
    /// Each word once: what is watched is seldom a common word.
    kinds: Vec<&'a str>,
}

fn nowhere(text: impl Into<String>) -> Located<String> {
    Located::nowhere(text.into())
}

impl<'a> Watches<'a> {
    pub fn new(articles: &[(&'a str, &'a str)], seed: u64) -> Self {
        let words: Vec<&str> = articles.iter().flat_map(|(title, content)| [*title, *content]).flat_map(str::split_whitespace).collect();
        let mut kinds = words.clone();
        kinds.sort_unstable();
        kinds.dedup();
        Self { rng: fastrand::Rng::with_seed(seed), words, kinds }
    }

    pub fn specs(&mut self, count: usize, endings: bool) -> Vec<WatchSpec> {
        (0..count).map(|n| WatchSpec { name: nowhere(format!("w{n}")), endings, ..self.spec() }).collect()
    }

    fn spec(&mut self) -> WatchSpec {
        let mut spec = WatchSpec::default();
        let keyword = |text: String| KeywordSpec { keyword: nowhere(text), ..KeywordSpec::default() };
        match self.rng.u32(..100) {
            0..40 => spec.keywords = vec![keyword(self.words(1))],
            40..70 => spec.keywords = vec![keyword(self.words(2))],
            70..80 => spec.keywords = vec![keyword(self.words(3))],
            80..90 => spec.keywords = vec![keyword(self.words(1)), keyword(self.words(2))],
            90..94 => {
                spec.keywords = vec![keyword(self.words(1))];
                spec.except = vec![nowhere(self.words(2))];
            }
            94..97 => spec.query = Some(nowhere(format!("\"{}\" AND \"{}\"", self.words(1), self.words(1)))),
            _ => spec.query = Some(nowhere(format!("\"{}\" NEAR/5 \"{}\"", self.words(1), self.words(1)))),
        }
        spec
    }

    /// So many words that stand together somewhere, of four letters or more in all.
    fn words(&mut self, count: usize) -> String {
        loop {
            let from = if count == 1 { &self.kinds } else { &self.words };
            let at = self.rng.usize(..from.len() - count);
            let some: Vec<String> = from[at..at + count].iter().map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).to_string()).collect();
            let plain = |w: &String| !w.is_empty() && w.chars().all(|c| c.is_alphanumeric() || c == '\'' || c == '-' || c == '\u{200c}');
            let text = some.join(" ");
            if some.iter().all(plain) && text.chars().count() >= 4 + 2 * (count - 1) && !text.contains(" AND ") {
                return text;
            }
        }
    }
}
