import type { ReplicaStatus } from "@bft/replica";
import { expect } from "chai";
import { Lab, until } from "../support/lab.js";

const ALL = [0, 1, 2, 3];

/** What `bft partition`, `bft link` and `bft heal` print with --json. */
interface Telling {
  readonly groups: readonly (readonly number[])[];
  readonly told: readonly number[];
  readonly notTold: readonly { readonly replica: number; readonly state: string }[];
  readonly done: boolean;
}

type Counter = keyof ReplicaStatus["links"][number]["faultCounts"];

describe("link faults on a running cluster", function () {
  this.timeout(240_000);
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.open();
    await lab.ok("up", "--detach");
  });
  afterEach(() => lab.close());

  /** How often a fault really happened to what `from` sent to `to`, so far. */
  async function happened(from: number, to: number, what: Counter): Promise<number> {
    return (await lab.status(from)).links.find(({ replica }) => replica === to)?.faultCounts[what] ?? 0;
  }

  async function viewOf(id: number): Promise<number> {
    return (await lab.status(id)).machine.view;
  }

  it("the primary partitioned away: the others elect a new one; healed, it returns and has lost nothing", async () => {
    expect(await lab.value("set before 1")).to.equal("ok");
    expect(await lab.ok("partition", "0", "1,2,3")).to.match(/cut: replica 0 \| replicas 1, 2 and 3\n.*bft heal/);
    const { view, agreed, results } = await lab.submit("set during 2");
    expect(results).to.deep.equal([{ ok: true, value: "ok" }]);
    expect(view, "the primary was replaced").to.be.at.least(1);
    expect(agreed).to.not.include(0);
    for (const other of [1, 2, 3]) {
      expect(await happened(0, other, "cut"), `lost on the way to ${other}`).to.be.greaterThan(0);
      expect(await happened(other, 0, "cut"), `lost on the way from ${other}`).to.be.greaterThan(0);
    }
    expect((await lab.status(0)).machine.lastExecuted, "it knows of nothing").to.equal(1);
    expect(await lab.ok("status")).to.match(
      /\b3\/3 3 cut\b[\s\S]*replica 0 to replicas 1, 2 and 3: cut \(\d+ messages lost\)[\s\S]*serves: .*cut off/,
    );

    expect(JSON.parse(await lab.ok("heal", "--json"))).to.deep.equal({ told: ALL, notTold: [], done: true });
    const { seq } = await lab.submit("set after 3");
    await lab.converge(ALL, seq);
    await until("the old primary is in the new view", async () => (await viewOf(0)) === (await viewOf(1)));
    const executed = await Promise.all(ALL.map(async (id) => (await lab.status(id)).machine.lastExecuted));
    expect(new Set(executed).size, `executed: ${executed}`).to.equal(1);
    await lab.ok("kill", "1");
    for (const [key, value] of [
      ["before", "1"],
      ["during", "2"],
      ["after", "3"],
    ] as const)
      expect(await lab.value(`get ${key}`), `${key}, with the old primary needed for a quorum`).to.equal(value);
  });

  it("the primary is not heard, but hears: a one-way cut deposes it", async () => {
    await lab.ok("partition", "0", "1,2,3", "--one-way");
    expect((await lab.submit("set x 1")).view).to.be.at.least(1);
    expect(await happened(0, 1, "cut")).to.be.greaterThan(0);
    expect(await happened(1, 0, "cut"), "the other direction is sound").to.equal(0);
    const { seq } = await lab.submit("set x 2");
    await lab.converge([0], seq);
    await lab.ok("heal");
    await lab.ok("kill", "2");
    expect(await lab.value("get x"), "its votes count again").to.equal("2");
  });

  it("two halves: nothing is agreed on, and submit says so; healed, it answers again", async () => {
    expect(await lab.value("set x 1")).to.equal("ok");
    await lab.ok("partition", "0,1", "2,3");
    const { code, stderr } = await lab.run("submit", "set x 2", "--timeout", "2s");
    expect(code).to.equal(1);
    const [error = "", ...explained] = stderr.trim().split("\n");
    expect(error).to.match(/no 2 equal answers within 2 s.*bft explain/);
    expect(explained.join(), "what is behind it").to.match(/links are cut.*bft heal/);
    expect(await happened(0, 2, "cut")).to.be.greaterThan(0);
    expect(await happened(0, 1, "cut"), "the halves are whole").to.equal(0);
    expect(await lab.ok("status")).to.match(/does not serve: STALLED: links are cut.*bft heal/);
    await lab.ok("heal");
    const { seq, results } = await lab.submit("get x");
    expect(results[0]?.value).to.be.oneOf(["1", "2"]);
    await lab.converge(ALL, seq);
  });

  it("a mesh that loses, doubles, delays and reorders still answers every operation, once each", async () => {
    await lab.close();
    lab = await Lab.open();
    await lab.ok("up", "--detach", "--service", "counter");
    for (const a of ALL)
      for (const b of ALL.filter((id) => id > a))
        await lab.ok(
          "link",
          `${a}`,
          `${b}`,
          "--drop",
          "0.2",
          "--duplicate",
          "0.2",
          "--reorder",
          "0.2",
          "--delay",
          "2ms",
          "--jitter",
          "3ms",
        );
    for (let count = 1; count <= 20; count++) expect(await lab.value("add 1")).to.equal(String(count));
    const links = (await Promise.all(ALL.map((id) => lab.status(id)))).flatMap((status) => status.links);
    expect(links.map(({ fault }) => fault?.drop)).to.deep.equal(Array(12).fill(0.2));
    for (const what of ["dropped", "duplicated", "reordered", "delayed"] as const)
      expect(
        links.reduce((sum, { faultCounts }) => sum + faultCounts[what], 0),
        what,
      ).to.be.greaterThan(0);
    await lab.ok("heal");
    await lab.converge(ALL, (await lab.submit("get")).seq);
  });

  it("tells who could not be told, and fails only when no end of a link was", async () => {
    await lab.ok("kill", "3");
    const twoWay = JSON.parse(await lab.ok("partition", "0,1,2", "3", "--json")) as Telling;
    expect(twoWay).to.deep.include({ told: [0, 1, 2], notTold: [{ replica: 3, state: "down" }], done: true });
    const oneWay = await lab.run("partition", "3", "--one-way");
    expect(oneWay.code).to.equal(1);
    expect(oneWay.stderr).to.match(/replica 3 is down: .*\n.*not all of it was done; bring it back with: bft restart 3/);
    expect(
      (await lab.status(0)).links.map(({ fault }) => fault),
      "it took the place of the one before",
    ).to.deep.equal([null, null, null]);

    await lab.ok("link", "0", "1", "--drop", "0.5");
    await lab.ok("restart", "3");
    await lab.ok("pause", "0");
    const healed = await lab.run("heal");
    expect(healed.code).to.equal(1);
    expect(healed.stderr).to.match(/replica 0 is paused and can not be told: it keeps its faults\nwake it with: bft resume 0/);
    await lab.ok("resume", "0");
    expect((await lab.status(0)).links[0]?.fault, "kept").to.deep.include({ drop: 0.5 });
    await lab.ok("heal");
    expect((await lab.status(0)).links[0]?.fault).to.equal(null);
    await lab.ok("partition", "2");
    await lab.ok("restart", "2");
    expect(
      (await lab.status(2)).links.map(({ fault }) => fault),
      "faults end with the process",
    ).to.deep.equal([null, null, null]);
  });
});

describe("mistakes about links get one clear sentence", function () {
  this.timeout(120_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.open();
    await lab.ok("up", "--detach");
  });
  after(() => lab.close());

  const cases: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [["partition"], /<group>.*is missing/],
    [["partition", "0,7", "1,2,3"], /replica 7 does not exist; this cluster has replicas 0 to 3/],
    [["partition", "0,1", "1,2,3"], /replica 1 is named twice/],
    [["partition", "0,1,2,3"], /all replicas are in one group/],
    [["partition", "0,,1", "2"], /"0,,1" is not a group/],
    [["partition", "0", "1", "2", "--one-way"], /--one-way takes two groups/],
    [["link", "0", "0", "--drop", "1"], /no link to itself/],
    [["link", "0", "9", "--drop", "1"], /replica 9 does not exist/],
    [["link", "0", "1"], /--delay 50ms.*--off/],
    [["link", "0", "1", "--drop", "10"], /--drop is a share from 0 to 1, such as 0.1, not "10"/],
    [["link", "0", "1", "--delay", "2m"], /--delay is at most 60s/],
    [["link", "0", "1", "--delay", "50"], /has no unit; write/],
    [["link", "0", "1", "--off", "--drop", "0.5"], /--off.*leave the other flags out/],
  ];
  for (const [args, says] of cases) {
    it(`bft ${args.join(" ")}`, async () => {
      const { code, stderr } = await lab.run(...args);
      expect(code).to.equal(2);
      expect(stderr).to.match(says);
      expect(stderr.trim().split("\n")).to.have.length(1);
    });
  }
});
