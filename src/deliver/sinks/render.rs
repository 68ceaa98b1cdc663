//! From the frozen JSON to a line.
//!
//! Pure. Must not know: where the line goes.

use crate::config::Format;
use crate::deliver::{Style, line};
use crate::model::AlertBody;

/// How a sink's lines are written.
#[derive(Debug)]
pub(super) struct Render {
    format: Format,
    style: Style,
}

impl Render {
    pub const fn new(format: Format, style: Style) -> Self {
        Self { format, style }
    }

    /// One line, without its end.
    ///
    /// # Errors
    /// When the bytes are not one alert: no later attempt will change that.
    pub fn line(&mut self, body: &[u8]) -> Result<Vec<u8>, String> {
        match self.format {
            Format::Jsonl if body.contains(&b'\n') => Err("its JSON is not one line".into()),
            Format::Jsonl => Ok(body.to_vec()),
            Format::Text => {
                let alert: AlertBody = serde_json::from_slice(body).map_err(|error| format!("its JSON cannot be read: {error}"))?;
                self.style.fit(&alert);
                Ok(line(&alert, &self.style).into_bytes())
            }
        }
    }
}
