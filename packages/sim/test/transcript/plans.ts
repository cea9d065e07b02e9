import type { Action, Deed, Plan } from "@bft/sim";
import fc from "fast-check";

/** A small plan in which everything occurs. */
export const SAMPLE: Plan = {
  seed: 42,
  protocol: "pbft",
  service: "kv",
  faults: 1,
  replicas: 4,
  clients: 2,
  settings: {
    checkpointInterval: 4,
    pipelineDepth: 2,
    batchOperationsMax: 8,
    clientWindow: 1,
    viewChangeTimeoutMs: 500,
    statusIntervalMs: 100,
    clientRetryMs: 300,
    reads: "fast",
    compact: false,
    clockRates: [1, 0.95, 1, 1.05],
  },
  network: { delayMsMin: 1, delayMsMax: 20.5, late: 0.1, lateMsMax: 500, drop: 0.25, duplicate: 1e-7, reorder: true },
  liars: [{ replica: 1, behaviour: "equivocate" }],
  twins: [3],
  lyingClients: [{ client: 1, behaviour: "two-faced" }],
  actions: [
    { at: 0, kind: "submit", client: 0, operations: ["set x 1", 'say "hi", \\ or\nnot'], readOnly: false },
    { at: 0.5, kind: "submit", client: 1, operations: ["get x"], readOnly: true },
    { at: 100, kind: "crash", replica: 2, effects: 3, torn: 1 },
    { at: 100, kind: "crash", replica: 2, effects: 0, torn: 0 },
    { at: 110, kind: "wipe", replica: 2 },
    { at: 120, kind: "restart", replica: 2 },
    { at: 130, kind: "cut", from: [0, 1], to: [2, 3] },
    { at: 140, kind: "clog", from: [0], to: [] },
    { at: 150, kind: "slow", replica: 4, inputMs: 5 },
    { at: 160, kind: "mend" },
  ],
  heal: { at: 200, core: [0, 2, 3], withinMs: 20_000 },
};

const share = fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs);
const time = fc.oneof(fc.nat(100_000), fc.double({ min: 0, max: 1e9, noNaN: true }).map(Math.abs));
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);

function deeds(replicas: number, clients: number): fc.Arbitrary<Deed> {
  const replica = fc.nat(replicas - 1);
  const some = fc.uniqueArray(replica);
  const operations = fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 4 });
  return fc.oneof(
    fc.record({ kind: fc.constant("submit" as const), client: fc.nat(clients - 1), operations, readOnly: fc.boolean() }),
    fc.record({ kind: fc.constant("crash" as const), replica, effects: fc.nat(9), torn: fc.nat(3) }),
    fc.record({ kind: fc.constantFrom("restart" as const, "wipe" as const), replica }),
    fc.record({ kind: fc.constantFrom("cut" as const, "clog" as const), from: some, to: some }),
    fc.record({ kind: fc.constant("slow" as const), replica, inputMs: time }),
    fc.constant({ kind: "mend" as const }),
  );
}

function actions(replicas: number, clients: number): fc.Arbitrary<Action[]> {
  return fc
    .array(fc.tuple(time, deeds(replicas, clients)), { maxLength: 12 })
    .map((all) => all.sort(([a], [b]) => a - b).map(([at, deed]) => ({ at, ...deed })));
}

/** Plans of every shape that a transcript can hold. */
export const plans: fc.Arbitrary<Plan> = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.nat(2), fc.integer({ min: 1, max: 4 }), fc.constantFrom([], [0], [0, 2]))
  .chain(([faults, spare, clients, drawn]) => {
    const replicas = 3 * faults + 1 + spare;
    const twins = drawn.filter((twin) => twin < replicas);
    const ids = fc.uniqueArray(fc.nat(replicas - 1));
    const network = fc
      .record({ low: time, high: time, late: share, lateMsMax: time, drop: share, duplicate: share, reorder: fc.boolean() })
      .map(({ low, high, ...rest }) => ({ ...rest, delayMsMin: Math.min(low, high), delayMsMax: Math.max(low, high) }));
    return fc.record({
      seed: fc.nat(),
      protocol: word,
      service: word,
      faults: fc.constant(faults),
      replicas: fc.constant(replicas),
      clients: fc.constant(clients),
      settings: fc.record({
        checkpointInterval: fc.nat(1000),
        pipelineDepth: fc.nat(1000),
        batchOperationsMax: fc.nat(1000),
        clientWindow: fc.nat(1000),
        viewChangeTimeoutMs: time,
        statusIntervalMs: time,
        clientRetryMs: time,
        reads: fc.constantFrom("ordered" as const, "fast" as const),
        compact: fc.boolean(),
        clockRates: fc.array(share, { minLength: replicas, maxLength: replicas }),
      }),
      network,
      liars: ids.chain((some) => fc.tuple(...some.map((replica) => word.map((behaviour) => ({ replica, behaviour }))))),
      twins: fc.constant(twins),
      lyingClients: fc
        .uniqueArray(fc.nat(clients - 1))
        .chain((some) => fc.tuple(...some.map((client) => word.map((behaviour) => ({ client, behaviour }))))),
      actions: actions(replicas + twins.length, clients),
      heal: fc.record({ at: fc.constant(2e9), core: ids, withinMs: time }),
    });
  });
