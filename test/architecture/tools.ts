import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inProject } from "../support/project.js";

const packages = ["core", "net", "replica", "sim", "cli"];

/** Source files by their path in the project. */
export type Sources = ReadonlyMap<string, string>;

/** What a tool has against a file: for the linter the rule's name, for the compiler its error code. */
export interface Finding {
  readonly file: string;
  readonly rule: string;
  readonly message: string;
}

/** Runs a tool that is expected to find fault: its exit code says nothing here, its output all. */
function outputOf(tool: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [inProject("node_modules", tool), ...args], { cwd, maxBuffer: 2 ** 26 }, (_, stdout) =>
      resolve(stdout),
    );
  });
}

/** Calls `use` with a folder that holds the project's configuration and manifests, and of all sources only these. */
async function inCopy<T>(sources: Sources, use: (dir: string) => Promise<T>): Promise<T> {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), "bft-architecture-")));
  try {
    const manifests = packages.flatMap((name) => [`packages/${name}/package.json`, `packages/${name}/tsconfig.json`]);
    for (const file of ["biome.json", "package.json", "tsconfig.base.json", "scripts/lint", ...manifests]) {
      await cp(inProject(file), path.join(dir, file), { recursive: true });
    }
    for (const modules of ["node_modules", ...packages.map((name) => `packages/${name}/node_modules`)]) {
      await symlink(inProject(modules), path.join(dir, modules), "junction");
    }
    for (const [file, source] of sources) {
      await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
      await writeFile(path.join(dir, file), source);
    }
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

interface BiomeReport {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly message: string;
    readonly location: { readonly path: string };
  }[];
}

/** What the linter finds in these sources under the project's rules. */
export function lint(sources: Sources): Promise<readonly Finding[]> {
  return inCopy(sources, async (dir) => {
    const args = ["lint", "--reporter=json", "--max-diagnostics=none", "packages"];
    const report = JSON.parse(await outputOf("@biomejs/biome/bin/biome", args, dir)) as BiomeReport;
    return report.diagnostics.map(({ category, message, location }) => ({
      file: location.path,
      rule: category.slice(category.lastIndexOf("/") + 1),
      message,
    }));
  });
}

/** What the compiler finds in these sources of one package. */
export function compile(name: string, sources: Sources): Promise<readonly Finding[]> {
  return inCopy(sources, async (dir) => {
    const output = await outputOf("typescript/bin/tsc", ["--noEmit", "--pretty", "false", "-p", `packages/${name}`], dir);
    return [...output.matchAll(/^(\S+)\(\d+,\d+\): error (TS\d+): (.*)$/gm)].map(([, file = "", rule = "", message = ""]) => ({
      file,
      rule,
      message,
    }));
  });
}
