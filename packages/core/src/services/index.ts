import type { Service } from "../service.js";
import { bank } from "./bank.js";
import { counter } from "./counter.js";
import { kv } from "./kv.js";

/** The services that come with bft, by name. */
export const SERVICES: ReadonlyMap<string, Service> = new Map([kv, bank, counter].map((service) => [service.name, service]));
