import { glyphs } from "../../view/glyphs.js";
import { type Line, span } from "../../view/line.js";
import { titleOf, trustsLeader, wordsOf } from "../../view/protocol-words.js";
import { fit, wrapped } from "../../view/text.js";
import type { Page } from "../pages.js";
import type { DashboardState } from "../state.js";

type KeyHelp = readonly [keys: string, does: string];

const KEYS_WIDTH = 15;

/** The keys of the present page and what its lights mean, as much of it as fits. */
export function helpLines(state: DashboardState, columns: number, rows: number): Line[] {
  const { page, owned, cluster } = state;
  const keys: readonly KeyHelp[] = [
    ...pageKeysHelp[page],
    ...commonKeys,
    ["q or Ctrl-C", owned ? "stop the whole cluster; its data is kept" : "leave; the cluster goes on"],
  ];
  const meaning = lightsHelp[page](cluster.facts.protocol).flatMap((text) => paragraph(text, columns));
  const gap: Line[] = rows > keys.length + meaning.length ? [[]] : [];
  const lines: Line[] = [
    ...keys.map(([key, does]): Line => [span(`  ${fit(key, KEYS_WIDTH)}`, "strong"), span(does)]),
    ...gap,
    ...meaning,
  ];
  return lines.slice(0, rows);
}

const commonKeys: readonly KeyHelp[] = [
  ["0-9", "select a replica, on every page"],
  ["K  R  P", "kill it (SIGKILL), restart it, pause it (SIGSTOP) or resume it"],
  ["L", "make it lie, or honest again: type to find a lie"],
  ["s or /", "type an operation: Enter sends it, ↑ ↓ recall, Esc leaves"],
  ["Tab, o g i n c", "turn the page: overview, slot grid, replica, links, chart"],
];

const pageKeysHelp: Readonly<Record<Page, readonly KeyHelp[]>> = {
  overview: [
    ["↑ ↓ j k", "select a replica"],
    ["Enter", "its page"],
  ],
  slots: [
    ["← →", "point at a slot; below the grid stands what is known of it"],
    ["Home End", "the oldest slot that is known; the newest, and follow it"],
    ["c", "the message chart of that slot"],
  ],
  replica: [
    ["↑ ↓ j k", "the replica before, the next one"],
    ["PgUp PgDn", "scroll"],
    ["Esc", "back"],
  ],
  links: [
    ["↑ ↓ j k", "select the replica whose links are described"],
    ["PgUp PgDn", "scroll"],
  ],
  chart: [
    ["← →  End", "the slot before, the next one; the newest, and follow it"],
    ["Enter", "draw it anew now"],
    ["↑ ↓ PgUp PgDn", "scroll"],
  ],
};

const lightsHelp: Readonly<Record<Page, (protocol: string) => readonly string[]>> = {
  overview(protocol) {
    const { seq, primary, backup, phases } = wordsOf(protocol);
    const voted = phases.filter(({ shows }) => shows !== "prePrepared").map(({ name }) => name);
    const section = trustsLeader(protocol) ? "" : " (§4.2)";
    return [
      `Each slot is one ${seq}: a batch of requests on its way through ${titleOf(protocol)}${section}.`,
      `One light a replica, in the order of their ids: ${glyphs.primary} for the ${primary}, ${glyphs.on} for ${/^[aeiou]/.test(backup) ? "an" : "a"} ${backup}, ${glyphs.off} for none yet.`,
      `${voted.join(" and ")} k/q: k of the q that make a quorum. executed k/n: by k of n.`,
      `split!: replicas hold different batches for one number, so the ${primary} lied to them.`,
      `${glyphs.convicted} beside an id: convicted, somebody holds a proof that it lied.`,
      "Sparklines: operations executed a second, and the median round trip of clients on this machine, over two minutes.",
    ];
  },
  slots(protocol) {
    const { seq, phases, checkpoint } = wordsOf(protocol);
    const signs = { prePrepared: glyphs.quarter, prepares: glyphs.half, commits: glyphs.most };
    const steps = phases.map(({ name, shows }) => `${signs[shows]} ${name}`);
    return [
      `A column is one ${seq}, a row is one replica; the fuller the sign, the further it is there.`,
      `${glyphs.off} nothing, ${steps.join(", ")}, ${glyphs.on} executed, ${glyphs.lying} it voted for another batch than most: it lies, or was lied to.`,
      `Below: h and H, the bounds of the window (h is the last ${checkpoint})${trustsLeader(protocol) ? "" : ", c the next checkpoint"}. A replica that does not answer is dim.`,
    ];
  },
  replica: () => [
    "Everything that this replica tells of itself. window: what is executed, on its way, and free between h and H.",
    "timers: when each runs out, and what the replica does then. refused: by who sent it; some of it is ordinary in any cluster.",
    "proofs: who signed two messages that no correct replica signs both.",
  ],
  links: () => [
    `A row sends to a column: ${glyphs.on} up, ${glyphs.down} no connection, ${glyphs.cut} cut, ${glyphs.busy} late, lossy, doubled or out of order.`,
    "Below: what the faults really did to messages since the process started, and what waits to be sent.",
    "Faults are made with bft partition and bft link, and undone with bft heal.",
  ],
  chart: () => [
    "Who sent what to whom for this slot, as the replicas' traces and the clients' histories tell it; time goes down.",
    "Traces are written a moment after things happened; the chart is drawn again as long as something may be missing.",
  ],
};

function paragraph(text: string, columns: number): Line[] {
  return wrapped(text, Math.max(1, columns - 4)).map((row): Line => [span(`  ${row}`, "dim")]);
}
