import type { InputList, InputView } from "../services/replay-input.js";
import { type Line, span } from "./line.js";
import { machineStateLines } from "./machine-state.js";
import { effectText, inputText, kindsText, type Teller } from "./replay-words.js";
import { counted, fit, printable, shorten, wrapped } from "./text.js";

const INDENT = 2;
const MARGIN = 6;
/** As much of an effect is shown to a person; all of it is in the JSON. */
const EFFECT_COLUMNS_MAX = 1_000;

/** An input, what the replica did on it, and how it stands then. @param width columns */
export function inputLines(seen: InputView, teller: Teller, width: number): readonly Line[] {
  const { of, number, at, input, effects, divergence, recordedKinds, status } = seen;
  return [
    ...block(`life ${of.life}, input ${number}, ${sinceBegin(at, of.began)} after the start`, width, 0, "strong"),
    ...block(`the replica ${inputText(input, teller)}`, width, 0, "plain"),
    [],
    [span(effects.length === 0 ? "it does nothing" : `it does ${counted(effects.length, "thing")}, in this order`, "strong")],
    ...effects.flatMap((effect, index) => {
      const rows = wrapped(shorten(printable(effectText(effect, teller)), EFFECT_COLUMNS_MAX), Math.max(20, width - MARGIN));
      return rows.map(
        (row, at): Line => [span(fit(at === 0 ? `${index + 1}` : "", MARGIN - 2, "right"), "dim"), span(`  ${row}`)],
      );
    }),
    ...(divergence === null
      ? []
      : [
          ...block(`that is not what was recorded: ${kindsText(recordedKinds)}`, width, 0, "bad"),
          ...(divergence.thrown === null ? [] : block(`it throws: ${divergence.thrown}`, width, 0, "bad")),
          ...block(`bft replay ${teller.replica} --life ${of.life} says more`, width, 0, "plain"),
        ]),
    ...(status === null
      ? []
      : [[], [span("it stands so", "strong")], ...machineStateLines(status, teller.protocol, width - INDENT).map(indented)]),
  ];
}

/** An input a row: its number, when, what, and what kinds of things the replica did. */
export function listLines({ of, inputs }: InputList, teller: Teller, width: number): readonly Line[] {
  const { life, inputs: range, began } = of;
  const head = range === null ? "no input is recorded" : `inputs ${range.first} to ${range.last} are recorded`;
  const numberWidth = Math.max(1, String(inputs.at(-1)?.number ?? 0).length);
  const times = inputs.map(({ at }) => sinceBegin(at, began));
  const timeWidth = Math.max(0, ...times.map((time) => time.length));
  const room = Math.max(20, width - numberWidth - timeWidth - 4);
  const texts = inputs.map(({ input }) => (input === null ? "damaged: these bytes are no message" : inputText(input, teller)));
  const textWidth = Math.min(Math.ceil(room * 0.6), Math.max(0, ...texts.map((text) => text.length)));
  return [
    [span(`life ${life}: ${head}`, "strong")],
    ...inputs.map(({ number, kinds }, index) => [
      span(`${fit(String(number), numberWidth, "right")}  ${fit(times[index] ?? "", timeWidth, "right")}  `, "dim"),
      span(fit(printable(texts[index] ?? ""), textWidth)),
      span(`  ${shorten(kindsText(kinds), Math.max(8, room - textWidth - 2))}`, "dim"),
    ]),
  ];
}

/** `+1.234 s`. */
function sinceBegin(at: number, began: number | null): string {
  return `+${(sinceMs(at, began) / 1000).toFixed(3)} s`;
}

/** Since the first input that is recorded, with microseconds as decimals. */
function sinceMs(at: number, began: number | null): number {
  return Math.round((at - (began ?? at)) * 1000) / 1000;
}

function block(text: string, width: number, indent: number, tone: "plain" | "strong" | "bad"): readonly Line[] {
  return wrapped(printable(text), Math.max(20, width - indent)).map((row) => [span(" ".repeat(indent) + row, tone)]);
}

function indented(line: Line): Line {
  return [span(" ".repeat(INDENT)), ...line];
}

/** What `bft replay --to --json` answers: `status` is all that the machine shows of itself. */
export function inputJson({ of, number, at, input, effects, divergence, recordedKinds, status }: InputView, teller: Teller) {
  return {
    replica: teller.replica,
    protocol: teller.protocol,
    life: of.life,
    number,
    sinceStartMs: sinceMs(at, of.began),
    input: { kind: input.kind, text: inputText(input, teller) },
    effects: effects.map((effect) => ({ kind: effect.kind, text: effectText(effect, teller) })),
    divergence: divergence === null ? null : { ...divergence, recordedKinds },
    status,
  };
}

/** What `bft replay --list --json` answers. */
export function listJson({ of, inputs }: InputList, teller: Teller) {
  return {
    replica: teller.replica,
    protocol: teller.protocol,
    life: of.life,
    recorded: of.inputs,
    inputs: inputs.map(({ number, at, input, kinds }) => ({
      number,
      sinceStartMs: sinceMs(at, of.began),
      kind: input?.kind ?? "damaged",
      text: input === null ? null : inputText(input, teller),
      effects: kinds,
    })),
  };
}
