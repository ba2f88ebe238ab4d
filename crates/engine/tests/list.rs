//! The list: every order gives every row once, and what is selected by a query is that.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::HashSet;

use engine::task::Lane;
use engine::view::{RowsQuery, SortBy};
use engine::words::Lang;
use support::World;

const SORTS: [SortBy; 6] = [
    SortBy::Place,
    SortBy::State,
    SortBy::Model,
    SortBy::Price,
    SortBy::Took,
    SortBy::Changed,
];

fn everything(sort: SortBy, descending: bool, offset: u64) -> RowsQuery {
    RowsQuery {
        batch_id: None,
        lane: None,
        sort,
        descending,
        search: String::new(),
        filter: engine::view::filter::Filter::default(),
        offset,
        limit: 200,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_gives_every_row_once_and_the_other_way_round_the_same_backwards() {
    let world = World::new().await;
    world.engine.pause();
    let prompts: Vec<String> = (0..1_050).map(|nth| format!("shot {nth}")).collect();
    let texts: Vec<&str> = prompts.iter().map(String::as_str).collect();
    let ids = world.add(&texts).await;
    world.engine.cancel(ids[..200].to_vec()).await.unwrap();
    for sort in SORTS {
        let mut orders: Vec<Vec<String>> = Vec::new();
        for descending in [false, true] {
            let mut found = Vec::new();
            loop {
                let offset = u64::try_from(found.len()).unwrap();
                let page = world
                    .engine
                    .rows(everything(sort, descending, offset), Lang::En)
                    .await
                    .unwrap();
                assert_eq!(page.total, 1_050);
                if page.rows.is_empty() {
                    break;
                }
                found.extend(page.rows.into_iter().map(|card| card.id));
            }
            let once: HashSet<&String> = found.iter().collect();
            assert_eq!((found.len(), once.len()), (1_050, 1_050), "{sort:?}");
            assert_eq!(world.engine.ids(everything(sort, descending, 0)).await.unwrap(), found);
            orders.push(found);
        }
        orders[1].reverse();
        assert_eq!(orders[0], orders[1], "{sort:?}");
    }
    let by_place = world.engine.ids(everything(SortBy::Place, false, 0)).await.unwrap();
    assert_eq!(by_place, ids, "the order of the list itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_and_a_lane_narrow_the_rows_and_the_ids_alike() {
    let world = World::new().await;
    world.engine.pause();
    let ids = world.add(&["雪地里的狐狸", "雨夜的霓虹", "雪 100%_done"]).await;
    world.engine.delete(vec![ids[1].clone()]).await.unwrap();
    let find = |search: &str, lane| RowsQuery {
        search: search.to_owned(),
        lane,
        ..everything(SortBy::Changed, true, 0)
    };
    assert_eq!(world.engine.ids(find("雪", None)).await.unwrap().len(), 2);
    assert_eq!(world.engine.ids(find("%_", None)).await.unwrap(), [ids[2].clone()]);
    assert_eq!(world.engine.ids(find("霓虹", None)).await.unwrap(), [] as [String; 0]);
    assert_eq!(world.engine.ids(find("", Some(Lane::Ready))).await.unwrap().len(), 2);
    assert_eq!(world.engine.ids(find("", Some(Lane::Done))).await.unwrap().len(), 0);
}
