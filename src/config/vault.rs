//! Reads secrets: from the environment, from a file that not everyone can read, from a systemd credential.
//!
//! Must not know: what a secret is for. A value never appears in a message.

use super::reader::{Scope, Value};
use super::session::{Session, beside};
use super::source::reason;
use super::{Secret, SecretSource};
use crate::model::Problem;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const SECRET: Scope = Scope { id: "secret", shown: "a secret" };
/// Bytes of a secret that are read.
const MAX_SECRET: u64 = 64 << 10;
const FORMS: &str = "{ env = \"NAME\" }, { file = \"…\" } or { credential = \"NAME\" }";

/// May the value be written out?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    /// A URL or a header value may.
    Allowed,
    /// A webhook's secret or a password may not.
    Refused,
}

/// A secret's value, and where it is kept. None after a problem.
pub(super) fn secret(session: &mut Session<'_>, value: &Value<'_>, literal: Literal) -> Option<Secret> {
    if let Some(text) = value.as_text() {
        if literal == Literal::Allowed {
            return Some(Secret::new(Some(text), SecretSource::Literal, Some(value.origin())));
        }
        value.tell(&mut session.report, format!("a secret is written out here. Keep it elsewhere and write {FORMS}."));
        return None;
    }
    let mut table = value.table(&mut session.report, SECRET, FORMS)?;
    let mut found = Vec::new();
    for key in ["env", "file", "credential"] {
        if let Some(value) = table.take(&mut session.report, key)
            && let Some(name) = value.text(&mut session.report, "\"…\"")
        {
            found.push((key, name.value, value));
        }
    }
    let start = table.start;
    let count = found.len();
    table.finish(&mut session.report);
    let (Some((key, name, at)), 1) = (found.pop(), count) else {
        let message = format!("a secret is kept in one place. Write {FORMS}.");
        // None at all may have been lost in what was mended; two are two.
        if count == 0 {
            session.report.miss(value.doc, start, message);
        } else {
            session.report.tell(value.doc, start, message);
        }
        return None;
    };
    let (source, read) = match key {
        "env" => (SecretSource::Env(name.clone()), from_env(session, &name)),
        "file" => {
            let (path, _) = beside(at.doc, &name);
            let read = from_file(&path, true);
            (SecretSource::File(path), read)
        }
        _ => (SecretSource::Credential(name.clone()), from_credential(session, &name)),
    };
    match read {
        Ok(value) => Some(Secret::new(Some(&value), source, Some(at.origin()))),
        Err(Refusal::Wrong(message)) => {
            at.tell(&mut session.report, message);
            None
        }
        Err(Refusal::Unreadable(message)) if session.in_service() => {
            at.tell(&mut session.report, message);
            None
        }
        Err(Refusal::Unreadable(message)) => {
            let problem = Problem::new(Some(at.origin()), format!("{message} (The service may see it.)"));
            session.report.warnings.push(problem.clone());
            session.unreadable.push(problem);
            Some(Secret::new(None, source, Some(at.origin())))
        }
    }
}

/// Why there is no value.
enum Refusal {
    /// Wrong for everyone.
    Wrong(String),
    /// Missing here; the service may see it.
    Unreadable(String),
}

fn from_env(session: &Session<'_>, name: &str) -> Result<String, Refusal> {
    let value = (session.vars)(name).ok_or_else(|| {
        Refusal::Unreadable(format!("the variable {name} is not set. Set it, such as by Environment= or EnvironmentFile= of the service."))
    })?;
    let value = value.into_string().map_err(|_| Refusal::Wrong(format!("the variable {name} is not UTF-8. Set it to text.")))?;
    if value.is_empty() {
        return Err(Refusal::Unreadable(format!("the variable {name} is empty. Set it.")));
    }
    Ok(value)
}

fn from_credential(session: &Session<'_>, name: &str) -> Result<String, Refusal> {
    if name.contains('/') || name == ".." || name == "." || name.is_empty() {
        return Err(Refusal::Wrong("a credential is named without a folder: the name that LoadCredential= gives it.".into()));
    }
    let Some(folder) = (session.vars)("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty()) else {
        return Err(Refusal::Unreadable(format!(
            "no credentials are given here ($CREDENTIALS_DIRECTORY). Add LoadCredential={name}:/path/of/the/file to the service."
        )));
    };
    from_file(&PathBuf::from(folder).join(name), false)
}

fn from_file(path: &Path, guarded: bool) -> Result<String, Refusal> {
    let shown = path.display();
    let unreadable = |error: &io::Error| Refusal::Unreadable(format!("{shown} cannot be read: {}.", reason(error)));
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let meta = file.metadata().map_err(|error| unreadable(&error))?;
    if guarded && meta.permissions().mode() & 0o004 != 0 {
        return Err(Refusal::Wrong(format!("everyone on this machine can read {shown}. chmod o-r {shown}")));
    }
    let mut bytes = Vec::new();
    file.take(MAX_SECRET + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > MAX_SECRET {
        return Err(Refusal::Wrong(format!("{shown} is larger than a secret can be. Name the right file.")));
    }
    let text = String::from_utf8(bytes).map_err(|_| Refusal::Wrong(format!("{shown} is not UTF-8. Write the secret as text.")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).trim_end_matches(['\r', '\n']);
    if text.is_empty() { Err(Refusal::Wrong(format!("{shown} is empty. Write the secret into it."))) } else { Ok(text.into()) }
}
