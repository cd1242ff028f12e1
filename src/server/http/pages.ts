/** The pages there are: Klatch's own, and where the operator wants it, another one at the root. */
import { STRANGERS_POLICY } from "./headers.ts";
import type { StaticFiles } from "./static-files.ts";

/** A page that somebody else built, with the policy that it needs. */
export interface FrontPage {
  readonly files: StaticFiles;
  readonly policy: string;
}

/** Where Klatch's own page is while another one has the root. */
const OWN_PAGE = "/klatch";

/** A page of its own, which knows of no account. */
const STRANGERS_PAGE = "/strangers";

export class Pages {
  readonly #files: StaticFiles;
  readonly #front: FrontPage | undefined;

  constructor(files: StaticFiles, front: FrontPage | undefined) {
    this.#files = files;
    this.#front = front;
  }

  /** The file under this path, or `undefined` if there is none. */
  respond(path: string, request: Request): Response | undefined {
    if (this.#front === undefined) return this.#own(path, request);
    if (path === OWN_PAGE) return this.#own("/", request);
    // Klatch's own files come first, so that its page works whatever the other one brings.
    const own = path === "/" ? undefined : this.#own(path, request);
    return own ?? this.#fromFront(path, request, this.#front);
  }

  #own(path: string, request: Request): Response | undefined {
    const file = this.#files.respond(path, request);
    if (path === STRANGERS_PAGE) file?.headers.set("Content-Security-Policy", STRANGERS_POLICY);
    return file;
  }

  #fromFront(path: string, request: Request, front: FrontPage): Response | undefined {
    const file = front.files.respond(path, request);
    file?.headers.set("Content-Security-Policy", front.policy);
    return file;
  }
}
