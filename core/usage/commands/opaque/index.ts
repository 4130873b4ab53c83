import { display, literal } from '../../../image/template.ts';
import type { ShellCommand } from '../../../shell/interpret.ts';
import type { Fact } from '../../usage.ts';
import type { CommandContext } from '../command.ts';
import { runnerOf } from './runners.ts';
import { isHarmless, mayHandleImages, speaksOfImages } from './words.ts';

const interpreters = /^(?:ba|da|k|z)?sh$|^(?:python[\d.]*|node|ruby|perl|deno|bun|tsx|ts-node|pwsh|php|source|\.)$/;
const script = /\.(?:ba|z|k)?sh$|\.(?:py|m?js|cjs|ts|rb|pl|ps1)$/;
const ownName =
  /^(?:dockerd|docker-(?:credential|slim|machine|debug|gc|buildx|squash).*|containerd.*|container-structure-test|kubectl-.*|kube(?:conform|val|score|linter|ctx|ns)|helm-docs|publish-unit-test.*|image-syncer)$/;

/**
 * A command that is not understood and may build, push, log in or deploy: targets of make and scripts by their names, programs that release
 * what their configuration says. Where the recipe or script lies in the repository and names no program for images, it is nothing.
 */
export function opaqueCommand(command: ShellCommand, context: CommandContext): Fact | undefined {
  const words = command.words.map(({ template }) => display(template));
  const name = words[0]?.slice(words[0].lastIndexOf('/') + 1) ?? '';
  const runner = runnerOf(name);
  if (runner) return runner.mayHandleImages(words, { command, context }) ? opaque(command, words, 'command') : undefined;
  const path = scriptPath(command);
  if (path !== undefined) return mayBe(path, context) ? opaque(command, words, 'script') : undefined;
  // A program of nobody's: `push-images`, `deploy-app`.
  const isOwn = /[-_]/.test(name) && /^[\w.-]+$/.test(name) && !ownName.test(name) && speaksOfImages(name);
  return isOwn ? opaque(command, words, 'command') : undefined;
}

/** The file that a command runs as a script: `./deploy.sh`, `bash scripts/x.sh`, `python tools/push.py`; `undefined` for other commands. */
export function scriptPath({ words }: ShellCommand): string | undefined {
  const [first, ...rest] = words.map(({ template }) => display(template));
  if (first === undefined) return undefined;
  if (interpreters.test(first.slice(first.lastIndexOf('/') + 1))) {
    const file = rest.find(word => !word.startsWith('-') && word !== 'run');
    const inline = rest.some(word => /^-[a-z]*[cem]$/.test(word));
    return file !== undefined && !inline && (script.test(file) || file.includes('/')) && literal(words[0]?.template ?? []) !== undefined
      ? file
      : undefined;
  }
  if (!first.includes('/') || first.startsWith('/usr/') || first.startsWith('/bin/')) return undefined;
  return script.test(first) || /(?:^|\/)(?:scripts?|hack|ci|tools|build|bin|\.github)\//.test(first) || speaksOfImages(first)
    ? first
    : undefined;
}

/** Whether a script may handle images: after its text, else after its name. Other languages than the shell do so only where they say it. */
function mayBe(path: string, context: CommandContext): boolean {
  const text = context.file(path.replace(/^\.\//, ''));
  if (text !== undefined) return mayHandleImages(text);
  const file = path.slice(path.lastIndexOf('/') + 1);
  if (/\.(?:ba|z|k)?sh$/.test(file) || !file.includes('.')) return !isHarmless(file);
  return speaksOfImages(file);
}

function opaque(command: ShellCommand, words: readonly string[], what: 'command' | 'script'): Fact {
  // The name as people say it: without flags, their values and assignments.
  const isOption = (word: string | undefined) => word?.startsWith('-') || /^\w+=/.test(word ?? '');
  const isValue = (index: number) => /^-(?:C|f|F|j|w)$|^--(?:prefix|filter|workspace|directory|dir|file|cwd)$/.test(words[index - 1] ?? '');
  const said = words.filter((word, index) => !isOption(word) && !isValue(index)).slice(0, 3);
  return { kind: 'opaque', at: command.span, what, name: said.join(' ').slice(0, 80) };
}
