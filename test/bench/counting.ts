import { setTimeout as delay } from 'node:timers/promises';
import type { Fetch } from '../../core/registry/fetch.ts';

/** What went over the wire since it was last asked. */
export interface Traffic {
  readonly requests: number;
  /** Of the answers' bodies. */
  readonly bytes: number;
  /** The most that were under way at once. */
  readonly atOnce: number;
}

export interface CountingFetch {
  readonly fetch: Fetch;
  /** Counts from now on. */
  reset(): void;
  traffic(): Traffic;
}

/** The global `fetch` with this latency added to each request, in milliseconds, and everything counted. */
export function countingFetch(latency: number): CountingFetch {
  let requests = 0;
  let bytes = 0;
  let running = 0;
  let atOnce = 0;
  return {
    async fetch(url, init) {
      requests++;
      running++;
      atOnce = Math.max(atOnce, running);
      try {
        await delay(latency);
        const response = await fetch(url, init as RequestInit);
        const body = new Uint8Array(await response.arrayBuffer());
        bytes += body.byteLength;
        const { status, headers } = response;
        return {
          status,
          headers,
          body: (async function* () {
            if (body.byteLength > 0) yield body;
          })(),
        };
      } finally {
        running--;
      }
    },
    reset() {
      requests = 0;
      bytes = 0;
      atOnce = 0;
    },
    traffic: () => ({ requests, bytes, atOnce }),
  };
}
