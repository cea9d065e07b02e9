// @ts-check

/** Something a person can put right: its message is the whole story and is shown without a stack. */
export class UserError extends Error {}

/**
 * A progress line. Standard output is left to the program that is started.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a script's main function; its result is the exit code.
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    say(error instanceof UserError ? `error: ${error.message}` : String(error instanceof Error ? error.stack : error));
    process.exitCode = 1;
  }
}
