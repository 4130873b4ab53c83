import type { Fact, Item } from '../../usage.ts';
import { pull } from '../docker/images.ts';
import { all, type CommandLine, flags, isOn, joined, last } from '../flags.ts';
import { loginVerb } from '../login.ts';
import { type Call, program, type Verb } from '../program.ts';
import { referenceOrTag } from '../references.ts';
import { removes } from '../removals.ts';

const globals = flags('--platform');
const craneFlags = flags(
  '--platform -j|--jobs -t|--tag -a|--annotation -l|--label -e|--env --entrypoint --cmd --exposed-ports --repo --user -u --workdir -w -o|--output ' +
    '--append -f|--new_layer -b|--base --old_base --new_base --rebased --original -m|--manifest --format --set-platform -c|--cache_path --index',
);

/** One platform is picked where one is asked for. */
function platforms(line: CommandLine, { globals: before }: Call): boolean {
  return last(joined(before, line), '--platform') === undefined;
}

const copy: Verb = {
  names: ['copy', 'cp'],
  flags: craneFlags,
  read(line, call) {
    const [from, to] = line.positionals.slice(-2);
    if (!from || !to) return [];
    return [{ kind: 'retag', tool: 'crane copy', at: call.at, from, to, remote: true, allPlatforms: platforms(line, call) }];
  },
};

/** `crane tag IMAGE TAG`: the tag alone. */
const tag: Verb = {
  names: ['tag'],
  flags: craneFlags,
  read({ positionals: [from, name] }, { at }) {
    return from && name
      ? [{ kind: 'retag', tool: 'crane tag', at, from, to: referenceOrTag(name, from), remote: true, allPlatforms: true }]
      : [];
  },
};

const push: Verb = {
  names: ['push'],
  flags: craneFlags,
  read: ({ positionals: [, reference] }) => (reference ? [{ kind: 'push', tool: 'crane push', at: reference.span, reference }] : []),
};

/** Writes a changed image under another name; without one only by its digest. */
const change: Verb = {
  names: ['mutate', 'rebase', 'flatten', 'index filter'],
  flags: craneFlags,
  read(line, { at, verb }) {
    const [from] = line.positionals;
    const to = last(line, '--tag', '--rebased');
    return from && to
      ? [
          {
            kind: 'retag',
            tool: `crane ${verb}`,
            at,
            from,
            to,
            remote: true,
            allPlatforms: undefined,
            rewrites: { by: `crane ${verb}`, at },
          },
        ]
      : [];
  },
};

const append: Verb = {
  names: ['append'],
  flags: craneFlags,
  read(line, { at }) {
    const tags = all(line, '--tag');
    // Into a file.
    if (last(line, '--output')) return [];
    return tags.length > 0
      ? [{ kind: 'build', tool: 'crane append', at, tags, pushes: true, byDigest: false, buildArgs: [], buildContexts: [], labels: [] }]
      : [];
  },
};

const index: Verb = {
  names: ['index append'],
  flags: craneFlags,
  read(line, { at }) {
    const to = last(line, '--tag');
    const [from, ...others] = [...line.positionals, ...all(line, '--manifest')];
    return from && to ? [{ kind: 'retag', tool: 'crane index append', at, from, others, to, remote: true, allPlatforms: true }] : [];
  },
};

const inspect: Verb = {
  names: ['digest', 'manifest', 'config', 'validate'],
  flags: craneFlags,
  read(line, { verb }) {
    if (isOn(line, '--tarball') !== false) return [];
    return line.positionals
      .slice(0, 1)
      .map((reference: Item): Fact => ({ kind: 'inspect', tool: `crane ${verb}`, at: reference.span, reference }));
  },
};

const fetch: Verb = {
  names: ['pull', 'export'],
  flags: craneFlags,
  read: ({ positionals }) => positionals.slice(0, 1).flatMap(pull),
};

export const crane = program(['crane', 'gcrane'], globals, [
  copy,
  tag,
  push,
  change,
  append,
  index,
  inspect,
  fetch,
  removes('crane', ['delete'], craneFlags),
  loginVerb('auth login'),
]);
