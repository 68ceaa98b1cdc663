//! The keyword's side: by which stems, and with which kinds of ending, a keyword's word is found.
//!
//! Must not know: words of a text.

use super::table::{ChainRule, rules};
use super::{Kinds, script};

/// A stem and how it may be continued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordKey {
    /// Folded.
    pub stem: String,
    /// How it may be continued.
    pub kinds: Kinds,
}

/// The stems of a keyword's word, each once: `plain` folded, `written` the same letters as written. None for a word that takes no endings.
pub fn word_keys(plain: &str, written: &str) -> Vec<WordKey> {
    let rules = rules();
    let mut keys = Vec::with_capacity(3);
    let word: Vec<char> = plain.chars().collect();
    let Some(script) = script(plain).filter(|_| word.len() >= rules.minimum) else { return keys };
    if let Some(chain) = rules.chain(script) {
        chain_keys(&mut keys, chain, &word, plain, written);
    }
    let last = written.chars().next_back();
    for x in rules.exchanges.iter().filter(|x| x.script == script) {
        if x.written.as_ref().is_some_and(|w| !last.is_some_and(|last| w.contains(last))) {
            continue;
        }
        if let Some(stem) = x.word.stem(&word).filter(|stem| stem.chars().count() >= x.stem) {
            add(&mut keys, stem, x.kind);
        }
    }
    keys
}

fn add(keys: &mut Vec<WordKey>, stem: String, kinds: Kinds) {
    match keys.iter_mut().find(|key| key.stem == stem) {
        Some(key) => key.kinds |= kinds,
        None => keys.push(WordKey { stem, kinds }),
    }
}

fn chain_keys(keys: &mut Vec<WordKey>, t: &ChainRule, word: &[char], plain: &str, written: &str) {
    let Some((&last, start)) = word.split_last() else { return };
    let vowel = t.vowels.contains(last);
    let whole = if vowel { t.kinds.vowel } else { 0 } | if !vowel || t.both.contains(last) { t.kinds.consonant } else { 0 };
    add(keys, plain.into(), whole);
    if word.len() < t.change {
        return;
    }
    let with = |c: &char| start.iter().chain(Some(c)).collect::<String>();
    if let Some(soft) = t.soft.get(&last) {
        add(keys, with(soft), t.kinds.soft); // ortaklık, ortaklığı
    }
    if let Some(glide) = t.glide.get(&last)
        && written.chars().rev().nth(1).is_some_and(|c| t.glide_after.contains(&c.to_lowercase().collect::<String>()))
    {
        add(keys, with(glide), t.kinds.soft); // kömək, köməyi
    }
    if let Some((before, kept)) = t.drop.parts(word)
        && let Some((&end, kept)) = kept.split_last()
    {
        let end = t.soft.get(&end).unwrap_or(&end);
        add(keys, before.iter().chain(kept).chain(Some(end)).collect(), t.kinds.drop); // şehir, şehri
    }
}
