/** Whether a dashboard can be shown: a terminal to draw on and to read keys from, and a person who can see it. */
export function hasScreen(): boolean {
  const { env } = process;
  if (!process.stdout.isTTY || !process.stdin.isTTY) return false;
  const inCi = env["CI"] !== undefined && env["CI"] !== "" && env["CI"] !== "0" && env["CI"] !== "false";
  return !inCi && env["TERM"] !== "dumb" && env["INK_SCREEN_READER"] !== "true";
}
