//! What was put back after damage, and how the user is told.
//!
//! Kept in the library until it was read: what to look at is the user's, and nobody remembers a message that was gone
//! before it could be read.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::view::LibraryNotice;
use crate::words::Lang;

/// Why a library was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "why")]
pub(super) enum Why {
    /// The file was damaged.
    Damaged {
        /// SQLite's words.
        detail: String,
    },
    /// There was no file, and there had been one.
    Gone,
    /// The file was whole and older than the purchase record: an old copy, or commits that a power cut took.
    Older,
}

/// What was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Restoration {
    #[serde(flatten)]
    pub(super) why: Why,
    /// The name that the damaged file has now.
    pub(super) aside: Option<String>,
    /// The backup's name and when it was made (ms).
    pub(super) backup: Option<(String, i64)>,
    /// Whether the purchase record covers all the time since.
    pub(super) complete: bool,
    #[serde(default)]
    pub(super) found: Found,
}

/// What was found again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Found {
    /// Purchases with an id.
    pub(super) bought: u64,
    /// Of these, files that are in their folders.
    pub(super) files: u64,
    /// Cards that the backup did not have.
    pub(super) cards: u64,
    /// Cards that the backup has as they were before an edit.
    pub(super) edited: u64,
    /// Seed images that the backup did not know.
    pub(super) pictures: u64,
    /// Requests that had left and have no answer.
    pub(super) unanswered: u64,
    /// Cards that may have been bought since, for all that is known.
    pub(super) doubtful: u64,
    /// Cards that were taken out of the queue.
    pub(super) taken_back: u64,
    /// Ids of purchases whose cards are lost.
    pub(super) orphans: Vec<String>,
}

impl Restoration {
    /// Keeps it for the user.
    pub(super) fn keep(&self, tx: &Connection, now: i64) -> Result<()> {
        tx.execute(
            "INSERT INTO restoration (at, detail) VALUES (?1, ?2)",
            params![now, serde_json::to_string(self)?],
        )?;
        Ok(())
    }

    /// In words.
    pub(super) fn say(&self, lang: Lang) -> LibraryNotice {
        let pick = |en: String, zh: String| if lang == Lang::En { en } else { zh };
        let title = match self.why {
            Why::Older => lang.pick("Your library was brought up to date", "任务库已补齐"),
            _ if self.backup.is_some() => lang.pick("Your library was restored from a backup", "任务库已从备份恢复"),
            _ => lang.pick("Your library was damaged", "任务库已损坏"),
        };
        let since = self.backup.as_ref().map(|(_, at)| when(*at));
        let text = match (&self.why, &since) {
            (Why::Older, _) => pick(
                "The library file was older than the record of purchases beside it, as after a power cut or when an old copy was put in its place. What was missing was added from the record.".into(),
                "任务库文件比旁边的购买记录旧（可能是断电，或被换成了旧副本）。缺少的内容已按购买记录补上。".into(),
            ),
            (Why::Gone, Some(at)) => pick(
                format!("The library file was gone. The backup of {at} was put in its place."),
                format!("任务库文件不见了，已用 {at} 的备份恢复。"),
            ),
            (Why::Gone, None) => pick(
                "The library file was gone, and there was no good backup. What could be found again is on the board.".into(),
                "任务库文件不见了，也没有可用的备份。能找回的内容都在看板上。".into(),
            ),
            (Why::Damaged { .. }, Some(at)) => pick(
                format!("The library file was damaged. The backup of {at} was put in its place."),
                format!("任务库文件已损坏，已用 {at} 的备份恢复。"),
            ),
            (Why::Damaged { .. }, None) => pick(
                "The library file was damaged, and there was no good backup. What could be found again is on the board.".into(),
                "任务库文件已损坏，也没有可用的备份。能找回的内容都在看板上。".into(),
            ),
        };
        LibraryNotice {
            title: title.to_owned(),
            text,
            details: self.details(lang),
            read_only: false,
        }
    }

    fn details(&self, lang: Lang) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = |shown: bool, en: String, zh: String| {
            if shown {
                lines.push(if lang == Lang::En { en } else { zh });
            }
        };
        let aside = self.aside.clone().unwrap_or_default();
        line(
            !aside.is_empty(),
            format!("The damaged file is kept beside it as {aside}."),
            format!("损坏的文件保留在同一文件夹：{aside}。"),
        );
        let found = &self.found;
        let n = found.bought;
        line(
            n > 0 && self.backup.is_some(),
            format!("{n} purchases made since then were found again; nothing of them is bought a second time."),
            format!("找回了之后的 {n} 次购买，不会重复购买。"),
        );
        line(
            n > 0 && self.backup.is_none(),
            format!("{n} purchases were found again; nothing of them is bought a second time."),
            format!("找回了 {n} 次购买，不会重复购买。"),
        );
        let n = found.files;
        line(
            n > 0,
            format!("{n} of their videos are in their folders already and are only checked, not fetched again."),
            format!("其中 {n} 个视频已在文件夹里，只核对，不重新下载。"),
        );
        let n = found.cards;
        line(
            n > 0 && self.backup.is_some(),
            format!("{n} cards that the backup did not have were put back."),
            format!("恢复了备份里没有的 {n} 张卡片。"),
        );
        line(
            n > 0 && self.backup.is_none(),
            format!("{n} cards were put back."),
            format!("恢复了 {n} 张卡片。"),
        );
        let n = found.edited;
        line(
            n > 0,
            format!(
                "{n} cards were edited after the backup: their newer text was read from the damaged file. Look them over."
            ),
            format!("有 {n} 张卡片在备份之后修改过，较新的内容已从损坏的文件中读出，请检查一遍。"),
        );
        let n = found.pictures;
        line(
            n > 0,
            format!("{n} seed images that the library did not know were found in its folder."),
            format!("在数据文件夹里找回了 {n} 张任务库里没有记录的图片。"),
        );
        let n = found.unanswered;
        line(
            n > 0,
            format!("{n} requests had left and their answers are not known: see “Needs you”."),
            format!("有 {n} 个请求已发出但不知道结果，请看“需要处理”。"),
        );
        let n = found.doubtful;
        let (en_since, zh_since) = match self.backup {
            Some(_) => (" since the backup", "在备份之后"),
            None => ("", ""),
        };
        line(
            n > 0,
            format!(
                "{n} cards may have been bought{en_since}: the record of purchases has a gap. They wait under “Needs you”; look at kie.ai/logs before you submit one again."
            ),
            format!(
                "购买记录不完整，有 {n} 张卡片{zh_since}可能已经购买。它们在“需要处理”里等待；重新提交前请到 kie.ai/logs 核对。"
            ),
        );
        let from = self.backup.as_ref().map(|(_, at)| when(*at));
        let en_from = from.as_ref().map_or(String::new(), |at| format!(" after {at}"));
        let zh_from = from.map_or(String::new(), |at| format!("{at} 之后"));
        line(
            !self.complete,
            format!(
                "The record of purchases has a gap, so something bought{en_from} may have no card here. Compare with kie.ai/logs."
            ),
            format!("购买记录不完整，{zh_from}购买的内容可能没有对应的卡片，请与 kie.ai/logs 核对。"),
        );
        let n = found.taken_back;
        line(
            n > 0,
            format!("{n} cards were taken out of the queue; they wait for Start."),
            format!("有 {n} 张卡片已移出队列，等你重新点击开始。"),
        );
        let ids = found.orphans.join(", ");
        line(
            !ids.is_empty(),
            format!("Bought, but the card is lost; look them up at kie.ai/logs: {ids}."),
            format!("已购买但卡片丢失，请到 kie.ai/logs 查看：{ids}。"),
        );
        let (en, zh) = match (&self.why, &self.backup) {
            (Why::Older, _) => ("", ""),
            (_, Some(_)) => (
                "Other changes made since the backup may be missing, to batches, reviews and templates too: look over what you added or edited last.",
                "备份之后的其他改动可能丢失，包括批次、评分和模板，请检查最近添加或修改的内容。",
            ),
            (Why::Damaged { .. }, None) => (
                "There was no backup to go back to. Cards that were not bought yet may be missing, and so may batches, reviews and templates: compare the board with your shot list.",
                "没有备份可以恢复。尚未购买的卡片可能缺失，批次、评分和模板也可能缺失，请对照你的分镜表检查看板。",
            ),
            (Why::Gone, None) => (
                "There was no backup to go back to. Only what was bought is known: cards that were not bought yet are gone, and so are reviews and templates. Add them again from your shot list.",
                "没有备份可以恢复。只有购买过的内容还有记录：尚未购买的卡片、评分和模板已丢失，请按你的分镜表重新添加。",
            ),
        };
        line(!en.is_empty(), en.into(), zh.into());
        lines
    }
}

/// The one that the user has not read yet, with its id.
pub(super) fn untold(db: &Connection) -> Result<Option<(i64, Restoration)>> {
    let found: Option<(i64, String)> = db
        .query_row(
            "SELECT id, detail FROM restoration WHERE told_at IS NULL ORDER BY id DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(found.and_then(|(id, text)| Some((id, serde_json::from_str(&text).ok()?))))
}

/// The user has read everything up to now.
pub(super) fn set_told(tx: &Connection, now: i64) -> Result<()> {
    tx.execute("UPDATE restoration SET told_at = ?1 WHERE told_at IS NULL", [now])?;
    Ok(())
}

/// A time as a person reads it, where they are.
pub(crate) fn when(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at)
        .unwrap_or_default()
        .to_zoned(jiff::tz::TimeZone::system())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(why: Why, backup: bool) -> [String; 2] {
        let restoration = Restoration {
            why,
            aside: None,
            backup: backup.then(|| ("library-20261101T080000Z-daily.db".to_owned(), 1_793_520_000_000)),
            complete: false,
            found: Found {
                bought: 3,
                cards: 5,
                doubtful: 2,
                ..Found::default()
            },
        };
        [Lang::En, Lang::Zh].map(|lang| {
            let notice = restoration.say(lang);
            format!("{} {} {}", notice.title, notice.text, notice.details.join(" "))
        })
    }

    #[test]
    fn a_backup_is_spoken_of_only_where_there_was_one() {
        let damaged = || Why::Damaged {
            detail: "malformed".to_owned(),
        };
        for why in [damaged(), Why::Gone] {
            let [en, zh] = told(why.clone(), true);
            assert!(en.contains("Other changes made since the backup"), "{en}");
            assert!(en.contains("5 cards that the backup did not have"), "{en}");
            assert!(zh.contains("备份之后的其他改动"), "{zh}");
            let [en, zh] = told(why, false);
            assert!(
                !en.contains("since the backup") && !en.contains("since then") && !en.contains("the backup did"),
                "{en}"
            );
            assert!(en.contains("There was no backup to go back to."), "{en}");
            assert!(
                !zh.contains("备份之后") && !zh.contains("备份里") && zh.contains("没有备份可以恢复"),
                "{zh}"
            );
        }
        let [damaged, gone] = [damaged(), Why::Gone].map(|why| told(why, false));
        assert_ne!(
            damaged, gone,
            "what could be read of a damaged file is more than nothing"
        );
        let [en, zh] = told(Why::Older, false);
        assert!(
            !en.contains("There was no backup") && !zh.contains("没有备份"),
            "{en} {zh}"
        );
    }
}
