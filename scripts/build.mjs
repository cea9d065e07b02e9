// @ts-check
import { ensureTestsBuilt } from "./lib/built.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { runMain } from "./lib/say.mjs";

await runMain(async () => {
  await ensureInstalled();
  await ensureTestsBuilt();
  return 0;
});
