/** The stage: what a start has made so far, shared by those who build the rest. */
import type { Config } from "#server/config.ts";
import type { Log } from "#server/log.ts";

/** What has been made so far; `stack` ends it in reverse order. */
export interface Stage {
  readonly config: Config;
  readonly redisUrl: string;
  /** The Redis that forgets; absent where there is none. */
  readonly strangerUrl: string | undefined;
  /** Takes lines for people. */
  readonly say: (line: string) => void;
  readonly serverId: string;
  readonly log: Log;
  readonly stack: AsyncDisposableStack;
}
