//! How the daemon starts, reloads, stops and answers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::string_slice)] // a test says so by failing

mod support;

use std::time::Duration;
use support::{Page, Place, Site, item, lines, rss, wait_for};

const WAIT: Duration = Duration::from_secs(20);

fn site() -> Site {
    Site::new(|_| Page::ok(rss(&item("1", "ECO meets", "Tue, 24 Nov 2026 10:00:00 GMT"))))
}

fn config(site: &Site, keyword: &str) -> String {
    format!(
        "[store]\nurl = \"newswatch.db\"\n[alerts]\ngroup_wait = \"0s\"\n[[feed]]\nname = \"outlet\"\nurl = \"{}\"\ninterval = \"1s\"\n\
         allow_private = true\nfirst_poll_alert_age = \"any\"\n[[watch]]\nname = \"w\"\nkeywords = [\"{keyword}\"]\n\
         [[sink]]\ntype = \"file\"\npath = \"{{dir}}/alerts.jsonl\"\n",
        site.url("/rss")
    )
}

fn ready(place: &Place) {
    wait_for("the daemon", WAIT, || place.run(&["status"]).status.success());
}

#[test]
fn sigterm_drains_and_exits_0() {
    let site = Site::new(|_| Page { delay: Duration::from_secs(8), ..Page::ok(rss("")) });
    let place = Place::new(&config(&site, "ECO"));
    let mut daemon = place.start();
    wait_for("a poll in hand", WAIT, || site.requests() > 0);
    daemon.signal("TERM");
    assert_eq!(daemon.wait(Duration::from_secs(10)), Some(0), "{}", place.log());
    assert!(place.log().contains("stopped after"), "{}", place.log());
}

#[test]
fn a_broken_file_leaves_the_running_configuration_in_force() {
    let site = site();
    let place = Place::new(&config(&site, "ECO"));
    let daemon = place.start();
    ready(&place);
    place.write("newswatch.toml", &config(&site, "E"));
    daemon.signal("HUP");
    wait_for("the refusal", WAIT, || place.log().contains("reload refused"));
    let log = place.log();
    assert!(log.contains("newswatch.toml:13:14: "), "{log}");
    assert!(log.contains("is one letter"), "{log}");
    let out = place.run(&["reload"]);
    assert_eq!(out.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&out.stderr).contains("reload refused: "));
    let status = String::from_utf8(place.run(&["status"]).stdout).unwrap();
    assert!(status.contains("last reload REFUSED"), "{status}");
    assert_eq!(place.run(&["check"]).status.code(), Some(78));
    wait_for("an alert by the old watch", WAIT, || place.read("alerts.jsonl").ends_with('\n'));
    assert_eq!(lines(&place.read("alerts.jsonl")).len(), 1);
    // A good one takes its place.
    place.write("newswatch.toml", &config(&site, "meets"));
    let out = place.run(&["reload"]);
    assert_eq!(out.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&out.stderr), "reloaded: 1 feeds, 1 watches\n");
    daemon.stop();
}

#[test]
fn a_start_with_a_broken_file_uses_the_last_one_that_loaded() {
    let site = site();
    let place = Place::new(&config(&site, "ECO"));
    let daemon = place.start();
    ready(&place);
    daemon.stop();
    place.write("newswatch.toml", &config(&site, "E"));
    let daemon = place.start();
    ready(&place);
    assert!(place.log().contains("running on the last one that loaded"), "{}", place.log());
    let status = String::from_utf8(place.run(&["status"]).stdout).unwrap();
    assert!(status.contains("runs on the last configuration that loaded"), "{status}");
    daemon.stop();
    // With none kept there is nothing to run on.
    let fresh = Place::new(&config(&site, "E"));
    assert_eq!(fresh.start().wait(WAIT), Some(78));
}

#[test]
fn three_mistakes_in_two_files_are_named_at_once() {
    let place = Place::new("include = [\"w.toml\"]\n[store]\nkeap = \"90d\"\n[[feed]]\nurl = \"nonsense\"\n");
    place.write("w.toml", "[[watch]]\nname = \"w\"\nkeywords = [\"x\"]\n");
    let out = place.run(&["check"]);
    assert_eq!(out.status.code(), Some(78));
    let said = String::from_utf8_lossy(&out.stderr).to_string();
    for place in ["newswatch.toml:3:1: ", "newswatch.toml:5:", "w.toml:3:"] {
        assert!(said.contains(place), "{place} is not in:\n{said}");
    }
    assert!(said.contains("keep"), "did you mean: {said}");
}

#[test]
fn a_second_daemon_on_the_same_store_exits_69() {
    let site = site();
    let place = Place::new(&config(&site, "ECO"));
    let daemon = place.start();
    ready(&place);
    let out = place.run(&["run"]);
    assert_eq!(out.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&out.stderr).contains(&format!("pid {}", daemon.child.id())));
    daemon.stop();
}

#[test]
fn once_polls_decides_delivers_and_ends() {
    let site = site();
    let paused = "[[feed]]\nname = \"paused\"\nurl = \"http://127.0.0.1:9/\"\npaused = true\n[[sink]]";
    let place = Place::new(&config(&site, "ECO").replace("group_wait = \"0s\"", "group_wait = \"60s\"").replace("[[sink]]", paused));
    let out = place.run(&["run", "--once", "--strict"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(lines(&place.read("alerts.jsonl")).len(), 1, "waits count as over");
    let states: Vec<String> = place.json(&["feeds", "list", "--json"]).iter().map(|f| f["state"].as_str().unwrap().to_string()).collect();
    assert_eq!(states, ["baseline", "paused"]);
    assert_eq!(place.run(&["status"]).status.code(), Some(69), "nobody answers");
    let dead = Place::new(&config(&site, "ECO").replace(&site.url("/rss"), "http://127.0.0.1:9/rss"));
    assert_eq!(dead.run(&["run", "--once"]).status.code(), Some(0));
    assert_eq!(dead.run(&["run", "--once", "--strict"]).status.code(), Some(0), "it backs off: nothing is due");
    let strict = Place::new(&config(&site, "ECO").replace(&site.url("/rss"), "http://127.0.0.1:9/rss"));
    assert_eq!(strict.run(&["run", "--once", "--strict"]).status.code(), Some(69));
}

#[test]
fn private_addresses_are_refused_with_the_reason() {
    let site = site();
    let port = site.address.port();
    for address in ["127.0.0.1", "169.254.169.254", "[::ffff:10.0.0.1]", "2130706433", "0x7f.1", "localhost", "[::1]"] {
        let text = config(&site, "ECO").replace(&site.url("/rss"), &format!("http://{address}:{port}/rss")).replace("allow_private = true\n", "");
        let place = Place::new(&text);
        assert!(place.run(&["run", "--once"]).status.success());
        let feeds = place.json(&["feeds", "list", "--json"]);
        let reason = feeds[0]["reason"].as_str().unwrap();
        assert_eq!(feeds[0]["state"], "failing");
        assert!(reason.contains("private") && reason.contains("allow_private = true"), "{address}: {reason}");
        let out = place.run(&["parse", &format!("http://{address}:{port}/rss")]);
        assert_eq!(out.status.code(), Some(77), "{address}: {}", String::from_utf8_lossy(&out.stderr));
    }
    assert_eq!(site.requests(), 0, "not a byte was sent");
}

#[test]
fn the_demo_tells_its_first_alert_soon_and_leaves_nothing_behind() {
    let place = Place::new("").env("TMPDIR", "/tmp");
    let out = place.run(&["demo", "--for", "8s"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.lines().next().is_some_and(|line| line.contains("eco")), "{text}");
    assert!(!text.contains("Eco-friendly") && !text.contains("ОЭСР"), "{text}");
}

#[test]
fn usage_errors_exit_64_and_unknown_things_66() {
    let place = Place::new("");
    assert_eq!(place.run(&["frobnicate"]).status.code(), Some(64));
    assert_eq!(place.run(&["match", "--query", "ECO Iran", "--text", "x"]).status.code(), Some(64));
    assert_eq!(place.run(&["match", "--query", "ECO", "no-such-file"]).status.code(), Some(66));
    assert_eq!(place.run(&["parse", "no-such-file"]).status.code(), Some(66));
    assert_eq!(place.run(&["match", "-q", "--query", "ECO", "--text", "nothing"]).status.code(), Some(1));
    assert_eq!(place.run(&["match", "-q", "--query", "ECO", "--text", "ECO meets"]).status.code(), Some(0));
    assert_eq!(place.run(&["--version"]).status.code(), Some(0));
    assert_eq!(place.run(&["alerts"]).status.code(), Some(69), "no database yet");
}

#[test]
fn why_tells_what_happened_and_what_did_not() {
    let site = Site::new(|_| Page::ok(rss(&(item("1", "ECO meets", "Tue, 24 Nov 2026 10:00:00 GMT") + &item("2", "ECOSOC meets", "")))));
    let place = Place::new(&config(&site, "ECO"));
    assert!(place.run(&["run", "--once"]).status.success());
    let alert = place.json(&["alerts", "--json"]).remove(0);
    let whats =
        |answer: &serde_json::Value| answer["events"].as_array().unwrap().iter().map(|e| e["what"].as_str().unwrap().to_string()).collect::<Vec<_>>();
    let told = place.json(&["why", "--json", alert["article"]["id"].as_str().unwrap()]).remove(0);
    assert_eq!((told["kind"].as_str(), told["story_id"].as_str()), (Some("article"), alert["story_id"].as_str()));
    for what in ["fetched", "hit", "decided", "sent"] {
        assert!(whats(&told).iter().any(|w| w == what), "{what} is not in {told}");
    }
    let by_prefix = place.json(&["why", "--json", &alert["alert_id"].as_str().unwrap()[..9]]).remove(0);
    assert_eq!(by_prefix["id"], alert["alert_id"]);
    let missed = place.json(&["why", "--json", "https://outlet.invalid/2"]).remove(0);
    let miss = missed["events"].as_array().unwrap().iter().find(|e| e["what"] == "missed").unwrap();
    assert!(miss["watch"] == "w" && miss["reason"].as_str().unwrap().contains("today's watches"), "{miss}");
    assert_eq!(place.run(&["why", "wzzzzz"]).status.code(), Some(66));
}

#[test]
fn watches_tell_hits_spellings_near_misses_and_cost() {
    let site = Site::new(|_| Page::ok(rss(&(item("1", "ECO meets", "") + &item("2", "Eco-friendly homes", "") + &item("3", "The ECO's plan", "")))));
    let place = Place::new(&config(&site, "ECO"));
    assert!(place.run(&["run", "--once"]).status.success());
    let watch = place.json(&["watches", "--json"]).remove(0);
    assert_eq!((watch["watch"].as_str(), watch["hits"].as_u64(), watch["articles"].as_u64()), (Some("w"), Some(2), Some(3)));
    assert!(watch["cost_us"].as_f64().is_some_and(|cost| cost > 0.0));
    let clause = &watch["clauses"][0];
    assert_eq!(clause["clause"], "ECO");
    assert!(clause["missed"].as_array().unwrap().iter().any(|m| m["text"] == "Eco"), "{clause}");
    let text = String::from_utf8(place.run(&["watches"]).stdout).unwrap();
    assert!(text.contains("just missed: Eco"), "{text}");
}

#[test]
fn a_reload_without_its_secret_is_refused_and_a_start_falls_back() {
    use std::os::unix::fs::PermissionsExt;
    let site = site();
    let hook = "[[sink]]\ntype = \"webhook\"\nname = \"hook\"\nurl = \"http://127.0.0.1:9/\"\nsecret = { file = \"secret\" }\n";
    let place = Place::new(&(config(&site, "ECO") + hook));
    let secret = String::from_utf8(place.run(&["sinks", "secret"]).stdout).unwrap();
    place.write("secret", &secret);
    std::fs::set_permissions(place.path("secret"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let daemon = place.start();
    ready(&place);
    std::fs::remove_file(place.path("secret")).unwrap();
    let out = place.run(&["reload"]);
    assert_eq!(out.status.code(), Some(78), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(place.run(&["status"]).status.success(), "it runs on with what it has");
    daemon.stop();
}

#[test]
fn a_log_that_takes_nothing_stops_nothing() {
    let site = site();
    let place = Place::new(&config(&site, "ECO"));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = place.command(&["run"]).stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(full).spawn().unwrap();
    let mut daemon = support::Daemon { child };
    wait_for("an alert", WAIT, || place.read("alerts.jsonl").ends_with('\n'));
    daemon.signal("TERM");
    assert_eq!(daemon.wait(Duration::from_secs(10)), Some(0));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    assert_eq!(place.command(&["parse", "no-such-file"]).stderr(full).status().unwrap().code(), Some(66));
}

#[test]
fn names_that_are_not_there_are_told() {
    let site = site();
    let place = Place::new(&config(&site, "ECO"));
    assert!(place.run(&["run", "--once"]).status.success());
    assert_eq!(place.run(&["outbox", "list", "--sink", "nope"]).status.code(), Some(66));
    assert_eq!(place.run(&["alerts", "--watch", "nope"]).status.code(), Some(66));
    assert_eq!(place.run(&["alerts", "--watch", "w"]).status.code(), Some(0));
}
