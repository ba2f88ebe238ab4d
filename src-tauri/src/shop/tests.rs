//! The shell without a window: libraries opened, exchanged, refused.

use engine::library::{Library, NewTask};
use engine::view::TaskFields;

use super::*;
use crate::places;
use crate::store::tests::in_memory;

fn shop(directory: &Path) -> Arc<Shop> {
    Arc::new(Shop::new(Some(directory.to_owned()), None, in_memory()))
}

fn said(error: &IpcError) -> (serde_json::Value, String) {
    let crossed = serde_json::to_value(error).unwrap();
    (crossed["code"].clone(), crossed["message"].as_str().unwrap().to_owned())
}

fn shot(prompt: &str) -> NewTask {
    let fields = TaskFields {
        prompt: prompt.into(),
        ..TaskFields::default()
    };
    NewTask { number: None, fields }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_library_of_its_own_and_the_way_back_keeps_both() {
    let directory = tempfile::tempdir().unwrap();
    let shop = shop(directory.path());
    let real = shop.desk().await.unwrap();
    let batch = places::batch(&real, None).await.unwrap();
    real.engine.add(batch, vec![shot("Mine")]).await.unwrap();
    drop(real);
    for _ in 0..2 {
        shop.set_demo(true).await.unwrap();
        let demo = shop.desk().await.unwrap();
        assert!(demo.demo);
        assert_eq!(demo.engine.snapshot(demo.lang).await.unwrap().all.ready, 0);
        drop(demo);
        shop.set_demo(false).await.unwrap();
        let real = shop.desk().await.unwrap();
        assert!(!real.demo);
        assert_eq!(real.engine.snapshot(real.lang).await.unwrap().all.ready, 1);
    }
    shop.set_demo(true).await.unwrap();
    shop.close().await;
    assert!(shop.desk().await.is_err(), "nothing is opened while the app closes");
    // The choice outlives the app.
    let again = super::tests::shop(directory.path());
    assert!(again.desk().await.unwrap().demo);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_is_in_use_is_told_and_opened_once_it_is_free() {
    let directory = tempfile::tempdir().unwrap();
    let other = Library::open(directory.path()).unwrap();
    let shop = shop(directory.path());
    let Err(refused) = shop.desk().await else {
        panic!("two engines on one library")
    };
    assert_eq!(said(&refused).0, "locked");
    drop(other);
    assert!(shop.desk().await.is_ok(), "the page only has to ask again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_library_is_told_and_set_aside_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(engine::library::FILE), vec![7; 4096]).unwrap();
    let shop = shop(directory.path());
    let desk = shop.desk().await.unwrap();
    let told = desk.engine.snapshot(desk.lang).await.unwrap().notice.unwrap();
    let names = || std::fs::read_dir(directory.path()).unwrap().flatten();
    let aside = names().find(|entry| entry.file_name().to_string_lossy().starts_with("library.damaged-"));
    let aside = aside.unwrap();
    assert_eq!(std::fs::read(aside.path()).unwrap(), vec![7; 4096]);
    let name = aside.file_name().to_string_lossy().into_owned();
    let all = [vec![told.text], told.details].concat().join(" ");
    assert!(all.contains(&name), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_batch_has_its_folder_before_anything_is_bought_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let shop = shop(directory.path());
    shop.set_demo(true).await.unwrap();
    let desk = shop.desk().await.unwrap();
    let (good, lost) = (
        directory.path().join("good"),
        directory.path().join("unplugged").join("lost"),
    );
    let mut ids = Vec::new();
    for folder in [&good, &lost] {
        let folder = Some(folder.to_string_lossy().into_owned());
        let batch = desk.engine.create_batch("Shots", folder).await.unwrap().id;
        ids.extend(desk.engine.add(batch, vec![shot("Waves")]).await.unwrap());
    }
    let refused = places::prepare(&desk, &Scope::Everything)
        .await
        .unwrap_err()
        .say(Lang::En);
    assert!(refused.contains("lost") && refused.contains("not there"), "{refused}");
    assert!(!lost.exists());
    places::prepare(&desk, &Scope::Tasks(vec![ids[0].clone()]))
        .await
        .unwrap();
    assert!(good.is_dir());
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_choices_reach_the_open_engine_and_a_bad_proxy_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let shop = shop(directory.path());
    let desk = shop.desk().await.unwrap();
    let before = desk.settings.preferences();
    let wanted = Preferences {
        language: Some(Lang::Zh),
        proxy: "http://127.0.0.1:9".into(),
        save_folder: Some(directory.path().to_string_lossy().into_owned()),
        ..before.clone()
    };
    let now = desk.settings.choose(wanted).unwrap();
    shop.take_over(&before, &now).await.unwrap();
    let desk = shop.desk().await.unwrap();
    assert_eq!(desk.lang, Lang::Zh);
    assert_eq!(places::folder(&desk), now.save_folder);
    let batch = places::batch(&desk, None).await.unwrap();
    assert_eq!(places::batch(&desk, None).await.unwrap(), batch, "one batch a day");
    let view = desk.engine.batch_views(vec![batch]).await.unwrap().pop().unwrap();
    assert!(view.name.starts_with("批次 20"), "{}", view.name);
    let own = |name: &str| directory.path().join(name).to_string_lossy().into_owned();
    assert_eq!(
        view.folder,
        Some(own(&view.name)),
        "a folder of its own in the chosen one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_batch_has_a_folder_of_its_own_that_is_named_as_it_is_until_something_is_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let shop = shop(directory.path());
    let desk = shop.desk().await.unwrap();
    let before = desk.settings.preferences();
    let videos = directory.path().join("videos");
    let wanted = Preferences {
        save_folder: Some(videos.to_string_lossy().into_owned()),
        ..before.clone()
    };
    let now = desk.settings.choose(wanted).unwrap();
    shop.take_over(&before, &now).await.unwrap();
    let desk = shop.desk().await.unwrap();
    let own = |name: &str| Some(videos.join(name).to_string_lossy().into_owned());
    for (name, folder) in [
        ("雨夜：第一集", "雨夜：第一集"),
        ("Ads", "Ads"),
        ("ads", "ads (2)"),
        ("../CON", "CON_"),
    ] {
        let given = places::own_folder(&desk, name, None).await.unwrap();
        assert_eq!(given, own(folder), "{name}");
        desk.engine.create_batch(name, given).await.unwrap();
    }
    let view = async |name: &str| {
        let all = desk.engine.batches().await.unwrap();
        let id = all.into_iter().find(|batch| batch.name == name).unwrap().id;
        desk.engine.batch_views(vec![id]).await.unwrap().remove(0)
    };
    let ads = view("Ads").await;
    desk.engine.rename_batch(ads.id.clone(), "Spots").await.unwrap();
    places::rename_folder(&desk, &ads, "Spots").await.unwrap();
    let spots = view("Spots").await;
    assert_eq!(spots.folder, own("Spots"), "nothing was in it");
    // Once it is there it stays; one that was chosen stays anyway.
    std::fs::create_dir_all(videos.join("Spots")).unwrap();
    places::rename_folder(&desk, &spots, "Other").await.unwrap();
    assert_eq!(view("Spots").await.folder, own("Spots"));
    let elsewhere = directory.path().join("mine").to_string_lossy().into_owned();
    desk.engine
        .set_folder(spots.id.clone(), elsewhere.clone())
        .await
        .unwrap();
    let chosen = view("Spots").await;
    places::rename_folder(&desk, &chosen, "Other").await.unwrap();
    assert_eq!(view("Spots").await.folder, Some(elsewhere));

    desk.engine
        .add(view("ads").await.id, vec![shot("Waves")])
        .await
        .unwrap();
    places::prepare(&desk, &Scope::Everything).await.unwrap();
    assert!(videos.join("ads (2)").is_dir(), "made with its first start");

    // Another spelling of its own name is no second batch of that name.
    let con = view("../CON").await;
    desk.engine.rename_batch(con.id.clone(), "con").await.unwrap();
    places::rename_folder(&desk, &con, "con").await.unwrap();
    assert_eq!(view("con").await.folder, own("con_"));

    // A folder that somebody chose is no less theirs below the usual one: what is missing above it is a missing drive.
    let theirs = videos.join("client").join("rain");
    let folder = Some(theirs.to_string_lossy().into_owned());
    let rain = desk.engine.create_batch("Rain", folder).await.unwrap().id;
    desk.engine.add(rain.clone(), vec![shot("Rain")]).await.unwrap();
    let refused = places::prepare(&desk, &Scope::Batch(rain)).await.unwrap_err();
    assert!(refused.say(Lang::En).contains("not there"), "{}", refused.say(Lang::En));
    assert!(!videos.join("client").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_usual_folder_on_a_drive_that_is_not_there_is_told_and_not_made_up() {
    let directory = tempfile::tempdir().unwrap();
    let shop = shop(directory.path());
    let desk = shop.desk().await.unwrap();
    let before = desk.settings.preferences();
    let drive = directory.path().join("drive");
    let wanted = Preferences {
        save_folder: Some(drive.join("videos").to_string_lossy().into_owned()),
        ..before.clone()
    };
    let now = desk.settings.choose(wanted).unwrap();
    shop.take_over(&before, &now).await.unwrap();
    let desk = shop.desk().await.unwrap();
    let batch = places::batch(&desk, None).await.unwrap();
    desk.engine.add(batch, vec![shot("Waves")]).await.unwrap();
    let refused = places::prepare(&desk, &Scope::Everything).await.unwrap_err();
    assert!(refused.say(Lang::En).contains("not there"), "{}", refused.say(Lang::En));
    assert!(!drive.exists());
    std::fs::create_dir(&drive).unwrap();
    places::prepare(&desk, &Scope::Everything).await.unwrap();
    assert!(drive.join("videos").is_dir());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_goes_on_by_itself_only_where_that_was_chosen() {
    let directory = tempfile::tempdir().unwrap();
    for (chosen, running) in [(false, false), (true, true)] {
        let shop = shop(directory.path());
        shop.set_demo(true).await.unwrap();
        let desk = shop.desk().await.unwrap();
        let before = desk.settings.preferences();
        let now = Preferences {
            resume_on_open: chosen,
            in_flight: 1,
            ..before.clone()
        };
        shop.take_over(&before, &desk.settings.choose(now).unwrap())
            .await
            .unwrap();
        let clips = directory.path().to_string_lossy().into_owned();
        let batch = desk.engine.create_batch("Shots", Some(clips)).await.unwrap().id;
        let shots = vec![shot("First"), shot("Waits for its turn"), shot("Only a draft")];
        let ids = desk.engine.add(batch, shots).await.unwrap();
        desk.engine
            .start(Scope::Tasks(ids[..2].to_vec()), Some(2))
            .await
            .unwrap();
        drop(desk);
        shop.close().await;

        let shop = super::tests::shop(directory.path());
        let desk = shop.desk().await.unwrap();
        assert_eq!(desk.engine.queue(desk.lang).await.unwrap().running, running);
        let draft = desk
            .engine
            .cards(vec![ids[2].clone()], desk.lang)
            .await
            .unwrap()
            .pop()
            .unwrap();
        assert_eq!(
            draft.state,
            Some(engine::task::State::Draft),
            "{chosen}: a draft was never asked for"
        );
        shop.close().await;
    }
}
