// @ts-check
import { fixFormat } from "./lib/checks.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { runMain } from "./lib/say.mjs";

await runMain(async () => {
  await ensureInstalled();
  return fixFormat();
});
