//! HTML pages by CSS selectors, as drafts.
//!
//! The parser of HTML that browsers agree on may take quadratic time and memory on hostile pages, so a page is thinned before it: scripts,
//! styles and drawings go, tags are counted, so are the elements that are open at a time.
//!
//! Must not know: how a draft becomes an article.

use super::PageRules;
use super::draft::{Draft, Form, Link};
use super::notes::Notes;
use super::token::{Token, Tokens};
use scraper::{ElementRef, Html, Selector};

/// Bytes of a page that are read, scripts and the like left out.
const MAX_PAGE: usize = 4 << 20;
/// Entries of a page that are read.
const MAX_ITEMS: usize = 1000;
/// Tags of a page that are read.
const MAX_TAGS: usize = 60_000;
/// Elements open at a time.
const MAX_OPEN: usize = 120;
/// Elements open at a time that a browser opens again in each following paragraph.
const MAX_FORMATTING: usize = 4;

/// Attributes of a tag that has too many.
const MAX_ATTRIBUTES: usize = 32;

const DROPPED: [&str; 7] = ["script", "style", "svg", "noscript", "template", "math", "iframe"];
const FORMATTING: [&str; 13] = ["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
const UNPAIRED: [&str; 30] = [
    "a", "p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "area", "base", "br", "col", "embed", "hr", "img", "input",
    "link", "meta", "param", "source", "track", "wbr", "html", "head", "body", "frame",
];

/// Selectors, ready.
struct Rules {
    items: Selector,
    title: Option<Selector>,
    link: Option<Selector>,
    date: Option<Selector>,
    summary: Option<Selector>,
}

impl PageRules {
    /// What is wrong with the selectors: the key and why, in words for the one who wrote them.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let keys = [
            ("items", Some(&self.items)),
            ("title", self.title.as_ref()),
            ("link", self.link.as_ref()),
            ("date", self.date.as_ref()),
            ("summary", self.summary.as_ref()),
        ];
        let check = |(key, value): (&'static str, Option<&String>)| {
            let value = value?;
            Selector::parse(value)
                .err()
                .map(|_| (key, format!("`{value}` is no CSS selector. Write one such as \"article h2 a\" or \"ul.news > li\".")))
        };
        keys.into_iter().filter_map(check).collect()
    }

    fn compile(&self) -> Result<Rules, String> {
        if let Some((_, problem)) = self.problems().pop() {
            return Err(problem);
        }
        let one = |text: &str| Selector::parse(text).map_err(|_| format!("`{text}` is no CSS selector"));
        let some = |text: &Option<String>| text.as_deref().map(one).transpose();
        Ok(Rules {
            items: one(&self.items)?,
            title: some(&self.title)?,
            link: some(&self.link)?,
            date: some(&self.date)?,
            summary: some(&self.summary)?,
        })
    }
}

/// The page's title and its entries.
///
/// # Errors
/// A selector that is none, in words.
pub fn read(text: &str, rules: &PageRules, notes: &mut Notes) -> Result<(Draft, Vec<Draft>), String> {
    let rules = rules.compile()?;
    let page = Html::parse_document(&thinned(text, notes));
    let mut feed = Draft::default();
    if let Ok(title) = Selector::parse("title")
        && let Some(title) = page.select(&title).next()
    {
        feed.title.offer(0, (words(title), Form::Text));
    }
    feed.lang = page.root_element().attr("lang").map(Into::into);
    let anchor = Selector::parse("a[href]").ok();
    let entries: Vec<Draft> = page
        .select(&rules.items)
        .take(MAX_ITEMS)
        .map(|item| entry(item, &rules, anchor.as_ref()))
        .filter(|draft| draft.title.get().is_some())
        .collect();
    if entries.is_empty() {
        notes.say("nothing on the page fits the selector `items`".into());
    }
    Ok((feed, entries))
}

fn entry(item: ElementRef<'_>, rules: &Rules, anchor: Option<&Selector>) -> Draft {
    let mut draft = Draft::default();
    let find = |selector: &Option<Selector>| {
        selector.as_ref().and_then(|selector| item.select(selector).next().or_else(|| selector.matches(&item).then_some(item)))
    };
    let own = item.attr("href").map(|_| item);
    let link = find(&rules.link).or(own).or_else(|| anchor.and_then(|anchor| item.select(anchor).next()));
    let link =
        link.map(|found| if found.attr("href").is_some() { found } else { anchor.and_then(|anchor| found.select(anchor).next()).unwrap_or(found) });
    let title = find(&rules.title).map(words).or_else(|| link.map(words).filter(|title| !title.is_empty())).unwrap_or_else(|| words(item));
    if !title.is_empty() {
        draft.title.offer(0, (title, Form::Text));
    }
    if let Some(href) = link.and_then(|link| link.attr("href")) {
        draft.links.push(Link { href: href.into(), rel: "alternate".into(), r#type: None, base: None });
    }
    if let Some(date) = find(&rules.date) {
        for (rank, attribute) in [(0, "datetime"), (1, "content"), (3, "title")] {
            draft.published.extend(date.attr(attribute).map(|text| (rank, text.into())));
        }
        draft.published.push((2, words(date)));
    }
    if let Some(summary) = find(&rules.summary) {
        draft.summary.offer(0, summary.inner_html());
    }
    draft
}

fn words(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    for text in element.text() {
        out.push_str(text);
        out.push(' ');
    }
    super::plain::single_spaced(&out)
}

/// The elements that are open, as far as a page's own tags tell.
#[derive(Default)]
struct Open<'a> {
    stack: Vec<&'a str>,
    /// Stay open when what is around them ends, and are opened again in what follows.
    formatting: usize,
    /// Start tags left out whose end tags are still to come: of formatting elements, of others.
    dropped: (usize, usize),
}

impl<'a> Open<'a> {
    /// May this element open?
    fn enter(&mut self, name: &'a str) -> bool {
        if is(&FORMATTING, name) {
            let fits = self.formatting < MAX_FORMATTING;
            self.formatting += usize::from(fits);
            self.dropped.0 += usize::from(!fits);
            return fits;
        }
        let fits = self.stack.len() < MAX_OPEN;
        if fits {
            self.stack.push(name);
        } else {
            self.dropped.1 += 1;
        }
        fits
    }

    /// May this end tag stand?
    fn leave(&mut self, name: &str) -> bool {
        let formatting = is(&FORMATTING, name);
        let dropped = if formatting { &mut self.dropped.0 } else { &mut self.dropped.1 };
        if *dropped > 0 {
            *dropped -= 1;
            return false;
        }
        if formatting {
            self.formatting = self.formatting.saturating_sub(1);
        } else if let Some(at) = self.stack.iter().rposition(|open| open.eq_ignore_ascii_case(name)) {
            self.stack.truncate(at);
        }
        true
    }
}

fn is(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The page without what the parser need not see, see the module.
fn thinned(text: &str, notes: &mut Notes) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_PAGE));
    let mut tokens = Tokens::new(text);
    let mut open = Open::default();
    let (mut tags, mut from) = (0usize, 0);
    let mut hidden: Option<&str> = None;
    while let Some(token) = tokens.next() {
        let raw = tokens.between(from, tokens.position());
        from = tokens.position();
        if let Some(name) = hidden {
            if matches!(token, Token::Close(end) if end.eq_ignore_ascii_case(name)) {
                hidden = None;
            }
            continue;
        }
        match token {
            Token::Open(tag) => {
                tags += 1;
                if is(&DROPPED, tag.name) {
                    hidden = (!tag.empty).then_some(tag.name);
                    continue;
                }
                if !tag.empty && !is(&UNPAIRED, tag.name) && !open.enter(tag.name) {
                    continue;
                }
            }
            Token::Close(name) if is(&DROPPED, name) || (!is(&UNPAIRED, name) && !open.leave(name)) => continue,
            Token::Instruction(_) => continue,
            _ => {}
        }
        if tags > MAX_TAGS || out.len() + raw.len() > MAX_PAGE {
            notes.say(format!("more than {MAX_TAGS} tags or {} MiB: the page is read to there", MAX_PAGE >> 20));
            break;
        }
        match token {
            // Attributes are compared with one another.
            Token::Open(tag) if tag.attributes.len() > 4096 => {
                out.push('<');
                out.push_str(tag.name);
                for (key, value) in tag.attributes().take(MAX_ATTRIBUTES) {
                    out.push_str(&format!(" {key}=\"{}\"", value.replace('"', "&quot;")));
                }
                out.push('>');
            }
            _ => out.push_str(raw),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(items: &str) -> PageRules {
        PageRules { items: items.into(), ..PageRules::default() }
    }

    #[test]
    fn entries_are_what_the_selectors_say() {
        let page = "<html lang=az><title>Xəbərlər</title><script>var a = '<li class=n>';</script><ul><li class=n><time datetime='2026-11-24T10:00:00+04:00'>bu gün</time>
            <a href='/1'><b>Birinci</b> xəbər</a><p>Qısa <i>mətn</i><li class=n><a href='/2'>İkinci</a></ul>";
        let rules = PageRules { date: Some("time".into()), summary: Some("p".into()), ..rules("li.n") };
        let (feed, entries) = read(page, &rules, &mut Notes::default()).unwrap();
        assert_eq!(feed.title.get().map(|(title, _)| title.as_str()), Some("Xəbərlər"));
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].title.get().map(|(title, _)| title.as_str()), Some("Birinci xəbər"));
        assert_eq!(entries[0].links[0].href, "/1");
        assert_eq!(entries[0].published[0].1, "2026-11-24T10:00:00+04:00");
        assert_eq!(entries[0].summary.get().map(String::as_str), Some("Qısa <i>mətn</i>"));
        assert_eq!(entries[1].links[0].href, "/2");
    }

    #[test]
    fn a_bad_selector_is_told_with_its_key() {
        assert_eq!(rules("li >> ").problems().first().map(|(key, _)| *key), Some("items"));
        assert!(read("<p>", &rules("["), &mut Notes::default()).is_err());
        assert!(rules("ul.news > li:not(.ad) a[href]").problems().is_empty());
    }
}
