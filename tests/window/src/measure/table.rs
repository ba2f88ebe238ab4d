//! Lines of what was measured, each with its bound.

use std::fmt;

/// One line.
pub(super) struct Line {
    what: String,
    seen: String,
    /// What was to be met, and whether it was.
    bound: Option<(String, bool)>,
}

impl Line {
    /// A measurement that stands beside the others.
    pub(super) fn beside(what: impl Into<String>, seen: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            seen: seen.into(),
            bound: None,
        }
    }

    /// A measurement that may be at most so large.
    pub(super) fn most(what: impl Into<String>, seen: f64, most: f64, unit: &str) -> Self {
        Self {
            what: what.into(),
            seen: format!("{} {unit}", short(seen)),
            bound: Some((format!("≤ {} {unit}", short(most)), seen <= most)),
        }
    }

    /// Whether its bound is met; one without is.
    pub(super) fn is_met(&self) -> bool {
        self.bound.as_ref().is_none_or(|(_, met)| *met)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bound, met) = match &self.bound {
            None => (String::new(), ""),
            Some((bound, true)) => (bound.clone(), "met"),
            Some((bound, false)) => (bound.clone(), "NOT MET"),
        };
        write!(out, "{:66} {:>24} {:>12} {met}", self.what, self.seen, bound)
    }
}

fn short(number: f64) -> String {
    if number.abs() < 10.0 && number.fract() != 0.0 {
        format!("{number:.1}")
    } else {
        format!("{number:.0}")
    }
}

/// The value that this share of all is not above.
pub(super) fn share(all: &[f64], share: f64) -> f64 {
    let mut sorted = all.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((last as f64 * share).round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}
