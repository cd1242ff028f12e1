/** Devices in words: browsers by their own name, programs by theirs, and nothing else of what was sent. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deviceName } from "#server/core/people/device.ts";

const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)";
const ANDROID = "Mozilla/5.0 (Linux; Android 10; K)";
const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/** An agent whose last word ends after so many characters. */
const upTo = (end: number) => `Mozilla/5.0 (${"x".repeat(end - 13 - 8)} Windows`;

describe("devices", () => {
  for (const [agent, name] of [
    [`${WINDOWS.replace(")", "; rv:144.0)")} Gecko/20100101 Firefox/144.0`, "Firefox on Windows"],
    [
      `${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`,
      "Safari on Mac",
    ],
    [`Mozilla/5.0 (X11; Linux x86_64) ${CHROME}`, "Chrome on Linux"],
    [`${WINDOWS} ${CHROME} Edg/140.0.0.0`, "Edge on Windows"],
    [`${WINDOWS} ${CHROME} OPR/120.0.0.0`, "Opera on Windows"],
    [`${ANDROID} ${CHROME.replace("Safari", "Mobile Safari")}`, "Chrome on Android"],
    [
      `${IPHONE} AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148`,
      "Chrome on iPhone",
    ],
    [
      `${IPHONE} AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/144.0 Mobile/15E148`,
      "Firefox on iPhone",
    ],
    ["Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/140.0", "Chrome on ChromeOS"],
    ["Mozilla/5.0 (compatible)", "Browser"],
    ["curl/8.5.0", "curl"],
    ["node", "node"],
    ["python-requests/2.32", "python-requests"],
    ["", "Unknown device"],
    ["<script>alert(1)</script>", "Unknown device"],
    ["\u202egnp.exe", "Unknown device"],
    [`${"a".repeat(31)}/1`, "Unknown device"],
    [`${"a".repeat(30)}/1`, "a".repeat(30)],
  ] as const) {
    test(`${agent.slice(0, 80)} is ${name}`, () => {
      assert.equal(deviceName(agent), name);
    });
  }

  test("what stands behind the first 200 characters does not count", () => {
    assert.equal(deviceName(upTo(199)), "Browser on Windows");
    assert.equal(deviceName(upTo(200)), "Browser on Windows");
    assert.equal(deviceName(upTo(201)), "Browser");
    assert.equal(deviceName(undefined), "Unknown device");
  });
});
