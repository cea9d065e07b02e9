// @ts-check
import { ensureTestsBuilt } from "./lib/built.mjs";
import { runChecks } from "./lib/checks.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { runMain, say } from "./lib/say.mjs";

await runMain(async () => {
  await ensureInstalled();
  await ensureTestsBuilt();
  const failed = await runChecks();
  if (failed > 0) say("`npm run format` puts format and simple lint findings right");
  return failed === 0 ? 0 : 1;
});
