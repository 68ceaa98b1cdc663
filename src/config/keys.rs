//! Every key there is, found by asking the readers of every kind of table: for "it stands under", and for the test that holds the register to it.
//!
//! Must not know: any key; the readers do.

use super::load::load_reporting;
use super::reader::Report;
use super::source::Held;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

/// One table of each kind. Each reader asks for all of its keys, whatever stands there.
const ONE_OF_EACH: &str = r#"
[store]
[fetch]
[alerts]
[defaults]
[[feed]]
[feed.page]
[feed.json]
[[watch]]
keywords = [{ keyword = "" }]
[[watch]]
keywords = { file = "" }
[[list]]
[[sink]]
type = "file"
[[sink]]
type = "stdout"
[[sink]]
type = "webhook"
secret = { env = "" }
"#;

/// By table and key, and whether it is planned. The top's name is empty.
pub(super) fn all() -> &'static BTreeMap<(&'static str, &'static str), bool> {
    static ALL: LazyLock<BTreeMap<(&'static str, &'static str), bool>> = LazyLock::new(ask);
    &ALL
}

fn ask() -> BTreeMap<(&'static str, &'static str), bool> {
    let main = Path::new("/all.toml");
    let files = Held(BTreeMap::from([(main.into(), ONE_OF_EACH.into())]));
    let (_, report) = load_reporting(main, main, &files, &|_| None, Report { looking: true, ..Report::default() });
    report.keys
}

/// The tables, as messages name them, that have a key of this name.
pub(super) fn tables_with(key: &str) -> Vec<&'static str> {
    let shown = [
        ("store", "[store]"),
        ("fetch", "[fetch]"),
        ("alerts", "[alerts]"),
        ("defaults", "[defaults]"),
        ("feed", "[[feed]]"),
        ("watch", "[[watch]]"),
        ("list", "[[list]]"),
        ("sink", "[[sink]]"),
    ];
    let keys = all();
    shown
        .into_iter()
        .filter(|(table, _)| keys.iter().any(|((of, name), planned)| of == table && *name == key && !planned))
        .map(|(_, shown)| shown)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_where_it_belongs() {
        assert_eq!(tables_with("keep"), ["[store]"]);
        assert_eq!(tables_with("severity"), ["[[watch]]", "[[sink]]"]);
        assert_eq!(tables_with("secret"), ["[[sink]]"]);
        assert_eq!(tables_with("quiet"), [""; 0], "a planned key belongs nowhere yet");
    }
}
