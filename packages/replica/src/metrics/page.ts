import { Counter, Gauge, Registry } from "prom-client";
import type { Metric, Observed } from "./metric.js";
import { NETWORK_METRICS } from "./network-metrics.js";
import { PROCESS_METRICS } from "./process-metrics.js";
import { LIE_METRICS, PROTOCOL_METRICS } from "./protocol-metrics.js";

/** All metrics, in the order of the page. */
export const METRICS: readonly Metric[] = [...PROTOCOL_METRICS, ...LIE_METRICS, ...NETWORK_METRICS, ...PROCESS_METRICS];

/** A page of metrics in Prometheus' text format. */
export class MetricsPage {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #update: readonly ((observed: Observed) => void)[];

  /** @param labels what every sample says of the replica */
  constructor(labels: { readonly cluster: string; readonly replica: string }) {
    this.#registry.setDefaultLabels(labels);
    this.contentType = this.#registry.contentType;
    this.#update = METRICS.map((metric) => register(metric, this.#registry));
  }

  /** Nothing is kept between two scrapes: the replica itself counts. */
  render(observed: Observed): Promise<string> {
    for (const update of this.#update) update(observed);
    return this.#registry.metrics();
  }
}

function register({ name, type, help, labels, samples }: Metric, registry: Registry): (observed: Observed) => void {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  const made = type === "counter" ? new Counter(options) : new Gauge(options);
  return (observed) => {
    made.reset();
    // Where there is no sample yet, reset leaves none; where there are no labels, it leaves 0.
    for (const sample of samples(observed)) made.inc(sample.labels, sample.value);
  };
}
