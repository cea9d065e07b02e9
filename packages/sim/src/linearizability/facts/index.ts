import { SERVICES, type Service } from "@bft/core";
import { NOTHING, type ServiceFacts, UNKNOWN_SERVICE } from "./facts.js";
import { kvFacts } from "./kv.js";

const counterFacts: ServiceFacts = {
  ...UNKNOWN_SERVICE,
  anonymous: true,
  changesNothing: (operation, result) => operation === "get" || result?.ok === false,
};

const bankFacts: ServiceFacts = {
  ...UNKNOWN_SERVICE,
  anonymous: true,
  touches(operation) {
    const [word, first = "", second = "", ...rest] = operation.split(" ");
    const words = operation.split(" ").length;
    switch (`${word}/${words - 1}`) {
      case "open/2":
      case "balance/1":
        return { keys: [first], prefixes: [] };
      case "transfer/3":
        return rest.length === 1 ? { keys: [first, second], prefixes: [] } : NOTHING;
      case "total/0":
        return null;
      default:
        return NOTHING;
    }
  },
  changesNothing: (operation, result) => /^(balance [^ ]*|total)$/.test(operation) || result?.ok === false,
};

/** What is known of a service: something of those that come with bft, nothing of a user's own, whatever its name. For one check. */
export function factsOf(service: Service): ServiceFacts {
  if (SERVICES.get(service.name) !== service) return UNKNOWN_SERVICE;
  switch (service.name) {
    case "kv":
      return kvFacts();
    case "counter":
      return counterFacts;
    case "bank":
      return bankFacts;
    default:
      return UNKNOWN_SERVICE;
  }
}
