//! A configured sink, judged and ready to open.
//!
//! Must not know: the outbox, when anything is sent.

use super::sign::SigningKey;
use super::sinks::file::check_folder;
use crate::config::{Format, OnUnknown, Rate, SecretUrl, SinkKind, SinkSpec};
use crate::model::{Origin, Problem};
use std::path::PathBuf;
use std::time::Duration;

/// Secrets that a webhook is signed with at a time.
const MOST_SECRETS: usize = 2;

/// A sink whose settings are sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Sink {
    pub(super) name: String,
    pub(super) timeout: Duration,
    pub(super) rate: Option<Rate>,
    pub(super) on_unknown: OnUnknown,
    pub(super) way: Way,
}

/// Where it leads.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Way {
    Stdout { format: Format },
    File { path: PathBuf, at: Option<Origin>, format: Format },
    Webhook { url: SecretUrl, keys: Vec<SigningKey> },
}

impl Sink {
    /// Unique among the sinks of a configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it leads, as lists show it: secrets masked.
    pub fn target(&self) -> String {
        match &self.way {
            Way::Stdout { .. } => "standard output".to_string(),
            Way::File { path, .. } => path.display().to_string(),
            Way::Webhook { url, .. } => url.masked().to_string(),
        }
    }
}

/// Judges a sink's settings; touches neither disk nor network.
///
/// # Errors
/// Every problem, each at its own place.
pub fn compile(spec: &SinkSpec) -> Result<Sink, Vec<Problem>> {
    let mut problems = Vec::new();
    let way = match &spec.kind {
        SinkKind::Stdout { format } => Way::Stdout { format: *format },
        SinkKind::File { path, format } => Way::File { path: path.value.clone(), at: path.at.clone(), format: *format },
        SinkKind::Webhook { url, secrets } => {
            if let Some(extra) = secrets.get(MOST_SECRETS) {
                problems.push(Problem::new(extra.at().cloned(), "two secrets are enough for a rotation: the new one first, then the old one"));
            }
            let mut keys = Vec::new();
            // One that could not be read is told of by `config`.
            for secret in secrets.iter().filter(|secret| secret.is_known()) {
                match SigningKey::parse(secret.reveal()) {
                    Ok(key) => keys.push(key),
                    Err(error) => problems.push(Problem::new(secret.at().cloned(), error.to_string())),
                }
            }
            Way::Webhook { url: url.value.clone(), keys }
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Sink { name: spec.name.value.clone(), timeout: spec.timeout, rate: spec.rate, on_unknown: spec.on_unknown, way })
}

/// Looks whether a sink could take an alert now, changing nothing: a file's folder is there and may be written to. A receiver that is
/// down is no problem of the configuration and is not asked.
pub fn check(sink: &Sink) -> Option<Problem> {
    let Way::File { path, at, .. } = &sink.way else { return None };
    let reason = check_folder(path).err()?;
    Some(Problem::new(at.clone(), format!("sink {:?}: {reason}", sink.name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;
    use crate::model::Located;

    fn webhook(secrets: &[&str]) -> SinkSpec {
        let url = SecretUrl::literal(url::Url::parse("https://desk.example/hook?token=t0ps3cret").unwrap());
        SinkSpec::new("hook", SinkKind::Webhook { url: Located::nowhere(url), secrets: secrets.iter().map(|s| Secret::literal(s)).collect() })
    }

    #[test]
    fn every_bad_secret_is_told_and_none_is_shown() {
        let problems = compile(&webhook(&["hunter2", "whsec_AAEC"])).unwrap_err();
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 2);
        assert!(told[0].contains("begins with `whsec_`") && told[1].contains("has 3 bytes"), "{told:?}");
        assert!(!told.concat().contains("hunter2"));
        let fresh = crate::deliver::fresh_secret();
        assert_eq!(compile(&webhook(&[&fresh, &fresh, &fresh])).unwrap_err().len(), 1);
    }

    #[test]
    fn nothing_secret_is_shown() {
        let sink = compile(&webhook(&[&crate::deliver::fresh_secret()])).unwrap();
        assert!(!format!("{sink:?} {}", sink.target()).contains("t0ps3cret"));
    }

    #[test]
    fn a_missing_folder_is_a_problem_with_a_name() {
        let spec = SinkSpec::new("log", SinkKind::File { path: Located::nowhere("/nowhere/at/all/alerts.log".into()), format: Format::Text });
        let problem = check(&compile(&spec).unwrap()).unwrap();
        assert!(problem.message.starts_with("sink \"log\": there is no folder /nowhere/at/all"), "{problem}");
        assert_eq!(check(&compile(&webhook(&[])).unwrap()), None);
    }
}
