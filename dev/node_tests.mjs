// `npm test`: node --test over tests/js. Node 20's runner knows no globs, and its own search takes in helpers too.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const files = readdirSync("tests/js", { recursive: true })
  .filter((name) => name.endsWith(".test.js"))
  .map((name) => join("tests/js", name))
  .sort();
if (files.length === 0) {
  console.error("No test in tests/js.");
  process.exit(1);
}
const { status } = spawnSync(process.execPath, ["--test", ...process.argv.slice(2), ...files], { stdio: "inherit" });
process.exit(status ?? 1);
