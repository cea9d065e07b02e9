import { type Section, sectionMarkdown } from "./report.js";

/**
 * docs/performance.md as it is to be: these sections, and between them what `before` has of others, in its order.
 * @param before the page as it is, or null where there is none
 * @param machine in words
 */
export function page(before: string | null, machine: string, sections: readonly Section[]): string {
  const written = new Map(sections.map((section) => [section.title, sectionMarkdown(section)]));
  const kept = (before ?? "").split(/^(?=## )/m).slice(1);
  const parts = kept.map((part) => {
    const title = part.slice("## ".length, part.indexOf("\n"));
    const anew = written.get(title);
    written.delete(title);
    return anew ?? `${part.trimEnd()}\n`;
  });
  return `${heading(machine)}\n${[...parts, ...written.values()].join("\n")}`;
}

function heading(machine: string): string {
  return `# Performance

Written by \`npm run bench -- --all --markdown docs/performance.md\` on ${machine}; with names in place of \`--all\` only their
sections are written anew. Replicas, clients and the benchmark share these cores, and the machine is not equally fast at all times. Ratios
compare figures of one run and carry over; absolute figures do not. Where the time goes, what was done about it and what is next:
[performance-profile.md](performance-profile.md).
`;
}
