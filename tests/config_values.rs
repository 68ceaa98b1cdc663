//! What a configuration says becomes values: defaults, paths, places, secrets.
// A test fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use newswatch::config::{AlertAge, Config, Format, OnUnknown, ProxySpec, Rate, SinkKind, effective, load_with};
use newswatch::model::{Located, Severity};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn nothing(_: &str) -> Option<OsString> {
    None
}

fn read(text: &str) -> Config {
    let dir = tempfile::tempdir().unwrap();
    load_with(&write(dir.path(), "n.toml", text), &nothing).unwrap()
}

fn texts(values: &[Located<String>]) -> Vec<&str> {
    values.iter().map(|value| value.value.as_str()).collect()
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[test]
fn an_empty_file_is_a_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let main = write(dir.path(), "n.toml", "");
    let vars = |name: &str| (name == "HOME").then(|| "/home/u".into());
    let config = load_with(&main, &vars).unwrap();
    assert_eq!(config.main, main);
    assert_eq!(config.files, std::slice::from_ref(&main));
    assert_eq!(config.store.path, Located::nowhere("/home/u/.local/state/newswatch/newswatch.db".into()));
    assert_eq!((config.store.keep, config.store.keep_alerts, config.store.max_size), (seconds(7_776_000), seconds(31_536_000), 2_000_000_000));
    assert_eq!((config.fetch.host_gap, config.fetch.max_body), (seconds(1), 10 << 20));
    assert_eq!(config.alerts.group_wait, seconds(60));
    let [sink] = config.sinks.as_slice() else { panic!("{:?}", config.sinks) };
    assert_eq!((sink.name.value.as_str(), &sink.kind), ("stdout", &SinkKind::Stdout { format: Format::Text }));
    let warnings: Vec<String> = config.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["there is no [[sink]]: alerts go to the standard output.", "there is no [[feed]]: nothing is polled until one is added."]);
}

#[test]
fn every_key_reaches_its_value() {
    let config = read(
        r#"
[store]
url = "/srv/n.db"
keep = "1d"
keep_alerts = "2d"
max_size = "500MB"
[fetch]
host_gap = "0s"
contact = "desk@example.org"
max_body = "1MB"
[alerts]
group_wait = "0s"
[defaults]
interval = "10m"
first_poll_alert_age = "1h"
max_alert_age = "7d"
allow_private = true
timezone = "Asia/Baku"
lang = "az"
country = "az"
tags = ["agency"]
headers = { "X-Desk" = "caspian" }
user_agent = "desk"
proxy = "http://user:pass@proxy.example.org:3128"
paused = true
[[feed]]
name = "report"
url = "https://report.az/en/rss"
[[feed]]
url = "https://user:pass@trend.az/rss"
interval = "1s"
first_poll_alert_age = "any"
max_alert_age = "1d"
allow_private = false
timezone = "Europe/Istanbul"
lang = "TR"
country = "TR"
tags = []
headers = {}
user_agent = "other"
proxy = "none"
paused = false
[[sink]]
type = "file"
path = "/srv/alerts.jsonl"
name = "hook"
watches = ["eco"]
severity = "high"
kinds = ["alert"]
timeout = "3s"
rate = "30/m"
on_unknown = "drop"
[[sink]]
type = "stdout"
format = "jsonl"
[[watch]]
name = "eco"
keywords = ["ECO", { keyword = "İƏT", with = ["a"], without = ["b"], except = ["c"], endings = false }]
except = ["d"]
with = ["e"]
without = ["f"]
endings = false
must_hit = ["g"]
must_miss = ["h"]
feeds = ["report"]
tags = ["agency"]
langs = ["AZ"]
sinks = ["hook"]
severity = "flash"
paused = true
[[watch]]
name = "trade"
query = "tariff"
allow_scan = true
[[list]]
name = "neighbours"
items = ["Iran"]
"#,
    );
    assert_eq!(config.warnings, []);
    assert_eq!(
        (config.store.path.value.as_path(), config.store.keep, config.store.keep_alerts, config.store.max_size),
        (Path::new("/srv/n.db"), seconds(86_400), seconds(172_800), 500_000_000)
    );
    assert_eq!((config.fetch.host_gap, config.fetch.contact.as_deref(), config.fetch.max_body), (seconds(0), Some("desk@example.org"), 1_000_000));
    assert_eq!(config.alerts.group_wait, seconds(0));

    let [report, trend] = config.feeds.as_slice() else { panic!() };
    assert_eq!(report.name.as_ref().map(|name| name.value.as_str()), Some("report"));
    assert_eq!(report.interval, Some(seconds(600)));
    assert_eq!((report.first_poll_alert_age, report.max_alert_age), (AlertAge::Within(seconds(3600)), seconds(604_800)));
    assert_eq!(report.timezone.as_ref().and_then(|zone| zone.iana_name()), Some("Asia/Baku"));
    assert_eq!(
        (report.lang.as_deref(), report.country.as_deref(), report.tags.as_slice()),
        (Some("az"), Some("AZ"), ["agency".to_string()].as_slice())
    );
    assert_eq!(report.headers.iter().map(|(name, value)| (name.as_str(), value.reveal())).collect::<Vec<_>>(), [("X-Desk", "caspian")]);
    assert!(matches!(&report.proxy, ProxySpec::Url(url) if url.masked() == "http://***@proxy.example.org:3128/"), "{:?}", report.proxy);
    assert_eq!((report.user_agent.as_deref(), report.allow_private, report.paused), (Some("desk"), true, true));

    assert_eq!((trend.name.as_ref(), trend.url.value.masked()), (None, "https://***@trend.az/rss"));
    assert_eq!(trend.url.value.url().password(), Some("pass"));
    assert_eq!((trend.interval, trend.first_poll_alert_age, trend.max_alert_age), (Some(seconds(1)), AlertAge::Any, seconds(86_400)));
    assert_eq!(trend.timezone.as_ref().and_then(|zone| zone.iana_name()), Some("Europe/Istanbul"));
    assert_eq!((trend.lang.as_deref(), trend.country.as_deref()), (Some("tr"), Some("TR")));
    assert!(trend.tags.is_empty() && trend.headers.is_empty(), "what a feed says replaces the default, it does not add to it");
    assert_eq!((&trend.proxy, trend.user_agent.as_deref(), trend.allow_private, trend.paused), (&ProxySpec::None, Some("other"), false, false));

    let [hook, stdout] = config.sinks.as_slice() else { panic!() };
    assert!(matches!(&hook.kind, SinkKind::File { path, format: Format::Jsonl } if path.value == Path::new("/srv/alerts.jsonl")), "{hook:?}");
    assert_eq!((hook.name.value.as_str(), texts(&hook.watches), hook.severity), ("hook", vec!["eco"], Some(Severity::High)));
    assert_eq!((hook.kinds.alert, hook.kinds.health, hook.timeout), (true, false, seconds(3)));
    assert_eq!((hook.rate, hook.on_unknown), (Some(Rate { count: 30, per: seconds(60) }), OnUnknown::Drop));
    assert_eq!((&stdout.kind, stdout.name.value.as_str()), (&SinkKind::Stdout { format: Format::Jsonl }, "stdout"));

    let [eco, trade] = config.watches.as_slice() else { panic!() };
    let [plain, table] = eco.keywords.as_slice() else { panic!() };
    assert_eq!((plain.keyword.value.as_str(), plain.endings), ("ECO", None));
    assert_eq!((table.keyword.value.as_str(), table.endings), ("İƏT", Some(false)));
    assert_eq!((texts(&table.with), texts(&table.without), texts(&table.except)), (vec!["a"], vec!["b"], vec!["c"]));
    assert_eq!((texts(&eco.except), texts(&eco.with), texts(&eco.without)), (vec!["d"], vec!["e"], vec!["f"]));
    assert_eq!((texts(&eco.must_hit), texts(&eco.must_miss), texts(&eco.sinks)), (vec!["g"], vec!["h"], vec!["hook"]));
    assert_eq!(
        (eco.feeds.as_slice(), eco.tags.as_slice(), eco.langs.as_slice()),
        (["report".to_string()].as_slice(), ["agency".to_string()].as_slice(), ["az".to_string()].as_slice())
    );
    assert_eq!((eco.endings, eco.severity, eco.paused, eco.allow_scan), (false, Severity::Flash, true, false));
    assert_eq!(
        (trade.query.as_ref().map(|query| query.value.as_str()), trade.allow_scan, trade.endings, trade.severity),
        (Some("tariff"), true, true, Severity::Normal)
    );
    assert_eq!((config.lists[0].name.value.as_str(), texts(&config.lists[0].items)), ("neighbours", vec!["Iran"]));
}

#[test]
fn values_know_their_place_inside_the_quotes() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "words/eco.txt", "\u{feff}ECO # the bloc\n\n  İƏT\n");
    let main = write(
        dir.path(),
        "n.toml",
        "\u{feff}[[watch]]\nname = \"eco\"\nkeywords = { file = \"words/eco.txt\" }\nexcept = [\"əə\", 'ECO mode']\n[[watch]]\nname = \"trade\"\nquery = '''\nIran AND\n  customs'''\n[[watch]]\nname = \"c\"\nquery = \"\"\"ECO\"\"\"\n",
    );
    let config = load_with(&main, &nothing).unwrap();
    let folder = format!("{}/", dir.path().display());
    let place = |value: &Located<String>| value.at.as_ref().unwrap().to_string().replace(&folder, "");
    let eco = &config.watches[0];
    assert_eq!(place(&eco.name), "n.toml:2:9");
    assert_eq!(eco.keywords.iter().map(|keyword| place(&keyword.keyword)).collect::<Vec<_>>(), ["words/eco.txt:1:1", "words/eco.txt:3:3"]);
    assert_eq!(eco.keywords[0].keyword.value, "ECO");
    assert_eq!(eco.except.iter().map(place).collect::<Vec<_>>(), ["n.toml:4:12", "n.toml:4:18"]);
    assert_eq!(place(config.watches[1].query.as_ref().unwrap()), "n.toml:8:1", "the line break behind ''' is none of the text");
    assert_eq!(place(config.watches[2].query.as_ref().unwrap()), "n.toml:12:12");
    assert_eq!(config.files, [main, dir.path().join("words/eco.txt")]);
}

#[test]
fn included_files_come_in_order_after_the_file_that_names_them() {
    let dir = tempfile::tempdir().unwrap();
    let watch = |name: &str| format!("[[watch]]\nname = \"{name}\"\nkeywords = [\"x\"]\n");
    write(dir.path(), "w.d/b.toml", &watch("b"));
    write(dir.path(), "w.d/a.toml", &format!("include = [\"deep/*.toml\"]\n{}", watch("a")));
    write(dir.path(), "w.d/deep/z.toml", &watch("z"));
    write(dir.path(), "w.d/.hidden.toml", "nonsense");
    write(dir.path(), "w.d/a.toml~", "nonsense");
    fs::create_dir(dir.path().join("w.d/folder.toml")).unwrap();
    std::os::unix::fs::symlink("a.toml", dir.path().join("w.d/again.toml")).unwrap();
    let main =
        write(dir.path(), "n.toml", &format!("include = [\"none/*.toml\", \"w.d/*.toml\", \"w.d/b.toml\", \"managed.toml\"]\n{}", watch("main")));
    let config = load_with(&main, &nothing).unwrap();
    let names: Vec<&str> = config.watches.iter().map(|watch| watch.name.value.as_str()).collect();
    assert_eq!(names, ["main", "a", "z", "b"]);
    let folder = format!("{}/", dir.path().display());
    let warnings: Vec<String> = config.warnings.iter().map(|warning| warning.to_string().replace(&folder, "")).collect();
    let expected = [
        "n.toml:1:28: w.d/again.toml is included for the second time; it is read once.",
        "n.toml:1:42: w.d/b.toml is included for the second time; it is read once.",
        "n.toml:1:56: managed.toml is not there.",
    ];
    assert_eq!(warnings[2..], expected, "{warnings:?}");
}

#[test]
fn defaults_hold_for_feeds_of_other_files() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "feeds.d/a.toml", "[[feed]]\nurl = \"https://report.az/\"\n");
    write(dir.path(), "z.toml", "[defaults]\nlang = \"az\"\n");
    let main = write(dir.path(), "n.toml", "include = [\"feeds.d/*.toml\", \"z.toml\"]\n");
    assert_eq!(load_with(&main, &nothing).unwrap().feeds[0].lang.as_deref(), Some("az"));
}

#[test]
fn secrets_come_from_the_environment_from_files_and_from_credentials() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "credentials/hook", "https://hooks.example/T0/xyz\n");
    let file = write(dir.path(), "hook.secret", "whsec_new\r\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let main = write(
        dir.path(),
        "n.toml",
        "[[sink]]\ntype = \"webhook\"\nurl = { credential = \"hook\" }\nsecret = [{ file = \"hook.secret\" }, { env = \"OLD\" }]\n[[feed]]\nurl = { env = \"FEED\" }\nheaders = { Authorization = { env = \"OLD\" }, Cookie = \"whsec_cookie\" }\n",
    );
    let credentials = dir.path().join("credentials");
    let vars = |name: &str| match name {
        "CREDENTIALS_DIRECTORY" => Some(credentials.clone().into_os_string()),
        "OLD" => Some("whsec_old".into()),
        "FEED" => Some("https://report.az/rss?token=abc".into()),
        _ => None,
    };
    let config = load_with(&main, &vars).unwrap();
    let SinkKind::Webhook { url, secrets } = &config.sinks[0].kind else { panic!() };
    assert_eq!((url.value.url().as_str(), url.value.masked()), ("https://hooks.example/T0/xyz", "https://hooks.example/***"));
    assert_eq!(secrets.iter().map(|secret| secret.reveal()).collect::<Vec<_>>(), ["whsec_new", "whsec_old"]);
    assert_eq!(secrets[1].at().map(|at| (at.line, at.column)), Some((4, 46)));
    assert_eq!(config.feeds[0].url.value.masked(), "https://report.az/***");
    for shown in [format!("{config:?}"), effective(&config)] {
        for secret in ["whsec_", "T0/xyz", "token=abc"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    assert_eq!(config.files, [main], "a file that holds a secret is not among those that are kept");
}

#[test]
fn the_effective_configuration_reads_back_as_itself() {
    let dir = tempfile::tempdir().unwrap();
    let ca = write(dir.path(), "ca.pem", "");
    write(dir.path(), "eco.txt", "ECO\n\"Economic Cooperation Organization\"\n");
    let main = write(
        dir.path(),
        "n.toml",
        r#"
[defaults]
lang = "az"
[[feed]]
name = "a \"quoted\" name \\ ə"
url = "https://report.az/rss"
ca_file = "ca.pem"
timezone = "Asia/Baku"
headers = { "X-Desk" = { env = "DESK" } }
[[feed]]
url = "https://trend.az/rss"
interval = "90s"
first_poll_alert_age = "any"
[[watch]]
name = "eco"
keywords = { file = "eco.txt" }
[[watch]]
name = "trade"
query = """
a "b"
	c\u0007"""
[[list]]
name = "l"
items = ["x", "y"]
[[sink]]
type = "webhook"
url = { env = "HOOK" }
secret = { env = "SECRET" }
rate = "5/s"
[[sink]]
type = "file"
path = "a.log"
"#,
    );
    let vars = |name: &str| ["DESK", "SECRET"].contains(&name).then(|| "x".into()).or_else(|| (name == "HOOK").then(|| "https://h.example/".into()));
    let config = load_with(&main, &vars).unwrap();
    let printed = effective(&config);
    let again = load_with(&write(dir.path(), "printed.toml", &printed), &vars).unwrap();
    assert_eq!(effective(&again).split_once('\n').map(|(_, rest)| rest), printed.split_once('\n').map(|(_, rest)| rest));
    for line in [
        "url = \"https://report.az/rss\"",
        "name = \"a \\\"quoted\\\" name \\\\ ə\"",
        "headers = { \"X-Desk\" = { env = \"DESK\" } }",
        "# interval: adaptive",
        "interval = \"90s\"",
        "first_poll_alert_age = \"any\"",
        "keywords = [\"ECO\", \"\\\"Economic Cooperation Organization\\\"\"]",
        "keep = \"90d\"",
        "max_size = \"2GB\"",
        "secret = { env = \"SECRET\" }",
        &format!("ca_file = \"{}\"", ca.display()),
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{line}\n{printed}");
    }
}
