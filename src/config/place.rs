//! Which file is the configuration, and where what is written goes.
//!
//! Must not know: what the configuration says.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// An environment: what a variable says, if it is set.
pub type Vars<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The environment of this process.
pub fn process_env(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The folder of a packaged installation.
const ETC: &str = "/etc/newswatch";

/// The main file: what the command line names, else `$NEWSWATCH_CONFIG`, else `$XDG_CONFIG_HOME/newswatch/newswatch.toml` if it is there, else
/// `/etc/newswatch/newswatch.toml`.
pub fn locate(cli: Option<&Path>, vars: Vars<'_>) -> PathBuf {
    if let Some(path) = cli {
        return path.to_path_buf();
    }
    if let Some(path) = set(vars, "NEWSWATCH_CONFIG") {
        return path;
    }
    if let Some(path) = home(vars, "XDG_CONFIG_HOME", ".config").map(|dir| dir.join("newswatch/newswatch.toml"))
        && path.exists()
    {
        return path;
    }
    Path::new(ETC).join("newswatch.toml")
}

/// Where things stand that are read and written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dirs {
    /// The database, the last good configuration, the ballast.
    pub state: PathBuf,
    /// Files of alerts.
    pub logs: PathBuf,
    /// The main file's folder.
    pub config: PathBuf,
}

impl Dirs {
    /// For the configuration `main`: what systemd gives (of several folders the first), else the system's when the configuration lies in
    /// `/etc/newswatch`, else the user's.
    pub fn find(main: &Path, vars: Vars<'_>) -> Self {
        let config = absolute(main).parent().map(Path::to_path_buf).unwrap_or_default();
        let system = config.starts_with(ETC);
        let user = home(vars, "XDG_STATE_HOME", ".local/state").map(|dir| dir.join("newswatch")).filter(|_| !system);
        let dir = |name: &str, system: &str| absolute(&first(vars, name).or_else(|| user.clone()).unwrap_or_else(|| system.into()));
        Self { state: dir("STATE_DIRECTORY", "/var/lib/newswatch"), logs: dir("LOGS_DIRECTORY", "/var/log/newswatch"), config }
    }
}

/// Absolute without a look at the disk; as it is where even the working directory is unknown.
pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn set(vars: Vars<'_>, name: &str) -> Option<PathBuf> {
    vars(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// An XDG folder: the variable if it is absolute, as the specification has it, else its place in the home folder.
fn home(vars: Vars<'_>, name: &str, fallback: &str) -> Option<PathBuf> {
    set(vars, name).filter(|dir| dir.is_absolute()).or_else(|| set(vars, "HOME").map(|dir| dir.join(fallback)))
}

/// systemd separates several folders with colons.
fn first(vars: Vars<'_>, name: &str) -> Option<PathBuf> {
    let value = vars(name)?.into_string().ok()?;
    value.split(':').next().filter(|dir| !dir.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| v.into())
    }

    #[test]
    fn the_command_line_goes_before_the_environment() {
        let vars = env(&[("NEWSWATCH_CONFIG", "/srv/n.toml"), ("HOME", "/nowhere")]);
        assert_eq!(locate(Some(Path::new("x.toml")), &vars), Path::new("x.toml"));
        assert_eq!(locate(None, &vars), Path::new("/srv/n.toml"));
        assert_eq!(locate(None, &env(&[("HOME", "/nowhere")])), Path::new("/etc/newswatch/newswatch.toml"));
        assert_eq!(locate(None, &env(&[("NEWSWATCH_CONFIG", "")])), Path::new("/etc/newswatch/newswatch.toml"));
    }

    #[test]
    fn the_users_own_goes_before_the_systems_if_it_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("newswatch/newswatch.toml");
        let base = dir.path().to_path_buf();
        let vars = move |name: &str| (name == "XDG_CONFIG_HOME").then(|| base.clone().into_os_string());
        assert_eq!(locate(None, &vars), Path::new("/etc/newswatch/newswatch.toml"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "").unwrap();
        assert_eq!(locate(None, &vars), file);
    }

    #[test]
    fn folders_follow_systemd_then_the_place_of_the_configuration() {
        let etc = Path::new("/etc/newswatch/newswatch.toml");
        let systemd = env(&[("STATE_DIRECTORY", "/var/lib/a:/var/lib/b"), ("LOGS_DIRECTORY", "/var/log/a"), ("HOME", "/home/u")]);
        let dirs = Dirs::find(Path::new("/srv/n.toml"), &systemd);
        assert_eq!((dirs.state.as_path(), dirs.logs.as_path()), (Path::new("/var/lib/a"), Path::new("/var/log/a")));
        assert_eq!(dirs.config, Path::new("/srv"));
        let dirs = Dirs::find(etc, &env(&[("HOME", "/home/u"), ("XDG_STATE_HOME", "/s")]));
        assert_eq!((dirs.state.as_path(), dirs.logs.as_path()), (Path::new("/var/lib/newswatch"), Path::new("/var/log/newswatch")));
        let dirs = Dirs::find(Path::new("/srv/n.toml"), &env(&[("HOME", "/home/u")]));
        assert_eq!(
            (dirs.state.as_path(), dirs.logs.as_path()),
            (Path::new("/home/u/.local/state/newswatch"), Path::new("/home/u/.local/state/newswatch"))
        );
        let dirs = Dirs::find(Path::new("/srv/n.toml"), &env(&[("HOME", "/home/u"), ("XDG_STATE_HOME", "relative")]));
        assert_eq!(dirs.state, Path::new("/home/u/.local/state/newswatch"));
    }
}
