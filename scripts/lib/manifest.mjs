// @ts-check
import { writeFileSync } from "node:fs";
import { inRoot } from "./paths.mjs";

/** Writes down every command's flags and help, so that `bft --help` need not load the commands. */
export async function writeManifest() {
  const { Plugin } = await import("@oclif/core");
  const root = inRoot("packages", "cli");
  const plugin = new Plugin({
    children: [],
    errorOnManifestCreate: true,
    ignoreManifest: true,
    respectNoCacheDefault: true,
    root,
    type: "core",
  });
  await plugin.load();
  writeFileSync(inRoot("packages", "cli", "oclif.manifest.json"), `${JSON.stringify(plugin.manifest, null, 2)}\n`);
}
