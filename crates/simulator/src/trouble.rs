//! Which fault strikes when: markers, rates and limits put together. What a fault then does is the endpoints' matter.

use std::collections::HashMap;

use rand::{RngExt, rngs::StdRng};

use crate::{
    draw,
    fault::{Fault, Faults, Stage},
    mark::{Mark, marks},
};

/// The faults asked for, and how often those that meet requests have struck.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub faults: Faults,
    pub limits: Vec<(Fault, u32)>,
    /// By what repeats of a request share: its prompt, its task, its file.
    strikes: HashMap<(String, Fault), u32>,
    dice: StdRng,
}

impl Trouble {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            faults: Faults::none(),
            limits: Vec::new(),
            strikes: HashMap::new(),
            dice: draw::dice(seed, "faults by rate", 0),
        }
    }

    /// How often a mark strikes: its own number, else one set for its fault, else the fault's habit.
    pub(crate) fn limit(&self, mark: Mark) -> Option<u32> {
        let set = || {
            self.limits
                .iter()
                .find(|(fault, _)| *fault == mark.fault)
                .map(|(_, limit)| *limit)
        };
        mark.first.or_else(set).or_else(|| mark.fault.natural_limit())
    }

    /// The faults that the n-th task (from 0) with this prompt will carry: its markers, then what the rates deal it.
    pub(crate) fn deal(&self, prompt: &str, nth: u32, dice: &mut StdRng) -> Vec<Mark> {
        let mut carried = marks(prompt);
        carried.retain(|mark| !matches!(mark.fault.stage(), Stage::Submit | Stage::Upload));
        for (fault, rate) in &self.faults.rates {
            if fault.is_dealt_to_tasks() && dice.random::<f64>() < *rate {
                carried.push(Mark {
                    fault: *fault,
                    first: None,
                });
            }
        }
        // What becomes of a task is decided once; there, "the first two" means the first two buys of this prompt.
        carried
            .retain(|mark| mark.fault.stage() != Stage::Outcome || self.limit(*mark).is_none_or(|limit| nth < limit));
        carried
    }

    /// The fault that meets this request, of those drawn for each request; `about` is what its repeats share.
    pub(crate) fn strike(&mut self, stage: Stage, carried: &[Mark], about: &str) -> Option<Fault> {
        let of_stage = |fault: Fault| fault.stage() == stage && !fault.is_dealt_to_tasks();
        let mut met: Vec<Mark> = carried.iter().copied().filter(|mark| of_stage(mark.fault)).collect();
        for (fault, rate) in &self.faults.rates {
            if of_stage(*fault) && self.dice.random::<f64>() < *rate {
                met.push(Mark {
                    fault: *fault,
                    first: None,
                });
            }
        }
        met.into_iter().find_map(|mark| {
            let Some(limit) = self.limit(mark) else {
                return Some(mark.fault);
            };
            let count = self.strikes.entry((about.to_owned(), mark.fault)).or_default();
            *count = count.saturating_add(1);
            (*count <= limit).then_some(mark.fault)
        })
    }
}
