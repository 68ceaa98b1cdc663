//! `watches`: each watch over the archive: how often and in which spellings it hits (its noise), what it just missed, and what it costs.

use super::args::Watches;
use super::place::{Context, refused, since};
use super::{Code, Exit, out};
use crate::app::clock::now;
use crate::model::Article;
use crate::query::{Matcher, Meta};
use crate::store::Reader;
use crate::text::Document;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// Articles read at a time.
const SLICE: usize = 500;
/// Articles that a watch's cost is measured on.
const SAMPLE: usize = 200;
/// Watches whose cost is measured.
const MEASURED: usize = 500;
/// Spellings and near misses shown for a clause.
const SHOWN: usize = 4;

/// One watch.
#[derive(Debug, Serialize)]
struct Line {
    watch: String,
    articles: u64,
    hits: u64,
    /// Microseconds an article, the words of the article given; none where it was not measured.
    cost_us: Option<f64>,
    clauses: Vec<Clause>,
}

/// One of its clauses.
#[derive(Debug, Serialize)]
struct Clause {
    clause: String,
    hits: u64,
    written: Vec<Spelling>,
    missed: Vec<Missed>,
}

#[derive(Debug, Serialize)]
struct Spelling {
    text: String,
    count: u64,
}

#[derive(Debug, Serialize)]
struct Missed {
    text: String,
    count: u64,
    why: String,
    advice: String,
}

#[derive(Debug, Default)]
struct Tally {
    hits: u64,
    clauses: BTreeMap<String, Count>,
}

#[derive(Debug, Default)]
struct Count {
    hits: u64,
    written: HashMap<String, u64>,
    missed: HashMap<String, (u64, String, String)>,
}

/// Looks at every watch, the dearest first.
pub fn watches(context: &Context, args: &Watches) -> Result<(), Exit> {
    let mut config = context.reading()?;
    if let Some(name) = &args.watch {
        config.watches.retain(|watch| watch.name.value == *name);
        if config.watches.is_empty() {
            return Err(Exit::new(Code::NoInput, format!("no watch {name:?} in {}", config.main.display())));
        }
    }
    let matcher = Matcher::compile(&config.watches, &config.lists).map_err(|problems| refused(&problems))?;
    let time = now();
    let mut look = Look { matcher, time, articles: 0, tallies: HashMap::new(), sample: Vec::new() };
    look.over(&Context::reader(&config)?, since(&args.since, time)?)?;
    let mut lines: Vec<Line> = config
        .watches
        .iter()
        .take(MEASURED)
        .map(|watch| (watch.name.value.clone(), Matcher::compile(std::slice::from_ref(watch), &config.lists).ok()))
        .map(|(name, alone)| look.line(name, alone.as_ref()))
        .collect();
    lines.extend(config.watches.iter().skip(MEASURED).map(|watch| look.line(watch.name.value.clone(), None)));
    lines.sort_by(|a, b| b.cost_us.unwrap_or_default().total_cmp(&a.cost_us.unwrap_or_default()));
    if context.json {
        lines.iter().try_for_each(out::json)?;
        return Ok(());
    }
    if look.articles == 0 {
        out::note("no archive yet: `newswatch feeds poll --all`");
    }
    lines.iter().try_for_each(print)
}

struct Look {
    matcher: Matcher,
    time: Timestamp,
    articles: u64,
    tallies: HashMap<String, Tally>,
    sample: Vec<(Document, Meta)>,
}

impl Look {
    fn over(&mut self, reader: &Reader, since: Timestamp) -> Result<(), Exit> {
        let mut below = None;
        loop {
            let slice = reader.archive(since, below, SLICE)?;
            let Some((last, _)) = slice.last() else { return Ok(()) };
            below = Some(*last);
            slice.iter().for_each(|(_, info)| self.article(&info.article));
        }
    }

    fn article(&mut self, article: &Article) {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        let doc = Document::new(&text(&article.title), &text(&article.summary), &text(&article.content));
        let meta = Meta::of(article, None, self.time);
        self.articles += 1;
        for hit in self.matcher.find(&doc, &meta) {
            let tally = self.tallies.entry(hit.watch).or_default();
            tally.hits += 1;
            for span in hit.spans {
                let count = tally.clauses.entry(span.clause).or_default();
                count.hits += 1;
                *count.written.entry(span.text).or_default() += 1;
            }
        }
        for near in self.matcher.near_misses(&doc) {
            let count = self.tallies.entry(near.watch).or_default().clauses.entry(near.clause).or_default();
            count.missed.entry(near.text).or_insert_with(|| (0, near.kind.name(), near.advice)).0 += 1;
        }
        if self.sample.len() < SAMPLE {
            self.sample.push((doc, meta));
        }
    }

    /// What one watch alone adds to the reading of an article: the median of three rounds over the sample.
    fn cost(&self, alone: &Matcher) -> Option<f64> {
        let mut rounds: Vec<Duration> = (0..3)
            .map(|_| {
                let start = Instant::now();
                for (doc, meta) in &self.sample {
                    std::hint::black_box(alone.find(doc, meta));
                }
                start.elapsed()
            })
            .collect();
        rounds.sort_unstable();
        let count = u32::try_from(self.sample.len()).ok().filter(|count| *count > 0)?;
        rounds.get(1).map(|median| (*median / count).as_secs_f64() * 1e6)
    }

    fn line(&self, watch: String, alone: Option<&Matcher>) -> Line {
        let tally = self.tallies.get(&watch);
        let clauses = tally.into_iter().flat_map(|tally| &tally.clauses).map(|(clause, count)| {
            let mut written: Vec<Spelling> = count.written.iter().map(|(text, count)| Spelling { text: text.clone(), count: *count }).collect();
            written.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
            let missed = |(text, (count, why, advice)): (&String, &(u64, String, String))| Missed {
                text: text.clone(),
                count: *count,
                why: why.clone(),
                advice: advice.clone(),
            };
            let mut missed: Vec<Missed> = count.missed.iter().map(missed).collect();
            missed.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
            Clause { clause: clause.clone(), hits: count.hits, written, missed }
        });
        Line {
            articles: self.articles,
            hits: tally.map_or(0, |tally| tally.hits),
            cost_us: alone.and_then(|alone| self.cost(alone)),
            clauses: clauses.collect(),
            watch,
        }
    }
}

fn print(line: &Line) -> Result<(), Exit> {
    let cost = line.cost_us.map_or_else(String::new, |cost| format!("   {cost:.1} µs an article"));
    out::line(&format!("{}   {} of {} articles{cost}", out::plain(&line.watch), line.hits, line.articles))?;
    for clause in &line.clauses {
        let mut text = format!("     {:?}   {} hits", out::plain(&clause.clause), clause.hits);
        let written: Vec<String> = clause.written.iter().take(SHOWN).map(|s| format!("{} {}", out::plain(&s.text), s.count)).collect();
        if !written.is_empty() {
            text += &format!("   written: {}", written.join(" · "));
        }
        let missed: Vec<String> = clause.missed.iter().take(SHOWN).map(|m| format!("{} {} ({})", out::plain(&m.text), m.count, m.why)).collect();
        if let (Some(first), false) = (clause.missed.first(), missed.is_empty()) {
            text += &format!("   just missed: {}   {}", missed.join(", "), first.advice);
        }
        out::line(&text)?;
    }
    Ok(())
}
