//! The one state machine of a task: every legal step is listed here, every other is refused.
//!
//! Pure: no clock, no database, no network. The library applies a step with a compare-and-set on the state it was
//! computed from, so two parts of the app can never both win. Text that is not a state is an error for whoever reads
//! it, never a default: a default here would be a second purchase.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum State {
    /// Written down, not asked for.
    Draft,
    /// Asked for; waits for its turn.
    Queued,
    /// Its turn: seed images are being uploaded.
    Preparing,
    /// The intent is committed; the paid request may be on the wire. The only state in which money is in the air.
    Submitting,
    /// The service accepted it and gave an id.
    Generating,
    /// The service made the video; it is on its way to the disk.
    Saving,
    /// The whole, verified file is in the folder.
    Done,
    /// The service said no, before or after accepting it.
    Failed,
    /// The reply to the paid request was lost: perhaps bought. Only the user resolves this.
    Unconfirmed,
    /// Waited past the poll budget; still checked, slowly.
    TimedOut,
    /// Bought and generated, not on the disk yet. Saving again never buys again.
    SaveFailed,
    /// Taken out by the user. What was bought keeps its id.
    Cancelled,
}

/// Something that happens to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// The user starts it.
    Enqueue,
    /// The user takes it back before its turn.
    Unqueue,
    /// The user takes it out before anything was bought.
    Cancel,
    /// Its turn has come.
    Prepare,
    /// A seed image cannot be used: nothing was bought.
    PrepareFailed,
    /// Back in the queue: the network is away, or the app restarted while images were uploading.
    PutBack,
    /// The intent is committed; the paid request leaves next.
    Intend,
    /// The service gave an id.
    Accept,
    /// The service definitely refused this request.
    Refuse,
    /// The service definitely did not take it, for a reason that is not the task's.
    Postpone,
    /// No readable answer: nobody knows.
    LoseReply,
    /// The user buys an unknown one again, knowing the risk.
    SubmitAgain,
    /// The user gives the service's id for it.
    Attach,
    /// The user gives an unknown one up.
    Dismiss,
    /// The service has the video.
    Generated,
    /// The service says there will be no video.
    GenerationFailed,
    /// The poll budget is spent.
    TimeOut,
    /// Look again, with a fresh budget.
    WatchAgain,
    /// The user stops watching something bought; the id stays.
    StopWatching,
    /// The file is verified and in place.
    Saved,
    /// The file could not be brought to the disk.
    SavingFailed,
    /// Fetch the file again.
    SaveAgain,
    /// The user tries a refused or cancelled one again, as a new attempt.
    Retry,
    /// The user changes the request of a refused or cancelled one: it is a draft again.
    Revise,
    /// What was to be bought again was not: the earlier attempt, whose outcome nobody knows, counts again.
    Doubt,
    /// The library is older than what happened: it may have been bought since, and nobody knows.
    LoseTrack,
}

/// A step that is not allowed from where the task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a task that is {from} cannot take the step {step:?}")]
pub struct Illegal {
    /// The state it was in.
    pub from: State,
    /// The step that was asked for.
    pub step: Step,
}

/// Stored text that names no state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the library holds an unknown task state: {0:?}")]
pub struct UnknownState(pub String);

impl State {
    /// Every state there is.
    pub const ALL: [State; 12] = [
        State::Draft,
        State::Queued,
        State::Preparing,
        State::Submitting,
        State::Generating,
        State::Saving,
        State::Done,
        State::Failed,
        State::Unconfirmed,
        State::TimedOut,
        State::SaveFailed,
        State::Cancelled,
    ];

    /// The state that `step` leads to.
    ///
    /// # Errors
    /// [`Illegal`] for every step that is not listed.
    pub fn after(self, step: Step) -> Result<State, Illegal> {
        use State as S;
        use Step as T;
        Ok(match (self, step) {
            (S::Draft | S::Cancelled, T::Enqueue) => S::Queued,
            (S::Queued, T::Unqueue) => S::Draft,
            (S::Draft | S::Queued | S::Preparing, T::Cancel) => S::Cancelled,
            (S::Queued, T::Prepare) => S::Preparing,
            (S::Preparing, T::PrepareFailed) => S::Failed,
            (S::Preparing, T::PutBack) => S::Queued,
            (S::Preparing, T::Intend) => S::Submitting,
            (S::Submitting, T::Accept) => S::Generating,
            (S::Submitting, T::Refuse) => S::Failed,
            (S::Submitting, T::Postpone) => S::Queued,
            (S::Submitting, T::LoseReply) => S::Unconfirmed,
            (S::Unconfirmed, T::SubmitAgain) => S::Queued,
            (S::Unconfirmed | S::Cancelled, T::Attach) => S::Generating,
            (S::Unconfirmed, T::Dismiss) => S::Cancelled,
            (S::Generating | S::TimedOut, T::Generated) => S::Saving,
            (S::Generating | S::TimedOut, T::GenerationFailed) => S::Failed,
            (S::Generating, T::TimeOut) => S::TimedOut,
            (S::TimedOut | S::Cancelled | S::Failed, T::WatchAgain) => S::Generating,
            (S::Generating | S::TimedOut, T::StopWatching) => S::Cancelled,
            (S::Saving, T::Saved) => S::Done,
            (S::Saving, T::SavingFailed) => S::SaveFailed,
            (S::SaveFailed | S::Done, T::SaveAgain) => S::Saving,
            (S::Failed | S::Cancelled, T::Retry) => S::Queued,
            (S::Failed | S::Cancelled, T::Revise) => S::Draft,
            (S::Queued | S::Preparing | S::Submitting, T::Doubt) => S::Unconfirmed,
            (S::Draft | S::Queued | S::Preparing | S::Submitting | S::Failed | S::Cancelled, T::LoseTrack) => {
                S::Unconfirmed
            }
            (from, step) => return Err(Illegal { from, step }),
        })
    }

    /// The text that stands in the library and in `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Queued => "queued",
            State::Preparing => "preparing",
            State::Submitting => "submitting",
            State::Generating => "generating",
            State::Saving => "saving",
            State::Done => "done",
            State::Failed => "failed",
            State::Unconfirmed => "unconfirmed",
            State::TimedOut => "timedOut",
            State::SaveFailed => "saveFailed",
            State::Cancelled => "cancelled",
        }
    }

    /// Reads stored text.
    ///
    /// # Errors
    /// [`UnknownState`] for anything but the twelve names.
    pub fn from_stored(text: &str) -> Result<State, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| UnknownState(text.to_owned()))
    }

    /// Whether its request may still be changed: nothing was bought with it and nothing is on the wire.
    pub fn editable(self) -> bool {
        matches!(self, State::Draft | State::Queued | State::Failed | State::Cancelled)
    }

    /// The lane of the board it stands in, named after what a person does next.
    pub fn lane(self) -> Lane {
        match self {
            State::Draft | State::Queued | State::Cancelled => Lane::Ready,
            State::Preparing | State::Submitting | State::Generating | State::Saving => Lane::Running,
            State::Done => Lane::Done,
            State::Failed | State::Unconfirmed | State::TimedOut | State::SaveFailed => Lane::NeedsYou,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A lane of the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum Lane {
    /// Not bought: start it, edit it, take it out.
    Ready,
    /// The app is at work: wait.
    Running,
    /// On the disk: watch it.
    Done,
    /// Only a person can go on.
    NeedsYou,
}

impl Lane {
    /// Every lane, in the order of the board.
    pub const ALL: [Lane; 4] = [Lane::Ready, Lane::Running, Lane::Done, Lane::NeedsYou];
}

#[cfg(test)]
mod tests;
