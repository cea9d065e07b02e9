import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { Effect, MessageBase } from "@bft/core";
import type { ReplicaStatus } from "../admin-protocol.js";
import { ClusterError, reasonOf, systemCode } from "../errors.js";
import { LOOPBACK } from "../ports.js";
import { MetricsPage } from "./page.js";

/** A scraper that is slow, or one of many, gets no more than that of the replica. */
const LIMITS = { connections: 16, headerBytes: 8192, patienceMs: 5000 } as const;
const NS = 1e9;
/** How often the lag of the event loop is measured, milliseconds. */
const LAG_EVERY_MS = 20;

export interface MetricsOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly clusterId: string;
  readonly replica: number;
  /** Asked once a scrape. */
  readonly status: () => ReplicaStatus;
}

/** Serves a replica's metrics as `GET /metrics`, on the loopback interface only. What is told is read when it is asked for. */
export class MetricsServer {
  readonly #status: () => ReplicaStatus;
  readonly #page: MetricsPage;
  readonly #server: Server;
  readonly #lag: IntervalHistogram;
  readonly #noted = { viewChangesStarted: 0, viewsEntered: 0, evidenceFound: 0 };
  #hosts: readonly string[] = [];
  #url = "";

  /** @throws ClusterError `port-busy` when the port can not be had */
  static async start(options: MetricsOptions): Promise<MetricsServer> {
    const server = new MetricsServer(options);
    await server.#listen(options.port, options.replica);
    return server;
  }

  private constructor({ clusterId, replica, status }: MetricsOptions) {
    this.#status = status;
    this.#page = new MetricsPage({ cluster: clusterId, replica: String(replica) });
    this.#lag = monitorEventLoopDelay({ resolution: LAG_EVERY_MS });
    const { headerBytes: maxHeaderSize, patienceMs } = LIMITS;
    const timeouts = { headersTimeout: patienceMs, requestTimeout: patienceMs, keepAliveTimeout: patienceMs };
    const options = { maxHeaderSize, ...timeouts, connectionsCheckingInterval: patienceMs };
    this.#server = createServer(options, (request, response) => void this.#answer(request, response));
    this.#server.maxConnections = LIMITS.connections;
  }

  get url(): string {
    return this.#url;
  }

  /** What the replica did that its status does not count. */
  note({ kind }: Pick<Effect<MessageBase>, "kind">): void {
    if (kind === "view-change-started") this.#noted.viewChangesStarted += 1;
    if (kind === "view-entered") this.#noted.viewsEntered += 1;
    if (kind === "evidence") this.#noted.evidenceFound += 1;
  }

  close(): Promise<void> {
    this.#lag.disable();
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #listen(port: number, replica: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error) => reject(noPort(port, replica, error)));
      this.#server.listen(port, LOOPBACK, () => {
        const address = this.#server.address();
        const own = typeof address === "object" && address !== null ? address.port : port;
        this.#hosts = [`${LOOPBACK}:${own}`, `localhost:${own}`];
        this.#url = `http://${LOOPBACK}:${own}/metrics`;
        this.#lag.enable();
        // Too many open files: whoever asked goes without, and the replica goes on.
        this.#server.removeAllListeners("error").on("error", () => undefined);
        resolve();
      });
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A web page elsewhere may lead its own name to this address; the browser then still sends that name.
    if (!this.#hosts.includes(request.headers.host ?? "")) return refuse(response, 403, `ask for ${this.#url}`);
    if (request.url?.split("?")[0] !== "/metrics") return refuse(response, 404, `the metrics are at ${this.#url}`);
    if (request.method !== "GET") return refuse(response.setHeader("allow", "GET"), 405, "metrics can be read only");
    const page = await this.#render();
    response.writeHead(200, { "content-type": this.#page.contentType, "cache-control": "no-store" }).end(page);
  }

  #render(): Promise<string> {
    const seconds = (ns: number) => (Number.isFinite(ns) ? Math.max(0, ns / NS - LAG_EVERY_MS / 1000) : 0);
    const { mean, max } = this.#lag;
    const loopLagSeconds = { mean: seconds(mean), p99: seconds(this.#lag.percentile(99)), max: seconds(max) };
    this.#lag.reset();
    const processStartedAt = performance.timeOrigin / 1000;
    return this.#page.render({ status: this.#status(), ...this.#noted, processStartedAt, loopLagSeconds });
  }
}

function refuse(response: ServerResponse, code: number, why: string): void {
  response.writeHead(code, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(`${why}\n`);
}

function noPort(port: number, replica: number, error: unknown): ClusterError {
  const why = systemCode(error) === "EADDRINUSE" ? "is in use by another program" : `can not be used (${reasonOf(error)})`;
  return new ClusterError(
    "port-busy",
    `port ${port}, for the metrics of replica ${replica}, ${why}; choose other ports with: bft up --metrics auto, or none with: bft up --metrics off`,
  );
}
