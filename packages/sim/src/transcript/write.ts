import { writeDeed, writeHeal } from "./deeds.js";
import { SETTINGS } from "./settings.js";
import { type Transcript, verdictText } from "./transcript.js";

/** A transcript as text: `parseTranscript` gives it back. Lines end with a line feed. */
export function writeTranscript({ purpose, plan, violated, trace }: Transcript): string {
  const script = [
    ...plan.actions.map((action) => timed(action.at, writeDeed(action))),
    timed(plan.heal.at, writeHeal(plan.heal)),
  ];
  return [
    `purpose: ${purpose}`,
    "",
    ...SETTINGS.map(({ name, write }) => `${name}: ${write(plan)}`),
    "",
    "script:",
    ...script,
    "",
    `expect: ${verdictText(violated)}`,
    ...(trace === null ? [] : ["", "trace:", ...trace]),
    "",
  ].join("\n");
}

function timed(at: number, what: string): string {
  return `${String(at).padStart(7)} ms  ${what}`;
}
