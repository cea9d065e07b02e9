import type { MachineStatus, SlotStatus } from "@bft/core";

/** Slots of a replica that are kept: more than its status tells at once, so that one can look back. */
const REMEMBERED_MAX = 256;

/**
 * The slots of a replica that are known after it has said `machine`, in order of sequence number. What it tells now replaces what
 * it told before; of the earlier ones those stay that its status has no room for any more, or that a checkpoint has put away.
 */
export function remembered(before: readonly SlotStatus[], machine: MachineStatus): readonly SlotStatus[] {
  const { slots, lowWaterMark } = machine;
  // Where it tells of no slot, everything after its stable checkpoint is gone: a view change may have undone it.
  const first = slots[0]?.seq ?? lowWaterMark + 1;
  const earlier = before.filter(({ seq }) => seq < first);
  return [...earlier, ...slots].slice(-REMEMBERED_MAX);
}
