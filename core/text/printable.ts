// C0 and C1 controls, zero-width and bidirectional characters: they forge terminal output or reorder what is read.
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is what this is for
const unsafe = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * Text from a registry or a workflow, made safe to show on one line: characters that forge or reorder output are dropped,
 * line breaks and tabs become spaces.
 */
export function printable(text: string): string {
  return text.replace(/[\t\n\r]+/g, ' ').replace(unsafe, '');
}
