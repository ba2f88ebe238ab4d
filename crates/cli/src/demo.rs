//! `demo`: the whole way against a stand-in service in this program. No key, no money, a library of its own.

use std::path::{Path, PathBuf};

use engine::library::NewTask;
use engine::trouble::Told;
use engine::trouble::rows::board;
use engine::view::TaskFields;
use engine::words::Lang;
use engine::{Error, Result, Scope, settings};
use simulator::Simulator;

use crate::End;
use crate::args::Args;
use crate::generate::folder;
use crate::open;
use crate::run::follow;
use crate::say::Say;

/// A clip takes about six seconds instead of seventy.
const SPEED: f64 = 12.0;
const BALANCE: f64 = 100_000.0;

const SHOTS: [(&str, &str, &str); 6] = [
    (
        "Dolly in on the wonton stall at the alley's mouth, steam rolling under neon",
        "推镜头，巷口的馄饨摊，蒸汽在霓虹灯下翻滚",
        "16:9",
    ),
    (
        "Aerial, the city wakes in rain and mist, the first tram crosses the viaduct",
        "航拍，城市在雨雾中醒来，第一班电车驶过高架",
        "16:9",
    ),
    (
        "Slow motion, a coin falls in a puddle, the reflection breaks",
        "慢镜头，硬币落入水洼，倒影碎开",
        "9:16",
    ),
    (
        "Top shot, a sea of umbrellas at the crossing, one red one against the stream",
        "俯拍，十字路口的伞海，一把红伞逆流而行",
        "16:9",
    ),
    (
        "Close-up: rain on an old phone, the screen lights with one unread message",
        "特写，雨滴落在旧手机屏幕上，屏幕亮起一条未读消息",
        "16:9",
    ),
    (
        "Handheld, he runs through the underpass as the lights go out one by one",
        "手持跟拍，他在地下通道里奔跑，灯管一盏盏熄灭",
        "9:16",
    ),
];

pub(crate) async fn demo(args: &Args, say: &Say, shots: u32, out: Option<&Path>) -> Result<End> {
    let directory = settings::data_dir(args.data_dir.clone())?.join(settings::DEMO_FOLDER);
    std::fs::create_dir_all(&directory).map_err(|error| Error::io(&directory, error))?;
    let options = simulator::Options {
        speed: SPEED,
        balance: BALANCE,
        state_file: Some(directory.join(settings::DEMO_SERVICE)),
        ..simulator::Options::default()
    };
    let service = Simulator::start(options)
        .await
        .map_err(|error| Error::io(&directory, error))?;
    // The record of an earlier demo carries its balance over; a demo never runs dry.
    service.set_balance(BALANCE);
    let engine = open::demo(args, &directory, &service.base()).await?;
    let out = match out {
        Some(out) => folder(out)?,
        None => folder(&default_folder()?)?,
    };
    let name = say.pick("Demo", "演示");
    let batch = engine
        .create_batch(&name, Some(out.to_string_lossy().into_owned()))
        .await?;
    let new = SHOTS
        .iter()
        .cycle()
        .take(usize::try_from(shots).unwrap_or(1))
        .map(|(en, zh, ratio)| NewTask {
            number: None,
            fields: TaskFields {
                prompt: if say.lang == Lang::En {
                    (*en).to_owned()
                } else {
                    (*zh).to_owned()
                },
                aspect_ratio: Some((*ratio).to_owned()),
                ..TaskFields::default()
            },
        });
    let ids = engine.add(batch.id, new.collect()).await?;
    engine.run();
    engine.start(Scope::Tasks(ids.clone()), None).await?;
    let end = follow(&engine, say, ids).await?;
    service.stop().await;
    Ok(end)
}

fn default_folder() -> Result<PathBuf> {
    settings::default_folder()
        .map(|base| base.with_file_name("Shotboard demo"))
        .ok_or_else(|| Error::from(Told::new(&board::NO_OUT)))
}
