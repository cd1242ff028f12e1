/**
 * The last lines of both ends with what opens their marks, in memory and only for a report. A line
 * without the server's stamp proves nothing and is not in it.
 */
import { LIMITS } from "#protocol/limits.ts";
import type { FrankedLine, Role, Stamp } from "#protocol/stranger.ts";
import { toBase64 } from "#sdk/strangers/bytes.ts";
import type { Bytes } from "#sdk/strangers/bytes.ts";

/** A line that can be reported. */
export interface Evidence {
  /** The shown line's id. */
  readonly id: string;
  readonly from: Role;
  readonly plain: Bytes;
  readonly mark: Bytes;
  readonly stamp: Stamp;
}

/** At most: the mark, the stamp, and the names of all these. */
const WITH_IT = 256;

export class EvidenceBox {
  #all: readonly Evidence[] = [];

  /** In the order in which they were said; up to 30. */
  get ids(): readonly string[] {
    return this.#all.map(({ id }) => id);
  }

  /** Keeps a line; one that went out again under a fresh mark takes its own place. */
  keep(evidence: Evidence): void {
    const at = this.#all.findIndex(({ id }) => id === evidence.id);
    const all = at === -1 ? [...this.#all, evidence] : this.#all.with(at, evidence);
    this.#all = all.slice(-LIMITS.excerptLinesMax);
  }

  /** Which of these fit into one report: the newest. */
  fitting(ids: ReadonlySet<string>): ReadonlySet<string> {
    let left: number = LIMITS.excerptEncodedMax;
    const newestFirst = this.#all.filter(({ id }) => ids.has(id)).toReversed();
    const over = newestFirst.findIndex(({ plain }) => (left -= encodedLength(plain)) < 0);
    const fitting = over === -1 ? newestFirst : newestFirst.slice(0, over);
    return new Set(fitting.map(({ id }) => id));
  }

  /** Those of these lines that fit, and no others, as a report takes them. */
  excerpt(ids: ReadonlySet<string>): readonly FrankedLine[] {
    const fitting = this.fitting(ids);
    return this.#all
      .filter(({ id }) => fitting.has(id))
      .map(({ from, plain, mark, stamp }) => ({
        from,
        plain: toBase64(plain),
        mark: toBase64(mark),
        stamp,
      }));
  }

  forget(): void {
    for (const { plain } of this.#all) plain.fill(0);
    this.#all = [];
  }
}

/** Characters of a line in a report: its text in base64, and what goes with it. */
function encodedLength({ length }: Bytes): number {
  return Math.ceil((length * 4) / 3) + WITH_IT;
}
