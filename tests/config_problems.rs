//! Golden messages: what a person reads who made a mistake in the configuration, and where.
// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use newswatch::config::{Config, load_partly_with, load_with};
use newswatch::model::Problem;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// A folder with these files; the first one is the main file.
fn read_in(dir: &Path, files: &[(&str, &[u8])], vars: &dyn Fn(&str) -> Option<OsString>) -> Result<Config, Vec<Problem>> {
    for (name, bytes) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    load_with(&dir.join(files[0].0), vars)
}

/// The complaints about these files, without the folder's name.
fn complaints(files: &[(&str, &str)]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    lines(&read_in(dir.path(), &files, &|_| None).err().unwrap_or_default(), dir.path())
}

fn lines(problems: &[Problem], dir: &Path) -> String {
    let folder = format!("{}/", dir.display());
    problems.iter().map(|problem| problem.to_string().replace(&folder, "") + "\n").collect()
}

fn about(text: &str) -> String {
    complaints(&[("newswatch.toml", text)])
}

#[test]
fn an_include_inside_a_table_is_told_where_to_go() {
    let text = "# 1\n".repeat(28) + "[[sink]]\ntype = \"stdout\"\ninclude = [\"feeds.d/*.toml\"]\n";
    assert_eq!(about(&text), "newswatch.toml:31:1: `include` stands inside [[sink]]. Move it above the first [table].\n");
}

#[test]
fn three_mistakes_in_two_files_are_named_at_once() {
    let main = "include = [\"watches.d/*.toml\"]\n[store]\nkeep = \"90 days\"\n[[sink]]\ntype = \"file\"\npath = \"alerts.log\"\n";
    let watch = "[[watch]]\nname = \"eco\"\nkeywrds = [\"ECO\"]\nseverity = “high”\n";
    assert_eq!(
        complaints(&[("newswatch.toml", main), ("watches.d/eco.toml", watch)]),
        "newswatch.toml:3:9: \"90 days\" is no duration. Write a whole number and s, m, h or d, such as \"90s\", \"15m\", \"6h\" or \"30d\".\n\
         watches.d/eco.toml:3:1: [[watch]] has no key \"keywrds\". Did you mean `keywords`?\n\
         watches.d/eco.toml:4:12: “ is a typographic quote. Write the straight one: \"\n"
    );
}

#[test]
fn unknown_keys_lead_to_the_right_ones() {
    for (text, expected) in [
        ("[[feeds]]\nurl = \"https://report.az/\"\n", "1:3: there is no table \"feeds\". Did you mean `feed`?"),
        ("keep = \"90d\"\n", "1:1: the top of the file has no key \"keep\"; it belongs under [store]."),
        (
            "[[feed]]\nurl = \"https://report.az/\"\nseverity = \"high\"\n",
            "3:1: [[feed]] has no key \"severity\"; it belongs under [[watch]] or [[sink]].",
        ),
        ("[[sink]]\ntype = \"stdout\"\npath = \"a.log\"\n", "3:1: `path` belongs to a sink of the type \"file\", and this is \"stdout\". Remove it."),
        ("[alerts]\ngroup-wait = \"1m\"\n", "2:1: [alerts] has no key \"group-wait\". Did you mean `group_wait`?"),
        ("[fetch]\ncolour = 1\n", "2:1: [fetch] has no key \"colour\". There are `host_gap`, `contact`, `max_body`."),
        ("[[sink]]\ntype = \"stdout\"\nquiet = { from = \"22:00\" }\n", "3:1: `quiet` is planned, this version does not have it yet. Remove it."),
        ("[web]\nlisten = \"127.0.0.1:8467\"\n", "1:2: `web` is planned, this version does not have it yet. Remove it."),
        (
            "[[sink]]\ntype = \"email\"\n",
            "2:9: `type = \"email\"` is planned, this version does not have it yet. Write one of \"file\", \"stdout\", \"webhook\".",
        ),
        (
            "[[sink]]\ntype = \"file\"\npath = \"a.csv\"\n",
            "3:9: CSV is planned, this version does not have it yet. Write a name that ends in .log (text) or .jsonl (JSON Lines).",
        ),
        (
            "[store]\nurl = \"postgres://db/n\"\n",
            "2:8: a PostgreSQL store is planned, this version does not have it yet. Write the name of a file, such as \"newswatch.db\".",
        ),
    ] {
        assert_eq!(about(text), format!("newswatch.toml:{expected}\n"), "{text}");
    }
}

#[test]
fn text_that_is_not_toml_is_told_in_plain_words() {
    for (text, expected) in [
        ("[[watch]]\nname = \"a\"\nkeywords = [“ECO”, \"OIC\"]\n", "3:13: “ is a typographic quote. Write the straight one: \""),
        ("[[watch]]\nname = \"a\"\nkeywords = [\"ECO”, \"OIC\"]\n", "3:17: ” is a typographic quote. Write the straight one: \""),
        ("[[watch]]\nname = ‘a’\nkeywords = [\"ECO\"]\n", "2:8: ‘ is a typographic quote. Write the straight one: '"),
        ("[alerts]\ngroup_wait = 15m\n", "2:14: a text stands in quotes. Write \" before and after it."),
        ("[alerts]\ngroup_wait =\n", "2:13: the value is missing. Write one after the =."),
        ("[[feed]]\nurl = \"https://report.az/\"\npaused = yes\n", "3:10: write true or false here."),
        ("[store]\nkeep = \"1d\"\nkeep = \"2d\"\n", "3:1: `keep` stands here for the second time. Keep one."),
        ("[store]\nkeep: \"1d\"\n", "2:5: a key and its value are joined by =, not by a colon. Write key = \"value\"."),
        ("[[sink]]\ntype = \"stdout\",\n", "2:16: no comma stands between lines. Remove it."),
        ("[[list]]\nname = \"a\"\nitems = [\"a\" \"b\"]\n", "3:14: a comma is missing before this one. Write \"first\", \"second\"."),
        ("[store\nkeep = \"1d\"\n", "1:7: the heading does not end. Write ] after it."),
        (
            "include = [\"feeds.d/*.toml\"\n\n[[feed]]\nurl = \"https://report.az/\"\n",
            "1:11: the list that begins here never ends. Write ] where it does.",
        ),
        ("[[watch]]\nname = \"a\"\nquery = '''\nECO\n", "3:9: the text that begins here never ends. Write ''' where it does."),
        ("[store]\nurl = \"C:\\data\"\n", "2:10: a backslash in \"…\" begins an escape. Write \\\\ for one, or put the text in '…'."),
        ("[feed]\nurl = \"https://report.az/\"\n", "1:1: [feed] has one bracket a side, and there may be several. Write [[feed]]."),
        ("[[store]]\n", "1:1: [[store]] has two brackets a side, and there is only one. Write [store]."),
    ] {
        assert_eq!(about(text), format!("newswatch.toml:{expected}\n"), "{text}");
    }
}

#[test]
fn a_mistake_in_the_syntax_hides_no_other_one() {
    let text = "[alerts]\ngroup_wait = 15m\n[store]\nkeep = \"x\"\n[[feed]]\nurl = https://report.az/\nlang = \"azeri\"\n";
    assert_eq!(
        about(text),
        "newswatch.toml:2:14: a text stands in quotes. Write \" before and after it.\n\
         newswatch.toml:4:9: \"x\" is no duration. Write a whole number and s, m, h or d, such as \"90s\", \"15m\", \"6h\" or \"30d\".\n\
         newswatch.toml:6:7: a text stands in quotes. Write \" before and after it.\n\
         newswatch.toml:7:9: \"azeri\" is no language code. Write one such as \"az\", \"fa\" or \"ru\".\n"
    );
}

#[test]
fn what_the_parser_makes_up_is_not_blamed_on_the_author() {
    // Everything behind the unclosed list is part of it for the parser.
    let text = "include = [\"a.toml\",\n[[sink]]\ntype = \"fiel\"\n[[watch]]\nname = \"eco\"\nkeywords = [\"ECO\"]\nsinks = [\"hook\"]\n";
    assert_eq!(about(text), "newswatch.toml:1:11: the list that begins here never ends. Write ] where it does.\n");
}

#[test]
fn what_has_no_problem_of_its_own_is_left_for_others_to_judge() {
    let dir = tempfile::tempdir().unwrap();
    let main = dir.path().join("n.toml");
    let watch = |name: &str, rest: &str| format!("[[watch]]\nname = \"{name}\"\n{rest}\n");
    let text = watch("good", "keywords = [\"E\"]")
        + &watch("typo", "keywrds = [\"E\"]")
        + &watch("query", "query = \"a AND\"")
        + &watch("mended", "keywords = [“E”]")
        + &watch("last", "keywords = [\"E\"]");
    fs::write(&main, &text).unwrap();
    let names = |config: &Config| config.watches.iter().map(|watch| watch.name.value.clone()).collect::<Vec<_>>().join(" ");
    let (config, problems) = load_partly_with(&main, &|_| None);
    assert_eq!(names(&config), "good last", "a query may name a list that was lost");
    assert_eq!(problems.len(), 2, "{problems:?}");
    fs::write(&main, text.replace(['“', '”'], "\"")).unwrap();
    let (config, problems) = load_partly_with(&main, &|_| None);
    assert_eq!((names(&config).as_str(), problems.len()), ("good query mended last", 2), "{problems:?}");
}

#[test]
fn names_are_unique_and_lead_somewhere() {
    let text = r#"
[[feed]]
name = "report"
url = "https://report.az/en/rss"
[[feed]]
name = "report"
url = "https://report.az/az/rss"
[[feed]]
url = "https://trend.az/rss"
[[feed]]
url = "https://TREND.az/rss#top"
[[watch]]
name = "eco"
keywords = ["ECO"]
sinks = ["hok"]
feeds = ["reprot", "trend.az", "mehrnews"]
[[watch]]
name = "eco"
keywords = ["İƏT"]
[[list]]
name = "a"
items = ["x"]
[[list]]
name = "a"
items = ["y"]
[[sink]]
type = "file"
name = "hook"
path = "a.log"
watches = ["ecco", "trade"]
[[sink]]
type = "file"
path = "a.log"
[[sink]]
type = "file"
path = "b.log"
"#;
    assert_eq!(
        about(text),
        "newswatch.toml:6:9: another feed is called \"report\" already at newswatch.toml:3:9. Give this one a name of its own.\n\
         newswatch.toml:11:8: this feed stands already at newswatch.toml:9:8. Keep one, or give each a `name`.\n\
         newswatch.toml:15:11: no sink is called \"hok\". Did you mean \"hook\"?\n\
         newswatch.toml:16:11: no feed is called \"reprot\". Did you mean \"report\"?\n\
         newswatch.toml:16:33: no feed is called \"mehrnews\". There are \"report\", \"report\".\n\
         newswatch.toml:18:9: another watch is called \"eco\" already at newswatch.toml:13:9. Give this one a name of its own.\n\
         newswatch.toml:24:9: another list is called \"a\" already at newswatch.toml:21:9. Give this one a name of its own.\n\
         newswatch.toml:30:13: no watch is called \"ecco\". Did you mean \"eco\"?\n\
         newswatch.toml:30:21: no watch is called \"trade\". There are \"eco\", \"eco\".\n\
         newswatch.toml:33:9: the sink \"hook\" writes into this file already. Name another one.\n\
         newswatch.toml:35:9: another sink is called \"file\" already at newswatch.toml:32:9. Give this one a name of its own.\n"
    );
}

#[test]
fn names_that_may_stand_in_a_broken_file_are_not_missed() {
    let main = "include = [\"w.toml\"]\n[[sink]]\ntype = \"stdout\"\nwatches = [\"eco\"]\n";
    let broken = "[[watch]\nname = \"eco\"\nkeywords = [\"ECO\"]\n";
    assert_eq!(complaints(&[("newswatch.toml", main), ("w.toml", broken)]), "w.toml:1:9: the heading does not end. Write ]] after it.\n");
}

#[test]
fn a_watch_needs_words_and_a_name() {
    let text = "[[watch]]\n[[watch]]\nname = \"a\"\nkeywords = [\"x\"]\nquery = \"y\"\n[[watch]]\nname = \"b\"\nkeywords = []\n[[watch]]\nname = \"c\"\nkeywords = \"x\"\n[[watch]]\nname = \"d\"\nkeywords = [{ with = [\"x\"] }, 5]\n";
    assert_eq!(
        about(text),
        "newswatch.toml:1:1: [[watch]] has no `name`. Write name = \"…\".\n\
         newswatch.toml:1:1: [[watch]] has no `keywords` and no `query`. Write keywords = [\"…\"].\n\
         newswatch.toml:5:10: this watch has `keywords` already. Keep one of the two.\n\
         newswatch.toml:8:12: no keyword stands here. Write keywords = [\"…\"].\n\
         newswatch.toml:11:13: `keywords` is a text, and a list is needed. Write keywords = [\"…\", \"…\"].\n\
         newswatch.toml:14:13: this table has no `keyword`. Write { keyword = \"…\", with = [\"…\"] }.\n\
         newswatch.toml:14:31: this is a number, and a text is needed. Write \"…\".\n"
    );
}

#[test]
fn values_of_a_feed_are_looked_at_one_by_one() {
    let text = r#"
[[feed]]
url = "report.az/rss"
interval = "500ms"
first_poll_alert_age = "all"
allow_private = "yes"
timezone = "Asia/Bakuu"
country = "Iran"
headers = { "a b" = "x", Host = "x", User-Agent = "x", Ok = 5, Break = "a\nb" }
user_agent = "ə"
proxy = "socks5://proxy.example.org"
ca_file = "nowhere.pem"
tags = "agency"
[[feed]]
url = "ftp://report.az/"
"#;
    assert_eq!(
        about(text),
        "newswatch.toml:3:8: this is no web address. Write https:// before it.\n\
         newswatch.toml:4:13: \"500ms\" is no duration. Write a whole number and s, m, h or d, such as \"90s\", \"15m\", \"6h\" or \"30d\".\n\
         newswatch.toml:5:25: \"all\" is no duration. Write a whole number and s, m, h or d, such as \"90s\", \"15m\", \"6h\" or \"30d\".\n\
         newswatch.toml:6:18: `allow_private` is a text, and true or false is needed. Write allow_private = true.\n\
         newswatch.toml:7:13: there is no timezone \"Asia/Bakuu\". Did you mean \"Asia/Baku\"?\n\
         newswatch.toml:8:12: \"Iran\" is no country code. Write its two letters, such as \"AZ\" or \"IR\".\n\
         newswatch.toml:9:13: \"a b\" is no name of a header. Write one such as \"Authorization\".\n\
         newswatch.toml:9:26: the header Host is set by Newswatch itself. Remove it.\n\
         newswatch.toml:9:38: this header has a key of its own. Write user_agent = \"…\".\n\
         newswatch.toml:9:61: this is a number, and a text is needed. Write \"…\" or { env = \"NAME\" }.\n\
         newswatch.toml:9:73: the value of a header has no line breaks or other control characters. Remove them.\n\
         newswatch.toml:10:15: only visible ASCII characters can be sent here. Write it with those, on one line.\n\
         newswatch.toml:11:10: only http:// and https:// addresses can be reached.\n\
         newswatch.toml:12:12: nowhere.pem cannot be read: no such file. Name a file of certificates (PEM).\n\
         newswatch.toml:13:9: `tags` is a text, and a list is needed. Write tags = [\"…\", \"…\"].\n\
         newswatch.toml:15:8: only http:// and https:// addresses can be reached.\n"
    );
}

#[test]
fn a_file_that_is_not_utf8_is_told_with_the_cure_and_the_others_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let windows_1254 =
        b"[[watch]]\nname = \"eco\"\nkeywords = [\"\xdeirket\", \"i\xfe birli\xf0i\", \"\xddstanbul g\xf6r\xfc\xfemeleri ger\xe7ekle\xfeti\"]\n";
    let files: &[(&str, &[u8])] = &[("n.toml", b"include = [\"w.toml\"]\n[store]\nkep = 1\n"), ("w.toml", windows_1254)];
    let text = lines(&read_in(dir.path(), files, &|_| None).unwrap_err(), dir.path());
    let (first, second) = text.split_once('\n').unwrap();
    assert_eq!(first, "n.toml:3:1: [store] has no key \"kep\". Did you mean `keep`?");
    assert!(
        second.starts_with(
            "w.toml:3:14: this file is not UTF-8, it looks like windows-1254. Save it as UTF-8 in your editor, or: iconv -f windows-1254 -t UTF-8 "
        ),
        "{second}"
    );
}

#[test]
fn a_missing_main_file_says_what_to_do() {
    let problems = load_with(Path::new("/nowhere/newswatch.toml"), &|_| None).unwrap_err();
    assert_eq!(
        lines(&problems, Path::new("/x")),
        "/nowhere/newswatch.toml cannot be read: no such file. Write one there, or name another with --config.\n"
    );
}

#[test]
fn includes_are_one_folder_deep_and_read_once() {
    let text = "include = [\"*/x.toml\", \"feeds.d/\", 5]\n";
    assert_eq!(
        about(text),
        "newswatch.toml:1:13: * and ? stand in the last part only: one folder at a time. Write such as \"feeds.d/*.toml\".\n\
         newswatch.toml:1:25: this names a folder. Write \"feeds.d/*.toml\".\n\
         newswatch.toml:1:36: this is a number, and a text is needed. Write \"feeds.d/*.toml\".\n"
    );
    assert_eq!(
        complaints(&[("a.toml", "include = [\"b/b.toml\"]\n"), ("b/b.toml", "include = [\"../a.toml\"]\n")]),
        "b/b.toml:1:13: b/../a.toml includes itself this way. Remove it here.\n"
    );
    assert_eq!(
        complaints(&[("a.toml", "include = [\"b.toml\"]\n[store]\n"), ("b.toml", "[store]\nkep = 1\n")]),
        "b.toml:1:1: [store] stands at a.toml:2:1 already. Keep one.\nb.toml:2:1: [store] has no key \"kep\". Did you mean `keep`?\n"
    );
}

#[test]
fn a_secret_is_never_written_out_and_never_shown() {
    let dir = tempfile::tempdir().unwrap();
    let open = dir.path().join("open.secret");
    fs::write(&open, "whsec_c2VjcmV0").unwrap();
    set_mode(&open, 0o644);
    let text = b"[[sink]]\ntype = \"webhook\"\nurl = { env = \"BAD_URL\" }\nsecret = [\"whsec_c2VjcmV0\", { file = \"open.secret\" }]\n[[sink]]\ntype = \"webhook\"\nname = \"b\"\nurl = \"https://x.example/\"\nsecret = { env = \"A\", file = \"b\" }\n[[sink]]\ntype = \"webhook\"\nname = \"c\"\nurl = \"https://x.example/\"\nsecret = whsec_c2VjcmV0\n";
    let vars = |name: &str| (name == "BAD_URL").then(|| "whsec_c2VjcmV0".into());
    let shown = lines(&read_in(dir.path(), &[("n.toml", text)], &vars).unwrap_err(), dir.path());
    assert_eq!(
        shown,
        "n.toml:3:7: what this secret holds is no web address: it begins with http:// or https://.\n\
         n.toml:4:12: a secret is written out here. Keep it elsewhere and write { env = \"NAME\" }, { file = \"…\" } or { credential = \"NAME\" }.\n\
         n.toml:4:39: everyone on this machine can read open.secret. chmod o-r open.secret\n\
         n.toml:9:10: a secret is kept in one place. Write { env = \"NAME\" }, { file = \"…\" } or { credential = \"NAME\" }.\n\
         n.toml:14:10: a text stands in quotes. Write \" before and after it.\n"
    );
    assert!(!shown.contains("c2VjcmV0"));
}

#[test]
fn an_unreadable_secret_is_a_warning_outside_the_service_and_a_problem_inside() {
    let dir = tempfile::tempdir().unwrap();
    let text = b"[[sink]]\ntype = \"webhook\"\nurl = { credential = \"hook-url\" }\nsecret = { env = \"HOOK\" }\n[[feed]]\nurl = \"https://report.az/\"\nheaders = { A = { file = \"no.secret\" } }\n";
    let config = read_in(dir.path(), &[("n.toml", text)], &|_| None).unwrap();
    let expected = "n.toml:3:23: no credentials are given here ($CREDENTIALS_DIRECTORY). Add LoadCredential=hook-url:/path/of/the/file to the service.\n\
         n.toml:4:19: the variable HOOK is not set. Set it, such as by Environment= or EnvironmentFile= of the service.\n\
         n.toml:7:27: no.secret cannot be read: no such file.\n";
    let outside = lines(&config.unreadable_secrets, dir.path());
    assert_eq!(outside.replace(" (The service may see it.)", ""), expected);
    assert_eq!(outside.matches(" (The service may see it.)").count(), 3);
    let problems = read_in(dir.path(), &[("n.toml", text)], &|name| (name == "STATE_DIRECTORY").then(|| "/s".into())).unwrap_err();
    assert_eq!(lines(&problems, dir.path()), expected);
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
