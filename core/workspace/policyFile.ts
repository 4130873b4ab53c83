import { type LoadedPolicy, loadPolicy } from '../policy/load.ts';
import { noPolicy, type Policy } from '../policy/policy.ts';
import { policyPaths } from './paths.ts';

/** Which file of a workspace is its policy, and what that says; read once per text. */
export class PolicyFile {
  readonly #text: (path: string) => string | undefined;
  #named: string | undefined;
  #read: { readonly text: string; readonly loaded: LoadedPolicy } | undefined;

  /** `text` answers the text of a file that the workspace holds. */
  constructor(text: (path: string) => string | undefined) {
    this.#text = text;
  }

  /** Nothing where there is no such file, or where it cannot be read as one. */
  get policy(): Policy {
    const { path } = this;
    const text = path === undefined ? undefined : this.#text(path);
    if (text === undefined) return noPolicy;
    if (this.#read?.text !== text) this.#read = { text, loaded: loadPolicy(text) };
    return this.#read.loaded.policy;
  }

  get path(): string | undefined {
    return this.#named ?? policyPaths.find(path => this.#text(path) !== undefined);
  }

  /** The one that counts, or one that another goes before. */
  is(path: string): boolean {
    return path === this.#named || policyPaths.includes(path);
  }

  /** Goes before the files that lie in the workspace. */
  name(path: string): void {
    this.#named = path;
  }
}
