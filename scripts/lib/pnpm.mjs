// @ts-check
import { readFileSync } from "node:fs";
import { run } from "./child.mjs";
import { inRoot } from "./paths.mjs";

/** The version that package.json names, such as "10.34.9". */
export function pnpmVersion() {
  /** @type {{ packageManager: string }} */
  const { packageManager } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  return packageManager.replace("pnpm@", "");
}

/** How to call exactly that version: the one on the PATH if it is that one, else through npx, which fetches it once. */
async function pnpmCommand() {
  const wanted = pnpmVersion();
  const found = await run("pnpm", ["--version"], { capture: true }).catch(() => null);
  return found?.code === 0 && found.output.trim() === wanted ? ["pnpm"] : ["npx", "--yes", `pnpm@${wanted}`];
}

/** npm and pnpm wait up to a minute between attempts by themselves: too long for a person who has no network. */
const patience = { npm_config_fetch_retry_mintimeout: "1000", npm_config_fetch_retry_maxtimeout: "5000" };

/** @param {readonly string[]} args */
export async function pnpm(args) {
  const [command = "", ...prefix] = await pnpmCommand();
  return run(command, [...prefix, ...args], { capture: true, env: { ...patience, ...process.env } });
}
