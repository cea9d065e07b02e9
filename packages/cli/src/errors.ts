/** Why a command did not do what it was asked for, in one sentence: what, why, what next. */
export class CliError extends Error {
  override readonly name = "CliError";
  /** For programs that read the JSON; stable. */
  readonly code: string;
  /** 1: it did not happen. 2: it was asked for wrongly. */
  readonly exitCode: 1 | 2;

  constructor(code: string, message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** The command line itself is wrong. */
export function misuse(message: string): CliError {
  return new CliError("misuse", message, 2);
}
