use super::*;
use crate::model::{AlertArticle, AlertId, AlsoIn, Field, HitLine, Source, StoryId};
use jiff::tz::TimeZone;
use proptest::prelude::*;

fn alert(title: &str) -> AlertBody {
    AlertBody {
        v: 1,
        r#type: "alert.created".into(),
        timestamp: "2026-11-24T06:15:42Z".parse().unwrap(),
        seq: 1841,
        alert_id: AlertId([7; 16]),
        watch: "eco".into(),
        severity: Severity::Normal,
        update: 0,
        story_id: StoryId([9; 16]),
        article: AlertArticle {
            title: Some(title.into()),
            link: Some("https://report.az/en/1".into()),
            lang: Some("en".into()),
            feed: Some("report.az".into()),
            ..AlertArticle::default()
        },
        hits: vec![HitLine {
            field: Field::Title,
            text: "ECO".into(),
            before: String::new(),
            after: String::new(),
            clause: "ECO".into(),
            form: "acronym".into(),
        }],
        also_in: Vec::new(),
        also_in_more: 0,
    }
}

fn baku() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(4))
}

fn also(feed: &str) -> AlsoIn {
    AlsoIn { feed: Some(feed.into()), title: None, link: None, published: None }
}

#[test]
fn a_line_in_a_file_is_tab_separated_and_ends_with_the_link() {
    let mut alert = alert("Ministers meet");
    alert.also_in = vec![also("trend.az"), also("report.az"), also("azertac")];
    alert.also_in_more = 1;
    assert_eq!(
        line(&alert, &Style::plain(baku())),
        "2026-11-24 10:15:42+04\teco\tnormal\tnew\ten\treport.az\t×4\ts09144gj\t\"ECO\"\tMinisters meet\thttps://report.az/en/1"
    );
}

#[test]
fn updates_corrections_and_tests_are_told_apart() {
    let mut one = alert("x");
    let what = |alert: &AlertBody| line(alert, &Style::plain(baku())).split('\t').nth(3).unwrap().to_string();
    one.r#type = "alert.updated".into();
    one.update = 3;
    assert_eq!(what(&one), "+3");
    one.r#type = "alert.corrected".into();
    assert_eq!(what(&one), "correction");
    one.r#type = "test.sent".into();
    assert_eq!(what(&one), "test");
}

#[test]
fn what_is_unknown_still_has_its_column() {
    let mut alert = alert("x");
    alert.article = AlertArticle::default();
    alert.hits.clear();
    let text = line(&alert, &Style::plain(baku()));
    assert_eq!(text.split('\t').collect::<Vec<_>>()[4..], ["–", "–", "×1", "s09144gj", "–", "–", ""]);
    alert.article.source = Source { title: Some("Mehr".into()), url: None };
    alert.article.summary = Some("A lead\nwithout a headline".into());
    let text = line(&alert, &Style::plain(baku()));
    assert_eq!(text.split('\t').nth(5), Some("Mehr"), "the outlet that an aggregator took it from");
    assert_eq!(text.split('\t').nth(9), Some("A lead without a headline"));
}

#[test]
fn a_terminal_shows_aligned_columns_and_the_title_as_a_link() {
    let mut style = Style::terminal(baku(), None, false);
    let (one, mut two) = (alert("Ministers meet"), alert("Talks go on"));
    two.watch = "regional".into();
    two.article.feed = Some("a-longer-outlet.example".into());
    style.fit(&one);
    style.fit(&two);
    let lines = [line(&one, &style), line(&two, &style)];
    assert_eq!(lines[0].find("\x1b]8;;"), lines[1].find("\x1b]8;;"), "{lines:#?}");
    assert!(lines[0].starts_with("2026-11-24 10:15:42+04  eco       normal  new  en  report.az "), "{}", lines[0]);
    assert!(lines[0].ends_with("\x1b]8;;https://report.az/en/1\x1b\\Ministers meet\x1b]8;;\x1b\\"), "{}", lines[0]);
}

#[test]
fn only_web_pages_become_links_on_a_terminal() {
    for link in ["file:///etc/passwd", "javascript:alert(1)", "https://a.example/\x1b]0;owned\x07", "x"] {
        let mut one = alert("x");
        one.article.link = Some(link.into());
        let text = line(&one, &Style::terminal(baku(), None, false));
        assert!(!text.contains("owned\x07") && !text.contains("passwd") && !text.contains("javascript"), "{text:?}");
    }
}

#[test]
fn colour_only_when_told() {
    let mut one = alert("x");
    one.severity = Severity::Flash;
    let plain = line(&one, &Style::terminal(baku(), None, false));
    let coloured = line(&one, &Style::terminal(baku(), None, true));
    assert!(!plain.contains("\x1b["), "{plain:?}");
    assert!(coloured.contains("\x1b[1;31mflash\x1b[0m"), "{coloured:?}");
    let mut piped = Style::plain(baku());
    piped.colour = true;
    assert!(!line(&one, &piped).contains('\x1b'), "a file takes no colour");
}

#[test]
fn a_title_is_cut_to_the_terminal_by_columns_not_bytes() {
    let wide = alert(&"新聞".repeat(80));
    let text = line(&wide, &Style::terminal(baku(), Some(120), false));
    let title = text.split("\x1b\\").nth(1).unwrap().split('\x1b').next().unwrap();
    let before = text.split('\x1b').next().unwrap();
    let columns = clean::width(before) + clean::width(title);
    assert!(columns == 120 || columns == 119, "{columns} {title}");
    assert!(title.ends_with('…'));
}

#[test]
fn persian_keeps_its_direction_to_itself_and_its_joiners() {
    let mut one = alert("نشست وزیران کشور اکو در تهران (می‌شود)");
    one.hits[0].clause = "اکو".into();
    for style in [Style::plain(baku()), Style::terminal(baku(), None, false)] {
        let text = line(&one, &style);
        assert!(text.contains("\u{2068}نشست وزیران کشور اکو در تهران (می‌شود)\u{2069}"), "{text}");
        assert!(text.contains("\u{2068}«اکو»\u{2069}"), "{text}");
    }
}

#[test]
fn nothing_a_publisher_writes_steers_the_line() {
    let hostile = "a\u{202e}b\u{2067}c\r\nd\te\u{1b}[31mf\u{9b}1mg\u{85}h\u{2028}i\u{0}j\u{7f}k\u{2066}\u{e0041}\u{feff}";
    let mut one = alert(hostile);
    one.watch = hostile.into();
    one.hits[0].clause = hostile.into();
    one.article.feed = Some(hostile.into());
    one.article.lang = Some(hostile.into());
    one.article.link = Some(format!("https://a.example/{hostile}"));
    let text = line(&one, &Style::plain(baku()));
    assert_eq!(text.matches('\t').count(), 10, "{text:?}");
    assert_eq!(text.split('\t').nth(9), Some("abc d e[31mf 1mg h i j k"));
    let mut zalgo = alert(&format!("e{}x", "\u{301}".repeat(500)));
    assert!(line(&zalgo, &Style::plain(baku())).len() < 200);
    zalgo.article.title = Some("x".repeat(5_000));
    assert_eq!(line(&zalgo, &Style::plain(baku())).split('\t').nth(9).map(str::len), Some(1_000));
}

proptest! {
    /// One line, ten tabs, no controls, balanced isolates: for any text anywhere.
    #[test]
    fn any_text_makes_one_clean_line(texts in proptest::collection::vec(any::<String>(), 6)) {
        let mut one = alert(&texts[0]);
        one.watch.clone_from(&texts[1]);
        one.hits[0].clause.clone_from(&texts[2]);
        one.article.feed = Some(texts[3].clone());
        one.article.link = Some(texts[4].clone());
        one.r#type.clone_from(&texts[5]);
        let file = line(&one, &Style::plain(baku()));
        prop_assert_eq!(file.matches('\t').count(), 10);
        prop_assert!(file.chars().all(|c| c == '\t' || !c.is_control()));
        let steers = file.contains(['\u{202e}', '\u{202d}', '\u{2066}', '\u{2067}', '\u{2028}', '\u{2029}']);
        prop_assert!(!steers);
        prop_assert_eq!(file.matches('\u{2068}').count(), file.matches('\u{2069}').count());
        let shown = line(&one, &Style::terminal(baku(), Some(80), false));
        let escapes = shown.matches('\x1b').count();
        prop_assert!(escapes == 0 || escapes == 4);
        prop_assert!(shown.chars().all(|c| c == '\x1b' || !c.is_control()));
    }
}
