//! Random articles in a dozen languages, and random watches about their words. Texts are cut from `../shared/bench/articles.tsv` and made of
//! fragments written here; both are then disturbed as publishers disturb them.

use fastrand::Rng;
use serde_json::{Map, Value, json};
use std::path::Path;

/// What a language detector would call odd: names, acronyms, half-spaces, hyphens, tags, in languages that the texts lack too.
const FRAGMENTS: &[&str] = &[
    "ECO summit in Tehran",
    "the E.C.O. meets",
    "ECO's role",
    "ECO-led corridor",
    "Economic Cooperation Organization",
    "#EconomicCooperation",
    "#ECOSummit2025",
    "NATO and Nato",
    "Natonun sammiti",
    "İƏT-in iclası",
    "ABŞ-ın səfiri",
    "Bakıda görüş",
    "BAKI GÖRÜŞÜ",
    "İran'ın başkenti",
    "Türkiye’nin rolü",
    "iş birliği",
    "işbirliğinin",
    "Ekonomik İşbirliği Teşkilatı",
    "ortaklığı",
    "şehri",
    "köməyi",
    "G-20 zirvesi",
    "G 20",
    "B-52s",
    "B52",
    "co-operation",
    "regional co-operation",
    "Put in place",
    "Putin'in",
    "Организация экономического сотрудничества",
    "в Иране",
    "России и Ирана",
    "О.Э.С. собралась",
    "рынка",
    "региональных",
    "#РегиональногоСотрудничества",
    "и ран",
    "санкций",
    "ҳамкории иқтисодӣ",
    "Тоҷикистонро",
    "кызматташтыгы",
    "БУУнун",
    "Қазақстанның",
    "ынтымақтастығы",
    "ҚАЗАҚСТАН",
    "Türkiýäniň",
    "Oʻzbekistonning",
    "O'zbekiston",
    "hamkorligi",
    "همکاری‌های اقتصادی",
    "همکاری های منطقه‌ای",
    "سازمان همکاری اقتصادی",
    "نشست اکو",
    "می‌شود",
    "شركات النفط",
    "والتعاون الإقليمي",
    "بالتعاون",
    "منصوبے",
    "منصوبہ",
    "خبرې",
    "همکاریها",
    "经济合作组织峰会",
    "日本経済",
    "이란이 말했다",
    "C++ and C#",
    "AT&T",
    ".NET team",
    "BRICS+ talks",
    "C5+1 format",
    "St. Petersburg",
    "Ş. Mirziyoyev",
    "J. K. Rowling",
    "l'Iran",
    "d’Ankara",
    "Yahoo! Finance",
    "Straße",
    "ÆRØ",
    "Gołąb",
    "ещё",
    "countries and country's",
    "UAVs",
    "20 %",
    "2025",
    "۲۰۲۵",
    "ASP.NET",
    "@handle",
    "a_b",
    "x/y",
    "İSTANBUL",
    "ısı",
];

/// Endings that a text may put behind a word, of several scripts.
const ENDINGS: &[&str] = &[
    "ın", "da", "dan", "lar", "ları", "nin", "s", "es", "ies", "а", "ов", "ами", "ого", "ның", "дар", "ҳои", "ро", "ها", "های", "ی", "ات", "وں",
    "ونه", "lı", "ist", "x",
];

pub struct Generator {
    rng: Rng,
    /// (language, words)
    texts: Vec<(String, Vec<String>)>,
}

impl Generator {
    /// None where the texts are missing.
    pub fn new(seed: u64, shared: &Path) -> Option<Self> {
        let file = std::fs::read_to_string(shared.join("bench/articles.tsv")).ok()?;
        let line = |line: &str| line.split_once('\t').map(|(lang, text)| (lang.to_string(), text.split_whitespace().map(str::to_string).collect()));
        Some(Self { rng: Rng::with_seed(seed), texts: file.lines().filter_map(line).collect() })
    }

    /// Only a few of the texts, so that watches about one article meet the others too.
    #[allow(dead_code)] // one of the two tests that share this file wants it
    pub fn narrow(mut self, texts: usize) -> Self {
        self.rng.shuffle(&mut self.texts);
        self.texts.truncate(texts);
        self
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.rng.u32(..n) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.rng.usize(..from.len())]
    }

    /// A case of the oracle's protocol.
    pub fn case(&mut self) -> Value {
        let at = self.rng.usize(..self.texts.len());
        let lang = self.texts[at].0.clone();
        let (title, summary, content) = (self.text(at, 8), self.text(at, 20), self.text(at, 40));
        let mut words: Vec<String> = [&title, &summary, &content].iter().flat_map(|t| t.iter().cloned()).collect();
        if words.is_empty() {
            words.push("Iran".into());
        }
        let mut case = Map::new();
        self.ask(&mut case, &words);
        let summary = if self.one_in(6) { self.teaser(&content) } else { summary };
        for (key, text) in [("title", title), ("summary", summary), ("content", content)] {
            let text = text.join(" ");
            let text = if key == "title" && self.one_in(8) { text.to_uppercase() } else { text };
            case.insert(key.into(), Value::from(self.disturb(&text)));
        }
        if self.one_in(3) {
            case.insert("lang".into(), Value::from(lang));
            case.insert("source".into(), Value::from(self.pick(&["mehr.example", "en.mehr.example", "trend.example"])));
            case.insert("tag".into(), json!([self.pick(&["Energy", "Trade", "oil"])]));
            case.insert("published".into(), Value::from(self.pick(&["2026-11-23T09:00:00Z", "2026-10-01T00:00:00Z"])));
            case.insert("now".into(), Value::from("2026-11-24T12:00:00Z"));
        }
        Value::Object(case)
    }

    fn text(&mut self, at: usize, most: usize) -> Vec<String> {
        let mut out = Vec::new();
        let count = self.rng.usize(..=most);
        while out.len() < count {
            if self.one_in(4) {
                out.extend(self.pick(FRAGMENTS).split(' ').map(str::to_string));
            } else {
                let all = &self.texts[at].1;
                let from = self.rng.usize(..all.len());
                let to = (from + 1 + self.rng.usize(..8)).min(all.len());
                out.extend_from_slice(&all[from..to]);
            }
        }
        if !out.is_empty() && self.one_in(3) {
            let again = self.rng.usize(..out.len());
            out.push(out[again].clone()); // a word that stands twice
        }
        out
    }

    /// The beginning of a text, cut off as teasers are.
    fn teaser(&mut self, content: &[String]) -> Vec<String> {
        let mut out = content[..self.rng.usize(..=content.len())].to_vec();
        if self.one_in(2) {
            out.push(self.pick(&["…", "[…]", "Read more", "cut…", "..."]).into());
        }
        out
    }

    /// As publishers write.
    fn disturb(&mut self, text: &str) -> String {
        let mut out = String::new();
        for word in text.split(' ') {
            let word = if self.one_in(4) { self.disturb_word(word) } else { word.to_string() };
            if !out.is_empty() {
                let gap = if self.one_in(12) {
                    self.pick(&[
                        "-",
                        "\n",
                        ", ",
                        ". ",
                        "_",
                        "/",
                        "<br>",
                        "<p>",
                        "&nbsp;",
                        "\n\n",
                        " - ",
                        "‑",
                        "",
                        "! ",
                        "۔ ",
                        "。",
                        " (",
                        ".\u{200f} ",
                        "؟ ",
                    ])
                } else {
                    " "
                };
                out.push_str(gap);
            }
            out.push_str(&word);
        }
        out
    }

    fn disturb_word(&mut self, word: &str) -> String {
        let chars: Vec<char> = word.chars().collect();
        let cut = self.rng.usize(..=chars.len());
        let (head, tail): (String, String) = (chars[..cut].iter().collect(), chars[cut..].iter().collect());
        match self.rng.u32(..17) {
            0 => word.to_uppercase(),
            1 => word.to_lowercase(),
            2 => format!("{head}\u{ad}{tail}"),
            3 => format!("{head}\u{200c}{tail}"),
            4 => format!("{word}{}{}", self.pick(&["'", "’", "ʻ"]), self.pick(ENDINGS)),
            5 => format!("{word}{}", self.pick(ENDINGS)),
            6 => unicode_normalization::UnicodeNormalization::nfd(word).collect(),
            7 => format!("#{word}"),
            8 => format!("{head}-{tail}"),
            9 => format!("{head} {tail}"),
            10 => chars.iter().map(|c| if c.is_ascii_alphabetic() { format!("&#{};", *c as u32) } else { c.to_string() }).collect(),
            11 => format!("<b>{head}</b>{tail}"),
            12 => format!("{word}{}", self.pick(&["+", "#", "++", "'s", "…", "?", "».", "\u{200b}"])),
            13 => format!("{}{word}", self.pick(&["#", "@", "l'", "d’", "و", "ال", "بال", "«", "$", "."])),
            14 => format!("{head}{}{tail}", self.pick(&["x", "а", "ی", "i", "İ"])),
            15 => chars[..chars.len().saturating_sub(1)].iter().collect(),
            _ => format!("#{}{}", capitalised(word), capitalised(self.pick(FRAGMENTS).split(' ').next().unwrap_or("X"))),
        }
    }

    // ---- what is asked

    fn ask(&mut self, case: &mut Map<String, Value>, words: &[String]) {
        if self.one_in(3) {
            let watch = self.watch(words);
            case.insert("watch".into(), watch);
        } else {
            let query = self.query(words, 0);
            case.insert("query".into(), Value::from(query));
            if self.one_in(20) {
                case.insert("lists".into(), json!({"names": [self.keyword(words), self.keyword(words)]}));
                let query = format!("@names{}", self.pick(&["", " OR Iran", " NEAR/3 ECO", " AND ECO"]));
                case.insert("query".into(), Value::from(query));
            }
        }
    }

    fn watch(&mut self, words: &[String]) -> Value {
        let mut watch = Map::new();
        let count = 1 + self.rng.usize(..3);
        let keywords: Vec<Value> = (0..count)
            .map(|_| {
                let keyword = self.keyword(words);
                if self.one_in(5) {
                    json!({"keyword": keyword, self.pick(&["with", "without", "except"]): [self.keyword(words)]})
                } else {
                    Value::from(keyword)
                }
            })
            .collect();
        watch.insert("keywords".into(), Value::from(keywords));
        for key in ["except", "with", "without"] {
            if self.one_in(4) {
                watch.insert(key.into(), json!([self.keyword(words)]));
            }
        }
        if self.one_in(6) {
            watch.insert("endings".into(), Value::from(false));
        }
        if self.one_in(8) {
            watch.insert("langs".into(), json!(["tr", "az"]));
        }
        Value::Object(watch)
    }

    /// Words of the article as they may be asked for, one or a few that stand together.
    fn keyword(&mut self, words: &[String]) -> String {
        if self.one_in(4) {
            return (*self.pick(FRAGMENTS)).into();
        }
        let at = self.rng.usize(..words.len());
        let count = if self.one_in(3) { 2 + self.rng.usize(..2) } else { 1 };
        let some: Vec<String> = words[at..(at + count).min(words.len())].iter().map(|w| self.asked(w)).collect();
        let text = some.join(" ");
        if text.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
            return (*self.pick(FRAGMENTS)).into();
        }
        if self.one_in(12) { format!("={text}") } else { text }
    }

    /// A word as an analyst may write it who has another form of it in mind.
    fn asked(&mut self, word: &str) -> String {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
        let chars: Vec<char> = bare.chars().collect();
        match self.rng.u32(..10) {
            0 => bare.to_lowercase(),
            1 => bare.to_uppercase(),
            2 | 3 => chars[..chars.len().saturating_sub(1 + self.rng.usize(..3))].iter().collect(),
            4 => format!("{bare}{}", self.pick(ENDINGS)),
            5 => capitalised(bare),
            6 => word.into(),
            _ => bare.into(),
        }
    }

    /// One term or phrase.
    fn term(&mut self, words: &[String]) -> String {
        let keyword = self.keyword(words);
        let quoted = |text: &str| format!("\"{}\"", text.replace(['"', '“', '”', '«', '»'], ""));
        let (first, _) = keyword.split_once(' ').unwrap_or((&keyword, ""));
        let first = first.replace(['"', '(', ')', ',', '^', ':', '“', '”', '«', '»', '~'], "");
        let length = first.chars().count();
        // A mark before $ or ? is part of a word here; the oracle's `\w` has none.
        let first: String = first.chars().filter(|&c| !unicode_normalization::char::is_combining_mark(c)).collect();
        let head = |n: usize| first.chars().take(n).collect::<String>();
        let tail = |n: usize| first.chars().skip(n).collect::<String>();
        match self.rng.u32(..14) {
            0 => format!("{}*", head(3.max(length / 2))),
            1 => format!("{first}${}", self.rng.u32(..5)),
            2 if length >= 5 => format!("{first}~1"),
            3 if length >= 5 => format!("{}?{}", head(3), tail(4)),
            4 if length >= 6 => format!("*{}", tail(length - 4)),
            5 if length >= 6 => format!("{}*{}", head(3), tail(length - 2)),
            6 => format!("={}", quoted(&keyword)),
            7 => format!("{}~{}", quoted(&keyword), self.rng.u32(..4)),
            8 => format!("={}", first.trim_start_matches('=')),
            9 if length >= 5 => format!("={first}~1"),
            10 => format!("\"{}\"", self.phrase_with_more(words)),
            11 => format!("={}${}", first, self.rng.u32(..4)),
            _ if keyword.contains(' ') => quoted(&keyword),
            _ => first,
        }
    }

    fn phrase_with_more(&mut self, words: &[String]) -> String {
        let at = self.rng.usize(..words.len());
        let some: Vec<String> = words[at..(at + 2).min(words.len())]
            .iter()
            .map(|w| {
                let w = self.asked(w).replace(|c| unicode_normalization::char::is_combining_mark(c) || "\"*?“”«»".contains(c), "");
                if self.one_in(2) { format!("{}{}", w.chars().take(4).collect::<String>(), self.pick(&["*", "$2", "$5"])) } else { w }
            })
            .collect();
        some.join(" ")
    }

    /// A term, or an OR-group of terms.
    fn place(&mut self, words: &[String]) -> String {
        if self.one_in(3) { format!("({} OR {})", self.term(words), self.term(words)) } else { self.term(words) }
    }

    fn query(&mut self, words: &[String], depth: u32) -> String {
        let below = |g: &mut Self| g.query(words, depth + 1);
        if depth > 2 {
            return self.term(words);
        }
        match self.rng.u32(..28) {
            0..=8 => self.term(words),
            9..=13 => {
                let op = ["NEAR/0", "NEAR/2", "NEAR/9", "NEAR/s", "PRE/1", "PRE/4", "PRE/s", "NOTIN", "NOTNEAR/1", "NOTNEAR/4", "ONEAR/2", "NEAR/2f"];
                let mut query = format!("{} {} {}", self.place(words), self.pick(&op), self.place(words));
                if self.one_in(4) {
                    query = format!("{query} {} {}", self.pick(&op), self.place(words));
                }
                format!("({query})")
            }
            14..=16 => format!("({} AND {})", below(self), below(self)),
            17..=18 => format!("({} OR {})", below(self), below(self)),
            19..=20 => format!("({} NOT {})", below(self), below(self)),
            21 => format!("ANY/2({}, {}, {})", below(self), below(self), below(self)),
            22 => format!("SCORE/20({}^15, {}^10, {}^5, {}^-10)", below(self), below(self), below(self), below(self)),
            23 => format!("ATLEAST/{}({})", 1 + self.rng.u32(..3), self.place(words)),
            24 => format!("FIRST/{}({})", 1 + self.rng.u32(..9), self.place(words)),
            25 | 26 => format!("{}:({})", self.pick(&["title", "body", "lead", "any"]), below(self)),
            _ => {
                let fact = [
                    "lang:tr",
                    "lang:(fa OR ru)",
                    "source:mehr.example",
                    "source:*.example",
                    "tag:energy",
                    "words:>20",
                    "published:>=2026-11",
                    "published:<2d",
                    "/[a-z]{4,}/",
                    "/\\d+/",
                    "title:/ECO/",
                ];
                format!("({} AND {})", self.term(words), self.pick(&fact))
            }
        }
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
