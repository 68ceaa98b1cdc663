//! A place told to people: the text, what stands around it, the clause and how it matched.
//!
//! Must not know: how places are found.

use super::lexicon::Lexicon;
use super::program::{DIRECT, Program, Root};
use super::search::Place;
use crate::model::{Field, Span};
use crate::text::Document;

/// Characters of context on each side.
const CONTEXT: usize = 40;

/// The span of a place that a watch has.
pub(crate) fn span(place: &Place, doc: &Document, root: Root, program: &Program, lexicon: &Lexicon) -> Span {
    let node = if place.label == DIRECT { Some(program.root(root)) } else { program.step(place.label).map(|step| (place.label, step)) };
    let field = doc.tokens().get(place.i as usize).map_or(Field::Title, |t| t.field());
    let plain = doc.plain(field);
    let (start, end) = (place.start as usize, place.end as usize);
    let text = plain.get(start..end).unwrap_or_default();
    Span {
        field,
        text: text.into(),
        before: before(plain.get(..start).unwrap_or_default()),
        after: after(plain.get(end..).unwrap_or_default()),
        clause: node.map(|node| program.label(node, lexicon)).unwrap_or_default(),
        form: place.how.describe(text),
        byte_start: start,
        byte_end: end,
    }
}

/// The last characters of a text, from the beginning of a word on.
fn before(text: &str) -> String {
    let Some((at, _)) = text.char_indices().rev().nth(CONTEXT - 1).filter(|(at, _)| *at > 0) else { return text.into() };
    let (Some(head), Some(tail)) = (text.get(..at), text.get(at..)) else { return String::new() };
    if head.ends_with(char::is_whitespace) {
        return tail.into();
    }
    // Without a space among them (Han, an address) the characters themselves are cut.
    tail.find(char::is_whitespace).and_then(|space| tail.get(space..)).map_or(tail, str::trim_start).into()
}

/// The first characters of a text, up to the end of a word.
fn after(text: &str) -> String {
    let Some((at, _)) = text.char_indices().nth(CONTEXT) else { return text.into() };
    let (Some(head), Some(tail)) = (text.get(..at), text.get(at..)) else { return String::new() };
    if tail.starts_with(char::is_whitespace) {
        return head.into();
    }
    head.rfind(char::is_whitespace).and_then(|space| head.get(..space)).map_or(head, str::trim_end).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_is_cut_at_a_word() {
        assert_eq!(before("short "), "short ");
        assert_eq!(after(" short"), " short");
        let long = "one two three four five six seven eight nine ten";
        assert_eq!(after(long), "one two three four five six seven eight");
        assert_eq!(before(long), "three four five six seven eight nine ten");
        assert_eq!(before(&"经".repeat(50)).chars().count(), 40);
        assert_eq!(after(&"经".repeat(50)).chars().count(), 40);
        assert_eq!(before(&format!("{}\u{301}", "e".repeat(39))).chars().count(), 40);
    }
}
