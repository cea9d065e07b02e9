// @ts-check
import { ensureTestsBuilt } from "./lib/built.mjs";
import { runTool } from "./lib/child.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { runMain } from "./lib/say.mjs";

await runMain(async () => {
  await ensureInstalled();
  await ensureTestsBuilt();
  const { code } = await runTool("../build/test/test/mutants/main.js", process.argv.slice(2));
  return code;
});
