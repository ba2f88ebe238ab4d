//! What is looked for besides text, and what is kept of it under a name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use engine::task::State;
use engine::view::filter::{Cause, Filter, ViewBody};
use engine::view::review::MarkChange;
use engine::view::{RowsQuery, SortBy, TaskFields};
use engine::words::Lang;
use simulator::{Fault, Faults};
use support::{World, link, prompt_only};

async fn found(world: &World, filter: Filter) -> String {
    let query = RowsQuery {
        batch_id: None,
        lane: None,
        sort: SortBy::Place,
        descending: false,
        search: String::new(),
        filter,
        offset: 0,
        limit: 200,
    };
    let ids = world.engine.ids(query.clone()).await.unwrap();
    let rows = world.engine.rows(query, Lang::En).await.unwrap();
    assert_eq!((ids.len(), rows.total), (rows.rows.len(), rows.rows.len() as u64));
    rows.rows.iter().map(|card| card.fields.prompt.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_finds_exactly_what_it_says_and_text_stays_text() {
    let world = World::new().await;
    let done = world.add(&["a", "b"]).await;
    world.start(&done).await;
    for id in &done {
        world.until(id, &["done"]).await;
    }
    world.service.set_faults(Faults::one(Fault::Refuse422, 1.0));
    let refused = world.add(&["c"]).await;
    world.start(&refused).await;
    world.until(&refused[0], &["failed"]).await;
    world.engine.pause();
    world
        .add_fields(TaskFields {
            model: Some("veo3".into()),
            aspect_ratio: Some("9:16".into()),
            images: vec![link("https://example.com/a.png")],
            ..prompt_only("d")
        })
        .await;
    world
        .add_fields(TaskFields {
            seed: Some(5),
            ..prompt_only("e")
        })
        .await;
    let tag = "it's \"so\" 100% 雨\\";
    let on = |tag: &str| MarkChange::Tag {
        tag: tag.to_owned(),
        on: true,
    };
    world
        .engine
        .mark(done[..1].to_vec(), MarkChange::Rate { rating: 4 })
        .await
        .unwrap();
    world.engine.mark(done[..1].to_vec(), on(tag)).await.unwrap();
    world.engine.mark(done[1..].to_vec(), MarkChange::Reject).await.unwrap();

    let none = Filter::default;
    assert_eq!(found(&world, none()).await, "abcde");
    for (filter, expected) in [
        (
            Filter {
                states: vec![State::Done, State::Failed],
                ..none()
            },
            "abc",
        ),
        (
            Filter {
                causes: vec![Cause::Refused],
                ..none()
            },
            "c",
        ),
        (
            Filter {
                causes: vec![Cause::Request, Cause::Refused],
                ..none()
            },
            "ce",
        ),
        (
            Filter {
                causes: vec![
                    Cause::NotMade,
                    Cause::Unknown,
                    Cause::Slow,
                    Cause::Saving,
                    Cause::GivenUp,
                ],
                ..none()
            },
            "",
        ),
        (
            Filter {
                models: vec!["veo3".into()],
                ..none()
            },
            "d",
        ),
        (
            Filter {
                models: vec!["veo3_fast".into()],
                ..none()
            },
            "abce",
        ),
        (
            Filter {
                ratios: vec!["9:16".into()],
                ..none()
            },
            "d",
        ),
        (
            Filter {
                images: Some(true),
                ..none()
            },
            "d",
        ),
        (
            Filter {
                images: Some(false),
                ..none()
            },
            "abce",
        ),
        (
            Filter {
                days: Some(1),
                ..none()
            },
            "abcde",
        ),
        (
            Filter {
                rating: Some(4),
                ..none()
            },
            "a",
        ),
        (
            Filter {
                rating: Some(5),
                ..none()
            },
            "",
        ),
        (
            Filter {
                rejected: Some(true),
                ..none()
            },
            "b",
        ),
        (
            Filter {
                rejected: Some(false),
                ..none()
            },
            "a",
        ),
        (
            Filter {
                tag: Some(tag.into()),
                ..none()
            },
            "a",
        ),
        (
            Filter {
                tag: Some("') OR 1=1 --".into()),
                ..none()
            },
            "",
        ),
        (
            Filter {
                states: vec![State::Done],
                rejected: Some(true),
                images: Some(false),
                ..none()
            },
            "b",
        ),
    ] {
        assert_eq!(found(&world, filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_kept_renamed_taken_away_and_put_back() {
    let mut world = World::new().await;
    let body = ViewBody {
        batch_id: Some(world.batch.clone()),
        search: "雨".into(),
        filter: Filter {
            causes: vec![Cause::Saving],
            days: Some(7),
            ..Filter::default()
        },
    };
    let names = async |world: &World| -> String {
        let views = world.engine.saved_views().await.unwrap();
        views.into_iter().map(|view| view.name).collect::<Vec<_>>().join(" ")
    };
    let first = world.engine.keep_view(" Rain ", body.clone()).await.unwrap();
    let second = world.engine.keep_view("Night", ViewBody::default()).await.unwrap();
    assert!(world.engine.keep_view("  ", body.clone()).await.is_err());
    world.reopen().await;
    assert_eq!(names(&world).await, "Night Rain");
    assert_eq!(world.engine.saved_views().await.unwrap()[1].body, body);
    // The same name again is the same view.
    assert_eq!(
        world.engine.keep_view("Rain", ViewBody::default()).await.unwrap(),
        first
    );
    world.engine.rename_view(second.clone(), "Rain").await.unwrap();
    assert_eq!(names(&world).await, "Rain Rain (2)");
    world.engine.rename_view(second.clone(), "Fog").await.unwrap();
    world.engine.delete_view(first.clone()).await.unwrap();
    world.engine.rename_view(second, "Rain").await.unwrap();
    world.engine.restore_view(first.clone()).await.unwrap();
    assert_eq!(names(&world).await, "Rain Rain (2)");
    assert!(world.engine.delete_view("none".into()).await.is_err());
}

/// Refused costs nothing; accepted and not made usually does, for a while.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_and_what_was_not_made_are_found_apart() {
    let world = World::new().await;
    for (prompt, fault) in [("a", Fault::Refuse422), ("b", Fault::Moderation)] {
        world.service.set_faults(Faults::one(fault, 1.0));
        let ids = world.add(&[prompt]).await;
        world.start(&ids).await;
        world.until(&ids[0], &["failed"]).await;
    }
    for (cause, expected) in [(Cause::Refused, "a"), (Cause::NotMade, "b")] {
        let filter = Filter {
            causes: vec![cause],
            ..Filter::default()
        };
        assert_eq!(found(&world, filter).await, expected, "{cause:?}");
    }
}
