import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { type Browser, launch, type Page } from "puppeteer-core";
import { findBrowser, HOW_TO_GET_ONE } from "../support/browser.js";
import { Lab, PATIENCE_MS, until } from "../support/lab.js";

/** What `bft trace --json` prints, as far as it matters here. */
interface Chart {
  readonly title: string;
  readonly lanes: readonly {
    readonly name: string;
    readonly role: string;
    readonly id: number;
    readonly behaviour: string | null;
  }[];
  readonly rows: readonly unknown[];
  readonly messages: readonly {
    readonly label: string;
    readonly from: number;
    readonly to: number;
    readonly view: number | null;
    readonly sentRow: number;
    readonly arrivedRow: number | null;
    readonly fate: string;
    readonly lying: boolean;
    readonly detail: string | null;
  }[];
  readonly bands: readonly { readonly name: string }[];
  readonly states: readonly {
    readonly row: number;
    readonly replica: number;
    readonly state: {
      readonly up: boolean;
      readonly view: number | null;
      readonly viewChange: number | null;
      readonly lastExecuted: number | null;
      readonly timersFired: number;
      readonly slots: readonly { readonly seq: number; readonly phase: string }[];
    };
  }[];
}

const HOSTILE = "</script><img/src=x/onerror=document.title='taken'>";

describe("bft trace", function () {
  this.timeout(240_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.open();
    await lab.ok("up", "--detach");
    await lab.submit(`set x ${HOSTILE}`);
    await lab.ok("byzantine", "0");
    await lab.submit("set y 2");
    await lab.ok("byzantine", "0", "--off");
    await lab.ok("kill", "0");
    await lab.submit("set z 3");
  });
  after(() => lab.close());

  /** Traces are handed over a moment after what they tell happened. */
  async function chart(enough: (chart: Chart) => boolean, ...args: readonly string[]): Promise<Chart> {
    let found: Chart | null = null;
    await until(`bft trace ${args.join(" ")}`, async () => {
      found = JSON.parse(await lab.ok("trace", "--json", ...args)) as Chart;
      return enough(found);
    });
    if (found === null) throw new Error("there is no chart");
    return found;
  }

  const named = (name: string) => (chart: Chart) => chart.messages.filter(({ label }) => label === name).length;

  it("draws the normal case of a real cluster: the paper's phases, every message sent before it arrives", async () => {
    const drawn = await chart((each) => named("reply")(each) >= 3 && named("commit")(each) >= 9, "--seq", "1");
    // It is proposed again in the view that the primary's end leads to.
    const phases = drawn.bands.map(({ name }) => name).slice(0, 5);
    expect(phases).to.deep.equal(["request", "pre-prepare", "prepare", "commit", "reply"]);
    expect(drawn.messages.filter(({ label, view }) => label === "pre-prepare" && view === 0)).to.have.length(3);
    // Two of three backups are enough; the third may be late, and may have been told that it is over.
    expect(named("prepare")(drawn)).to.be.at.least(6);
    for (const { sentRow, arrivedRow } of drawn.messages) if (arrivedRow !== null) expect(arrivedRow).to.be.above(sentRow);
    const text = await lab.ok("trace", "--seq", "1");
    expect(text)
      .to.match(/^request +●─+▶│/m)
      .and.match(/^pre-prepare +│ +●─+▶┼─+▶┼─+▶│/m);
  });

  it("marks what the lying primary told: two pre-prepares that contradict each other", async () => {
    const drawn = await chart((each) => each.messages.some(({ lying }) => lying), "--seq", "2");
    const lies = drawn.messages.filter(({ lying, label }) => lying && label === "pre-prepare");
    expect(new Set(lies.map(({ detail }) => detail)).size).to.equal(2);
    for (const { from } of lies) expect(drawn.lanes[from]).to.deep.include({ name: "replica 0", behaviour: "equivocate" });
  });

  it("draws the view change after the primary was killed, and in which row it was down", async () => {
    const drawn = await chart((each) => named("new-view")(each) >= 2, "--view", "1");
    expect(drawn.title).to.equal("how view 1 came about");
    const down = drawn.states.filter(({ replica }) => replica === 0).at(-1);
    expect(down?.state.up).to.equal(false);
    const toTheDead = drawn.messages.filter(({ to }) => drawn.lanes[to]?.name === "replica 0");
    expect(new Set(toTheDead.map(({ fate }) => fate))).to.deep.equal(new Set(["lost"]));
  });

  it("writes the events, and draws the same chart from them as from the cluster", async () => {
    const file = join(lab.dir, "run.jsonl");
    await chart((each) => named("reply")(each) >= 3, "--seq", "3");
    const { output, format } = JSON.parse(await lab.ok("trace", "--events", "--json", "--output", file)) as Record<
      string,
      unknown
    >;
    expect({ output, format }).to.deep.equal({ output: file, format: "events" });
    for (const selection of [
      ["--seq", "1"],
      ["--view", "1"],
    ]) {
      const [fromFile, live] = [await lab.ok("trace", "--file", file, ...selection), await lab.ok("trace", ...selection)];
      expect(fromFile).to.equal(live);
    }
  });

  it("says in one sentence what there is when there is not what was asked for", async () => {
    const seq = await lab.run("trace", "--seq", "4000");
    expect(seq).to.deep.include({ code: 1, stdout: "" });
    expect(seq.stderr).to.match(/^error: the trace does not tell of sequence number 4000; it tells of 1 to \d+\n$/);
    const view = await lab.run("trace", "--view", "0");
    expect(view.stderr).to.match(
      /^error: the trace does not tell how view 0 came about; it tells of view 1; view 0 is where a cluster begins\n$/,
    );
    const file = join(lab.dir, "none.jsonl");
    writeFileSync(file, "{}\n");
    expect((await lab.run("trace", "--file", file)).stderr).to.match(/is not a trace: its first line is not the header/);
    expect((await lab.run("trace", "--output", "chart.png")).code, "a format that there is not").to.equal(2);
    expect((await lab.run("trace", "--seq", "1", "--last", "2")).code, "two selections").to.equal(2);
  });

  it("draws a simulated run that bft sim replay wrote", async () => {
    const file = join(lab.dir, "sim.jsonl");
    await lab.ok("sim", "replay", "--seed", "3", "--f", "1", "--liars", "0", "--trace", file);
    const drawn = JSON.parse(await lab.ok("trace", "--file", file, "--seq", "1", "--json")) as Chart;
    expect(drawn.bands.map(({ name }) => name)).to.include.members(["pre-prepare", "prepare", "commit"]);
  });

  describe("as a page, in a browser without a network", () => {
    let browser: Browser;
    let page: Page;
    let drawn: Chart;
    const complaints: string[] = [];
    const asked: string[] = [];

    before(async function () {
      const program = findBrowser();
      if (program === null) {
        if (process.env["CI"]) throw new Error(HOW_TO_GET_ONE);
        process.stderr.write(`not tested: ${HOW_TO_GET_ONE}\n`);
        return this.skip();
      }
      const file = join(lab.dir, "chart.html");
      await lab.ok("trace", "--last", "3", "--output", file);
      const json = /<script type="application\/json" id="chart">([^<]*)<\/script>/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
      drawn = JSON.parse(json) as Chart;
      const root = process.getuid?.() === 0;
      browser = await launch({
        executablePath: program,
        // Chromium has no sandbox for root, as tests in containers are.
        args: [...(root ? ["--no-sandbox"] : []), "--disable-dev-shm-usage", "--disable-background-networking"],
        timeout: PATIENCE_MS,
      });
      page = await browser.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      await page.setOfflineMode(true);
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(file).href);
    });
    after(() => browser?.close());

    /** What the page gives back for an expression, which runs there. */
    const inPage = <T>(expression: string) => page.evaluate(expression) as Promise<T>;

    /** What the page shows: of each replica process, view, on its way to, last executed, slots, timers. */
    interface Shown {
      readonly where: string;
      readonly cells: readonly (readonly string[])[];
      readonly future: number;
    }
    const SHOWN = `({
      where: document.getElementById("where").textContent,
      cells: [...document.querySelectorAll("#states tr")].map((row) => [...row.querySelectorAll("td")].slice(0, 6).map((cell) => cell.textContent)),
      future: document.querySelectorAll("svg.chart .message.future").length,
    })`;

    /** The same, as the data say. */
    function expected(row: number): string[][] {
      return drawn.lanes
        .filter(({ role }) => role === "replica")
        .map(({ id }) => {
          const state = drawn.states.findLast((change) => change.replica === id && change.row <= row)?.state;
          if (state === undefined) throw new Error(`nothing is told of replica ${id}`);
          const { up, view, viewChange, lastExecuted, slots, timersFired } = state;
          const wants = viewChange === null ? "no" : `to ${viewChange}`;
          const phases = slots.length === 0 ? "none" : slots.map(({ seq, phase }) => `${seq} ${phase}`).join("\n");
          return [up ? "up" : "down", String(view), wants, String(lastExecuted), phases, String(timersFired)];
        });
    }

    function expectRow({ where, cells, future }: Shown, row: number): void {
      // The votes of each slot stand in brackets.
      const told = cells.map((cell) => cell.map((text) => text.replace(/ \([^)]*\)/g, "")));
      expect(told, `moment ${row}`).to.deep.equal(expected(row));
      expect(where).to.match(new RegExp(`^moment ${row + 1} of ${drawn.rows.length}`));
      const later = drawn.messages.filter(({ sentRow }) => sentRow > row).length;
      expect(future, "messages that are not sent yet are faint").to.equal(later);
    }

    async function expectShown(row: number): Promise<void> {
      expectRow(await inPage<Shown>(SHOWN), row);
    }

    it("loads, complains of nothing, and asks for nothing but itself", async () => {
      expect(await inPage<number>(`document.querySelectorAll("svg.chart .message").length`)).to.equal(drawn.messages.length);
      expect(complaints).to.deep.equal([]);
      expect(asked).to.have.length(1);
      expect(asked[0]).to.match(/^file:/);
    });

    it("shows at every moment how each replica stands, as the data say", async () => {
      const moments = await inPage<Shown[]>(`[...Array(${drawn.rows.length}).keys()].map((row) => {
        const slider = document.getElementById("moment");
        slider.value = String(row);
        slider.dispatchEvent(new Event("input"));
        return ${SHOWN};
      })`);
      for (const [row, moment] of moments.entries()) expectRow(moment, row);
      expect(new Set(moments.map(({ cells }) => JSON.stringify(cells))).size, "states differ").to.be.above(5);
    });

    it("is moved by the keyboard: arrows, Home, End, and the space bar plays it to its end", async () => {
      const last = drawn.rows.length - 1;
      await page.keyboard.press("Home");
      await expectShown(0);
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      await expectShown(2);
      await page.keyboard.press("ArrowLeft");
      await expectShown(1);
      await page.focus("#moment");
      await page.keyboard.press("ArrowRight");
      await expectShown(2);
      await page.keyboard.press("End");
      await expectShown(last);
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press(" ");
      await page.waitForFunction(`document.getElementById("moment").value === "${last}"`);
      await expectShown(last);
    });

    it("shows what a hostile client asked for as text, and does not do it", async () => {
      await page.keyboard.press("Home");
      const text = await inPage<string>(`document.getElementById("happened").textContent`);
      expect(text).to.contain(HOSTILE);
      expect(await inPage<number>(`document.images.length`)).to.equal(0);
      expect(await page.title()).to.match(/message sequence chart$/);
      expect(complaints).to.deep.equal([]);
    });
  });
});
