import { Agent, request } from "node:http";
import { expect } from "chai";
import { ClusterError } from "../../src/errors.js";
import { MetricsServer } from "../../src/metrics/server.js";
import { STATUS } from "./support.js";
import { parsePage } from "./text-format.js";

interface Answer {
  readonly code: number;
  readonly type: string;
  readonly allow: string | null;
  readonly body: string;
}

describe("the metrics server", () => {
  const servers: MetricsServer[] = [];
  let asked = 0;

  async function serve(): Promise<{ readonly server: MetricsServer; readonly port: number }> {
    const status = () => {
      asked += 1;
      return STATUS;
    };
    const server = await MetricsServer.start({ port: 0, clusterId: "c1", replica: 1, status });
    servers.push(server);
    return { server, port: Number(new URL(server.url).port) };
  }

  beforeEach(() => {
    asked = 0;
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  it("GET /metrics: the page; the replica is asked once a scrape, and never without one", async () => {
    const { server, port } = await serve();
    server.note({ kind: "view-change-started" });
    server.note({ kind: "view-change-started" });
    server.note({ kind: "evidence" });
    expect(asked).to.equal(0);
    const { code, type, body } = await ask(port, {});
    expect([code, type, asked]).to.deep.equal([200, "text/plain; version=0.0.4; charset=utf-8", 1]);
    const value = (name: string) => parsePage(body).find((each) => each.name === name)?.samples[0]?.value;
    expect(value("bft_operations_executed_total")).to.equal(34);
    expect(value("bft_view_changes_started_total")).to.equal(2);
    expect(value("bft_views_entered_total")).to.equal(0);
    expect(value("bft_evidence_found_total")).to.equal(1);
    expect(value("nodejs_eventloop_lag_max_seconds")).to.be.at.least(0);
    expect(value("process_start_time_seconds")).to.be.within(1.6e9, 1e11);
    expect((await ask(port, { path: "/metrics?name=x" })).code).to.equal(200);
    expect((await ask(port, { host: `localhost:${port}` })).code).to.equal(200);
  });

  it("anything else is refused, and costs the replica nothing", async () => {
    const { port } = await serve();
    const codes = [];
    for (const path of ["/", "/metric", "/metrics/", "//metrics", "/metrics/../status"])
      codes.push((await ask(port, { path })).code);
    expect(codes).to.deep.equal([404, 404, 404, 404, 404]);
    for (const method of ["POST", "HEAD", "DELETE", "OPTIONS"]) {
      const { code, allow } = await ask(port, { method });
      expect([code, allow], method).to.deep.equal([405, "GET"]);
    }
    for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", `127.0.0.1:${port + 1}`])
      expect((await ask(port, { host })).code, host).to.equal(403);
    expect(asked).to.equal(0);
  });

  it("it listens on one address of the loopback interface, and nowhere else", async function () {
    // Other systems have no second loopback address to try.
    if (process.platform !== "linux") this.skip();
    const { port } = await serve();
    const error = await ask(port, { address: "127.0.0.2" }).catch((each: NodeJS.ErrnoException) => each.code);
    expect(error).to.equal("ECONNREFUSED");
  });

  it("a port that is taken is named, with what to do", async () => {
    const { port } = await serve();
    const error = await MetricsServer.start({ port, clusterId: "c1", replica: 2, status: () => STATUS }).catch(
      (each: unknown) => each,
    );
    expect(error).to.be.instanceOf(ClusterError);
    expect((error as ClusterError).code).to.equal("port-busy");
    expect((error as ClusterError).message).to.match(
      new RegExp(`^port ${port}, for the metrics of replica 2, is in use by another program; .*--metrics auto.*--metrics off`),
    );
  });

  it("closing does not wait for a scraper that keeps its connection", async () => {
    const { server, port } = await serve();
    await ask(port, { keepAlive: true });
    await server.close();
    servers.splice(0);
    expect(await ask(port, {}).catch((each: NodeJS.ErrnoException) => each.code)).to.equal("ECONNREFUSED");
  });
});

interface Question {
  readonly address?: string;
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly keepAlive?: boolean;
}

function ask(
  port: number,
  { address = "127.0.0.1", method = "GET", path = "/metrics", host = `127.0.0.1:${port}`, keepAlive = false }: Question,
): Promise<Answer> {
  const agent = keepAlive ? new Agent({ keepAlive: true }) : false;
  return new Promise((resolve, reject) => {
    const asking = request({ host: address, port, method, path, headers: { host }, agent }, (response) => {
      const { statusCode: code = 0, headers: said } = response;
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve({ code, type: said["content-type"] ?? "", allow: said.allow ?? null, body }));
    });
    asking.on("error", reject).end();
  });
}
