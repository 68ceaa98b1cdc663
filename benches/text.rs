//! Fold + tokenise against the same work done with ICU4X, as ratios of CPU time in one run (PERFORMANCE.md).
//!
//! `cargo bench --bench text` over `../shared/bench/articles.tsv`; `-- FILE` over another file of lines. Each way runs in turn, many rounds;
//! the median counts.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)] // prints a table; a broken set-up may stop it

use icu_casemap::CaseMapper;
use icu_normalizer::DecomposingNormalizer;
use icu_segmenter::{WordSegmenter, options::WordBreakInvariantOptions};
use newswatch::text::{Document, hash};
use std::hint::black_box;
use unicode_segmentation::UnicodeSegmentation;

const ROUNDS: usize = 15;

/// Nanoseconds of CPU time of this thread.
fn cpu() -> u64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    t.tv_sec.unsigned_abs() * 1_000_000_000 + t.tv_nsec.unsigned_abs()
}

fn main() {
    let file = std::env::args()
        .skip(1)
        .find(|a| !a.starts_with('-'))
        .unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/bench/articles.tsv").into());
    let Ok(source) = std::fs::read_to_string(&file) else {
        eprintln!("SKIPPED: {file} is missing");
        return;
    };
    let texts: Vec<&str> = source.lines().map(|line| line.split_once('\t').map_or(line, |(_, text)| text)).collect();
    let bytes: usize = texts.iter().map(|t| t.len()).sum();
    let (nfkd, casemap) = (DecomposingNormalizer::new_nfkd(), CaseMapper::new());
    let segmenter = WordSegmenter::new_auto(WordBreakInvariantOptions::default());
    let fold = |text: &str| casemap.fold_string(&nfkd.normalize(text)).into_owned();
    let icu_segmenter = |text: &str| {
        let folded = fold(text);
        let mut start = 0;
        let mut sum = 0;
        for (end, kind) in segmenter.segment_str(&folded).iter_with_word_type() {
            if kind.is_word_like() {
                sum ^= hash::hash(folded.get(start..end).unwrap_or(""));
            }
            start = end;
        }
        sum
    };
    let icu_words = |text: &str| fold(text).unicode_words().fold(0, |sum, word| sum ^ hash::hash(word));
    let off = |text: &str| Document::of_text(text).all_forms().iter().fold(0, |sum, form| sum ^ form.hash);
    let on = |text: &str| {
        let doc = Document::of_text(text);
        let mut sum = 0;
        for token in 0..doc.words() {
            for form in doc.forms(token) {
                sum ^= form.hash;
                doc.cuts(token, form).for_each(|cut| sum ^= cut.hash ^ cut.kinds);
            }
            doc.pairs(token).for_each(|pair| sum ^= pair.hash);
        }
        sum
    };
    #[allow(clippy::type_complexity)] // one list of names and closures
    let ways: [(&str, &dyn Fn(&str) -> u64); 4] = [
        ("ICU4X NFKD + casefold, unicode_words", &icu_words),
        ("ICU4X NFKD + casefold + WordSegmenter", &icu_segmenter),
        ("newswatch, the pass alone", &off),
        ("newswatch, with pairs and stems", &on),
    ];
    let mut times = vec![Vec::new(); ways.len()];
    for _ in 0..ROUNDS {
        for ((_, way), times) in ways.iter().zip(&mut times) {
            let start = cpu();
            for text in &texts {
                black_box(way(black_box(text)));
            }
            times.push(cpu() - start);
        }
    }
    let medians: Vec<f64> = times
        .iter_mut()
        .map(|t| {
            t.sort_unstable();
            t[t.len() / 2] as f64
        })
        .collect();
    println!("{} texts, {} bytes each in the mean", texts.len(), bytes / texts.len().max(1));
    for ((name, _), median) in ways.iter().zip(&medians) {
        let (a, b) = (medians[0] / median, medians[1] / median);
        println!(
            "{name:40} {:7.2} µs a text {:6.0} MB/s   × {a:5.2} of the first, × {b:5.2} of the second",
            median / 1000.0 / texts.len() as f64,
            bytes as f64 * 1000.0 / median
        );
    }
}
