/** The routes that describe all the others: to programs, and to people. */
import { readFileSync } from "node:fs";
import { Hono } from "hono";
import * as answers from "#server/shapes/answers.ts";
import { apiPage } from "./api-page.ts";
import type { Guarded } from "./guard.ts";
import { openApi } from "./openapi.ts";
import type { DescribedRoute } from "./operation.ts";
import { operation } from "./operation.ts";

const CSS = readFileSync(new URL("api-page.css", import.meta.url), "utf8");

/** `routes` is asked once they are all there; `cookie` is the name of the session cookie. */
export function apiRoutes(routes: () => readonly DescribedRoute[], cookie: string) {
  let made: { readonly json: string; readonly html: string } | undefined;
  const make = () => {
    const document = openApi(routes(), cookie);
    return { json: JSON.stringify(document), html: apiPage(document) };
  };
  const shared = { group: "Operation", access: "public" } as const;
  return new Hono<Guarded>()
    .get(
      "/",
      operation({
        ...shared,
        summary: "Read about the API",
        answer: answers.html,
        type: "text/html",
      }),
      (c) => c.html((made ??= make()).html),
    )
    .get(
      "/openapi.json",
      operation({ ...shared, summary: "Describe the API to programs", answer: answers.openapi }),
      (c) => c.body((made ??= make()).json, 200, { "Content-Type": "application/json" }),
    )
    .get(
      "/style.css",
      operation({
        ...shared,
        summary: "Style the page about the API",
        answer: answers.css,
        type: "text/css",
      }),
      (c) => c.body(CSS, 200, { "Content-Type": "text/css; charset=utf-8" }),
    );
}
