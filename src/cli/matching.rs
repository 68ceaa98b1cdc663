//! `match`: articles in, hits out, one line each, in order.

use super::args::Match;
use super::place::{Context, refused};
use super::{Code, Exit, out};
use crate::app::clock::now;
use crate::model::{Article, Field, Hit};
use crate::query::{self, Matcher, Meta, Miss};
use crate::text::Document;
use jiff::Timestamp;
use serde::Serialize;
use std::fs::File;
use std::io::{BufRead, BufReader};

/// One line out.
#[derive(Debug, Serialize)]
struct Line<'a> {
    id: Option<&'a str>,
    hits: Vec<Hit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Fields<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    misses: Option<Vec<Miss>>,
}

/// The plain text that offsets point into.
#[derive(Debug, Serialize)]
struct Fields<'a> {
    title: &'a str,
    summary: &'a str,
    content: &'a str,
}

/// Matches a stream of articles, or one text.
pub fn matching(context: &Context, args: &Match) -> Result<(), Exit> {
    let matcher = matcher(context, args)?;
    let mut run = Run { matcher, args, time: now(), any: false, bad: false };
    match &args.text {
        Some(text) => run.text(text)?,
        None if args.input == "-" => run.lines(&mut std::io::stdin().lock())?,
        None => {
            let file = File::open(&args.input).map_err(|error| {
                let exit = Exit::from(error);
                Exit { message: format!("{}: {}", args.input, exit.message), ..exit }
            })?;
            run.lines(&mut BufReader::new(file))?;
        }
    }
    match (run.bad, args.quiet && !run.any) {
        (true, _) => Err(Exit::silent(Code::Data)),
        (false, true) => Err(Exit::silent(Code::Nothing)),
        (false, false) => Ok(()),
    }
}

/// `fmt`: a query in its canonical form.
pub fn format(text: &str) -> Result<(), Exit> {
    let canonical = query::fmt(text).map_err(|problem| Exit::new(Code::Usage, problem))?;
    Ok(out::line(&canonical)?)
}

fn matcher(context: &Context, args: &Match) -> Result<Matcher, Exit> {
    if let Some(text) = &args.query {
        return query::single(text).map_err(|problem| Exit::new(Code::Usage, problem));
    }
    let config = context.reading()?;
    let mut watches = config.watches;
    if let Some(name) = &args.watch {
        watches.retain(|watch| watch.name.value == *name);
        if watches.is_empty() {
            return Err(Exit::new(Code::NoInput, format!("no watch {name:?} in {}", config.main.display())));
        }
    }
    Matcher::compile(&watches, &config.lists).map_err(|problems| refused(&problems))
}

struct Run<'a> {
    matcher: Matcher,
    args: &'a Match,
    time: Timestamp,
    any: bool,
    bad: bool,
}

impl Run<'_> {
    fn lines(&mut self, input: &mut dyn BufRead) -> Result<(), Exit> {
        let mut line = Vec::new();
        let mut number = 0u64;
        loop {
            line.clear();
            if input.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            number += 1;
            let bytes = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line);
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice::<Article>(bytes) {
                Ok(article) if article.title.is_some() => self.article(&article)?,
                Ok(_) => self.skip(number, "an article needs a \"title\""),
                Err(error) => self.skip(number, &error.to_string()),
            }
        }
    }

    fn skip(&mut self, number: u64, reason: &str) {
        out::note(&format!("newswatch: line {number} skipped: {reason}"));
        self.bad = true;
    }

    fn text(&mut self, text: &str) -> Result<(), Exit> {
        let article = Article { title: Some(text.into()), ..Article::default() };
        if !out::terminal() || self.args.quiet || self.args.explain {
            return self.article(&article);
        }
        let doc = Document::new(text, "", "");
        let hits = self.matcher.find(&doc, &Meta::of(&article, None, self.time));
        self.any |= !hits.is_empty();
        for hit in &hits {
            out::line(&format!("{}: {}", hit.watch, marked(doc.plain(Field::Title), hit)))?;
        }
        if hits.is_empty() {
            out::note("no watch hits");
        }
        Ok(())
    }

    fn article(&mut self, article: &Article) -> Result<(), Exit> {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        let doc = Document::new(&text(&article.title), &text(&article.summary), &text(&article.content));
        let meta = Meta::of(article, None, self.time);
        let found = self.matcher.search(&doc, &meta);
        for watch in &found.spent {
            out::note(&format!("newswatch: watch {watch}: this article repeats its words so often that it was not matched"));
        }
        let hits = found.hits;
        self.any |= !hits.is_empty();
        if self.args.quiet {
            return Ok(());
        }
        let fields = self.args.explain.then(|| Fields {
            title: doc.plain(Field::Title),
            summary: doc.plain(Field::Summary),
            content: doc.plain(Field::Content),
        });
        let misses = self.args.explain.then(|| self.matcher.explain(&doc, &meta));
        Ok(out::json(&Line { id: article.id.as_deref(), hits, fields, misses })?)
    }
}

/// The text with its hits marked, for a terminal.
fn marked(text: &str, hit: &Hit) -> String {
    let (on, off) = if out::colour() { ("\u{1b}[1;33m", "\u{1b}[0m") } else { ("[", "]") };
    let mut shown = String::new();
    let mut at = 0;
    for span in &hit.spans {
        if let (true, Some(before), Some(inside)) = (span.byte_start >= at, text.get(at..span.byte_start), text.get(span.byte_start..span.byte_end)) {
            shown.push_str(&out::plain(before));
            shown.push_str(on);
            shown.push_str(&out::plain(inside));
            shown.push_str(off);
            at = span.byte_end;
        }
    }
    shown.push_str(&out::plain(text.get(at..).unwrap_or_default()));
    shown
}
