import { display, literal } from '../../../image/template.ts';
import type { ShellCommand } from '../../../shell/interpret.ts';
import type { CommandContext } from '../command.ts';
import { flags, last, readFlags } from '../flags.ts';
import { isHarmless, mayHandleImages, speaksOfImages } from './words.ts';

/** Runs what others wrote down under a name. */
export interface Runner {
  readonly names: readonly string[];
  /** Whether a call may build, push, log in or deploy. */
  mayHandleImages(words: readonly string[], call: { readonly command: ShellCommand; readonly context: CommandContext }): boolean;
}

const makeFlags = flags('-C|--directory -f|--file|--makefile -j|--jobs -I -o -W -l --justfile -d --taskfile -t --working-directory -e');

/** What has no name of its own does what its file says: anything. */
function anyTarget(targets: readonly string[]): boolean {
  return targets.length === 0 || targets.some(target => !isHarmless(target));
}

const recipes: Readonly<Record<string, readonly string[]>> = {
  make: ['Makefile', 'GNUmakefile', 'makefile'],
  just: ['justfile', 'Justfile', '.justfile'],
  task: ['Taskfile.yml', 'Taskfile.yaml', 'taskfile.yml'],
};

/** `make`, `just`, `task`: a target of any name may do anything, unless the recipes can be read and name no program for images. */
const make: Runner = {
  names: [
    'make',
    'gmake',
    'just',
    'task',
    'mage',
    'rake',
    'invoke',
    'inv',
    'fab',
    'cap',
    'mise',
    'earthly',
    'pants',
    'please',
    'plz',
    'buck2',
  ],
  mayHandleImages(_words, { command, context }) {
    const line = readFlags(command.words.slice(1), makeFlags);
    if (line.switches.has('--version') || line.switches.has('--list') || line.switches.has('-v')) return false;
    const targets = line.positionals.map(({ template }) => display(template)).filter(word => !/^\w+[:+?]?=/.test(word));
    const name = literal(command.words[0]?.template ?? []) ?? '';
    if (!anyTarget(targets[0] === 'run' ? targets.slice(1) : targets)) return false;
    // Earthly keeps to itself what it is not told to push.
    if (name === 'earthly' && !line.switches.has('--push') && !line.switches.has('--ci')) return false;
    const folder = literal(last(line, '--directory')?.template ?? []) ?? '?';
    const named = last(line, '--makefile')?.template;
    const files = named ? [literal(named) ?? '?'] : (recipes[name === 'gmake' ? 'make' : name] ?? []);
    const text = files.map(file => context.file(folder === '' ? file : `${folder}/${file}`)).find(found => found !== undefined);
    return text === undefined || mayHandleImages(text);
  },
};

/** What package managers do by themselves, without a script of the project. */
const ownCommands =
  /^(?:add|audit|bin|cache|ci|config|create|dedupe|dlx|env|exec|fetch|fund|help|i|import|info|init|install|licenses|link|list|login|ls|node|outdated|pack|patch|prune|publish|rebuild|remove|root|set|setup|store|test|t|unlink|up|update|upgrade|version|view|why|workspaces|x|global|get|deploy|--version|-v)$/;
const nodeFlags = flags(
  '--prefix -C|--dir|--cwd -F|--filter -w|--workspace --registry --loglevel --network-concurrency --reporter --concurrency',
);

/** Scripts of package.json: bundling is no image, so only names that speak of images count. */
const node: Runner = {
  names: ['npm', 'yarn', 'pnpm', 'bun', 'nx', 'turbo', 'lerna', 'npx', 'bunx', 'pnpx', 'rush', 'wireit'],
  mayHandleImages(_words, { command, context }) {
    const program = literal(command.words[0]?.template ?? []) ?? '';
    const line = readFlags(command.words.slice(1), nodeFlags, true);
    const words = line.positionals.map(({ template }) => display(template)).filter(word => !word.startsWith('-'));
    const [verb = '', ...rest] = words;
    if (/^(?:npx|bunx|pnpx)$/.test(program) || /^(?:dlx|exec|x)$/.test(verb)) {
      const [tool = '', ...args] = program.endsWith('x') ? words : rest;
      return isReleaser(tool, args);
    }
    if (/^(?:nx|turbo|lerna|rush)$/.test(program))
      return words.some(word => speaksOfImages(word)) && verb !== 'publish' && verb !== 'version';
    const script = /^run(?:-script)?$/.test(verb) ? rest[0] : ownCommands.test(verb) || verb === 'workspace' ? undefined : verb;
    if (script === undefined) return false;
    const known = packageScript(context.file('package.json'), script);
    return known === undefined ? speaksOfImages(script) : mayHandleImages(known) || isReleaser(known, []);
  },
};

function packageScript(text: string | undefined, name: string): string | undefined {
  if (text === undefined) return undefined;
  try {
    const { scripts } = JSON.parse(text) as { readonly scripts?: Readonly<Record<string, unknown>> };
    const script = scripts?.[name];
    return typeof script === 'string' ? script : undefined;
  } catch {
    // Half-typed: as if it could not be read.
    return undefined;
  }
}

/** Node programs that deploy or release what their configuration says. */
function isReleaser(tool: string, args: readonly string[]): boolean {
  if (/\b(?:semantic-release|release-it|multi-semantic-release)\b/.test(tool)) return !args.includes('--dry-run');
  if (/^(?:cdk|aws-cdk|sst|serverless|sls|cdktf|pulumi)(?:@|$)/.test(tool)) return args.some(word => /^(?:deploy|up)$/.test(word));
  return speaksOfImages(tool);
}

/** Maven, Gradle and their like build programs; images only where the words say so. */
const jvm: Runner = {
  names: [
    'mvn',
    'mvnw',
    'mvnd',
    'gradle',
    'gradlew',
    'sbt',
    'mill',
    'ant',
    'lein',
    'dotnet',
    'cargo',
    'bazel',
    'bazelisk',
    'mix',
    'composer',
    'poe',
    'hatch',
    'pdm',
  ],
  mayHandleImages: words =>
    words.slice(1).some(word => /docker|jib|image|container|oci_|ecr|kube/i.test(word) && !/test|^-x$|skip/i.test(word)),
};

/** Programs that build, publish or deploy what their own files say, and the words with which they do. */
const releasers: readonly (readonly [program: RegExp, does: RegExp, not?: RegExp])[] = [
  [/^goreleaser$/, /^release$/, /^--(?:snapshot|skip[-=].*(?:publish|docker).*|skip-publish)$/],
  [/^dagger$/, /^(?:call|run|do)$/],
  [/^werf$/, /^(?:converge|build|publish|deploy|bundle|export)$/],
  [/^skaffold$/, /^(?:run|build|deploy|apply)$/],
  [/^(?:devspace|okteto|garden|waypoint|porter|acorn|tanka|tk|kapp)$/, /^(?:deploy|build|publish|up|apply|push|run)$/],
  [
    /^(?:pulumi|cdk|cdktf|sst|serverless|sls|sam|copilot|eb|kamal|mrsk|railway|render|encore|shuttle|zappa|chalice|azd)$/,
    /^(?:up|deploy|publish|build|push|redeploy|package)$/,
  ],
  [/^ansible-playbook$/, /./],
  [/^helmfile$/, /^(?:apply|sync)$/],
  [/^nixpacks$/, /^build$/],
  [/^(?:semantic-release|release-it)$/, /.?/, /^--dry-run$/],
  [/^nix$/, /^run$/],
];

const release: Runner = {
  names: [],
  mayHandleImages: words => {
    const [name = '', ...args] = words;
    const found = releasers.find(([program]) => program.test(name));
    if (!found) return false;
    const [, does, not] = found;
    return (args.some(word => does.test(word)) || does.test('')) && !(not && args.some(word => not.test(word)));
  },
};

const byName = new Map([make, node, jvm].flatMap(runner => runner.names.map(name => [name, runner] as const)));

/** What runs under this name, where it is known to run what others wrote. */
export function runnerOf(name: string): Runner | undefined {
  return byName.get(name) ?? (releasers.some(([program]) => program.test(name)) ? release : undefined);
}
