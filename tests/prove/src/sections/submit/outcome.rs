//! What a paid request may meet: the network and the service at their worst.

/// What an honest client can know afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// It was accepted.
    Accepted,
    /// It was not accepted, and may be sent again.
    Postponed,
    /// Nobody knows.
    Unknown,
}

/// How the whole service is away during the first run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Away {
    /// Nobody listens on its port.
    Refused,
    /// Every connection is reset before a byte of it is read.
    Reset,
}

/// A column of the matrix.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) name: &'static str,
    pub(super) class: Class,
    /// The stand-in's fault that the first paid request meets.
    pub(super) fault: Option<&'static str>,
    pub(super) away: Option<Away>,
}

const fn fault(name: &'static str, class: Class, fault: &'static str) -> Outcome {
    Outcome {
        name,
        class,
        fault: Some(fault),
        away: None,
    }
}

const fn away(name: &'static str, class: Class, away: Away) -> Outcome {
    Outcome {
        name,
        class,
        fault: None,
        away: Some(away),
    }
}

/// Every outcome.
pub(super) const ALL: &[Outcome] = &[
    Outcome {
        name: "accepted",
        class: Class::Accepted,
        fault: None,
        away: None,
    },
    away("refused", Class::Postponed, Away::Refused),
    away("reset before the first byte", Class::Unknown, Away::Reset),
    fault("reset after the request, not taken", Class::Unknown, "reset-request"),
    fault("reset after the request, taken", Class::Unknown, "reset"),
    fault(
        "reset after the first byte of the answer",
        Class::Unknown,
        "reset-reply",
    ),
    fault("lost request", Class::Unknown, "lost-request"),
    fault("lost reply", Class::Unknown, "lost-reply"),
    fault("half a reply", Class::Unknown, "half-reply"),
    fault("garbled reply", Class::Unknown, "garbled-reply"),
    fault("reply without an id", Class::Unknown, "accepted-without-id"),
    fault("307", Class::Unknown, "redirect-307"),
    fault("308", Class::Unknown, "redirect-308"),
    fault("429 as HTTP 200", Class::Postponed, "rate-limited"),
    fault("429 as HTTP 429", Class::Postponed, "rate-limited-http"),
    fault("455", Class::Postponed, "maintenance-455"),
    fault("500, not taken", Class::Unknown, "server-error-500"),
    fault("500, taken", Class::Unknown, "late-500"),
    fault("502 with HTML", Class::Unknown, "bad-gateway"),
    fault("slow beyond the time-out", Class::Unknown, "slow-submit"),
    fault("taken after the time-out", Class::Unknown, "late-accept"),
    fault("connection closed while idle", Class::Accepted, "idle-close"),
];

pub(super) fn named(name: &str) -> Outcome {
    let found = ALL.iter().find(|outcome| outcome.name == name);
    *found.unwrap_or_else(|| panic!("no outcome is called {name}"))
}

impl Outcome {
    /// The prompts of a cell's two shots: the first meets the fault on its first paid request, the second nothing.
    pub(super) fn prompts(&self) -> Vec<String> {
        let [first, second] = match self.fault {
            // Not the fault of one request: it meets whoever keeps connections.
            Some("idle-close") => [" [fault:idle-close]".to_owned(), " [fault:idle-close]".to_owned()],
            Some(fault) => [format!(" [fault:{fault} x1]"), String::new()],
            None => Default::default(),
        };
        vec![format!("the first shot{first}"), format!("the second shot{second}")]
    }
}
