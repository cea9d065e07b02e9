import { nearest } from "./view/nearest.js";

/** What a failed command says and how it ends. */
export interface Explanation {
  readonly code: string;
  /** One sentence for a person. */
  readonly message: string;
  /** 1: it did not happen. 2: it was asked for wrongly. */
  readonly exitCode: number;
}

/** What was typed, and what could have been. */
export interface CommandLine {
  readonly argv: readonly string[];
  readonly commands: readonly string[];
}

/** Puts whatever a command throws into words. oclif's errors are known by their shape: it does not export their classes. */
export function explain(error: unknown, line: CommandLine): Explanation {
  if (!(error instanceof Error)) return { code: "unexpected", message: String(error), exitCode: 1 };
  const { code, exitCode } = error as { code?: unknown; exitCode?: unknown };
  if (error.name === "CliError") return { code: String(code), message: plainMessage(error.message), exitCode: Number(exitCode) };
  if (error.name === "ClusterError") return { code: String(code), message: error.message, exitCode: 1 };
  // oclif gives 2 to what was typed wrongly, and 1 to what went wrong in itself.
  if ("oclif" in error && (error.oclif as { exit?: unknown } | undefined)?.exit !== 1)
    return { code: "misuse", message: ofOclif(error, line), exitCode: 2 };
  return { code: "unexpected", message: `${error.message} (an error of bft itself; DEBUG=1 shows where)`, exitCode: 1 };
}

function ofOclif(error: Error & { flags?: unknown; args?: unknown; parse?: unknown }, { argv, commands }: CommandLine): string {
  const words = argv.filter((word) => !word.startsWith("-"));
  const command = words.find((word) => commands.includes(word));
  const help = command === undefined ? "bft --help" : `bft ${command} --help`;
  if (/^command .* not found$/.test(error.message)) return unknownCommand(words[0] ?? "", commands);
  if (Array.isArray(error.flags)) return unknownFlags(error.flags.map(String), knownFlags(error.parse), help);
  if (error.message.startsWith("Missing") && Array.isArray(error.args)) {
    const missing = error.args.map(
      (arg: { name?: string; description?: string }) => `<${arg.name}>${arg.description ? ` (${arg.description})` : ""}`,
    );
    return `${missing.join(" and ")} is missing; see: ${help}`;
  }
  if (error.message.startsWith("Unexpected argument") && Array.isArray(error.args)) {
    return `"${error.args.join(" ")}" is one argument too many; see: ${help}`;
  }
  return `${plainMessage(error.message)}; see: ${help}`;
}

function unknownCommand(word: string, commands: readonly string[]): string {
  const meant = nearest(word, commands);
  return `"${word}" is no command of bft${meant === null ? "" : `; did you mean: bft ${meant}`}; all commands: bft --help`;
}

function unknownFlags(flags: readonly string[], known: readonly string[], help: string): string {
  const meant = nearest((flags[0] ?? "").replace(/^-+/, ""), known);
  return `there is no flag ${flags.join(" ")}${meant === null ? "" : `; did you mean --${meant}`}; see: ${help}`;
}

function knownFlags(parse: unknown): readonly string[] {
  const input = (parse as { input?: { flags?: Record<string, unknown> } } | undefined)?.input;
  return Object.keys(input?.flags ?? {});
}

/** oclif's words without its colours, its headings and its line breaks. */
function plainMessage(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin with one
  const text = message.replace(/\u001b\[[0-9;]*m/g, "").replace(/\nSee more help with --help$/, "");
  return (
    text
      .replace(/^The following errors? occurred:\s*/, "")
      // oclif puts this before what a flag of ours says.
      .replace(/^Parsing --\S+\s+/, "")
      .replace(/^Flag (--\S+) expects a value$/, "$1 needs a value")
      .replace(/\s*\n\s*/g, "; ")
  );
}
