/** The document that describes the API: whole, valid, and true to the routes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ERRORS } from "#protocol/errors.ts";
import { apiPage } from "#server/http/api-page.ts";
import { appRoutes } from "#test/support/app-routes.ts";
import { openApiProblems } from "#test/support/openapi-rules.ts";
import { openApi } from "#server/http/openapi.ts";
import type { OpenApi } from "#server/http/openapi.ts";
import { GROUPS, describedRoutes } from "#server/http/operation.ts";

const routes = appRoutes();
const document = openApi(describedRoutes(routes), "klatch");
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, it]) => ({ name: `${method} ${path}`, path, it })),
);

describe("the description of the API", () => {
  test("[AP1] has every route, and nothing else", () => {
    // What stands for any path or any method is a gate or the files of the page, not a route.
    const there = routes
      .filter(({ path, method }) => method !== "ALL" && !path.includes("*"))
      .map(({ path, method }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/gu, "{$1}")}`);
    assert.ok(there.length > 30);
    const told = operations.map(({ name }) => name);
    assert.deepEqual([...new Set(there)].toSorted(), told.toSorted());
  });

  test("[AP2] is valid OpenAPI 3.1", () => {
    assert.deepEqual(openApiProblems(JSON.parse(JSON.stringify(document))), []);
  });

  for (const [what, spoil] of [
    ["another version", (api: Spoilt) => void (api["openapi"] = "3.0.0")],
    ["no title", (api: Spoilt) => void delete at(api, "info")["title"]],
    ["a path without a slash", (api: Spoilt) => void (at(api, "paths")["api"] = {})],
    ["an unknown method", (api: Spoilt) => void (at(api, "paths", "/healthz")["got"] = {})],
    ["no answers", (api: Spoilt) => void (at(api, "paths", "/healthz", "get")["responses"] = {})],
    [
      "a parameter that is not in the path",
      (api: Spoilt) =>
        void (at(api, "paths", "/healthz", "get")["parameters"] = [
          { name: "id", in: "path", required: true, schema: {} },
        ]),
    ],
    [
      "a parameter of the path that is missing",
      (api: Spoilt) => void delete at(api, "paths", "/api/rooms/{id}", "get")["parameters"],
    ],
    [
      "one id twice",
      (api: Spoilt) => void (at(api, "paths", "/healthz", "get")["operationId"] = "getReadyz"),
    ],
    ["a pointer to nothing", (api: Spoilt) => void delete at(api, "components", "schemas")["Room"]],
    ["a schema nobody uses", (api: Spoilt) => void (at(api, "components", "schemas")["X"] = {})],
    [
      "a type there is not",
      (api: Spoilt) => void (at(api, "components", "schemas", "Room")["type"] = "map"),
    ],
    [
      "an unknown way to sign in",
      (api: Spoilt) => void (at(api, "paths", "/api/me", "get")["security"] = [{ key: [] }]),
    ],
    ["an unknown tag", (api: Spoilt) => void (at(api, "paths", "/healthz", "get")["tags"] = ["X"])],
  ] as const) {
    test(`[AP2] its check finds ${what}`, () => {
      const spoilt: unknown = JSON.parse(JSON.stringify(document));
      assert.ok(isRecord(spoilt));
      spoil(spoilt);
      assert.notDeepEqual(openApiProblems(spoilt), []);
    });
  }

  test("[AP3] each operation says what it does, under a heading, with its refusals", () => {
    for (const { name, it } of operations) {
      assert.match(it.summary, /^[A-Z][^\n]{5,80}[^.\n]$/u, name);
      assert.ok(
        it.tags.every((tag) => Object.hasOwn(GROUPS, tag)),
        name,
      );
      const isPublic = it.security.length === 0;
      assert.equal("401" in it.responses, !isPublic || it.operationId === "postSession", name);
      const told = Object.values(it.responses).map(({ description }) => description);
      for (const [, code = ""] of told.join(" ").matchAll(/`([a-z-]+)`:/gu)) {
        assert.ok(Object.hasOwn(ERRORS, code), `${name}: ${code}`);
      }
    }
  });

  test("[AP3] each body has an example that its own schema takes", () => {
    const bodies = describedRoutes(routes).filter(({ told }) => told.body !== undefined);
    assert.ok(bodies.length > 8);
    for (const { method, path, told } of bodies) {
      const examples = told.body?.meta()?.["examples"];
      const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
      assert.ok(example !== undefined, `${method} ${path} has no example`);
      assert.ok(told.body?.safeParse(example).success, `${method} ${path}`);
    }
  });
});

describe("the page about the API", () => {
  const page = apiPage(document);

  test("[AP4] shows every operation with a line for the shell, and needs no script", () => {
    for (const { path, it } of operations) {
      assert.ok(
        page.includes(`<h3 id="${it.operationId}">${it.summary.replaceAll("'", "&#39;")}</h3>`),
        it.summary,
      );
      assert.ok(page.includes(`<code>${path}</code>`));
    }
    assert.equal(page.match(/<pre\s+tabindex="0"\s*><code>curl /gu)?.length, operations.length);
    // Refusals are folded away; what one wants to see is not.
    const shown = page.replaceAll(/<details>[\s\S]*?<\/details>/gu, "");
    assert.doesNotMatch(shown, /problem\+json|not-signed-in/u);
    assert.match(page, /<code>not-signed-in<\/code>: Please sign in\./u);
    assert.doesNotMatch(page, /<script|\sstyle=|<style|\son[a-z]+=|\bundefined\b|\[object/u);
  });

  test("[AP4] each link within it leads somewhere, and each id is there once", () => {
    const ids = Array.from(page.matchAll(/\sid="([^"]+)"/gu), ([, id]) => id);
    assert.equal(new Set(ids).size, ids.length);
    const links = Array.from(page.matchAll(/href="#([^"]+)"/gu), ([, id]) => id);
    assert.deepEqual(
      links.filter((id) => !ids.includes(id)),
      [],
    );
  });

  test("[AP4] whatever the document says, it is text", () => {
    const title = `</code><script>alert("1")</script>&'`;
    const evil: OpenApi = { ...document, info: { ...document.info, description: title } };
    assert.ok(!apiPage(evil).includes("<script"));
    assert.ok(apiPage(evil).includes("&#60;script&#62;alert(&#34;1&#34;)"));
  });
});

type Spoilt = Record<string, unknown>;

function at(spoilt: Spoilt, ...path: readonly string[]): Spoilt {
  return path.reduce((value: Spoilt, key) => {
    const next = value[key];
    assert.ok(isRecord(next), path.join("."));
    return next;
  }, spoilt);
}

function isRecord(value: unknown): value is Spoilt {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
