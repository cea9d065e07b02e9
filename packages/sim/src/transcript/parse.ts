import type { Action, Plan } from "../plan/plan.js";
import { readTimed } from "./deeds.js";
import { BLANK, SETTINGS } from "./settings.js";
import { clipped, Unreadable } from "./text.js";
import type { Transcript } from "./transcript.js";
import { checkAction, checkHeal, settingsFault } from "./validate.js";

/** What a text is: a transcript, or why not, as one sentence that names the line, what is wrong, and what should stand there. */
export type ParsedTranscript =
  | { readonly ok: true; readonly transcript: Transcript }
  | { readonly ok: false; readonly line: number; readonly error: string };

/** Reads what `writeTranscript` or a person wrote. Takes any text and never throws. Empty lines and those that begin with # are left out. */
export function parseTranscript(text: string): ParsedTranscript {
  const parser = new Parser();
  const lines = text.split("\n").map((line) => line.trimEnd());
  let line = 0;
  try {
    for (line = 1; line <= lines.length; line++) parser.take(lines[line - 1] ?? "", line);
    return { ok: true, transcript: parser.finish() };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const at = parser.blamed ?? Math.min(line, lines.length);
    return { ok: false, line: at, error: `line ${at}: ${error.message}` };
  }
}

type Section = "settings" | "script" | "expect" | "trace";

class Parser {
  /** The line that is to blame, when it is not the one read last. */
  blamed: number | null = null;
  #section: Section = "settings";
  #plan: Plan = BLANK;
  #purpose: string | null = null;
  #healed = false;
  #violated: string | null = null;
  readonly #settingLines = new Map<string, number>();
  readonly #actions: Action[] = [];
  readonly #trace: string[] = [];

  take(line: string, number: number): void {
    if (line === "" || (this.#section !== "trace" && line.startsWith("#"))) return;
    switch (this.#section) {
      case "settings":
        return this.#takeSetting(line, number);
      case "script":
        return this.#healed ? this.#takeExpected(line) : this.#takeTimed(line.trimStart());
      case "expect":
        if (line !== "trace:") throw new Unreadable(`after what is expected comes "trace:" or nothing, not "${clipped(line)}"`);
        this.#section = "trace";
        return;
      case "trace":
        this.#trace.push(line);
        return;
    }
  }

  finish(): Transcript {
    if (this.#section === "settings")
      throw new Unreadable(`the script is missing; write "script:" and the actions below the settings`);
    if (!this.#healed)
      throw new Unreadable(
        `the heal is missing; the last line of the script is such as "5000 ms  heal; 0, 1, 2 must finish within 20000 ms"`,
      );
    if (this.#section === "script")
      throw new Unreadable(`the verdict is missing; write "expect: holds" or "expect: agreement violated"`);
    const trace = this.#section === "trace" ? this.#trace : null;
    return { purpose: this.#purpose ?? "", plan: { ...this.#plan, actions: this.#actions }, violated: this.#violated, trace };
  }

  #takeSetting(line: string, number: number): void {
    if (line === "script:") return this.#beginScript();
    const [, name = "", value = ""] = /^([^:]*): *(.*)$/.exec(line) ?? [];
    if (name === "purpose") {
      if (this.#purpose !== null) throw new Unreadable("there is a purpose already; it is one line");
      if (value === "") throw new Unreadable("the purpose is empty; say in one line what the scenario shows");
      this.#purpose = value;
      return;
    }
    const setting = SETTINGS.find((each) => each.name === name);
    if (setting === undefined) {
      const known = SETTINGS.map((each) => each.name).join(", ");
      throw new Unreadable(`"${clipped(line)}" is no setting; there are: purpose, ${known}; below them comes "script:"`);
    }
    const before = this.#settingLines.get(name);
    if (before !== undefined) throw new Unreadable(`${name} stands in line ${before} already; leave one out`);
    this.#settingLines.set(name, number);
    this.#plan = setting.read(this.#plan, value);
  }

  #beginScript(): void {
    if (this.#purpose === null) throw new Unreadable(`the purpose is missing above the script; write "purpose: " and one line`);
    const missing = SETTINGS.filter(({ name }) => !this.#settingLines.has(name)).map(({ name }) => name);
    if (missing.length > 0) throw new Unreadable(`above the script these settings are missing: ${missing.join(", ")}`);
    const fault = settingsFault(this.#plan);
    if (fault !== null) {
      this.blamed = this.#settingLines.get(fault.setting) ?? null;
      throw new Unreadable(`${fault.setting}: ${fault.why}`);
    }
    this.#section = "script";
  }

  #takeTimed(line: string): void {
    const read = readTimed(line);
    const before = this.#actions.at(-1)?.at ?? 0;
    if ("heal" in read) {
      checkHeal(this.#plan, before, read.heal);
      this.#plan = { ...this.#plan, heal: read.heal };
      this.#healed = true;
    } else {
      checkAction(this.#plan, before, read.action);
      this.#actions.push(read.action);
    }
  }

  #takeExpected(line: string): void {
    const [, verdict = null] = /^expect: (.+)$/.exec(line) ?? [];
    const [, violated = null] = /^(\S.*) violated$/.exec(verdict ?? "") ?? [];
    if (violated === null && verdict !== "holds")
      throw new Unreadable(
        `after the heal comes "expect: holds" or one like "expect: agreement violated", not "${clipped(line)}"`,
      );
    this.#violated = violated;
    this.#section = "expect";
  }
}
