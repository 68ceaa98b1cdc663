//! Matching against many watches, in proportion to reading the article (PERFORMANCE.md, "Matching").
//!
//! `cargo bench --bench matching` prints, for 100, 10,000 and 100,000 watches, with endings and joining on and off, the CPU time of reading and
//! matching every article of `../shared/bench/articles.tsv` divided by that of reading alone (medians of alternating runs), and what building
//! the watches costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr, clippy::string_slice)] // a bench

mod watches;

use newswatch::query::{Matcher, Meta};
use newswatch::text::Document;
use std::hint::black_box;
use std::path::Path;
use watches::Watches;

/// CPU time of this thread in nanoseconds.
fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("/proc/thread-self/schedstat");
    stat.split(' ').next().unwrap().parse().unwrap()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench/articles.tsv");
    let Ok(file) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no {}", path.display());
        return;
    };
    let articles: Vec<(&str, &str)> =
        file.lines().filter_map(|l| l.split_once('\t')).map(|(_, text)| text.split_at(text.find(". ").map_or(0, |at| at + 1))).collect();
    let bytes: usize = articles.iter().map(|(a, b)| a.len() + b.len()).sum();
    let meta = Meta::default();
    let hits = std::env::var_os("NEWSWATCH_NO_HITS").is_none();
    println!("{} articles, {} bytes in the mean", articles.len(), bytes / articles.len());
    println!("watches\tendings\ttotal/read\twith hits told\tread µs\tmatches\tbuild s\tB a watch");
    let counts = std::env::var("NEWSWATCH_WATCHES").map_or(vec![100, 10_000, 100_000], |n| n.split(',').map(|n| n.parse().unwrap()).collect());
    for count in counts {
        for endings in [true, false] {
            let specs = Watches::new(&articles, 7).specs(count, endings);
            let before = cpu();
            let matcher = Matcher::compile(&specs, &[]).expect("watches");
            let build = cpu() - before;
            let (mut ratios, mut told, mut reads, mut matches) = (Vec::new(), Vec::new(), Vec::new(), 0);
            for run in 0..7 {
                let start = cpu();
                for (title, content) in &articles {
                    black_box(Document::new(title, "", content));
                }
                let read = cpu() - start;
                let start = cpu();
                matches = 0;
                for (title, content) in &articles {
                    let doc = Document::new(title, "", content);
                    matches += matcher.matching(&doc, &meta).len();
                }
                let matched = cpu() - start;
                let start = cpu();
                for (title, content) in articles.iter().filter(|_| hits) {
                    let doc = Document::new(title, "", content);
                    black_box(matcher.find(&doc, &meta));
                }
                let found = cpu() - start;
                if run > 0 {
                    ratios.push(matched as f64 / read as f64);
                    told.push(found as f64 / read as f64);
                    reads.push(read as f64 / 1000.0 / articles.len() as f64);
                }
            }
            println!(
                "{count}\t{}\t{:.2}\t{:.2}\t{:.1}\t{:.1}\t{:.2}\t{}",
                if endings { "on" } else { "off" },
                median(ratios),
                median(told),
                median(reads),
                matches as f64 / articles.len() as f64,
                build as f64 / 1e9,
                matcher.heap_bytes() / count,
            );
        }
    }
}
