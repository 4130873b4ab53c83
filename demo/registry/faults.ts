import type { ErrorCode } from './answer.ts';
import type { Store } from './store.ts';

/** What goes wrong. Each is something that real registries, proxies and networks were seen to do. */
export type FaultEffect =
  | { readonly kind: 'latency'; readonly milliseconds: number }
  /**
   * An error answer with the spec's body; `retryAfter` is sent as it is (seconds, or an HTTP date). Without a `code` it is the one that the
   * spec has for the status.
   */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code?: ErrorCode;
      readonly message?: string;
      readonly retryAfter?: string;
    }
  /** This answer in place of the real one, for hosts that have words of their own; an object is sent as JSON. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | object;
    }
  /** 403 whose message repeats everything that was sent, as a debugging proxy does. */
  | { readonly kind: 'echo' }
  /** The connection ends before anything happened. */
  | { readonly kind: 'reset' }
  /** The request takes effect and then the connection ends, so the caller cannot know. */
  | { readonly kind: 'resetAfter' }
  /** Every token handed out so far is expired. */
  | { readonly kind: 'expireTokens' }
  /** The digest header lies about the bytes. */
  | { readonly kind: 'wrongDigest' }
  /** The bytes are not those of the digest, whatever the header says. */
  | { readonly kind: 'wrongBytes' }
  | { readonly kind: 'missingDigest' }
  /** Pages of a listing do not say that others follow, which the spec allows. */
  | { readonly kind: 'missingLink' }
  /** Every listing says that there is a next page: the same one, with other names of nothing. */
  | { readonly kind: 'endlessLink' }
  /** A listing without end, each page with one name that nobody made. */
  | { readonly kind: 'endlessNames' }
  /** Content-Length promises more than is sent before the connection ends. */
  | { readonly kind: 'truncatedBody' }
  /** A proxy's or portal's page; with status 200 where none is named. */
  | { readonly kind: 'html'; readonly status?: number }
  /** The body comes in pieces of one byte, each `milliseconds` after the one before. */
  | { readonly kind: 'slowBody'; readonly milliseconds: number }
  /** To the same path and query under `to`, an origin such as `http://127.0.0.1:6000`; with 307 where no status is named. */
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: 301 | 302 | 303 | 307 | 308 }
  /** Runs just before the request is handled: another writer who moves a tag, say. */
  | { readonly kind: 'before'; readonly run: (store: Store) => void | Promise<void> };

/** An effect and which requests it hits; without limits, all of them until it is removed. */
export type Fault = FaultEffect & {
  /** Tried on the path without the query. */
  readonly path?: RegExp;
  readonly method?: string;
  /** How many requests it hits before it is spent. */
  readonly count?: number;
};

/** The switches: faults are turned on and off while the registry runs. */
export class Faults {
  #active: { readonly fault: Fault; left: number }[] = [];

  constructor(faults: readonly Fault[] = []) {
    for (const fault of faults) this.add(fault);
  }

  /** Turns a fault on; call the answer to turn it off. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.count ?? Number.POSITIVE_INFINITY };
    this.#active.push(entry);
    return () => {
      this.#active = this.#active.filter(other => other !== entry);
    };
  }

  clear(): void {
    this.#active = [];
  }

  /** The faults that hit this request, in the order they were turned on; each that is counted is used up by one. */
  take(method: string, path: string): readonly Fault[] {
    const hit = this.#active.filter(
      ({ fault, left }) =>
        left > 0 &&
        (!fault.method || fault.method === method) &&
        (!fault.path || new RegExp(fault.path, fault.path.flags.replace(/[gy]/g, '')).test(path)),
    );
    for (const entry of hit) entry.left -= 1;
    this.#active = this.#active.filter(({ left }) => left > 0);
    return hit.map(({ fault }) => fault);
  }
}
