import { type Line, lineWidth, type Span, span, spread, type Tone } from "../../view/line.js";
import { compact, timeSpan } from "../../view/numbers.js";
import { wordsOf } from "../../view/protocol-words.js";
import { idSpans, stateSpan } from "../../view/replica-cells.js";
import { counted, fit, listed, printable, replicasNamed, shorten } from "../../view/text.js";
import { checkpointOf } from "../../watch/checkpoint.js";
import { convictionsOf } from "../../watch/convicted.js";
import type { ClusterModel, Observation } from "../../watch/model.js";
import type { DashboardState } from "../state.js";
import { timerMeaning } from "../timer-words.js";
import { linkText } from "./link-words.js";
import { bar, field, fieldLine, LABEL, lights } from "./parts.js";
import { dueIn, transferred, viewChangeLines } from "./progress.js";

type Status = NonNullable<Observation["status"]>;

/** From so many columns on the groups stand in two columns. */
const TWO_FROM = 130;
const WAITING_SHOWN = 8;
const REASONS_SHOWN = 8;

/** Everything that the selected replica tells of itself, in groups; as many rows as that takes. */
export function replicaPageLines({ cluster, selected, busy }: DashboardState, columns: number): Line[] {
  const replica = cluster.replicas[selected];
  if (replica === undefined) return [];
  const head = headLine(cluster, replica, busy[selected] ?? null, columns);
  const { status } = replica;
  if (status === null) return [head, [], ...silentLines(replica, columns)];
  const old: Line[] = replica.answers ? [] : silentLines(replica, columns);
  const width = columns >= TWO_FROM ? Math.floor(columns / 2) - 1 : columns;
  const [left, right] = [progressGroups(cluster, replica, status, width), stateGroups(replica, status, width)];
  const body = columns >= TWO_FROM ? beside(left, right, width) : [...left, [], ...right];
  return [head, ...old, [], ...body];
}

/** Which replica, what it is, and where. */
function headLine({ replicas, facts }: ClusterModel, replica: Observation, doing: string | null, columns: number): Line {
  const { id, pid, status } = replica;
  const convictions = convictionsOf(replicas);
  const by = convictions.get(id);
  const left: Line = [
    span(" replica", "strong"),
    ...idSpans(id, convictions),
    span(" "),
    doing === null ? stateSpan(replica) : span(doing, "warn"),
    ...(by === undefined ? [] : [span(`  convicted, ${replicasNamed(by)} ${by.length === 1 ? "has" : "have"} a proof`, "lying")]),
  ];
  const right = [
    facts.addresses[id] ?? "",
    ...(pid === null ? [] : [`pid ${pid}`]),
    ...(status === null ? [] : [`up ${timeSpan(status.uptimeMs)}`]),
  ];
  return spread(left, [span(`${right.join(", ")} `, "dim")], columns);
}

function silentLines({ process, heardAtMs, id }: Observation, columns: number): Line[] {
  const next: Readonly<Record<Observation["process"], string>> = {
    down: `it is down; bring it back with R, or: bft restart ${id}`,
    paused: `it is paused; wake it with P, or: bft resume ${id}`,
    running: heardAtMs === null ? "it starts" : "it runs and says nothing",
    unknown: "nothing is known of it yet",
  };
  const since = heardAtMs === null ? "" : "; below is what it said last";
  return field("", next[process] + since, columns, "warn");
}

/** Left: what it does for agreement. */
function progressGroups(cluster: ClusterModel, replica: Observation, status: Status, width: number): Line[] {
  const { machine, protocol } = status;
  const words = wordsOf(protocol);
  const leads = machine.primary === null ? `nobody leads yet` : `${words.primary} ${machine.primary}`;
  const stands = `${words.view} ${machine.view}, ${leads}; executed up to ${machine.lastExecuted}`;
  const rate = replica.operationsPerSecond === null ? "" : `, ${compact(replica.operationsPerSecond)} a second`;
  return [
    ...field("stands", stands, width),
    ...windowLines(status, width),
    ...checkpointLines(cluster, replica, status),
    ...field("executed", `${counted(status.operationsExecuted, "operation")} since it started${rate}`, width),
    ...abstainingLines(status, width),
    ...viewChangeLines(cluster),
    ...(machine.transfer === null ? [] : [fieldLine("transfer", transferred(machine.transfer, protocol))]),
    ...queueLines(status, width),
    ...timerLines(cluster, replica, status, width),
  ];
}

/** `h 0 ━━━━━━──── H 256`: executed, in use, free. */
function windowLines({ machine }: Status, width: number): Line[] {
  const { lowWaterMark: low, highWaterMark: high, lastExecuted, slots } = machine;
  const highest = Math.max(lastExecuted, slots.at(-1)?.seq ?? 0);
  const before = `h ${low} `;
  const after = ` H ${high}  ${lastExecuted - low} executed, ${highest - lastExecuted} on their way`;
  const room = Math.max(8, Math.min(40, width - LABEL - before.length - after.length - 1));
  const size = Math.max(1, high - low);
  const executed = Math.min(room, cells(lastExecuted - low, size, room));
  const onTheWay = Math.min(room - executed, cells(highest - lastExecuted, size, room));
  return [
    fieldLine("window", [
      span(before, "dim"),
      ...bar(executed, executed, executed, "good"),
      ...bar(onTheWay, onTheWay, onTheWay, "warn"),
      ...bar(0, 1, room - executed - onTheWay),
      span(after, "dim"),
    ]),
  ];
}

/** Of `room` columns, those of `count`: none for nothing, one at least for something. */
function cells(count: number, of: number, room: number): number {
  return count <= 0 ? 0 : Math.max(1, Math.round((count / of) * room));
}

function checkpointLines({ replicas, facts }: ClusterModel, replica: Observation, { machine, protocol }: Status): Line[] {
  const next = checkpointOf(replica);
  if (next === null) return [fieldLine(wordsOf(protocol).checkpoint, [span(`at ${machine.lowWaterMark}`)])];
  const tone: Tone = next.votes.length >= facts.quorum ? "good" : next.votes.length > 0 ? "warn" : "dim";
  const left = next.seq - next.executed;
  return [
    fieldLine("checkpoint", [
      span(`next at ${next.seq}: `),
      ...lights(next.votes, replicas.length, machine.primary, tone),
      span(` ${next.votes.length} of ${facts.quorum} votes`, tone),
      span(left > 0 ? `, ${left} to execute before its own` : ", its own is taken", "dim"),
    ]),
  ];
}

function abstainingLines({ machine }: Status, width: number): Line[] {
  if (machine.abstaining === null) return [];
  const { until } = machine.abstaining;
  const how = until === null ? "it does not know for how long yet" : `until checkpoint ${until} is stable`;
  return field("abstains", `it has lost what it wrote down, and does not vote: ${how}`, width, "warn");
}

function queueLines({ machine }: Status, width: number): Line[] {
  const { queued, waiting } = machine;
  if (queued === 0) return [fieldLine("queue", [span("no request waits", "dim")])];
  const named = waiting.slice(0, WAITING_SHOWN).map(({ client, timestamp }) => `client ${client} at ${timestamp}`);
  const more = queued > named.length ? ", …" : "";
  return field("queue", `${counted(queued, "request")} waiting, the oldest first: ${named.join(", ")}${more}`, width, "warn");
}

function timerLines({ nowMs }: ClusterModel, { heardAtMs, answers }: Observation, status: Status, width: number): Line[] {
  if (status.timers.length === 0) return [fieldLine("timers", [span("none runs", "dim")])];
  const since = answers && heardAtMs !== null ? Math.max(0, nowMs - heardAtMs) : 0;
  return status.timers.flatMap(({ timer, dueInMs }, index) => {
    const meaning = `${dueIn(dueInMs - since)} it ${timerMeaning(status.protocol, timer, status.machine)}`;
    return field(index === 0 ? "timers" : "", `${printable(timer)}: ${meaning}`, width);
  });
}

/** Right: what surrounds it. */
function stateGroups(replica: Observation, status: Status, width: number): Line[] {
  return [
    ...linkLines(status, width),
    ...refusedLines(status, width),
    ...droppedLines(status, width),
    ...proofLines(status, width),
    ...behaviourLines(status, width),
    ...trafficLines(replica, status, width),
    ...workLines(status, width),
    ...memoryLines(status, width),
    ...field(
      "metrics",
      status.metrics === null ? "not served; start with: bft up --metrics" : printable(status.metrics),
      width,
      "dim",
    ),
  ];
}

/** One row for those that are as they should be, one for each other. */
function linkLines({ links }: Status, width: number): Line[] {
  const sound = links.filter((link) => link.connected && link.fault === null && linkText(link).done === "");
  const others = links.filter((link) => !sound.includes(link));
  const up =
    sound.length === links.length ? `all ${links.length} are up` : `up to ${listed(sound.map(({ replica }) => replica))}`;
  const first: Line[] = sound.length === 0 ? [] : [[span(up, "good")]];
  const each = others.map((link): Line => {
    const { text, done, tone } = linkText(link);
    const said: Span[] = [span(`to ${link.replica} `), span(text, tone)];
    const room = width - LABEL - lineWidth(said) - 1;
    return [...said, span(shorten(done === "" ? "" : `  ${done}`, Math.max(0, room)), "dim")];
  });
  return [...first, ...each].map((line, index) => fieldLine(index === 0 ? "links" : "", line));
}

type Reasons = Readonly<Record<string, number>>;

/** What broke a rule of the network or of signing, by who sent it. */
function refusedLines({ againstPeers, refused }: Status, width: number): Line[] {
  const peers = Object.entries(againstPeers).flatMap(([peer, reasons]) => {
    const text = reasonsText(Object.fromEntries(Object.entries(reasons).filter(([reason]) => reason in refused)));
    return text === "" ? [] : [`${printable(peer)}: ${text}`];
  });
  const all = reasonsText(refused);
  if (all === "") return [fieldLine("refused", [span("nothing", "dim")])];
  const rows = peers.length === 0 ? [all] : peers;
  return rows.flatMap((row, index) => field(index === 0 ? "refused" : "", row, width, "warn"));
}

/** What was well-formed and of no use; ordinary in any cluster. */
function droppedLines({ dropped }: Status, width: number): Line[] {
  const text = reasonsText(dropped);
  return text === "" ? [] : field("of no use", text, width, "dim");
}

/** The most frequent first. */
function reasonsText(reasons: Reasons): string {
  const worth = Object.entries(reasons).filter(([, count]) => count > 0);
  const most = worth.sort(([, a], [, b]) => b - a).slice(0, REASONS_SHOWN);
  return most.map(([reason, count]) => `${printable(reason)} ${compact(count)}`).join(", ");
}

function proofLines({ convicted }: Status, width: number): Line[] {
  if (convicted.length === 0) return [fieldLine("proofs", [span("against nobody", "dim")])];
  return field("proofs", `against ${replicasNamed(convicted)}; see them with: bft evidence`, width, "lying");
}

function behaviourLines({ behaviour, liesTold }: Status, width: number): Line[] {
  if (behaviour === null) return [fieldLine("behaviour", [span("honest", "good")])];
  return field("behaviour", `${printable(behaviour)}, ${counted(liesTold, "lie")} told`, width, "lying");
}

function trafficLines({ messagesPerSecond }: Observation, status: Status, width: number): Line[] {
  const { messagesIn, messagesOut, bytesIn, bytesOut, clientsConnected } = status;
  const rate = messagesPerSecond === null ? "" : `, ${compact(messagesPerSecond)} a second`;
  const text = `${compact(messagesIn)} messages in (${compact(bytesIn)}B), ${compact(messagesOut)} out (${compact(bytesOut)}B)${rate}`;
  return [...field("traffic", text, width), ...field("clients", `${clientsConnected} connected`, width)];
}

function workLines({ cpuMs, diskMs, signatures, uptimeMs }: Status, width: number): Line[] {
  const share = uptimeMs > 0 ? ` (${Math.round((cpuMs / uptimeMs) * 100)} % of a core)` : "";
  const signed = `${compact(signatures.made)} signatures made, ${compact(signatures.checked)} checked`;
  return field("work", `${timeSpan(cpuMs)} of processor time${share}, ${timeSpan(diskMs)} for the disk, ${signed}`, width);
}

function memoryLines({ memory, machine }: Status, width: number): Line[] {
  const { slots, votes, requests, batches, viewChanges, checkpointVotes, snapshots } = machine.retained;
  const kept = [
    counted(slots, "slot"),
    counted(votes, "vote"),
    counted(requests, "request"),
    counted(batches, "batch", "batches"),
    counted(viewChanges, "view-change"),
    counted(checkpointVotes, "checkpoint vote"),
    counted(snapshots, "snapshot"),
  ];
  const text = `${compact(memory.residentBytes)}B, of it ${compact(memory.heapUsedBytes)}B objects; keeps ${kept.join(", ")}`;
  return field("memory", text, width);
}

/** Two columns of rows, the left one filled up to `width`. */
function beside(left: readonly Line[], right: readonly Line[], width: number): Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    const line = left[row] ?? [];
    const used = lineWidth(line);
    const fitted: Line =
      used > width ? [span(fit(line.map(({ text }) => text).join(""), width))] : [...line, span(" ".repeat(width - used))];
    return [...fitted, span(" "), ...(right[row] ?? [])];
  });
}
