/** What goes wrong; each is something that AWS, a proxy or a network was seen to do. */
export type EcrFaultEffect =
  /** An error of the API under this name: ThrottlingException, ThrottleException, ExpiredTokenException, ServerException… */
  | { readonly kind: 'error'; readonly name: string; readonly status: number; readonly message?: string; readonly retryAfter?: string }
  | { readonly kind: 'latency'; readonly milliseconds: number }
  /** The connection ends before anything happened. */
  | { readonly kind: 'reset' }
  /** The call takes effect and then the connection ends. */
  | { readonly kind: 'resetAfter' }
  /** A proxy's or portal's page with status 200. */
  | { readonly kind: 'html' }
  | { readonly kind: 'truncatedBody' }
  /** The body comes in pieces of one byte. */
  | { readonly kind: 'slowBody'; readonly milliseconds: number }
  /** 307 to the same path under this origin. */
  | { readonly kind: 'redirect'; readonly to: string }
  /** Every page says that there is another one: the same. */
  | { readonly kind: 'endlessPaging' }
  /** BatchGetImage hands out one platform of an index under the index's digest, as for clients that do not accept an index. */
  | { readonly kind: 'translated' }
  /** An immutable tag is refused over the distribution API also where it names the same image already. */
  | { readonly kind: 'immutableAgain' }
  /** Something else happens just before the call is answered. */
  | { readonly kind: 'before'; readonly run: () => void };

/** An effect and which calls it hits. */
export type EcrFault = EcrFaultEffect & {
  /** `DescribeImages`, or `/v2` for the distribution API; every call where it is left out. */
  readonly operation?: string;
  /** How many calls are let through first. */
  readonly after?: number;
  /** How many calls it hits before it is spent. */
  readonly count?: number;
};

/** Switched on and off while the registry runs. */
export class EcrFaults {
  #active: { readonly fault: EcrFault; skip: number; left: number }[] = [];

  add(fault: EcrFault): () => void {
    const entry = { fault, skip: fault.after ?? 0, left: fault.count ?? Number.POSITIVE_INFINITY };
    this.#active.push(entry);
    return () => {
      this.#active = this.#active.filter(other => other !== entry);
    };
  }

  clear(): void {
    this.#active = [];
  }

  /** The faults that hit this call; each is used up by one. */
  take(operation: string): readonly EcrFault[] {
    const hit: EcrFault[] = [];
    for (const entry of this.#active) {
      if (entry.left <= 0 || (entry.fault.operation !== undefined && entry.fault.operation !== operation)) continue;
      if (entry.skip > 0) entry.skip -= 1;
      else {
        entry.left -= 1;
        hit.push(entry.fault);
      }
    }
    return hit;
  }
}
