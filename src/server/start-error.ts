/**
 * A start error: why Klatch cannot start, in one line each, naming the cure; ends the process with
 * code 1.
 */
export class StartError extends Error {
  readonly lines: readonly string[];

  constructor(...lines: readonly string[]) {
    super(lines.join("\n"));
    this.name = "StartError";
    this.lines = lines;
  }
}
