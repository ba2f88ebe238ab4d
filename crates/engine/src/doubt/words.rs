//! The small words that fill sentences about lost answers. The sentences themselves stand in the table of troubles.

use super::likeness::Field;
use super::verdict::{Verdict, Why};
use crate::words::Lang;

/// The verdict in a few words, for a list of facts and for the history.
pub(crate) fn short(lang: Lang, verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::LikelyBought => lang.pick("likely bought", "很可能已买下"),
        Verdict::LikelyNotBought => lang.pick("likely not bought", "很可能没有买下"),
        Verdict::CannotTell(_) => lang.pick("cannot tell", "看不出来"),
    }
}

/// Why a balance cannot tell.
pub(crate) fn why(why: Why) -> [&'static str; 2] {
    let (en, zh) = match why {
        Why::NoneBefore => (
            "what the account held just before is not known for sure.",
            "提交前的余额无法确定。",
        ),
        Why::NoneAfter => (
            "it could not be heard often enough afterwards.",
            "之后没能查到足够次数的余额。",
        ),
        Why::NoPrice => ("the exact price is not known.", "确切的价格未知。"),
        Why::AnotherUnknown => (
            "another outcome of these minutes is unknown too.",
            "这几分钟里还有别的任务结果未知。",
        ),
        Why::GivenBack => (
            "credits of another task may have come back meanwhile and hidden a charge.",
            "期间可能有其他任务退回积分，掩盖了扣费。",
        ),
        Why::UsedElsewhere => (
            "something other than this app spends from this account.",
            "这个账户还有别处在消费。",
        ),
        Why::MovedOtherwise => (
            "with the other shots of these minutes taken off, the change is neither this price nor zero.",
            "扣除这几分钟里其他任务的花费后，余下的变动既不等于它的价格，也不为零。",
        ),
        Why::MovedLate => (
            "it fell only minutes later; the service may have been late, or somebody else bought.",
            "几分钟后余额才减少，可能是服务端处理较慢，也可能是别处消费。",
        ),
        Why::ClosedTooLong => (
            "the app was closed for too long after sending.",
            "提交之后应用关闭了太久。",
        ),
    };
    [en, zh]
}

/// What differs, by name.
pub(crate) fn field(lang: Lang, field: Field) -> &'static str {
    let (en, zh) = match field {
        Field::Prompt => ("Prompt", "提示词"),
        Field::Model => ("Model", "模型"),
        Field::Ratio => ("Ratio", "比例"),
        Field::Resolution => ("Resolution", "分辨率"),
        Field::Length => ("Length", "时长"),
        Field::Mode => ("Mode", "模式"),
        Field::Images => ("Images", "图片"),
        Field::Seed => ("Seed", "种子"),
        Field::Watermark => ("Watermark", "水印"),
        Field::Translation => ("Translation", "翻译"),
        Field::MadeAt => ("Time", "时间"),
    };
    lang.pick(en, zh)
}

/// Credits as a person reads them, and as the page writes them: `9,940.5`.
pub(crate) fn round(credits: f64) -> String {
    let rounded = ((credits * 100.0).round() / 100.0).to_string();
    let (whole, fraction) = rounded
        .split_once('.')
        .map_or((&*rounded, None), |(whole, rest)| (whole, Some(rest)));
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut grouped = String::from(sign);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.extend([".", fraction]);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::round;

    #[test]
    fn credits_are_grouped_as_the_page_groups_them() {
        for (credits, said) in [
            (0.0, "0"),
            (999.0, "999"),
            (1000.0, "1,000"),
            (-12_345.678, "-12,345.68"),
            (1_000_000.5, "1,000,000.5"),
        ] {
            assert_eq!(round(credits), said);
        }
    }
}
