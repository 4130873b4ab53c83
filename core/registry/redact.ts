import { printable } from '../text/printable.ts';
import type { Credentials } from './registry.ts';

const limit = 300;

/** A server's own words, fit to show: one line, bounded, and without any of `secrets` should the server echo them. */
export function serverWords(text: string, secrets: Iterable<string>): string {
  let words = text;
  for (const secret of secrets) if (secret.length >= 4) words = words.replaceAll(secret, '***');
  words = printable(words).trim();
  return words.length > limit ? `${words.slice(0, limit)}…` : words;
}

/** What was sent as a secret, in each form in which it may come back. */
export class Secrets implements Iterable<string> {
  readonly #forms = new Set<string>();

  add(secret: string): void {
    const form = new URLSearchParams({ '': secret }).toString().slice(1);
    for (const text of [secret, encodeURIComponent(secret), form, JSON.stringify(secret).slice(1, -1)]) this.#forms.add(text);
  }

  addCredentials(credentials: Credentials): void {
    this.add(credentials.kind === 'basic' ? credentials.password : credentials.token);
    if (credentials.kind === 'basic') this.add(Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64'));
  }

  /** Longest first, so that one that holds another goes as a whole. */
  [Symbol.iterator](): Iterator<string> {
    return [...this.#forms].sort((a, b) => b.length - a.length)[Symbol.iterator]();
  }
}
