//! Everything the stand-in knows, behind one lock: tasks, money, faults, counts.
//!
//! It holds no sockets and no HTTP; the endpoints ask it and put its answers on the wire.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    io,
    time::{Duration, Instant},
};

use rand::RngExt;
use serde_json::Value;

use crate::{
    clips, clock, draw,
    fault::Fault,
    journal::{Entry, Journal},
    ledger::{Accepted, Ledger, Post},
    limits::{Limits, Window},
    mark::Mark,
    order::Order,
    task::Task,
    trouble::Trouble,
};

/// POSTs kept for the ledger.
const POSTS_KEPT: usize = 100_000;
/// Links looked after for each task: more fresh ones than anybody asks for.
const LINKS_KEPT: u32 = 32;

/// What happened to a task since this run began.
#[derive(Debug, Default)]
struct Seen {
    status_queries: u64,
    downloads: u64,
    links_issued: u32,
    strikes: HashMap<Fault, u32>,
    cut: bool,
}

/// The fixed numbers of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub seed: u64,
    pub speed: f64,
    pub median: Duration,
    pub refund: bool,
}

/// See the module's head.
#[derive(Debug)]
pub(crate) struct World {
    pace: Pace,
    tasks: HashMap<String, Task>,
    order: Vec<String>,
    seen: HashMap<String, Seen>,
    /// How often each prompt was accepted.
    bought: HashMap<String, u32>,
    /// File name of a video link, to its task and which issue of its link it is (`None`: a larger file's).
    links: HashMap<String, (String, Option<u32>)>,
    /// When the 1080p or 4K file of a task is ready.
    upgrades: HashMap<(String, String), i64>,
    balance: f64,
    /// What failed tasks give back, once they have failed.
    refunds: Vec<(i64, f64)>,
    journal: Option<Journal>,
    pub trouble: Trouble,
    pub generate: Window,
    pub status: Window,
    posts: VecDeque<Post>,
    posts_by_outcome: BTreeMap<String, u64>,
    charged: f64,
    given_back: f64,
    pub status_queries: u64,
    pub downloads: u64,
    pub uploads: u64,
    pub upload_requests: u64,
    stopped: bool,
}

impl World {
    pub(crate) fn new(
        pace: Pace,
        limits: Limits,
        balance: f64,
        journal: Option<(Journal, Vec<Entry>)>,
    ) -> io::Result<Self> {
        let mut world = Self {
            pace,
            tasks: HashMap::new(),
            order: Vec::new(),
            seen: HashMap::new(),
            bought: HashMap::new(),
            links: HashMap::new(),
            upgrades: HashMap::new(),
            balance,
            refunds: Vec::new(),
            journal: None,
            trouble: Trouble::new(pace.seed),
            generate: Window::new(limits.generate),
            status: Window::new(limits.status),
            posts: VecDeque::new(),
            posts_by_outcome: BTreeMap::new(),
            charged: 0.0,
            given_back: 0.0,
            status_queries: 0,
            downloads: 0,
            uploads: 0,
            upload_requests: 0,
            stopped: false,
        };
        if let Some((journal, entries)) = journal {
            let fresh = entries.is_empty();
            entries.into_iter().for_each(|entry| world.apply(entry));
            world.journal = Some(journal);
            if fresh {
                world.set_balance(balance)?;
            }
        }
        Ok(world)
    }

    /// Puts one fact in its place: the same for a new one and for one read back.
    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Balance { at_ms, credits } => {
                self.settle(at_ms);
                self.balance = credits;
            }
            Entry::Upgrade {
                task_id,
                what,
                at_ms,
                due_ms,
                credits,
            } => {
                self.settle(at_ms);
                self.balance -= credits;
                self.charged += credits;
                self.links
                    .insert(draw::digest(&[&task_id, &what]), (task_id.clone(), None));
                self.upgrades.insert((task_id, what), due_ms);
            }
            Entry::Task(task) => {
                self.settle(task.accepted_ms);
                self.balance -= task.credits;
                self.charged += task.credits;
                self.refunds.extend(task.refund().filter(|_| self.pace.refund));
                let issues = if task.has(Fault::LinkExpired) { LINKS_KEPT } else { 1 };
                for issue in 0..issues {
                    self.links.insert(task.link(issue), (task.task_id.clone(), Some(issue)));
                }
                *self.bought.entry(task.prompt.clone()).or_default() += 1;
                self.order.push(task.task_id.clone());
                self.tasks.insert(task.task_id.clone(), task);
            }
        }
    }

    fn record(&mut self, entry: Entry) -> io::Result<()> {
        if self.stopped {
            return Err(io::Error::other("the stand-in is stopping"));
        }
        if let Some(journal) = self.journal.as_mut() {
            journal.append(&entry)?;
        }
        self.apply(entry);
        Ok(())
    }

    fn settle(&mut self, now_ms: i64) {
        let mut due = 0.0;
        self.refunds.retain(|(at, credits)| {
            let is_due = *at <= now_ms;
            due += if is_due { *credits } else { 0.0 };
            !is_due
        });
        self.balance += due;
        self.given_back += due;
    }

    /// Nothing is accepted any more, and the journal is free for the next stand-in at once, whatever still runs.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
        self.journal = None;
    }

    pub(crate) fn balance(&mut self) -> f64 {
        self.settle(clock::now_ms());
        self.balance
    }

    pub(crate) fn set_balance(&mut self, credits: f64) -> io::Result<()> {
        if !credits.is_finite() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a balance must be a finite number",
            ));
        }
        self.record(Entry::Balance {
            at_ms: clock::now_ms(),
            credits,
        })
    }

    pub(crate) fn task(&self, task_id: &str) -> Option<&Task> {
        self.tasks.get(task_id)
    }

    /// Accepts and charges an order; the id is the new task's. An error means that nothing was written or charged.
    pub(crate) fn accept(&mut self, order: Order, body: Value) -> io::Result<String> {
        let nth = self.bought.get(&order.prompt).copied().unwrap_or(0);
        let mut dice = draw::dice(self.pace.seed, &order.prompt, nth);
        let task_id = draw::id(&mut dice);
        let marks = self.trouble.deal(&order.prompt, nth, &mut dice);
        let has = |fault| marks.iter().any(|mark: &Mark| mark.fault == fault);
        let mut latency = draw::latency(&mut dice, self.pace.median).div_f64(self.pace.speed);
        if has(Fault::SlowTask) {
            latency *= 10;
        }
        let accepted_ms = clock::now_ms();
        let due_ms = (!has(Fault::Stuck))
            .then(|| accepted_ms.saturating_add(i64::try_from(latency.as_millis()).unwrap_or(i64::MAX)));
        let clip = match order.extends.as_ref().and_then(|source| self.tasks.get(source)) {
            Some(source) => clips::other(source.clip),
            None => clips::choose(&order.prompt, &order.ratio),
        };
        let seed = order.seeds.unwrap_or_else(|| dice.random_range(10_000..=99_999));
        let task = Task {
            task_id: task_id.clone(),
            prompt: order.prompt,
            body,
            param_json: order.param_json,
            resolution: order.resolution,
            extends: order.extends,
            accepted_ms,
            due_ms,
            credits: order.credits,
            seed,
            clip,
            marks,
        };
        self.record(Entry::Task(task))?;
        Ok(task_id)
    }

    /// Whether a fault the task carries strikes once more; if so it is counted.
    pub(crate) fn strikes_task(&mut self, task_id: &str, fault: Fault) -> bool {
        let mark = self
            .tasks
            .get(task_id)
            .and_then(|task| task.marks.iter().find(|mark| mark.fault == fault));
        let Some(limit) = mark.map(|mark| self.trouble.limit(*mark)) else {
            return false;
        };
        let count = self
            .seen
            .entry(task_id.to_owned())
            .or_default()
            .strikes
            .entry(fault)
            .or_default();
        let strikes = limit.is_none_or(|limit| *count < limit);
        *count += u32::from(strikes);
        strikes
    }

    /// Whether this is the first body of a task that is to be cut so that a resume follows.
    pub(crate) fn first_cut(&mut self, task_id: &str) -> bool {
        !std::mem::replace(&mut self.seen.entry(task_id.to_owned()).or_default().cut, true)
    }

    /// The link name to tell for a finished task: a fresh one as long as the old ones expire.
    pub(crate) fn issue_link(&mut self, task_id: &str) -> Option<String> {
        let task = self.tasks.get(task_id)?;
        let last = self.expired_issues(task);
        let seen = self.seen.entry(task_id.to_owned()).or_default();
        let issue = seen.links_issued.min(last);
        seen.links_issued = issue + 1;
        Some(task.link(issue))
    }

    /// How many issues of a task's link are dead from the start.
    fn expired_issues(&self, task: &Task) -> u32 {
        let mark = task.marks.iter().find(|mark| mark.fault == Fault::LinkExpired);
        mark.map_or(0, |mark| {
            self.trouble.limit(*mark).unwrap_or(LINKS_KEPT).min(LINKS_KEPT - 1)
        })
    }

    /// The task behind a video link, and whether this issue of the link has expired.
    pub(crate) fn by_link(&self, name: &str) -> Option<(&Task, bool)> {
        let (task_id, issue) = self.links.get(name)?;
        let task = self.tasks.get(task_id)?;
        Some((task, issue.is_some_and(|issue| issue < self.expired_issues(task))))
    }

    /// When the larger file is ready and its link's name, if it was bought.
    pub(crate) fn upgrade(&self, task_id: &str, what: &str) -> Option<(i64, String)> {
        let due = self.upgrades.get(&(task_id.to_owned(), what.to_owned()))?;
        Some((*due, draw::digest(&[task_id, what])))
    }

    /// Buys the larger file of a finished task.
    pub(crate) fn buy_upgrade(&mut self, task_id: &str, what: &str, takes: Duration, credits: f64) -> io::Result<()> {
        let at_ms = clock::now_ms();
        let takes = i64::try_from(takes.div_f64(self.pace.speed).as_millis()).unwrap_or(i64::MAX);
        let due_ms = at_ms.saturating_add(takes);
        self.record(Entry::Upgrade {
            task_id: task_id.to_owned(),
            what: what.to_owned(),
            at_ms,
            due_ms,
            credits,
        })
    }

    pub(crate) fn saw_post(&mut self, prompt: Option<String>, task_id: Option<String>, outcome: String) {
        *self.posts_by_outcome.entry(outcome.clone()).or_default() += 1;
        if self.posts.len() == POSTS_KEPT {
            self.posts.pop_front();
        }
        self.posts.push_back(Post {
            at_ms: clock::now_ms(),
            prompt,
            task_id,
            outcome,
        });
    }

    /// The task that came of a POST noted before it was decided: the oldest of that prompt and outcome without one.
    pub(crate) fn name_post(&mut self, prompt: &str, outcome: &str, task_id: &str) {
        let waiting = self
            .posts
            .iter_mut()
            .find(|post| post.task_id.is_none() && post.outcome == outcome && post.prompt.as_deref() == Some(prompt));
        if let Some(post) = waiting {
            post.task_id = Some(task_id.to_owned());
        }
    }

    pub(crate) fn saw_query(&mut self, task_id: &str) {
        self.seen.entry(task_id.to_owned()).or_default().status_queries += 1;
    }

    pub(crate) fn saw_download(&mut self, task_id: &str) {
        self.seen.entry(task_id.to_owned()).or_default().downloads += 1;
    }

    /// Whether a request with this key may pass the limit for its kind now.
    pub(crate) fn may_generate(&mut self, key: &str) -> bool {
        self.generate.admit(key, Instant::now())
    }

    /// As [`World::may_generate`], for status queries.
    pub(crate) fn may_query(&mut self, key: &str) -> bool {
        self.status.admit(key, Instant::now())
    }

    pub(crate) fn ledger(&mut self) -> Ledger {
        let balance = self.balance();
        let accepted = self.order.iter().filter_map(|id| self.tasks.get(id)).map(|task| {
            let seen = self.seen.get(&task.task_id);
            Accepted {
                task_id: task.task_id.clone(),
                prompt: task.prompt.clone(),
                accepted_at_ms: task.accepted_ms,
                credits: task.credits,
                body: task.body.clone(),
                status_queries: seen.map_or(0, |seen| seen.status_queries),
                downloads: seen.map_or(0, |seen| seen.downloads),
            }
        });
        Ledger {
            accepted: accepted.collect(),
            posts: self.posts.iter().cloned().collect(),
            posts_by_outcome: self.posts_by_outcome.clone(),
            charged: self.charged,
            given_back: self.given_back,
            status_queries: self.status_queries,
            downloads: self.downloads,
            uploads: self.uploads,
            upload_requests: self.upload_requests,
            balance,
            ..Ledger::default()
        }
    }
}
