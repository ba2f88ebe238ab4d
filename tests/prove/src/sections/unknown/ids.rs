//! Ids that a user brings: compared with what was sent before they are taken.

use std::collections::HashMap;
use std::time::Duration;

use engine::view::doubt::AdoptionView;
use engine::words::Lang;
use tokio_util::sync::CancellationToken;

use super::world::World;
use crate::Size;
use crate::table::Line;

pub(super) async fn prove(size: Size) -> Vec<Line> {
    let lost = match size {
        Size::Full => 36,
        Size::Quick => 6,
    };
    let world = World::new(Duration::from_millis(400), 7).await;
    // Every third asks for the same; every fifth was never bought.
    let prompts: Vec<String> = (0..lost)
        .map(|nth| match (nth % 3, nth % 5) {
            (_, 4) => format!("never sent {nth} #never"),
            (0, _) => "the same lantern #lost".to_owned(),
            _ => format!("lantern {nth} #lost"),
        })
        .chain(["bought and heard of".to_owned()])
        .collect();
    let tasks = world.buy(&prompts).await;
    let unknown = &tasks[..lost];
    assert!(world.until(unknown, &["unconfirmed"], Duration::from_secs(120)).await);
    let mismatches = mismatched(&world, &tasks[1], lost).await;
    let adopted = paste(&world, lost).await;
    let mut lines = vec![mismatches];
    lines.extend(check(&world, unknown, &prompts, &adopted).await);
    world.end().await;
    lines
}

/// Every id but its own is offered to one card: none is taken without a second yes.
async fn mismatched(world: &World, card: &str, lost: usize) -> Line {
    let ledger = world.service.ledger();
    let mut wrong: Vec<String> = ledger
        .accepted
        .iter()
        .filter(|bought| bought.prompt != "lantern 1 #lost" && bought.prompt.contains("#lost"))
        .map(|bought| bought.task_id.clone())
        .collect();
    for nth in 0..lost / 4 {
        wrong.extend(world.somebody_buys(&format!("somebody's own {nth}")).await);
    }
    let (mut taken, mut warned) = (0, 0);
    for id in &wrong {
        let answer = world.engine.attach_checked(card.to_owned(), id, false, Lang::En).await;
        // Once it had taken one, the card waits for no other.
        let Ok(answer) = answer else { continue };
        taken += usize::from(answer.attached);
        warned += usize::from(!answer.differences.is_empty());
    }
    let unknown = world
        .engine
        .attach_checked(card.to_owned(), &"ab".repeat(16), true, Lang::En)
        .await;
    let stays = world.state(card).await == "unconfirmed";
    Line::must(
        "an id of another request is taken only after a second yes, and one the service does not know not at all",
        format!("{taken} of {} taken, {warned} warned of", wrong.len()),
        taken == 0 && warned == wrong.len() && unknown.is_err() && stays,
    )
}

/// A copied log page with everything that was ever bought on it, and noise.
async fn paste(world: &World, lost: usize) -> AdoptionView {
    let ledger = world.service.ledger();
    let mut page = "Logs\tModel\tStatus\tCredits\n".to_owned();
    for (nth, bought) in ledger.accepted.iter().enumerate() {
        page.push_str(&format!(
            "2026-11-22 12:{:02}:07  veo3_fast  成功  {}  60 积分\nhttps://tempfile.aiquickdraw.com/v/{nth:032x}.mp4\n",
            nth % 60,
            bought.task_id
        ));
    }
    page.push_str(&format!("{}\n{:064x}\n", "cd".repeat(16), lost));
    world
        .engine
        .attach_from_text(&page, Lang::En, |_| (), CancellationToken::new())
        .await
        .unwrap()
}

async fn check(world: &World, unknown: &[String], prompts: &[String], adopted: &AdoptionView) -> Vec<Line> {
    let bought: HashMap<String, String> = world
        .service
        .ledger()
        .accepted
        .into_iter()
        .map(|bought| (bought.task_id, bought.prompt))
        .collect();
    let of_card: HashMap<&str, &str> = unknown
        .iter()
        .zip(prompts)
        .map(|(task, prompt)| (task.as_str(), prompt.as_str()))
        .collect();
    let mut ids = std::collections::HashSet::new();
    let fitting = adopted.attached.iter().filter(|one| {
        ids.insert(&one.service_id)
            && bought.get(&one.service_id).map(String::as_str) == of_card.get(one.id.as_str()).copied()
    });
    let fitting = fitting.count();
    let lost = prompts.iter().filter(|prompt| prompt.contains("#lost")).count();
    let owed: Vec<String> = adopted.attached.iter().map(|one| one.id.clone()).collect();
    let home = world.until(&owed, &["done"], Duration::from_secs(60)).await;
    let library = world.library();
    let on_disk: i64 = library
        .query_row(
            "SELECT COUNT(DISTINCT service_id) FROM attempt WHERE outcome = 'attached'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let videos = world.videos();
    let ours = |prompt: &Option<String>| prompt.as_ref().is_some_and(|prompt| !prompt.starts_with("somebody"));
    let posts = world
        .service
        .ledger()
        .posts
        .iter()
        .filter(|post| ours(&post.prompt))
        .count();
    let never = prompts.len() - lost - 1;
    vec![
        Line::must(
            "a pasted log page gives every lost purchase its id, each to one card, and no card another's",
            format!(
                "{fitting} of {lost} right, {} wrong; {} ids left over with the reason",
                adopted.attached.len() - fitting,
                adopted.left.len()
            ),
            fitting == lost
                && adopted.attached.len() == lost
                && usize::try_from(on_disk) == Ok(lost)
                && adopted.open as usize == never,
        ),
        Line::must(
            "their videos come home and nothing more is bought",
            format!("{videos} videos, {posts} paid requests of {}", lost + 1),
            home && videos > lost && posts == lost + 1,
        ),
    ]
}
