// The page on a fake shell. `?lang=zh&scene=first|empty|board|failed|paused`.
import { start } from "../src/start";
import { fakeShell } from "./fake-shell";

const asked = new URLSearchParams(location.search);
start(fakeShell(asked.get("scene") ?? "board", asked.get("lang") === "zh" ? "zh-CN" : "en"));
