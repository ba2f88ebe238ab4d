//! Shot lists, and their rows.

use super::{NOT_DONE, NOTHING_BOUGHT};
use crate::trouble::row::{Pair, rows};

const TITLE: Pair = ["Sheet", "表格"];
const ROW: Pair = ["Row left out", "该行未导入"];
const SAVE_AS_CSV: Pair = [
    "In your spreadsheet, save it as CSV (UTF-8) and choose that file.",
    "请在表格软件中另存为 CSV（UTF-8）格式，再导入该文件。",
];
const SPLIT: Pair = ["Split it into several files.", "请拆分成几个文件。"];
const CORRECT: Pair = [
    "Correct the row and read the sheet again; nothing is doubled.",
    "改正该行后重新导入即可，不会重复添加。",
];
const REST_GOES_ON: Pair = ["The other rows were taken.", "其他行已照常导入。"];

rows! {
    EMPTY = stays "sheet-empty" [
        TITLE,
        ["The sheet is empty.", "表格是空的。"],
        NOTHING_BOUGHT,
        ["Write prompts into it, or choose another one.", "请填入提示词，或换一个文件。"],
        NOT_DONE,
    ];
    NOT_TEXT = stays "sheet-not-text" [
        TITLE,
        ["The format of this file is {kind}.", "这个文件是 {kind} 格式。"],
        NOTHING_BOUGHT, SAVE_AS_CSV, NOT_DONE,
    ];
    WORKBOOK = stays "sheet-workbook" [
        TITLE,
        ["“{name}” is a workbook of another kind.", "“{name}”是其他格式的工作簿。"],
        NOTHING_BOUGHT,
        ["Save it as XLSX or CSV and drop that.", "请另存为 XLSX 或 CSV 后再拖进来。"],
        NOT_DONE,
    ];
    DAMAGED_BOOK = stays "sheet-workbook-damaged" [
        TITLE,
        ["This workbook is damaged or locked with a password.", "这个工作簿已损坏，或设有密码。"],
        NOTHING_BOUGHT,
        ["Open it in your spreadsheet and save it again, without a password.", "请用表格软件打开，去掉密码后重新保存。"],
        NOT_DONE,
    ];
    BOOK_TOO_LARGE = stays "sheet-workbook-too-large" [
        TITLE,
        ["This workbook unpacks to more than can be read.", "这个工作簿解压后太大，无法读取。"],
        NOTHING_BOUGHT,
        ["Save the sheet alone as CSV, or split it.", "请把该工作表单独另存为 CSV，或拆分成几个文件。"],
        NOT_DONE,
    ];
    BINARY = stays "sheet-binary" [
        TITLE,
        ["This file is not text.", "这个文件不是文本。"],
        NOTHING_BOUGHT, SAVE_AS_CSV, NOT_DONE,
    ];
    ENCODING = stays "sheet-encoding" [
        TITLE,
        ["The text of this file can't be read.", "无法识别这个文件的文字编码。"],
        NOTHING_BOUGHT,
        ["Save it as CSV with the encoding UTF-8.", "请另存为 UTF-8 编码的 CSV 文件。"],
        NOT_DONE,
    ];
    BROKEN_TEXT = stays "sheet-broken-text" [
        TITLE,
        [
            "The text of this file is damaged or cut off in the middle of a character.",
            "这个文件的文字已损坏，或在某个字中间被截断。",
        ],
        NOTHING_BOUGHT,
        [
            "Copy, download or save it again, as CSV with the encoding UTF-8.",
            "请重新复制、下载或另存为 UTF-8 编码的 CSV 文件。",
        ],
        NOT_DONE,
    ];
    TOO_LARGE = stays "sheet-too-large" [
        TITLE,
        ["The sheet has {size} MB; at most 64 MB can be read.", "表格大小为 {size} MB，最多支持 64 MB。"],
        NOTHING_BOUGHT, SPLIT, NOT_DONE,
    ];
    TOO_MANY_ROWS = stays "sheet-too-many-rows" [
        TITLE,
        ["The sheet has more than {limit} rows.", "表格超过 {limit} 行。"],
        NOTHING_BOUGHT, SPLIT, NOT_DONE,
    ];
    TOO_MANY_COLUMNS = stays "sheet-too-many-columns" [
        TITLE,
        ["The first row has more than {limit} columns.", "第一行超过 {limit} 列。"],
        NOTHING_BOUGHT,
        ["Delete the columns that are not needed.", "请删除不需要的列。"],
        NOT_DONE,
    ];
    NOT_A_FILE = stays "sheet-not-a-file" [
        TITLE,
        ["This is not a file.", "这不是文件。"],
        NOTHING_BOUGHT,
        [
            "Choose the sheet itself, saved as CSV (UTF-8).",
            "请选择表格文件本身，格式为 CSV（UTF-8）。",
        ],
        NOT_DONE,
    ];
    UNREADABLE = stays "sheet-unreadable" [
        TITLE,
        ["The sheet could not be read ({why}).", "无法读取表格（{why}）。"],
        NOTHING_BOUGHT,
        [
            "Check that it is still there and that you may open it.",
            "请确认文件还在，并且有权限打开。",
        ],
        NOT_DONE,
    ];
    NO_PROMPTS = stays "sheet-no-prompt-column" [
        TITLE,
        [
            "No column for the prompts was found.",
            "没有找到提示词列。",
        ],
        NOTHING_BOUGHT,
        [
            "Name one “prompt” in the first row. Found: {found}.",
            "请在第一行把该列命名为“提示词”。当前第一行是：{found}。",
        ],
        NOT_DONE,
    ];
    COLUMN_TWICE = stays "sheet-column-twice" [
        TITLE,
        ["The columns “{first}” and “{second}” mean the same.", "“{first}”和“{second}”两列含义相同。"],
        NOTHING_BOUGHT,
        ["Rename or delete one of them.", "请重命名或删除其中一列。"],
        NOT_DONE,
    ];
    HEADER = stays "sheet-header" [
        TITLE,
        ["Line {line}: the quotes in the row of column names don't match.", "第 {line} 行：表头中的双引号不成对。"],
        NOTHING_BOUGHT,
        ["Correct the first row.", "请改正第一行。"],
        NOT_DONE,
    ];
    ROW_QUOTES = stays "row-quotes" [
        ROW,
        [
            "{place}: the quotes don't match. Write a quote inside quoted text twice (\"\").",
            "{place}：双引号不成对。如果内容里有双引号，请写成两个双引号（\"\"）。",
        ],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_CELLS = stays "row-too-many-cells" [
        ROW,
        [
            "{place}: {cells} cells, but there are only {columns} columns. Put quotes around text that contains the separator.",
            "{place}：这一行有 {cells} 个单元格，而表头只有 {columns} 列。内容里含有分隔符时，请用双引号括起来。",
        ],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_NO_PROMPT = stays "row-no-prompt" [
        ROW,
        ["{place}: the prompt is missing.", "{place}：缺少提示词。"],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_VALUE = stays "row-value" [
        ROW,
        ["{place}: “{value}” is not possible; use {allowed}.", "{place}：不支持“{value}”，可以填{allowed}。"],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_ERROR = stays "row-formula-failed" [
        ROW,
        ["{place}: a formula failed in the spreadsheet ({value}).", "{place}：表格里的公式出错（{value}）。"],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_NUMBER_TWICE = stays "row-number-twice" [
        ROW,
        [
            "{place}: number “{number}” is already used on line {first}.",
            "{place}：编号“{number}”与第 {first} 行重复。",
        ],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_NUMBER_LONG = stays "row-number-long" [
        ROW,
        ["{place}: the number is longer than 60 characters.", "{place}：编号超过 60 个字符。"],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_IMAGES = stays "row-too-many-images" [
        ROW,
        ["{place}: more than {limit} images.", "{place}：图片超过 {limit} 张。"],
        NOTHING_BOUGHT,
        ["Keep the one to three that the shot needs.", "每个镜头请保留一到三张。"],
        REST_GOES_ON,
    ];
    ROW_FOLDER_OUTSIDE = stays "row-folder-outside" [
        ROW,
        [
            "{place}: “{value}” leads out of the batch's folder; name a folder below it, such as ep1/night.",
            "{place}：“{value}”不在批次文件夹之内，请填写其下的文件夹，例如 第一集/夜戏。",
        ],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_FOLDER_DEEP = stays "row-folder-too-deep" [
        ROW,
        [
            "{place}: more than {limit} folders below each other.",
            "{place}：文件夹超过 {limit} 层。",
        ],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_NAME_UNUSABLE = stays "row-name-unusable" [
        ROW,
        [
            "{place}: “{value}” cannot be a name on every system.",
            "{place}：“{value}”在部分系统上不能用作名称。",
        ],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_NAME_PATH = stays "row-name-is-a-path" [
        ROW,
        [
            "{place}: “{value}” has folders in it; folders have a column of their own.",
            "{place}：“{value}”里包含文件夹，文件夹请写在单独的一列。",
        ],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_WATERMARK_LONG = stays "row-watermark-long" [
        ROW,
        [
            "{place}: the watermark is longer than {limit} characters.",
            "{place}：水印超过 {limit} 个字符。",
        ],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_LAST_FRAME = stays "row-last-frame-alone" [
        ROW,
        ["{place}: there is a last frame but no first frame.", "{place}：只有尾帧，没有首帧。"],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    ROW_REQUEST = stays "row-cannot-be-sent" [
        ROW,
        ["{place}: {what}", "{place}：{what}"],
        NOTHING_BOUGHT, CORRECT, REST_GOES_ON,
    ];
    RESULTS_OVER_SOURCE = stays "results-over-source" [
        TITLE,
        ["“{name}” is the sheet itself; results go into a copy.", "“{name}”就是原表，结果只会写入副本。"],
        NOTHING_BOUGHT,
        ["Choose another name.", "请换一个文件名。"],
        NOT_DONE,
    ];
    RESULTS_NO_ROW = stays "results-no-row" [
        TITLE,
        [
            "None of the rows in “{name}” is one that these tasks came from.",
            "“{name}”里找不到这些任务对应的行。",
        ],
        NOTHING_BOUGHT,
        [
            "Put the sheet back as it was imported, or export the task list instead.",
            "请恢复导入时的表格，或改用“导出这个批次的记录”。",
        ],
        NOT_DONE,
    ];
}
