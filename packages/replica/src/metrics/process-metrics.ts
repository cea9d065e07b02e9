import { counter, gauge, type Metric } from "./metric.js";

/** What the process costs. What other programs tell, too, is called as there. */
export const PROCESS_METRICS: readonly Metric[] = [
  counter("bft_signatures_made_total", "Signatures made", ({ status }) => status.signatures.made),
  counter("bft_signatures_checked_total", "Signatures checked", ({ status }) => status.signatures.checked),
  counter("bft_disk_wait_seconds_total", "How long records were on their way to the disk", ({ status }) => status.diskMs / 1000),
  counter(
    "process_cpu_seconds_total",
    "Processor time of the process and of the system for it",
    ({ status }) => status.cpuMs / 1000,
  ),
  gauge("process_resident_memory_bytes", "Memory of the process", ({ status }) => status.memory.residentBytes),
  gauge("process_start_time_seconds", "When the process started, since 1970", ({ processStartedAt }) => processStartedAt),
  gauge(
    "nodejs_heap_size_used_bytes",
    "Memory of JavaScript objects, garbage included",
    ({ status }) => status.memory.heapUsedBytes,
  ),
  gauge(
    "nodejs_eventloop_lag_mean_seconds",
    "How long the event loop kept a timer waiting, since the last scrape: on average",
    ({ loopLagSeconds }) => loopLagSeconds.mean,
  ),
  gauge("nodejs_eventloop_lag_p99_seconds", "… 99 of 100 times at most", ({ loopLagSeconds }) => loopLagSeconds.p99),
  gauge("nodejs_eventloop_lag_max_seconds", "… at most", ({ loopLagSeconds }) => loopLagSeconds.max),
];
