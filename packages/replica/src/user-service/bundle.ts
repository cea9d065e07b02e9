import { builtinModules } from "node:module";
import { basename, dirname, resolve } from "node:path";
import { type BuildFailure, build, type Message, type Plugin, stop } from "esbuild";
import { FORBIDDEN_MARKS, forbiddenSentence } from "./forbidden.js";

/** A module and all that it imports, as one module. */
export interface Bundle {
  readonly code: string;
  /** JSON, as source maps are. Its sources are relative to the folder of the module. */
  readonly map: string;
  /** Absolute paths of all files that are in it; the module itself first. */
  readonly files: readonly string[];
}

/** What esbuild has against a module, as the end of a sentence, with the place where there is one. */
export class BundleError extends Error {
  override readonly name = "BundleError";
  readonly place: { readonly file: string; readonly line: number; readonly column: number } | null;

  constructor({ text, location }: Pick<Message, "text" | "location">, folder: string) {
    super(text);
    this.place = location && { file: resolve(folder, location.file), line: location.line, column: location.column + 1 };
  }
}

/** Bundles the module in `file`. The forbidden globals in it are marked (forbidden.ts). @throws BundleError */
export async function bundle(file: string): Promise<Bundle> {
  const folder = dirname(file);
  try {
    const { outputFiles, metafile } = await build({
      absWorkingDir: folder,
      entryPoints: [`./${basename(file)}`],
      outfile: "service.js",
      bundle: true,
      write: false,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      target: "node20",
      define: FORBIDDEN_MARKS,
      plugins: [refuseNode],
      sourcemap: "external",
      sourcesContent: false,
      legalComments: "none",
      charset: "utf8",
      metafile: true,
      logLevel: "silent",
    });
    const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
    const imported = Object.keys(metafile.inputs).map((path) => resolve(folder, path));
    return { code: text(".js"), map: text(".map"), files: [file, ...imported.filter((path) => path !== file)] };
  } catch (error) {
    const [first] = (error as Partial<BuildFailure>).errors ?? [];
    if (first === undefined) throw error;
    throw new BundleError(first, folder);
  } finally {
    // Its process would live as long as ours.
    await stop();
  }
}

/** Node's own modules reach out of the service: files, network, clock. */
const refuseNode: Plugin = {
  name: "refuse-node",
  setup(plugin) {
    plugin.onResolve({ filter: /^[\w:/-]+$/ }, ({ path }) => {
      const name = path.replace(/^node:/, "");
      if (!path.startsWith("node:") && !builtinModules.includes(name)) return null;
      return {
        errors: [{ text: forbiddenSentence(path, "a service has the language and its store, and nothing of the machine") }],
      };
    });
  },
};
