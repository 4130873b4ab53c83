import { display, literal, type Template } from '../../../image/template.ts';
import type { ShellCommand } from '../../../shell/interpret.ts';

/**
 * What a script's earlier commands wrote into a file, where that is written out: `cat > FILE <<EOF`, `echo TEXT > FILE`,
 * `cat <<EOF | tee FILE`. The last one counts; `undefined` where nothing is known of it.
 */
export function writtenBefore(path: string, command: ShellCommand, script: readonly ShellCommand[]): Template | undefined {
  const at = script.indexOf(command);
  const writer = script.slice(0, Math.max(at, 0)).findLast(one => writes(one, path));
  if (!writer) return undefined;
  const [name, ...args] = writer.words.map(({ template }) => template);
  switch (literal(name ?? [])) {
    case 'cat':
      return args.length === 0 ? writer.input : undefined;
    case 'tee':
      return writer.from?.input;
    case 'echo':
    case 'printf':
      return args.length === 1 ? args[0] : undefined;
    default:
      return undefined;
  }
}

function writes({ node, words }: ShellCommand, path: string): boolean {
  const isTee = literal(words[0]?.template ?? []) === 'tee';
  if (isTee) return words.slice(1).some(({ template }) => isSame(display(template), path));
  return (node?.redirects ?? []).some(
    redirect => redirect.type === 'Redirect' && redirect.operator === '>' && isSame(redirect.target?.text ?? '', path),
  );
}

function isSame(written: string, path: string): boolean {
  const plain = (name: string) => name.replace(/^["']|["']$/g, '').replace(/^\.\//, '');
  return plain(written) === plain(path);
}
