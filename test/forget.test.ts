/** What strangers are promised, looked for with canaries: a short run of `npm run forget`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "#test/forget/findings.ts";
import { lookForCanaries } from "#test/forget/run.ts";

test(
  "[FG11] nothing of strangers is found where it must not be",
  { timeout: 120_000 },
  async () => {
    const findings: Finding[] = [];
    await lookForCanaries({ isLong: false, onFinding: (finding) => findings.push(finding) });
    const hits = findings.flatMap(({ promise, how, hits: all }) =>
      all.map((hit) => `${promise}, ${how}: ${hit}`),
    );
    assert.deepEqual(hits, []);
    const looked = new Set(findings.flatMap(({ promise }) => promise.split(", ")));
    for (const promise of ["P1", "P3", "P4", "P6", "P7", "P9", "P10", "P11", "P12", "P14"]) {
      assert.ok(looked.has(promise), promise);
    }
  },
);
