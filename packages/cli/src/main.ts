import { fileURLToPath } from "node:url";
import { Config, Errors, flush, run } from "@oclif/core";
import { explain } from "./explain.js";

const argv = process.argv.slice(2);

/** `--json` before a `--`, as oclif reads it. */
function wantsJson(): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end === -1 ? argv.length : end).includes("--json");
}

/** Says in one sentence what went wrong. */
function report(error: unknown, commands: readonly string[]): number {
  // `this.exit(n)` inside a command: it has said what it had to say.
  if (error instanceof Errors.ExitError) return error.oclif.exit ?? 0;
  const { code, message, exitCode } = explain(error, { argv, commands });
  if (wantsJson()) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  else process.stderr.write(`error: ${message}\n`);
  if (process.env["DEBUG"] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return exitCode;
}

// A reader that goes away (a closed terminal, `| head`) is no error of ours; commands that must notice listen themselves.
for (const stream of [process.stdout, process.stderr]) {
  stream.removeAllListeners("error");
  stream.on("error", () => {});
}
process.on("uncaughtException", (error) => process.exit(report(error, [])));

const config = await Config.load(fileURLToPath(import.meta.url));
try {
  await run(argv, config);
} catch (error) {
  process.exitCode = report(error, config.commandIDs);
}
await flush().catch(() => {});
// What is still open, such as a connection to a replica that hangs, must not keep the person waiting.
process.exit();
