// @ts-check
import { ensureBrowser } from "./lib/browser.mjs";
import { ensureTestsBuilt } from "./lib/built.mjs";
import { runChecks } from "./lib/checks.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { runMocha } from "./lib/mocha.mjs";
import { runMain, say, UserError } from "./lib/say.mjs";

/** A failed check counts as a failed test; what does not compile is not tested. */
async function testAll() {
  const named = process.argv.slice(2).filter((arg) => /\.test\.tsx?$/.test(arg));
  // Beside all that comes first; a few named tests may not need it.
  const browser = named.every((arg) => arg.includes("trace")) ? ensureBrowser() : null;
  await ensureInstalled();
  await ensureTestsBuilt();
  const failedChecks = await runChecks();
  await browser;
  const counts = await runMocha(process.argv.slice(2));
  return { ...counts, failed: counts.failed + failedChecks };
}

/** @param {import("./lib/mocha.mjs").Counts} counts */
function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

await runMain(async () => {
  const counts = await testAll().catch((error) => {
    if (!(error instanceof UserError)) throw error;
    say(`error: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  process.stdout.write(`${closingLine(counts)}\n`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
});
