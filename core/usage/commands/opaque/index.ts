import { display } from '../../../image/template.ts';
import type { ShellCommand } from '../../../shell/interpret.ts';
import type { Fact } from '../../usage.ts';
import type { CommandContext } from '../command.ts';
import { runnerOf } from './runners.ts';
import { actsOnImages, isHarmless, mayHandleImages, speaksOfImages } from './words.ts';

/** What nearly every script is made of. */
const plain =
  /^(?:echo|printf|cd|export|set|test|\[\[?|cat|cp|mv|rm|mkdir|git|jq|grep|curl|exit|true|false|sleep|local|read|return|shift)?$/;
const interpreters = /^(?:ba|da|k|z)?sh$|^(?:python[\d.]*|node|ruby|perl|deno|bun|tsx|ts-node|pwsh|php|source|\.)$/;
const script = /\.(?:ba|z|k)?sh$|\.(?:py|m?js|cjs|ts|rb|pl|ps1)$/;
/** Folders of the machine, not of the repository. */
const system = /^\/(?:usr|bin|sbin|etc|opt|lib)\//;
const ownName =
  /^(?:dockerd|docker-(?:credential|slim|machine|debug|gc|buildx|squash).*|containerd.*|container-structure-test|kubectl-.*|kube(?:conform|val|score|linter|ctx|ns)|helm-docs|publish-unit-test.*|image-syncer)$/;

/**
 * A command that is not understood and may build, push, log in or deploy: targets of make and scripts by their names, programs that release
 * what their configuration says. Where the recipe or script lies in the repository and names no program for images, it is nothing.
 */
export function opaqueCommand(command: ShellCommand, context: CommandContext): Fact | undefined {
  const first = display(command.words[0]?.template ?? []);
  if (plain.test(first)) return undefined;
  const words = command.words.map(({ template }) => display(template));
  const name = first.slice(first.lastIndexOf('/') + 1);
  const runner = runnerOf(name);
  if (runner) return runner.mayHandleImages(words, { command, context }) ? opaque(command, words, 'command') : undefined;
  const path = scriptPath(command);
  if (path !== undefined) {
    // What is sourced is mostly functions: they are met again by their names.
    const may = name === 'source' || name === '.' ? actsOnImages(path.slice(path.lastIndexOf('/') + 1)) : mayBe(path, context);
    return may ? opaque(command, words, 'script') : undefined;
  }
  // A program of nobody's: `push-images`, `deploy-app`.
  const isOwn = /[-_]/.test(name) && /^[\w.-]+$/.test(name) && !ownName.test(name) && actsOnImages(name);
  return isOwn ? opaque(command, words, 'command') : undefined;
}

/** The file that a command runs as a script: `./deploy.sh`, `bash scripts/x.sh`, `python tools/push.py`; `undefined` for other commands. */
export function scriptPath({ words }: ShellCommand): string | undefined {
  const [first, ...rest] = words.map(({ template }) => display(template));
  if (first === undefined) return undefined;
  const interpreter = first.slice(first.lastIndexOf('/') + 1);
  if (interpreters.test(interpreter)) {
    const file = rest.find(word => !word.startsWith('-') && word !== 'run');
    // `bash -c TEXT`, `curl … | sh -s -- ARGS`, `node -e TEXT`, `python -m NAME`: no file.
    const inline = rest.some(word => (interpreter.endsWith('sh') ? /^-[a-z]*[cs]$/ : /^-[a-z]*[cem]$/).test(word));
    return file !== undefined && !inline && !system.test(file) && (script.test(file) || file.includes('/')) ? file : undefined;
  }
  if (!first.includes('/') || system.test(first)) return undefined;
  return script.test(first) || /(?:^|\/)(?:scripts?|hack|ci|\.github)\//.test(first) || speaksOfImages(first) ? first : undefined;
}

/** Whether a script may handle images: after its text, else after its name. Other languages than the shell do so only where they say it. */
function mayBe(path: string, context: CommandContext): boolean {
  const text = context.file(path.replace(/^\.\//, ''));
  if (text !== undefined) return mayHandleImages(text);
  const file = path.slice(path.lastIndexOf('/') + 1);
  const isShell = /\.(?:ba|z|k)?sh$/.test(file) || !file.includes('.');
  const isTest = /(?:^|\/)(?:tests?|e2e|examples?)\//.test(path);
  return isShell && !isTest ? !isHarmless(file) : speaksOfImages(file);
}

function opaque(command: ShellCommand, words: readonly string[], what: 'command' | 'script'): Fact {
  // The name as people say it: without flags, their values and assignments.
  const isOption = (word: string | undefined) => word?.startsWith('-') || /^\w+=/.test(word ?? '');
  const isValue = (index: number) => /^-(?:C|f|F|j|w)$|^--(?:prefix|filter|workspace|directory|dir|file|cwd)$/.test(words[index - 1] ?? '');
  const said = words.filter((word, index) => !isOption(word) && !isValue(index)).slice(0, 3);
  return { kind: 'opaque', at: command.span, what, name: said.join(' ').slice(0, 80) };
}
