// @ts-check
// Records what the commands show on a real run, for docs/examples and the README: `npm run examples`.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureBuilt } from "./lib/built.mjs";
import { run } from "./lib/child.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { inRoot } from "./lib/paths.mjs";
import { runMain, say, UserError } from "./lib/say.mjs";

const home = mkdtempSync(path.join(tmpdir(), "bft-examples-"));
const folder = inRoot("docs", "examples");
const bin = inRoot("packages", "cli", "bin", "bft.js");
/** The cluster is named from where the commands run: no path of this machine is in an example. */
const env = { ...process.env, NO_COLOR: "1", BFT_DIR: ".bft" };

/**
 * Runs `bft` in a folder of its own.
 * @param {readonly string[]} args
 */
async function bft(...args) {
  const { code, output } = await run(process.execPath, [bin, ...args], { capture: true, env, cwd: home });
  if (code !== 0) throw new UserError(`bft ${args.join(" ")} ended with ${code}:\n${output}`);
  return output;
}

/**
 * What a command prints, behind the command.
 * @param {string} name
 * @param {readonly string[]} args
 */
async function recorded(name, ...args) {
  const shown = args.map((arg) => (/^[\w@.,:=-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(" ");
  writeFileSync(path.join(folder, name), `$ bft ${shown}\n${await bft(...args)}`);
  say(`docs/examples/${name}`);
}

/**
 * A file that a command writes.
 * @param {string} name
 * @param {readonly string[]} args
 */
async function written(name, ...args) {
  await bft(...args, path.join(folder, name));
  say(`docs/examples/${name}`);
}

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
  mkdirSync(folder, { recursive: true });
  try {
    await bft("up", "--detach");
    for (const operation of ["set x 1", "set y 2", "get x"]) await bft("submit", operation);
    await recorded("trace-seq-3.txt", "trace", "--seq", "3");
    await written("trace-seq-3.svg", "trace", "--seq", "3", "--output");
    await written("trace-seq-3.mmd", "trace", "--seq", "3", "--output");
    await written("trace-seq-3.json", "trace", "--seq", "3", "--output");
    await written("trace-seq-3.html", "trace", "--seq", "3", "--output");
    await recorded("explain-executed.txt", "explain", "3");

    await bft("byzantine", "0");
    await bft("submit", "set x 3");
    await recorded("trace-lie.txt", "trace", "--seq", "4");
    await written("trace-lie.svg", "trace", "--seq", "4", "--output");
    await recorded("evidence.txt", "evidence");
    await bft("byzantine", "0", "--off");

    await bft("kill", "0");
    await bft("submit", "set x 4");
    await recorded("trace-view-1.txt", "trace", "--view", "1");
    await written("trace-view-1.svg", "trace", "--view", "1", "--output");
    await bft("restart", "0");
    await recorded(
      "bench.txt",
      "bench",
      "--duration",
      "10s",
      "--fault",
      "kill 1 @4s",
      "--fault",
      "restart 1 @8s",
      "--svg",
      "bench.svg",
    );
    copyFileSync(path.join(home, "bench.svg"), path.join(folder, "bench.svg"));
    const busy = bft("bench", "--clients", "4", "--duration", "20s");
    await written("dashboard.svg", "dashboard", "--columns", "110", "--rows", "34", "--watch", "8s", "--svg");
    await written(
      "dashboard-slots.svg",
      "dashboard",
      "--page",
      "slots",
      "--columns",
      "110",
      "--rows",
      "30",
      "--watch",
      "3s",
      "--svg",
    );
    await busy;
    await recorded("replay.txt", "replay", "1");

    await bft("kill", "0");
    await bft("kill", "1");
    const { output } = await run(process.execPath, [bin, "submit", "set z 9", "--timeout", "2s"], {
      capture: true,
      env,
      cwd: home,
    });
    writeFileSync(path.join(folder, "submit-timed-out.txt"), `$ bft submit "set z 9" --timeout 2s\n${output}`);
    await recorded("explain-stuck.txt", "explain");
  } finally {
    await run(process.execPath, [bin, "down"], { capture: true, env, cwd: home });
    rmSync(home, { recursive: true, force: true });
  }
  return 0;
});
