//! The whole table: each of the 12 × 26 pairs is either in this list or refused.

use super::{Lane, State, Step};
use State::{
    Cancelled, Done, Draft, Failed, Generating, Preparing, Queued, SaveFailed, Saving, Submitting, TimedOut,
    Unconfirmed,
};

const STEPS: [Step; 26] = [
    Step::Enqueue,
    Step::Unqueue,
    Step::Cancel,
    Step::Prepare,
    Step::PrepareFailed,
    Step::PutBack,
    Step::Intend,
    Step::Accept,
    Step::Refuse,
    Step::Postpone,
    Step::LoseReply,
    Step::SubmitAgain,
    Step::Attach,
    Step::Dismiss,
    Step::Generated,
    Step::GenerationFailed,
    Step::TimeOut,
    Step::WatchAgain,
    Step::StopWatching,
    Step::Saved,
    Step::SavingFailed,
    Step::SaveAgain,
    Step::Retry,
    Step::Revise,
    Step::Doubt,
    Step::LoseTrack,
];

const LEGAL: &[(State, Step, State)] = &[
    (Draft, Step::Enqueue, Queued),
    (Cancelled, Step::Enqueue, Queued),
    (Queued, Step::Unqueue, Draft),
    (Draft, Step::Cancel, Cancelled),
    (Queued, Step::Cancel, Cancelled),
    (Preparing, Step::Cancel, Cancelled),
    (Queued, Step::Prepare, Preparing),
    (Preparing, Step::PrepareFailed, Failed),
    (Preparing, Step::PutBack, Queued),
    (Preparing, Step::Intend, Submitting),
    (Submitting, Step::Accept, Generating),
    (Submitting, Step::Refuse, Failed),
    (Submitting, Step::Postpone, Queued),
    (Submitting, Step::LoseReply, Unconfirmed),
    (Unconfirmed, Step::SubmitAgain, Queued),
    (Unconfirmed, Step::Attach, Generating),
    (Cancelled, Step::Attach, Generating),
    (Unconfirmed, Step::Dismiss, Cancelled),
    (Generating, Step::Generated, Saving),
    (TimedOut, Step::Generated, Saving),
    (Generating, Step::GenerationFailed, Failed),
    (TimedOut, Step::GenerationFailed, Failed),
    (Generating, Step::TimeOut, TimedOut),
    (TimedOut, Step::WatchAgain, Generating),
    (Cancelled, Step::WatchAgain, Generating),
    (Failed, Step::WatchAgain, Generating),
    (Generating, Step::StopWatching, Cancelled),
    (TimedOut, Step::StopWatching, Cancelled),
    (Saving, Step::Saved, Done),
    (Saving, Step::SavingFailed, SaveFailed),
    (SaveFailed, Step::SaveAgain, Saving),
    (Done, Step::SaveAgain, Saving),
    (Failed, Step::Retry, Queued),
    (Cancelled, Step::Retry, Queued),
    (Failed, Step::Revise, Draft),
    (Cancelled, Step::Revise, Draft),
    (Queued, Step::Doubt, Unconfirmed),
    (Preparing, Step::Doubt, Unconfirmed),
    (Submitting, Step::Doubt, Unconfirmed),
    (Draft, Step::LoseTrack, Unconfirmed),
    (Queued, Step::LoseTrack, Unconfirmed),
    (Preparing, Step::LoseTrack, Unconfirmed),
    (Submitting, Step::LoseTrack, Unconfirmed),
    (Failed, Step::LoseTrack, Unconfirmed),
    (Cancelled, Step::LoseTrack, Unconfirmed),
];

#[test]
fn every_pair_is_listed_or_refused() {
    for from in State::ALL {
        for step in STEPS {
            let expected = LEGAL.iter().find(|row| row.0 == from && row.1 == step).map(|row| row.2);
            assert_eq!(from.after(step).ok(), expected, "{from} {step:?}");
        }
    }
}

#[test]
fn money_leaves_by_one_door_only() {
    // A paid request is only ever on the wire in `submitting`, and the only way there is through a committed intent.
    for from in State::ALL {
        for step in STEPS {
            if from.after(step) == Ok(Submitting) {
                assert_eq!((from, step), (Preparing, Step::Intend));
            }
        }
    }
}

#[test]
fn nothing_bought_goes_back_to_the_queue_by_itself() {
    // From a state in which something may have been bought, the way back to the queue is a user's own step.
    for from in [Submitting, Unconfirmed, Generating, TimedOut, Saving, SaveFailed, Done] {
        for step in STEPS {
            if from.after(step) == Ok(Queued) {
                assert!(
                    matches!(
                        (from, step),
                        (Submitting, Step::Postpone) | (Unconfirmed, Step::SubmitAgain)
                    ),
                    "{from} {step:?}"
                );
            }
        }
    }
}

#[test]
fn stored_text_reads_back_and_strangers_are_refused() {
    for state in State::ALL {
        assert_eq!(State::from_stored(state.as_str()), Ok(state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        assert!(Lane::ALL.contains(&state.lane()));
    }
    for stranger in ["", "Queued", "running", "pending", "timedout", "done "] {
        assert!(State::from_stored(stranger).is_err(), "{stranger:?}");
    }
}
