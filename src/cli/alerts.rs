//! `alerts`: the log of alerts, as lines for people, JSON Lines, or a spreadsheet's CSV.

use super::args::Alerts;
use super::place::{Context, since};
use super::{Code, Exit, out};
use crate::app::clock::now;
use crate::deliver::{self, Style};
use crate::model::AlertBody;
use crate::store::{AlertFilter, AlertLine};
use std::time::Duration;

/// Alerts shown when nothing says how many.
const LAST: usize = 50;
/// How often `--follow` looks.
const LOOK: Duration = Duration::from_millis(500);

/// Prints alerts; with `--follow` until somebody ends it. Needs no daemon.
pub async fn alerts(context: &Context, args: &Alerts) -> Result<(), Exit> {
    let config = context.reading()?;
    let reader = Context::reader(&config)?;
    let since = args.since.as_deref().map(|text| since(text, now())).transpose()?;
    let last = (args.after.is_none() && since.is_none()).then_some(LAST);
    let mut filter = AlertFilter { watch: args.watch.clone(), since, after: args.after, last };
    if let Some(name) = &args.watch
        && !config.watches.iter().any(|watch| watch.name.value == *name)
        && reader.alerts(&AlertFilter { watch: Some(name.clone()), last: Some(1), ..AlertFilter::default() })?.is_empty()
    {
        return Err(Exit::new(Code::NoInput, format!("no watch {name:?} in {}, and no alert of one", config.main.display())));
    }
    let printer = Printer { json: context.json, csv: args.csv };
    printer.heading()?;
    loop {
        let lines = reader.alerts(&filter)?;
        if let Some(seq) = lines.last().map(|line| line.seq) {
            filter.after = Some(seq);
        }
        lines.iter().try_for_each(|line| printer.print(line))?;
        if !args.follow {
            return Ok(());
        }
        // From here on, whatever comes.
        (filter.last, filter.after) = (None, filter.after.or(Some(0)));
        tokio::time::sleep(LOOK).await;
    }
}

struct Printer {
    json: bool,
    csv: bool,
}

impl Printer {
    fn heading(&self) -> Result<(), Exit> {
        if self.csv {
            // The mark lets spreadsheets know that it is UTF-8.
            out::line("\u{feff}time,watch,severity,kind,lang,outlet,outlets,story,keyword,title,link")?;
        }
        Ok(())
    }

    fn print(&self, line: &AlertLine) -> Result<(), Exit> {
        let mut body: AlertBody =
            serde_json::from_slice(&line.body).map_err(|error| Exit::new(Code::Internal, format!("alert {}: {error}", line.seq)))?;
        body.also_in.clone_from(&line.also_in);
        body.also_in_more = line.also_in_more;
        if self.json {
            out::json(&body)?;
        } else if self.csv {
            out::line(&csv(&body))?;
        } else {
            out::line(&deliver::line(&body, &Style::stdout(out::terminal(), out::colour())))?;
        }
        Ok(())
    }
}

fn csv(body: &AlertBody) -> String {
    let article = &body.article;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let outlets = 1 + body.also_in.len() as u64 + body.also_in_more;
    let cells = [
        body.timestamp.to_string(),
        body.watch.clone(),
        body.severity.name().to_string(),
        body.r#type.clone(),
        text(&article.lang),
        text(&article.feed),
        outlets.to_string(),
        body.story_id.to_string(),
        body.hits.first().map(|hit| hit.text.clone()).unwrap_or_default(),
        text(&article.title),
        text(&article.link),
    ];
    cells.iter().map(|cell| csv_cell(cell)).collect::<Vec<_>>().join(",")
}

/// Quoted; a cell that a spreadsheet would take for a formula is made text.
fn csv_cell(cell: &str) -> String {
    let cell = out::plain(cell);
    let harmless = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell };
    format!("\"{}\"", harmless.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(csv_cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(csv_cell("plain, text"), "\"plain, text\"");
    }
}
