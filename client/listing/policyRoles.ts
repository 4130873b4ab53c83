import { isDeepStrictEqual } from 'node:util';
import { noRoles, type Roles } from './groups.ts';

/** Milliseconds that the first rows wait for the policy. */
const patience = 150;

export type AskPolicy = (tags: readonly string[]) => Promise<Roles>;

/** What the policy says of a repository's tags, as far as it has answered. */
export class PolicyRoles {
  readonly #ask: AskPolicy | undefined;
  readonly #changed: () => void;
  #roles = noRoles;

  /** `changed` is called when an answer differs from the one before. */
  constructor(ask: AskPolicy | undefined, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  get now(): Roles {
    return this.#roles;
  }

  /** Asks the policy, and waits a moment for it: an answer that comes later counts then. */
  async read(tags: readonly string[]): Promise<void> {
    const asked = this.#ask?.(tags);
    if (!asked) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const taken = asked.then(
      roles => this.#take(roles),
      () => undefined,
    );
    const enough = new Promise<void>(resolve => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([taken, enough]);
    clearTimeout(timer);
  }

  #take(roles: Roles): void {
    if (isDeepStrictEqual(roles, this.#roles)) return;
    this.#roles = roles;
    this.#changed();
  }
}
