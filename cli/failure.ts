/** The exit codes of the contract. */
export const exit = {
  done: 0,
  /** Findings, or a question answered with no. */
  declined: 1,
  usage: 2,
  registry: 3,
  /** The tag moved; nothing was written. */
  stale: 4,
  /** Refused by a check. */
  refused: 5,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** Ends a command with one sentence on stderr and an exit code. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: ExitCode;

  constructor(code: ExitCode, sentence: string) {
    super(sentence);
    this.code = code;
  }
}
