import { printable } from './printable.ts';

/** Text that is data, as Markdown that shows it as it is: no link, no HTML, no table cell ends in it. */
export function escaped(text: string): string {
  // Every ASCII punctuation character may be escaped: CommonMark 2.4. Escaping the colon keeps addresses from becoming links.
  return printable(text).replace(/[!-/:-@[-`{-~]/g, '\\$&');
}
