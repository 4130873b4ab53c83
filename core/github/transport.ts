/** What a client of GitHub's API is opened with. */
export interface TransportSettings {
  /** `https://api.github.com`, `https://github.acme.com/api/v3`. */
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: (url: string, init: TransportInit) => Promise<Response>;
  /** The header with the token of now; `undefined` for anybody. */
  readonly authorization: () => Promise<string | undefined>;
}

export interface TransportInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** The two ways in which GitHub is asked. */
export interface Transport {
  /** The answer's JSON, `{ data, errors }`. */
  graphql(query: string, variables: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<unknown>;
  /** The pages of a list, one after the other. */
  pages(path: string, parameters: Readonly<Record<string, string | number>>, signal?: AbortSignal): AsyncGenerator<readonly unknown[]>;
}

/** An answer that is no success. A plain shape: the client that throws it shares no classes with who catches it. */
export interface Refusal extends Error {
  readonly refusal: { readonly status: number; readonly headers: Readonly<Record<string, string | undefined>>; readonly data: unknown };
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'refusal' in error;
}
