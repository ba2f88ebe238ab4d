//! Where a run is ended: the crash points around the paid request, and the one moment that only the service can see.

use engine::crash::POINTS;

use super::outcome::{Class, Outcome};

/// How a run of a cell is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// By itself, at the crash point of this name.
    At(&'static str),
    /// By `kill -9`, as soon as the service has decided about a paid request and before it answers.
    OnTheWire,
    /// Not at all: it comes to rest.
    Rest,
}

/// A place of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) name: &'static str,
}

/// The name of the moment that is no line of the engine.
const ON_THE_WIRE: &str = "(killed while the request is on the wire)";

/// Every point around the paid request, in the order of a task's life.
pub(super) fn all() -> Vec<Point> {
    let ours = |name: &&&str| {
        ["start::", "submit::", "recover::"]
            .iter()
            .any(|stage| name.starts_with(stage))
    };
    let mut names: Vec<&'static str> = POINTS.iter().filter(ours).copied().collect();
    let leaving = names.iter().position(|name| *name == "submit::request_leaving");
    names.insert(leaving.map_or(0, |at| at + 1), ON_THE_WIRE);
    names.into_iter().map(|name| Point { name }).collect()
}

pub(super) fn named(name: &str) -> Point {
    let found = all().into_iter().find(|point| point.name == name);
    found.unwrap_or_else(|| panic!("no crash point is called {name}"))
}

impl Point {
    pub(super) fn is_on_the_wire(self) -> bool {
        self.name == ON_THE_WIRE
    }

    fn is_in_recovery(self) -> bool {
        self.name.starts_with("recover::")
    }

    /// How the runs of a cell end, one after the other; all that follow come to rest.
    ///
    /// Twice at the same point. What a restart does can only be interrupted where something was left to do: there the
    /// first run ends between the answer and its commit.
    pub(super) fn endings(self) -> Vec<Ending> {
        if self.is_on_the_wire() {
            return vec![Ending::OnTheWire; 2];
        }
        let mut endings = vec![Ending::At(self.name); 2];
        if self.is_in_recovery() {
            endings.insert(0, Ending::At("submit::answer_received"));
        }
        endings
    }

    /// Whether an end like this is one at this point: where the recovery is ended, the run before only leads there.
    pub(super) fn is_meant_by(self, ending: Ending) -> bool {
        ending == Ending::At(self.name) || (self.is_on_the_wire() && ending == Ending::OnTheWire)
    }

    /// Whether a cell of this point and this outcome must have been ended here.
    pub(super) fn can_be(self, outcome: &Outcome) -> bool {
        match self.name {
            "submit::answer_written" | "submit::answer_committed" => outcome.class != Class::Accepted,
            // A reset at the door may come before the request is written: then it is a definite no.
            "submit::unknown_committed" => outcome.class == Class::Unknown && outcome.away.is_none(),
            // The balance is not to be had while the service is away.
            "submit::balance_after_heard" | "submit::balance_after_committed" => {
                outcome.class == Class::Unknown && outcome.away.is_none()
            }
            _ => true,
        }
    }
}
