//! `resume`, `retry`, `download`, `list`: what is there already.

use engine::task::State;
use engine::trouble::Told;
use engine::trouble::rows::board;
use engine::{Result, Scope};

use crate::End;
use crate::args::Args;
use crate::open;
use crate::pick::by_number;
use crate::run::follow;
use crate::say::Say;

pub(crate) async fn resume(args: &Args, say: &Say) -> Result<End> {
    let engine = open::real(args, say).await?;
    let mut unfinished = Vec::new();
    let (mut to_buy, mut to_check, mut to_save) = (Vec::new(), Vec::new(), Vec::new());
    for task in engine.reports(None, say.lang).await? {
        match State::from_stored(&task.state)? {
            State::Draft | State::Done | State::Failed | State::Cancelled => continue,
            State::Queued => to_buy.push(task.id.clone()),
            State::TimedOut => to_check.push(task.id.clone()),
            State::SaveFailed => to_save.push(task.id.clone()),
            _ => {}
        }
        unfinished.push(task.id);
    }
    if unfinished.is_empty() {
        say.line(&say.pick("Nothing is unfinished.", "没有未完成的任务。"));
        return Ok(End::Done);
    }
    if !to_buy.is_empty() {
        engine.start(Scope::Tasks(to_buy), None).await?;
    }
    engine.check_now(to_check).await?;
    engine.save_again(to_save, None).await?;
    engine.run();
    follow(&engine, say, unfinished).await
}

pub(crate) async fn retry(
    args: &Args,
    say: &Say,
    numbers: &[String],
    batch: Option<&str>,
    may_pay_twice: bool,
) -> Result<End> {
    let engine = open::real(args, say).await?;
    let mut rows = Vec::new();
    for number in numbers {
        let fits = |state| {
            matches!(
                state,
                State::Failed | State::Cancelled | State::SaveFailed | State::TimedOut | State::Unconfirmed
            )
        };
        let row = by_number(&engine, number, batch, fits, say).await?;
        if row.state()? == State::Unconfirmed && !may_pay_twice {
            return Err(Told::new(&board::MAY_PAY_TWICE).with("number", number).into());
        }
        if !rows.iter().any(|known: &engine::library::TaskRow| known.id == row.id) {
            rows.push(row);
        }
    }
    for row in &rows {
        let id = row.id.clone();
        match row.state()? {
            // What is bought is fetched, never bought again.
            State::SaveFailed => engine.save_again(vec![id], None).await?,
            State::TimedOut => engine.check_now(vec![id]).await?,
            State::Unconfirmed => engine.submit_again(id).await?,
            State::Cancelled if row.attempt_id.is_some() && engine.has_service_id(id.clone()).await? => {
                engine.watch_again(vec![id]).await?;
            }
            _ => engine.retry(vec![id]).await?,
        }
    }
    engine.run();
    follow(&engine, say, rows.into_iter().map(|row| row.id).collect()).await
}

pub(crate) async fn download(
    args: &Args,
    say: &Say,
    number: &str,
    url: Option<&str>,
    batch: Option<&str>,
) -> Result<End> {
    let engine = open::real(args, say).await?;
    let fits = |state| match state {
        State::Saving | State::SaveFailed | State::Done => true,
        State::Generating | State::TimedOut => url.is_some(),
        _ => false,
    };
    let row = by_number(&engine, number, batch, fits, say).await?;
    match url {
        Some(link) => engine.save_from(row.id.clone(), link.to_owned()).await?,
        None => engine.save_again(vec![row.id.clone()], None).await?,
    }
    engine.run();
    follow(&engine, say, vec![row.id]).await
}

pub(crate) async fn list(args: &Args, say: &Say) -> Result<End> {
    let engine = open::real(args, say).await?;
    let reports = engine.reports(None, say.lang).await?;
    for task in &reports {
        say.report(task);
    }
    if reports.is_empty() {
        say.line(&say.pick("There are no tasks yet.", "还没有任务。"));
    }
    Ok(End::Done)
}
