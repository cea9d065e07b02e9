/** One line of a page: a metric's name with its labels, and a number. */
export interface PageSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PageMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly PageSample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\[\\\\"n])*)"';
const HELP = new RegExp(`^# HELP (${NAME}) (.+)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?(?:\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|Inf)|NaN)$`);

/**
 * Prometheus' text format, strictly: help, type and samples of each metric together and once, no series twice, nothing else.
 * @throws Error with the line that is none
 */
export function parsePage(text: string): readonly PageMetric[] {
  if (!text.endsWith("\n")) throw new Error("a page ends with a line break");
  const metrics: { name: string; help: string; type: string; samples: PageSample[] }[] = [];
  const seen = new Set<string>();
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const once = (key: string) => {
      if (seen.has(key)) throw new Error(`twice: ${line}`);
      seen.add(key);
    };
    const last = metrics.at(-1);
    const [, helped = "", help = ""] = HELP.exec(line) ?? [];
    const [, typed = "", type = ""] = TYPE.exec(line) ?? [];
    if (helped !== "") {
      once(helped);
      metrics.push({ name: helped, help, type: "", samples: [] });
    } else if (typed !== "") {
      if (last?.name !== typed || last.type !== "") throw new Error(`not where its help is: ${line}`);
      last.type = type;
    } else {
      const sample = sampleIn(line);
      if (last === undefined || last.type === "" || sample.name !== last.name) throw new Error(`out of place: ${line}`);
      once(`${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`);
      last.samples.push(sample);
    }
  }
  return metrics;
}

function sampleIn(line: string): PageSample {
  const found = SAMPLE.exec(line);
  const [name = "", labels = "", value = ""] = [found?.[1], found?.[2], found?.at(-1)];
  if (name === "") throw new Error(`no sample: ${line}`);
  const pairs = [...labels.matchAll(new RegExp(LABEL, "g"))].map(([, key = "", text = ""]) => [key, unescaped(text)] as const);
  return { name, labels: Object.fromEntries(pairs), value: Number(value) };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
}
