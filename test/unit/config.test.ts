/** The settings: flags before variables, every mistake told at once, and no secret repeated. */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { SETTINGS, readConfig } from "#server/config.ts";
import { StartError } from "#server/start-error.ts";

type Environment = Readonly<Record<string, string>>;

function mistakes(args: readonly string[], env: Environment = {}): readonly string[] {
  try {
    readConfig(args, env);
  } catch (error) {
    assert.ok(error instanceof StartError);
    return error.lines;
  }
  return [];
}

describe("the settings", () => {
  test("have defaults for everything", () => {
    const config = readConfig([], {});
    assert.equal(config.host, "127.0.0.1");
    assert.equal(config.port, 8080);
    assert.equal(config.dataDir, resolve("data"));
    assert.equal(config.redisUrl, undefined);
    assert.deepEqual(config.publicOrigins, []);
    assert.deepEqual(config.trustedProxies.rules, []);
    assert.equal(config.registration, "open");
    assert.equal(config.demo, false);
    assert.equal(config.logLevel, undefined);
  });

  test("can each be given as a flag, with = or a space, and as its variable", () => {
    const values: Readonly<Record<string, string>> = {
      port: "9000",
      host: "::1",
      data: "/srv/chat",
      "redis-url": "redis://redis.example:6379",
      "stranger-redis-url": "redis://forgets.example:6379",
      "public-url": "https://chat.example",
      "trusted-proxies": "10.0.0.0/8",
      durability: "none",
      registration: "invitation",
      demo: "true",
      tutorial: "true",
      "tutorial-page": "/page",
      "private-callbacks": "true",
      "log-level": "debug",
    };
    for (const { flag, variable } of SETTINGS) {
      const value = values[flag];
      assert.ok(value !== undefined, `a value for --${flag}`);
      const byEquals = readConfig([`--${flag}=${value}`], {});
      const bySpace = readConfig(value === "true" ? [`--${flag}`] : [`--${flag}`, value], {});
      const byVariable = readConfig([], { [variable]: value });
      assert.deepEqual(byEquals, byVariable, flag);
      assert.deepEqual(bySpace, byVariable, flag);
      assert.notDeepEqual(
        rules(byVariable),
        rules(readConfig([], {})),
        `${flag} changes something`,
      );
    }
  });

  test("a flag wins over its variable, and an empty variable is none", () => {
    assert.equal(readConfig(["--port", "1"], { PORT: "2" }).port, 1);
    assert.equal(readConfig(["--port", "1"], { PORT: "nonsense" }).port, 1);
    assert.equal(readConfig(["--demo=false"], { DEMO: "1" }).demo, false);
    assert.equal(readConfig([], { PORT: "", REDIS_URL: "" }).port, 8080);
  });

  test("all mistakes are told at once, a line each, naming where they are", () => {
    const lines = mistakes(["--port", "99999", "--colour", "red", "--log-level=loud"], {
      REDIS_URL: "http://redis",
      PUBLIC_URL: "chat.example",
      TRUSTED_PROXIES: "10.0.0.0/33",
      DEMO: "perhaps",
    });
    const places = ["--colour", "red", "--port", "REDIS_URL", "PUBLIC_URL", "TRUSTED_PROXIES"];
    assert.equal(lines.length, 8);
    for (const place of [...places, "DEMO", "--log-level"]) {
      const found = lines.filter((line) => line.includes(place));
      assert.ok(found.length >= 1, `${place} in:\n${lines.join("\n")}`);
    }
    for (const line of lines) assert.doesNotMatch(line, /\n/u);
  });

  test("a mistaken address of Redis is not repeated, for it may hold a password", () => {
    const [line = ""] = mistakes([], { REDIS_URL: "htp://me:sesame@redis" });
    assert.match(line, /^REDIS_URL is not understood/u);
    assert.doesNotMatch(line, /sesame/u);
  });

  test("a port is 0 to 65535", () => {
    for (const port of ["0", "1", "80", "65535"]) {
      assert.equal(readConfig(["--port", port], {}).port, Number(port));
    }
    for (const port of [
      "65536",
      "99999",
      "-1",
      "1.5",
      "1e3",
      "0x50",
      " 80",
      "80 ",
      "eighty",
      "٨٠",
    ]) {
      assert.equal(mistakes([`--port=${port}`]).length, 1, port);
    }
  });

  test("Redis is at a redis:, rediss: or unix: address", () => {
    const right = ["redis://localhost", "rediss://u:p@redis:6380/1", "unix:/run/r.sock"];
    for (const url of [...right, "unix:///run/r.sock"]) {
      assert.equal(readConfig([], { REDIS_URL: url }).redisUrl, url);
    }
    for (const url of ["localhost:6379", "redis", "http://redis", "unix:", "unix:relative", "//"]) {
      assert.equal(mistakes([], { REDIS_URL: url }).length, 1, url);
    }
  });

  test("public addresses become origins, several with commas", () => {
    const { publicOrigins } = readConfig([], {
      PUBLIC_URL: "https://Chat.Example, http://10.0.0.1:8080/,https://other.example:443",
    });
    const expected = ["https://chat.example", "http://10.0.0.1:8080", "https://other.example"];
    assert.deepEqual(publicOrigins, expected);
    const wrong = ["chat.example", "https://chat.example/chat", "ftp://chat.example", "*", "null"];
    for (const url of wrong) assert.equal(mistakes([], { PUBLIC_URL: url }).length, 1, url);
  });

  test("trusted proxies are addresses and networks of both kinds", () => {
    const { trustedProxies } = readConfig([], { TRUSTED_PROXIES: "10.0.0.0/8, ::1,fd00::/8" });
    assert.ok(trustedProxies.check("10.255.0.1", "ipv4"));
    assert.ok(!trustedProxies.check("11.0.0.1", "ipv4"));
    assert.ok(trustedProxies.check("::1", "ipv6"));
    assert.ok(!trustedProxies.check("::2", "ipv6"));
    assert.ok(trustedProxies.check("fd12::1", "ipv6"));
    const wrong = ["10.0.0", "10.0.0.0/33", "::/129", "localhost", "10.0.0.0/", "10.0.0.0/-1", "*"];
    for (const list of [...wrong, "10.0.0.0/8/9", "10.0.0.1,"]) {
      assert.equal(mistakes([], { TRUSTED_PROXIES: list }).length, 1, list);
    }
  });

  test("a switch is on or off", () => {
    for (const on of ["1", "true", "YES", "on"]) assert.ok(readConfig([], { DEMO: on }).demo);
    for (const off of ["0", "false", "No", "off"]) assert.ok(!readConfig([], { DEMO: off }).demo);
    for (const neither of ["2", "maybe", "truely"]) {
      assert.equal(mistakes([], { DEMO: neither }).length, 1, neither);
    }
  });

  test("a flag that is no setting is told together with those that are", () => {
    for (const flag of [
      "--prot",
      "-p",
      "--no-demo",
      "--constructor",
      "--toString",
      "--__proto__",
    ]) {
      const [line = "", ...more] = mistakes([flag]);
      assert.deepEqual(more, [], flag);
      assert.match(line, /is no setting/u, flag);
      for (const { flag: known } of SETTINGS) assert.ok(line.includes(`--${known}`), known);
    }
  });

  test("a flag without its value is told, not guessed", () => {
    assert.match(mistakes(["--port"])[0] ?? "", /--port needs a value/u);
    assert.equal(mistakes(["--port", "--demo"]).length, 1);
    assert.match(mistakes(["9000"])[0] ?? "", /"9000" is not understood/u);
  });

  test("every one is described for the documents", () => {
    for (const { flag, variable, description } of SETTINGS) {
      assert.match(flag, /^[a-z]+(?:-[a-z]+)*$/u);
      assert.match(variable, /^[A-Z]+(?:_[A-Z]+)*$/u);
      assert.ok(description.length > 10, flag);
    }
  });
});

/** A block list compares by what it holds. */
function rules(config: ReturnType<typeof readConfig>): unknown {
  return { ...config, trustedProxies: config.trustedProxies.rules };
}
