//! `endings.toml` as rules, read once.
//!
//! Must not know: words of a text.

use super::automaton::{Automaton, Builder, Re};
use super::pattern::Pattern;
use super::{Kinds, Script};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The list, as everyone may read it.
pub const SOURCE: &str = include_str!("../endings.toml");

#[derive(Debug, Default, Deserialize)]
struct Table {
    minimum: usize,
    stem: usize,
    after_zwnj: String,
    turkic: BTreeMap<String, Turkic>,
    exchange: Vec<Exchange>,
}

#[derive(Debug, Deserialize)]
struct Turkic {
    vowels: String,
    both: String,
    back: String,
    front: String,
    plural: String,
    possessive: BTreeMap<String, String>,
    third: String,
    case: BTreeMap<String, String>,
    not_third: String,
    locative: String,
    ki: String,
    front_ki: String,
    copula: String,
    marked: String,
    change: usize,
    soft: BTreeMap<char, char>,
    glide: BTreeMap<String, String>,
    drop: String,
    high: String,
}

#[derive(Debug, Deserialize)]
struct Exchange {
    name: String,
    script: String,
    word: String,
    endings: String,
    stem: Option<usize>,
    written: Option<String>,
    token: Option<char>,
}

/// The rules of the list.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) minimum: usize,
    pub(super) stem: usize,
    pub(super) after_half_space: Vec<String>,
    pub(super) exchanges: Vec<ExchangeRule>,
    /// Kinds that ask for the form's last letter as written.
    pub(super) last_letters: Vec<(Kinds, char)>,
    latin: (Automaton, Option<ChainRule>),
    cyrillic: (Automaton, Option<ChainRule>),
    arabic: (Automaton, Option<ChainRule>),
}

/// What may stand in place of the end of a keyword's word.
#[derive(Debug)]
pub(super) struct ExchangeRule {
    pub(super) script: Script,
    pub(super) word: Pattern,
    pub(super) kind: Kinds,
    /// Letters that must stay.
    pub(super) stem: usize,
    /// How the keyword's last letter must be written.
    pub(super) written: Option<String>,
}

/// How a keyword's word is continued by the chains of its script.
#[derive(Debug)]
pub(super) struct ChainRule {
    pub(super) vowels: String,
    pub(super) both: String,
    pub(super) change: usize,
    pub(super) soft: BTreeMap<char, char>,
    pub(super) glide: BTreeMap<char, char>,
    pub(super) glide_after: String,
    pub(super) drop: Pattern,
    pub(super) kinds: ChainKinds,
    marked: Vec<String>,
}

/// The four kinds of a chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChainKinds {
    pub(super) vowel: Kinds,
    pub(super) consonant: Kinds,
    pub(super) soft: Kinds,
    pub(super) drop: Kinds,
}

impl Rules {
    pub(super) const fn automaton(&self, script: Script) -> &Automaton {
        match script {
            Script::Latin => &self.latin.0,
            Script::Cyrillic => &self.cyrillic.0,
            Script::Arabic => &self.arabic.0,
        }
    }

    pub(super) const fn chain(&self, script: Script) -> Option<&ChainRule> {
        match script {
            Script::Latin => self.latin.1.as_ref(),
            Script::Cyrillic => self.cyrillic.1.as_ref(),
            Script::Arabic => self.arabic.1.as_ref(),
        }
    }

    /// An ending that counts only in a word that shows a mark.
    pub(super) fn marked(&self, script: Script, ending: &str) -> bool {
        self.chain(script).is_some_and(|chain| chain.marked.iter().any(|m| m == ending))
    }
}

/// The rules, compiled at the first call.
pub(super) fn rules() -> &'static Rules {
    // A test reads the list: what is compiled in is well-formed.
    static RULES: LazyLock<Rules> = LazyLock::new(|| compile(toml::from_str(SOURCE).unwrap_or_default()));
    &RULES
}

/// Gives each name a bit.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn kind(&mut self, name: &str) -> Kinds {
        let at = self.0.iter().position(|n| n == name).unwrap_or_else(|| {
            self.0.push(name.into());
            self.0.len() - 1
        });
        1_u64.checked_shl(at as u32).unwrap_or(0)
    }
}

fn words(list: &str) -> Vec<String> {
    list.split_whitespace().map(Into::into).collect()
}

fn compile(table: Table) -> Rules {
    let mut names = Names::default();
    let script = |name: &str| match name {
        "latin" => Script::Latin,
        "cyrillic" => Script::Cyrillic,
        _ => Script::Arabic,
    };
    let mut chains: BTreeMap<&str, (Turkic, ChainKinds)> = BTreeMap::new();
    let mut turkic = table.turkic;
    for name in ["latin", "cyrillic"] {
        if let Some(t) = turkic.remove(name) {
            let mut kind = |part: &str| names.kind(&format!("{name}-{part}"));
            let kinds = ChainKinds { vowel: kind("vowel"), consonant: kind("consonant"), soft: kind("soft"), drop: kind("drop") };
            chains.insert(name, (t, kinds));
        }
    }
    let kinds: Vec<Kinds> = table.exchange.iter().map(|x| names.kind(&x.name)).collect();
    let mut one = |name: &str, letters: std::ops::RangeInclusive<char>| {
        let mut builder = Builder::new(letters);
        let chain = chains.remove(name).map(|(t, kinds)| {
            builder.word(&vowel_chain(&t, "vowel"), kinds.vowel);
            builder.word(&vowel_chain(&t, "consonant"), kinds.consonant);
            builder.harmony(&t.back, &t.front, words(&t.locative), words(&t.front_ki));
            builder.first_letters(&t.vowels, kinds.consonant, kinds.soft);
            builder.first_letters(&t.high, kinds.consonant, kinds.drop);
            builder.chain(kinds.vowel | kinds.consonant);
            chain_rule(t, kinds)
        });
        for (x, kind) in table.exchange.iter().zip(&kinds).filter(|(x, _)| x.script == name) {
            builder.word(&Re::Words(x.endings.split_whitespace().map(|e| e.trim_matches('0').into()).collect()), *kind);
        }
        (builder.build(), chain)
    };
    Rules {
        minimum: table.minimum,
        stem: table.stem,
        after_half_space: words(&table.after_zwnj),
        last_letters: table.exchange.iter().zip(&kinds).filter_map(|(x, kind)| Some((*kind, x.token?))).collect(),
        latin: one("latin", 'a'..='z'),
        cyrillic: one("cyrillic", '\u{400}'..='\u{52f}'),
        arabic: one("arabic", '\u{600}'..='\u{6ff}'),
        exchanges: table
            .exchange
            .iter()
            .zip(&kinds)
            .map(|(x, kind)| ExchangeRule {
                script: script(&x.script),
                word: Pattern::new(&x.word),
                kind: *kind,
                stem: x.stem.unwrap_or(table.stem),
                written: x.written.clone(),
            })
            .collect(),
    }
}

fn chain_rule(t: Turkic, kinds: ChainKinds) -> ChainRule {
    let one = |s: &str| s.chars().next().filter(|_| s.chars().count() == 1);
    ChainRule {
        glide: t.glide.iter().filter_map(|(from, to)| Some((one(from)?, one(to)?))).collect(),
        glide_after: t.glide.get("after").cloned().unwrap_or_default(),
        drop: Pattern::new(&t.drop),
        marked: words(&t.marked),
        vowels: t.vowels,
        both: t.both,
        change: t.change,
        soft: t.soft,
        kinds,
    }
}

/// What may follow a stem that ends in a `letter` (vowel, consonant): \[plural\] \[possessive\] [case] | … locative + ki \[plural\] [case], then
/// perhaps the copula.
fn vowel_chain(t: &Turkic, letter: &str) -> Re {
    let chain = Re::Any(vec![after(t, letter), Re::Seq(vec![list(&[&t.plural]), Re::Maybe(Box::new(after(t, "consonant")))])]);
    if t.copula.is_empty() {
        return chain;
    }
    Re::Any(vec![Re::Seq(vec![chain, Re::Maybe(Box::new(list(&[&t.copula])))]), list(&[&t.copula])])
}

fn list(lists: &[&str]) -> Re {
    Re::Words(lists.iter().flat_map(|l| words(l)).collect())
}

fn case<'a>(t: &'a Turkic, name: &str) -> &'a str {
    t.case.get(name).map_or("", String::as_str)
}

/// A case, or locative + ki + perhaps a plural and a case again.
fn cases(t: &Turkic, lists: &[&str]) -> Re {
    let plural = Re::Seq(vec![list(&[&t.plural]), Re::Maybe(Box::new(list(&[case(t, "consonant"), case(t, "any")])))]);
    let more = Re::Any(vec![plural, list(&[case(t, "third"), "ni"])]);
    Re::Any(vec![list(lists), Re::Seq(vec![list(&[&t.locative]), list(&[&t.ki]), Re::Maybe(Box::new(more))])])
}

/// \[possessive\] [case]
fn after(t: &Turkic, letter: &str) -> Re {
    let third = words(&t.third);
    let own = words(t.possessive.get(letter).map_or("", String::as_str));
    let (his, our): (Vec<_>, Vec<_>) = own.into_iter().partition(|p| third.contains(p));
    let not_third = words(&t.not_third);
    let after_his: Vec<_> = words(case(t, "any")).into_iter().filter(|c| !not_third.contains(c)).collect();
    let maybe = |re| Re::Maybe(Box::new(re));
    Re::Any(vec![
        Re::Seq(vec![Re::Words(his), maybe(cases(t, &[case(t, "third"), &after_his.join(" ")]))]),
        Re::Seq(vec![Re::Words(our), maybe(cases(t, &[case(t, "consonant"), case(t, "any")]))]),
        cases(t, &[case(t, letter), case(t, "any"), case(t, if letter == "vowel" { "third" } else { "any" })]),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_well_formed() {
        let table: Table = toml::from_str(SOURCE).unwrap();
        let rules = compile(table);
        assert!(rules.exchanges.len() > 30);
        assert!(rules.exchanges.iter().all(|x| x.kind != 0), "more than 64 kinds");
        assert!(rules.exchanges.iter().all(|x| x.word.is_valid()));
        assert!(rules.chain(Script::Latin).unwrap().drop.is_valid() && rules.chain(Script::Cyrillic).unwrap().drop.is_valid());
    }
}
