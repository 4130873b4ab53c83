import { printable } from '../text/printable.ts';

const limit = 300;

/** A server's own words, fit to show: one line, bounded, and without any of `secrets` should the server echo them. */
export function serverWords(text: string, secrets: Iterable<string>): string {
  let words = text;
  for (const secret of secrets) if (secret.length >= 4) words = words.replaceAll(secret, '***');
  words = printable(words).trim();
  return words.length > limit ? `${words.slice(0, limit)}…` : words;
}
