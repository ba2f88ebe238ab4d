//! Every screen that is designed, reached as a person reaches it: for the pictures under `docs/screenshots`, and for the
//! checks that hold on each of them.
//!
//! A tour opens the app in one look and stops at each scene on its way. What is done there is the visitor's business.

mod create;
mod troubles;
mod watch;

use crate::{Board, Language, Stage};

/// How the app is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The system's language.
    pub language: Language,
    /// The system's dark theme.
    pub dark: bool,
    /// The window's outer size, in pixels.
    pub size: (u32, u32),
}

impl Look {
    /// The window's smallest size, light, in Chinese.
    pub const SMALL: Self = Self {
        language: Language::Chinese,
        dark: false,
        size: (900, 600),
    };
    /// A usual size, dark, in English.
    pub const USUAL: Self = Self {
        language: Language::English,
        dark: true,
        size: (1360, 820),
    };

    /// As it stands in a file's name.
    pub fn name(self) -> String {
        let language = match self.language {
            Language::Chinese => "zh",
            Language::English => "en",
        };
        let theme = if self.dark { "dark" } else { "light" };
        format!("{language}-{theme}-{}x{}", self.size.0, self.size.1)
    }

    fn stage(self, name: &str) -> Stage {
        let stage = Stage::new(&format!("{name}-{}", self.name())).speaking(self.language);
        if self.dark { stage.in_the_dark() } else { stage }
    }

    async fn open(self, stage: &Stage) -> Board {
        let board = stage.open().await;
        board.resize(self.size.0, self.size.1).await;
        board
    }

    /// Prompts as people write them, in the look's language.
    fn prompts(self) -> [&'static str; 6] {
        match self.language {
            Language::Chinese => [
                "清晨的江南水乡，薄雾贴着水面，乌篷船缓缓划过石桥，远处传来鸡鸣，镜头由船头慢慢摇向桥上的行人",
                "咖啡师把牛奶倒进杯子，拉出一片叶子，特写，浅景深",
                "霓虹雨夜，外卖骑手停在路口等红灯，倒影在积水里晃动",
                "产品在转台上旋转一周，白色背景，柔光，无文字",
                "老人坐在院子里剥豆子，小猫蹭过他的脚边，暖色午后",
                "无人机拉升，梯田一层层铺开，云海从山谷涌上来",
            ],
            Language::English => [
                "A fox crosses fresh snow at first light, breath visible, the camera low and still; it stops, listens, and looks straight into the lens",
                "A barista pours milk into a cup and draws a leaf; close, shallow focus",
                "Neon rain at night: a courier waits at a red light, reflections trembling in a puddle",
                "The product turns once on a white turntable; soft light, no text",
                "An old man shells beans in the yard, a kitten brushes past his feet, warm afternoon",
                "The drone rises, terraces open out below, a sea of cloud pours over the ridge",
            ],
        }
    }
}

/// Every scene in one look.
pub async fn every(look: Look, visit: &mut impl AsyncFnMut(&Board, &str)) {
    create::first_start(look, visit).await;
    create::tasks(look, visit).await;
    watch::demo(look, visit).await;
    troubles::needs_you(look, visit).await;
    troubles::no_credits(look, visit).await;
    troubles::no_network(look, visit).await;
    troubles::no_key(look, visit).await;
    troubles::damaged_library(look, visit).await;
    troubles::folder_in_the_way(look, visit).await;
}

/// Types a shot into the composer and saves it.
async fn add_task(board: &Board, prompt: &str) {
    board.click("new-task").await;
    board.write("composer-prompt", prompt).await;
    board.click("composer-save").await;
    // With the first task Start appears in the bar, and what stands beside it moves.
    board.says("lane-ready", prompt).await;
}

async fn start_all(board: &Board) {
    board.click("start").await;
    board.click("start-confirm").await;
    board.gone("start-confirm").await;
}

async fn wait_for_lane(board: &Board, lane: &str, count: usize) {
    board
        .holds(
            &format!("{count} cards in the lane {lane}"),
            "return document.querySelector(`[data-testid='lane-${arguments[0]}']`)?.dataset.count === String(arguments[1])",
            &[serde_json::json!(lane), serde_json::json!(count)],
        )
        .await;
}
