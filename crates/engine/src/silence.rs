//! Whether the service has been heard since the answer to a paid request was lost.
//!
//! Behind the login page of a hotel every request is answered by somebody else, and every purchase would be lost the same
//! way: so after one nothing more is bought until the service itself has spoken. Only an answer to a question that was
//! put after the loss counts. One that was on its way before speaks of the network as it was.

use std::sync::{Mutex, PoisonError};

use kie::{CallError, Record};

/// Questions are numbered, not timed: a clock can be set.
#[derive(Debug, Default)]
pub(crate) struct Silence(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    asked: u64,
    /// The last question before the loss, while it lasts.
    since: Option<u64>,
}

/// One question to the service.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(crate) struct Question(u64);

impl Silence {
    /// An answer to a paid request was lost.
    pub(crate) fn begin(&self) {
        self.with(|state| state.since = Some(state.asked));
    }

    /// A question leaves now.
    pub(crate) fn ask(&self) -> Question {
        self.with(|state| {
            state.asked += 1;
            Question(state.asked)
        })
    }

    /// The service itself has answered it.
    pub(crate) fn heard(&self, question: Question) {
        self.with(|state| state.since = state.since.filter(|since| question.0 <= *since));
    }

    /// Whether it lasts.
    pub(crate) fn lasts(&self) -> bool {
        self.with(|state| state.since.is_some())
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether nobody but the service can have said this about a balance. A refusal without its envelope may be anybody's.
pub(crate) fn is_balance_of_service(answer: &Result<f64, CallError>) -> bool {
    match answer {
        Ok(_) => true,
        Err(CallError::RefusedAll { spoken, .. } | CallError::Refused { spoken, .. }) => *spoken,
        Err(CallError::TryLater { .. }) => false,
    }
}

/// The same about a task.
pub(crate) fn is_record_of_service(record: &Record) -> bool {
    matches!(
        record,
        Record::Pending { .. } | Record::Success { .. } | Record::Failed { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_asked_after_the_last_loss_ends_it() {
        let silence = Silence::default();
        let before = silence.ask();
        assert!(!silence.lasts());
        silence.begin();
        silence.heard(before);
        assert!(silence.lasts(), "asked before the loss");
        let between = silence.ask();
        silence.begin();
        silence.heard(between);
        assert!(silence.lasts(), "asked before the second loss");
        let after = silence.ask();
        silence.heard(after);
        assert!(!silence.lasts());
        silence.heard(before);
        assert!(!silence.lasts());
    }

    #[test]
    fn a_refusal_is_the_services_only_in_its_own_words() {
        let refused = |spoken| {
            Err(CallError::Refused {
                code: 404,
                message: "Not Found".to_owned(),
                spoken,
            })
        };
        assert!(is_balance_of_service(&refused(true)));
        assert!(!is_balance_of_service(&refused(false)));
    }
}
