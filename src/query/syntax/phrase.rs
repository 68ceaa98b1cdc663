//! The words of a piece of query text: a keyword, a phrase or a term. Forms are added on the text's side only, so a ZWNJ or a
//! hyphen splits here, and all parts are wanted.
//!
//! Must not know: operators and the grammar above a phrase.

use super::lexer::{digit, is_space};
use super::tree::{ExactWord, More, Word};
use crate::query::refusal::Refusal;
use crate::query::words;

/// How the words of a query take endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Habit {
    /// May words carry their ordinary endings.
    pub endings: bool,
    /// Do case and marks never matter (`except`, `without`).
    pub loose: bool,
}

/// Two to six letters, all capitals; dots don't count; scripts without case have none.
pub(crate) fn is_acronym(raw: &str) -> bool {
    let mut letters = 0;
    for c in words::exact(raw).chars().filter(|&c| c != '.' && !words::is_mark(c)) {
        if !words::is_letter(c) || !c.is_uppercase() {
            return false;
        }
        letters += 1;
    }
    (2..=6).contains(&letters)
}

/// Letters that a wildcard's literal run or the stem of `$n` and `*` needs: 2 for Arabic script, Han, Kana, Hangul, else 3.
pub(crate) fn minimum(stem: &str) -> usize {
    let short = |c: char| ('\u{600}'..='\u{6ff}').contains(&c) || words::is_cjk(c);
    if stem.chars().next().is_some_and(short) { 2 } else { 3 }
}

/// A chunk between spaces, without the `*` or `$n` at its end.
struct Chunk<'a> {
    column: usize,
    stem: &'a [char],
    more: More,
}

fn chunks(text: &[char]) -> impl Iterator<Item = Chunk<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = (at..text.len()).find(|&i| !is_space(text[i]))?;
        let end = (start..text.len()).find(|&i| is_space(text[i])).unwrap_or(text.len());
        at = end;
        let chunk = &text[start..end];
        let (stem, more) = split_more(chunk);
        Some(Chunk { column: start, stem, more })
    })
}

/// A word may end in `*` or, after a letter or digit, in `$n`.
fn split_more(chunk: &[char]) -> (&[char], More) {
    if let [stem @ .., '*'] = chunk {
        return (stem, More::Any);
    }
    let digits = chunk.iter().rev().take_while(|&&c| digit(c).is_some()).count();
    let (head, number) = chunk.split_at(chunk.len() - digits);
    match head {
        [stem @ .., '$'] if digits > 0 && stem.last().is_some_and(|&c| is_word(c)) => {
            let n = number.iter().filter_map(|&c| digit(c)).fold(0u32, |n, d| n.saturating_mul(10).saturating_add(d as u32));
            (stem, More::Letters(n))
        }
        _ => (chunk, More::No),
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// `*` or `?` where a phrase may not have them.
fn wild_inside(stem: &[char]) -> bool {
    stem.contains(&'*') || stem.windows(3).any(|w| w[1] == '?' && is_word(w[0]) && is_word(w[2]))
}

fn check_stem(stem: &str, column: usize) -> Result<(), Refusal> {
    let least = minimum(stem);
    if stem.chars().count() < least {
        return Err(Refusal::new(column, format!("the stem before * or $n needs {least} letters")));
    }
    Ok(())
}

const INSIDE: &str = "inside a phrase a word may only end in * or $n";
const NO_WORD: &str = "no word before * or $n";

/// The words of a phrase under the fold. `column`: of its first character.
pub(crate) fn phrase_words(text: &str, column: usize, habit: Habit) -> Result<Vec<Word>, Refusal> {
    let chars: Vec<char> = text.chars().collect();
    let mut found: Vec<Word> = Vec::new();
    for chunk in chunks(&chars) {
        let at = column + chunk.column;
        let stem: String = chunk.stem.iter().collect();
        let mut new = plain_words(&stem, habit);
        if wild_inside(chunk.stem) {
            return Err(Refusal::new(at, INSIDE));
        }
        if chunk.more != More::No {
            let Some(last) = new.last_mut() else { return Err(Refusal::new(at, NO_WORD)) };
            check_stem(&last.text, at)?;
            if !last.text.starts_with(words::is_cjk) {
                last.more = chunk.more;
                last.endings = false; // they replace the endings of their word
            }
        }
        found.append(&mut new);
    }
    if let [one] = found.as_mut_slice() {
        one.alone = true;
    }
    Ok(found)
}

/// The words of a phrase after `=`.
pub(crate) fn exact_words(text: &str, column: usize) -> Result<Vec<ExactWord>, Refusal> {
    let chars: Vec<char> = text.chars().collect();
    let mut found: Vec<ExactWord> = Vec::new();
    for chunk in chunks(&chars) {
        let at = column + chunk.column;
        let stem: String = chunk.stem.iter().collect();
        let mut new = words::tokens(&stem);
        if wild_inside(chunk.stem) {
            return Err(Refusal::new(at, INSIDE));
        }
        let mut more = More::No;
        if chunk.more != More::No {
            if new.is_empty() {
                return Err(Refusal::new(at, NO_WORD));
            }
            let folded: Vec<char> = words::fold(&stem).chars().collect();
            let tail: String = folded.get(folded.len().saturating_sub(3)..).unwrap_or_default().iter().collect();
            check_stem(&tail, at)?;
            if !tail.starts_with(words::is_cjk) {
                more = chunk.more;
            }
        }
        let count = new.len();
        found.extend(new.drain(..).enumerate().map(|(k, token)| ExactWord {
            text: words::exact(&token.raw).trim_end_matches('.').into(),
            folded: words::form(&token.raw).map(|(text, _)| text).unwrap_or_default(),
            more: if k + 1 == count { more } else { More::No },
            before: token.before,
            after: token.after,
            sign: token.sign,
        }));
    }
    Ok(found)
}

/// The words of a chunk without spaces.
fn plain_words(raw: &str, habit: Habit) -> Vec<Word> {
    let mut found = Vec::new();
    for token in words::tokens(raw) {
        let pieces: Vec<_> = token.raw.split(words::ZWNJ).filter_map(|p| words::form(p).map(|f| (p, f))).collect();
        let count = pieces.len();
        for (k, (piece, (text, letters))) in pieces.into_iter().enumerate() {
            let last = k + 1 == count;
            found.push(Word {
                text,
                letters,
                acronym: is_acronym(piece),
                more: More::No,
                endings: habit.endings && last && !token.cjk,
                alone: false,
                loose: habit.loose,
                before: if k > 0 || token.before.contains("..") { String::new() } else { token.before.replace(|c| !"+#&.".contains(c), "") },
                after: if last { token.after.replace(|c| !"+#&".contains(c), "") } else { String::new() },
                sign: token.sign.filter(|_| last),
            });
        }
    }
    found
}
