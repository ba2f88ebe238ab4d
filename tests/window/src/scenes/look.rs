//! How the app is looked at, and what people write in it.

use crate::{Board, Language, Stage};

/// A language, a theme, a size.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The system's language.
    pub language: Language,
    /// The system's dark theme.
    pub dark: bool,
    /// The window's outer size, in pixels.
    pub size: (u32, u32),
    /// With every text of the page 40 % longer.
    pub grown: bool,
}

impl Look {
    /// The window's smallest size, light, in Chinese.
    pub const SMALL: Self = Self {
        language: Language::Chinese,
        dark: false,
        size: (900, 600),
        grown: false,
    };
    /// A usual size, dark, in English.
    pub const USUAL: Self = Self {
        language: Language::English,
        dark: true,
        size: (1360, 820),
        grown: false,
    };
    /// The smallest window with words that are longer than English ones.
    pub const WORDY: Self = Self {
        language: Language::English,
        grown: true,
        ..Self::SMALL
    };

    /// As it stands in a file's name.
    pub fn name(self) -> String {
        let language = match self.language {
            Language::Chinese => "zh",
            Language::English => "en",
        };
        let theme = if self.dark { "dark" } else { "light" };
        let words = if self.grown { "-wordy" } else { "" };
        format!("{language}{words}-{theme}-{}x{}", self.size.0, self.size.1)
    }

    pub(super) fn stage(self, name: &str) -> Stage {
        let stage = Stage::new(&format!("{name}-{}", self.name())).speaking(self.language);
        if self.dark { stage.in_the_dark() } else { stage }
    }

    pub(super) async fn open(self, stage: &Stage) -> Board {
        let board = stage.open().await;
        board.resize(self.size.0, self.size.1).await;
        if self.grown {
            board.grow_texts().await;
        }
        board
    }

    /// One of two texts, in the look's language.
    pub(super) fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        match self.language {
            Language::Chinese => zh,
            Language::English => en,
        }
    }

    /// Prompts as people write them.
    pub(super) fn prompts(self) -> [&'static str; 6] {
        [
            self.pick(
                "清晨的江南水乡，薄雾贴着水面，乌篷船缓缓划过石桥，远处传来鸡鸣，镜头由船头慢慢摇向桥上的行人",
                "A fox crosses fresh snow at first light, breath visible, the camera low and still; it stops, listens, and looks straight into the lens",
            ),
            self.pick(
                "咖啡师把牛奶倒进杯子，拉出一片叶子，特写，浅景深",
                "A barista pours milk into a cup and draws a leaf; close, shallow focus",
            ),
            self.pick(
                "霓虹雨夜，外卖骑手停在路口等红灯，倒影在积水里晃动",
                "Neon rain at night: a courier waits at a red light, reflections trembling in a puddle",
            ),
            self.pick(
                "产品在转台上旋转一周，白色背景，柔光，无文字",
                "The product turns once on a white turntable; soft light, no text",
            ),
            self.pick(
                "老人坐在院子里剥豆子，小猫蹭过他的脚边，暖色午后",
                "An old man shells beans in the yard, a kitten brushes past his feet, warm afternoon",
            ),
            self.pick(
                "无人机拉升，梯田一层层铺开，云海从山谷涌上来",
                "The drone rises, terraces open out below, a sea of cloud pours over the ridge",
            ),
        ]
    }
}
