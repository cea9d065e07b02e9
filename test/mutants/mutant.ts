/** A seeded bug: one slip an engineer could make in the core, as a change of its source text. */
export interface Mutant {
  readonly name: string;
  /** The rule that it breaks: a section of the paper. */
  readonly section: string;
  /** What the mutated core does, in a sentence. */
  readonly what: string;
  /** Source file below packages/core/src, without its extension. */
  readonly file: string;
  /** Exact source text; must occur once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** @throws RangeError when the mutant's text does not occur exactly once: the core has changed and the mutant must follow. */
export function mutate(source: string, { name, file, find, replace }: Mutant): string {
  const parts = source.split(find);
  if (parts.length !== 2)
    throw new RangeError(
      `mutant ${name} no longer applies: its text occurs ${parts.length - 1} times in packages/core/src/${file}.ts, expected once; ` +
        `write its "find" anew in test/mutants/catalogue`,
    );
  return parts.join(replace);
}
