//! Which of several ids belongs to which of several cards: each id to at most one card, each card to at most one id.
//!
//! Cards with the same request cannot be told apart by it, and need not be: any of them may have any of the ids. As
//! many as possible are paired, those nearest in time first.

use super::likeness::{Likeness, Wish};

/// A record of the service may be this much older than the request, by the two clocks (ms).
pub const SKEW_MS: i64 = 10 * 60_000;

/// A card whose purchase nobody knows the outcome of, with each try of it that was lost: what was asked for, and when.
#[derive(Clone, Debug)]
pub struct Lost {
    /// The tries, each with the time it was sent (ms).
    pub tries: Vec<(Option<Wish>, i64)>,
}

/// What the service has under an id.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What was asked for.
    pub wish: Wish,
    /// When it was made (ms).
    pub created_at: Option<i64>,
}

/// A pair: the id, the card, which try of the card; by their places in the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Place of the id.
    pub id: usize,
    /// Place of the card.
    pub card: usize,
    /// Place of the try.
    pub attempt: usize,
}

/// Whether a record can be of a request that was sent then: it cannot be older.
pub fn is_later(created_at: Option<i64>, sent_at: i64) -> bool {
    created_at.is_none_or(|created| created >= sent_at - SKEW_MS)
}

struct Edge {
    card: usize,
    attempt: usize,
    apart: i64,
}

/// Pairs as many as possible.
pub fn pair(cards: &[Lost], ids: &[Stored]) -> Vec<Pair> {
    let edges: Vec<Vec<Edge>> = ids.iter().map(|id| edges_of(id, cards)).collect();
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by_key(|&id| edges[id].first().map_or(i64::MAX, |edge| edge.apart));
    let mut holder: Vec<Option<(usize, usize)>> = vec![None; cards.len()];
    for id in order {
        place(id, &edges, &mut holder, &mut vec![false; cards.len()]);
    }
    let held = holder.into_iter().enumerate();
    held.filter_map(|(card, holds)| holds.map(|(id, attempt)| Pair { id, card, attempt }))
        .collect()
}

/// Finds a card for an id, moving ids that have another to go to (an augmenting path; at most as deep as there are
/// ids).
fn place(id: usize, edges: &[Vec<Edge>], holder: &mut [Option<(usize, usize)>], tried: &mut Vec<bool>) -> bool {
    for edge in &edges[id] {
        if std::mem::replace(&mut tried[edge.card], true) {
            continue;
        }
        let free = match holder[edge.card] {
            None => true,
            Some((other, _)) => place(other, edges, holder, tried),
        };
        if free {
            holder[edge.card] = Some((id, edge.attempt));
            return true;
        }
    }
    false
}

fn edges_of(id: &Stored, cards: &[Lost]) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (card, lost) in cards.iter().enumerate() {
        let fitting = lost.tries.iter().enumerate().filter(|(_, (wish, sent_at))| {
            is_later(id.created_at, *sent_at)
                && wish
                    .as_ref()
                    .is_some_and(|wish| wish.same_prompt(&id.wish) && wish.compare(&id.wish) == Likeness::Same)
        });
        let apart = |sent_at: i64| id.created_at.map_or(0, |created| created.saturating_sub(sent_at).abs());
        let nearest = fitting.min_by_key(|(_, (_, sent_at))| apart(*sent_at));
        if let Some((attempt, (_, sent_at))) = nearest {
            edges.push(Edge {
                card,
                attempt,
                apart: apart(*sent_at),
            });
        }
    }
    edges.sort_by_key(|edge| edge.apart);
    edges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wish(prompt: &str) -> Wish {
        Wish::read(&serde_json::json!({ "prompt": prompt }).to_string()).unwrap()
    }

    fn lost(prompt: &str, sent_at: i64) -> Lost {
        Lost {
            tries: vec![(Some(wish(prompt)), sent_at)],
        }
    }

    fn stored(prompt: &str, created_at: Option<i64>) -> Stored {
        Stored {
            wish: wish(prompt),
            created_at,
        }
    }

    const T: i64 = 100_000_000;

    #[test]
    fn the_nearest_in_time_are_paired_and_what_is_older_is_not() {
        let cards = [lost("a", T), lost("a", T + 60_000), lost("b", T)];
        let ids = [
            stored("a", Some(T + 61_000)),
            stored("a", Some(T + 1_000)),
            stored("b", Some(T - 3_600_000)),
            stored("c", None),
        ];
        let mut pairs = pair(&cards, &ids);
        pairs.sort_by_key(|pair| pair.id);
        let of = |pair: &Pair| (pair.id, pair.card);
        assert_eq!(pairs.iter().map(of).collect::<Vec<_>>(), [(0, 1), (1, 0)]);
    }

    #[test]
    fn a_card_that_was_lost_twice_takes_the_id_for_the_try_it_belongs_to() {
        let cards = [Lost {
            tries: vec![(Some(wish("a")), T), (Some(wish("a")), T + 3_600_000)],
        }];
        let first = pair(&cards, &[stored("a", Some(T + 1_000))]);
        assert_eq!(
            first,
            [Pair {
                id: 0,
                card: 0,
                attempt: 0
            }]
        );
        let second = pair(&cards, &[stored("a", Some(T + 3_601_000))]);
        assert_eq!(
            second,
            [Pair {
                id: 0,
                card: 0,
                attempt: 1
            }]
        );
    }

    #[test]
    fn one_moves_over_for_another_that_has_no_other_place() {
        // The first id fits both cards (its record does not say how long), the second only one.
        let long = |prompt: &str, duration: u8| {
            Wish::read(&serde_json::json!({ "prompt": prompt, "duration": duration }).to_string()).unwrap()
        };
        let cards = [4, 6].map(|seconds| Lost {
            tries: vec![(Some(long("a", seconds)), T)],
        });
        let ids = [
            stored("a", Some(T)),
            Stored {
                wish: long("a", 4),
                created_at: Some(T + 9_000),
            },
        ];
        assert_eq!(pair(&cards, &ids).len(), 2);
    }

    proptest! {
        #[test]
        fn nothing_is_paired_twice_or_with_another_request(
            cards in proptest::collection::vec("[abc]", 0..12),
            ids in proptest::collection::vec("[abcd]", 0..12),
        ) {
            let lost: Vec<_> = cards.iter().map(|prompt| lost(prompt, T)).collect();
            let stored: Vec<_> = ids.iter().map(|prompt| stored(prompt, Some(T))).collect();
            let pairs = pair(&lost, &stored);
            for one in &pairs {
                prop_assert_eq!(&cards[one.card], &ids[one.id]);
                prop_assert_eq!(pairs.iter().filter(|other| other.id == one.id || other.card == one.card).count(), 1);
            }
            let count = |list: &[String], prompt: &str| list.iter().filter(|one| *one == prompt).count();
            let most: usize = ["a", "b", "c"].iter().map(|p| count(&cards, p).min(count(&ids, p))).sum();
            prop_assert_eq!(pairs.len(), most);
        }
    }
}
