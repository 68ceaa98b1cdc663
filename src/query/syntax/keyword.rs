//! Keywords: plain text, one rule an analyst can remember (PRODUCT.md, "Keywords"). A keyword becomes one clause of the query language.
//!
//! Must not know: watches, lists.

use super::lexer::is_space;
use super::parser::parse;
use super::phrase::Habit;
use super::tree::{Clause, Node};
use crate::query::refusal::Refusal;
use regex::Regex;
use std::sync::LazyLock;

const QUOTES: &[char] = &['"', '“', '”', '«', '»', '„', '\'', '‘', '’'];

/// An operator of the query language between words, or a sign that divides; what matches divides the keyword.
static DIVIDER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!("{OPERATOR}|[|,;]")).ok());
/// What makes a keyword two: an operator, `|`, an inner `,` or `;`.
static DIVIDED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!(r"{OPERATOR}|\||[,;]\s*\S")).ok());
const OPERATOR: &str = r"\s(?:AND NOT|AND|OR|NOTIN|NOT|NEAR|(?:NEAR|NOTNEAR|ONEAR|PRE|W)/\w+|ADJ\d+)\s";

/// The clause of one keyword. A refusal's column counts in the keyword as it was written.
pub(crate) fn keyword(written: &str, habit: Habit) -> Result<Node, Refusal> {
    let outer = written.trim_matches(is_space).trim_matches(QUOTES).trim_matches(is_space); // outer quotes of any kind are ignored
    let exact = outer.strip_prefix('=').map(|rest| rest.trim_matches(is_space).trim_matches(QUOTES));
    let text = exact.unwrap_or(outer);
    let sign = if exact.is_some() { "=" } else { "" };
    let shown = format!("{sign}{text}");
    check(&shown)?;
    let clause = format!("{sign}\"{}\"", text.replace(['"', '“', '”', '«', '»'], " "));
    let node = parse(&clause, habit, false, &|_, _| Ok(None)).map_err(|refusal| {
        // From the clause back into the keyword: what stands before the text, and the quote that we set.
        let before = written.find(text).and_then(|at| written.get(..at)).map_or(0, |b| b.chars().count());
        let inside = if exact.is_some() { Some(refusal.column) } else { refusal.column.checked_sub(1) };
        Refusal { column: inside.filter(|&i| i < text.chars().count()).map_or(0, |i| before + i), ..refusal }
    })?;
    Ok(match node {
        Node::Clause(c) => Node::Clause(Clause { source: written.trim_matches(is_space).into(), ..c }),
        node => node,
    })
}

/// Refuses what is written for an operator, and what belongs in a query.
fn check(text: &str) -> Result<(), Refusal> {
    let suspect = text.contains(['|', ',', ';']) || text.contains(is_space) && text.contains(|c: char| c.is_ascii_uppercase());
    if suspect && DIVIDED.as_ref().is_some_and(|r| r.is_match(text)) {
        let parts: Vec<String> = DIVIDER
            .iter()
            .flat_map(|r| r.split(text))
            .map(|p| p.trim_matches(is_space))
            .filter(|p| !p.is_empty())
            .map(|p| format!("\"{p}\""))
            .collect();
        let count = match parts.len() {
            2 => "two",
            3 => "three",
            _ => "several",
        };
        return Err(Refusal::new(0, format!("\"{text}\" is one phrase here. Write {count} keywords: {}.", parts.join(", "))));
    }
    let pattern = text.strip_prefix('/').and_then(|p| p.strip_suffix('/')).is_some_and(|p| !p.is_empty() && !p.contains('\n'));
    if text.starts_with('-') || pattern {
        return Err(Refusal::new(0, format!("\"{text}\": a leading - and /…/ belong in query = ...; a keyword is plain text")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(written: &str) -> String {
        keyword(written, Habit { endings: true, loose: false }).unwrap_err().to_string()
    }

    #[test]
    fn what_divides_a_keyword_is_refused_with_its_parts() {
        assert_eq!(refusal("ECO OR OIC"), r#"col 1: "ECO OR OIC" is one phrase here. Write two keywords: "ECO", "OIC"."#);
        assert_eq!(refusal("oil, gas; coal"), r#"col 1: "oil, gas; coal" is one phrase here. Write three keywords: "oil", "gas", "coal"."#);
        assert_eq!(refusal("-Iran"), r#"col 1: "-Iran": a leading - and /…/ belong in query = ...; a keyword is plain text"#);
    }

    #[test]
    fn columns_count_in_the_keyword_as_written() {
        assert!(refusal("  «x ab*»").starts_with("col 6: the stem"));
        assert!(refusal("= \"x ab*\"").starts_with("col 6: the stem"));
        assert!(refusal("ab*").starts_with("col 1: the stem"));
        assert!(refusal("«э»").starts_with("col 1: "));
    }
}
