/** The paths there are and the methods each takes, for who comes with another. */
import type { ChatError } from "#server/core/chat-error.ts";
import { notFound } from "#server/core/chat-error.ts";
import { refuse } from "./problem.ts";
import type { Route } from "./operation.ts";

interface Known {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

export class Paths {
  #known: readonly Known[] = [];
  #routes: readonly Route[] = [];

  /** Learns these routes; those for any path or any method say nothing of what is there. */
  learn(routes: readonly Route[]): void {
    this.#routes = routes;
    const named = routes.filter(({ path, method }) => !path.includes("*") && method !== "ALL");
    const all = [...named, { path: "/", method: "GET" }];
    const byPath = Map.groupBy(all, ({ path }) => path);
    this.#known = [...byPath].map(([path, found]) => ({
      pattern: new RegExp(`^${path.replaceAll(/:[^/]+/gu, "[^/]*")}$`, "u"),
      methods: withHead([...new Set(found.map(({ method }) => method))]),
    }));
  }

  /** What was learnt. */
  get routes(): readonly Route[] {
    return this.#routes;
  }

  /** The methods this path takes; none for one that is not there. */
  methods(path: string): readonly string[] {
    const found = this.#known.filter(({ pattern }) => pattern.test(path));
    return [...new Set(found.flatMap(({ methods }) => methods))];
  }

  /**
   * No route for this method; whether the path has another is told for all paths alike, since none
   * of them says whether what it names is there.
   */
  missing(path: string): ChatError {
    if (this.methods(path).length === 0) return notFound();
    return refuse("method-not-allowed", "This address does not take that method.");
  }
}

/** What can be got can be asked for without its body. */
function withHead(methods: readonly string[]): readonly string[] {
  return methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}
