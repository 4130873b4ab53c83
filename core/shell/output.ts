import { githubValue } from '../expression/contexts.ts';
import type { Shape } from '../image/shape.ts';
import { join } from '../image/split.ts';
import { derived, hole, holes, literal, type Part, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { filtered, pathPart } from './filters.ts';
import { fieldOf, requestData } from './requestData.ts';
import type { Argument } from './words.ts';

/** Commands that print nothing. */
const silent: ReadonlySet<string> = new Set(
  'true false : [ [[ test cd pushd popd set shift unset export declare local readonly typeset read mapfile readarray exit return break continue sleep mkdir rm cp mv touch chmod trap wait shopt'.split(
    ' ',
  ),
);

/** What a command prints, the line break at the end included; `undefined` where nobody knows. `name` is its first word, `args` the rest. */
export function output(name: string, args: readonly Argument[], stdin: Template | undefined, at: Span): Template | undefined {
  if (silent.has(name)) return [];
  const shown = printed(name, args, at);
  if (shown) return shown;
  if (name === 'cat' || name === 'tee') return name === 'tee' || args.length === 0 ? stdin : undefined;
  if (name === 'jq' && isInspected(args, stdin)) return [...hole('$(skopeo inspect | jq -r .Digest)', 'digest', at), ...derived('\n', at)];
  const made = (name === 'jq' && fieldOf(args, stdin, at)) || producers[name]?.(args, at);
  if (made) return [...made, ...derived('\n', at)];
  return filtered(
    name,
    args.map(({ template }) => literal(template) ?? '…'),
    stdin,
    at,
  );
}

/** `skopeo inspect … | jq -r .Digest`. */
function isInspected(args: readonly Argument[], stdin: Template | undefined): boolean {
  const [part] = stdin ?? [];
  return part?.kind === 'hole' && part.source === '$(skopeo)' && /^-r '?\.Digest$|^\.Digest -r$/.test(line(args));
}

/** What `echo` and `printf` print, with the line break at the end; `undefined` for other commands. */
function printed(name: string, args: readonly Argument[], at: Span): Template | undefined {
  if (name === 'echo') {
    const flags = literal(args[0]?.template ?? []) ?? '';
    const shown = /^-[neE]+$/.test(flags) ? args.slice(1) : args;
    const words = join(
      shown.map(({ template }) => template),
      ' ',
      at,
    );
    return [...(/^-n?en?$/.test(flags) ? words.flatMap(unescaped) : words), ...derived('\n', at)];
  }
  return name === 'printf' ? formatted(args, at) : undefined;
}

/** `\n` and `\t` as `echo -e` prints them. */
function unescaped(part: Part): Template {
  if (part.kind !== 'text' || !/\\[nt]/.test(part.text)) return [part];
  return derived(
    part.text.replace(/\\([nt])/g, (_all, kind) => (kind === 'n' ? '\n' : '\t')),
    part.at,
  );
}

/** `printf FORMAT ARG…` for the conversions people use; the format is used again while arguments are left. */
function formatted(args: readonly Argument[], at: Span): Template | undefined {
  const [format, ...values] = args;
  const known = format && literal(format.template);
  if (known === undefined) return undefined;
  const queue = [...values];
  const result: Template[number][] = [];
  do {
    for (const piece of known.split(/(%[-0-9.]*[a-zA-Z%]|\\[nt\\])/)) {
      if (piece === '%%') result.push(...derived('%', at));
      else if (/^%[-0-9.]*[sbq]$/.test(piece)) result.push(...(queue.shift()?.template ?? []));
      else if (/^%[-0-9.]*[di]$/.test(piece)) result.push(...number(piece, queue.shift(), at));
      else if (piece.startsWith('%') && piece.length > 1) result.push(...hole(`$(printf ${piece})`, 'unknown', at));
      else if (piece.startsWith('\\')) result.push(...derived({ '\\n': '\n', '\\t': '\t' }[piece] ?? '\\', at));
      else result.push(...derived(piece, at));
    }
  } while (queue.length > 0 && /%[-0-9.]*[sbqdi]/.test(known));
  return result;
}

/** What `%d` makes of a word: what was no number of digits may have a sign. */
function number(piece: string, word: Argument | undefined, at: Span): Template {
  const isForeign = word !== undefined && holes(word.template).some(({ author, shape }) => author !== 'trusted' && shape !== 'integer');
  return hole(`$(printf ${piece})`, isForeign ? 'number' : 'integer', word?.span ?? at);
}

const gitShapes: readonly [RegExp, Shape][] = [
  [/^rev-parse\s+--abbrev-ref\b/, 'gitRef'],
  [/^rev-parse\s+(?:--verify\s+)?--short\b/, 'shortSha'],
  [/^rev-parse\s+(?:--verify\s+)?\S+$/, 'sha40'],
  [/^(?:merge-base|rev-list)\s/, 'sha40'],
  [/^(?:log|show)\s.*(?:%h\b)/, 'shortSha'],
  [/^(?:log|show)\s.*(?:%H\b)/, 'sha40'],
  [/^describe\b/, 'gitRef'],
  [/^branch\s+--show-current\b/, 'gitRef'],
];

type Producer = (args: readonly Argument[], at: Span) => Template | undefined;

const producers: Readonly<Record<string, Producer>> = {
  date: (args, at) => hole(written('date', args), 'timestamp', at),
  git: (args, at) => {
    const line = args.map(({ template }) => literal(template) ?? '').join(' ');
    const shape = gitShapes.find(([pattern]) => pattern.test(line))?.[1];
    const length = /\s--short=(\d{1,2})\b/.exec(line)?.[1];
    const made = shape && hole(written('git', args), shape, at);
    return made?.map(part => (length && part.kind === 'hole' ? { ...part, length: Number(length) } : part));
  },
  jq: eventField,
  basename: ([path, suffix], at) => path && pathPart(path.template, 'basename', literal(suffix?.template ?? []) ?? '…', at),
  // Of a path that nobody outside chose, the whole substitution says more: `$(dirname "$0")`.
  dirname: ([path], at) =>
    path && holes(path.template).every(({ author }) => author === 'trusted') && literal(path.template) === undefined
      ? undefined
      : path && pathPart(path.template, 'dirname', '', at),
  skopeo: (args, at) => (/^inspect .*\{\{ ?\.Digest ?\}\}/.test(line(args)) ? hole(written('skopeo', args), 'digest', at) : undefined),
  regctl: (args, at) =>
    /^(?:image|manifest) (?:digest|head)\b/.test(line(args)) ? hole(written('regctl', args), 'digest', at) : undefined,
  oras: (args, at) => (/^resolve\b/.test(line(args)) ? hole(written('oras', args), 'digest', at) : undefined),
  docker: dockerDigest,
  podman: dockerDigest,
  gh: (args, at) => requestData('gh', args, at),
  curl: (args, at) => requestData('curl', args, at),
  nproc: (_args, at) => hole('$(nproc)', 'integer', at),
  crane: (args, at) => (literal(args[0]?.template ?? []) === 'digest' ? hole(written('crane', args), 'digest', at) : undefined),
  aws: (args, at) =>
    /^ecr (?:describe-images|batch-get-image|put-image)\b/.test(line(args)) && queried(args, /\bimageDigest$/)
      ? hole(written('aws', args), 'digest', at)
      : undefined,
  az: (args, at) => (/^acr /.test(line(args)) && queried(args, /^digest$/) ? hole(written('az', args), 'digest', at) : undefined),
  gcloud: (args, at) =>
    /^(?:artifacts docker|container) images describe .*--format[= ]value\((?:image_summary\.)?digest\)/.test(line(args))
      ? hole(written('gcloud', args), 'digest', at)
      : undefined,
};

/** Whether one field is asked for, `--query 'imageDetails[0].imageDigest' --output text`: not one of each image. */
function queried(args: readonly Argument[], field: RegExp): boolean {
  const words = args.map(({ template }) => literal(template) ?? '…');
  const query = words.flatMap((word, index) =>
    word === '--query' ? (words[index + 1] ?? '') : (/^--query=(.*)$/.exec(word)?.[1] ?? []),
  )[0];
  const isText = /(?:^| )(?:--output|-o)[= ](?:text|tsv)(?: |$)/.test(words.join(' '));
  return isText && query !== undefined && field.test(query) && !/\[\*?\]/.test(query);
}

function line(args: readonly Argument[]): string {
  return args.map(({ template }) => literal(template) ?? '…').join(' ');
}

/** `docker inspect --format '{{index .RepoDigests 0}}' X` prints `name@digest`, `imagetools inspect --format '{{.Manifest.Digest}}'` the digest. */
function dockerDigest(args: readonly Argument[], at: Span): Template | undefined {
  const words = line(args);
  const source = written('docker', args);
  if (/^(?:image )?inspect .*\{\{ ?\(?index \.RepoDigests 0\)? ?\}\}/.test(words)) {
    return [...hole(source, 'unknown', at), ...derived('@', at), ...hole(source, 'digest', at)];
  }
  const asked = /^buildx imagetools inspect .*\{\{ ?(json )?\.(?:Manifest\.)?Digest ?\}\}/.exec(words);
  if (!asked) return undefined;
  const digest = hole(source, 'digest', at);
  return asked[1] ? [...derived('"', at), ...digest, ...derived('"', at)] : digest;
}

/** The command for people, as far as its words are known. */
function written(name: string, args: readonly Argument[]): string {
  return `$(${[name, ...args.map(({ template }) => literal(template) ?? '…')].join(' ')})`;
}

/** `jq -r .issue.title "$GITHUB_EVENT_PATH"` reads what `github.event.issue.title` is. */
function eventField(words: readonly Argument[], at: Span): Template | undefined {
  if (!words.some(({ template }) => holes(template).some(({ source }) => /GITHUB_EVENT_PATH/.test(source)))) return undefined;
  const path = words.map(({ template }) => /^(?:\.\w+)+$/.exec(literal(template) ?? '')?.[0]).find(Boolean);
  if (!path) return undefined;
  const { shape, author, events } = githubValue(['event', ...path.slice(1).split('.')]);
  return hole(`github.event${path}`, shape, at, author, events);
}
