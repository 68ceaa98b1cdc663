//! All endings of a script as one automaton that reads a word from its last letter: it stops where no ending can begin.
//!
//! Must not know: the list's file, keywords.

use super::Kinds;
use std::collections::HashMap;
use std::ops::RangeInclusive;

/// A finite set of endings.
#[derive(Debug)]
pub(super) enum Re {
    /// One of these.
    Words(Vec<String>),
    /// One after another.
    Seq(Vec<Re>),
    /// One of these.
    Any(Vec<Re>),
    /// This or nothing.
    Maybe(Box<Re>),
}

/// The state that no ending goes on from.
const DEAD: u16 = 0;
const START: u16 = 1;
/// Kazakh case endings that know no harmony.
const NEUTRAL: [&str; 3] = ["мен", "бен", "пен"];

/// See the module.
#[derive(Debug)]
pub(super) struct Automaton {
    first: u32,
    /// The number of each letter of the script; 0 for one that no ending has.
    letters: Box<[u8]>,
    width: usize,
    /// `width` for each state.
    next: Box<[u16]>,
    kinds: Box<[Kinds]>,
    rule: ChainRule,
}

/// What an ending of the Turkic chains must show besides its order.
#[derive(Debug, Default)]
struct ChainRule {
    chain: Kinds,
    back: String,
    front: String,
    locative: Vec<String>,
    front_ki: Vec<String>,
    /// (letters, kinds that an ending has, kinds that it gets when it begins with one of the letters)
    first: Vec<(String, Kinds, Kinds)>,
}

impl Automaton {
    /// Reads the word from its end.
    pub(super) fn walk<'a>(&'a self, word: &'a str) -> Walk<'a> {
        Walk { automaton: self, word, at: word.len(), state: START, back: false, front: false }
    }

    /// The kinds of an ending.
    pub(super) fn of_ending(&self, ending: &str) -> Kinds {
        let mut walk = self.walk(ending);
        let mut kinds = walk.kinds();
        for _ in ending.chars() {
            match walk.step() {
                Some((_, k)) => kinds = k,
                None => return 0,
            }
        }
        kinds
    }

    #[inline]
    fn letter(&self, c: char) -> usize {
        self.letters.get((c as u32).wrapping_sub(self.first) as usize).map_or(0, |&n| n as usize)
    }
}

/// A word that is being read from its end.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    automaton: &'a Automaton,
    word: &'a str,
    at: usize,
    state: u16,
    back: bool,
    front: bool,
}

impl Walk<'_> {
    /// The kinds of the ending "".
    pub(super) fn kinds(&self) -> Kinds {
        self.automaton.kinds.get(self.state as usize).copied().unwrap_or(0)
    }

    /// One letter more: it, and the kinds of the ending that begins with it. None where no ending goes on.
    #[inline]
    pub(super) fn step(&mut self) -> Option<(char, Kinds)> {
        let c = self.word.get(..self.at)?.chars().next_back()?;
        let a = self.automaton;
        self.state = a.next.get(self.state as usize * a.width + a.letter(c)).copied().unwrap_or(DEAD);
        if self.state == DEAD {
            return None;
        }
        self.at -= c.len_utf8();
        self.back |= a.rule.back.contains(c);
        self.front |= a.rule.front.contains(c);
        let mut kinds = self.kinds();
        if kinds & a.rule.chain != 0 {
            if self.back && self.front && !a.rule.mixed(self.word.get(self.at..).unwrap_or("")) {
                kinds &= !a.rule.chain;
            }
            for (letters, have, get) in &a.rule.first {
                if kinds & have != 0 && letters.contains(c) {
                    kinds |= get;
                }
            }
        }
        Some((c, kinds))
    }
}

impl ChainRule {
    /// May this ending have back and front vowels? Some do; and back ones up to a ki without harmony, front ones after it (dakiler).
    fn mixed(&self, ending: &str) -> bool {
        NEUTRAL.iter().any(|n| ending.ends_with(n))
            || ending.char_indices().any(|(at, c)| {
                let Some((before, after)) = ending.split_at_checked(at + c.len_utf8()) else { return false };
                let ki = self
                    .front_ki
                    .iter()
                    .any(|ki| before.strip_suffix(ki.as_str()).is_some_and(|b| self.locative.iter().any(|l| b.ends_with(l.as_str()))));
                ki && !before.contains(|c| self.front.contains(c)) && !after.contains(|c| self.back.contains(c))
            })
    }
}

/// Makes an [`Automaton`].
#[derive(Debug)]
pub(super) struct Builder {
    first: u32,
    letters: Box<[u8]>,
    width: usize,
    nodes: Vec<Node>,
    rule: ChainRule,
}

#[derive(Debug, Default)]
struct Node {
    letters: Vec<(u8, usize)>,
    free: Vec<usize>,
    kinds: Kinds,
}

impl Builder {
    pub(super) fn new(letters: RangeInclusive<char>) -> Self {
        let (first, last) = (*letters.start() as u32, *letters.end() as u32);
        Self { first, letters: vec![0; (last - first + 1) as usize].into(), width: 1, nodes: vec![Node::default()], rule: ChainRule::default() }
    }

    /// Endings of these kinds.
    pub(super) fn word(&mut self, endings: &Re, kinds: Kinds) {
        let end = self.add(endings, 0);
        if let Some(node) = self.nodes.get_mut(end) {
            node.kinds |= kinds;
        }
    }

    /// These kinds are of chains: harmony is asked for, and first letters give kinds.
    pub(super) fn chain(&mut self, kinds: Kinds) {
        self.rule.chain = kinds;
    }

    /// Vowels of the two classes, and after which ki the class may change.
    pub(super) fn harmony(&mut self, back: &str, front: &str, locative: Vec<String>, front_ki: Vec<String>) {
        (self.rule.back, self.rule.front, self.rule.locative, self.rule.front_ki) = (back.into(), front.into(), locative, front_ki);
    }

    /// Endings that begin with one of these letters and have the kinds `have` get the kinds `get`.
    pub(super) fn first_letters(&mut self, letters: &str, have: Kinds, get: Kinds) {
        self.rule.first.push((letters.into(), have, get));
    }

    fn node(&mut self) -> usize {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }

    fn free(&mut self, from: usize, to: usize) {
        if let Some(node) = self.nodes.get_mut(from) {
            node.free.push(to);
        }
    }

    fn number(&mut self, c: char) -> u8 {
        let width = self.width;
        match self.letters.get_mut((c as u32).wrapping_sub(self.first) as usize) {
            Some(n) => {
                if *n == 0 {
                    *n = u8::try_from(width).unwrap_or(0);
                    self.width += 1;
                }
                *n
            }
            None => 0,
        }
    }

    /// Adds what `re` says, read backwards, after the node `from`; gives the node where it ends.
    fn add(&mut self, re: &Re, from: usize) -> usize {
        match re {
            Re::Words(words) => {
                let end = self.node();
                let root = self.node();
                self.free(from, root);
                for word in words {
                    let mut at = root;
                    for c in word.chars().rev() {
                        let n = self.number(c);
                        let known = self.nodes.get(at).and_then(|node| node.letters.iter().find(|(m, _)| *m == n)).map(|&(_, to)| to);
                        at = known.unwrap_or_else(|| {
                            let to = self.node();
                            if let Some(node) = self.nodes.get_mut(at) {
                                node.letters.push((n, to));
                            }
                            to
                        });
                    }
                    self.free(at, end);
                }
                end
            }
            Re::Seq(parts) => parts.iter().rev().fold(from, |at, part| self.add(part, at)),
            Re::Any(choices) => {
                let end = self.node();
                for choice in choices {
                    let at = self.add(choice, from);
                    self.free(at, end);
                }
                end
            }
            Re::Maybe(inner) => {
                let end = self.add(inner, from);
                self.free(from, end);
                end
            }
        }
    }

    /// The nodes that can be reached without a letter, those that matter, in order.
    fn closure(&self, from: impl IntoIterator<Item = usize>, seen: &mut [u32], round: u32) -> Vec<usize> {
        let mut open: Vec<usize> = from.into_iter().collect();
        let mut found = Vec::new();
        while let Some(at) = open.pop() {
            let (Some(node), Some(mark)) = (self.nodes.get(at), seen.get_mut(at)) else { continue };
            if std::mem::replace(mark, round) != round {
                open.extend(&node.free);
                if !node.letters.is_empty() || node.kinds != 0 {
                    found.push(at);
                }
            }
        }
        found.sort_unstable();
        found
    }

    pub(super) fn build(self) -> Automaton {
        let (mut seen, mut round) = (vec![0; self.nodes.len()], 1);
        let start = self.closure([0], &mut seen, round);
        let mut sets = vec![Vec::new(), start.clone()];
        let mut numbers: HashMap<Vec<usize>, u16> = HashMap::from([(Vec::new(), DEAD), (start, START)]);
        let (mut next, mut kinds, mut at) = (Vec::new(), Vec::new(), 0);
        while let Some(set) = sets.get(at).cloned() {
            kinds.push(set.iter().filter_map(|&n| self.nodes.get(n)).fold(0, |all, node| all | node.kinds));
            let mut targets = vec![Vec::new(); self.width];
            for &(letter, to) in set.iter().filter_map(|&n| self.nodes.get(n)).flat_map(|node| &node.letters) {
                if let Some(target) = targets.get_mut(letter as usize) {
                    target.push(to);
                }
            }
            for target in targets {
                round += 1;
                let closed = self.closure(target, &mut seen, round);
                let fresh = u16::try_from(sets.len()).unwrap_or(DEAD);
                let number = *numbers.entry(closed.clone()).or_insert(fresh);
                if number == fresh && fresh != DEAD {
                    sets.push(closed);
                }
                next.push(number);
            }
            at += 1;
        }
        Automaton { first: self.first, letters: self.letters, width: self.width, next: next.into(), kinds: kinds.into(), rule: self.rule }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_is_read_from_its_end() {
        let word = |w: &str| Re::Words(w.split(' ').map(Into::into).collect());
        let mut builder = Builder::new('a'..='z');
        builder.word(&Re::Seq(vec![Re::Maybe(Box::new(word("lar ler"))), word("da de")]), 1);
        builder.word(&Re::Any(vec![word("s"), word("a")]), 2);
        builder.word(&Re::Words(vec![String::new()]), 4);
        builder.harmony("a", "e", vec![], vec![]);
        builder.chain(1);
        let a = builder.build();
        assert_eq!(["larda", "da", "lerda", "s", "a", "", "lar", "x", "é"].map(|e| a.of_ending(e)), [1, 1, 0, 2, 2, 4, 0, 0, 0]);
    }
}
