import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CountingClients } from "../support/counting-clients.js";
import { Lab, until } from "../support/lab.js";

/** What `bft replay --json` prints. */
interface Replayed {
  readonly code: number | null;
  readonly verdict: string;
  readonly running: boolean;
  readonly unreadable: number;
  readonly lives: readonly {
    readonly life: number;
    readonly notDone: { readonly kind: string; readonly detail: string | null } | null;
    readonly inputs: number;
    readonly inputsDone: number;
    readonly effects: number;
    readonly viewsEntered: number;
    readonly statesInstalled: number;
    readonly reached: { readonly view: number; readonly lastExecuted: number; readonly lowWaterMark: number } | null;
    readonly divergence: { readonly number: number } | null;
  }[];
}

describe("bft replay does again what replicas did", function () {
  this.timeout(240_000);
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  async function replay(id: number, ...args: readonly string[]): Promise<Replayed> {
    const { code, stdout, stderr } = await lab.run("replay", String(id), "--json", ...args);
    expect(stdout, stderr).to.match(/^\{"replica"/);
    return { code, ...(JSON.parse(stdout) as Omit<Replayed, "code">) };
  }

  /** Everything that this replica recorded gave the same effects again, in as many processes as it had. */
  async function expectSame(id: number, lives: number): Promise<Replayed> {
    const replayed = await replay(id);
    const all = JSON.stringify(replayed, null, 1);
    expect({ verdict: replayed.verdict, code: replayed.code, unreadable: replayed.unreadable }, all).to.deep.equal({
      verdict: "same",
      code: 0,
      unreadable: 0,
    });
    expect(replayed.lives, all).to.have.lengthOf(lives);
    for (const life of replayed.lives) {
      expect(life, all).to.deep.include({ notDone: null, divergence: null, inputsDone: life.inputs });
      expect(life.inputs, all).to.be.above(0);
      expect(life.effects, all).to.be.above(0);
    }
    return replayed;
  }

  function traced(id: number): string {
    const folder = join(lab.cluster, `replica-${id}`, "trace");
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("");
  }

  /** Clients work while this is done; `more` waits until so many more of their operations are answered. */
  async function working(
    clients: number,
    meanwhile: (load: CountingClients, more: (count: number, what: string) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const load = await CountingClients.start(lab.cluster, clients);
    const more = (count: number, what: string) => {
      const wanted = load.answered + count;
      return until(what, () => load.answered >= wanted);
    };
    try {
      await meanwhile(load, more);
    } finally {
      await load.stop();
    }
  }

  const sum = ({ lives }: Replayed, of: (life: Replayed["lives"][number]) => number) =>
    lives.reduce((all, life) => all + of(life), 0);

  it("PBFT: clients at work, the primary killed and restarted, a state transfer, a wiped disk, a liar", async () => {
    await lab.upTuned({ checkpointInterval: 4 }, "--service", "counter");
    await working(3, async (load, more) => {
      await until("they work", () => load.answered >= 30);
      await lab.ok("kill", "0");
      await more(30, "the others go on in another view");
      await lab.ok("restart", "0");
      await lab.ok("kill", "3");
      // A link keeps what it could not deliver; a cut one loses it.
      await lab.ok("partition", "3");
      await more(120, "more than the window passes");
      await lab.ok("heal");
      await lab.ok("restart", "3");
      await until("replica 3 fetched the state", () => traced(3).includes('"state-installed"'));
      await lab.ok("kill", "2");
      // Its disk is lost, but for what it recorded.
      const folder = join(lab.cluster, "replica-2");
      for (const name of readdirSync(folder)) if (name !== "recording") rmSync(join(folder, name), { recursive: true });
      await lab.ok("restart", "2");
      await until("replica 2 fetched the state", () => traced(2).includes('"state-installed"'));
      await lab.ok("byzantine", "1", "wrong-reply");
      await more(30, "they go on beside a liar");
    });
    const { seq } = await lab.submit("get");
    await lab.converge([0, 1, 2, 3], seq);

    const running = await replay(1);
    expect(running, JSON.stringify(running)).to.deep.include({ code: 0, verdict: "same", running: true });
    await lab.ok("down");
    // The process that made the configuration, that of the run, and the restarts.
    const all = [await expectSame(0, 3), await expectSame(1, 2), await expectSame(2, 3), await expectSame(3, 3)];
    for (const replayed of all) {
      expect(replayed.lives.at(-1)?.reached?.lastExecuted, "as far as it had come").to.be.at.least(seq);
      expect(sum(replayed, (life) => life.viewsEntered)).to.be.at.least(1);
    }
    for (const id of [2, 3])
      expect(
        sum(all[id] as Replayed, (life) => life.statesInstalled),
        `replica ${id}`,
      ).to.be.at.least(1);
  });

  for (const protocol of ["multipaxos", "raft"])
    it(`${protocol}: the leader killed and restarted`, async () => {
      await lab.upTuned({ checkpointInterval: 4 }, "--protocol", protocol, "--service", "counter");
      let primary: number | null = null;
      await working(2, async (load, more) => {
        await until("they work", () => load.answered >= 20);
        primary = (await lab.status(0)).machine.primary;
        await lab.ok("kill", String(primary));
        await more(20, "the others go on");
        await lab.ok("restart", String(primary));
      });
      const { seq } = await lab.submit("get");
      await lab.converge([0, 1, 2], seq);
      await lab.ok("down");
      for (const id of [0, 1, 2]) {
        const replayed = await expectSame(id, id === primary ? 3 : 2);
        expect(replayed.lives.at(-1)?.reached?.lastExecuted).to.be.at.least(seq);
      }
    });

  it("stops at an input and shows it, lists inputs, and says what can not be done again", async () => {
    expect((await lab.run("replay", "0")).code, "no cluster").to.equal(2);
    await lab.ok("up", "--detach");
    await lab.ok("submit", "set x 1");
    await lab.ok("kill", "1");
    await lab.ok("restart", "1");
    await lab.converge([0, 1, 2, 3], (await lab.submit("set x 2")).seq);
    await lab.ok("down");

    const list = JSON.parse(await lab.ok("replay", "0", "--json", "--list", "--from", "1", "--count", "10000")) as {
      readonly recorded: { readonly first: number; readonly last: number };
      readonly inputs: readonly { readonly number: number; readonly text: string; readonly effects: readonly string[] }[];
    };
    expect(list.inputs[0]).to.deep.include({ number: 1, text: "starts" });
    expect(list.inputs).to.have.lengthOf(list.recorded.last);
    const executing = list.inputs.find(({ effects }) => effects.includes("executed"));
    if (executing === undefined) throw new Error("nothing was executed");
    const text = await lab.ok("replay", "0", "--to", String(executing.number));
    expect(text).to.match(/^the replica takes commit view 0 seq 1 of replica \d$/m);
    expect(text).to.match(/^ +\d {2}executes 1 in view 0: [0-9a-f]+ client 0 #\d+ "set x 1" = "ok"$/m);
    expect(text).to.match(/^ {2}executed +1; log from 0 to 256$/m);
    const before = JSON.parse(await lab.ok("replay", "0", "--json", "--to", String(executing.number - 1))) as {
      readonly status: { readonly lastExecuted: number };
    };
    expect(before.status.lastExecuted).to.equal(0);

    const beyond = await lab.run("replay", "0", "--to", String(list.recorded.last + 1));
    expect(beyond.code).to.equal(2);
    expect(beyond.stderr).to.contain(`1 to ${list.recorded.last} are recorded`);
    expect((await lab.run("replay", "0", "--life", "9")).stderr).to.contain("no life 9 of replica 0 is recorded");

    const recording = join(lab.cluster, "replica-1", "recording");
    const [first = "", second = ""] = readdirSync(recording).sort();
    const bytes = readFileSync(join(recording, second));
    rmSync(join(recording, second));
    expect((await replay(1)).lives.map(({ life }) => life)).to.deep.equal([0]);
    writeFileSync(join(recording, second), bytes.subarray(0, bytes.length - 3));
    expect(await replay(1), "a torn end").to.deep.include({ code: 0, verdict: "same" });
    const middle = Buffer.from(bytes);
    middle[20] = (middle[20] ?? 0) ^ 0xff;
    writeFileSync(join(recording, second), middle);
    expect(await replay(1), "a damaged beginning").to.deep.include({ code: 2, verdict: "unknown", unreadable: 1 });
    expect(await replay(1, "--life", first.slice(0, 6).replace(/^0+(?=\d)/, ""))).to.deep.include({ unreadable: 1 });
    rmSync(recording, { recursive: true });
    const none = await lab.run("replay", "1");
    expect(none.code).to.equal(2);
    expect(none.stderr).to.contain("nothing of replica 1 is recorded; it records from its next start on: bft restart 1");
  });
});
