//! In which order names change: none before the name it wants is free, and within a round no name stands twice.

use std::collections::{HashMap, HashSet};

use crate::files::names;

/// One rename.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Which of the clips.
    pub(crate) clip: usize,
    pub(crate) from: String,
    pub(crate) to: String,
    /// Not its last name: only out of somebody's way.
    pub(crate) passing: bool,
}

/// Files that are renamed before it is committed.
const MOST: usize = 50;

/// The rounds in which the clips of one folder get their names. `moves`: which clip, the name it has, the one it gets; no
/// name is got twice. `there`: every name in the folder.
pub(crate) fn rounds(moves: &[(usize, String, String)], there: &[String]) -> Vec<Vec<Step>> {
    let mut used: HashSet<String> = there.iter().map(|name| names::folded(name)).collect();
    used.extend(moves.iter().map(|(_, _, to)| names::folded(to)));
    let holders: HashMap<String, usize> = moves
        .iter()
        .enumerate()
        .map(|(at, (_, from, _))| (names::folded(from), at))
        .collect();
    let holder_of = |at: usize| holders.get(&names::folded(&moves[at].2)).copied();
    // Each waits for at most one other: chains, which begin where a name is free, and rings, which never do.
    let mut heirs = vec![None; moves.len()];
    for at in 0..moves.len() {
        if let Some(holder) = holder_of(at) {
            heirs[holder] = Some(at);
        }
    }
    let mut order = Order {
        moves,
        heirs,
        placed: vec![false; moves.len()],
        levels: Vec::new(),
    };
    for at in 0..moves.len() {
        if holder_of(at).is_none() {
            order.follow(Some(at), 0);
        }
    }
    // What is left stands in rings, a name that changes its case alone among them.
    for (at, (_, _, to)) in moves.iter().enumerate() {
        if !order.placed[at] {
            let mut free = (2..).map(|n| names::taken(to, n));
            let aside = free.find(|name| used.insert(names::folded(name))).unwrap_or_default();
            order.turn(at, aside);
        }
    }
    let chunks = order.levels.iter().flat_map(|level| level.chunks(MOST));
    chunks.map(<[Step]>::to_vec).collect()
}

struct Order<'a> {
    moves: &'a [(usize, String, String)],
    /// Who waits for the name of each.
    heirs: Vec<Option<usize>>,
    placed: Vec<bool>,
    levels: Vec<Vec<Step>>,
}

impl Order<'_> {
    /// One after the other, each as soon as the one before has left its name. Returns the level after the last.
    fn follow(&mut self, first: Option<usize>, mut level: usize) -> usize {
        let mut next = first;
        while let Some(at) = next.filter(|at| !self.placed[*at]) {
            self.placed[at] = true;
            self.put(level, self.step(at));
            level += 1;
            next = self.heirs[at];
        }
        level
    }

    /// A ring: one steps aside, the others follow, and it comes last.
    fn turn(&mut self, at: usize, aside: String) {
        self.placed[at] = true;
        let step = self.step(at);
        let away = Step {
            to: aside.clone(),
            passing: true,
            ..step.clone()
        };
        self.put(0, away);
        let last = self.follow(self.heirs[at], 1);
        self.put(last, Step { from: aside, ..step });
    }

    fn step(&self, at: usize) -> Step {
        let (clip, from, to) = &self.moves[at];
        Step {
            clip: *clip,
            from: from.clone(),
            to: to.clone(),
            passing: false,
        }
    }

    fn put(&mut self, level: usize, step: Step) {
        if self.levels.len() <= level {
            self.levels.resize(level + 1, Vec::new());
        }
        self.levels[level].push(step);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a folder holds after the rounds; fails where a rename would meet a file, or two of a round touch.
    fn run(folder: &[String], rounds: &[Vec<Step>]) -> Vec<(String, String)> {
        let mut files: HashMap<String, String> =
            folder.iter().map(|name| (names::folded(name), name.clone())).collect();
        let mut called: HashMap<String, String> = folder.iter().map(|name| (name.clone(), name.clone())).collect();
        for round in rounds {
            let mut touched = HashSet::new();
            for step in round {
                assert!(touched.insert(names::folded(&step.from)), "{round:?}");
                assert!(touched.insert(names::folded(&step.to)), "{round:?}");
                let first = files.remove(&names::folded(&step.from)).expect("it is there");
                called.insert(first.clone(), step.to.clone());
                assert!(
                    files.insert(names::folded(&step.to), first).is_none(),
                    "nothing is written over"
                );
            }
        }
        let mut called: Vec<_> = called.into_iter().collect();
        called.sort();
        called
    }

    fn moves(pairs: &[(&str, &str)]) -> Vec<(usize, String, String)> {
        let named = |(at, (from, to)): (usize, &(&str, &str))| (at, (*from).to_owned(), (*to).to_owned());
        pairs.iter().enumerate().map(named).collect()
    }

    #[test]
    fn chains_go_from_their_end_and_rings_by_way_of_another_name() {
        let chain = moves(&[("1", "2"), ("2", "3"), ("3", "4"), ("9", "8")]);
        let there: Vec<String> = ["1", "2", "3", "9"].map(str::to_owned).into();
        let order = rounds(&chain, &there);
        assert_eq!(order.len(), 3);
        assert_eq!(order.iter().flatten().filter(|step| step.passing).count(), 0);
        run(&there, &order);

        let swap = moves(&[("a.mp4", "b.mp4"), ("b.mp4", "a.mp4"), ("C.mp4", "c.mp4")]);
        let there: Vec<String> = ["a.mp4", "b.mp4", "C.mp4", "b (2).mp4"].map(str::to_owned).into();
        let order = rounds(&swap, &there);
        assert_eq!(order[0][0].to, "b (3).mp4", "nobody's name");
        let called = run(&there, &order);
        let is = |old: &str, new: &str| called.contains(&(old.to_owned(), new.to_owned()));
        assert!(is("a.mp4", "b.mp4") && is("b.mp4", "a.mp4") && is("C.mp4", "c.mp4"));
    }

    proptest! {
        #[test]
        fn any_shuffle_arrives_and_meets_nobody(
            folder in prop::collection::hash_set("[a-e]{1,2}", 1..14), seed in any::<u64>(), others in "[f-h]{0,3}",
        ) {
            let olds: Vec<String> = folder.into_iter().collect();
            let mut pool = olds.clone();
            pool.extend(others.chars().map(|c| format!("{c}{c}{c}")).collect::<HashSet<_>>());
            let mut state = seed | 1;
            for at in (1..pool.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                pool.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
            }
            let wanted: Vec<_> = olds.iter().cloned().zip(pool).enumerate()
                .filter(|(_, (old, new))| old != new)
                .map(|(at, (old, new))| (at, old, new)).collect();
            // Whoever keeps its name is in nobody's way: names are given once.
            let kept: HashSet<&String> = olds.iter().filter(|old| wanted.iter().all(|(_, from, _)| from != *old)).collect();
            prop_assert!(wanted.iter().all(|(_, _, to)| !kept.contains(to)));
            let called = run(&olds, &rounds(&wanted, &olds));
            for (_, old, new) in &wanted {
                prop_assert!(called.contains(&(old.clone(), new.clone())), "{old} to {new}: {called:?}");
            }
        }
    }
}
