/** Chromium for the tests of the page, and a font for it to write with. */
import type { Say } from "#bin/run/command.ts";
import { existsSync, readdirSync } from "node:fs";
import { StartError } from "#server/start-error.ts";
import { findOnPath, isExecutable } from "#bin/run/programs.ts";
import {
  INSTALL_COMMANDS,
  install,
  packageManagerName,
  usablePackageManager,
  type PackageManager,
} from "#bin/provision/package-manager.ts";

/** The browser first, then fonts: without any, a page is full of boxes. */
const PACKAGES = {
  "apt-get": ["chromium", "fonts-dejavu-core", "fonts-noto-color-emoji"],
  apk: ["chromium", "font-dejavu", "font-noto-emoji"],
  dnf: ["chromium", "dejavu-sans-fonts", "google-noto-color-emoji-fonts"],
  brew: ["chromium"],
} as const satisfies Readonly<Record<PackageManager["name"], readonly string[]>>;

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_APPS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const FONT_FOLDERS = ["/usr/share/fonts", "/usr/local/share/fonts"];

/**
 * Path of a Chromium: CHROMIUM_PATH, the one on PATH, or one that is installed where that needs no
 * password. Throws a StartError with ways to get one otherwise.
 */
export async function findChromium(say: Say): Promise<string> {
  const given = process.env["CHROMIUM_PATH"];
  if (given !== undefined && given !== "") return checkGiven(given);
  const found = findInstalled();
  if (found !== undefined && hasFonts()) return found;
  const manager = await usablePackageManager();
  if (manager !== undefined) {
    const problem = await install(manager, missing(manager, found), say);
    for (const line of problem ?? []) say(line);
  }
  const chromium = findInstalled();
  if (chromium !== undefined) return chromium;
  throw notFound();
}

function checkGiven(path: string): string {
  if (isExecutable(path)) return path;
  throw new StartError(
    `CHROMIUM_PATH is ${path}, and there is no program there.`,
    "Correct it, or leave it out: then Chromium is looked for, and installed where possible.",
  );
}

function findInstalled(): string | undefined {
  return findOnPath(...NAMES) ?? MAC_APPS.find(isExecutable);
}

function missing(manager: PackageManager, chromium: string | undefined): readonly string[] {
  const [browser, ...fonts] = PACKAGES[manager.name];
  return [...(chromium === undefined ? [browser] : []), ...(hasFonts() ? [] : fonts)];
}

function hasFonts(): boolean {
  if (process.platform !== "linux") return true;
  return FONT_FOLDERS.filter((folder) => existsSync(folder)).some((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).some((name) =>
      /\.(?:ttf|otf|ttc|pcf\.gz)$/u.test(name),
    ),
  );
}

function notFound(): StartError {
  const manager = packageManagerName() ?? "apt-get";
  const packages = PACKAGES[manager].join(" ");
  return new StartError(
    "The tests of the page need Chromium, and it could not be installed here. Either will do:",
    `  1. Install it, then test again:   ${INSTALL_COMMANDS[manager]} ${packages}`,
    "  2. Name one that you have:        CHROMIUM_PATH=/path/to/chrome npm test",
  );
}
