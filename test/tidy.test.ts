/** This project keeps its own habits; each check is also shown to find what it is for. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { SETTINGS } from "#server/config.ts";
import { MUTANTS } from "#test/mutants/mutants.ts";
import * as tidy from "#test/support/tidy-rules.ts";

const ROOT = join(import.meta.dirname, "..");
const CODE = readAll("{src,bin,test,bench,examples}/**/*.{ts,tsx,js}", "*.ts");
const STYLES = readAll("src/**/*.css");
const SCRIPTS = readAll("src/**/*.lua");
const TESTS = CODE.filter(({ path }) => path.endsWith(".test.ts") && !path.includes("tidy"));

describe("layers", () => {
  test("point one way", () => {
    assert.deepEqual(CODE.flatMap(tidy.layerProblems), []);
  });

  for (const [path, name, problem] of [
    ["src/protocol/a.ts", "#sdk/b.ts", "protocol may not import src/sdk/b.ts"],
    ["src/protocol/a.ts", "zod", "protocol may not import the package zod"],
    ["src/sdk/a.ts", "#server/core/b.ts", "sdk may not import src/server/core/b.ts"],
    ["src/sdk/room/a.ts", "preact", "sdk may not import the package preact"],
    ["src/sdk/a.ts", "node:fs", "sdk may not import node:fs"],
    ["src/web/a.tsx", "#server/config.ts", "web may not import src/server/config.ts"],
    ["src/server/core/a.ts", "#sdk/b.ts", "server/core may not import src/sdk/b.ts"],
    [
      "src/server/core/a.ts",
      "#server/redis/b.ts",
      "server/core may not import src/server/redis/b.ts",
    ],
    ["src/server/core/a.ts", "node:crypto", "server/core may not import node:crypto"],
    ["src/server/core/a.ts", "pino", "server/core may not import the package pino"],
    [
      "src/server/http/a.ts",
      "#server/redis/b.ts",
      "server/http may not import src/server/redis/b.ts",
    ],
    ["src/server/redis/a.ts", "#server/main.ts", "server/redis may not import src/server/main.ts"],
    ["src/server/log.ts", "./http/b.ts", "server may not import src/server/http/b.ts"],
    ["src/server/log.ts", "#bin/start.ts", "server may not import bin/start.ts"],
  ] as const) {
    test(`find ${path} importing ${name}`, () => {
      const texts = [
        `import { b } from "${name}";\n`,
        `import type {\n  B,\n} from "${name}";\n`,
        `export { b } from "${name}";\n`,
        `const b = await import("${name}");\n`,
      ];
      for (const text of texts) {
        assert.deepEqual(tidy.layerProblems(file(path, text)), [`${path}: ${problem}`]);
      }
    });
  }

  test("let pass what goes the right way", () => {
    const right = [
      file("src/sdk/a.ts", 'import { io } from "socket.io-client";\nimport "#protocol/b.ts";\n'),
      file("src/server/redis/a.ts", 'import "#server/core/b.ts";\nimport "node:fs";\n'),
      file("src/server/main.ts", 'import "./redis/b.ts";\nimport "./http/c.ts";\n'),
      file("test/a.test.ts", 'import "#server/redis/b.ts";\nimport "#sdk/c.ts";\n'),
    ];
    assert.deepEqual(right.flatMap(tidy.layerProblems), []);
  });

  test("are known, each", () => {
    const problems = tidy.layerProblems(file("src/server/utils/a.ts", ""));
    assert.match(problems.join(), /server\/utils is no layer/u);
  });

  test("import across folders by # names", () => {
    assert.deepEqual(CODE.flatMap(tidy.climbingProblems), []);
    const climbing = file("src/server/redis/a.ts", 'import { b } from "../core/b.ts";\n');
    assert.equal(tidy.climbingProblems(climbing).length, 1);
  });
});

describe("files", () => {
  test("can be read: 300 lines, 500 for a test, 120 columns", () => {
    assert.deepEqual([...CODE, ...STYLES, ...SCRIPTS].flatMap(tidy.sizeProblems), []);
    assert.equal(tidy.sizeProblems(file("src/a.ts", "x\n".repeat(301))).length, 1);
    assert.equal(tidy.sizeProblems(file("src/a.ts", "x\n".repeat(300))).length, 0);
    assert.equal(tidy.sizeProblems(file("test/a.test.ts", "x\n".repeat(500))).length, 0);
    assert.equal(tidy.sizeProblems(file("test/a.test.ts", "x\n".repeat(501))).length, 1);
    assert.equal(tidy.sizeProblems(file("src/a.ts", "é".repeat(120))).length, 0);
    assert.equal(tidy.sizeProblems(file("src/a.ts", "x".repeat(121))).length, 1);
  });

  test("open with what they are for", () => {
    assert.deepEqual(CODE.flatMap(tidy.purposeProblems), []);
    assert.equal(tidy.purposeProblems(file("src/a.ts", 'import "b";\n')).length, 1);
    assert.equal(tidy.purposeProblems(file("src/a.ts", "/** */\nlet a;\n")).length, 1);
    assert.equal(
      tidy.purposeProblems(file("bin/a.js", "#!/usr/bin/env node\n/** A. */\n")).length,
      0,
    );
  });

  test("say why, where a rule is switched off", () => {
    // These two only speak of it.
    const others = CODE.filter(({ path }) => !path.includes("tidy"));
    assert.deepEqual(others.flatMap(tidy.disableProblems), []);
    const off = "// oxlint-disable-next-line no-control-regex";
    assert.equal(tidy.disableProblems(file("a.ts", `${off}\n`)).length, 1);
    assert.equal(
      tidy.disableProblems(file("a.ts", `${off} -- because it looks for them\n`)).length,
      0,
    );
  });
});

describe("Redis scripts", () => {
  const good =
    "#!lua\n-- Does it.\n-- KEYS: 1 a\n-- ARGV: none\n-- Returns nothing.\nlocal a = KEYS[1]\n";

  test("are short, touch few keys, and say what they take and give", () => {
    assert.ok(SCRIPTS.length > 0);
    assert.deepEqual(SCRIPTS.flatMap(tidy.scriptProblems), []);
    assert.deepEqual(tidy.scriptProblems(file("a.lua", good)), []);
  });

  for (const [what, text] of [
    ["a long one", good + "a = 1\n".repeat(35)],
    ["five keys", good.replace("KEYS[1]", "KEYS[5]")],
    ["no KEYS", good.replace("-- KEYS: 1 a\n", "")],
    ["no ARGV", good.replace("-- ARGV: none\n", "")],
    ["no word of what it returns", good.replace("-- Returns nothing.\n", "")],
  ] as const) {
    test(`find ${what}`, () => {
      assert.equal(tidy.scriptProblems(file("a.lua", text)).length, 1);
    });
  }
});

describe("mutants", () => {
  test("are changes of the code as it is", () => {
    const gone = MUTANTS.flatMap(({ name, patches }) =>
      patches.filter((patch) => !read(patch.file).includes(patch.from)).map(() => name),
    );
    assert.deepEqual(gone, []);
  });
});

describe("documents", () => {
  test("each rule of SPEC.md is quoted by a test, and each quote is a rule", () => {
    assert.deepEqual(tidy.ruleProblems(read("docs/SPEC.md"), TESTS), []);
  });

  test("find a rule without a test, and a test without a rule", () => {
    const spec = "- **AB1** One.\n- **AB2** Two.\n- **AB3** Three.\n";
    const tests = [file("a.test.ts", 'test("[AB1] [AB3] one")\ntest(`[AB4] four`)\n')];
    assert.deepEqual(tidy.ruleProblems(spec, tests), ["no test of AB2", "a.test.ts: no rule AB4"]);
  });

  test("docs/self-hosting.md has every setting, as it is", () => {
    assert.deepEqual(tidy.settingProblems(read("docs/self-hosting.md"), SETTINGS), []);
  });

  test("find a setting that is missing, wrong, or gone", () => {
    const port = { flag: "port", variable: "PORT", default: "1", description: "where" };
    const row = "| `--port` | `PORT` | 1 | where |";
    assert.deepEqual(tidy.settingProblems(`${row}\n`, [port]), []);
    assert.equal(tidy.settingProblems("", [port]).length, 1);
    assert.equal(tidy.settingProblems(row.replace("1", "2"), [port]).length, 2);
    assert.equal(tidy.settingProblems(row, []).length, 1);
  });
});

describe("packages", () => {
  const lock = { packages: { "": { version: "1.0.0" } } };

  test("have exact versions, all of them in the lockfile, and no addresses", () => {
    const manifest: unknown = JSON.parse(read("package.json"));
    const locked: unknown = JSON.parse(read("package-lock.json"));
    assert.ok(isManifest(manifest) && isLock(locked));
    assert.deepEqual(tidy.lockProblems(manifest, locked), []);
  });

  test("find a range", () => {
    const manifest = { devDependencies: { a: "^1.0.0" } };
    assert.equal(tidy.lockProblems(manifest, lock).length, 1);
  });

  test("find an address", () => {
    const a = { version: "1.0.0", resolved: "https://example.org/a.tgz" };
    const packages = { ...lock.packages, "node_modules/a": a };
    assert.equal(tidy.lockProblems({}, { packages }).length, 1);
  });

  test("find one for another platform that is not in the lockfile", () => {
    const a = { version: "1.0.0", optionalDependencies: { "a-mac": "1.0.0", "a-linux": "1.0.0" } };
    const mac = { version: "1.0.0" };
    const packages = { ...lock.packages, "node_modules/a": a, "node_modules/a-mac": mac };
    assert.match(
      tidy.lockProblems({}, { packages }).join(),
      /a-linux, which node_modules\/a need/u,
    );
  });
});

function file(path: string, text: string): tidy.SourceFile {
  return { path, text };
}

function readAll(...patterns: readonly string[]): readonly tidy.SourceFile[] {
  return globSync(patterns, { cwd: ROOT }).map((path) => file(path, read(path)));
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function isManifest(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isLock(value: unknown): value is Parameters<typeof tidy.lockProblems>[1] {
  return isManifest(value) && isManifest(value["packages"]);
}
