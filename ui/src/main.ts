import { shell } from "./lib/shell";
import { start } from "./start";

start(shell);
