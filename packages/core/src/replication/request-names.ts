import { NAMES_SHOWN, type RequestName } from "../machine.js";

/** The names of the first requests or commands of a batch, as a person is shown them. */
export function namesOf(requests: readonly RequestName[]): readonly RequestName[] {
  return requests.slice(0, NAMES_SHOWN).map(({ client, timestamp }) => ({ client, timestamp }));
}
