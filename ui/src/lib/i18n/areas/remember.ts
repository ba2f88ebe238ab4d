// Clips that say how they were made, and what was done as a file.
import { area } from "../area";

export const remember = area(
  {
    "remember.title": "What stays with a clip",
    "remember.inClip": "A clip says how it was made",
    "remember.inClipHint":
      "Prompt, parameters and the task ID are kept inside the saved file. Picture and sound stay as they came. Drop the file on the board to get its card back. No key and no folder name is in it.",
    "remember.beside": "The same as a JSON file beside each clip",
    "remember.besideHint": "For programs that cannot look into the clip.",
    "remember.brought": {
      one: "Its card is back as a draft. Nothing was bought",
      other: "{n} cards are back as drafts. Nothing was bought",
    },
    "remember.known": "This clip was made by {number}",
    "history.more": "More for this list",
    "history.export": "Export the history of this batch…",
    "history.exportAll": "Export the whole history…",
    "history.done": { one: "{n} task written to {file}", other: "{n} tasks written to {file}" },
  },
  {
    "remember.title": "视频附带的信息",
    "remember.inClip": "视频文件里记录它是怎么做的",
    "remember.inClipHint":
      "提示词、参数和任务 ID 写在保存的文件里，画面和声音原样不动。把文件拖到看板上就能找回它的任务。其中没有密钥，也没有文件夹名称。",
    "remember.beside": "同时在视频旁边保存一份同样内容的数据文件",
    "remember.besideHint": "供无法读取视频内部信息的软件使用。",
    "remember.brought": "已找回 {n} 个任务（草稿），没有产生费用",
    "remember.known": "这个视频来自任务 {number}",
    "history.more": "更多操作",
    "history.export": "导出这个批次的记录…",
    "history.exportAll": "导出全部记录…",
    "history.done": "已将 {n} 个任务写入 {file}",
  },
);
