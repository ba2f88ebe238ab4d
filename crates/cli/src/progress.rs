//! What a person sees while tasks run: one live line for each running task on a terminal, else a line for each change.

use std::collections::HashMap;
use std::time::Duration;

use engine::task::State;
use engine::view::TaskCard;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::say::Say;

pub(crate) struct Progress<'a> {
    say: &'a Say,
    lines: Option<MultiProgress>,
    bars: HashMap<String, ProgressBar>,
    told: HashMap<String, Option<State>>,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(say: &'a Say) -> Self {
        let terminal = !say.json && std::io::IsTerminal::is_terminal(&std::io::stderr());
        Self {
            say,
            lines: terminal.then(MultiProgress::new),
            bars: HashMap::new(),
            told: HashMap::new(),
        }
    }

    pub(crate) fn show(&mut self, card: &TaskCard) {
        let state = card.state.map_or("?", State::as_str);
        let changed = self.told.insert(card.id.clone(), card.state) != Some(card.state);
        let Some(lines) = &self.lines else {
            if changed && !self.say.json {
                self.say.note(&format!("{}  {}", card.number, self.what(card, state)));
            }
            return;
        };
        let running = matches!(
            card.state,
            Some(State::Preparing | State::Submitting | State::Generating | State::Saving)
        );
        if !running {
            if let Some(bar) = self.bars.remove(&card.id) {
                bar.finish_and_clear();
            }
            if changed && card.state != Some(State::Queued) {
                let _ = lines.println(format!("{}  {}", card.number, self.what(card, state)));
            }
            return;
        }
        let what = self.what(card, state);
        let bar = self.bars.entry(card.id.clone()).or_insert_with(|| {
            let bar = lines.add(ProgressBar::new(100));
            if let Ok(style) = ProgressStyle::with_template("{prefix}  {bar:24} {msg}  {elapsed}") {
                bar.set_style(style.progress_chars("━━─"));
            }
            bar.set_prefix(card.number.clone());
            bar.enable_steady_tick(Duration::from_secs(1));
            bar
        });
        bar.set_position(u64::from(card.progress));
        bar.set_message(what);
    }

    fn what(&self, card: &TaskCard, state: &str) -> String {
        let words = self.say.state(state);
        match card.state {
            Some(State::Generating) => format!("{words} {}/{}", card.polls, card.max_polls),
            Some(State::Saving) => match (card.bytes_done, card.bytes_total) {
                (Some(done), Some(total)) => format!("{words} {:.1}/{:.1} MB", mega(done), mega(total)),
                _ => words,
            },
            Some(State::Done) => format!("{words}  {}", card.file_name.as_deref().unwrap_or_default()),
            _ => match &card.trouble {
                Some(trouble) => format!("{words}: {}", trouble.cause),
                None => words,
            },
        }
    }

    pub(crate) fn clear(&self) {
        if let Some(lines) = &self.lines {
            let _ = lines.clear();
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "one digit is shown")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
