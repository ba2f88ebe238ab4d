//! The table of troubles in words, in both languages.

use super::{AccountProblem, SavingProblem, Trouble};
use crate::view::TroubleView;
use crate::words::Lang;

/// Title, cause, money, next.
type Words = [String; 4];

fn words(lang: Lang, en: [&str; 4], zh: [&str; 4]) -> Words {
    match lang {
        Lang::En => en.map(str::to_owned),
        Lang::Zh => zh.map(str::to_owned),
    }
}

impl Trouble {
    /// This trouble in words.
    pub fn say(&self, lang: Lang) -> TroubleView {
        let [title, cause, money, next] = self.words(lang);
        TroubleView {
            title,
            cause,
            money,
            next,
            service: self.service().map(str::to_owned),
        }
    }

    /// One line for the command line and for `--json`: the cause, what is known of the money where that is in doubt,
    /// and the service's own words.
    pub fn line(&self, lang: Lang) -> String {
        let view = self.say(lang);
        let space = lang.pick(" ", "");
        let mut line = view.cause;
        if matches!(self, Self::LostReply { .. } | Self::Interrupted { .. }) {
            line = line + space + &view.money;
        }
        if let Some(service) = &view.service {
            line = line + space + lang.pick("The service said: ", "服务原话：") + service;
        }
        line
    }

    /// Whether only another request can help: the same one would be turned away again.
    pub fn wants_another_request(&self) -> bool {
        match self {
            Self::GenerationFailed { service, .. } => policy(service).is_some(),
            _ => true,
        }
    }

    /// The service's own words, where it gave any.
    pub fn service(&self) -> Option<&str> {
        let text = match self {
            Self::ImageRefused { service, .. }
            | Self::Refused { service, .. }
            | Self::GenerationFailed { service, .. }
            | Self::Forgotten { service }
            | Self::LostReply { service, .. }
            | Self::Account { service, .. } => service,
            _ => return None,
        };
        Some(text.as_str()).filter(|text| !text.trim().is_empty())
    }

    fn words(&self, lang: Lang) -> Words {
        match self {
            Self::Request { en, zh } => words(
                lang,
                ["Cannot be sent", en, NOTHING_BOUGHT.0, "Edit it, then start it again."],
                ["无法提交", zh, NOTHING_BOUGHT.1, "修改后重新开始即可。"],
            ),
            Self::ImageRefused { name, .. } => words(
                lang,
                [
                    "Image refused",
                    &format!("The service did not take the image “{name}”."),
                    NOTHING_BOUGHT.0,
                    "Use another image, or try again.",
                ],
                [
                    "图片被拒",
                    &format!("服务没有接收图片“{name}”。"),
                    NOTHING_BOUGHT.1,
                    "换一张图片，或再试一次。",
                ],
            ),
            Self::Refused { service, .. } => refused(lang, service),
            Self::GenerationFailed { service, .. } => generation_failed(lang, service),
            Self::Forgotten { .. } => words(
                lang,
                [
                    "Unknown to the service",
                    "The service no longer knows this task's ID.",
                    "It was accepted, so it may have been paid for. See kie.ai/logs.",
                    "Check again later, or look it up at kie.ai/logs. Trying again buys it anew.",
                ],
                [
                    "服务查无此任务",
                    "服务端查不到这个任务 ID 了。",
                    "任务当时已被接受，可能已经扣费，可在 kie.ai/logs 核对。",
                    "稍后再查，或到 kie.ai/logs 查看。重试会重新购买。",
                ],
            ),
            Self::LostReply { before, after, .. } => unknown(
                lang,
                lang.pick(
                    "The connection broke while submitting.",
                    "提交时连接中断，没有收到答复。",
                ),
                *before,
                *after,
            ),
            Self::Interrupted { before, after, .. } => unknown(
                lang,
                lang.pick(
                    "The app was closed between sending the request and hearing the answer.",
                    "请求已发出，还没收到答复，应用就退出了。",
                ),
                *before,
                *after,
            ),
            Self::TimedOut { polls } => words(
                lang,
                [
                    "Taking long",
                    &format!("Not finished after {polls} checks."),
                    "It is bought; nothing is lost.",
                    "The app goes on checking now and then. You can also check now.",
                ],
                [
                    "耗时过长",
                    &format!("查询了 {polls} 次仍未完成。"),
                    "已购买，不会丢失。",
                    "应用会继续隔一段时间查询，也可以立即查询。",
                ],
            ),
            Self::Stopped => words(
                lang,
                [
                    "Not watched",
                    "You stopped watching it.",
                    "It is bought; its ID is kept.",
                    "Watch it again to get the video.",
                ],
                [
                    "已停止跟踪",
                    "你停止了对它的跟踪。",
                    "已购买，任务 ID 已保留。",
                    "重新跟踪即可取回视频。",
                ],
            ),
            Self::Dismissed => words(
                lang,
                [
                    "Given up",
                    "You gave it up while its outcome was unknown.",
                    "It may have been paid for. See kie.ai/logs.",
                    "If you find its ID, attach it; the video can still be fetched.",
                ],
                [
                    "已放弃",
                    "在结果未知时你放弃了它。",
                    "可能已经扣费，可在 kie.ai/logs 核对。",
                    "找到任务 ID 后填入，仍可取回视频。",
                ],
            ),
            Self::Saving { problem } => saving(lang, problem),
            Self::NoKey => words(
                lang,
                [
                    "No key",
                    "There is no kie.ai key yet.",
                    NOTHING_BOUGHT.0,
                    "Add one in Settings › Keys, or set KIE_API_KEY.",
                ],
                [
                    "没有密钥",
                    "还没有可用的 kie.ai 密钥。",
                    NOTHING_BOUGHT.1,
                    "在“设置 › 密钥”中添加，或设置环境变量 KIE_API_KEY。",
                ],
            ),
            Self::Account { why, .. } => account(lang, *why),
        }
    }
}

const NOTHING_BOUGHT: (&str, &str) = ("Nothing was bought.", "没有产生费用。");

fn unknown(lang: Lang, cause: &str, before: Option<f64>, after: Option<f64>) -> Words {
    let title = lang.pick("Outcome unknown", "结果未知").to_owned();
    let money = match (before, after) {
        (Some(before), Some(after)) if before - after >= 0.5 => match lang {
            Lang::En => format!(
                "Credits were probably taken (balance {} → {}).",
                round(before),
                round(after)
            ),
            Lang::Zh => format!("很可能已扣费（余额 {} → {}）。", round(before), round(after)),
        },
        (Some(before), Some(_)) => match lang {
            Lang::En => format!("The balance has not moved ({}): probably not bought.", round(before)),
            Lang::Zh => format!("余额没有变化（{}），很可能没有扣费。", round(before)),
        },
        _ => lang.pick("It may have been bought.", "可能已经扣费。").to_owned(),
    };
    let next = lang.pick(
        "Look at kie.ai/logs. If it is there, attach its task ID; if not, submit it again. The app never does this by itself.",
        "到 kie.ai/logs 核对：有记录就填入任务 ID，没有再重新提交。应用不会自动处理。",
    );
    [title, cause.to_owned(), money, next.to_owned()]
}

fn round(credits: f64) -> String {
    let rounded = (credits * 100.0).round() / 100.0;
    rounded.to_string()
}

/// The texts the service is known to refuse with, and what they mean to a person.
fn policy(service: &str) -> Option<(&'static str, &'static str)> {
    let text = service.to_lowercase();
    let has = |part: &str| text.contains(part);
    Some(if has("minor upload") || has("minor") && has("upload") {
        (
            "The picture was refused because it may show a minor.",
            "图片疑似包含未成年人，被拒绝。",
        )
    } else if has("prominent people") {
        (
            "The picture was refused because it shows a well-known person.",
            "图片包含公众人物，被拒绝。",
        )
    } else if has("unsafe image") {
        ("The picture was refused by moderation.", "图片未通过内容审核。")
    } else if has("fetch the image") || has("image could not be fetched") {
        ("The service could not fetch the image.", "服务无法读取这张图片。")
    } else if has("only english prompts") {
        (
            "The service takes only English prompts for this request.",
            "该请求只接受英文提示词。",
        )
    } else if has("flagged") || has("content polic") || has("violat") {
        ("The prompt was refused by moderation.", "提示词未通过内容审核。")
    } else if has("generate audio") {
        (
            "The sound for this prompt could not be made.",
            "无法为这个提示词生成声音。",
        )
    } else {
        return None;
    })
}

fn refused(lang: Lang, service: &str) -> Words {
    let (en, zh) = policy(service).unwrap_or(("The service refused this request.", "服务拒绝了这个请求。"));
    words(
        lang,
        ["Refused", en, NOTHING_BOUGHT.0, "Edit it and try again."],
        ["被拒绝", zh, NOTHING_BOUGHT.1, "修改后再试。"],
    )
}

fn generation_failed(lang: Lang, service: &str) -> Words {
    let known = policy(service);
    let (en, zh) = known.unwrap_or(("The service could not make this video.", "服务没能生成这个视频。"));
    let (next_en, next_zh) = match known {
        Some(_) => ("Edit it and try again.", "修改后再试。"),
        None => ("Try again; it counts as a new purchase.", "可以再试一次，会重新计费。"),
    };
    words(
        lang,
        [
            if known.is_some() { "Refused" } else { "Not generated" },
            en,
            "The service usually gives the credits back. kie.ai/logs shows the charge.",
            next_en,
        ],
        [
            if known.is_some() {
                "未通过审核"
            } else {
                "生成失败"
            },
            zh,
            "服务通常会退回积分，可在 kie.ai/logs 核对。",
            next_zh,
        ],
    )
}

const BOUGHT_NOT_SAVED: (&str, &str) = (
    "It is bought. Saving again costs nothing.",
    "视频已购买，再次保存不会扣费。",
);

fn saving(lang: Lang, problem: &SavingProblem) -> Words {
    let (en, zh, next_en, next_zh): (String, String, &str, &str) = match problem {
        SavingProblem::LinkExpired => (
            "The download link no longer works, and the service gave no fresh one.".into(),
            "下载链接已失效，服务也没有给出新的链接。".into(),
            "Save again, or download it at kie.ai/logs.",
            "再次保存，或到 kie.ai/logs 下载。",
        ),
        SavingProblem::Network { detail } => (
            format!("The download broke off ({detail})."),
            format!("下载中断（{detail}）。"),
            "Check the network, then save again.",
            "检查网络后再次保存。",
        ),
        SavingProblem::NotAVideo { found } => (
            format!("The link gave something that is not a video: {found}"),
            format!("链接返回的不是视频：{found}"),
            "Save again in a while.",
            "过一会儿再次保存。",
        ),
        SavingProblem::Broken { en, zh } => (
            format!("The file arrived broken. {en}"),
            format!("收到的文件不完整。{zh}"),
            "Save again in a while.",
            "过一会儿再次保存。",
        ),
        SavingProblem::DiskFull { missing } => (
            missing.map_or("The disk is full.".into(), |bytes| {
                format!("The disk is full: {} more are needed.", size(bytes))
            }),
            missing.map_or("磁盘空间不足。".into(), |bytes| {
                format!("磁盘空间不足，还差 {}。", size(bytes))
            }),
            "Make room, then save again.",
            "腾出空间后再次保存。",
        ),
        SavingProblem::FolderMissing { path } => (
            format!("The folder is not there: {path}"),
            format!("找不到保存文件夹：{path}"),
            "Plug the drive in or choose another folder, then save again.",
            "接上磁盘或另选文件夹，然后再次保存。",
        ),
        SavingProblem::FolderReadOnly { path } => (
            format!("The folder cannot be written to: {path}"),
            format!("保存文件夹不可写：{path}"),
            "Choose another folder, then save again.",
            "另选文件夹，然后再次保存。",
        ),
        SavingProblem::NoFolder => (
            "No save folder is chosen for this batch.".into(),
            "这个批次还没有选择保存文件夹。".into(),
            "Choose a folder, then save again.",
            "选择文件夹，然后再次保存。",
        ),
        SavingProblem::Forbidden { detail } => (
            format!("The link leads where the app does not go ({detail})."),
            format!("链接指向不允许访问的地址（{detail}）。"),
            "Save again; if it stays so, download it at kie.ai/logs.",
            "再次保存；仍不行就到 kie.ai/logs 下载。",
        ),
        SavingProblem::TooLarge { bytes } => (
            format!("The file is larger than any clip ({}).", size(*bytes)),
            format!("文件大得不正常（{}）。", size(*bytes)),
            "Look at it at kie.ai/logs.",
            "到 kie.ai/logs 查看。",
        ),
        SavingProblem::Disk { detail } => (
            format!("The file could not be written ({detail})."),
            format!("文件写入失败（{detail}）。"),
            "Check the disk, then save again.",
            "检查磁盘后再次保存。",
        ),
    };
    words(
        lang,
        ["Not saved", &en, BOUGHT_NOT_SAVED.0, next_en],
        ["未保存", &zh, BOUGHT_NOT_SAVED.1, next_zh],
    )
}

/// A size for people: `18.4 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "KB", "MB", "GB"];
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{bytes} B")
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

fn account(lang: Lang, why: AccountProblem) -> Words {
    const STILL_QUEUED: (&str, &str) = (
        "Nothing was bought; everything waits in the queue.",
        "没有产生费用，任务都还在队列里。",
    );
    match why {
        AccountProblem::BadKey => words(
            lang,
            [
                "Wrong key",
                "The service refuses the key.",
                STILL_QUEUED.0,
                "Check the key: copied whole? Still active at kie.ai/api-key?",
            ],
            [
                "密钥无效",
                "服务不接受这个密钥。",
                STILL_QUEUED.1,
                "请检查密钥是否完整，在 kie.ai/api-key 是否仍然有效。",
            ],
        ),
        AccountProblem::NoCredits => words(
            lang,
            [
                "Out of credits",
                "The account has not enough credits.",
                STILL_QUEUED.0,
                "Top up at kie.ai, then go on.",
            ],
            ["积分不足", "账户积分不够。", STILL_QUEUED.1, "到 kie.ai 充值后继续。"],
        ),
        AccountProblem::Edge => words(
            lang,
            [
                "Blocked",
                "The service's gateway turns this computer or key away (403).",
                STILL_QUEUED.0,
                "Check the key's IP allow-list and the proxy or VPN, then go on.",
            ],
            [
                "访问被拦截",
                "服务网关拒绝了这台电脑或这个密钥（403）。",
                STILL_QUEUED.1,
                "检查密钥的 IP 白名单以及代理或 VPN，然后继续。",
            ],
        ),
        AccountProblem::FeatureOff => words(
            lang,
            [
                "Switched off",
                "The service has switched this feature off for now.",
                STILL_QUEUED.0,
                "Try again later, or choose another model.",
            ],
            [
                "功能停用",
                "服务暂时停用了这项功能。",
                STILL_QUEUED.1,
                "稍后再试，或换一个模型。",
            ],
        ),
    }
}

#[cfg(test)]
mod tests;
